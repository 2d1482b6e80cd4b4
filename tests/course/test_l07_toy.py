"""Lesson 07, the toy's part: our answers pass, typical wrong ones are told why, and what the text says is so."""

from __future__ import annotations

import math
from contextlib import suppress

import numpy as np
import pytest
import torch

from mikit.course.lessons.l07_toy import (
    E1,
    E2,
    E3,
    P_WHERE,
    WHERE,
    added,
    at_stream,
    mine,
    our_predicted,
    our_without,
    overtaken,
    some,
    spoken,
    tipping_dose,
    toy,
    where_it_holds,
)
from mikit.course.plan import Context, LessonPlan
from mikit.models.refusal import LAST, REFUSED
from tests.course.steps import (  # noqa: F401  # run here
    test_a_typical_wrong_answer_is_told_why,
    test_every_step_has_three_wrong_answers_that_are_told_different_things,
    test_our_answer_passes,
)

LESSON = LessonPlan(id="07", title="The toy", minutes=13, exercises=(E1, E2, E3), predictions=(P_WHERE,))


@pytest.fixture(scope="module")
def context():
    return Context(seed=0, pace="ci", lesson=LESSON)


@pytest.mark.parametrize(
    "answer",
    [None, -7, "two", [], {}, float("nan"), math.inf, object(), (1,), torch.ones(3), lambda *_: None, lambda *a: a[0]],
)
def test_an_answer_of_any_other_kind_is_not_passed(exercise, answer, context):
    """A check may raise: the course then says that the answer could not be used."""
    with suppress(TypeError, ValueError, RuntimeError):
        assert not exercise.check(answer, context).passed


def test_another_right_answer_passes_too(context):
    """Checks look at properties: a projection as a matrix, a loop over questions, a dose in numpy."""

    def as_matrix(x, d):
        return x @ (torch.eye(len(d)) - torch.outer(d, d) / (d @ d))

    def in_a_loop(push, refuse, answers):
        return [float(refuse @ push - answer @ push) for answer in answers]

    for step, answer in ((E1, as_matrix), (E2, in_a_loop), (E3, np.float64(tipping_dose(context)))):
        assert step.check(answer, context).passed, step.id


@pytest.mark.parametrize("seed", range(10))
def test_ten_toys_do_what_the_text_says(seed):
    """One direction carries refusal; a random one of equal length does nothing; and every learner's steps can be
    solved. One test, as each toy is trained for it."""
    learner = Context(seed=seed, pace="ci", lesson=LESSON)
    small, arrow = toy(learner), toy(learner).arrow()
    assert small.shares(before=True) == (0, 1, 0, 1)
    before = small.shares()
    assert before.closed_refused == before.open_answered == 1
    removed = small.shares(lambda x: our_without(x, arrow))
    assert removed.closed_refused <= 0.05 and removed.closed_answered >= 0.9
    assert removed.open_answered >= before.open_answered - 0.02
    push = 1.5 * small.length() * arrow
    assert small.shares(added(push / 3)) == before
    assert small.shares(added(push)).open_refused >= 0.9
    draws = small.random_arrows()
    for random in draws:
        assert tuple(small.shares(lambda x, d=random: our_without(x, d))) == pytest.approx(tuple(before), abs=0.02)
    pushed = torch.tensor([small.shares(added(push.norm() * random)) for random in draws])
    torch.testing.assert_close(pushed[:, 2:], torch.tensor([before[2:]] * len(draws)), atol=0.02, rtol=0)
    torch.testing.assert_close(pushed.mean(0), torch.tensor(before), atol=0.02, rtol=0)
    for at in range(LAST + 1):
        predicted, measured = at_stream(small, our_predicted, at)
        if at == LAST:
            torch.testing.assert_close(predicted, measured, atol=2e-5, rtol=0)
            continue
        assert float((predicted - measured).abs().max()) > 1
        assert float(predicted.mean() / measured.mean()) < 0.6
    assert where_it_holds(learner) == WHERE[1]
    dose, question = tipping_dose(learner), mine(learner)
    short, far = (small.said(added(part * dose * small.length() * arrow))[question] for part in (0.98, 1.02))
    assert (short, far) == (small.world.answer[question], REFUSED) and 0.5 < dose < 1.5
    for step in LESSON.exercises:
        assert step.check(step.ours(learner), learner).passed
        for wrong in step.wrong:
            verdict = step.check(wrong.answer(learner), learner)
            assert not verdict.passed and wrong.says in verdict.sentence, (step.id, verdict)


def test_what_the_formula_says_of_doses_is_what_the_toy_does(context):
    """At the last stream, share by share: the formula, and the toy run again."""
    small = toy(context)
    for dose in (0, 0.5, 1, 1.25, 1.5):
        push = dose * small.length() * small.arrow()
        said = small.gap() + our_predicted(push, small.refuse, small.answers)
        logits = small.network.streams(small.world.ids)[LAST] + push
        logits = logits @ small.network.W_U
        plain = logits[:, 6] - logits[torch.arange(200), small.world.answer]
        torch.testing.assert_close(small.gap(added(push)), plain, atol=2e-5, rtol=0)
        assert overtaken(small, said) == overtaken(small, plain)


def test_the_shares_by_counting(context):
    small = toy(context)
    count = {"closed": [0, 0, 0], "open": [0, 0, 0]}
    said = small.said(added(1.1 * small.length() * small.arrow())).tolist()
    for (_, thing), closed, answer, token in zip(
        small.world.ids.tolist(), small.world.closed.tolist(), small.world.answer.tolist(), said, strict=True
    ):
        if thing >= 20:
            tally = count["closed" if closed else "open"]
            tally[0] += 1
            tally[1] += token == REFUSED
            tally[2] += token == answer
    (n, refused, answered), (m, refused_open, answered_open) = count["closed"], count["open"]
    assert (n, m) == (40, 60) and 0 < refused_open < 60
    expected = (refused / n, answered / n, refused_open / m, answered_open / m)
    assert tuple(small.shares(added(1.1 * small.length() * small.arrow()))) == pytest.approx(expected)


def test_learners_have_their_own_toys(context):
    one, other = toy(context), toy(Context(seed=1))
    assert not torch.equal(one.world.answer, other.world.answer)
    assert not torch.equal(one.network.W_U, other.network.W_U)


def test_the_table_of_questions(context):
    lines = list(some(toy(context)))
    assert [line.split()[0] for line in lines] == ["open"] * 3 + ["closed"] * 3
    assert all(line.endswith("pass") == line.startswith("closed") for line in lines)
    assert spoken(REFUSED) == "pass"
