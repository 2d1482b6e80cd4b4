"""A lesson of two steps and two predictions that needs no model: the whole path in milliseconds."""

from __future__ import annotations

from typing import Any

from mikit.course.plan import Context, Exercise, LessonPlan, Question, Verdict, Wrong


def number(context: Context) -> int:
    """Each learner's own."""
    return int(context.draw("E1").integers(10, 1000))


def check_double(answer: Any, context: Context) -> Verdict:
    wanted = 2 * number(context)
    if not isinstance(answer, int):
        return Verdict(False, "it is a whole number", f"This is a {type(answer).__name__}; count in whole numbers.")
    if answer == number(context):
        return Verdict(False, "it is twice the number", "This is the number itself, before it is doubled.")
    if answer != wanted:
        return Verdict(False, "it is twice the number", "This is not your number doubled; yours is your own.")
    return Verdict(True, "it is twice the number", "Twice a whole number is even.")


def check_square(answer: Any, context: Context) -> Verdict:
    if [answer(value) for value in (-2, 0, 3)] != [4, 0, 9]:
        return Verdict(False, "the square of -2, 0 and 3", "A square is never negative; try -2 by hand.")
    return Verdict(True, "the square of -2, 0 and 3", "The sign is gone, as it should be.")


LESSON = LessonPlan(
    id="98",
    title="Numbers",
    minutes=5,
    exercises=(
        Exercise(
            "E1",
            "double your number",
            2,
            ("Look at your number.", "Add it to itself.", "answer = number + number"),
            check_double,
            lambda context: 2 * number(context),
            (
                Wrong(number, "before it is doubled"),
                Wrong(lambda _: "12", "count in whole numbers"),
                Wrong(lambda context: 2 * number(context) + 1, "not your number doubled"),
            ),
        ),
        Exercise(
            "E2",
            "write a square",
            3,
            ("Multiply.", "By itself.", "return x * x"),
            check_square,
            lambda _: lambda x: x * x,
            (
                Wrong(lambda _: lambda x: 2 * x, "never negative"),
                Wrong(lambda _: lambda x: -x * x, "never negative"),
                Wrong(lambda _: 4, "could not use this answer"),
            ),
        ),
    ),
    predictions=(
        Question("P1", "How many sides has a cube?", lambda _: "6", choices=("4", "6", "8")),
        Question(
            "P2",
            "How long is the diagonal of a unit square?",
            lambda _: 2**0.5,
            low=0.0,
            high=4.0,
            unit="m",
            within=0.2,
        ),
    ),
)
