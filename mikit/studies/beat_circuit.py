"""An adversary of a circuit: which of its parts to take out, so that circuit and model no longer do the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from mikit.circuits.faithfulness import adversary, completeness
from mikit.circuits.sets import by_sender
from mikit.errors import BadCircuit
from mikit.models.model import Model
from mikit.studies import code_circuits
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result
from mikit.studies.circuits import (
    LOGITS,
    MEASURE,
    Circuit,
    CircuitStudy,
    Floats,
    cost_of_circuit,
    edges_of,
    one_after_the_other,
    part_name,
    range_grid,
    together,
)
from mikit.trace.arrays import Array
from mikit.trace.graph import graph_of

OF = ("circuit", "whole")
DRAWS = 8
"""Orders of parts that are drawn blindly."""


class BeatCircuit(CircuitStudy):
    """A circuit that holds all that matters reacts to a loss as the whole model does. In each of ``rounds`` rounds
    ``tries`` of the circuit's parts are taken out of both, one at a time, and the one after which they differ most
    stays out.

    Grid ``reaction`` [round, of], logits, the mean over pairs: the measure of the circuit and of the whole model when
    the parts found so far are gone; round 0 is before the first. Text ``out``: these parts in order. Control "parts at
    random": eight orders of the circuit's parts, drawn blindly; the mean of all, with their range."""

    kind: Literal["beat-circuit"] = "beat-circuit"
    circuit: Circuit
    rounds: int = Field(default=4, ge=1, le=40)
    tries: int = Field(default=16, ge=1)

    def estimate(self, model: Model) -> Cost:
        runs = self.cost_of(model, 2 + 2 * self.rounds * (self.tries + DRAWS))
        held = runs.bytes * len(self.pairs)  # all pairs are at hand all the time
        runs = runs.model_copy(update={"bytes": held})
        return one_after_the_other(cost_of_circuit(self.circuit, model, self.read(model)), runs)

    def method(self, model: Model) -> Method:
        graph = graph_of(model.spec)
        return Method(
            sites=(*graph.senders, *graph.receivers),
            metric=f"{MEASURE}, of the circuit and of the whole model, when all edges from some parts carry {self.cut}",
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        pairs, graph = self.read(model), graph_of(model.spec)
        circuit = yield from edges_of(self.circuit, model, self.pairs)
        every = by_sender(graph.edges)
        parts = {sender: every[sender] for sender in by_sender(circuit) if sender}
        if not parts:
            raise BadCircuit(
                "Nothing can be taken out of this circuit: no head and no MLP is in it. Keep one at least."
            )
        runs = []
        for pair in pairs:
            runs.append(self.running(model, pair))
            yield None
        run, rounds = together(runs), min(self.rounds, len(parts))
        now = _Found((), np.full((1 + rounds, 2), np.nan), np.full((DRAWS, 1 + rounds, 2), np.nan))
        (loss,) = completeness(run, graph, circuit, [torch.zeros_like(circuit)])
        now.reaction[0] = now.blind[:, 0] = loss.circuit, loss.whole
        yield self._result(model, now)
        for worst in adversary(run, graph, circuit, parts, rounds=rounds, tries=self.tries, seed=self.seed):
            now.out = worst.senders
            now.reaction[len(now.out)] = worst.loss.circuit, worst.loss.whole
            yield self._result(model, now)
        orders = [(n, order) for n in range(DRAWS) for order in self._blindly(list(parts), rounds, n)]
        losses = completeness(run, graph, circuit, (_all(parts, order) for _, order in orders))
        for (n, order), loss in zip(orders, losses, strict=True):
            now.blind[n, len(order)] = loss.circuit, loss.whole
            yield self._result(model, now)

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_circuits.beat_circuit_script(self, model, flavour)

    def _blindly(self, parts: list[int], rounds: int, n: int) -> Iterator[tuple[int, ...]]:
        """The parts that are gone after each round of one order."""
        order = torch.randperm(len(parts), generator=torch.Generator().manual_seed(1000 * self.seed + n)).tolist()
        for k in range(1, 1 + rounds):
            yield tuple(parts[i] for i in order[:k])

    def _result(self, model: Model, now: _Found) -> Result:
        axes = {"round": tuple(map(str, range(len(now.reaction)))), "of": OF}
        senders = graph_of(model.spec).senders
        why = f"{DRAWS} orders of the circuit's parts, drawn blindly (seed {self.seed}): their mean and their range."
        blind = range_grid(now.blind, axes, LOGITS)
        return Result(
            study=self,
            grids={"reaction": Grid(values=Array.of(now.reaction), axes=axes, unit=LOGITS)},
            texts={"out": tuple(part_name(senders[sender]) for sender in now.out)},
            controls=(Control(name="parts at random", why=why, grids={"reaction": blind}),),
            done=now.done,
        )


@dataclass
class _Found:
    """What is there so far: parts that are out, and the measures of circuit and model after each round [round, of],
    along the adversary's way and along each blind one [draw, round, of]; NaN where not yet run."""

    out: tuple[int, ...]
    reaction: Floats
    blind: Floats

    @property
    def done(self) -> float:
        """The share of rounds that are there; an adversary's round counts as all blind ones, since it tries many."""
        own, blind = (float(np.isfinite(values).mean()) for values in (self.reaction, self.blind))
        return (own + blind) / 2


def _all(parts: Mapping[int, Tensor], senders: tuple[int, ...]) -> Tensor:
    """The edges of several parts."""
    return torch.stack([parts[sender] for sender in senders]).any(0)
