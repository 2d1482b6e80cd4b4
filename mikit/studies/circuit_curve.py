"""Circuits of growing size, of the edges that rank highest: how much each keeps, beside random ones of its size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from pydantic import Field, field_validator

from mikit.circuits.faithfulness import SHARES, Curve, Ends, areas, curve
from mikit.errors import BadCircuit
from mikit.models.model import Model
from mikit.studies import code_circuits
from mikit.studies.base import Cost, Flavour, Method, Result
from mikit.studies.circuits import (
    MEASURE,
    RANKED,
    SHARE,
    CircuitStudy,
    Floats,
    Pooled,
    cost_of_scores,
    jackknifed,
    one_after_the_other,
    random_circuits_control,
    range_grid,
    ranking,
)
from mikit.trace.graph import graph_of

AREAS = ("CPR", "CMD")


class CircuitCurve(CircuitStudy):
    """The edges of highest score by EAP-IG in ``ig_steps`` steps (``absolute``: of largest, whichever way), as circuits
    of each of ``shares`` of all edges. Grid ``faithfulness`` [size], a share, by size in edges. Grid ``area`` [area]:
    CPR, the area under that curve, and CMD, that between it and 1, over the shares (Mueller et al. 2025,
    arXiv:2504.13151): a better ranking has a higher CPR, a lower CMD. Several pairs are pooled, with a 95 % interval,
    which leaves out that the ranking is of these same pairs; it is against the changed prompt, whatever ``against`` is.
    Control "random circuits": ``draws`` random orders of all edges, the mean of all and their range."""

    kind: Literal["circuit-curve"] = "circuit-curve"
    ig_steps: int = Field(default=5, ge=1, le=100)
    absolute: bool = False
    draws: int = Field(default=5, ge=1, le=100)
    shares: tuple[float, ...] = SHARES

    @field_validator("shares")
    @classmethod
    def _grow(cls, shares: tuple[float, ...]) -> tuple[float, ...]:
        grows = all(a < b for a, b in pairwise((0.0, *shares)))
        if len(shares) < 2 or not grows or shares[-1] > 1:
            raise BadCircuit(f"Shares of all edges grow, from above 0 to at most 1, at least two: {shares} do not.")
        return shares

    def estimate(self, model: Model) -> Cost:
        runs = self.cost_of(model, 2 + (1 + self.draws) * len(self.shares))
        return one_after_the_other(cost_of_scores(model, self.pairs, self.ig_steps), runs)

    def method(self, model: Model) -> Method:
        graph = graph_of(model.spec)
        return Method(
            sites=(*graph.senders, *graph.receivers),
            metric=f"{MEASURE}, when all edges but the highest ranked carry {self.cut}, as a share of what all edges"
            f" keep; {RANKED}",
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        pairs, graph = self.read(model), graph_of(model.spec)
        scores = yield from ranking(model, self.pairs, self.ig_steps)
        scores = scores.abs() if self.absolute else scores
        between: list[Ends] = []
        finished: list[Curve] = []
        for n, pair in enumerate(pairs):
            run, ends = yield from self.bounded(model, pair, between)
            between.append(ends)
            for now in curve(run, graph, ends, scores, draws=self.draws, seed=self.seed, shares=self.shares):
                there = float(np.isfinite([now.found, *now.random]).mean())
                shown = [*finished, now] if there == 1 or not finished else finished
                yield self._result(between[: len(shown)], shown, (n + there) / len(pairs))
            finished.append(now)

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_circuits.circuit_curve_script(self, model, flavour)

    def _result(self, between: Sequence[Ends], curves: Sequence[Curve], done: float) -> Result:
        pooled, size = Pooled.of(between), {"size": tuple(map(str, curves[0].sizes))}
        found = np.array([one.found for one in curves])
        left_out = pooled.left_out(found)
        random = pooled.share(np.array([one.random for one in curves]))
        grids = {
            "faithfulness": pooled.grid(found, size),
            "area": jackknifed(
                self._areas(pooled.share(found)),
                None if left_out is None else self._areas(left_out),
                {"area": AREAS},
                "share",
            ),
        }
        controls = {
            "faithfulness": range_grid(random, size, SHARE),
            "area": range_grid(self._areas(random), {"area": AREAS}, "share"),
        }
        return Result(
            study=self,
            grids=grids,
            controls=(random_circuits_control(controls, self.draws, self.seed),),
            done=done,
        )

    def _areas(self, found: Floats) -> Floats:
        """CPR and CMD of curves [..., size], as [..., 2]."""
        return np.stack(areas(self.shares, found), axis=-1)
