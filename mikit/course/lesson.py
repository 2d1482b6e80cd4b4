"""A lesson that is open: where the learner is, what they answered, how to stop and come back."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from mikit.course import code as codes
from mikit.course import keep, lessons
from mikit.course.crowded import crowded
from mikit.course.plan import Context, LessonPlan, Pace, UnknownExercise
from mikit.course.progress import LessonState, Prediction, Progress, ProgressFile, Step, StepState
from mikit.course.say import Block, say, tell
from mikit.errors import MikitError

RANK: tuple[StepState, ...] = ("new", "tried", "ours", "passed")
"""When two sources tell of one step, the later of these stays."""

_OPEN: dict[str, Lesson] = {}
"""The lessons of this kernel, by number."""


class Lesson:
    """One lesson of one learner. ``mikit.course.open("01")`` makes it."""

    def __init__(self, plan: LessonPlan, file: ProgressFile, pace: Pace = "full") -> None:
        self.plan, self.pace = plan, pace
        self._file = file
        self._answers: dict[str, Any] = {}
        self._ours: dict[str, Any] = {}

    @property
    def code(self) -> str:
        """The progress code: keep it, and `open("01", code=...)` brings ticks and predictions back anywhere."""
        progress = self._file.read()
        return codes.encode(self.plan, progress.seed, progress.lesson(self.plan.id))

    @property
    def state(self) -> LessonState:
        return self._file.read().lesson(self.plan.id)

    @property
    def context(self) -> Context:
        """What checks and our answers lean on now."""
        progress = self._file.read()
        for id, step in progress.lesson(self.plan.id).steps.items():
            if step.kept and id not in self._answers:
                with suppress(keep.CannotKeep):
                    self._answers[id] = keep.unpack(step.answer)
        return Context(progress.seed, self.pace, self.plan, dict(self._answers), self._ours)

    def passed(self, id: str) -> bool:
        """Whether the learner's own answer passed. Raises UnknownExercise."""
        return self.state.step(self.plan.exercise(id).id).state == "passed"

    def catch_up(self, id: str) -> None:
        """Start at any step: the steps before it that are not ticked get our answers."""
        try:
            target = self.plan.exercise(_bare(id, self.plan.id))
        except UnknownExercise as error:
            tell(str(error))
            return
        before = self.plan.exercises[: self.plan.exercises.index(target)]
        missing = [exercise.id for exercise in before if not self.passed(exercise.id)]

        def take_ours(progress: Progress) -> None:
            here = progress.lesson(self.plan.id)
            for id in missing:
                here.steps[id] = here.step(id).model_copy(update={"state": "ours"})

        self._file.update(take_ours)
        yours = [exercise.id for exercise in before if exercise.id not in missing]
        tell(
            " ".join(filter(None, [_listed(yours, "yours"), _listed(missing, "ours")]))
            or "Nothing comes before this step.",
            f"Run the first cells of the notebook, then go on at {target.id}: {target.title}.",
        )

    def afresh(self) -> None:
        """Start this lesson anew: its ticks, predictions and results go; the other lessons stay."""
        old = self.code

        def clear(progress: Progress) -> None:
            progress.lessons[self.plan.id] = LessonState()

        self._file.update(clear)
        self._answers.clear()
        self._ours.clear()
        tell(f"Lesson {self.plan.id} starts afresh.", f"The code of what was there, if you want it back: {old}")

    def keep(self, name: str, value: Any) -> None:
        """Store the result of a costly step, such as the weights of a small model, beside the ticks.

        Args:
            value: plain values, arrays or tensors, in lists and dictionaries as you like.

        A value that cannot be stored is told of, and the lesson goes on.
        """
        try:
            packed = keep.pack(value)
        except keep.CannotKeep as error:
            tell(f"'{name}' is not stored: {error}")
            return
        self._file.update(lambda progress: progress.lesson(self.plan.id).results.update({name: packed}))

    def kept(self, name: str) -> Any:
        """What ``keep`` stored; None if there is nothing of that name."""
        results = self.state.results
        try:
            return keep.unpack(results[name]) if name in results else None
        except keep.CannotKeep:
            return None

    def note_wrong(self, id: str, answer: Any) -> int:
        """Count a wrong answer; the same one twice counts once. Returns how many there were."""
        print_of = keep.fingerprint(answer)

        def count(progress: Progress) -> int:
            step = progress.lesson(self.plan.id).steps.setdefault(id, Step())
            if not print_of or print_of != step.last:
                step.wrong, step.last = step.wrong + 1, print_of
            if step.state == "new":
                step.state = "tried"
            return step.wrong

        return self._file.update(count)

    def note_passed(self, id: str, answer: Any) -> bool:
        """Tick an exercise and store its answer. Returns whether the tick is new."""
        try:
            packed, kept = keep.pack(answer), True
        except keep.CannotKeep:
            packed, kept = None, False
        self._answers[id] = answer

        def tick(progress: Progress) -> bool:
            steps = progress.lesson(self.plan.id).steps
            step = steps.get(id) or Step()
            steps[id] = step.model_copy(update={"state": "passed", "answer": packed, "kept": kept})
            return step.state != "passed"

        return self._file.update(tick)

    def note_prediction(self, id: str, prediction: Prediction) -> Prediction:
        """Lock a prediction; the first that was locked stays. Returns what is locked."""
        return self._file.update(lambda progress: progress.lesson(self.plan.id).predictions.setdefault(id, prediction))

    def note_result(self, id: str, right: bool) -> None:
        """Score a locked prediction; the first score stays, whatever a later run measures."""

        def score(progress: Progress) -> None:
            locked = progress.lesson(self.plan.id).predictions[id]
            locked.right = right if locked.right is None else locked.right

        self._file.update(score)

    @property
    def score(self) -> tuple[float, int] | None:
        """(mean Brier score, number of predictions) over what was revealed; None before the first."""
        scores = [locked.brier for locked in self.state.predictions.values() if locked.brier is not None]
        return (sum(scores) / len(scores), len(scores)) if scores else None

    def adopt(self, code: str) -> None:
        """Take ticks, predictions and seed from a progress code. Raises CodeUnreadable; nothing is lost then."""
        decoded = codes.decode(self.plan, code)

        def merge(progress: Progress) -> None:
            if decoded.seed != progress.seed and progress.begun:
                raise codes.CodeUnreadable(
                    "This code is another learner's, or from before you began anew in this folder: its random seed is "
                    f"another. What is here stays. To go on with the code, move {self._file.path.name} to another "
                    "folder and open the lesson again."
                )
            progress.seed = decoded.seed
            here = progress.lesson(self.plan.id)
            for id, step in decoded.state.steps.items():
                if RANK.index(step.state) > RANK.index(here.step(id).state):
                    here.steps[id] = here.step(id).model_copy(update={"state": step.state})
            here.predictions = decoded.state.predictions | here.predictions

        self._file.update(merge)

    def say_where(self) -> None:
        """Print how far the learner is, what is next, and the code."""
        state = self.state
        marks = {"new": "·", "tried": "×", "passed": "✓", "ours": "○"}
        steps = "  ".join(f"{exercise.id} {marks[state.step(exercise.id).state]}" for exercise in self.plan.exercises)
        ahead = [exercise for exercise in self.plan.exercises if state.step(exercise.id).state in ("new", "tried")]
        if not ahead:
            where = "All steps are done."
        elif len(ahead) == len(self.plan.exercises):
            where = f"{len(ahead)} steps, about {self.plan.minutes} minutes."
        else:
            left = sum(exercise.minutes for exercise in ahead)
            where = f"Next: {ahead[0].id}, {ahead[0].title}. About {left} minutes are left."
        score = f"Predictions so far: Brier score {self.score[0]:.2f} over {self.score[1]}." if self.score else ""
        sentences = [where, steps, score, f"Your progress code: {self.code}"]
        say(Block(bold=f"Lesson {self.plan.id}: {self.plan.title}", sentences=list(filter(None, sentences))))

    def __repr__(self) -> str:
        return f"<Lesson {self.plan.id}: {self.code}>"


def open_lesson(id: str, *, code: str | None = None, pace: Pace = "full") -> Lesson:
    """Open a lesson, restore what was done, and print where one is and the progress code.

    Args:
        id: its number, such as "01".
        code: a progress code kept from elsewhere; its ticks and predictions are added to what is here.
        pace: "ci" computes as little as a test needs.

    Raises UnknownExercise for a lesson that does not exist. A code that does not fit is told of, and nothing is lost.
    """
    plan = lessons.find(id)
    if id in _OPEN:
        lesson = _OPEN[id]
        lesson.pace = pace
    else:
        lesson = _OPEN[id] = Lesson(plan, _file(), pace)
    lesson._file.update(lambda progress: progress.lesson(id))  # the seed is settled before anything is drawn from it
    if code is not None:
        try:
            lesson.adopt(code)
        except MikitError as error:
            tell(str(error))
    lesson.say_where()
    if others := crowded():
        tell(others)
    return lesson


def _file() -> ProgressFile:
    """One for all lessons of a kernel, where it was when the first was opened."""
    for lesson in _OPEN.values():
        return lesson._file
    return ProgressFile(Path.cwd(), tell)


def find_step(reference: str) -> tuple[Lesson, str]:
    """("01.E2") -> the lesson, opened if no cell did that yet, and "E2". Raises UnknownExercise."""
    lesson_id, dot, id = str(reference).partition(".")
    if not isinstance(reference, str) or not dot:
        raise UnknownExercise(f"A step is named like '01.E2': lesson, dot, step. This one is {reference!r}.")
    plan = lessons.find(lesson_id)
    if lesson_id not in _OPEN:
        _OPEN[lesson_id] = Lesson(plan, _file())
        _OPEN[lesson_id]._file.update(lambda progress: progress.lesson(lesson_id))
    return _OPEN[lesson_id], id


def passed(step: str) -> bool:
    """Whether the learner's own answer to "01.E2" passed. Raises UnknownExercise."""
    lesson, id = find_step(step)
    return lesson.passed(id)


def _bare(id: str, lesson: str) -> str:
    """ "01.E4" and "E4" are the same step of lesson 01."""
    return str(id).removeprefix(f"{lesson}.")


def _listed(ids: list[str], whose: str) -> str:
    return f"{', '.join(ids)}: {whose}." if ids else ""
