"""An adversary of a circuit: which of its parts to take out, so that circuit and model no longer do the same."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from mikit.circuits.faithfulness import Run
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
)
from mikit.trace.arrays import Array
from mikit.trace.graph import Graph, graph_of

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
        runs = self.cost_of(model, 2 + 2 * self.rounds * (self.tries + DRAWS), at_hand=len(self.pairs))
        return one_after_the_other(cost_of_circuit(self.circuit, model, self.pairs), runs)

    def method(self, model: Model) -> Method:
        graph = graph_of(model.spec)
        return Method(
            sites=(*graph.senders, *graph.receivers),
            metric=f"{MEASURE}, of the circuit and of the whole model, when all edges from some parts carry {self.cut}",
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        pairs, graph = self.read(model), graph_of(model.spec)
        circuit = yield from edges_of(self.circuit, model, self.pairs)
        parts = [sender for sender in by_sender(circuit) if sender]  # the embedding is none
        if not parts:
            raise BadCircuit(
                "No head and no MLP is in this circuit, so none can be taken out. Take one of more edges or parts."
            )
        runs = []
        for pair in pairs:
            runs.append((yield from self.running(model, pair)))
        both = _Both(runs, graph, circuit)
        rounds = min(self.rounds, len(parts))
        now = _Found((), np.full((1 + rounds, 2), np.nan), np.full((DRAWS, 1 + rounds, 2), np.nan))
        now.reaction[0] = now.blind[:, 0] = (yield from both.without([()]))[0]
        yield self._result(model, now)
        generator = torch.Generator().manual_seed(self.seed)
        for n in range(1, 1 + rounds):
            left = [part for part in parts if part not in now.out]
            drawn = torch.randperm(len(left), generator=generator)[: self.tries].tolist()
            tried = [(*now.out, left[i]) for i in drawn]
            measures = yield from both.without(tried)
            worst = int(np.abs(measures[:, 0] - measures[:, 1]).argmax())
            now.out, now.reaction[n] = tried[worst], measures[worst]
            yield self._result(model, now)
        for n, order in enumerate(self._blindly(parts)):
            now.blind[n, 1:] = yield from both.without([order[:k] for k in range(1, 1 + rounds)])
            yield self._result(model, now)

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_circuits.beat_circuit_script(self, model, flavour)

    def _blindly(self, parts: list[int]) -> Iterator[tuple[int, ...]]:
        """The parts in random orders."""
        generator = torch.Generator().manual_seed(self.seed)
        for _ in range(DRAWS):
            yield tuple(parts[i] for i in torch.randperm(len(parts), generator=generator).tolist())

    def _result(self, model: Model, now: _Found) -> Result:
        axes = {"round": tuple(map(str, range(len(now.reaction)))), "of": OF}
        senders = graph_of(model.spec).senders
        why = (
            f"{DRAWS} orders of the circuit's parts, drawn blindly (seed {self.seed}): their mean and their range. The"
            f" search keeps the worst of up to {self.tries} tries a round, so what lies between shows what searching"
            " adds, not that the circuit is incomplete."
        )
        blind = range_grid(now.blind, axes, LOGITS)
        return Result(
            study=self,
            grids={"reaction": Grid(values=Array.of(now.reaction), axes=axes, unit=LOGITS)},
            texts={"out": tuple(part_name(senders[sender]) for sender in now.out)},
            controls=(Control(name="parts at random", why=why, grids={"reaction": blind}),),
            done=now.done,
        )


@dataclass(frozen=True)
class _Both:
    """A circuit and the whole model, run on several pairs."""

    runs: list[Run]
    graph: Graph
    circuit: Tensor

    def without(self, losses: Sequence[tuple[int, ...]]) -> Generator[None, None, Floats]:
        """The mean measure of circuit and model without each of these sets of senders, [set, of]; can be stopped
        between the traces."""
        kept = []
        for senders in losses:
            left = torch.ones(len(self.graph.senders), dtype=torch.bool)
            left[list(senders)] = False
            kept += [self.circuit & left, self.graph.edges & left]
        values = np.empty((len(self.runs), len(kept)))
        for n, run in enumerate(self.runs):
            for i, value in enumerate(run(kept)):
                values[n, i] = value
                yield None
        measures: Floats = values.mean(0).reshape(-1, 2)
        return measures


@dataclass
class _Found:
    """What is there so far: parts that are out, and the measures of circuit and model after each round [round, of],
    along the adversary's way and along each blind one [draw, round, of]; NaN where not yet run."""

    out: tuple[int, ...]
    reaction: Floats
    blind: Floats

    @property
    def done(self) -> float:
        """The share of rounds that are there; an adversary's takes about as long as all blind ones."""
        own, blind = (float(np.isfinite(values).mean()) for values in (self.reaction[1:], self.blind[:, 1:]))
        return (own + blind) / 2
