"""Training as a study: it learns what it should, its control does not, and a record replays it."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest
import torch

from mikit.errors import ShapeMismatch
from mikit.methods.heads import induction_pairs
from mikit.models.model import ModelRef
from mikit.models.toy import AttentionOnly, ToyShape
from mikit.studies.base import Result, run_study, stream
from mikit.studies.record import Record
from mikit.studies.train_toy import MEASURED_EVERY, ToyModel, TrainToy

SHORT = TrainToy(updates=20)


@pytest.fixture(scope="module")
def short():
    return run_study(SHORT)


@pytest.fixture(scope="module")
def trained():
    return run_study(TrainToy(updates=200))


def last(result, grid):
    return result.grids[grid].values.numpy()[-1]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_two_layers_learn_to_repeat_where_one_does_not(seed):
    result = run_study(TrainToy(seed=seed, updates=200))
    control = result.controls[0]
    first, end = (control.grids["loss"].values.numpy()[i] for i in (0, -1))
    print(f"\nseed {seed}: two layers {last(result, 'loss'):.3f}, one layer {end:.2f}")
    assert last(result, "loss") < 0.5
    assert 2 < end < first - 0.3


def test_each_layer_does_its_step(trained):
    induction, previous = last(trained, "induction"), last(trained, "previous")
    assert induction[1].max() > 0.7 > 0.2 > induction[0].max()
    assert previous[0].max() > 0.3 > 0.1 > previous[1].max()
    assert trained.controls[0].grids["induction"].values.numpy()[-1].max() < 0.2


def test_scores_are_means_over_the_texts_said_twice(trained):
    study = trained.study
    network, texts = study.network(), study.twice().ids
    shares = []
    for ids in texts:
        queries, keys = induction_pairs(ids)
        assert (queries - keys == 23).all()
        shares.append(network.patterns(ids)[:, :, queries, keys].mean(-1))
    torch.testing.assert_close(torch.tensor(last(trained, "induction")), torch.stack(shares).mean(0))


def test_the_network_is_the_one_that_was_measured(trained):
    study = trained.study
    assert study.network().loss(study.probes()) == pytest.approx(last(trained, "loss"))
    assert not torch.equal(study.network().W_E, AttentionOnly(study.shape, study.seed).W_E)


def test_a_network_trained_without_measuring_is_the_same(short):
    fresh = TrainToy(updates=20, seed=1)
    network = fresh.network()
    assert network.loss(fresh.probes()) == pytest.approx(last(run_study(fresh), "loss"))


def test_results_grow_and_come_often(short):
    done, lengths = zip(*((r.done, len(r.grids["loss"].axes["step"])) for r in stream(SHORT)), strict=True)
    assert list(done) == sorted(done) and done[0] == 0 and done[-1] == 1
    assert lengths[0] == 1 and lengths[-1] == 20 // MEASURED_EVERY + 1
    assert len(done) > 10 // 2
    assert short.grids["loss"].axes["step"] == ("0", "10", "20")


def test_the_process_keeps_its_threads(short):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        again = run_study(SHORT)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert again == short


def test_stop_is_heard_between_updates():
    assert len(list(stream(SHORT, cancelled=lambda: True))) == 1


def test_the_control_has_the_effects_grids(short):
    control = short.controls[0].grids
    assert control.keys() == short.grids.keys()
    assert all(list(control[name].axes) == list(grid.axes) for name, grid in short.grids.items())
    assert control["pattern"].values.shape == (1, 2, 48, 48)


def test_the_model_follows_from_the_seed():
    assert SHORT.model == ToyModel(ToyShape(), 0).ref
    assert SHORT.model.name == "toy-2x2-seed-0"
    assert TrainToy(seed=1).model.sha256 != SHORT.model.sha256
    assert TrainToy(layers=3).model.sha256 != SHORT.model.sha256
    with pytest.raises(ShapeMismatch, match="it follows from the seed"):
        TrainToy(seed=1, model=SHORT.model)
    with pytest.raises(ShapeMismatch, match="it follows from the seed"):
        TrainToy(model=ModelRef(name="smollm2-135m", sha256="00"))


def test_the_untrained_toy_is_the_same_everywhere():
    """Equal bits on every machine: a record's weights hash must not depend on where it was made."""
    assert SHORT.model.sha256.startswith("2e8cf9ac")


def test_it_survives_json_and_replays(short, tmp_path):
    assert Result.model_validate_json(short.model_dump_json()) == short
    path = Record.of([short], SHORT.open()).save(tmp_path / "record.json")
    deviation = Record.read(path).replay()
    assert deviation.within and deviation.largest < 0.01


def test_a_record_hashes_every_text_that_was_trained_on():
    inputs = SHORT.inputs(SHORT.open())
    assert len(inputs) == 20 + 2
    assert inputs[0].shape == (32, 48)
    assert not inputs[0].equal(inputs[1])


@pytest.mark.parametrize("flavour", ["mikit", "nnsight"])
def test_the_script_prints_the_same_numbers(short, flavour, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SHORT.code(flavour, SHORT.open()), encoding="utf-8")
    done = subprocess.run([sys.executable, "-W", "ignore", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = [float(x) for x in re.findall(r"\d+\.\d+", done.stdout)]
    for loss in (last(short, "loss"), short.controls[0].grids["loss"].values.numpy()[-1]):
        assert np.isclose(found, loss, atol=1e-4).any(), done.stdout


def test_the_plain_script_uses_nothing_of_ours():
    code = SHORT.code("nnsight", SHORT.open())
    assert not re.search(r"^\s*(import|from) mikit", code, re.MULTILINE)
