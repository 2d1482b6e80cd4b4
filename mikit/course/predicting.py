"""Predict, then see: a prediction is locked before the result shows, stays in the figures, and is scored."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakSet

from mikit.course.lesson import Lesson, find_step
from mikit.course.plan import Question
from mikit.course.progress import Prediction
from mikit.course.say import tell
from mikit.errors import MikitError

if TYPE_CHECKING:
    from mikit.widgets.predict import PredictView

_SHOWN: dict[str, WeakSet[PredictView]] = {}
"""The views of each question in this kernel, "01.P1": a result shows in all of them."""


def predict(step: str) -> PredictView:
    """A view that asks for a prediction and how sure one is, and locks both.

    Args:
        step: "01.P1".

    Raises UnknownExercise.
    """
    from mikit.widgets.predict import PredictView  # anywidget and what comes with it

    lesson, question = _find(step)
    name = f"{lesson.plan.id}.{question.id}"

    def lock(value: float | str, sure: int) -> tuple[float | str, int]:
        locked = lesson.note_prediction(question.id, Prediction(value=value, sure=sure))
        return locked.value, locked.sure

    view = PredictView(
        name,
        question.text,
        choices=question.choices,
        low=question.low,
        high=question.high,
        step=question.grain,
        unit=question.unit,
        within=question.tolerance,
        on_lock=lock,
    )
    if (already := lesson.state.predictions.get(question.id)) is not None:
        view.locked = {"value": already.value, "sure": already.sure}
    _SHOWN.setdefault(name, WeakSet()).add(view)
    return view


def locked(step: str) -> Prediction | None:
    """The locked prediction, or None. ``str()`` of it is what a figure writes at its diamond: "you: 3".

    Raises UnknownExercise.
    """
    lesson, question = _find(step)
    return lesson.state.predictions.get(question.id)


def reveal(step: str, truth: float | str | None = None) -> None:
    """Show how a prediction came out, in its view and in words, with its Brier score.

    Args:
        step: "01.P1".
        truth: what was measured; left out, it is measured now.

    Without a locked prediction it asks for one and shows nothing.
    """
    try:
        lesson, question = _find(step)
        _reveal(lesson, question, truth)
    except MikitError as error:
        tell(str(error))
    except Exception as error:  # a truth of another type, a measurement that failed: the prediction stays
        tell(f"{step} could not be revealed: {type(error).__name__}: {error}")


def _reveal(lesson: Lesson, question: Question, truth: float | str | None) -> None:
    name = f"{lesson.plan.id}.{question.id}"
    prediction = lesson.state.predictions.get(question.id)
    if prediction is None:
        tell(f"{name} has no prediction yet. Lock one in above, then run this cell again to see how it came out.")
        return
    truth = question.truth(lesson.context) if truth is None else truth
    lesson.note_result(question.id, question.right(prediction.value, truth))
    scored = lesson.state.predictions[question.id]
    brier = scored.brier or 0.0
    for view in _SHOWN.get(name, ()):
        view.revealed = {"truth": truth, "right": scored.right, "brier": brier}
    tell(
        f"{name}: {scored}, {scored.sure} % sure. Measured: {_written(truth)}. "
        f"{'That came out as you said.' if scored.right else 'It came out otherwise.'}",
        f"Brier score {brier:.2f} (0 is best; whoever always says 50 % gets 0.25). {_so_far(lesson)}",
    )


def _so_far(lesson: Lesson) -> str:
    if lesson.score is None:
        return ""
    mean, number = lesson.score
    return f"Lesson {lesson.plan.id} so far: {mean:.2f} over {number}."


def _written(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.3g}"


def _find(step: str) -> tuple[Lesson, Question]:
    lesson, id = find_step(step)
    return lesson, lesson.plan.question(id)
