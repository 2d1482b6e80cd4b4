"""What a lesson is made of, as plain data: exercises with their checks, predictions, and what a check is told."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from mikit.errors import MikitError, nearest

if TYPE_CHECKING:
    from mikit.models.model import Model

Pace = Literal["full", "ci"]
"""How much a lesson computes: all of it, or as little as a test needs."""

HOUSE_MODEL = "smollm2-135m"


class UnknownExercise(MikitError):
    """An exercise, prediction or lesson that does not exist."""


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Attributes:
        passed: whether every property holds.
        property: in a few words, the property that failed; after a pass, the one that held. Printed in bold.
        sentence: the likely misconception; after a pass, why the answer is right.
    """

    passed: bool
    property: str
    sentence: str


@dataclass(frozen=True)
class Context:
    """What a check and an answer of ours may lean on."""

    seed: int
    """The learner's own, from the progress code: answers that could be passed round are drawn from it."""
    pace: Pace = "full"
    lesson: LessonPlan | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    """The learner's answers that passed, by exercise: {"E2": ...}."""
    ours: dict[str, Any] = field(default_factory=dict)
    """Answers of ours, kept once they were made."""

    def model(self) -> Model:
        """The model of all lessons; loaded once a process."""
        from mikit.trace.checks import load  # torch arrives with the first lesson that asks for a model

        return load(HOUSE_MODEL)

    def draw(self, label: str) -> np.random.Generator:
        """Random numbers that are the learner's own and always the same for one label, such as an exercise's id."""
        return np.random.default_rng([self.seed, zlib.crc32(label.encode())])

    def given(self, id: str) -> Any:
        """The answer to another exercise of the lesson: the learner's if it passed, else ours.

        Raises UnknownExercise.
        """
        if id in self.answers:
            return self.answers[id]
        if self.lesson is None:
            raise UnknownExercise(f"This context has no lesson, so there is no answer to '{id}'.")
        if id not in self.ours:
            self.ours[id] = self.lesson.exercise(id).ours(self)
        return self.ours[id]


@dataclass(frozen=True)
class Wrong:
    """A typical wrong answer; a test shows that the check rejects it with these words."""

    answer: Callable[[Context], Any]
    says: str


@dataclass(frozen=True)
class Exercise:
    """One step that is checked.

    Attributes:
        id: "E1", "E2" ... in the order of the lesson.
        hints: a nudge, a method, almost the code.
        check: looks at properties, controls and published bands; never at equality with a stored solution.
        ours: an answer that passes.
        wrong: three or more typical wrong answers.
    """

    id: str
    title: str
    minutes: int
    hints: tuple[str, str, str]
    check: Callable[[Any, Context], Verdict]
    ours: Callable[[Context], Any]
    wrong: tuple[Wrong, ...]


@dataclass(frozen=True)
class Question:
    """A prediction: three choices, or a number between ``low`` and ``high``.

    Attributes:
        id: "P1", "P2" ... in the order of the lesson.
        step: what the slider moves by; a hundredth of the range if left out.
        within: a number counts as right when it is at most this far from the truth; a tenth of the range if left out.
        truth: what is measured, asked of the model when the lesson reveals it.
    """

    id: str
    text: str
    truth: Callable[[Context], float | str]
    choices: tuple[str, ...] | None = None
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    within: float | None = None
    step: float | None = None

    @property
    def grain(self) -> float:
        """What the slider moves by, in the question's unit."""
        return (self.high - self.low) / 100 if self.step is None else self.step

    def on_grid(self, value: float) -> float:
        """The nearest place of the slider."""
        place = self.low + round((value - self.low) / self.grain) * self.grain
        return float(f"{min(max(place, self.low), self.high):.6g}")

    @property
    def tolerance(self) -> float:
        """How far a number may be from the truth, in its unit."""
        return (self.high - self.low) / 10 if self.within is None else self.within

    def right(self, value: float | str, truth: float | str) -> bool:
        """Whether a prediction counts as right."""
        if self.choices is not None:
            return value == truth
        return abs(float(value) - float(truth)) <= self.tolerance


@dataclass(frozen=True)
class LessonPlan:
    """A lesson as data; its text is in lessons/src."""

    id: str
    title: str
    minutes: int
    exercises: tuple[Exercise, ...]
    predictions: tuple[Question, ...] = ()

    def exercise(self, id: str) -> Exercise:
        """Raises UnknownExercise with the nearest name."""
        found = {exercise.id: exercise for exercise in self.exercises}
        if id not in found:
            raise UnknownExercise(f"Lesson {self.id} has no exercise '{id}'.{nearest(id, found)}")
        return found[id]

    def question(self, id: str) -> Question:
        """Raises UnknownExercise with the nearest name."""
        found = {question.id: question for question in self.predictions}
        if id not in found:
            raise UnknownExercise(f"Lesson {self.id} has no prediction '{id}'.{nearest(id, found)}")
        return found[id]
