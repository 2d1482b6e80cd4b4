"""Each level of a graph tested as a whole: all neurons that it keeps are switched off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from mikit.circuits.influence import adjacency
from mikit.circuits.prediction import predicted
from mikit.models.model import Model
from mikit.studies import code_graphs
from mikit.studies.base import Cost, Flavour, Grid, Method, Result
from mikit.studies.graph_nodes import read_nodes
from mikit.studies.graphs import (
    DRAWS,
    LEVELS,
    GraphStudy,
    changes,
    cost_of_changes,
    each_level,
    random_neurons,
)
from mikit.trace.arrays import Array
from mikit.trace.engine import remember


class TestLevels(GraphStudy):
    """At each level of pruning, switch off all neurons that it keeps. Grids: ``predicted`` [level], the change of the
    logit difference that the graph says; ``measured`` [level], the change in the model; ``kept`` [level], how many
    neurons that is. Control "random neurons": ``measured`` of as many others at the same layers and positions, mean and
    range of 8 draws."""

    __test__: ClassVar[bool] = False  # its name looks like a test's
    kind: Literal["test-levels"] = "test-levels"

    def estimate(self, model: Model) -> Cost:
        drawing, length = super().estimate(model), self.asked(model).tokens.ids.shape[1]
        runs = cost_of_changes(model, length, len(LEVELS) * (1 + DRAWS))
        return Cost(seconds=drawing.seconds + runs.seconds, bytes=drawing.bytes + runs.bytes)

    def method(self, model: Model) -> Method:
        return Method(
            sites=self.set_at(model),
            metric=f"change of the {self.output}, when each neuron that a level keeps is set to 0 at its position",
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        for graph in self.drawn(model):  # noqa: B007  # the last one is whole
            yield None
        kept: list[Tensor] = []
        for level in each_level(adjacency(graph)):
            kept.append(level.nodes[: len(graph.neurons)].nonzero().ravel())
            yield None
        said = np.array([predicted(graph, dict.fromkeys(one.tolist(), 0.0)) for one in kept])
        nodes = read_nodes(model, graph.tokens, self.replaced(model))
        yield None
        luck = torch.Generator().manual_seed(self.seed)
        settings = []
        for one in kept:
            sets = [graph.neurons[one]]
            sets += [nodes.others(sets[0], luck) for _ in range(DRAWS)]
            settings += [nodes.setting(neurons, torch.zeros(len(neurons))) for neurons in sets]
        axes = {"level": tuple(f"{share:g}" for share in LEVELS)}
        grids = {
            "predicted": Grid(values=Array.of(said), axes=axes, unit="logits"),
            "kept": Grid(values=Array.of(np.array([len(one) for one in kept])), axes=axes, unit="neurons"),
        }
        past = remember(model, graph.tokens)
        yield None
        measured = np.full((len(LEVELS), 1 + DRAWS), np.nan)
        done = 0
        for some in changes(model, past, self.asked(model), settings):
            measured.flat[done : done + len(some)] = some
            done += len(some)
            yield Result(
                study=self,
                grids=grids | {"measured": Grid(values=Array.of(measured[:, 0]), axes=axes, unit="logits")},
                texts={"tokens": graph.tokens.strings},
                controls=(random_neurons(measured[:, 1:], axes, self.seed, settings),),
                done=done / len(settings),
            )

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_graphs.test_levels_script(self, model, flavour)
