"""Lesson 04: our answers pass, each typical wrong one is told what is wrong with it, and what the text says is so."""

from __future__ import annotations

import math
from contextlib import suppress

import numpy as np
import pytest
import torch

from mikit.course.lessons.l04 import LESSON, P1_CHOICES, P2_CHOICES, P3_CHOICES, P4_CHOICES
from mikit.course.lessons.l04_figures import KNOWN, around, many, our_gaps, our_share, pairs_of, planted, toys
from mikit.course.lessons.l04_slots import BREAK_EVEN, costs, our_loss, two_facts
from mikit.course.lessons.l04_words import (
    AT_ONCE,
    come_back,
    near_a_right_angle,
    nearly_orthogonal,
    random_directions,
    read_back,
    words,
)
from mikit.course.plan import Context
from tests.course.steps import (  # noqa: F401  # run here
    test_a_typical_wrong_answer_is_told_why,
    test_every_step_has_three_wrong_answers_that_are_told_different_things,
    test_our_answer_passes,
)


@pytest.fixture(scope="module")
def context():
    return Context(seed=4, pace="ci", lesson=LESSON)


@pytest.mark.parametrize(
    "answer",
    [None, 7, "two", [], {}, {"two": None}, float("nan"), object(), (1,), (math.nan, 1), (-1, 99), lambda *_: None],
)
def test_an_answer_of_any_other_kind_is_not_passed(exercise, answer, context):
    """A check may raise: the course then says that the answer could not be used."""
    with suppress(TypeError, ValueError, RuntimeError):
        assert not exercise.check(answer, context).passed


@pytest.mark.parametrize("seed", range(6))
def test_every_learner_can_solve_what_is_drawn(seed):
    learner = Context(seed=seed, pace="ci", lesson=LESSON)
    for id in ("E2", "E4", "E5", "E6"):
        step = LESSON.exercise(id)
        assert step.check(step.ours(learner), learner).passed
        for wrong in step.wrong:
            verdict = step.check(wrong.answer(learner), learner)
            assert not verdict.passed and wrong.says in verdict.sentence, (id, verdict)


def test_learners_have_their_own_toys_and_figures():
    learners = [Context(seed=seed) for seed in range(6)]
    assert {toys(learner)[0].seed for learner in learners} == {0, 1, 2}
    assert len({tuple(planted(learner)["a pentagon"].flatten().tolist()) for learner in learners}) == 6


def test_another_right_answer_passes_too(context):
    """Checks look at properties: the same figure the other way round, plain lists, another way to the same number."""

    def by_hand(W):
        angles = sorted(math.atan2(y, x) % (2 * math.pi) for x, y in W.tolist() if math.hypot(x, y) > 0.5)
        return [math.degrees((b - a) % (2 * math.pi)) for a, b in zip(angles, angles[1:] + angles[:1], strict=True)]

    def in_loops(W):
        return [float(w @ w) / sum(float(w @ other / w.norm()) ** 2 for other in W) for w in W]

    for id, answer in (("E1", np.array([-1.0, 1.0])), ("E3", 0.58), ("E4", by_hand), ("E6", in_loops), ("E7", [4, 21])):
        assert LESSON.exercise(id).check(answer, context).passed, id


def test_the_loss_is_that_of_the_toys():
    """The reference: two inputs by hand. The slot holds 0.5, then 0; of fact 1 comes back nothing, then the bias."""
    x, W, b = torch.tensor([[0.5, 0.0], [0.4, 0.4]]), torch.tensor([[1.0], [-1.0]]), torch.tensor([0.0, 0.1])
    # comes back: [0.5, 0], [0, 0.1]; errors: 0, 0, 0.4, 0.3
    assert float(our_loss(x, W, b, torch.tensor([1.0, 0.5]))) == pytest.approx((0.16 + 0.5 * 0.09) / 4)


def test_sharing_begins_to_pay_where_algebra_says():
    for present in (0.2, BREAK_EVEN, 1.0):
        dropped, shared = (present / 3 - present**2 / 4) / 2, present**2 / 6
        assert costs(present) == pytest.approx((dropped, shared), rel=0.05)
    assert float((two_facts(0.2) > 0).float().mean()) == pytest.approx(0.2, abs=0.01)


def test_gaps_and_shares_of_planted_figures():
    assert our_gaps(around(5, 33)) == pytest.approx([72] * 5, abs=1e-3)
    for W, share in KNOWN.values():
        assert our_share(W).numpy() == pytest.approx(share, abs=1e-5)


def test_predictions_come_out_as_the_text_says(context):
    truths = [question.truth(context) for question in LESSON.predictions]
    assert truths == [P1_CHOICES[2], P2_CHOICES[1], P3_CHOICES[1], P4_CHOICES[2]]


def test_facts_that_avoid_each_other_lie_opposite(context):
    assert pairs_of(context, "anticorrelated") == pytest.approx([-1, -1], abs=0.05)


def test_forty_facts_in_ten_slots_are_not_two_dimensional(context):
    study = many(context)
    assert (study.features, study.hidden, set(study.sparsities)) == (40, 10, {0.0, 0.7})


def test_nearly_orthogonal_directions_by_the_angle_itself():
    """The reference: angles of a few directions in three slots, pair by pair."""
    directions = torch.nn.functional.normalize(torch.randn(40, 3, generator=torch.Generator().manual_seed(0)), dim=1)
    cosines = (directions @ directions.T).double().clamp(-1, 1)
    off = (cosines.acos().rad2deg() - 90).abs() > 10
    assert nearly_orthogonal(40, 3) == sum(not off[i, :i].any() for i in range(40))
    assert near_a_right_angle(2) == pytest.approx(20 / 180, abs=0.01)
    assert near_a_right_angle(576) > 0.9999


def test_what_comes_back_of_known_directions():
    assert come_back(torch.eye(50), 10) == 1
    assert come_back(torch.ones(50, 3) / math.sqrt(3), 1) < 0.2  # all alike: nobody can tell which it was


def test_words_are_harder_to_tell_apart_than_random_directions(context):
    table = words(context)
    of_words, of_random = (come_back(directions, 8) for directions in (table, random_directions(table)))
    assert of_random > 0.99 > 0.85 > of_words
    assert come_back(table, 2) > 0.95 and max(AT_ONCE) < 100


def test_the_words_of_the_text_come_back_with_relatives(context):
    model = context.model()
    assert read_back(model, [" doctor", " river"])[:2] == [" doctor", " river"]
    assert {" Thursday", " Friday", " Tuesday"} <= set(read_back(model, [" Monday", " piano", " green", " soup"]))
    assert " five" in read_back(model, [" doctor", " river", " seven", " blue"])[:4]
