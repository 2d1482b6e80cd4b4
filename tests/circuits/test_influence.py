"""Scores and pruning against numbers from circuit-tracer 0.4.1 on the same fixture, and against a closed form."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from mikit.circuits.attribution import attribution_graph
from mikit.circuits.influence import Adjacency, adjacency, influence, narrowed, pruned, scores
from mikit.errors import BadCircuit
from tests import tiny as tiny_models

FEATURES, REST, TOKENS, OUTPUTS = 9, 6, 3, 2  # of two layers at three positions
SIZE = FEATURES + REST + TOKENS + OUTPUTS
FIRST_TOKEN = FEATURES + REST


@pytest.fixture
def graph():
    """Whole numbers by a rule, so that the same fixture could be given to circuit-tracer."""
    effects = torch.zeros(SIZE, SIZE)
    for to in [*range(FEATURES), SIZE - 2, SIZE - 1]:
        for source in range(FIRST_TOKEN + TOKENS):
            later = source < FEATURES and to < FEATURES and source >= to
            if not later and (to * 5 + source * 3) % 4:
                effects[to, source] = (to * to * 31 + source * source * 17 + to * source * 7) % 23 - 11
    nodes = torch.arange(SIZE)
    return Adjacency(
        effects,
        rest=(nodes >= FEATURES) & (nodes < FIRST_TOKEN),
        embeddings=(nodes >= FIRST_TOKEN) & (nodes < FIRST_TOKEN + TOKENS),
        outputs=torch.cat([torch.zeros(SIZE - 2), torch.tensor([0.6, 0.3])]),
    )


def test_scores_are_those_of_circuit_tracer(graph):
    """compute_graph_scores of this fixture."""
    found = scores(graph)
    assert found.replacement == pytest.approx(0.29648953676223755, abs=1e-6)
    assert found.completeness == pytest.approx(0.7469438314437866, abs=1e-6)


@pytest.mark.parametrize(
    ("nodes", "edges", "kept", "count"),
    [
        (0.8, 0.98, [0, 1, 2, 3, 5, 8, 9, 10, 11, 12, 13], 59),
        (0.5, 0.7, [0, 1, 8, 9, 12, 13], 13),
        (0.3, 0.4, [1], 3),
        (0.6, 0.2, [9, 12], 2),
        (0.9, 0.9, [0, 1, 2, 3, 5, 8, 9, 10, 11, 12, 13, 14], 49),
    ],
)
def test_pruning_is_that_of_circuit_tracer(graph, nodes, edges, kept, count):
    """prune_graph of this fixture."""
    found = pruned(graph, nodes=nodes, edges=edges)
    assert found.nodes.nonzero().ravel().tolist() == [*kept, *range(FIRST_TOKEN, SIZE)]
    assert int(found.edges.sum()) == count
    assert not (found.edges & (graph.effects == 0)).any()


def test_influence_and_scores_by_the_closed_form(graph):
    """w A (1 - A)^-1, in double precision."""
    shares = graph.effects.abs().double().numpy()
    shares /= np.maximum(shares.sum(1, keepdims=True), 1e-10)
    weights = graph.outputs.double().numpy()
    expected = weights @ shares @ np.linalg.inv(np.eye(SIZE) - shares)
    np.testing.assert_allclose(influence(graph), expected, atol=1e-6)
    rest, tokens = graph.rest.numpy(), graph.embeddings.numpy()
    begun = expected[tokens].sum()
    named = 1 - shares[:, rest].sum(1)
    assert scores(graph).replacement == pytest.approx(begun / (begun + expected[rest].sum()), abs=1e-6)
    assert scores(graph).completeness == pytest.approx(named @ (expected + weights) / (expected + weights).sum())
    order = np.argsort(-expected)
    reached = np.cumsum(expected[order]) / expected.sum()
    np.testing.assert_allclose(pruned(graph).reached[order.copy()], reached, atol=1e-6)


def test_circuit_tracers_own_example():
    """Influence in the example of its tests: 12 nodes, the last of them the output."""
    effects = torch.zeros(12, 12)
    for to, source in [(11, 1), (11, 3), (11, 6), (11, 8), (3, 0), (3, 1), (3, 6), (1, 9), (1, 10), (0, 9)]:
        effects[to, source] = 10
    none = torch.zeros(12, dtype=torch.bool)
    outputs = torch.zeros(12)
    outputs[-1] = 1
    expected = torch.tensor([1 / 12, 1 / 3, 0, 1 / 4, 0, 0, 1 / 3, 0, 1 / 4, 1 / 4, 1 / 6, 0])
    torch.testing.assert_close(influence(Adjacency(effects, none, none, outputs)), expected)


def test_scores_do_not_know_the_scale_or_the_sign_of_a_row(graph):
    factors = torch.linspace(-2, 3, SIZE)[:, None]
    changed = scores(replace(graph, effects=graph.effects * factors))
    assert changed.replacement == pytest.approx(scores(graph).replacement, abs=1e-6)
    assert changed.completeness == pytest.approx(scores(graph).completeness, abs=1e-6)


def test_a_feature_taken_away_counts_as_left_out(graph):
    whole, everything = scores(graph), torch.ones(SIZE, dtype=torch.bool)
    assert scores(narrowed(graph, everything)) == whole
    falling = [whole]
    for keep in (6, 3, 0):
        nodes = everything.clone()
        nodes[keep:FEATURES] = False
        falling.append(scores(narrowed(graph, nodes)))
    for above, below in pairwise(falling):
        assert below.replacement < above.replacement and below.completeness < above.completeness
    direct = graph.effects.abs()[-2:]
    shares = (direct / direct.sum(1, keepdim=True)).T @ graph.outputs[-2:] / 0.9
    assert falling[-1].replacement == pytest.approx(float(shares[graph.embeddings].sum()), abs=1e-6)


def test_a_graph_with_nothing_left_out_scores_one():
    model = tiny_models.model("llama")
    tokens = model.tokens_from(torch.tensor([[5, 6, 7]]))
    *_, all_kept = attribution_graph(model, tokens, 7, 9, count=10**6, budget=1e6)
    assert scores(adjacency(all_kept)).replacement == pytest.approx(1, abs=1e-6)
    assert scores(adjacency(all_kept)).completeness == pytest.approx(1, abs=1e-6)
    found = []
    for count in (200, 50, 10):
        *_, some = attribution_graph(model, tokens, 7, 9, count=count, budget=1.0)
        found.append(scores(adjacency(some)))
    assert 1 > found[0].replacement > found[1].replacement > found[2].replacement > 0
    assert 1 > found[0].completeness > found[1].completeness > found[2].completeness > 0
    numbers = adjacency(some)
    assert numbers.rest.sum() == 9 and numbers.embeddings.sum() == 3 and numbers.features.sum() == 10


def test_what_is_refused(graph):
    circle = graph.effects.clone()
    circle[0, 8] = circle[8, 0] = 1
    with pytest.raises(BadCircuit, match="in a circle"):
        scores(replace(graph, effects=circle))
    with pytest.raises(BadCircuit, match="No embedding and no rest node"):
        scores(replace(graph, effects=torch.zeros(SIZE, SIZE)))
    with pytest.raises(BadCircuit, match="by edges is 98"):
        pruned(graph, edges=98)
    model = tiny_models.model("llama")
    begun = next(attribution_graph(model, model.tokens_from(torch.tensor([[5, 6, 7]])), 7, 9, count=5, budget=1.0))
    with pytest.raises(BadCircuit, match="not drawn to the end"):
        adjacency(begun)
