"""Checking an answer, and handing on the answer that later cells build on."""

from __future__ import annotations

import dis
from types import FunctionType
from typing import Any

from mikit.course.lesson import Lesson, find_step
from mikit.course.plan import Exercise, Verdict
from mikit.course.say import Block, say, tell
from mikit.errors import MikitError

HINTS = 3


def check(step: str, answer: Any = ...) -> None:
    """Check an answer and print what was found; never raises.

    Args:
        step: "01.E2".
        answer: what the exercise asks for. While it still holds `...`, the check says so and counts nothing.
    """
    try:
        lesson, id = find_step(step)
        exercise = lesson.plan.exercise(id)
    except MikitError as error:
        tell(str(error))
        return
    except Exception as error:  # a lesson that cannot be loaded is no reason to stop a notebook
        tell(f"{step} could not be checked: {type(error).__name__}: {error}")
        return
    name = f"{lesson.plan.id}.{id}"
    if is_unsolved(answer):
        say(
            Block(
                "·", f"{name} is not answered yet", [f"Write your answer where the cell says `...`: {exercise.title}."]
            )
        )
        return
    verdict = _verdict(exercise, answer, lesson)
    if verdict.passed:
        _say_passed(lesson, name, exercise, verdict, answer)
    else:
        _say_failed(lesson, name, exercise, verdict, answer)


def _verdict(exercise: Exercise, answer: Any, lesson: Lesson) -> Verdict:
    try:
        found = exercise.check(answer, lesson.context)
    except Exception as error:
        kind = type(answer).__name__
        cause = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return Verdict(
            False,
            "the check could not use this answer",
            f"It is of type {kind}, and using it ended in {cause}. Compare it with what the exercise asks for.",
        )
    return found


def _say_passed(lesson: Lesson, name: str, exercise: Exercise, verdict: Verdict, answer: Any) -> None:
    new = lesson.note_passed(exercise.id, answer)
    sentences = [verdict.sentence]
    if new:
        steps = lesson.plan.exercises
        done = sum(lesson.passed(step.id) for step in steps)
        sentences.append(f"{done} of {len(steps)} steps. Your progress code: {lesson.code}")
    say(Block("✓", f"{name} {verdict.property}", sentences))


def _say_failed(lesson: Lesson, name: str, exercise: Exercise, verdict: Verdict, answer: Any) -> None:
    sentences = [verdict.sentence]
    if lesson.passed(exercise.id):
        say(Block("×", f"{name} {verdict.property}", [*sentences, "An earlier answer of yours held; it stays."]))
        return
    wrong = lesson.note_wrong(exercise.id, answer)
    number = min(wrong, HINTS)
    if wrong > HINTS:
        sentences.append("You may go on: later cells then use our answer.")
    hint = (f"Hint {number} of {HINTS}", exercise.hints[number - 1])
    say(Block("×", f"{name} {verdict.property}", sentences, [hint]))


def given(step: str) -> Any:
    """The learner's answer if it passed, else ours; prints which.

    Args:
        step: "01.E2".

    Raises UnknownExercise.
    """
    lesson, id = find_step(step)
    exercise = lesson.plan.exercise(id)
    context = lesson.context
    name = f"{lesson.plan.id}.{exercise.id}"
    if id in context.answers:
        tell(f"{name}: your answer is used.")
    elif lesson.passed(id):
        tell(f"{name} is ticked, but this kernel does not have your answer: ours is used. Run its cell to use yours.")
    else:
        tell(f"{name}: our answer is used, as yours has not passed yet.")
    return context.given(id)


_RETURNS_A_CONSTANT = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}


def is_unsolved(answer: Any) -> bool:
    """Whether an answer is still the starter's: `...`, or a function with nothing but `...` in it."""
    if not isinstance(answer, FunctionType):
        return answer is ...
    steps = list(dis.get_instructions(answer))
    constants = [step.argval for step in steps if step.opname.endswith("_CONST")]
    return {step.opname for step in steps} <= _RETURNS_A_CONSTANT and constants == [None]
