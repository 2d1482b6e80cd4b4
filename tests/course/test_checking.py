"""A check prints and never raises; progress stays."""

from __future__ import annotations

from typing import Any

import pytest

from mikit import course
from mikit.course import lessons
from tests.course.sample import LESSON, number


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    def read() -> str:
        return capsys.readouterr().out

    return read


def test_a_right_answer_is_ticked_and_counted(said: Any) -> None:
    lesson = course.open("98")
    said()
    course.check("98.E1", 2 * number(lesson.context))
    text = said()
    assert text.startswith("✓ 98.E1 it is twice the number\n  Twice a whole number is even.")
    assert "1 of 2 steps" in text and lesson.code in text
    assert lesson.passed("E1") and not lesson.passed("E2")


@pytest.mark.parametrize("exercise", LESSON.exercises, ids=lambda exercise: exercise.id)
def test_each_wrong_answer_gets_its_sentence(exercise: Any, said: Any) -> None:
    lesson = course.open("98")
    for wrong in exercise.wrong:
        said()
        course.check(f"98.{exercise.id}", wrong.answer(lesson.context))
        text = said()
        assert text.startswith(f"× 98.{exercise.id}") and wrong.says in text
    assert not lesson.passed(exercise.id)


def test_hints_come_one_by_one_and_the_same_mistake_twice_counts_once(said: Any) -> None:
    lesson = course.open("98")
    wrong = [2 * number(lesson.context) + n for n in (1, 1, 3, 5, 7)]
    hints = []
    for answer in wrong:
        said()
        course.check("98.E1", answer)
        hints.append(next(line.strip() for line in said().splitlines() if "Hint" in line))
    assert hints == [
        "Hint 1 of 3: Look at your number.",
        "Hint 1 of 3: Look at your number.",
        "Hint 2 of 3: Add it to itself.",
        "Hint 3 of 3: answer = number + number",
        "Hint 3 of 3: answer = number + number",
    ]


def test_after_the_last_hint_one_may_go_on(said: Any) -> None:
    course.open("98")
    for answer in ("a", "b", "c"):
        course.check("98.E1", answer)
    assert "You may go on" not in said()
    course.check("98.E1", "d")
    assert "You may go on" in said()


def square_to_be_written(x: int) -> int:
    """The square of x."""
    ...


@pytest.mark.parametrize("answer", [..., square_to_be_written], ids=["dots", "function"])
def test_an_answer_still_unwritten_is_said_and_not_counted(answer: Any, said: Any) -> None:
    lesson = course.open("98")
    said()
    course.check("98.E2", answer)
    assert said().startswith("· 98.E2 is not answered yet")
    assert lesson.state.steps == {}


def test_checking_twice_keeps_the_tick_and_a_worse_answer_does_not_take_it(said: Any) -> None:
    lesson = course.open("98")
    for _ in range(2):
        said()
        course.check("98.E1", 2 * number(lesson.context))
    assert "steps. Your progress code" not in said()
    course.check("98.E1", 1)
    assert "An earlier answer of yours held; it stays." in said()
    assert lesson.passed("E1")
    assert course.given("98.E1") == 2 * number(lesson.context)


def fails_with_no_words(x: int) -> int:
    raise KeyError


@pytest.mark.parametrize("answer", [None, 3.5, [], {"a": 1}, object(), fails_with_no_words, lambda: 1])
@pytest.mark.parametrize("step", ["98.E1", "98.E2"])
def test_the_wrong_type_gets_a_sentence(step: str, answer: Any, said: Any) -> None:
    lesson = course.open("98")
    said()
    course.check(step, answer)
    assert said().startswith(f"× {step} ")
    assert not lesson.passed(step[3:])


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("98.E22", "Lesson 98 has no exercise 'E22'. Did you mean 'E2'?"),
        ("98.Z", "Lesson 98 has no exercise 'Z'. Known: E1, E2."),
        ("97.E1", f"There is no lesson '97'. Known: {', '.join([*lessons.HOME, '98'])}."),
        ("E1", "A step is named like '01.E2': lesson, dot, step. This one is 'E1'."),
        (3, "A step is named like '01.E2': lesson, dot, step. This one is 3."),
    ],
)
def test_an_unknown_step_is_a_sentence(step: Any, says: str, said: Any) -> None:
    course.check(step, 1)
    assert said().strip() == says


def test_a_check_before_open_opens_the_lesson_by_itself(said: Any) -> None:
    course.check("98.E2", lambda x: x * x)
    assert said().startswith("✓ 98.E2")
    assert course.open("98").passed("E2")


def test_given_says_whose_answer_it_is(said: Any) -> None:
    lesson = course.open("98")
    said()
    assert course.given("98.E1") == 2 * number(lesson.context)
    assert said().strip() == "98.E1: our answer is used, as yours has not passed yet."
    mine = lambda x: x**2  # noqa: E731
    course.check("98.E2", mine)
    said()
    assert course.given("98.E2") is mine
    assert said().strip() == "98.E2: your answer is used."


def test_given_of_an_unknown_step_is_a_sentence() -> None:
    with pytest.raises(course.plan.UnknownExercise, match="has no exercise 'E9'"):
        course.given("98.E9")


def test_html_is_escaped_and_folds_the_hint() -> None:
    from mikit.course.say import Block

    page = Block("×", "a < b", ["<script>"], [("Hint 1 of 3", "<b>")]).html()
    assert page.endswith(
        "<div>× <b>a &lt; b</b></div>"
        "<div>&lt;script&gt;</div><details><summary>Hint 1 of 3</summary><div>&lt;b&gt;</div></details></div>"
    )
