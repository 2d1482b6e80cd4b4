"""What every lesson's steps are held to. A lesson's tests import these, and have a ``LESSON`` and a ``context``; each
runs once for every exercise, or for every wrong answer of one (see conftest.py)."""

from __future__ import annotations

from mikit.course.plan import Context, Exercise


def test_our_answer_passes(exercise: Exercise, context: Context) -> None:
    verdict = exercise.check(exercise.ours(context), context)
    assert verdict.passed, verdict


def test_a_typical_wrong_answer_is_told_why(exercise: Exercise, number: int, context: Context) -> None:
    wrong = exercise.wrong[number]
    verdict = exercise.check(wrong.answer(context), context)
    assert not verdict.passed
    assert wrong.says in verdict.sentence, verdict


def test_every_step_has_three_wrong_answers_that_are_told_different_things(exercise: Exercise) -> None:
    assert len({wrong.says for wrong in exercise.wrong}) == len(exercise.wrong) >= 3
