"""What a feature is said to fire on, held against where it does fire.

A label is a rule that a computer can follow ("on" one of a few tokens, or "after" one of them) or words that a person
keeps to. Either is scored on firings that were not used to find it, against places where the feature is silent, half of
which are hard: the same token as at a peak (Paulo et al. 2024, arXiv:2410.13928, call this detection). No label
without its score; one that was not scored is "untested"."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mikit.errors import ShapeMismatch, UnknownSite

if TYPE_CHECKING:
    from mikit.sae.index import Index

Where = Literal["on", "before"]
BANDS = ("strongest", "upper", "middle", "lower")
"""Firings by activation: the strongest tenth, then the thirds of all others."""

TOKENS = 6
"""Tokens that a proposed label names at most."""

CHANCE = 0.2
"""Of finding the intruder among five by guessing."""

_Z = 1.959963984540054  # of a standard normal distribution, 95 % lie within this of 0

Bools = NDArray[np.bool_]


def token_key(text: str) -> str:
    """Two tokens with the same key are the same to a label: a leading space and case do not count."""
    return text.removeprefix(" ").lower() or text


class Rule(NamedTuple):
    """Fires "on" one of these tokens, or where one of them stands "before" the position. ``keys`` as by `token_key`."""

    keys: tuple[str, ...]
    where: Where


class Score(NamedTuple):
    """Balanced accuracy: the mean of the share of firings that a label finds and the share of silent places that it
    leaves alone; 0.5 is chance. ``low`` and ``high``: 95 %, from Wilson's intervals of the two shares (Newcombe 1998,
    Statistics in Medicine 17, 873-890). ``recall``: the share of firings found in each of BANDS, NaN where there are
    none."""

    value: float
    low: float
    high: float
    recall: tuple[float, float, float, float]


@dataclass(frozen=True)
class Label:
    """A proposed label. ``score`` was measured on windows that were not used to find the rule; ``shuffled`` is what
    another feature's rule reaches on the same items: near 0.5, unless labels in general fit."""

    words: str
    rule: Rule
    score: Score
    shuffled: float


@dataclass(frozen=True)
class Snippet:
    """A piece of the pool as the texts of its tokens; the one at ``centre`` is asked about."""

    tokens: tuple[str, ...]
    centre: int


@dataclass(frozen=True)
class Quiz:
    """Places to be judged blind: does the feature fire on the marked token? Show ``items``; ``truth`` and ``bands``
    (a number of BANDS, -1 where it is silent) are for the score."""

    items: tuple[Snippet, ...]
    truth: tuple[bool, ...]
    bands: tuple[int, ...]


@dataclass(frozen=True)
class Intruder:
    """Five snippets; on the marked token of four the feature fires, on that of number ``foreign`` it is silent."""

    items: tuple[Snippet, ...]
    foreign: int


def propose(index: Index, feature: int) -> Label | None:
    """The label that was found while the index was built, with its score on other windows; None where the feature fired
    too seldom to find or to test one: "untested"."""
    rule = rule_of(index, feature)
    if rule is None:
        return None
    value, low, high = index.score[feature].tolist()
    recall = tuple(index.recall[feature].tolist())
    return Label(words(rule), rule, Score(value, low, high, recall), float(index.shuffled[feature]))


def rule_of(index: Index, feature: int) -> Rule | None:
    """The proposed label's rule."""
    ids = index.label_tokens[feature]
    if ids[0] < 0:
        return None
    keys = tuple(token_key(index.strings[id]) for id in ids[ids >= 0].tolist())
    return Rule(keys, "before" if index.label_before[feature] else "on")


def words(rule: Rule) -> str:
    """A rule in words: 'on "Mary", "John"' or 'after "the"'."""
    quoted = ", ".join(json.dumps(key, ensure_ascii=False) for key in rule.keys)
    return f"{'on' if rule.where == 'on' else 'after'} {quoted}"


def fires(index: Index, rule: Rule, positions: NDArray[np.int32]) -> Bools:
    """Whether a rule says that the feature fires at positions of the pool, none of them a window's first."""
    ids = index.tokens.ravel()[positions - (rule.where == "before")]
    return np.array([token_key(index.strings[id]) in rule.keys for id in ids.tolist()], bool)


def score_rule(index: Index, feature: int, rule: Rule) -> Score:
    """A rule of your own on the feature's test items that the index holds: up to 12 firings and 12 silent places."""
    positions, bands = items_of(index, feature)
    return score_answers(bands, fires(index, rule, positions))


def quiz(index: Index, feature: int, seed: int) -> Quiz:
    """The feature's test items in an order drawn by the seed. Raises UnknownSite where there is nothing to ask."""
    positions, bands = items_of(index, feature)
    if not (bands >= 0).any() or not (bands < 0).any():
        raise UnknownSite(f"Feature {feature} fired too seldom in this pool: there is nothing to ask. Pick another.")
    order = np.random.default_rng([seed, feature, 2]).permutation(len(positions))
    items = tuple(snippet(index, int(p)) for p in positions[order])
    return Quiz(items, tuple((bands[order] >= 0).tolist()), tuple(bands[order].tolist()))


def score(asked: Quiz, answers: Sequence[bool | None]) -> Score:
    """A person's answers, one an item; None where there was none, which does not count. Raises ShapeMismatch."""
    if len(answers) != len(asked.items):
        raise ShapeMismatch(
            f"There are {len(asked.items)} items and {len(answers)} answers: give one an item, or None."
        )
    given = [(band, answer) for band, answer in zip(asked.bands, answers, strict=True) if answer is not None]
    return score_answers(np.array([band for band, _ in given], int), np.array([answer for _, answer in given], bool))


def intruder(index: Index, feature: int, seed: int) -> Intruder:
    """Four of the feature's test firings, one a band where there are such, and one silent place, in drawn order. Raises
    UnknownSite where there are fewer than four firings."""
    positions, bands = items_of(index, feature)
    generator = np.random.default_rng([seed, feature, 3])
    order = generator.permutation(len(positions))
    positions, bands = positions[order], bands[order]
    firing = np.flatnonzero(bands >= 0)
    again = np.array([(bands[firing[:i]] == bands[place]).sum() for i, place in enumerate(firing)], int)
    chosen = firing[again.argsort(kind="stable")][:4]
    silent = index.negatives[feature, : index.negatives.shape[1] // 2]
    silent = silent[silent >= 0]
    if len(chosen) < 4 or len(silent) == 0:
        raise UnknownSite(f"Feature {feature} has {len(firing)} test firings in this pool; the game needs 4.")
    five = np.append(positions[chosen], generator.choice(silent))
    order = generator.permutation(5)
    return Intruder(tuple(snippet(index, int(p)) for p in five[order]), int(np.flatnonzero(order == 4)[0]))


def items_of(index: Index, feature: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Positions of the pool [n] and the band of each [n], -1 where the feature is silent: what labels are judged on."""
    firing, silent = index.tests[feature], index.negatives[feature]
    positions = np.concatenate([firing.ravel(), silent])
    bands = np.concatenate([np.repeat(np.arange(len(BANDS)), firing.shape[1]), np.full(len(silent), -1)])
    return positions[positions >= 0], bands[positions >= 0]


def snippet(index: Index, position: int) -> Snippet:
    """The 12 tokens on either side of a position, as far as its window goes."""
    ids = index.window(position)
    return Snippet(tuple(index.strings[id] for id in ids[ids >= 0].tolist()), int((ids[: len(ids) // 2] >= 0).sum()))


def score_answers(bands: NDArray[np.int64], said: Bools) -> Score:
    """The score of answers ``said`` [n] to items of ``bands`` [n], -1 where the feature is silent."""
    firing = bands >= 0
    recall = tuple(_share(said[bands == band]) for band in range(len(BANDS)))
    return Score(*balanced(said[firing], ~said[~firing]), recall)  # type: ignore[arg-type]


def balanced(found: Bools, left: Bools) -> tuple[float, float, float]:
    """Mean of two shares, with its 95 % interval. NaN where one of them has no items."""
    if len(found) == 0 or len(left) == 0:
        return float("nan"), float("nan"), float("nan")
    both = [(float(right.mean()), *wilson(int(right.sum()), len(right))) for right in (found, left)]
    value = (both[0][0] + both[1][0]) / 2
    down = math.hypot(*(share - low for share, low, _ in both)) / 2
    up = math.hypot(*(high - share for share, _, high in both)) / 2
    return value, value - down, value + up


def wilson(right: int, n: int) -> tuple[float, float]:
    """95 % interval of a share, ``right`` of ``n`` (Wilson 1927, JASA 22, 209-212)."""
    share = right / n
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * (share * (1 - share) / n + _Z**2 / (4 * n**2)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def _share(said: Bools) -> float:
    return float(said.mean()) if len(said) else float("nan")
