"""A class at a glance, from the codes its learners hand in: who is where, what they predicted, how it came out."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from mikit.course import code as codes
from mikit.course import lessons
from mikit.course.plan import LessonPlan, Question
from mikit.course.progress import LessonState, Prediction, StepState
from mikit.errors import MikitError

MARKS: dict[StepState, str] = {"new": "·", "tried": "×", "passed": "✓", "ours": "○"}
LEGEND = "✓ passed, × tried, ○ went on with our answer, · not begun. ◇ a prediction; filled once it came out right."
WIDTH, HEIGHT, MARGIN = 360, 44, 12
"""Pixels of a strip of predictions."""


@dataclass(frozen=True)
class Room:
    """What the codes say. In a notebook it draws itself; ``print`` gives the same as text.

    Attributes:
        learners: by lesson, the state of each learner, in the order of the codes.
        unread: a sentence for each code that could not be read.
    """

    learners: dict[str, list[LessonState]]
    unread: list[str]

    def _repr_html_(self) -> str:
        parts = [_lesson_html(lessons.find(id), states) for id, states in sorted(self.learners.items())]
        complaints = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in self.unread)
        return "".join(parts) + (f"<ul>{complaints}</ul>" if complaints else "") or "<p>No codes yet.</p>"

    def __str__(self) -> str:
        blocks = [_lesson_text(lessons.find(id), states) for id, states in sorted(self.learners.items())]
        return "\n\n".join(filter(None, [*blocks, "\n".join(self.unread)])) or "No codes yet."

    __repr__ = __str__


def room(given: str | Iterable[str]) -> Room:
    """Plot a class.

    Args:
        given: the learners' progress codes, as a list or as one text with a code a line.

    A learner who hands in two codes of a lesson counts once, with the later one. Codes that cannot be read are listed
    with the reason.
    """
    texts = re.split(r"[\n,;]+", given) if isinstance(given, str) else list(given)
    found: dict[str, dict[int, LessonState]] = {}
    unread = []
    for number, text in enumerate((text for text in texts if not isinstance(text, str) or text.strip()), start=1):
        try:
            lesson, _ = codes.lesson_of(text)
            decoded = codes.decode(lessons.find(lesson), text)
        except MikitError as error:
            unread.append(f"Code {number}: {error}")
        else:
            found.setdefault(lesson, {})[decoded.seed] = decoded.state
    return Room({lesson: list(states.values()) for lesson, states in found.items()}, unread)


def _rows(plan: LessonPlan, states: list[LessonState]) -> list[list[str]]:
    """A header, a row for each learner, and how many passed each step."""
    ids = [exercise.id for exercise in plan.exercises]
    body = [[str(n), *(MARKS[state.step(id).state] for id in ids)] for n, state in enumerate(states, start=1)]
    passed = [str(sum(state.step(id).state == "passed" for state in states)) for id in ids]
    return [["", *ids], *body, ["passed", *passed]]


def _predictions(question: Question, states: list[LessonState]) -> list[Prediction]:
    return [locked for state in states if (locked := state.predictions.get(question.id)) is not None]


def _summary(question: Question, predictions: list[Prediction]) -> str:
    """One line: how many predicted, how sure, how many came out right, the mean Brier score."""
    if not predictions:
        return f"{question.id}: nobody has predicted yet."
    sure = sum(one.sure for one in predictions) / len(predictions)
    line = f"{question.id}: {len(predictions)} predicted, {sure:.0f} % sure on average"
    scores = [one.brier for one in predictions if one.brier is not None]
    if scores:
        right = sum(bool(one.right) for one in predictions)
        line += f"; {right} of {len(scores)} came out right, mean Brier score {sum(scores) / len(scores):.2f}"
    return f"{line}."


def _counts(question: Question, predictions: list[Prediction]) -> list[tuple[str, int]]:
    """How often each value was predicted, in the order of the choices or of the numbers."""
    counted = Counter(one.value for one in predictions)
    if question.choices is not None:
        return [(choice, counted[choice]) for choice in question.choices]
    return [(f"{value:g} {question.unit}".strip(), counted[value]) for value in sorted(counted, key=float)]


def _lesson_text(plan: LessonPlan, states: list[LessonState]) -> str:
    lines = [f"Lesson {plan.id}: {plan.title}, {len(states)} learners"]
    lines += ["  ".join(f"{cell:<6}" for cell in row).rstrip() for row in _rows(plan, states)]
    lines.append(LEGEND)
    for question in plan.predictions:
        predictions = _predictions(question, states)
        lines += [_summary(question, predictions), question.text]
        lines += [f"  {value}: {count}" for value, count in _counts(question, predictions)]
    return "\n".join(lines)


def _lesson_html(plan: LessonPlan, states: list[LessonState]) -> str:
    rows = _rows(plan, states)
    head, body = _row(rows[0], "th"), "".join(_row(row, "td") for row in rows[1:])
    title = f"<b>Lesson {plan.id}: {html.escape(plan.title)}</b>, {len(states)} learners"
    figures = "".join(_figure(question, _predictions(question, states)) for question in plan.predictions)
    table = f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"
    return f"<section><p>{title}</p>{table}<p>{LEGEND}</p>{figures}</section>"


def _row(cells: list[str], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"


def _figure(question: Question, predictions: list[Prediction]) -> str:
    words = f"<p>{html.escape(question.text)}<br>{html.escape(_summary(question, predictions))}</p>"
    if not predictions:
        return words
    counts = _counts(question, predictions)
    picture = _bars(counts) if question.choices is not None else _strip(question, predictions)
    rows = "".join(_row([value, str(count)], "td") for value, count in counts)
    twin = f"<details><summary>Read as a table</summary><table>{rows}</table></details>"
    return words + picture + twin


def _bars(counts: list[tuple[str, int]]) -> str:
    """A bar for each choice, its count at the end."""
    most = max(count for _, count in counts)
    lines = []
    for at, (choice, count) in enumerate(counts):
        y, length = 22 * at, (WIDTH - 140) * count / most
        label = html.escape(choice if len(choice) <= 18 else f"{choice[:17]}…")
        lines.append(
            f'<text x="0" y="{y + 14}">{label}</text><rect x="110" y="{y + 3}" width="{length:.1f}" height="14"/>'
            f'<text x="{114 + length:.1f}" y="{y + 14}">{count}</text>'
        )
    return _svg("".join(lines), 22 * len(counts), "How often each choice was predicted")


def _strip(question: Question, predictions: list[Prediction]) -> str:
    """A diamond for each prediction on the question's scale; filled where it came out right."""
    marks, stacked = [], Counter[float]()
    for one in sorted(predictions, key=lambda one: float(one.value)):
        share = (float(one.value) - question.low) / (question.high - question.low)
        x = MARGIN + share * (WIDTH - 2 * MARGIN)
        y = HEIGHT - 24 - 5 * min(stacked[float(one.value)], 3)
        stacked[float(one.value)] += 1
        fill = "currentColor" if one.right else "none"
        marks.append(f'<path d="M{x:.1f} {y - 5}l5 5l-5 5l-5 -5z" fill="{fill}" stroke="currentColor"/>')
    axis = f'<path d="M{MARGIN} {HEIGHT - 16}H{WIDTH - MARGIN}" stroke="currentColor"/>'
    ends = (
        f'<text x="{MARGIN}" y="{HEIGHT - 2}">{question.low:g}</text>'
        f'<text x="{WIDTH - MARGIN}" y="{HEIGHT - 2}" text-anchor="end">'
        f"{html.escape(f'{question.high:g} {question.unit}'.strip())}</text>"
    )
    return _svg(axis + ends + "".join(marks), HEIGHT, "What was predicted, on the scale of the question")


def _svg(inside: str, height: int, label: str) -> str:
    return (
        f'<svg role="img" aria-label="{label}" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'font-size="12" font-family="system-ui, sans-serif" fill="currentColor">{inside}</svg>'
    )
