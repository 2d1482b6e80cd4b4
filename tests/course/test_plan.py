"""Lessons as data."""

from __future__ import annotations

import pytest

from mikit.course.plan import Context, Question, UnknownExercise
from tests.course.sample import LESSON


def test_draws_are_the_learners_own_and_stay() -> None:
    def draw(seed: int, label: str) -> list[int]:
        return list(Context(seed).draw(label).integers(0, 1000, 5))

    assert draw(1, "E1") == draw(1, "E1")
    assert draw(1, "E1") != draw(2, "E1")
    assert draw(1, "E1") != draw(1, "E2")


def test_given_is_the_learners_answer_or_ours_made_once() -> None:
    assert Context(1, answers={"E2": "mine"}, lesson=LESSON).given("E2") == "mine"
    context = Context(1, lesson=LESSON)
    assert context.given("E2") is context.given("E2")
    with pytest.raises(UnknownExercise):
        context.given("E9")
    with pytest.raises(UnknownExercise):
        Context(1).given("E1")


@pytest.mark.parametrize(("value", "right"), [(1.24, True), (1.6, True), (1.7, False)])
def test_a_number_is_right_within_its_tolerance(value: float, right: bool) -> None:
    assert LESSON.question("P2").right(value, 2**0.5) is right


def test_a_question_without_a_tolerance_takes_a_tenth_of_its_range() -> None:
    question = Question("P1", "?", lambda _: 0.0, low=2.0, high=12.0, step=3.0)
    assert question.tolerance == 1.0 and question.grain == 3.0
    assert [question.on_grid(value) for value in (-9, 3.4, 3.6, 99)] == [2.0, 2.0, 5.0, 12.0]


def test_a_choice_is_right_when_it_is_the_truth() -> None:
    question = LESSON.question("P1")
    assert question.right("6", "6") and not question.right("4", "6")
