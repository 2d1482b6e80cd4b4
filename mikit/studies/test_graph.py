"""What a graph says of neurons that are switched off, doubled or swapped, beside what the model does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, field_validator, model_validator
from torch import Tensor

from mikit.circuits.attribution import AttributionGraph
from mikit.circuits.prediction import predicted
from mikit.errors import BadCircuit, BadPair
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.studies import code_graphs
from mikit.studies.base import Cost, Flavour, Grid, Method, Result
from mikit.studies.graph_nodes import Setting, read_nodes
from mikit.studies.graphs import (
    DRAWS,
    GraphStudy,
    changes,
    cost_of_changes,
    node_index,
    place_of,
    random_neurons,
)
from mikit.trace.arrays import Array
from mikit.trace.engine import remember

How = Literal["ablate", "boost", "swap"]
FACTORS = {"ablate": 0.0, "boost": 2.0}
DONE = {"ablate": "set to 0", "boost": "set to twice its value", "swap": "set to its value in another prompt"}


class Intervention(BaseModel):
    """Neurons of a graph, ``nodes`` by their ids "LAYER_NEURON_POSITION", switched off ("ablate"), doubled ("boost"),
    or set to their values at the same positions of ``other``, a prompt of as many tokens ("swap"). Raises
    BadCircuit, UnknownSite."""

    model_config = ConfigDict(frozen=True)

    name: str
    nodes: tuple[str, ...]
    how: How = "ablate"
    other: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Intervention:
        if not self.nodes:
            raise BadCircuit(f"'{self.name}' names no node, so nothing would change. Choose at least one neuron.")
        for node in self.nodes:
            place_of(node)
        if twice := [node for node in self.nodes if self.nodes.count(node) > 1]:
            raise BadCircuit(f"'{self.name}' names the node {twice[0]} twice. Each can be set once.")
        if (self.how == "swap") != bool(self.other):
            raise BadCircuit(
                f"'{self.name}' ({self.how}) has the other prompt {self.other!r}. A swap needs one, to take the"
                " values from; ablate and boost take none."
            )
        return self


class TestGraph(GraphStudy):
    """Set some of the graph's neurons to other values and leave all else to the model. Grids: ``predicted``
    [intervention], the change of the logit difference that the graph says, by linear steps along its edges;
    ``measured`` [intervention], the change in the model. Control "random neurons": ``measured`` of as many others at
    the same layers and positions treated alike, mean and range of 8 draws."""

    __test__: ClassVar[bool] = False  # its name looks like a test's
    kind: Literal["test-graph"] = "test-graph"
    interventions: tuple[Intervention, ...]

    @field_validator("interventions")
    @classmethod
    def _some(cls, interventions: tuple[Intervention, ...]) -> tuple[Intervention, ...]:
        if not interventions:
            raise BadCircuit("There is no intervention, so there is nothing to test. Give at least one.")
        return interventions

    def estimate(self, model: Model) -> Cost:
        drawing, length = super().estimate(model), self.asked(model).tokens.ids.shape[1]
        runs = cost_of_changes(model, length, len(self.interventions) * (1 + DRAWS))
        return Cost(seconds=drawing.seconds + runs.seconds, bytes=drawing.bytes + runs.bytes)

    def inputs(self, model: Model) -> list[Tensor]:
        return [*super().inputs(model), *(tokens.ids[0] for tokens in self._others(model).values())]

    def method(self, model: Model) -> Method:
        did = " or ".join(DONE[how] for how in dict.fromkeys(one.how for one in self.interventions))
        return Method(
            sites=self.set_at(model),
            metric=f"change of the {self.output}, when each named neuron is {did} at its position",
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        other_tokens = self._others(model)
        for graph in self.drawn(model):  # noqa: B007  # the last one is whole
            yield None
        chosen = [torch.tensor([node_index(graph, id) for id in one.nodes]) for one in self.interventions]
        replaced = self.replaced(model)
        own = read_nodes(model, graph.tokens, replaced)
        yield None
        swapped = {}
        for text, tokens in other_tokens.items():
            swapped[text] = read_nodes(model, tokens, replaced)
            yield None
        luck = torch.Generator().manual_seed(self.seed)
        settings: list[Setting] = []
        said: list[float] = []
        for one, nodes in zip(self.interventions, chosen, strict=True):
            source, factor = (swapped[one.other], 1.0) if one.how == "swap" else (own, FACTORS[one.how])
            sets = [graph.neurons[nodes]]
            sets += [own.others(sets[0], luck) for _ in range(DRAWS)]
            settings += [own.setting(neurons, factor * source.at(neurons)) for neurons in sets]
            said.append(predicted(graph, _ratios(graph, nodes, settings[-1 - DRAWS].values)))
        measured = np.full((len(said), 1 + DRAWS), np.nan)
        past = remember(model, graph.tokens)
        done = 0
        yield self._result(graph, said, settings, measured)
        for some in changes(model, past, self.asked(model), settings):
            measured.flat[done : done + len(some)] = some
            done += len(some)
            yield self._result(graph, said, settings, measured, done / len(settings))

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_graphs.test_graph_script(self, model, flavour)

    def _others(self, model: Model) -> dict[str, Tokens]:
        """The prompts whose values are swapped in. Raises BadPair."""
        length = self.asked(model).tokens.ids.shape[1]
        found = {one.other: model.tokens(one.other) for one in self.interventions if one.other}
        for text, tokens in found.items():
            if tokens.ids.shape[1] != length:
                raise BadPair(
                    f"Values can be swapped in from a prompt of as many tokens: this one has {length}, and {text!r} has"
                    f" {tokens.ids.shape[1]}. Use words that are one token each."
                )
        return found

    def _result(
        self,
        graph: AttributionGraph,
        said: Sequence[float],
        settings: Sequence[Setting],
        measured: NDArray[np.float64],
        done: float = 0.0,
    ) -> Result:
        """``measured`` [intervention, 1 + draw], NaN where not yet run."""
        axes = {"intervention": tuple(one.name for one in self.interventions)}
        return Result(
            study=self,
            grids={
                "predicted": Grid(values=Array.of(np.array(said)), axes=axes, unit="logits"),
                "measured": Grid(values=Array.of(measured[:, 0]), axes=axes, unit="logits"),
            },
            texts={"tokens": graph.tokens.strings},
            controls=(random_neurons(measured[:, 1:], axes, self.seed, settings),),
            done=done,
        )


def _ratios(graph: AttributionGraph, nodes: Tensor, new: Tensor) -> dict[int, float]:
    """New over own value. Of a neuron whose own value is 0 no edge runs out, so any will do."""
    own = graph.values[nodes]
    return dict(zip(nodes.tolist(), torch.where(own == 0, 1.0, new / own).tolist(), strict=True))
