"""Methods graded on the planted transformer: what each grade must be follows from the weights, and from plain hooks."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

from mikit.models.planted import CIRCUIT, DECOY
from mikit.studies.base import run_study
from mikit.studies.planted_circuit import METHODS, PAIRS, GradeMethods, opened, share_taken
from mikit.studies.record import Record


@pytest.fixture(scope="module")
def result():
    return run_study(GradeMethods())


def numbers(result, grid):
    return result.grids[grid].values.numpy()


def at(result, grid, method, of=0):
    return numbers(result, grid)[METHODS.index(method), of]


def part(result, grid, name):
    return numbers(result, grid)[..., result.grids[grid].axes["part"].index(name)]


def test_methods_that_score_edges_find_the_circuit_and_leave_the_decoy(result):
    for method in METHODS[:3]:
        assert numbers(result, "found")[METHODS.index(method)].tolist() == [1, 1]
        assert numbers(result, "decoy")[METHODS.index(method)].tolist() == [0, 0]


def test_methods_that_change_parts_find_the_parts_but_not_the_edges(result):
    for method in ("activation patching", "knock-out"):
        assert at(result, "found", method, 1) == 1 and at(result, "decoy", method, 1) == 0
        assert at(result, "found", method) <= 0.5


def test_a_probe_takes_the_decoy_for_the_circuit(result):
    """L1H0, L1H1 and the MLP are equal in its eyes."""
    assert part(result, "decodable", "L1H1") == part(result, "decodable", "L1H0") == 1
    assert at(result, "found", "probe", 1) == pytest.approx(2 / 3) and at(result, "decoy", "probe", 1) == 0.5
    assert at(result, "decoy", "probe") > 0.2
    shuffled = result.controls[1].grids["decodable"].values.numpy()
    assert shuffled.max() < 0.3


def test_random_rankings_take_what_chance_gives(result):
    grids = result.controls[0].grids
    found, decoy = (grids[name].values.numpy()[0] for name in ("found", "decoy"))
    np.testing.assert_allclose(found, [6 / 46, 3 / 6], atol=0.05)
    np.testing.assert_allclose(decoy, [6 / 46, 3 / 6], atol=0.06)


def test_scores_of_parts_are_what_plain_hooks_give(result):
    """Zeros in one part of the clean run, by hooks on transformers' own modules."""
    model = opened()
    lost = {"L0H0": [], "L1H1": [], "L1 MLP": []}

    def zero_head(layer, head):
        size = model.spec.d_head

        def hook(module, inputs):
            z = inputs[0].clone()
            z[..., head * size : (head + 1) * size] = 0
            return (z,)

        return model.hf.transformer.h[layer].attn.c_proj.register_forward_pre_hook(hook)

    def zero_mlp(layer):
        return model.hf.transformer.h[layer].mlp.register_forward_hook(lambda module, args, out: 0 * out)

    def difference(read):
        with torch.no_grad():
            logits = model.hf(read.clean.ids).logits[0, -1]
        return float(logits[read.answer] - logits[read.foil])

    for pair in PAIRS:
        read = pair.read(model)
        clean = difference(read)
        for name, off in (("L0H0", (0, 0)), ("L1H1", (1, 1)), ("L1 MLP", None)):
            handle = zero_mlp(1) if off is None else zero_head(*off)
            lost[name].append(abs(clean - difference(read)))
            handle.remove()
    means = {name: np.mean(values) for name, values in lost.items()}
    own = numbers(result, "score")[METHODS.index("knock-out")]
    names = result.grids["score"].axes["part"]
    for name, mean in means.items():
        assert own[names.index(name)] == pytest.approx(mean / means["L1 MLP"] * own[names.index("L1 MLP")], abs=1e-4)
    assert means["L1H1"] < 1e-4 < 10 < means["L0H0"]


def test_a_straight_line_falls_short_at_the_first_head(result):
    """EAP's slope at the one prompt sees little of what L0H0 does; several slopes, and cutting, see it."""
    first = part(result, "score", "L0H0")
    line, several, exact = first[:3]
    assert line < 0.1 and several == pytest.approx(exact, abs=0.05) and exact > 0.3


def test_equal_scores_share_their_places():
    scores, wanted = torch.tensor([3.0, 1, 1, 1, 0]), torch.tensor([False, True, False, False, True])
    assert share_taken(scores, wanted, 1) == 0
    assert share_taken(scores, wanted, 3) == pytest.approx((2 / 3) / 2)
    assert share_taken(scores, wanted, 4) == pytest.approx(1 / 2)


def test_another_seed_draws_another_probe_and_the_same_grades(result):
    other = run_study(GradeMethods(seed=1))
    np.testing.assert_array_equal(numbers(other, "found"), numbers(result, "found"))
    assert (numbers(other, "decodable") != numbers(result, "decodable")).any()


def test_it_is_recorded_replayed_and_scripted(result, tmp_path):
    study = GradeMethods()
    assert study.model == opened().ref
    record = Record.of([result], opened())
    assert Record.model_validate_json(record.model_dump_json()).replay().within
    script = study.code("mikit", opened())
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "activation patching" in done.stdout
    assert study.code("nnsight", opened()) == ""


def test_the_planted_are_as_many_as_the_study_says():
    text = GradeMethods.__doc__ or ""
    assert f"as many edges ({len(CIRCUIT)}) or parts (3)" in text and len(DECOY) == 4
