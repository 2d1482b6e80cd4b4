"""Lesson 06: the dictionaries it reads, features chosen by what was measured of them, and how they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mikit.course.plan import Context
from mikit.models.model import Model
from mikit.sae.dictionary import Dictionary
from mikit.sae.index import Index, index_of
from mikit.sae.labels import BANDS, Rule, fires, items_of, rule_of, score_answers, snippet, token_key
from mikit.sae.library import load_dictionary
from mikit.studies.dictionary import read

NAME = "smollm2-135m-l9"
SCRAMBLED = "smollm2-135m-l9-random"

ENOUGH = 100
"""Firings in the pool, below which a feature is not held up for anything."""

READ_WELL = 0.65
"""The lower end of a proposed label's score, from which on a feature is given to a learner to read."""

LEARNERS = 12
"""Features among which a learner's own is drawn."""

PROSE = ("novels", "speeches", "elements")
"""Kinds of text in the pool that anyone can read."""

PLAIN = 0.1
"""The share of its peak from which on a feature plainly fires."""

SHOWS = 8
"""Tokens on either side of a marked one."""


@cache
def index(name: str = NAME) -> Index:
    """What is known of every feature of a dictionary that comes with mikit."""
    found = index_of(load_dictionary(name))
    assert found is not None
    return found


def dictionary() -> Dictionary:
    return load_dictionary(NAME)


def labelled_features(index: Index) -> NDArray[np.int64]:
    """Features that fired often, and have a label that was tested."""
    return np.flatnonzero(np.isfinite(index.score[:, 0]) & (index.histogram.sum(1) >= ENOUGH))


def whole(index: Index) -> NDArray[np.int64]:
    """Those of them that have all of their 12 firings and 12 silent places to ask about."""
    features = labelled_features(index)
    there = (index.tests[features] >= 0).all((1, 2)) & (index.negatives[features] >= 0).all(1)
    return features[np.flatnonzero(there)]


@cache
def subjects() -> tuple[int, ...]:
    """Features to read: their proposed labels name words and score well, but are neither free of false alarms nor of
    misses, and what the feature promotes would be no label for it."""
    here = index()
    order = sorted(whole(here).tolist(), key=lambda feature: -here.score[feature, 1])
    good = (feature for feature in order if here.score[feature, 1] >= READ_WELL)
    return tuple(islice((feature for feature in good if _to_read(here, feature)), LEARNERS))


def _to_read(here: Index, feature: int) -> bool:
    rule = rule_of(here, feature)
    if rule is None or rule.where != "on" or len(rule.keys) < 2:
        return False
    if not all(key.isalpha() and len(key) > 2 for key in rule.keys[:2]):
        return False
    if sum(here.kind(position) in PROSE for position in here.shown[feature].ravel().tolist() if position >= 0) < 9:
        return False
    late = rule._replace(where="before")
    if not scored(here, feature, rule)[1] > 0.5:
        return False
    if any(scored(here, feature, other)[1] > 0.5 for other in (late, promoted_rule(here, feature))):
        return False
    return len(plain_misses(here, feature, rule)) > 1 and bool(alarms(here, feature, rule))


def subject(context: Context) -> int:
    """The learner's own feature."""
    drawn = subjects()
    return drawn[int(context.draw("subject").integers(len(drawn)))]


def scored(here: Index, feature: int, rule: Rule) -> tuple[float, float, float]:
    """Balanced accuracy of a rule on the feature's 24 test places, and its interval."""
    positions, bands = items_of(here, feature)
    return score_answers(bands, fires(here, rule, positions))[:3]


def promoted_rule(here: Index, feature: int) -> Rule:
    """What a feature writes, taken for what it fires on."""
    return Rule(tuple(token_key(here.strings[id]) for id in here.promoted[feature].tolist()), "on")


def own_rule(here: Index, feature: int) -> Rule:
    rule = rule_of(here, feature)
    assert rule is not None
    return rule


def misses(here: Index, feature: int, rule: Rule) -> list[int]:
    """Firings that a rule does not find, as positions of the pool: those that are shown, the strongest first, those of
    the tests, and what features show that fire together with this one."""
    together = here.together[feature]
    places = [here.tests[feature].ravel(), *(here.shown[other].ravel() for other in together[together >= 0])]
    others = np.concatenate(places)
    others = others[others >= 0]
    return plain_misses(here, feature, rule) + [int(p) for p in others[~fires(here, rule, others)]]


def plain_misses(here: Index, feature: int, rule: Rule) -> list[int]:
    """Firings that are shown, plain ones, and that a rule does not find, the strongest first."""
    places = here.shown[feature].ravel()
    levels = here.shown_levels[feature, ..., here.shown_levels.shape[-1] // 2].ravel()
    order = np.argsort(-levels.astype(int), kind="stable")
    order = order[(levels[order] >= 1.5 * PLAIN * 255) & (places[order] >= 0)]
    return [int(p) for p in places[order][~fires(here, rule, places[order])]]


def alarms(here: Index, feature: int, rule: Rule) -> list[int]:
    """Silent places in the index on which a rule says that the feature fires."""
    places = here.negatives[feature]
    places = places[places >= 0]
    return [int(p) for p in places[fires(here, rule, places)]]


@cache
def pretty(low: float = 0.3) -> tuple[int, ...]:
    """Features whose label finds nine in ten of their strongest firings, and ``low`` less of the weakest third; those
    with the largest loss first."""
    here = index()
    lost = here.recall[:, 0] - here.recall[:, -1]
    found = [f for f in whole(here).tolist() if here.recall[f, 0] >= 0.9 and lost[f] >= low]
    return tuple(sorted(found, key=lambda f: -lost[f]))


def seductive(context: Context) -> int:
    """One of them, whose three strongest examples are all of one word: a label offers itself."""
    here = index()
    alike = list(islice((f for f in pretty() if _one_word(here, f)), LEARNERS))
    return alike[int(context.draw("seductive").integers(len(alike)))]


def _one_word(here: Index, feature: int) -> bool:
    if sum(here.kind(position) in PROSE for position in here.shown[feature].ravel().tolist() if position >= 0) < 9:
        return False
    keys = {token_key(here.strings[int(here.tokens.ravel()[p])]) for p in here.shown[feature, 0] if p >= 0}
    (key, *more) = keys
    return not more and key.isalpha() and len(key) > 2 and own_rule(here, feature).where == "on"


# -- how they are shown -----------------------------------------------------------------------------------------------


def marked(here: Index, position: int) -> str:
    """A piece of the pool in one line, the asked token in «»."""
    piece = snippet(here, position)
    first = max(0, piece.centre - SHOWS)
    tokens = [*piece.tokens]
    bare = tokens[piece.centre].lstrip(" ")
    tokens[piece.centre] = f"{' ' * (len(tokens[piece.centre]) - len(bare))}«{bare}»"
    return "".join(tokens[first : piece.centre + SHOWS // 2 + 1]).replace("\n", "⏎").strip()


def examples(feature: int, name: str = NAME, bands: Sequence[int] = range(len(BANDS))) -> Iterator[str]:
    """Lines that show where a feature fires, strongest first, with the activation as a share of its peak."""
    here = index(name)
    for band in bands:
        yield f"{BANDS[band]}:"
        for place in range(here.shown.shape[2]):
            if (position := int(here.shown[feature, band, place])) >= 0:
                share = here.shown_levels[feature, band, place, here.shown_levels.shape[-1] // 2] / 255
                yield f"  {share:4.0%}  {marked(here, position)}"


def activations(model: Model, text: str, feature: int) -> tuple[tuple[str, ...], Tensor]:
    """A text's tokens, and the feature's activation on each, [position]; 0 at position 0, which is left out."""
    tokens = model.tokens(text)
    if tokens.ids.shape[1] < 2:
        return tokens.strings, torch.zeros(tokens.ids.shape[1])
    values = dictionary().encode(read(model, dictionary(), tokens))[0, :, feature]
    return tokens.strings, torch.cat([torch.zeros(1), values.cpu()])


def says(rule: Rule, strings: Sequence[str]) -> NDArray[np.bool_]:
    """Where a label says that the feature fires, [position]; nowhere at position 0."""
    named = [token_key(text) in rule.keys for text in strings]
    found = np.array([False, *(named[1:] if rule.where == "on" else named[:-1])], bool)
    return found


def text_up_to(here: Index, position: int, after: int = 0) -> str:
    """The window of a position, from its first token to the position."""
    row, place = divmod(position, here.width)
    ids = here.tokens[row, : place + 1 + after]
    return "".join(here.strings[id] for id in ids[ids >= 0].tolist())


def places_of(here: Index, rule: Rule, count: int, seed: int = 0) -> list[int]:
    """Positions of the pool on which a rule says that a feature fires, drawn."""
    flat: NDArray[Any] = here.tokens.ravel()
    named = np.array([id for id, text in here.strings.items() if token_key(text) in rule.keys])
    found = np.flatnonzero(np.isin(flat, named)) + (rule.where == "before")
    inside = found[(found % here.width > 0) & (found < flat.size)]
    inside = inside[flat[inside] >= 0]
    return [int(p) for p in np.random.default_rng(seed).permutation(inside)[:count]]
