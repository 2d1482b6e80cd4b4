"""What a circuit keeps of a behaviour, and what is left without it, beside random circuits of its size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from pydantic import Field
from torch import Tensor

from mikit.circuits.faithfulness import Ends, Run, faithfulness, minimality
from mikit.circuits.sets import by_sender, random_circuits
from mikit.models.model import Model
from mikit.studies import code_circuits
from mikit.studies.base import Cost, Flavour, Method, Result, mean_grid
from mikit.studies.circuits import (
    LOGITS,
    MEASURE,
    RANKED,
    SHARE,
    Circuit,
    CircuitStudy,
    Floats,
    PartsCircuit,
    Pooled,
    cost_of_circuit,
    edges_of,
    one_after_the_other,
    part_of,
    random_circuits_control,
    range_grid,
    sender_of,
)
from mikit.trace.graph import Graph, graph_of

RUNS = ("whole", "none", "circuit", "knocked out")
MOST_PARTS = 40
"""A circuit of more is not taken apart."""


class TestCircuit(CircuitStudy):
    """Is ``circuit`` enough, and is it needed? Grid ``measure`` [run], logits, the mean over pairs with a 95 % interval
    where there are several: all edges kept ("whole"), none, the circuit's alone, and all but the circuit's ("knocked
    out"). Grid ``faithfulness`` [circuit], a share: what the circuit keeps of the way from "none" to "whole", 1 for all
    of it; more where edges were left out that work against it. For a circuit of up to 40 parts, grid ``needed`` [part]:
    how much of that share goes when one part is taken out of the circuit. Intervals leave out that a ranked circuit is
    of these same pairs; its ranking is against the changed prompt, whatever ``against`` is.

    Control "random circuits": ``draws`` circuits of as many edges, each value the mean of all, with their range."""

    __test__ = False  # no class of tests

    kind: Literal["test-circuit"] = "test-circuit"
    circuit: Circuit
    draws: int = Field(default=10, ge=1, le=100)

    def estimate(self, model: Model) -> Cost:
        runs = self.cost_of(model, 4 + 2 * self.draws + 1 + len(self._taken_apart))
        return one_after_the_other(cost_of_circuit(self.circuit, model, self.pairs), runs)

    def method(self, model: Model) -> Method:
        graph = graph_of(model.spec)
        return Method(
            sites=(*graph.senders, *graph.receivers),
            metric=f"{MEASURE}, when edges outside a circuit, or those of it, carry {self.cut}"
            + (f"; {RANKED}" if self.circuit.kind == "ranked" else ""),
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        pairs, graph = self.read(model), graph_of(model.spec)
        circuit = yield from edges_of(self.circuit, model, self.pairs)
        finished: list[_Tested] = []
        for n, pair in enumerate(pairs):
            run, between = yield from self.bounded(model, pair, [one.between for one in finished])
            for now in self._one(model, graph, run, between, circuit):
                shown = [*finished, now] if now.done == 1 or not finished else finished
                yield self._result(shown, (n + now.done) / len(pairs))
            finished.append(now)

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_circuits.test_circuit_script(self, model, flavour)

    @property
    def _taken_apart(self) -> tuple[str, ...]:
        """The parts that are taken out one by one."""
        if not isinstance(self.circuit, PartsCircuit) or len(self.circuit.parts) > MOST_PARTS:
            return ()
        return self.circuit.parts

    def _one(self, model: Model, graph: Graph, run: Run, between: Ends, circuit: Tensor) -> Iterator[_Tested]:
        """One pair's shares as they come."""
        now = _Tested.nothing(between, self.draws, len(self._taken_apart))
        for tested in faithfulness(run, graph, between, circuit, draws=self.draws, seed=self.seed):
            now = replace(now, kept=tested.found, random=tested.random)
            yield now
        (value,) = run([graph.edges & ~circuit])
        now = replace(now, out=between.share(value))
        yield now
        drawn = random_circuits(graph, int(circuit.sum()), self.draws, self.seed)
        for n, value in enumerate(run(graph.edges & ~one for one in drawn)):
            random = now.random_out.copy()
            random[n] = between.share(value)
            now = replace(now, random_out=random)
            yield now
        groups = by_sender(circuit)
        parts = [groups[sender_of(graph, part_of(name, model.spec))] for name in self._taken_apart]
        for n, loss in enumerate(minimality(run, circuit, parts) if parts else ()):
            needed = now.needed.copy()
            needed[n] = loss / (between.whole - between.none)
            now = replace(now, needed=needed)
            yield now

    def _result(self, found: Sequence[_Tested], done: float) -> Result:
        pooled = Pooled.of([one.between for one in found])
        own = np.array([[1.0, 0.0, one.kept, one.out] for one in found])
        kept, needed = own[:, [2]], np.array([one.needed for one in found])
        random = np.array([[one.random, one.random_out] for one in found])  # [pair, run, draw]
        grids = {
            "measure": mean_grid(pooled.values(own), {"run": RUNS}, LOGITS),
            "faithfulness": pooled.grid(kept, {"circuit": ("kept",)}),
        }
        if self._taken_apart:
            grids["needed"] = pooled.grid(needed, {"part": self._taken_apart})
        controls = {
            "measure": range_grid(pooled.values(random).mean(0).T, {"run": RUNS[2:]}, LOGITS),
            "faithfulness": range_grid(pooled.share(random[:, :1]).T, {"circuit": ("kept",)}, SHARE),
        }
        return Result(
            study=self,
            grids=grids,
            controls=(random_circuits_control(controls, self.draws, self.seed),),
            done=done,
        )


@dataclass(frozen=True)
class _Tested:
    """One pair so far, in shares of what lies between its ends: the circuit alone, all but the circuit, both for the
    random circuits [draws], and what each part's loss takes [part]."""

    between: Ends
    kept: float
    out: float
    random: Floats
    random_out: Floats
    needed: Floats

    @classmethod
    def nothing(cls, between: Ends, draws: int, parts: int) -> _Tested:
        return cls(between, np.nan, np.nan, np.full(draws, np.nan), np.full(draws, np.nan), np.full(parts, np.nan))

    @property
    def done(self) -> float:
        """The share of all that is there."""
        values = np.array([self.kept, self.out, *self.random, *self.random_out, *self.needed])
        return float(np.isfinite(values).mean())
