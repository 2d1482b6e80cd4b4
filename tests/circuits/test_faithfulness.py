"""Tests of circuits on toys whose measure is a formula of the edges, and on a whole model against plain passes."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch

from mikit.circuits.faithfulness import (
    SHARES,
    Ends,
    areas,
    curve,
    ends,
    faithfulness,
    minimality,
)
from mikit.circuits.run_edges import against_prompt, measured
from mikit.circuits.sets import by_edge
from mikit.errors import BadCircuit, BadMetric, ShapeMismatch
from mikit.trace.graph import graph_of
from tests import tiny as tiny_models
from tests.trace import reference


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("llama")


@pytest.fixture(scope="module")
def graph(model):
    return graph_of(model.spec)


def edge(graph, name, layer, sender):
    """One edge into the first receiver of that name, as a set."""
    one = torch.zeros_like(graph.edges)
    one[graph.read_by(name, layer).start, sender] = True
    return one


@pytest.fixture(scope="module")
def toy(graph):
    """Two edges that do the same work, either of which will do, and one that is needed: 2 of need plus 3 of either.
    The three sets, and a run that counts its calls."""
    need, first, backup = edge(graph, "mlp_in", 0, 0), edge(graph, "q", 1, 2), edge(graph, "q", 2, 3)
    asked = []

    def run(circuits):
        for kept in circuits:
            asked.append(kept)
            has = lambda part, kept=kept: bool((kept & part).any())  # noqa: E731
            yield 1.0 + 2.0 * has(need) + 3.0 * (has(first) or has(backup))

    return need, first, backup, run, asked


def weighted(graph, seed=0):
    """A run whose measure is the sum of a weight for each edge kept."""
    weights = 0.5 + torch.randn(graph.edges.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return weights, lambda circuits: (float(weights[kept].sum()) for kept in circuits)


def test_the_ends_and_shares(graph, toy):
    between = ends(toy[3], graph)
    assert between == Ends(6.0, 1.0)
    assert [between.share(value) for value in (6.0, 1.0, 3.5, 8.5)] == [1.0, 0.0, 0.5, 1.5]


def test_no_difference_has_no_shares(graph):
    with pytest.raises(BadMetric, match=r"\+2.0000 with all edges and \+2.0000 with none"):
        ends(lambda circuits: (2.0 for _ in circuits), graph)


def test_faithfulness_beside_random_circuits_of_its_size(graph, toy):
    need, first, _, run, asked = toy
    between = ends(run, graph)
    asked.clear()
    told = list(faithfulness(run, graph, between, need | first, draws=6, seed=0))
    assert told[0].found == 1.0 and np.isnan(told[0].random).all()
    assert [int(np.isnan(each.random).sum()) for each in told] == [6, 5, 4, 3, 2, 1, 0]
    assert [int(kept.sum()) for kept in asked] == [2] * 7
    assert np.median(told[-1].random) == 0.0


def test_a_curve_against_sums_of_weights(graph):
    weights, run = weighted(graph)
    between = ends(run, graph)
    *_, found = curve(run, graph, between, weights, draws=3, seed=0)
    ordered = weights[graph.edges].sort(descending=True).values.cumsum(0).numpy()
    assert found.sizes == tuple(max(1, int(share * graph.size)) for share in SHARES)
    np.testing.assert_allclose(found.found, ordered[np.array(found.sizes) - 1] / between.whole, rtol=1e-9)
    assert found.random.shape == (3, len(SHARES)) and (found.random[:, -1] == 1).all()
    own, random = (areas(SHARES, values)[0] for values in (found.found, found.random))
    assert own > random.max()


def test_a_curve_streams_and_random_orders_grow(graph):
    """Each random order's larger circuits hold its smaller ones, so that its curve is one ranking's."""
    asked = []

    def run(circuits):
        for kept in circuits:
            asked.append(kept)
            yield float(kept.sum())

    between = Ends(float(graph.size), 0.0)
    told = list(curve(run, graph, between, torch.rand(graph.edges.shape), draws=2, seed=0, shares=(0.1, 0.5, 0.9)))
    assert [int(np.isnan(each.found).sum() + np.isnan(each.random).sum()) for each in told] == list(range(9, -1, -1))
    for small, large in pairwise(asked):
        assert small.sum() > large.sum() or not (small & ~large).any()
    np.testing.assert_allclose(told[-1].random, np.tile(np.array(told[-1].sizes) / graph.size, (2, 1)))


def test_areas_by_hand():
    """Trapezia over (0, 0.5, 1): 0 to 1.2 to 1."""
    cpr, cmd = areas((0.0, 0.5, 1.0), np.array([0.0, 1.2, 1.0]))
    assert cpr == pytest.approx(0.25 * 1.2 + 0.25 * 2.2)
    assert cmd == pytest.approx(0.25 * (1 + 0.2) + 0.25 * 0.2)
    both = areas(SHARES, np.stack([np.ones(10), np.zeros(10)]))
    np.testing.assert_allclose(both, [[0.999, 0.0], [0.0, 0.999]])


def test_of_a_part_and_its_backup_neither_is_needed(graph, toy):
    need, first, backup, run, _ = toy
    circuit = need | first | backup
    alone = [need, first, backup]
    assert list(minimality(run, circuit, alone)) == [2.0, 0.0, 0.0]
    assert list(minimality(run, need | backup, alone)) == [2.0, 0.0, 3.0]
    assert sorted(minimality(run, circuit, by_edge(circuit))) == [0.0, 0.0, 2.0]


def test_an_empty_circuit_is_refused(graph, toy):
    run, none = toy[3], torch.zeros_like(graph.edges)
    for test in (
        faithfulness(run, graph, Ends(1.0, 0.0), none, draws=1, seed=0),
        minimality(run, none, [none]),
    ):
        with pytest.raises(BadCircuit, match="no edge"):
            next(iter(test))
    with pytest.raises(ShapeMismatch):
        list(curve(run, graph, Ends(1.0, 0.0), torch.zeros(2, 2), draws=0, seed=0))


def test_on_a_model(tiny):
    """The ends are the prompts' own measures."""
    graph = graph_of(tiny.spec)
    clean, corrupt = (tiny.tokens_from(torch.tensor([ids])) for ids in ([5, 6, 7, 8, 9], [5, 6, 40, 8, 9]))
    measure = lambda logits: logits[:, 7] - logits[:, 9]  # noqa: E731
    run = partial(measured, tiny, against_prompt(tiny, clean, corrupt), measure, 1e9)
    whole, none = (measure(reference.logits(tiny.hf, tokens.ids)[:, -1]).item() for tokens in (clean, corrupt))
    between = ends(run, graph)
    assert (between.whole, between.none) == pytest.approx((whole, none), abs=1e-5)
