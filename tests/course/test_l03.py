"""Lesson 03: our answers pass, each typical wrong one is told what is wrong with it, and what the text says is so."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mikit.course.lessons import l03_real, l03_reports, l03_toy
from mikit.course.lessons.l03 import LESSON, P1_CHOICES, P3_CHOICES
from mikit.course.lessons.l03_real import COUPLES, OUR_KNOBS, curve, ends, maps, mary, my_pair, steepest
from mikit.course.plan import Context
from mikit.studies.names import name_pair
from tests.course.steps import (  # noqa: F401  # run here
    test_a_typical_wrong_answer_is_told_why,
    test_our_answer_passes,
)


@pytest.fixture(scope="module")
def context():
    return Context(seed=4, pace="ci", lesson=LESSON)


@pytest.mark.parametrize(
    "answer", [None, 7, "L0H1", [], {}, {"switch": None}, float("nan"), object(), (1,), (-1, 99), [(1, 2)] * 10]
)
def test_an_answer_of_any_other_kind_is_not_passed(exercise, answer, context):
    assert not exercise.check(answer, context).passed


@pytest.mark.parametrize("seed", range(6))
def test_every_learner_can_solve_what_is_drawn(seed):
    learner = Context(seed=seed, pace="ci", lesson=LESSON)
    for id in ("E1", "E2", "E8"):
        exercise = LESSON.exercise(id)
        assert exercise.check(exercise.ours(learner), learner).passed
        for wrong in exercise.wrong:
            verdict = exercise.check(wrong.answer(learner), learner)
            assert not verdict.passed and wrong.says in verdict.sentence, (id, verdict)


def test_learners_have_their_own_circuits_names_and_reports():
    learners = [Context(seed=seed) for seed in range(12)]
    assert len({tuple(l03_toy._kinds(learner).items()) for learner in learners}) > 3
    assert len({tuple(l03_reports._mistakes(learner).items()) for learner in learners}) > 3
    assert len({my_pair(learner).clean for learner in learners}) > 3


@pytest.mark.parametrize("couple", COUPLES, ids="-".join)
def test_both_prompts_of_a_couple_are_answered_right(couple, context):
    model = context.model()
    clean, corrupt = ends(model, name_pair(model, *couple))
    assert clean > 1 and corrupt < -1


def test_a_patch_by_hand_is_that_of_plain_hooks(context):
    """The reference: one PyTorch hook on the layer, and nothing of mikit but the tokens."""
    model = context.model()
    read = mary(model).read(model)
    layer, position = 5, 9
    block = model.hf.model.layers[layer]
    kept: list[torch.Tensor] = []

    def hidden(output):
        return output if isinstance(output, torch.Tensor) else output[0]

    with torch.no_grad():
        handle = block.register_forward_hook(lambda m, i, o: kept.append(hidden(o)[0, position].clone()))
        model.hf(read.clean.ids)
        handle.remove()

        def put(module, inputs, output):
            hidden(output)[0, position] = kept[0]

        handle = block.register_forward_hook(put)
        logits = model.hf(read.corrupt.ids).logits[0, -1]
        handle.remove()
    expected = float(logits[read.answer] - logits[read.foil])
    assert l03_real.our_patched(model, mary(model), layer, position) == pytest.approx(expected, abs=1e-3)


def test_the_knobs_are_what_the_text_says(context):
    model = context.model()
    curves = {name: curve(model, *cell) for name, cell in OUR_KNOBS.items()}
    assert curves["switch"][8] > 2 and abs(curves["dimmer"][8]) < 0.5
    assert steepest(curves["switch"]) > 0.6 and steepest(curves["dimmer"]) < 0.3
    assert np.ptp(curves["dead"]) < 0.05
    assert curves["switch"][5] < -2.5 < 2.5 < curves["switch"][8]


def test_the_straight_line_misses_the_second_name_before_layer_20(context):
    exact, approximate = maps(context.model())
    gap = np.abs(exact - approximate)
    assert set(np.argsort(-gap, axis=None)[:20] % exact.shape[1]) == {9}
    assert (exact[:20, 9] > 11).all() and (approximate[:14, 9] < 3.5).all()
    assert gap[:, 11:13].max() < 0.1 and gap[24:, 13].max() < 1.3
    assert np.corrcoef(exact.ravel(), approximate.ravel())[0, 1] == pytest.approx(0.85, abs=0.02)


def test_predictions_come_out_as_the_text_says(context):
    truths = {question.id: question.truth(context) for question in LESSON.predictions}
    assert truths["P1"] == P1_CHOICES[2]
    assert truths["P2"] == pytest.approx(3.0, abs=0.1)
    assert truths["P3"] == P3_CHOICES[2]
    assert 21 <= truths["P4"] <= 24


def test_the_first_token_does_nothing_or_breaks_everything(context):
    model = context.model()
    found = {how: l03_real.first_token(model, [1, 3], how) for how in ("other prompt", "zero", "resample")}
    assert found["other prompt"] == pytest.approx([0, 0], abs=1e-3)
    assert max(found["zero"]) < -5 and found["resample"][1] < -5
    assert abs(found["resample"][0]) < 0.1


def test_heads_are_what_the_text_says(context):
    off = l03_real.switched_off(context.model())
    ways = ("zero", "mean", "resample")
    assert all(abs(off[how][23, 0]) < 0.3 for how in ways) and off["other prompt"][23, 0] < -1
    assert all(off[how][23, 5] < -0.6 for how in ways) and abs(off["other prompt"][23, 5]) < 0.1
    assert off["zero"][1, 4] < -1.8 and abs(off["mean"][1, 4]) < 0.2


def test_only_the_faulty_reports_fail_a_control(context):
    model = context.model()
    for mistake, report in l03_reports._REPORTS.items():
        good = report.everything(model) > 5, abs(report.same_answer(model)) < 0.2, report.without_names(model) < 0.1
        assert (
            good
            == {
                "sound": (True, True, True),
                "flipped metric": (False, True, True),
                "misaligned": (True, False, True),
                "sink": (True, False, False),
            }[mistake]
        )
