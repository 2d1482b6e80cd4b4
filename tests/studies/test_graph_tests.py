"""Neurons of a graph and whole levels set to other values: what was foretold, and what comes by plain hooks."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mikit.circuits.influence import adjacency
from mikit.circuits.prediction import predicted
from mikit.errors import BadCircuit, BadPair, UnknownSite
from mikit.studies.base import run_study, stream
from mikit.studies.graph_nodes import Nodes
from mikit.studies.graphs import DRAWS, LEVELS, levels, random_neurons
from mikit.studies.test_graph import Intervention, TestGraph
from mikit.studies.test_levels import TestLevels
from tests import tiny as tiny_models
from tests.studies.test_graphs import by_hooks
from tests.trace import reference

PROMPT, OTHER = "w1 w2 w3 w4 w5", "w1 w9 w8 w4 w6"
ASKED = {"prompt": PROMPT, "answer": "w7", "foil": "w2", "count": 24}


def neurons_of(model, text):
    """All neurons' values [layer, T, d_mlp] by plain hooks."""
    found = {}
    sites = [
        (
            reference.second_matrix(model, layer),
            "input",
            lambda x, layer=layer: found.setdefault(layer, x[0].clone())[None],
        )
        for layer in range(model.spec.layers)
    ]
    with reference.changed(*sites):
        reference.logits(model.hf, model.tokens(text).ids)
    return torch.stack([found[layer] for layer in range(model.spec.layers)])


def moved(model, graph, settings):
    """By how much the logit difference moves, by plain hooks."""
    nothing = (graph.neurons[:0], graph.values[:0])
    own, *found = by_hooks(model, graph.tokens.ids, graph.answer, graph.foil, [nothing, *settings])
    return np.array(found) - own


def values_at(values, neurons):
    return torch.stack([values[layer, position, neuron] for layer, position, neuron in neurons.tolist()])


def study(model, *interventions, **fields):
    return TestGraph(model=model.ref, interventions=interventions, **ASKED | fields)


def ids(graph, *places):
    return tuple(f"{graph.neurons[n][0]}_{graph.neurons[n][2]}_{graph.neurons[n][1]}" for n in places)


def drawn(model):
    *_, graph = study(model, Intervention(name="any", nodes=("0_0_0",))).drawn(model)
    return graph


def test_predicted_measured_and_random_neurons(tiny):
    graph = drawn(tiny)
    sets = {"off": [0], "twice": [2, 23, 9], "in": [1, 5, 20]}
    asked = study(
        tiny,
        Intervention(name="off", nodes=ids(graph, 0)),
        Intervention(name="twice", nodes=ids(graph, 2, 23, 9), how="boost"),
        Intervention(name="in", nodes=ids(graph, 1, 5, 20), how="swap", other=OTHER),
        seed=4,
    )
    result = run_study(asked, tiny)
    own, other = neurons_of(tiny, PROMPT), neurons_of(tiny, OTHER)
    luck = torch.Generator().manual_seed(4)
    for n, (new, places) in enumerate(zip((0 * own, 2 * own, other), sets.values(), strict=True)):
        chosen = graph.neurons[places]
        random = [Nodes(own, ()).others(chosen, luck) for _ in range(DRAWS)]
        settings = [(each, values_at(new, each)) for each in (chosen, *random)]
        expected, *beside = moved(tiny, graph, settings)
        assert abs(expected) > 1e-4, "or nothing is compared"
        np.testing.assert_allclose(result.grids["measured"].values.numpy()[n], expected, atol=1e-5)
        control = result.controls[0].grids["measured"]
        for ends, of in ((control.values, np.mean), (control.low, np.min), (control.high, np.max)):
            np.testing.assert_allclose(ends.numpy()[n], of(beside), atol=1e-5)
        ratios = values_at(new, chosen) / values_at(own, chosen)
        foretold = predicted(graph, dict(zip(places, ratios.tolist(), strict=True)))
        np.testing.assert_allclose(result.grids["predicted"].values.numpy()[n], foretold, rtol=1e-3, atol=1e-5)
    assert result.grids["measured"].axes == {"intervention": tuple(sets)}


def test_each_level_as_a_whole(tiny):
    asked = TestLevels(model=tiny.ref, **ASKED)
    *_, graph = asked.drawn(tiny)
    kept = [one.nodes[:24].nonzero().ravel() for one in levels(adjacency(graph))]
    result = run_study(asked, tiny)
    expected = moved(tiny, graph, [(graph.neurons[n], torch.zeros(len(n))) for n in kept])
    np.testing.assert_allclose(result.grids["measured"].values.numpy(), expected, atol=1e-5)
    foretold = [predicted(graph, dict.fromkeys(n.tolist(), 0.0)) for n in kept]
    np.testing.assert_allclose(result.grids["predicted"].values.numpy(), foretold, atol=1e-6)
    assert result.grids["kept"].values.numpy().tolist() == [len(n) for n in kept]
    random = result.controls[0].grids["measured"]
    assert (random.low.numpy() <= random.values.numpy()).all() and (random.values.numpy() <= random.high.numpy()).all()
    assert result.grids["measured"].axes["level"] == tuple(f"{share:g}" for share in LEVELS)
    assert abs(expected[-1]) > 1e-3


def test_predictions_are_there_before_what_is_measured(tiny):
    graph = drawn(tiny)
    asked = study(tiny, Intervention(name="off", nodes=ids(graph, 0)), Intervention(name="on", nodes=ids(graph, 9)))
    first, *_, last = stream(asked, tiny)
    assert first.done == 0 and np.isfinite(first.grids["predicted"].values.numpy()).all()
    assert np.isnan(first.grids["measured"].values.numpy()).all()
    assert np.isfinite(last.grids["measured"].values.numpy()).all() and last.done == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"nodes": ()}, "'a' names no node"),
        ({"nodes": ("1_2_3", "1_2_4", "1_2_3")}, "'a' names the node 1_2_3 twice"),
        ({"nodes": ("1_2_3",), "how": "swap"}, r"'a' \(swap\) has the other prompt ''"),
        ({"nodes": ("1_2_3",), "other": "w1"}, r"'a' \(ablate\) has the other prompt 'w1'"),
    ],
)
def test_interventions_that_are_none(fields, sentence):
    with pytest.raises(BadCircuit, match=sentence):
        Intervention(name="a", **fields)


@pytest.mark.parametrize("id", ["E_5_0", "0_-1_2", "zzz", "", "1_2", "1_2_3_4", "1_2_3\n", "\u0661_2_3"])
def test_a_node_that_is_no_neuron_is_refused_before_anything_is_drawn(id):
    with pytest.raises(UnknownSite, match="is no single neuron, and only those can be set"):
        Intervention(name="a", nodes=("1_2_3", id))


def test_where_fewer_neurons_fire_the_control_says_how_many_were_drawn():
    own, luck = torch.tensor([[[1.0, 2.0, 3.0, 0.0, 4.0]]]), torch.Generator().manual_seed(0)
    nodes, settings = Nodes(own, ()), []
    for chosen in ((0, 1), (0, 1, 2)):
        sets = [torch.tensor([[0, 0, n] for n in chosen])]
        sets += [nodes.others(sets[0], luck) for _ in range(DRAWS)]
        settings += [nodes.setting(each, torch.zeros(len(each))) for each in sets]
    axes = {"level": ("few", "many")}
    said = random_neurons(np.zeros((2, DRAWS)), axes, 0, settings).why
    assert said.endswith("8 draws). Where there are fewer, as many as fire there: 1 of 3 (many).")
    few = random_neurons(np.zeros((1, DRAWS)), {"level": ("few",)}, 0, settings[: 1 + DRAWS])
    assert few.why.endswith("8 draws).")


def test_what_cannot_be_tested():
    model = tiny_models.model("llama")
    graph = drawn(model)
    with pytest.raises(BadCircuit, match="no intervention"):
        study(model)
    with pytest.raises(UnknownSite, match="'99_0_0' is no"):
        run_study(study(model, Intervention(name="a", nodes=("99_0_0",))), model)
    output = f"{graph.layers + 1}_100_4"
    with pytest.raises(UnknownSite, match=f"'{output}' is no single neuron"):
        run_study(study(model, Intervention(name="a", nodes=(output,))), model)
    with pytest.raises(BadPair, match="this one has 5, and 'w1 w2' has 2"):
        run_study(study(model, Intervention(name="a", nodes=ids(graph, 0), how="swap", other="w1 w2")), model)
