"""Graphs of transcoders' features: drawn, tested against hooks, levels, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mikit.circuits.prediction import predicted
from mikit.errors import DictionaryUnusable
from mikit.sae.dictionary import Config, Dictionary, Place
from mikit.sae.library import ref_of
from mikit.studies.base import run_study
from mikit.studies.draw_graph import DrawGraph
from mikit.studies.graph_coverage import GraphCoverage, Question, Rule
from mikit.studies.test_graph import Intervention, TestGraph
from mikit.studies.test_levels import TestLevels
from mikit.trace.sites import Site
from tests import tiny as tiny_models
from tests.trace import reference

PROMPT, ANSWER, FOIL, WIDTH = "w1 w2 w3 w4", "w7", "w9", 30
DRAW = {"prompt": PROMPT, "answer": ANSWER, "foil": FOIL, "count": 20}


def transcoder(model, layer, *, at=None, normalise="none"):
    d, generator = model.spec.d_model, torch.Generator().manual_seed(layer)

    def draw(*shape):
        return 0.4 * torch.randn(*shape, generator=generator)

    config = Config(d_in=d, features=WIDTH, transcoder=True, subtract_b_dec=False, skip=True, normalise=normalise)
    weights = {"W_enc": draw(d, WIDTH), "b_enc": draw(WIDTH), "W_dec": draw(WIDTH, d), "b_dec": draw(d)}
    place = Place(site=at or Site(name="mlp_in", layer=layer), target=Site(name="mlp_out", layer=layer))
    return Dictionary(config, weights | {"W_skip": draw(d, d)}, place)


def made(model, **odd):
    return [transcoder(model, layer, **odd) for layer in range(model.spec.layers)]


def names(transcoders):
    return tuple(ref_of(each) for each in transcoders)


def output_module(model, layer):
    """What gives an MLP's output as it is added to the stream."""
    block = reference.blocks(model)[layer]
    return block.post_feedforward_layernorm if model.hf.config.model_type == "gemma3_text" else block.mlp


def test_a_graph_of_features_and_its_tests_by_hooks(tiny):
    ours = made(tiny)
    refs = names(ours)
    of_neurons = run_study(DrawGraph(model=tiny.ref, **DRAW), tiny)  # the same prompt; it is remembered
    drawn = run_study(DrawGraph(model=tiny.ref, transcoders=refs, **DRAW), tiny)
    assert drawn.grids["share"] != of_neurons.grids["share"]
    share, random = (one.grids["share"].values.numpy()[0] for one in (drawn, drawn.controls[0]))
    assert 0 < random < share < 1
    nodes = [node for node in drawn.grids["node"].axes["node"] if "_-1_" not in node and node[0] != "E"][:-1]
    assert all(int(node.split("_")[1]) < WIDTH for node in nodes)

    chosen = [tuple(map(int, node.split("_"))) for node in nodes[:3]]  # layer, feature, position
    tested = TestGraph(
        model=tiny.ref,
        transcoders=refs,
        interventions=(
            Intervention(name="off", nodes=tuple(nodes[:3])),
            Intervention(name="twice", nodes=tuple(nodes[:3]), how="boost"),
        ),
        **DRAW,
    )
    found = run_study(tested, tiny)

    ids, read = tiny.tokens(PROMPT).ids, {}
    hooks = [
        reference.blocks(tiny)[n].mlp.register_forward_pre_hook(lambda _, x, n=n: read.setdefault(n, x[0][0].clone()))
        for n in range(tiny.spec.layers)
    ]
    own = reference.logits(tiny.hf, ids)[0, -1]
    for hook in hooks:
        hook.remove()
    answer, foil = (int(tiny.tokens(token).ids[0, 0]) for token in (ANSWER, FOIL))
    measured = []
    for times in (-1, 1):  # of what each feature writes

        def added(out, layer, times=times):
            out = out.clone()
            for its, feature, position in chosen:
                if its == layer:
                    value = torch.relu(read[layer][position] @ ours[layer].W_enc + ours[layer].b_enc)[feature]
                    out[0, position] += times * value * ours[layer].W_dec[feature]
            return out

        changes = [
            (output_module(tiny, n), "output", lambda x, n=n, added=added: added(x, n)) for n in range(tiny.spec.layers)
        ]
        with reference.changed(*changes):
            logits = reference.logits(tiny.hf, ids)[0, -1]
        measured.append(float((logits - own)[answer] - (logits - own)[foil]))
    np.testing.assert_allclose(found.grids["measured"].values.numpy(), measured, atol=1e-5)
    assert np.abs(measured).max() > 1e-3, "or nothing is compared"
    assert np.isfinite(found.controls[0].grids["measured"].values.numpy()).all()
    assert "trained here" in tested.unrecordable

    levels = run_study(TestLevels(model=tiny.ref, transcoders=refs, **DRAW), tiny)
    assert np.isfinite(levels.grids["measured"].values.numpy()).all()
    rule = Rule(replacement=0, completeness=0, agreement=0.5)
    asked = (Question(prompt=PROMPT, answer=ANSWER, foil=FOIL),)
    dial = run_study(GraphCoverage(model=tiny.ref, transcoders=refs, prompts=asked, rule=rule, count=20), tiny)
    share = dial.grids["agreement"].values.numpy()[0]
    assert share == pytest.approx(_agreement(tested, tiny), abs=1e-6)


def _agreement(tested, model):
    """The share of the ten features of largest predicted effect whose measured change has the predicted sign."""
    *_, graph = tested.drawn(model)
    said = [predicted(graph, {n: 0.0}) for n in range(len(graph.neurons))]
    top = sorted(range(len(said)), key=lambda n: -abs(said[n]))[:10]
    ids = [f"{layer}_{feature}_{position}" for layer, position, feature in graph.neurons[top].tolist()]
    off = tuple(Intervention(name=id, nodes=(id,)) for id in ids)
    measured = run_study(tested.model_copy(update={"interventions": off}), model).grids["measured"].values.numpy()
    return float(np.mean(np.sign(measured) == np.sign([said[n] for n in top])))


def test_all_features_at_random_are_all_features():
    model = tiny_models.model("llama")
    ours = made(model)
    everything = DRAW | {"count": 4 * WIDTH * model.spec.layers}
    drawn = run_study(DrawGraph(model=model.ref, transcoders=names(ours), **everything), model)
    own, random = (one.grids["share"].values.numpy() for one in (drawn, drawn.controls[0]))
    np.testing.assert_allclose(own, random, rtol=1e-5)
    assert own[0] < 0.99, "what the transcoders do not give back counts as left out"


def test_a_file_of_features_says_whose_they_are():
    model = tiny_models.model("llama")
    ours = made(model)
    drawing = DrawGraph(model=model.ref, transcoders=names(ours), **DRAW).drawing(model)
    metadata = drawing.document["metadata"]
    assert metadata["transcoder_list"] == ["trained here"] * model.spec.layers
    assert metadata["mikit"]["features"] == "of transcoders"


def test_a_script_sets_features_where_it_can_and_never_neurons_in_their_place():
    model = tiny_models.model("llama")
    rule, off = Rule(replacement=0, completeness=0, agreement=0), (Intervention(name="off", nodes=("0_1_2",)),)
    prompts = (Question(prompt=PROMPT, answer=ANSWER),)
    here = names(made(model))
    there = tuple(ref.model_copy(update={"source": "somewhere"}) for ref in here)
    for refs in (here, there):
        asked = {"model": model.ref, "transcoders": refs}
        for study in (
            DrawGraph(**asked, **DRAW),
            TestGraph(**asked, **DRAW, interventions=off),
            TestLevels(**asked, **DRAW),
            GraphCoverage(**asked, prompts=prompts, rule=rule),
        ):
            assert not study.code("nnsight", model)
            assert ("DictionaryRef(" in study.code("mikit", model)) == (refs is there), (
                "one of memory runs nowhere else"
            )


def test_what_is_refused():
    model = tiny_models.model("llama")
    good = made(model)
    for wrong, words in (
        (good[:-1], f"{len(good) - 1} transcoders were given"),
        (good[::-1], "Give them in the order of the layers"),
        (made(model, normalise="rms"), "scales each token"),
        (made(model, at=Site(name="resid_mid", layer=0)), "is needed, from L0 mlp_in to L0 mlp_out"),
    ):
        with pytest.raises(DictionaryUnusable, match=words):
            run_study(DrawGraph(model=model.ref, transcoders=names(wrong), **DRAW), model)
