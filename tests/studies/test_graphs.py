"""Graphs shared by studies, their levels, their nodes by name, and what is refused."""

from __future__ import annotations

import gc
import threading
import weakref
from itertools import pairwise

import numpy as np
import pytest
import torch

from mikit.circuits.attribution import attribution_graph
from mikit.circuits.influence import Pruned, adjacency, pruned
from mikit.errors import BadMetric, BadPair, EmptyText, NotOneToken, TooCostly, TooLong, UnknownSite
from mikit.studies import graphs
from mikit.studies.base import run_study, stream
from mikit.studies.draw_graph import DrawGraph
from mikit.studies.graph_nodes import Nodes, Setting
from mikit.studies.graphs import EDGES, LEVELS, changes, node_index
from mikit.studies.test_levels import TestLevels
from mikit.trace.engine import remember
from tests import tiny as tiny_models
from tests.trace import reference

ASKED = {"prompt": "w1 w2 w3 w4 w5", "answer": "w7", "foil": "w9", "count": 24}


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("gpt2")


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    monkeypatch.setattr(graphs, "_DRAWINGS", [])


def study(model, **fields):
    return DrawGraph(model=model.ref, **ASKED | fields)


def drawn(model, **fields):
    *_, graph = study(model, **fields).drawn(model)
    return graph


def by_hooks(model, ids, answer, foil, settings):
    """The logit difference under each setting, by plain hooks on what reads the neurons."""
    found = []
    for neurons, values, *_ in settings:

        def put(x, layer, neurons=neurons, values=values):
            x = x.clone()
            for (at, position, neuron), value in zip(neurons.tolist(), values.tolist(), strict=True):
                if at == layer:
                    x[0, position, neuron] = value
            return x

        sites = [
            (reference.second_matrix(model, layer), "input", lambda x, layer=layer, put=put: put(x, layer))
            for layer in range(model.spec.layers)
        ]
        with reference.changed(*sites):
            logits = reference.logits(model.hf, ids)[0, -1]
        found.append(float(logits[answer] - (logits[foil] if foil is not None else 0)))
    return np.array(found)


@pytest.mark.parametrize("foil", ["w9", None])
def test_changes_by_hooks(tiny, foil, monkeypatch):
    monkeypatch.setattr(graphs.cost, "budget", lambda spec: 3)  # several traces
    graph = drawn(tiny, foil=foil)
    asked = study(tiny, foil=foil).asked(tiny)
    settings = [
        Setting(graph.neurons[:0], graph.values[:0]),
        Setting(graph.neurons[:1], torch.zeros(1)),
        Setting(graph.neurons[[3, 9, 20]], torch.tensor([1.0, -2.0, 0.5])),
        Setting(graph.neurons, 2 * graph.values),
    ]
    found = [list(some) for some in changes(tiny, remember(tiny, graph.tokens), asked, settings)]
    assert len(found) > 1, "or it is one trace"
    own, *moved = by_hooks(tiny, graph.tokens.ids, graph.answer, graph.foil, settings)
    np.testing.assert_allclose(np.concatenate(found), [0, *(np.array(moved) - own)], atol=1e-5)
    assert np.abs(moved - own).min() > 1e-4, "or nothing is compared"


def test_a_softcap_is_undone():
    model = tiny_models.model("gemma2")
    found = []
    for cap in (None, 0.5):
        model.hf.config.final_logit_softcapping = cap
        graph = drawn(model, prompt="w1 w2 w3")
        setting = Setting(graph.neurons, torch.zeros(len(graph.neurons)))
        past = remember(model, graph.tokens)
        found.append([*next(changes(model, past, study(model).asked(model), [setting])), float(past.logits.max())])
    (free, most), (capped, least) = found
    assert capped == pytest.approx(free, rel=1e-3) and least < 0.5 < most


def test_other_neurons_stand_where_the_chosen_do():
    neurons = torch.tensor([[0, 1, 3], [0, 1, 4], [2, 0, 7], [2, 1, 0]])
    luck = torch.Generator().manual_seed(0)
    nodes = Nodes(torch.ones(3, 2, 8), ())
    for _ in range(20):
        drawn = nodes.others(neurons, luck)
        assert drawn[:, :2].tolist() == neurons[:, :2].tolist()
        assert not {tuple(n) for n in drawn.tolist()} & {tuple(n) for n in neurons.tolist()}
        assert len({tuple(n) for n in drawn.tolist()}) == 4
    few = Nodes(torch.tensor([[[1.0, 1.0, 0.0, -1.0]]]), ())  # one of them does not fire
    assert few.others(torch.tensor([[0, 0, 0], [0, 0, 1]]), luck).tolist() == [[0, 0, 3]], "as many as there are"
    assert nodes.others(neurons[:0], luck).shape == (0, 3)


def test_levels_hold_one_another(model):
    numbers = adjacency(drawn(model))
    kept = graphs.levels(numbers)
    for share, one in zip(LEVELS, kept, strict=True):
        here = pruned(numbers, nodes=share, edges=EDGES)
        assert (one.nodes >= here.nodes).all() and (one.edges >= here.edges).all()
        ends = one.edges.nonzero()
        assert one.nodes[ends].all(), "an edge ends at nodes that are kept"
    for less, more in pairwise(kept):
        assert (less.nodes <= more.nodes).all() and (less.edges <= more.edges).all()
    assert kept[0].nodes.sum() < kept[-1].nodes.sum()


def test_what_a_level_keeps_the_next_ones_keep(model, monkeypatch):
    """Also where pruning by itself would drop it again, as it can on real graphs."""
    numbers = adjacency(drawn(model))
    size, places = len(numbers.rest), iter(range(len(LEVELS)))

    def one_each(numbers, *, nodes, edges):
        kept = torch.arange(size) == next(places)
        return Pruned(kept, kept & kept[:, None], torch.zeros(size))

    monkeypatch.setattr(graphs, "pruned", one_each)
    kept = graphs.levels(numbers)
    assert [int(one.nodes.sum()) for one in kept] == [int(one.edges.sum()) for one in kept] == list(range(1, 11))


def test_nodes_by_name(model):
    graph = drawn(model)
    for n, (layer, position, neuron) in enumerate(graph.neurons.tolist()):
        assert node_index(graph, f"{layer}_{neuron}_{position}") == n
    for id in ("0_-1_2", "E_5_0", f"{model.spec.layers + 1}_100_4", "", "L3H4", "1_2", "1_²_3", "-1_2_3"):
        with pytest.raises(UnknownSite, match=f"'{id}' is no single neuron"):
            node_index(graph, id)
    with pytest.raises(UnknownSite, match=r"'0_99_0' is no neuron of this graph.*such as '0_"):
        node_index(graph, "0_99_0")


def test_a_graph_is_drawn_once_and_the_last_two_are_remembered(model, monkeypatch):
    counts = []
    monkeypatch.setattr(
        graphs, "attribution_graph", lambda *a, **b: counts.append(b["count"]) or attribution_graph(*a, **b)
    )
    first = drawn(model)
    assert drawn(model) is first and counts == [24]
    drawn(model, count=10), drawn(model), drawn(model, count=11)
    assert counts == [24, 10, 11], "the one that was asked for again is newer"
    assert drawn(model) is first
    drawn(model, count=10)
    assert counts == [24, 10, 11, 10]
    drawn(model, foil=None), drawn(model, answer="w8"), drawn(model, prompt="w1 w2")
    assert len(counts) == 7 and len(graphs._DRAWINGS) == 2


def test_two_readers_read_one_graph_together(model, monkeypatch):
    monkeypatch.setattr(graphs.cost, "budget", lambda spec: 1)  # a row a step
    one, two = study(model).drawn(model), study(model).drawn(model)
    graph = next(one)
    assert next(two) is graph
    steps = 2
    while not graph.done:
        next((one, two)[steps % 2])
        steps += 1
    alone = sum(1 for _ in attribution_graph(model, graph.tokens, graph.answer, graph.foil, count=24, budget=1))
    assert steps == alone, "each step of either reads something new"
    assert next(one, None) is next(two, None) is None, "the graph that both have is whole"


def test_readers_in_threads_get_the_same(model, monkeypatch):
    monkeypatch.setattr(graphs.cost, "budget", lambda spec: 1)
    found = []
    threads = [threading.Thread(target=lambda: found.append(drawn(model))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and all(graph is found[0] and graph.done for graph in found)


def test_what_is_stopped_is_forgotten_unless_another_reads_on(model, monkeypatch):
    monkeypatch.setattr(graphs.cost, "budget", lambda spec: 1)
    one, two = study(model).drawn(model), study(model).drawn(model)
    next(one), next(two)
    one.close()
    assert len(graphs._DRAWINGS) == 1
    two.close()
    assert not graphs._DRAWINGS


def test_a_remembered_graph_does_not_hold_its_model():
    model = tiny_models.model("gpt2", seed=5)
    drawn(model)
    assert len(graphs._DRAWINGS) == 1
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("kind", [DrawGraph, TestLevels])
def test_stopped_after_any_step_it_is_sound_again(model, kind):
    asked = kind(model=model.ref, **ASKED)
    whole = [result.grids.keys() for result in stream(asked, model)]
    for last in range(len(whole)):
        graphs._DRAWINGS.clear()
        seen = iter(range(last + 1))
        list(stream(asked, model, cancelled=lambda seen=seen: next(seen, None) is None))
    assert run_study(asked, model).done == 1


def test_what_cannot_be_drawn(model):
    with pytest.raises(BadPair, match="both 'w7'"):
        run_study(study(model, foil="w7"), model)
    with pytest.raises(NotOneToken, match="2 tokens"):
        run_study(study(model, answer="w7 w8"), model)
    with pytest.raises(EmptyText):
        run_study(study(model, prompt=""), model)
    with pytest.raises(TooLong):
        run_study(study(model, prompt="w1 " * 65), model)


def test_an_output_of_nearly_nothing_says_nothing(model):
    logits = reference.logits(model.hf, model.tokens(ASKED["prompt"]).ids)[0, -1]
    order = logits.argsort()
    near = int((logits[order[1:]] - logits[order[:-1]]).argmin())
    answer, foil = (model.token_string(int(id)) for id in order[near : near + 2])
    with pytest.raises(BadMetric, match=r"logit difference after .* is -?0.00.*Take another"):
        run_study(study(model, answer=answer, foil=foil), model)
    assert not graphs._DRAWINGS


def test_too_large_is_refused_before_anything_runs(model, monkeypatch):
    monkeypatch.setattr(graphs, "attribution_graph", lambda *a, **b: pytest.fail("it ran"))
    with pytest.raises(TooCostly, match=r"about \d+.* GB of memory and .* are free. Use a shorter prompt or fewer"):
        run_study(study(model, count=10**6), model)
