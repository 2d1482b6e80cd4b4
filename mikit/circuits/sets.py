"""Sets of edges, [receiver, sender] of bool: the strongest, random ones of the same size, those that belong to a part,
and what of a set can matter at all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from mikit.errors import BadCircuit, ShapeMismatch
from mikit.trace.graph import Graph

WAYS = 4096
"""Random ways of one order of edges: those of smollm2-135m hold a ninth of its edges."""


def strongest(graph: Graph, scores: Tensor, count: int) -> Tensor:
    """The ``count`` edges of highest score; of ``scores.abs()`` those that matter most, whichever way. Raises
    ShapeMismatch, BadCircuit."""
    if scores.shape != graph.edges.shape:
        raise ShapeMismatch(
            f"The scores have shape {tuple(scores.shape)}; {tuple(graph.edges.shape)} is needed: receivers, senders."
        )
    check_count(graph, count)
    kept = torch.zeros_like(graph.edges)
    edges = graph.edges.nonzero()
    best = edges[scores[graph.edges].topk(count).indices.cpu()]
    kept[best[:, 0], best[:, 1]] = True
    return kept


def check_count(graph: Graph, count: int) -> None:
    """Raises BadCircuit where the model has no circuit of so many edges."""
    if not 1 <= count <= graph.size:
        raise BadCircuit(f"A circuit of {count} edges was asked for; this model has {graph.size}. Take at least one.")


def random_scores(graph: Graph, draws: int, seed: int) -> Iterator[Tensor]:
    """Scores for ``strongest`` that order edges at random, in ways: from the logits back to the embedding, each time to
    any sender before, and on from one of its inputs. What the ways leave out follows in random order.

    Edges drawn one by one would hardly ever join up: of 141 edges of smollm2-135m not one lies on a path, so circuits
    of them do nothing, whatever the circuit that they are held against."""
    generator = torch.Generator().manual_seed(seed)
    for _ in range(draws):
        laid = _ways(graph, generator)
        _, first = np.unique(laid.numpy(), return_index=True)
        order = laid[torch.from_numpy(np.sort(first))]
        scores = torch.rand(graph.edges.shape, generator=generator)
        scores.view(-1)[order] = torch.arange(len(order), 0, -1) + 1.0
        yield scores


def random_circuits(graph: Graph, count: int, draws: int, seed: int) -> Iterator[Tensor]:
    """``draws`` sets of ``count`` edges, random ways through the model: what a circuit of that size does by chance."""
    return (strongest(graph, scores, count) for scores in random_scores(graph, draws, seed))


def by_sender(circuit: Tensor) -> dict[int, Tensor]:
    """A circuit's edges from each of its senders, by the sender's place in the graph: without them the part is out of
    the circuit."""
    groups = {}
    for sender in circuit.any(0).nonzero().ravel().tolist():
        groups[sender] = torch.zeros_like(circuit)
        groups[sender][:, sender] = circuit[:, sender]
    return groups


def by_edge(circuit: Tensor) -> Iterator[Tensor]:
    """Each of a circuit's edges alone, receiver by receiver."""
    for receiver, sender in circuit.nonzero().tolist():
        one = torch.zeros_like(circuit)
        one[receiver, sender] = True
        yield one


def on_paths(graph: Graph, circuit: Tensor) -> Tensor:
    """The edges that lie on a way from the embedding to the logits. The others change nothing: what enters them is the
    other run's already, or what leaves them reads nobody."""
    made_of = _made_of(graph)
    reached = torch.zeros(len(graph.senders), dtype=torch.bool)
    reached[0] = True
    for sender in range(1, len(graph.senders)):  # in order, so that all before it are settled
        reached[sender] = (circuit[made_of[sender]] & reached).any()
    useful = torch.zeros(len(graph.receivers), dtype=torch.bool)
    useful[-1] = True
    for sender in range(len(graph.senders) - 1, 0, -1):
        useful[made_of[sender]] |= (circuit[:, sender] & useful).any()
    return circuit & reached[None] & useful[:, None]


def _ways(graph: Graph, generator: torch.Generator) -> Tensor:
    """Edges of ``WAYS`` random ways one after the other, each as its place in ``graph.edges`` laid flat."""
    made_of = [_of_three(row.nonzero().ravel()) for row in _made_of(graph)]
    inputs, reach = torch.stack(made_of), graph.edges.sum(1)
    receiver = torch.full((WAYS,), len(graph.receivers) - 1)
    there = torch.zeros(WAYS, dtype=torch.bool)
    laid = []
    while not there.all():
        sender = (torch.rand(WAYS, generator=generator) * reach[receiver]).long()
        laid.append(torch.where(there, -1, receiver * len(graph.senders) + sender))
        there = there | (sender == 0)
        receiver = inputs[sender, torch.randint(3, (WAYS,), generator=generator)]
    found = torch.stack(laid, 1).ravel()
    return found[found >= 0]


def _of_three(inputs: Tensor) -> Tensor:
    """A head's q, k and v; an MLP's one input, or none of the embedding's, three times."""
    return inputs if len(inputs) == 3 else inputs.new_zeros(1).add(inputs.sum()).expand(3)


def _made_of(graph: Graph) -> Tensor:
    """Which receivers a sender is made of, [sender, receiver]; the embedding of none."""
    made_of = torch.zeros(len(graph.senders), len(graph.receivers), dtype=torch.bool)
    for s, sender in enumerate(graph.senders[1:], start=1):
        made_of[s, graph.made_of(sender)] = True
    return made_of
