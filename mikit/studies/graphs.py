"""What the studies of attribution graphs share: the prompt and its graph, its levels of pruning, which neurons are
meant, what becomes of the output when they are set to other values, and other neurons to compare with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple
from weakref import ref

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from mikit.circuits.attribution import COST, AttributionGraph, attribution_graph, bytes_needed
from mikit.circuits.frozen import Transcoder
from mikit.circuits.influence import Adjacency, Pruned, pruned
from mikit.errors import BadMetric, UnknownSite
from mikit.methods.lens import softcap
from mikit.methods.patching import ROWS
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.sae.library import DictionaryRef
from mikit.studies import cost
from mikit.studies.base import Control, Cost, Grid, Study
from mikit.studies.dictionary import in_no_file
from mikit.studies.graph_nodes import Setting, transcoders_of
from mikit.studies.prompts import answer_and_foil, token_id
from mikit.trace.arrays import Array
from mikit.trace.engine import Past, exclusive, rerun
from mikit.trace.sites import Site, SiteName

NEEDS = ("residual identity", "pattern rows", "traced is raw", "batched is single", "short pass")
KEPT = 2
"""Graphs that are remembered, so that testing one does not draw it again."""
NOTHING = 0.01
"""Logits: nearer to 0 than this, an output has nothing for a graph to share out."""
LIGHTER = "Use a shorter prompt or fewer neurons."
DRAWS = 8
"""Sets of random neurons that the chosen ones are compared with."""
LEVELS = (0.3, 0.36, 0.42, 0.48, 0.54, 0.6, 0.65, 0.7, 0.75, 0.8)
"""Shares of all influence that the kept nodes hold, from the fewest nodes on."""
EDGES = 0.9
"""The share of influence that the kept edges hold."""


class NodeStudy(Study):
    """A study of graphs whose nodes are single neurons or, with ``transcoders``, one a layer, their features: these are
    then meant wherever neurons are spoken of."""

    transcoders: tuple[DictionaryRef, ...] = ()

    @property
    def unrecordable(self) -> str:
        return next((why for ref in self.transcoders if (why := in_no_file(ref))), "")

    def set_at(self, model: Model) -> tuple[Site, ...]:
        """Where nodes are set to other values."""
        name: SiteName = "mlp_out" if self.transcoders else "mlp_post"
        return tuple(Site(name=name, layer=layer) for layer in range(model.spec.layers))

    def replaced(self, model: Model) -> tuple[Transcoder, ...]:
        """What stands in for each layer's MLP. Raises DictionaryUnusable."""
        return transcoders_of(model, self.transcoders)


class GraphStudy(NodeStudy):
    """``prompt`` and the token whose logit at its last position is traced back, less that of ``foil`` where there is
    one, over the ``count`` neurons of largest effect."""

    prompt: str
    answer: str
    foil: str | None = None
    count: int = Field(default=600, ge=1)

    needs: ClassVar[tuple[str, ...]] = NEEDS
    lighter: ClassVar[str] = LIGHTER

    def estimate(self, model: Model) -> Cost:
        """Of drawing the graph."""
        return cost_of_drawing(model, self.asked(model).tokens, self.count, self.replaced(model))

    def inputs(self, model: Model) -> list[Tensor]:
        return [model.tokens(self.prompt).ids[0]]

    def asked(self, model: Model) -> Asked:
        """Raises NotOneToken, BadPair, EmptyText, TooLong."""
        return asked(model, self.prompt, self.answer, self.foil)

    def drawn(self, model: Model) -> Iterator[AttributionGraph]:
        """The graph as it is read, at last whole. Studies that run at once read one graph together, step by step in
        turns; the last two are remembered. Raises BadMetric for an output of nearly nothing."""
        drawing = _joined(model, self)
        try:
            while True:
                yield (graph := drawing.step())
                if graph.done:
                    return
        finally:
            drawing.leave()

    @property
    def output(self) -> str:
        """What is traced back and measured, in words."""
        less = "" if self.foil is None else f" less that of {self.foil!r}"
        return f"logit of {self.answer!r}{less} at the last position, before any softcap"


class Asked(NamedTuple):
    """A prompt, and the ids whose logits are compared."""

    tokens: Tokens
    answer: int
    foil: int | None


def asked(model: Model, prompt: str, answer: str, foil: str | None) -> Asked:
    """Raises NotOneToken, BadPair, EmptyText, TooLong."""
    ids = (token_id(model, answer), None) if foil is None else answer_and_foil(model, answer, foil)
    return Asked(model.tokens(prompt), *ids)


def cost_of_drawing(model: Model, tokens: Tokens, count: int, transcoders: Sequence[Transcoder] = ()) -> Cost:
    s, length = model.spec, tokens.ids.shape[1]
    width = len(transcoders[0].b_enc) if transcoders else None
    fixed, per_token = cost.speed(model)
    passes = 2 + COST * count * (s.layers + 1) / 2 / s.layers
    return Cost(seconds=2 * fixed + passes * per_token * length, bytes=bytes_needed(s, length, count, width))


def graph_steps(
    model: Model, asked: Asked, count: int, transcoders: Sequence[Transcoder] = ()
) -> Iterator[AttributionGraph]:
    """The graph of one prompt as it is read. Raises BadMetric for an output of nearly nothing."""
    budget = cost.budget(model.spec)
    for graph in attribution_graph(model, *asked, count=count, budget=budget, transcoders=transcoders):
        refuse_nothing(asked, graph.value)
        yield graph


def refuse_nothing(asked: Asked, value: float) -> None:
    """Raises BadMetric for an output of nearly nothing."""
    if abs(value) < NOTHING:
        of = "logit" if asked.foil is None else "logit difference"
        raise BadMetric(
            f"The {of} after {''.join(asked.tokens.strings)!r} is {value:.4f}: a graph that shares out nearly nothing"
            " says nothing. Take another answer or foil."
        )


def levels(numbers: Adjacency) -> list[Pruned]:
    """What is kept at each of ``LEVELS``: what pruning keeps there or at one before, so that each holds the last."""
    return list(each_level(numbers))


def each_level(numbers: Adjacency) -> Iterator[Pruned]:
    """The same, one after the other: in a large graph each takes a while."""
    kept = None
    for share in LEVELS:
        one = pruned(numbers, nodes=share, edges=EDGES)
        if kept is not None:
            one = Pruned(one.nodes | kept.nodes, one.edges | kept.edges, one.reached)
        yield (kept := one)


def node_index(graph: AttributionGraph, id: str) -> int:
    """The neuron of a graph that is called ``id``. Raises UnknownSite for what is none of its neurons."""
    layer, neuron, position = place_of(id)
    for n in (graph.neurons == torch.tensor([layer, position, neuron])).all(1).nonzero().ravel().tolist():
        return int(n)
    what = "no single neuron, and only those can be set" if layer > graph.layers else "no neuron of this graph"
    raise UnknownSite(
        f"The node '{id}' is {what}. The {len(graph.neurons)} neurons of largest effect are in it, called"
        f" LAYER_NEURON_POSITION, such as '{_name(graph)}'. Take one of them, or draw more neurons."
    )


def place_of(id: str) -> tuple[int, int, int]:
    """Layer, neuron and position of a node. Raises UnknownSite for one that is called as no neuron is."""
    if not (named := re.fullmatch(r"(\d+)_(\d+)_(\d+)", id, re.ASCII)):
        raise UnknownSite(
            f"The node '{id}' is no single neuron, and only those can be set. They are called LAYER_NEURON_POSITION,"
            " such as '3_512_7'. Take one of those that the graph names."
        )
    layer, neuron, position = map(int, named.groups())
    return layer, neuron, position


def _name(graph: AttributionGraph) -> str:
    """What its first neuron is called."""
    layer, position, neuron = graph.neurons[0].tolist()
    return f"{layer}_{neuron}_{position}"


def changes(model: Model, past: Past, asked: Asked, settings: Sequence[Setting]) -> Iterator[list[float]]:
    """By how much the output moves under each setting, in logits, in their order: some more with each short trace."""
    own = float(output_of(model, asked, past.logits[None])[0])
    for group in _groups(model, past, settings):
        logits = rerun(model, past, [one.edits() for one in group], since=0)
        yield (output_of(model, asked, logits) - own).tolist()


def output_of(model: Model, asked: Asked, logits: Tensor) -> Tensor:
    """What a graph traces back, [rows], of logits [rows, vocab]: before any softcap."""
    cap = softcap(model)
    logits = logits if cap is None else cap * torch.atanh(logits / cap)
    own = logits[:, asked.answer]
    return own if asked.foil is None else own - logits[:, asked.foil]


def random_neurons(
    measured: NDArray[np.float64], axes: dict[str, tuple[str, ...]], seed: int, settings: Sequence[Setting]
) -> Control:
    """``measured`` [..., draw] of the random sets: mean and range of those that have been run. ``settings``: of each
    first the chosen neurons, then its draws."""
    count = np.isfinite(measured).sum(-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(measured, -1) / count
    value, low, high = map(Array.of, (mean, np.fmin.reduce(measured, -1), np.fmax.reduce(measured, -1)))
    why = f"As many other neurons at the same layers and positions, drawn at random (seed {seed}, {DRAWS} draws)."
    sizes = np.array([len(one.neurons) for one in settings]).reshape(-1, 1 + DRAWS)[:, :2]  # every draw is as large
    if fewer := [
        f"{drawn} of {own} ({name})" for name, (own, drawn) in zip(*axes.values(), sizes, strict=True) if drawn < own
    ]:
        why += f" Where there are fewer, as many as fire there: {', '.join(fewer)}."
    grid = Grid(values=value, low=low, high=high, axes=axes, unit="logits")
    return Control(name="random neurons", why=why, grids={"measured": grid})


def cost_of_changes(model: Model, length: int, settings: int) -> Cost:
    """Of so many passes over the prompt, as far as they can be told before the graph is drawn."""
    fixed, per_token = cost.speed(model)
    s = model.spec
    at_once = min(settings, max(1, int(cost.budget(s) / s.layers / length)))
    kept = 4 * s.layers * length * (2 * s.d_mlp + s.d_model + 2 * s.kv_heads * s.d_head)
    took = settings * (per_token * length + fixed / at_once)
    return Cost(seconds=took, bytes=kept + cost.held(s, length, at_once))


def _groups(model: Model, past: Past, settings: Sequence[Setting]) -> Iterator[list[Setting]]:
    """As many in one trace as take about 0.2 s together, at least one."""
    length, layers = past.tokens.ids.shape[1], model.spec.layers
    group: list[Setting] = []
    work = 0.0  # tokens times layers
    for one in settings:
        first, start = one.neurons[:, :2].amin(0).tolist() if len(one.neurons) else (layers - 1, length - 1)
        own = (layers - first) * (length - start)
        if group and (work + own > cost.budget(model.spec) or len(group) == ROWS):
            yield group
            group, work = [], 0.0
        group.append(one)
        work += own
    if group:
        yield group


@dataclass(eq=False)
class _Drawing:
    """A graph that one or several studies are reading, or that is read."""

    key: tuple[object, ...]
    steps: Iterator[AttributionGraph]
    graph: AttributionGraph | None = None
    readers: int = 0

    def step(self) -> AttributionGraph:
        """Read some more of it, where there is more. What goes wrong ends it."""
        with exclusive():
            if self.graph is None or not self.graph.done:
                try:
                    self.graph = next(self.steps)
                except BaseException:
                    self.forget()
                    raise
            if self.graph.done:
                self.steps = iter(())  # lets go of what was read of the run, and of the model
            return self.graph

    def leave(self) -> None:
        """A graph that nobody reads any more is remembered only if it is whole."""
        with exclusive():
            self.readers -= 1
            if not self.readers and (self.graph is None or not self.graph.done):
                self.forget()

    def forget(self) -> None:
        if self in _DRAWINGS:
            _DRAWINGS.remove(self)


_DRAWINGS: list[_Drawing] = []
"""The newest last."""


def _joined(model: Model, study: GraphStudy) -> _Drawing:
    asked = study.asked(model)
    which = tuple(each.sha256 for each in study.transcoders)
    key = (ref(model), tuple(asked.tokens.ids[0].tolist()), asked.answer, asked.foil, study.count, which)
    with exclusive():
        drawing = next((one for one in _DRAWINGS if one.key == key), None)
        if drawing is None:
            drawing = _Drawing(key, graph_steps(model, asked, study.count, study.replaced(model)))
        drawing.forget()
        _DRAWINGS.append(drawing)
        del _DRAWINGS[:-KEPT]
        drawing.readers += 1
        return drawing
