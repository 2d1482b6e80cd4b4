"""TestCircuit against plain PyTorch with an input for every receiver, and on the planted circuit."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import torch

import mikit
from mikit.circuits.sets import random_circuits
from mikit.models import planted
from mikit.models.planted import CIRCUIT, DECOY
from mikit.studies.base import run_study
from mikit.studies.circuits import EdgeCircuit, PartsCircuit, RankedCircuit
from mikit.studies.kinds import RankEdges, TestCircuit
from mikit.studies.record import Record
from mikit.trace.arrays import Array
from mikit.trace.graph import graph_of
from tests import tiny as tiny_models
from tests.circuits import split
from tests.studies.edges import FRUIT, LONGER, PAIR, edges_of, measured


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("llama")


def numbers(result, grid, name="effect"):
    of = result.grids if name == "effect" else next(c for c in result.controls if c.name == name).grids
    return of[grid].values.numpy()


def shares(values, whole, none):
    return (values.mean(0) - none.mean()) / (whole.mean() - none.mean())


def test_measures_and_shares_against_split_inputs(tiny):
    """The mean over two pairs of different lengths, beside random circuits of as many edges."""
    graph, pairs = graph_of(tiny.spec), (PAIR, LONGER)
    score = run_study(RankEdges(model=tiny.ref, pairs=pairs, ig_steps=2), tiny).grids["score"].values.numpy()
    kept = graph.edges & torch.from_numpy(score >= np.sort(score[graph.edges])[-30])
    drawn = list(random_circuits(graph, 30, 2, seed=4))
    every = [graph.edges, torch.zeros_like(kept), kept, *drawn]
    ran = np.array([measured(tiny, pair, [*every, *(graph.edges & ~one for one in every[2:])]) for pair in pairs])
    study = TestCircuit(model=tiny.ref, pairs=pairs, circuit=RankedCircuit(count=30, ig_steps=2), draws=2, seed=4)
    result = run_study(study, tiny)
    np.testing.assert_allclose(numbers(result, "measure"), ran.mean(0)[[0, 1, 2, 5]], atol=2e-5)
    shared = shares(ran[:, 2:5], ran[:, 0], ran[:, 1])
    tolerance = 1e-4 / abs(ran[:, 0].mean() - ran[:, 1].mean())
    np.testing.assert_allclose(numbers(result, "faithfulness"), shared[:1], atol=tolerance)
    control = result.controls[0]
    assert control.name == "random circuits"
    np.testing.assert_allclose(numbers(result, "faithfulness", control.name), shared[1:].mean(), atol=tolerance)
    found = control.grids["measure"]
    for n, of in enumerate((ran.mean(0)[3:5], ran.mean(0)[6:8])):
        bounds = [float(x.numpy()[n]) for x in (found.low, found.values, found.high)]
        assert bounds == pytest.approx([of.min(), of.mean(), of.max()], abs=2e-5)
    assert "needed" not in result.grids


def test_what_each_part_is_needed_for(model):
    parts = ("L0H1", "L0 MLP", "L2 MLP")
    circuit = PartsCircuit(parts=parts)
    result = run_study(TestCircuit(model=model.ref, pairs=(PAIR,), circuit=circuit, draws=1), model)
    graph, kept = graph_of(model.spec), circuit.edges(model)
    without = [kept & PartsCircuit(parts=tuple(p for p in parts if p != part)).edges(model) for part in parts]
    whole, none, own, *others = measured(model, PAIR, [graph.edges, torch.zeros_like(kept), kept, *without])
    grid = result.grids["needed"]
    assert grid.axes == {"part": parts} and grid.low is None
    np.testing.assert_allclose(grid.values.numpy(), (own - np.array(others)) / (whole - none), rtol=1e-3, atol=1e-4)


def test_more_than_forty_parts_are_not_taken_apart(model, monkeypatch):
    monkeypatch.setattr("mikit.studies.test_circuit.MOST_PARTS", 1)
    for parts in (("L0H1",), ("L0H1", "L1H1")):
        study = TestCircuit(model=model.ref, pairs=(PAIR,), circuit=PartsCircuit(parts=parts), draws=1)
        assert ("needed" in run_study(study, model).grids) == (len(parts) == 1)


def test_against_ordinary_texts_none_is_no_prompts_run(model, monkeypatch):
    """Cut edges carry their mean, or draws from them, behind position 0."""
    monkeypatch.setattr("mikit.studies.circuits.ORDINARY", ("w20 w21 w22", "w23 w24 w25 w26 w27"))
    circuit = PartsCircuit(parts=("L0H1", "L1 MLP"))
    plain = {"model": model.ref, "pairs": (PAIR,), "circuit": circuit, "draws": 1}
    studies = {against: TestCircuit(**plain, against=against) for against in ("other prompt", "mean", "resample")}
    found = {against: numbers(run_study(study, model), "measure") for against, study in studies.items()}
    for one, two in combinations(found.values(), 2):
        assert one[0] == pytest.approx(two[0], abs=1e-5)
        assert np.abs(one[1:] - two[1:]).min() > 1e-4
    texts = [split.run(model, model.tokens(text).ids)[1][:, 1:] for text in ("w20 w21 w22", "w23 w24 w25 w26 w27")]
    other = split.run(model, PAIR.read(model).clean.ids)[1].detach().clone()
    other[:, 1:] = torch.cat(texts, dim=1).mean(1, keepdim=True).detach()
    edges, kept = graph_of(model.spec).edges, circuit.edges(model)
    ran = measured(model, PAIR, [edges, torch.zeros_like(kept), kept, edges & ~kept], other)
    np.testing.assert_allclose(found["mean"], ran, atol=2e-5)
    assert [len(study.inputs(model)) for study in studies.values()] == [2, 4, 4]


def test_it_grows(model):
    study = TestCircuit(model=model.ref, pairs=(PAIR, LONGER), circuit=PartsCircuit(parts=("L0H1",)), draws=3)
    results = [result for result in study.steps(model) if result]
    done = [result.done for result in results]
    assert done == sorted(done) and done[-1] == 1 and len(done) > 10
    assert np.isfinite(numbers(results[0], "faithfulness")).all() and results[0].grids["faithfulness"].low is None
    assert np.isnan(numbers(results[0], "faithfulness", "random circuits")).all()
    beside = [numbers(result, "faithfulness", "random circuits") for result in results[1:]]
    assert np.isfinite(beside).all(), "a pair is added when it is there"
    assert results[-1].grids["faithfulness"].low is not None


def test_the_planted_circuit_is_faithful_and_the_decoy_is_not():
    model = mikit.load(planted.planted(), tokenizer=planted.tokenizer())
    masks = [EdgeCircuit(mask=Array.of(edges_of(model, named))) for named in (CIRCUIT, DECOY)]
    own, decoy = (run_study(TestCircuit(model=model.ref, pairs=FRUIT, circuit=mask, draws=4), model) for mask in masks)
    assert numbers(own, "faithfulness") == pytest.approx(1, abs=1e-4)
    assert numbers(decoy, "faithfulness") == pytest.approx(0, abs=1e-4)
    for result, stays in ((own, 1), (decoy, 0)):
        whole, _, _, out = numbers(result, "measure")
        none = numbers(result, "measure")[1]
        assert out == pytest.approx((none, whole)[1 - stays], abs=1e-3)
    parts = PartsCircuit(parts=("L0H0", "L0H1", "L1H0", "L1H1", "L1 MLP"))
    needed = numbers(run_study(TestCircuit(model=model.ref, pairs=FRUIT, circuit=parts, draws=1), model), "needed")
    assert (needed[[2, 4]] > 0.9).all() and needed[0] > 0.2 and np.abs(needed[[1, 3]]).max() < 1e-4


def test_a_record_replays(model, tmp_path):
    circuits = (
        RankedCircuit(count=30, ig_steps=1),
        PartsCircuit(parts=("L0H1", "L1 MLP")),
        EdgeCircuit(mask=Array.of(graph_of(model.spec).edges)),
    )
    results = [run_study(TestCircuit(model=model.ref, pairs=(PAIR,), circuit=one, draws=2), model) for one in circuits]
    Record.of(results, model).save(tmp_path / "record.json")
    assert Record.read(tmp_path / "record.json").replay(model).within
