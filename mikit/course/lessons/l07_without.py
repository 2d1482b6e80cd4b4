"""Lesson 07, last part: what a formal beginning does to what follows, and what is left of it without the arrow."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mikit.course.lessons.l07_arrow import LAYER, likelier
from mikit.course.lessons.l07_doses import side_by_side
from mikit.course.lessons.l07_texts import FORMAL_CASUAL
from mikit.course.plan import Context
from mikit.methods.intervals import mean_interval
from mikit.methods.metrics import kl
from mikit.models.model import Model
from mikit.studies.contrasts import FORMALITY
from mikit.studies.directions import StoredDirection, vector
from mikit.studies.steering import Arrow, Steering, random_arrow
from mikit.studies.texts import ORDINARY
from mikit.trace.arrays import Array
from mikit.trace.engine import Rows, run

Floats = NDArray[np.float64]

ONE, ALL, CONTROL = f"after layer {LAYER} alone", "after every layer", "a random arrow, every layer"
WAYS = ("nothing", ONE, ALL, CONTROL)
"""What is taken out."""


def taken_out(model: Model, everywhere: bool = True) -> Steering:
    """The formality arrow of one layer, taken out after that layer or after all of them."""
    arrow = StoredDirection(
        name="formality",
        values=Array.of(vector(FORMALITY, model, LAYER)),
        model_sha256=model.ref.sha256,
        layer=LAYER,
        origin=FORMALITY.model_dump_json(),
    )
    layers = tuple(range(model.spec.layers)) if everywhere else (LAYER,)
    return Steering(direction=arrow, how="project", layers=layers)


def ways(model: Model) -> Rows:
    """The edits of each of WAYS."""
    one, all = taken_out(model, everywhere=False), taken_out(model)
    arrows = (Arrow(ONE, "", one), Arrow(ALL, "", all), random_arrow(all, 0))
    return [[], *(arrow.edits(model, 1.0) for arrow in arrows)]


def after(context: Context) -> Floats:
    """By how much likelier a formal text is than a casual one, in nats a token, after a formal beginning and after a
    casual one, for each of WAYS: [pair, (formal, casual), way]. Each text stands in one pair, so that an interval over
    pairs may be drawn."""
    return _after(context.model(), 6 if context.pace == "full" else 3)


@lru_cache
def _after(model: Model, count: int) -> Floats:
    rows, found = ways(model), []
    for begins, goes_on in zip(FORMAL_CASUAL[: 2 * count : 2], FORMAL_CASUAL[1 : 2 * count : 2], strict=True):
        formal, casual = ([likelier(model, rows, f" {text}", context=begin) for begin in begins] for text in goes_on)
        found.append(np.subtract(formal, casual))
    stacked: Floats = np.stack(found)
    return stacked


def cost(context: Context) -> Floats:
    """What else changes: KL of the next token on neutral text from the untouched run, in nats a token, [way]."""
    return _cost(context.model(), 4 if context.pace == "full" else 1)


@lru_cache
def _cost(model: Model, count: int) -> Floats:
    rows, found = ways(model), []
    for text in ORDINARY[:count]:
        tokens = model.tokens(text)
        logits = run(model, tokens, rows, logits=range(1, tokens.ids.shape[1]))
        found.append([float(kl(row, logits[0]).mean()) for row in logits])
    return np.asarray(np.mean(found, 0))


def effect(context: Context) -> Floats:
    """What a formal beginning does against a casual one, [pair, way]."""
    beginnings = after(context)
    return np.asarray(beginnings[:, 0] - beginnings[:, 1])


def left(context: Context, way: str) -> float:
    """What is left of it, in per cent."""
    found = effect(context).mean(0)
    return 100 * float(found[WAYS.index(way)] / found[0])


def remains(context: Context) -> Iterator[str]:
    beginnings, nats = after(context).mean(0), cost(context)
    yield f"{'taken out':29} after formal   after casual   difference              left   cost"
    value, low, high = mean_interval(effect(context))
    assert low is not None and high is not None
    for i, way in enumerate(WAYS):
        formal, casual = beginnings[:, i]
        yield (
            f"{way:29} {formal:+12.2f} {casual:+14.2f} {value[i]:+12.2f} [{low[i]:+.2f}, {high[i]:+.2f}]"
            f" {left(context, way):5.0f} % {nats[i]:6.2f}"
        )


def after_formal(context: Context) -> Iterator[str]:
    """What is written after a formal beginning, as it is, without the arrow after any layer, and without a random
    one."""
    model = context.model()
    rows = {f"without {way}": row for way, row in zip(WAYS, ways(model), strict=True) if way != ONE}
    return side_by_side(model, FORMAL_CASUAL[0][0], rows, length=28 if context.pace == "full" else 4)
