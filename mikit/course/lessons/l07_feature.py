"""Lesson 07: a feature of lesson 06 as an arrow. What it fires on, and what a model writes that is pushed along it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mikit.course.lessons.l06_features import dictionary, index, own_rule
from mikit.course.lessons.l07_doses import side_by_side
from mikit.course.plan import Context
from mikit.models.model import Model
from mikit.sae.labels import token_key
from mikit.sae.library import ref_of
from mikit.studies.directions import FeatureDirection
from mikit.studies.steering import Steering, random_arrow
from mikit.studies.texts import ORDINARY
from mikit.trace.engine import AnyEdit, run

Floats = NDArray[np.float64]

FEATURE = 3303
"""Its label names "since", "year", "years", "recent" ..."""

WRITES = ("have", "has", "had", "been", "ve")
"""What it writes. These words were chosen by reading texts after other prompts."""

PROMPTS = ("The library in our street", "Our garden", "My aunt's soup")
STRENGTH = 0.5
KINDS = ("unsteered", "along the feature", "random arrow 0", "random arrow 1")
CHOICES = ("the words that it fires on", "the tokens that it promotes", "others")


def steering() -> Steering:
    arrow = FeatureDirection(name=f"feature {FEATURE}", dictionary=ref_of(dictionary()), feature=FEATURE)
    return Steering(direction=arrow, layers=(9,))


def kinds(model: Model) -> list[list[AnyEdit]]:
    """The edits of each of KINDS."""
    own = steering()
    return [[], own.edits(model, STRENGTH), *(random_arrow(own, draw).edits(model, STRENGTH) for draw in range(2))]


def texts(context: Context) -> Iterator[str]:
    """What is written after each prompt, from the same luck."""
    model, full = context.model(), context.pace == "full"
    rows = dict(zip(KINDS, kinds(model), strict=True))
    for prompt in PROMPTS if full else PROMPTS[:1]:
        yield from side_by_side(model, prompt, rows, length=24 if full else 4)


def fires_on() -> tuple[str, ...]:
    """The words of its label."""
    return own_rule(index(), FEATURE).keys


def promotes() -> tuple[str, ...]:
    """The six tokens that its direction points to."""
    return tuple(dict.fromkeys(token_key(index().strings[int(id)]) for id in index().promoted[FEATURE]))


KINDS_OF_WORDS = (fires_on, promotes, lambda: WRITES)


def chances(context: Context) -> Floats:
    """The probability that the next token of a neutral text is one of some words, in per cent, in the mean over its
    positions: [kind, (those it fires on, those it promotes, WRITES)]."""
    return _chances(context.model(), 4 if context.pace == "full" else 1)


@lru_cache
def _chances(model: Model, count: int) -> Floats:
    named = [[id for id, text in index().strings.items() if token_key(text) in words()] for words in KINDS_OF_WORDS]
    found = []
    for text in ORDINARY[:count]:
        tokens = model.tokens(text)
        chance = run(model, tokens, kinds(model), logits=range(1, tokens.ids.shape[1])).softmax(-1).mean(1)
        found.append([[100 * float(row[ids].sum()) for ids in named] for row in chance])
    mean: Floats = np.mean(found, 0)
    return mean


def table(context: Context) -> Iterator[str]:
    yield f"{'next token, per cent':20} {'it fires on':>12} {'it promotes':>12} {'have, been ...':>15}"
    for kind, (on, promoted, writes) in zip(KINDS, chances(context), strict=True):
        yield f"{kind:20} {on:12.2f} {promoted:12.2f} {writes:15.2f}"


def comes_up(context: Context) -> str:
    """Which words the push along the feature makes likelier, in per cent of all next tokens."""
    found = chances(context)
    return CHOICES[int(np.argmax(found[1] - found[0]))]
