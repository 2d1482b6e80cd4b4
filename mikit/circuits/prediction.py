"""What an attribution graph says would become of its output, were some of its neurons set to other values.

By linear steps along drawn edges alone: where a source's value is r times its own, so is what it brings each target.
Rest nodes and embeddings stay as they were, so whatever runs through neurons that were left out is missed; patterns,
norm scales and act(p) / p stay as well, so nothing saturates. Whether the model does the same is for a run to show."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from mikit.circuits.attribution import AttributionGraph


def predicted(graph: AttributionGraph, ratios: Mapping[int, float]) -> float:
    """The change of the output, in logits, where each neuron n of ``ratios`` is held at ``ratios[n]`` times its own
    value: 0 switches it off. Each other neuron moves by what comes in along its edges, from the first layer up. A
    neuron whose own value is 0 has no edge out, so the graph says nothing of it."""
    count = len(graph.neurons)
    changes, held = torch.zeros(count), torch.zeros(count, dtype=torch.bool)  # changes: shares of the own value
    if ratios:
        nodes = torch.tensor(list(ratios))
        changes[nodes], held[nodes] = torch.tensor(list(ratios.values()), dtype=torch.float32) - 1, True
    for rows in _layers(graph):
        moved = rows[~held[rows]]
        changes[moved] = graph.effects[moved, :count] @ changes * _inverse(graph.values[moved])
    return float(graph.effects[graph.output, :count] @ changes)


def total_effects(graph: AttributionGraph) -> Tensor:
    """What each node [node] brings the output along all drawn ways, in logits: as much as ``predicted`` takes away
    where it alone is switched off. The output's own is its value."""
    totals = graph.effects[graph.output].clone()
    for rows in reversed(_layers(graph)):
        totals += (totals[rows] * _inverse(graph.values[rows])) @ graph.effects[rows]
    totals[graph.output] = graph.value
    return totals


def _layers(graph: AttributionGraph) -> list[Tensor]:
    """The neurons of each layer that has any, from the first up."""
    layers = graph.neurons[:, 0]
    return [(layers == layer).nonzero().ravel() for layer in torch.unique(layers)]


def _inverse(values: Tensor) -> Tensor:
    return torch.where(values == 0, 0.0, 1 / values)
