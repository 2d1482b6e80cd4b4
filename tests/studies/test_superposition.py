"""The paper's geometry over three seeds, and what a study has to keep: growing results, controls, replay, scripts."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest
import torch

from mikit.errors import ShapeMismatch
from mikit.methods.geometry import cosines
from mikit.models.model import ModelRef
from mikit.studies.base import Result, run_study, stream
from mikit.studies.phase_diagram import IMPORTANCES, PRESENT, PhaseDiagram
from mikit.studies.record import Record
from mikit.studies.superposition import SPARSITIES, Superposition
from mikit.studies.toys import MEASURED_EVERY, shown

SHORT = Superposition(updates=50, sparsities=(0.0, 0.9))
SEEDS = [0, 1, 2]


@pytest.fixture(scope="module", params=SEEDS)
def trained(request):
    return run_study(Superposition(seed=request.param))


@pytest.fixture(scope="module")
def short():
    return run_study(SHORT)


def numbers(result, grid):
    return result.grids[grid].values.numpy()


def at(sparsity):
    return SPARSITIES.index(sparsity)


def test_dense_features_get_a_dimension_each_and_the_rest_is_left_out(trained):
    assert trained.texts["figure"][at(0.0)] == "a right angle"
    dimensions, length = (numbers(trained, name)[at(0.0)] for name in ("dimensionality", "length"))
    assert dimensions[:2] == pytest.approx([1, 1], abs=0.06)  # the two most important ones
    assert length[:2] == pytest.approx([1, 1], abs=0.05) and length[2:].max() < 0.3


def test_sparser_features_share_as_antipodal_pairs(trained):
    assert trained.texts["figure"][at(0.7)] == "two antipodal pairs"
    found = cosines(torch.tensor(numbers(trained, "weights")[at(0.7), :4]))
    assert found.min(1).values.max() < -0.99
    assert numbers(trained, "dimensionality")[at(0.7), :4] == pytest.approx([0.5] * 4, abs=0.02)


@pytest.mark.parametrize("sparsity", [0.95, 0.99])
def test_sparse_features_make_a_pentagon(trained, sparsity):
    assert trained.texts["figure"][at(sparsity)] == "pentagon"
    assert numbers(trained, "dimensionality")[at(sparsity)] == pytest.approx([0.4] * 5, abs=0.03)
    assert numbers(trained, "length")[at(sparsity)].min() > 1


def test_ever_more_features_are_represented(trained):
    counts = numbers(trained, "represented")
    assert list(counts) == sorted(counts) and counts[0] == 2 and counts[-1] == 5


def test_untrained_directions_make_none_of_these(trained):
    control = trained.controls[0].grids
    assert control.keys() == trained.grids.keys()
    assert (control["loss"].values.numpy()[-1] > 1.5 * numbers(trained, "loss")[-1]).all()
    shares = control["dimensionality"].values.numpy()
    assert not any(np.allclose(row[row > 0], row[0], atol=0.05) for row in shares)


@pytest.mark.parametrize("seed", SEEDS)
def test_pairs_that_come_together_lie_across_and_others_opposite(seed):
    def beside(pairs):
        study = Superposition(features=4, importance=1.0, pairs=pairs, sparsities=(0.9,), seed=seed)
        found = cosines(torch.tensor(numbers(run_study(study), "weights")[0]))
        return found[0, 1], found[2, 3]

    assert beside("correlated") == pytest.approx((0, 0), abs=0.3)
    assert beside("anticorrelated") == pytest.approx((-1, -1), abs=0.05)


def test_many_features_share_more_the_sparser_they_are():
    """Dimensions a feature, of 20 in 6: 1 while dense, and ever less."""
    result = run_study(Superposition(features=20, hidden=6, importance=1.0, sparsities=(0.0, 0.8, 0.97), updates=1500))
    norms = (numbers(result, "weights") ** 2).sum((1, 2))
    assert 6 / norms[0] == pytest.approx(1, abs=0.1)
    assert 6 / norms[0] > 6 / norms[1] > 6 / norms[2]
    assert result.texts == {}


def test_the_best_draw_is_shown_and_the_first_of_equals():
    losses = torch.tensor([[3.0, 2.001, 2.0], [1.0, 5.0, 0.9], [0.0, 0.0, 0.0]])
    assert shown(losses).tolist() == [1, 2, 0]


def test_what_is_shown_has_the_lowest_loss(short):
    study = short.study
    draws = study.draws()
    for _ in draws.learning():
        pass
    best = draws.losses().amin(1)
    assert (numbers(short, "loss")[-1] <= 1.002 * best.numpy() + 1e-9).all()
    same = np.isclose(numbers(short, "weights")[:, None], draws.weights().numpy(), atol=1e-6)
    assert same.all((2, 3)).any(1).all()


def test_results_grow_and_come_often(short):
    done, lengths = zip(*((r.done, len(r.grids["loss"].axes["step"])) for r in stream(SHORT)), strict=True)
    assert list(done) == sorted(done) and done[0] == 0 and done[-1] == 1
    assert len(done) == 50 // 10 + 1
    assert lengths[0] == 1 and lengths[-1] == 50 // MEASURED_EVERY + 2
    assert short.grids["loss"].axes["step"] == ("0", "20", "40", "50")


def test_the_first_result_is_the_untrained_toys():
    first = next(stream(SHORT))
    draws = first.grids["represented by draw"], first.controls[0].grids["represented by draw"]
    assert np.array_equal(*(grid.values.numpy() for grid in draws))
    assert np.linalg.norm(numbers(first, "weights"), axis=-1).max() < 1  # uniform up to 1 / sqrt(2) either way


@pytest.mark.parametrize("study", [SHORT, PhaseDiagram(updates=20)], ids=lambda study: study.kind)
def test_stop_is_heard_between_updates(study):
    assert len(list(stream(study, cancelled=lambda: True))) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_the_phase_diagram_has_three_phases(seed):
    result = run_study(PhaseDiagram(seed=seed))
    share = numbers(result, "dimensionality")
    assert share.shape == (len(IMPORTANCES), len(PRESENT))
    assert share[0, 0] < 0.05 and share[-1, 0] > 0.95  # dense: the more important feature has the dimension
    sparse = share[:, -3:]
    assert np.median(sparse) == pytest.approx(0.5, abs=0.05)
    assert (np.abs(sparse - 0.5) < 0.1).mean() > 0.9  # a start in sixteen may be stuck
    length = numbers(result, "length")
    assert length[0, 0] < 0.3 and (length[share > 0.4] > 0.6).all()


def test_the_model_follows_from_the_fields():
    assert SHORT.model == Superposition(updates=50, sparsities=(0.0, 0.9)).model
    assert SHORT.model.name == "toys-5-in-2-seed-0"
    assert len({SHORT.model.sha256, PhaseDiagram().model.sha256, Superposition(seed=1).model.sha256}) == 3
    with pytest.raises(ShapeMismatch, match="it follows from the seed"):
        Superposition(seed=1, model=Superposition().model)
    with pytest.raises(ShapeMismatch, match="it follows from the seed"):
        PhaseDiagram(model=ModelRef(name="smollm2-135m", sha256="00"))


def test_the_untrained_toys_are_the_same_everywhere():
    """Equal bits on every machine: a record's weights hash must not depend on where it was made."""
    assert Superposition().model.sha256.startswith("198d8862")


@pytest.mark.parametrize("sparsity", [1.0, -0.1, 7])
def test_a_sparsity_that_is_none_is_refused(sparsity):
    with pytest.raises(ShapeMismatch, match=f"This one is {sparsity:g}"):
        Superposition(sparsities=(0.5, sparsity))


@pytest.mark.parametrize("study", [SHORT, PhaseDiagram(updates=20)], ids=lambda study: study.kind)
def test_they_survive_json_and_replay(study, tmp_path):
    result = run_study(study)
    assert Result.model_validate_json(result.model_dump_json()) == result
    path = Record.of([result], study.open()).save(tmp_path / "record.json")
    deviation = Record.read(path).replay()
    assert deviation.within and deviation.largest < 0.01


def test_training_passes_no_rounding_on(short):
    """A replay elsewhere rounds differently: a change of a millionth must not lead to other numbers."""
    draws = SHORT.draws()
    with torch.no_grad():
        draws._training.toys.W.mul_(1 + 1e-6)
    for _ in draws.learning():
        pass
    nearest = np.abs(numbers(short, "weights")[:, None] - draws.weights().numpy()).max((2, 3)).min(1)
    assert nearest.max() < 1e-4


def printed(study, flavour, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(study.code(flavour, study.open()), encoding="utf-8")
    done = subprocess.run([sys.executable, "-W", "ignore", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return [float(x) for x in re.findall(r"\d+\.\d+", done.stdout)], done.stdout


@pytest.mark.parametrize("flavour", ["mikit", "nnsight"])
def test_the_scripts_print_the_same_numbers(short, flavour, tmp_path):
    found, text = printed(SHORT, flavour, tmp_path)
    for loss in numbers(short, "loss")[-1]:
        assert np.isclose(found, loss, atol=1e-4).any(), text

    phase = PhaseDiagram(updates=20)
    found, text = printed(phase, flavour, tmp_path)
    for share in numbers(run_study(phase), "dimensionality").ravel():
        assert np.isclose(found, share, atol=0.0051).any(), text


def test_the_plain_script_uses_nothing_of_ours():
    for study in (SHORT, PhaseDiagram()):
        assert not re.search(r"^\s*(import|from) mikit", study.code("nnsight", study.open()), re.MULTILINE)
