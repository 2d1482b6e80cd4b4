"""BeatCircuit on circuits whose gaps are known, against plain PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import mikit
from mikit.errors import BadCircuit
from mikit.models import planted
from mikit.models.planted import CIRCUIT
from mikit.studies.base import run_study
from mikit.studies.circuits import EdgeCircuit, PartsCircuit, part_of, sender_of
from mikit.studies.kinds import BeatCircuit
from mikit.studies.record import Record
from mikit.trace.arrays import Array
from mikit.trace.graph import graph_of
from tests import tiny as tiny_models
from tests.studies.edges import FRUIT, LONGER, PAIR, edges_of, measured

PARTS = ("L0H1", "L0H2", "L0 MLP", "L1H3", "L2 MLP")


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("llama")


def reaction(result):
    return result.grids["reaction"].values.numpy()


def without(model, pair, out):
    """The measure of circuit and whole model when no edge from these parts is left, by plain PyTorch."""
    graph, circuit = graph_of(model.spec), PartsCircuit(parts=PARTS).edges(model)
    left = torch.ones(len(graph.senders), dtype=torch.bool)
    left[[sender_of(graph, part_of(name, model.spec)) for name in out]] = False
    return measured(model, pair, [circuit & left, graph.edges & left])


def test_round_after_round_the_worst_of_what_is_left_stays_out(model):
    study = BeatCircuit(model=model.ref, pairs=(PAIR,), circuit=PartsCircuit(parts=PARTS), rounds=3, tries=9)
    result = run_study(study, model)
    out = list[str]()
    for n in range(1, 4):
        tried = {name: without(model, PAIR, [*out, name]) for name in PARTS if name not in out}
        out.append(max(tried, key=lambda name: abs(tried[name][0] - tried[name][1])))
        np.testing.assert_allclose(reaction(result)[n], tried[out[-1]], atol=2e-5)
    assert result.texts["out"] == tuple(out)


def test_one_try_a_round_takes_what_is_drawn(model):
    fields = {"model": model.ref, "pairs": (PAIR,), "circuit": PartsCircuit(parts=PARTS), "rounds": 2, "tries": 1}
    results = [run_study(BeatCircuit(**fields, seed=seed), model) for seed in range(4)]
    assert len({result.texts["out"] for result in results}) > 1
    for result in results:
        np.testing.assert_allclose(reaction(result)[2], without(model, PAIR, result.texts["out"]), atol=2e-5)


def test_the_worst_of_all_parts_over_several_pairs(model):
    def both(out):
        return np.mean([without(model, pair, out) for pair in (PAIR, LONGER)], axis=0)

    study = BeatCircuit(model=model.ref, pairs=(PAIR, LONGER), circuit=PartsCircuit(parts=PARTS), rounds=1, tries=9)
    result = run_study(study, model)
    each = np.array([both([name]) for name in PARTS])
    worst = int(np.abs(each[:, 0] - each[:, 1]).argmax())
    assert result.texts["out"] == (PARTS[worst],)
    np.testing.assert_allclose(reaction(result), [both([]), each[worst]], atol=2e-5)
    control = result.controls[0].grids["reaction"]
    assert control.axes == result.grids["reaction"].axes == {"round": ("0", "1"), "of": ("circuit", "whole")}
    assert "worst of up to 9 tries" in result.controls[0].why and "not that the circuit" in result.controls[0].why
    low, high = control.low.numpy()[1], control.high.numpy()[1]
    assert (low >= each.min(0) - 2e-5).all() and (high <= each.max(0) + 2e-5).all()
    assert (low < high).all(), "not one order eight times"
    np.testing.assert_allclose(control.values.numpy()[0], both([]), atol=2e-5)


def test_a_round_for_each_part_and_no_more(model):
    study = BeatCircuit(model=model.ref, pairs=(PAIR,), circuit=PartsCircuit(parts=PARTS[:2]), rounds=9, tries=1)
    result = run_study(study, model)
    assert sorted(result.texts["out"]) == sorted(PARTS[:2]) and reaction(result).shape == (3, 2)
    control = result.controls[0].grids["reaction"].values.numpy()
    np.testing.assert_allclose(control[2], reaction(result)[2], atol=1e-5)


def test_it_grows_round_by_round(model):
    study = BeatCircuit(model=model.ref, pairs=(PAIR,), circuit=PartsCircuit(parts=PARTS), rounds=2, tries=3)
    steps = list(study.steps(model))
    shown = [step for step in steps if step]
    assert [len(result.texts["out"]) for result in shown] == [0, 1, 2, *[2] * 8]
    done = [result.done for result in shown]
    assert done == sorted(done) and done[0] < 0.3 and done[-2] < 1 == done[-1]
    assert len(steps) > len(shown) + 2 * (2 * 3 + 8 * 2)


def test_the_planted_circuit_cannot_be_beaten_and_half_of_it_can():
    """With all planted edges, circuit and model lose alike. Without those that carry the fruit before, the model does
    more than the circuit from the first."""
    planted_model = mikit.load(planted.planted(), tokenizer=planted.tokenizer())
    for named in (CIRCUIT, CIRCUIT[2:]):
        circuit = EdgeCircuit(mask=Array.of(edges_of(planted_model, named)))
        study = BeatCircuit(model=planted_model.ref, pairs=FRUIT, circuit=circuit, rounds=1)
        found = reaction(run_study(study, planted_model))
        if named == CIRCUIT:
            assert np.abs(found[:, 0] - found[:, 1]).max() < 1e-3 and found[0, 1] > 18 > found[1, 1]
        else:
            assert found[0, 1] - found[0, 0] > 10


def test_a_circuit_without_parts_has_none_to_lose(model):
    only = torch.zeros_like(graph_of(model.spec).edges)
    only[-1, 0] = True
    study = BeatCircuit(model=model.ref, pairs=(PAIR,), circuit=EdgeCircuit(mask=Array.of(only)))
    with pytest.raises(BadCircuit, match="No head and no MLP"):
        run_study(study, model)


def test_a_record_replays(model, tmp_path):
    study = BeatCircuit(model=model.ref, pairs=(PAIR,), circuit=PartsCircuit(parts=PARTS), rounds=2, tries=2)
    Record.of([run_study(study, model)], model).save(tmp_path / "record.json")
    assert Record.read(tmp_path / "record.json").replay(model).within
