"""RankEdges against plain PyTorch with an input for every receiver, on the planted circuit, and on the real model."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import mikit
from mikit.models import planted
from mikit.models.planted import CIRCUIT, DECOY
from mikit.studies.base import run_study
from mikit.studies.kinds import RankEdges
from mikit.studies.names import name_pair
from mikit.studies.record import Record
from mikit.trace.graph import graph_of
from tests import tiny as tiny_models
from tests.circuits import split
from tests.studies.edges import FRUIT, LONGER, PAIR, edges_of, measured


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("llama")


def by_autograd(model, pair, steps):
    """EAP-IG scores [receiver, sender]: the slope at each receiver's own input, by autograd."""
    read, graph, total = pair.read(model), graph_of(model.spec), 0
    (_, own), (_, other) = (split.run(model, tokens.ids) for tokens in (read.clean, read.corrupt))
    own, other = own.detach(), other.detach()
    for k in range(1, steps + 1):
        push = torch.zeros(len(graph.receivers), *own.shape[1:], requires_grad=True)
        logits, _ = split.run(model, read.clean.ids, push=push, embedding=torch.lerp(other[0], own[0], k / steps))
        (slope,) = torch.autograd.grad(logits[read.answer] - logits[read.foil], push)
        total = total + torch.einsum("rtd,std->rs", slope, own - other)
    return (total / steps).numpy()


def check_of(result, name="effect"):
    grid = result.grids["check"] if name == "effect" else result.controls[0].grids["check"]
    return grid.axes["edge"], grid.values.numpy()


def test_scores_against_autograd(tiny):
    result = run_study(RankEdges(model=tiny.ref, pairs=(PAIR, LONGER), ig_steps=2), tiny)
    each = np.stack([by_autograd(tiny, pair, 2) for pair in (PAIR, LONGER)])
    edges, grid = graph_of(tiny.spec).edges.numpy(), result.grids["score"]
    np.testing.assert_allclose(grid.values.numpy()[edges], each.mean(0)[edges], atol=2e-5)
    assert np.isnan(grid.values.numpy()[~edges]).all()
    low, high = grid.low.numpy()[edges], grid.high.numpy()[edges]
    assert (low <= each.min(0)[edges] + 1e-5).all() and (high >= each.max(0)[edges] - 1e-5).all()


def test_the_strongest_are_cut_one_by_one(model):
    result = run_study(RankEdges(model=model.ref, pairs=(PAIR, LONGER), ig_steps=2), model)
    graph, score = graph_of(model.spec), result.grids["score"]
    senders, receivers = score.axes["sender"], score.axes["receiver"]
    largest = np.sort(np.abs(score.values.numpy()[graph.edges]))[::-1][:12]
    for name in ("effect", "random edges"):
        edges, values = check_of(result, name)
        assert len(set(edges)) == 12
        if name == "effect":
            np.testing.assert_allclose(np.abs(values[:, 0]), largest, rtol=1e-5)
        for edge, (estimated, lost) in list(zip(edges, values, strict=True))[::5]:
            sender, receiver = edge.split(" > ")
            place = receivers.index(receiver), senders.index(sender)
            assert estimated == pytest.approx(score.values.numpy()[place])
            without = graph.edges.clone()
            without[place] = False
            ran = np.array([measured(model, pair, [graph.edges, without]) for pair in (PAIR, LONGER)])
            assert lost == pytest.approx((ran[:, 0] - ran[:, 1]).mean(), abs=2e-5)


def test_it_grows(model):
    results = [r for r in RankEdges(model=model.ref, pairs=(PAIR,), ig_steps=3).steps(model) if r]
    done = [result.done for result in results]
    assert done == sorted(done) and done[-1] == 1
    assert np.isfinite(results[0].grids["score"].values.numpy()).any()
    assert all(np.isnan(check_of(result)[1][:, 1]).all() for result in results[:3]), "scores come first, step by step"
    assert np.isfinite(check_of(results[-1])[1]).all() and np.isfinite(check_of(results[-1], "random edges")[1]).all()


def test_the_planted_circuit_comes_first_and_no_decoy():
    """Cut one by one, its six edges take what the straight line says, or more; nothing else takes anything."""
    model = mikit.load(planted.planted(), tokenizer=planted.tokenizer())
    for steps in (1, 5):
        result = run_study(RankEdges(model=model.ref, pairs=FRUIT, ig_steps=steps), model)
        graph, score = graph_of(model.spec), torch.from_numpy(result.grids["score"].values.numpy().copy())
        score[~graph.edges] = 0
        circuit, decoy = edges_of(model, CIRCUIT), edges_of(model, DECOY)
        first = score.abs().flatten().topk(len(CIRCUIT)).indices
        assert circuit.flatten()[first].all()
        assert score[decoy].abs().max() < 1e-5 < score[circuit].abs().min()
        edges, values = check_of(result)
        named = {
            f"{s} > {r}"
            for s, r in (
                ("embedding", "L0H0 v"),
                ("L0H0", "L1H0 k"),
                ("embedding", "L1H0 q"),
                ("embedding", "L1H0 v"),
                ("L1H0", "L1 MLP"),
                ("L1 MLP", "logits"),
            )
        }
        assert set(edges[:6]) == named
        assert (values[:6, 1] > 1).all() and np.abs(values[6:]).max() < 1e-4


def test_a_record_replays(model, tmp_path):
    result = run_study(RankEdges(model=model.ref, pairs=(PAIR, LONGER), ig_steps=2), model)
    Record.of([result], model).save(tmp_path / "record.json")
    assert Record.read(tmp_path / "record.json").replay(model).within


def test_the_edges_that_write_the_name(smollm):
    """The heads that path patching finds, by EAP; what cutting the strongest takes is near what was estimated, and
    random edges do nothing."""
    result = run_study(RankEdges(model=smollm.ref, pairs=(name_pair(smollm, "Mary", "John"),), ig_steps=1), smollm)
    edges, values = check_of(result)
    assert edges[:2] == ("L23H3 > logits", "L29H1 > logits")
    assert values[:2, 1] == pytest.approx([6.190, 3.029], abs=5e-3)
    assert np.corrcoef(values.T)[0, 1] > 0.9
    assert np.abs(check_of(result, "random edges")[1]).max() < 0.05
