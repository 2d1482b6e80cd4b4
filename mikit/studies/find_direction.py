"""Where in a model a contrast between texts has a direction, how much of it is the attention sink, and whether it tells
apart texts that it was not made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import field_validator
from torch import Tensor

from mikit.errors import BadDirection
from mikit.methods.directions import swaps
from mikit.methods.intervals import jackknife
from mikit.models.model import Model
from mikit.sae.labels import wilson
from mikit.studies import code_steering
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result, Study
from mikit.studies.cost import held, seconds
from mikit.studies.directions import (
    NORM_TEXTS,
    PairDirection,
    Reading,
    counted,
    of_activations,
    read,
    reading,
    residual_norms,
    texts,
)
from mikit.trace.arrays import Array
from mikit.trace.sites import Site

SHUFFLES = 5
POSITIONS = ("all", "without 0")
SINK = (
    "Position 0 is a sink of attention: where its activation is more than a hundred times as long as the rest, a"
    " difference of means with position 0 in it is mostly that."
)


class FindDirection(Study):
    """Build the direction after every layer. Grids: ``length`` [positions, layer], of the difference of means between
    both sides, in lengths of the stream there; ``sink`` [positions, layer], the cosine, sign left off, of that
    difference with what the texts leave at position 0; both with position 0 among the rest ("all") and "without 0",
    the intervals from leaving out one pair at a time. ``told apart`` [layer]: the share of pairs whose plus text lies
    further along the recipe's arrow than its minus text, the arrow made from all other pairs; interval by Wilson.

    Control "shuffled pairs", the same grids: half of the pairs change sides before the arrow is made, five times;
    mean, and the range of the five. A "pca" arrow lies along the same line whichever side a pair is on: for its ``told
    apart``, the control's arrow is made from differences between texts of one side instead, dealt anew in each draw;
    NaN where there are only two pairs."""

    kind: Literal["find-direction"] = "find-direction"
    direction: PairDirection

    needs: ClassVar[tuple[str, ...]] = ("traced is raw",)
    tolerances: ClassVar[dict[str, float]] = {"told apart": 0.13}  # one of eight pairs near the middle may change sides

    @field_validator("direction")
    @classmethod
    def _has_others(cls, direction: PairDirection) -> PairDirection:
        if len(direction.plus) < 2:
            raise BadDirection(
                f"The direction '{direction.name}' has a single pair: there is no other pair to try it on. Give two or"
                " more."
            )
        return direction

    def estimate(self, model: Model) -> Cost:
        lengths = [len(ids) for ids in self.inputs(model)]
        kept = 8 * len(texts(self.direction)) * model.spec.layers * model.spec.d_model
        return Cost(seconds=seconds(model.spec, sum(lengths)), bytes=kept + held(model.spec, max(lengths)))

    def inputs(self, model: Model) -> list[Tensor]:
        return [model.tokens(text).ids[0] for text in (*texts(self.direction), *NORM_TEXTS)]

    def method(self, model: Model) -> Method:
        return Method(
            sites=tuple(Site(name="resid_post", layer=layer) for layer in range(model.spec.layers)),
            metric="length of the difference of means between both sides' texts, over the mean length of the stream;"
            " its cosine with position 0; share of pairs that an arrow made from the other pairs puts in order",
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        for _ in reading(self.direction, model):
            yield None
        sides = [
            [read(model, text, self.direction.first) for text in side]
            for side in (self.direction.plus, self.direction.minus)
        ]
        yield None
        norms = residual_norms(model)
        shuffles = _shuffles(self.direction, self.seed)
        effect, control = [], []
        for layer in range(model.spec.layers):
            here = _read_at(self.direction, sides, layer)
            effect.append(_measured(self.direction, here, norms[layer]))
            control.append(_by_chance(self.direction, here, norms[layer], shuffles))
            yield None
        why = (
            f"The same texts, with half of the pairs changing sides before the arrow is made ({SHUFFLES} draws, seed"
            f" {self.seed}): what these texts give without the contrast between them."
        )
        if self.direction.how == "pca":
            why += " For 'told apart', which no swap changes here, the arrow is made from texts of one side each time."
        yield Result(
            study=self,
            grids=_grids(effect),
            texts={"notes": (SINK,)},
            controls=(Control(name="shuffled pairs", why=why, grids=_grids(control)),),
        )

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_steering.find_direction_script(self, model, flavour)


class Here(NamedTuple):
    """One layer's readings of n pairs: the difference within each pair with position 0 and without it
    [2, pair, d_model], the mean of position 0 over all texts [d_model], and what the recipe is made from, [pair,
    d_model] of either side."""

    apart: Tensor
    sink: Tensor
    plus: Tensor
    minus: Tensor


class Shuffles(NamedTuple):
    """Draws without the contrast. ``signs`` [draw, pair], -1 for a pair that changes sides. ``deals``, of each draw and
    each pair that is left out: which of the other pairs' texts, plus before minus, stand on either side [2, n]."""

    signs: Tensor
    deals: list[list[Tensor]]


Measured = dict[str, NDArray[np.float64]]
"""A layer's measures, each with its low and high end: [3, 2] by positions, [3] for "told apart"."""


def _read_at(direction: PairDirection, sides: Sequence[Sequence[Reading]], layer: int) -> Here:
    def stacked(side: Sequence[Tensor]) -> Tensor:
        return torch.stack([value[layer] for value in side])

    both = [torch.stack([stacked([r.all for r in side]), stacked([r.later for r in side])]) for side in sides]
    plus, minus = (stacked([counted(direction, r) for r in side]) for side in sides)
    sink = stacked([r.first for side in sides for r in side]).mean(0)
    return Here(both[0] - both[1], sink, plus, minus)


def _measured(direction: PairDirection, here: Here, norm: Tensor) -> Measured:
    n = len(here.plus)
    weights = torch.ones(1 + n, n)
    weights[1:] -= torch.eye(n)  # all pairs, then all but one
    found = _length_and_sink(here, weights, norm)
    right = int(_told(direction, here, [_as_given(n - 1)] * n).sum())
    measured = {
        name: np.stack([values[0], *jackknife(values[0], values[1:])]).clip(0, np.inf if name == "length" else 1)
        for name, values in found.items()
    }
    return measured | {"told apart": np.array([right / n, *wilson(right, n)])}


def _by_chance(direction: PairDirection, here: Here, norm: Tensor, shuffles: Shuffles) -> Measured:
    found = _length_and_sink(here, shuffles.signs, norm)
    told = [_told(direction, here, deals).mean() for deals in shuffles.deals]
    return {
        name: np.stack([values.mean(0), values.min(0), values.max(0)])
        for name, values in (found | {"told apart": np.array(told)}).items()
    }


def _length_and_sink(here: Here, weights: Tensor, norm: Tensor) -> Measured:
    """Of the pairs' differences, averaged by several sets of weights [k, pair]: length and cosine, each [k, 2]."""
    mean = torch.einsum("kn,pnd->kpd", weights / weights.abs().sum(1, keepdim=True), here.apart)
    cosine = torch.nn.functional.cosine_similarity(mean, here.sink, dim=-1).abs()
    return {"length": (mean.norm(dim=-1) / norm).double().numpy(), "sink": cosine.double().numpy()}


def _told(direction: PairDirection, here: Here, deals: Sequence[Tensor]) -> NDArray[np.float64]:
    """For each pair, 1 where an arrow made from the others, dealt to two sides, puts it in order, and 0 where not; NaN
    where nothing could be dealt. [pair]."""
    n = len(here.plus)
    told = np.full(n, np.nan)
    for left_out, (one, other) in enumerate(deals):
        if len(one):
            others = [i for i in range(n) if i != left_out]
            rest = torch.cat([here.plus[others], here.minus[others]])
            arrow = of_activations(direction, rest[one], rest[other])
            told[left_out] = (here.plus[left_out] - here.minus[left_out]) @ arrow > 0
    return told


def _as_given(pairs: int) -> Tensor:
    """The texts of so many pairs, plus before minus, on their own sides [2, pairs]."""
    return torch.arange(2 * pairs).reshape(2, pairs)


def _shuffles(direction: PairDirection, seed: int) -> Shuffles:
    generator, n = torch.Generator().manual_seed(seed), len(direction.plus)
    signs = torch.stack([1 - 2.0 * swaps(n, generator) for _ in range(SHUFFLES)])
    deal = _within_sides if direction.how == "pca" else _half_swapped
    return Shuffles(signs, [[deal(n - 1, generator) for _ in range(n)] for _ in range(SHUFFLES)])


def _half_swapped(pairs: int, generator: torch.Generator) -> Tensor:
    given = _as_given(pairs)
    return torch.where(swaps(pairs, generator), given.flip(0), given)


def _within_sides(pairs: int, generator: torch.Generator) -> Tensor:
    """Each text but the last of its side, in an order that is drawn, against the next: no difference holds the
    contrast. [2, 2 * (pairs - 1)]."""
    orders = [side[torch.randperm(pairs, generator=generator)] for side in _as_given(pairs)]
    return torch.stack([torch.cat([order[:-1] for order in orders]), torch.cat([order[1:] for order in orders])])


def _grids(layers: Sequence[Measured]) -> dict[str, Grid]:
    units = {"length": "lengths of the stream", "sink": "cosine", "told apart": "share of pairs"}
    labels = {"layer": tuple(map(str, range(len(layers))))}
    grids = {}
    for name, unit in units.items():
        value, low, high = (Array.of(part) for part in np.stack([found[name] for found in layers], axis=-1))
        axes = labels if name == "told apart" else {"positions": POSITIONS} | labels
        grids[name] = Grid(values=value, axes=axes, unit=unit, low=low, high=high)
    return grids
