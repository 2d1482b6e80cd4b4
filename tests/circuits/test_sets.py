"""Sets of edges against definitions spelled out edge by edge."""

from __future__ import annotations

import pytest
import torch

from mikit.circuits.run_edges import against_prompt, circuit_logits
from mikit.circuits.sets import by_edge, by_sender, on_paths, random_circuits, strongest
from mikit.errors import BadCircuit, ShapeMismatch
from mikit.trace.graph import graph_of
from tests import tiny as tiny_models


@pytest.fixture(scope="module", params=["llama", "gpt_neox"])
def model(request):
    return tiny_models.model(request.param)


def test_the_strongest_are_edges_of_highest_score(model):
    graph = graph_of(model.spec)
    scores = torch.randn(graph.edges.shape, generator=torch.Generator().manual_seed(0))
    scores[0, -1] = 99.0  # no edge: the first receiver comes before the last sender
    kept = strongest(graph, scores, 30)
    assert kept.sum() == 30 and not (kept & ~graph.edges).any()
    assert scores[kept].min() > scores[graph.edges & ~kept].max()
    assert torch.equal(strongest(graph, scores, graph.size), graph.edges)


def test_random_circuits_are_ways_through_the_model(model):
    """All of their edges lie on paths, but those of the last way, which the size cuts off."""
    graph = graph_of(model.spec)
    drawn = list(random_circuits(graph, 40, 20, 0))
    longest = 2 * model.spec.layers + 1
    for circuit in drawn:
        assert circuit.sum() == 40 and not (circuit & ~graph.edges).any()
        assert on_paths(graph, circuit).sum() > 40 - longest
    assert torch.equal(torch.stack(drawn[:2]), torch.stack(list(random_circuits(graph, 40, 2, 0))))
    assert not torch.equal(drawn[0], drawn[1])


def test_random_ways_have_no_favourites(model):
    """The first edge reads any sender into the logits; in the end every edge is reached."""
    graph = graph_of(model.spec)
    first = torch.stack(list(random_circuits(graph, 1, 200, 0))).double().mean(0)
    assert first[:-1].sum() == 0 and first.sum() == pytest.approx(1.0)
    chance = 1 / len(graph.senders)
    assert (first[-1] - chance).abs().max() < 4 * (chance / 200) ** 0.5
    assert torch.equal(next(random_circuits(graph, graph.size, 1, 0)), graph.edges)


def test_groups_make_up_the_circuit(model):
    graph = graph_of(model.spec)
    circuit = next(random_circuits(graph, 12, 1, 0))
    for groups in (list(by_sender(circuit).values()), list(by_edge(circuit))):
        assert torch.equal(torch.stack(groups).sum(0), circuit.long())
    assert len(list(by_edge(circuit))) == 12
    assert all(
        torch.equal(group.any(0).nonzero().ravel(), torch.tensor([s])) for s, group in by_sender(circuit).items()
    )


def test_edges_off_every_path_change_nothing(model):
    """And of those on a path, each is joined to the embedding and the logits by others."""
    graph = graph_of(model.spec)
    scores = torch.rand(4, *graph.edges.shape, generator=torch.Generator().manual_seed(0))
    circuits = [strongest(graph, each, graph.size // 5) for each in scores]
    alive = [on_paths(graph, circuit) for circuit in circuits]
    assert all(0 < one.sum() < circuit.sum() for one, circuit in zip(alive, circuits, strict=True))
    clean, corrupt = (model.tokens_from(torch.tensor([ids])) for ids in ([5, 6, 7, 8], [5, 40, 41, 8]))
    setting = against_prompt(model, clean, corrupt)
    found = torch.cat(list(circuit_logits(model, setting, [*circuits, *alive], budget=1e9)))
    torch.testing.assert_close(found[:4], found[4:], atol=1e-5, rtol=0)
    assert torch.equal(on_paths(graph, graph.edges), graph.edges)


STRAIGHT = [("logits", None, None, 0)]


@pytest.mark.parametrize(
    "edges",
    [
        [],
        STRAIGHT,
        [("mlp_in", 0, None, 0)],
        [("mlp_in", 0, None, 0), ("q", 1, 0, 5)],
        [("logits", None, None, 1)],
        [("q", 1, 0, 1), ("logits", None, None, 6)],
    ],
)
def test_small_circuits_by_hand(edges):
    """Nothing, the embedding straight to the logits, ways that end at a part nobody reads, and ways that begin at a
    head that reads nothing. Sender 1 is L0H0, 5 the MLP of layer 0, 6 L1H0."""
    graph = graph_of(tiny_models.model("llama").spec)
    circuit = torch.zeros_like(graph.edges)
    for name, layer, head, sender in edges:
        (row,) = [r for r, s in enumerate(graph.receivers) if (s.name, s.layer, s.head) == (name, layer, head)]
        circuit[row, sender] = True
    whole = circuit if edges == STRAIGHT else torch.zeros_like(circuit)
    assert torch.equal(on_paths(graph, circuit), whole)


def test_a_shared_key_feeds_every_head_of_its_group():
    """llama: 4 heads, 2 key-value heads. Embedding -> k of the second -> head 3 -> logits; head 1 is of the first."""
    graph = graph_of(tiny_models.model("llama").spec)
    for head, alive in ((3, True), (1, False)):
        circuit = torch.zeros_like(graph.edges)
        circuit[graph.read_by("k", 0).start + 1, 0] = True
        circuit[-1, graph.sent_by("z", 0).start + head] = True
        assert torch.equal(on_paths(graph, circuit).any(), torch.tensor(alive))


def test_sizes_and_shapes_that_do_not_fit(model):
    graph = graph_of(model.spec)
    for count in (0, graph.size + 1):
        with pytest.raises(BadCircuit, match=f"{count} edges"):
            strongest(graph, torch.zeros(graph.edges.shape), count)
    with pytest.raises(ShapeMismatch, match="receivers, senders"):
        strongest(graph, torch.zeros(3, 3), 2)
