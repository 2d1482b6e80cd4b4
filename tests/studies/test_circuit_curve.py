"""CircuitCurve against plain PyTorch with an input for every receiver, and on the planted circuit."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch

import mikit
from mikit.circuits.sets import random_scores
from mikit.errors import BadCircuit
from mikit.models import planted
from mikit.models.planted import CIRCUIT
from mikit.studies.base import run_study
from mikit.studies.kinds import CircuitCurve, RankEdges
from mikit.studies.record import Record
from mikit.trace.graph import graph_of
from tests import tiny as tiny_models
from tests.studies.edges import FRUIT, LONGER, PAIR, measured

SHARES = (0.02, 0.1, 0.5, 1.0)


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("llama")


def curve_of(result, grid="faithfulness", control=False):
    return (result.controls[0] if control else result).grids[grid].values.numpy()


def by_hand(model, pairs, scores):
    """Shares of the mean measure that the highest-scored edges keep, [size]."""
    edges = graph_of(model.spec).edges
    order = np.argsort(-np.where(edges, scores, -np.inf), axis=None, kind="stable")
    circuits = [edges, torch.zeros_like(edges)]
    for share in SHARES:
        kept = torch.zeros(edges.numel(), dtype=torch.bool)
        kept[order[: max(1, int(share * edges.sum()))]] = True
        circuits.append(kept.view(edges.shape))
    whole, none, *values = np.mean([measured(model, pair, circuits) for pair in pairs], axis=0)
    return (np.array(values) - none) / (whole - none)


def trapezia(values):
    return sum((a + b) / 2 * (y - x) for (x, y), (a, b) in zip(pairwise(SHARES), pairwise(values), strict=True))


@pytest.mark.parametrize("absolute", [False, True])
def test_the_curve_and_its_areas_against_split_inputs(model, absolute):
    pairs = (PAIR, LONGER)
    score = run_study(RankEdges(model=model.ref, pairs=pairs, ig_steps=2), model).grids["score"].values.numpy()
    study = CircuitCurve(model=model.ref, pairs=pairs, ig_steps=2, absolute=absolute, draws=2, shares=SHARES, seed=3)
    result = run_study(study, model)
    expected = by_hand(model, pairs, np.abs(score) if absolute else score)
    close = {"rtol": 1e-3, "atol": 1e-3}
    np.testing.assert_allclose(curve_of(result), expected, **close)
    np.testing.assert_allclose(curve_of(result, "area"), [trapezia(expected), trapezia(np.abs(1 - expected))], **close)
    drawn = [by_hand(model, pairs, one.numpy()) for one in random_scores(graph_of(model.spec), 2, seed=3)]
    grid = result.controls[0].grids["faithfulness"]
    for found, of in ((grid.values, np.mean(drawn, 0)), (grid.low, np.min(drawn, 0)), (grid.high, np.max(drawn, 0))):
        np.testing.assert_allclose(found.numpy(), of, **close)
    assert curve_of(result, "area", control=True)[0] == pytest.approx(np.mean([trapezia(d) for d in drawn]), rel=1e-3)
    size = tuple(str(max(1, int(share * graph_of(model.spec).size))) for share in SHARES)
    assert result.grids["faithfulness"].axes == {"size": size}


def test_all_edges_keep_all_with_no_doubt(model):
    result = run_study(CircuitCurve(model=model.ref, pairs=(PAIR, LONGER), ig_steps=1, draws=1, shares=SHARES), model)
    grid = result.grids["faithfulness"]
    assert [float(x.numpy()[-1]) for x in (grid.low, grid.values, grid.high)] == [1, 1, 1]


def test_it_grows(model):
    study = CircuitCurve(model=model.ref, pairs=(PAIR, LONGER), ig_steps=1, draws=2, shares=SHARES)
    results = [result for result in study.steps(model) if result]
    done = [result.done for result in results]
    assert done == sorted(done) and done[-1] == 1
    finite = [int(np.isfinite(curve_of(result)).sum()) for result in results]
    assert finite[:4] == [1, 2, 3, 4] and set(finite[4:]) == {4}, "a pair is added when it is there"
    assert np.isnan(curve_of(results[3], control=True)).any()
    assert np.isfinite(curve_of(results[-1], "area")).all()


def test_the_planted_circuit_is_enough_at_its_size():
    model = mikit.load(planted.planted(), tokenizer=planted.tokenizer())
    size = graph_of(model.spec).size
    shares = (2 / size, len(CIRCUIT) / size, 1.0)
    study = CircuitCurve(model=model.ref, pairs=FRUIT, ig_steps=1, draws=4, shares=shares)
    result = run_study(study, model)
    assert curve_of(result)[1:] == pytest.approx(1, abs=1e-3) and curve_of(result)[0] < 0.9
    assert curve_of(result, control=True)[1] < 0.5


def test_shares_that_do_not_grow(model):
    for shares in ((), (0.5,), (0.5, 0.1), (0.0, 0.5), (0.5, 1.5)):
        with pytest.raises(BadCircuit, match="Shares of all edges grow"):
            CircuitCurve(model=model.ref, pairs=(PAIR,), shares=shares)


def test_a_record_replays(model, tmp_path):
    study = CircuitCurve(model=model.ref, pairs=(PAIR, LONGER), ig_steps=1, draws=2, shares=SHARES)
    Record.of([run_study(study, model)], model).save(tmp_path / "record.json")
    assert Record.read(tmp_path / "record.json").replay(model).within
