"""How much of an attribution graph goes through what it names, and which of its nodes and edges carry most.

The formulas are circuit-tracer's (github.com/decoderesearch/circuit-tracer 0.4.1, graph.py; Ameisen et al. 2025): each
row of absolute effects is divided by its sum, so that it says from where a node has what it has; a node's influence is
the sum over all ways from it to the outputs. The shares are of influence, not of what is understood, and signs do not
count: two effects that cancel are as influential as two that add up."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from mikit.circuits.attribution import AttributionGraph
from mikit.errors import BadCircuit

LEAST = 1e-10
"""Row sums below this are taken for it: a row of zeros stays one."""


@dataclass(frozen=True, eq=False)
class Adjacency:
    """Any attribution graph as numbers: ``effects`` [to, from], 0 where there is no edge. Which nodes stand for what
    was left out (``rest``: error nodes, as others call them), which are ``embeddings``, bool [node]; ``outputs``
    [node]: the weight of each output, such as its token's probability, 0 for all other nodes."""

    effects: Tensor
    rest: Tensor
    embeddings: Tensor
    outputs: Tensor

    @property
    def features(self) -> Tensor:
        """Which nodes can be pruned for having nothing come in, bool [node]: all that are none of the others."""
        return ~(self.rest | self.embeddings | (self.outputs > 0))


@dataclass(frozen=True)
class Scores:
    """``replacement``: of the influence that begins in embeddings and rest nodes, the share that begins in embeddings,
    and so comes through features all the way. ``completeness``: the share of what enters a node that comes from a
    feature or embedding, weighted by each node's influence. 1 where nothing was left out."""

    replacement: float
    completeness: float


@dataclass(frozen=True, eq=False)
class Pruned:
    """What is kept: ``nodes`` [node] and ``edges`` [to, from], bool. ``reached`` [node]: the share of all influence
    that a node has together with those of more influence."""

    nodes: Tensor
    edges: Tensor
    reached: Tensor


def adjacency(graph: AttributionGraph) -> Adjacency:
    """A drawn graph's numbers. Biases are no node: as circuit-tracer does, they are left out. Raises BadCircuit where
    not all of its rows are read."""
    if not graph.done:
        raise BadCircuit("This graph is not drawn to the end yet, so it has no scores. Wait until it is.")
    rest, embeddings = (torch.zeros(len(graph.effects), dtype=torch.bool) for _ in range(2))
    rest[graph.rest] = True
    embeddings[graph.embeddings] = True
    outputs = torch.zeros(len(graph.effects))
    outputs[graph.output] = 1
    return Adjacency(graph.effects, rest, embeddings, outputs)


def influence(graph: Adjacency) -> Tensor:
    """How much each node [node] matters to the outputs, along all ways of one edge or more. Raises BadCircuit for a
    graph that goes in a circle."""
    return _influence(_normalised(graph.effects), graph.outputs)


def scores(graph: Adjacency) -> Scores:
    """Both scores. Raises BadCircuit for a graph that goes in a circle, or in which nothing reaches an output."""
    shares = _normalised(graph.effects)
    found = _influence(shares, graph.outputs)
    begun, left_out = found[graph.embeddings].sum(), found[graph.rest].sum()
    if not begun + left_out:
        raise BadCircuit("No embedding and no rest node reaches an output of this graph, so it has no scores.")
    weights = found + graph.outputs
    named = 1 - shares[:, graph.rest].sum(1)
    return Scores(float(begun / (begun + left_out)), float((named * weights).sum() / weights.sum()))


def narrowed(graph: Adjacency, nodes: Tensor) -> Adjacency:
    """The graph with no features but ``nodes`` [node], bool: the others count as left out. So the scores fall with each
    feature that is taken away, where those of a graph without it would not know of it."""
    dropped = graph.features & ~nodes
    return replace(graph, effects=graph.effects.masked_fill(dropped[:, None], 0), rest=graph.rest | dropped)


def pruned(graph: Adjacency, *, nodes: float = 0.8, edges: float = 0.98) -> Pruned:
    """Keep the nodes that hold the share ``nodes`` of all influence, and among them the edges that hold the share
    ``edges``; then, until nothing changes, take away features into or out of which nothing runs, and rest nodes out of
    which nothing does. Embeddings and outputs stay. Raises BadCircuit."""
    for name, share in (("nodes", nodes), ("edges", edges)):
        if not 0 <= share <= 1:
            raise BadCircuit(f"The share of influence to keep by {name} is {share}. Give a number from 0 to 1.")
    found = influence(graph)
    ends = graph.embeddings | (graph.outputs > 0)
    kept = (found >= _threshold(found, nodes)) | ends
    shares = _normalised(graph.effects * kept * kept[:, None])
    by_edge = shares * (_influence(shares, graph.outputs) + graph.outputs)[:, None]
    drawn = (by_edge >= _threshold(by_edge[by_edge > 0], edges)) & (by_edge > 0)
    while True:
        left = kept & (ends | drawn.any(0)) & (~graph.features | drawn.any(1))
        drawn = drawn & left & left[:, None]
        if left.equal(kept):
            break
        kept = left
    order = found.argsort(descending=True, stable=True)
    reached = torch.empty_like(found)
    reached[order] = _cumulated(found[order])
    return Pruned(kept, drawn, reached)


def _normalised(effects: Tensor) -> Tensor:
    sizes = effects.abs()
    return sizes / sizes.sum(1, keepdim=True).clamp(min=LEAST)


def _influence(shares: Tensor, outputs: Tensor) -> Tensor:
    """The sum of ``outputs @ shares**k`` over k = 1, 2, ...: as many as the longest way has edges."""
    step, total = outputs.to(shares), torch.zeros_like(shares[0])
    for _ in range(len(shares)):
        step = step @ shares
        if not step.any():
            return total
        total += step
    raise BadCircuit("This graph has edges that lead in a circle, so influence has no end in it. It cannot be scored.")


def _threshold(values: Tensor, share: float) -> Tensor:
    """The smallest of the largest values that together hold a share of all."""
    if not len(values):
        return values.new_tensor(0.0)
    ordered = values.sort(descending=True).values
    place = int(torch.searchsorted(_cumulated(ordered), share))
    return ordered[min(place, len(ordered) - 1)]


def _cumulated(ordered: Tensor) -> Tensor:
    """Shares of the sum that the first 1, 2, ... hold."""
    sums = ordered.cumsum(0, dtype=torch.float64)
    return (sums / sums[-1].clamp(min=LEAST)).to(ordered)
