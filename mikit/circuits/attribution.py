"""Attribution graphs: what acted on what, on the way from one prompt's tokens to a logit, by linear steps.

Nodes are single MLP neurons at single positions, the prompt's embeddings and one output, after Ameisen et al. 2025
("Circuit tracing"), with a model's own neurons as features, so that nothing is trained, or those of transcoders. Most
neurons are left out: at each position of each layer one "rest" node stands for all of them, and for what a transcoder
does not give back. An edge is what its source writes times how its
target reads that in the local replacement model of the prompt (see ``frozen``): what comes into a neuron adds up to its
value, and what comes into the output to the logit difference, biases apart.

The graph says nothing of why attention looked where it did, and it is one of the replacement model: whether the model
itself does as the graph says is for an intervention to show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import torch
from torch import Tensor

from mikit.circuits.frozen import Frozen, Layer, Transcoder, freeze
from mikit.errors import BadCircuit, UnknownSite
from mikit.models.model import Model, Spec
from mikit.models.tokens import Tokens

COST = 0.2
"""How many times as long as a token through one layer of a plain pass pulling a slope back through one takes."""


@dataclass(frozen=True, eq=False)
class AttributionGraph:
    """Nodes in circuit-tracer's order: N neurons, the rest of each layer and position (layer by layer), T embeddings,
    one output.

    ``neurons`` [N, 3]: layer, position, neuron, in that order. ``values`` [N]: what they were in the run. ``effects``
    [to, from]: NaN in rows that are not yet read, 0 where there is no edge; only neurons and the output have edges
    coming in. ``constants`` [node]: what the model's biases add to each of these. ``value``: the answer's logit, less
    the foil's where there is one, before the model's softcap.

    ``share``: of the effects that single neurons have on the output (and what transcoders do not give back, if any),
    along all ways through the replacement model and whichever way they push, how much the kept ones hold.
    ``direct_share``: the same of what runs to the output through no other neuron."""

    tokens: Tokens
    answer: int
    foil: int | None
    layers: int
    neurons: Tensor
    values: Tensor
    effects: Tensor
    constants: Tensor
    value: float
    share: float
    direct_share: float

    @property
    def rest(self) -> slice:
        """The nodes that stand for neurons left out: ``rest.start + layer * T + position``."""
        return slice(len(self.neurons), len(self.neurons) + self.layers * self.positions)

    @property
    def embeddings(self) -> slice:
        """The nodes of the prompt's tokens, in their order."""
        return slice(self.rest.stop, self.rest.stop + self.positions)

    @property
    def output(self) -> int:
        """The node of the logit or logit difference: the last."""
        return len(self.effects) - 1

    @property
    def positions(self) -> int:
        """T, how many tokens the prompt has."""
        return self.tokens.ids.shape[1]

    @property
    def done(self) -> bool:
        """Whether all rows of ``effects`` are read."""
        return not self.effects[:, -1].isnan().any()


def bytes_needed(spec: Spec, length: int, count: int, width: int | None = None) -> int:
    """Bytes that a graph of ``count`` neurons takes while it is drawn: what is read of the run, and the edges three
    times over, since scores and pruning need copies. ``width``: features of a transcoder, where they are drawn."""
    run = spec.layers * length * (6 * (width or spec.d_mlp) + 8 * spec.d_model + spec.heads * (length + spec.d_head))
    nodes = count + (spec.layers + 1) * length + 1
    return 4 * (run + 3 * nodes * nodes)


def attribution_graph(
    model: Model,
    tokens: Tokens,
    answer: int,
    foil: int | None = None,
    *,
    count: int = 1500,
    budget: float,
    transcoders: Sequence[Transcoder] = (),
) -> Iterator[AttributionGraph]:
    """The graph of the answer's logit at the last position, or of how far it is above the foil's, over the ``count``
    neurons of largest effect, or features of ``transcoders``, one a layer: one trace.

    Yields at once with the output's row of ``effects``, then as further rows are read, from the last layer down; all
    share one ``effects``. ``budget``: tokens times layers of work between two of them. Raises BadCircuit for no neuron,
    UnknownSite, ShapeMismatch, WrongDtype, Busy."""
    if count < 1:
        raise BadCircuit(f"A graph of {count} neurons was asked for. Take at least one.")
    for id in (answer, foil):
        if id is not None and not 0 <= id < model.spec.vocab:
            raise UnknownSite(f"There is no token {id}: {model.ref.name} has ids 0 to {model.spec.vocab - 1}.")
    frozen = freeze(model, tokens, transcoders)
    with torch.no_grad():
        graph, reader = _begun(frozen, tokens, answer, foil, count)
    yield graph
    for layer, group in groupby(range(len(graph.neurons) - 1, -1, -1), lambda n: int(graph.neurons[n, 0])):
        waiting = list(group)
        rows = max(1, int(budget / COST / (layer + 1) / graph.positions))
        for first in range(0, len(waiting), rows):
            with torch.no_grad():
                reader.read(graph, layer, torch.tensor(waiting[first : first + rows]))
            yield graph


class Effects(NamedTuple):
    """Effects on the output: of each neuron, ``everywhere`` along all ways through the replacement model and ``direct``
    through attention and norms alone, [layer, T, d_mlp]; of what transcoders do not give back, in both ways,
    ``errors`` [2, layer, T]."""

    everywhere: Tensor
    direct: Tensor
    errors: Tensor


def neuron_effects(frozen: Frozen, slope: Tensor) -> Effects:
    """All effects on what reads the last stream along ``slope`` [1, T, d_model]."""
    both = torch.cat([slope, slope])  # along all ways, directly
    found, errors = [], []
    for layer in reversed(frozen.layers):
        before, _ = layer.at_neurons(both)
        at_neurons = before @ layer.rows.T
        found.append(at_neurons * layer.neurons)
        errors.append(both.new_zeros(both.shape[:2]) if layer.error is None else (both * layer.error).sum(-1))
        mlp, _ = layer.past_neurons(both)
        mlp[0] += layer.through_neurons(at_neurons[0])
        behind = both if frozen.model.spec.parallel else both + mlp
        both = both + mlp + layer.through_attention(behind)[0]
    effects = torch.stack(found[::-1])
    return Effects(effects[:, 0], effects[:, 1], torch.stack(errors[::-1], dim=1))


@dataclass(frozen=True)
class _Reader:
    """Reads rows of a graph's ``effects``."""

    frozen: Frozen
    kept: tuple[tuple[Tensor, Tensor], ...]  # of each layer: which nodes, and what each writes before any norm
    rest: Tensor  # [layer, T, d_model]: what all others write together, before any norm

    def read(self, graph: AttributionGraph, layer: int, nodes: Tensor) -> None:
        """The rows of some neurons of one layer."""
        _, positions, neurons = graph.neurons[nodes].T
        frozen = self.frozen.layers[layer]
        slope, constant = frozen.read_by(positions, neurons)
        if not self.frozen.model.spec.parallel:
            slope, constant = _below(frozen, slope, constant)
        self.pull(graph, nodes, layer, slope, constant)

    def pull(self, graph: AttributionGraph, nodes: Tensor, layer: int, slope: Tensor, constant: Tensor) -> None:
        """The rows of ``nodes``, which read the stream that enters ``layer`` along ``slope`` [rows, t, d_model]."""
        t = slope.shape[1]
        effects = torch.zeros(len(nodes), len(graph.effects)).to(graph.effects)
        for below in range(layer - 1, -1, -1):
            at_neurons, added = self.frozen.layers[below].at_neurons(slope)
            which, written = self.kept[below]
            seen = graph.neurons[which, 1] < t
            which, written = which[seen], written[seen]
            effects[:, which] = torch.einsum("rnm,nm->rn", at_neurons[:, graph.neurons[which, 1]], written)
            first = graph.rest.start + below * graph.positions
            effects[:, first : first + t] = torch.einsum("rtm,tm->rt", at_neurons, self.rest[below, :t])
            slope, constant = self._under(below, slope, constant + added)
        first = graph.embeddings.start
        effects[:, first : first + t] = torch.einsum("rtm,tm->rt", slope, self.frozen.embedding[:t])
        graph.effects[nodes] = effects
        graph.constants[nodes] = constant

    def _under(self, n: int, slope: Tensor, constant: Tensor) -> tuple[Tensor, Tensor]:
        """A slope at the stream that leaves a layer, as one at the stream that enters it, past all neurons."""
        layer = self.frozen.layers[n]
        past, biased = layer.past_neurons(slope)
        attention, added = layer.through_attention(slope if self.frozen.model.spec.parallel else slope + past)
        return slope + past + attention, constant + biased + added


def _below(layer: Layer, slope: Tensor, constant: Tensor) -> tuple[Tensor, Tensor]:
    """A slope at the stream behind a layer's attention, as one at the stream that enters the layer."""
    attention, added = layer.through_attention(slope)
    return slope + attention, constant + added


def _begun(
    frozen: Frozen, tokens: Tokens, answer: int, foil: int | None, count: int
) -> tuple[AttributionGraph, _Reader]:
    """The graph with its nodes chosen and the output's row read."""
    slope, constant, value = frozen.read_by_output(answer, foil)
    effects, direct, errors = (each.abs() for each in neuron_effects(frozen, slope))
    best = effects.flatten().topk(min(count, effects.numel())).indices.sort().values
    neurons = torch.stack(torch.unravel_index(best, effects.shape), dim=1)
    values = torch.stack([layer.neurons for layer in frozen.layers]).flatten()[best]
    layers, length, _ = effects.shape
    size = len(best) + (layers + 1) * length + 1
    matrix = torch.zeros(size, size).to(slope)
    matrix[: len(best)] = torch.nan
    graph = AttributionGraph(
        tokens,
        answer,
        foil,
        layers,
        neurons,
        values,
        matrix,
        torch.zeros(size).to(slope),
        float(value),
        _held(effects, best, errors[0]),
        _held(direct, best, errors[1]),
    )
    reader = _reader(frozen, graph)
    reader.pull(graph, torch.tensor([graph.output]), layers, slope, constant)
    return graph, reader


def _held(sizes: Tensor, kept: Tensor, errors: Tensor) -> float:
    """The share of all sizes, those of errors among them, that some hold; 0 of nothing."""
    whole = sizes.sum() + errors.sum()
    return float(sizes.flatten()[kept].sum() / whole) if whole else 0.0


def _reader(frozen: Frozen, graph: AttributionGraph) -> _Reader:
    kept, rest = [], []
    for n, layer in enumerate(frozen.layers):
        which = (graph.neurons[:, 0] == n).nonzero().ravel()
        _, positions, neurons = graph.neurons[which].T
        kept.append((which, graph.values[which][:, None] * layer.rows[neurons]))
        others = layer.neurons.clone()
        others[positions, neurons] = 0
        rest.append(others @ layer.rows + (0 if layer.error is None else layer.error))
    return _Reader(frozen, tuple(kept), torch.stack(rest))
