"""Every lesson as learners meet it: in a kernel of its own, on the real model, unsolved and solved.

At ci pace here; MIKIT_PACE=full, or `make lessons`, runs them as they are. What each run took stands near the end of
pytest's summary.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import nbformat
import psutil
import pytest
from nbclient import NotebookClient

from mikit.course import lessons as course_lessons
from mikit.course.build.__main__ import LESSONS
from mikit.course.build.notebooks import Form, Json, as_text, is_lesson, notebook, sources
from mikit.course.build.source import Cell
from mikit.course.plan import LessonPlan, Pace

PACE = cast(Pace, os.environ.get("MIKIT_PACE", "ci"))
CELL_SECONDS = 300
MOST_MEMORY = 1_600_000_000
"""Bytes of one kernel: Binder gives a learner 2 GB, server and all."""

CELLS = sources(LESSONS)
PLANS = [course_lessons.find(name[:2]) for name in CELLS if is_lesson(name)]


class Memory(threading.Thread):
    """Watches the processes that this one starts; ``peak`` is their largest common PSS in bytes (RSS off Linux)."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.2):
            self.peak = max(self.peak, sum(map(_bytes_of, psutil.Process().children(recursive=True))))


def _bytes_of(process: psutil.Process) -> int:
    try:
        used = process.memory_full_info()
    except psutil.Error:  # it ended meanwhile
        return 0
    return int(getattr(used, "pss", used.rss))


def run(built: Json, folder: Path) -> tuple[dict[str, list[Any]], str]:
    """The outputs of each cell by id, and a line on what the run took."""
    executed = nbformat.reads(as_text(built), as_version=4)
    client = NotebookClient(
        executed, timeout=CELL_SECONDS, kernel_name="python3", resources={"metadata": {"path": folder}}
    )
    memory, began = Memory(), time.monotonic()
    memory.start()
    try:
        client.execute()
    finally:
        memory.over.set()
        memory.join()
    took = time.monotonic() - began
    assert memory.peak < MOST_MEMORY
    outputs = {cell.id: list(cell.get("outputs", [])) for cell in executed.cells}
    return outputs, f"{took / 60:.1f} minutes, at most {memory.peak / 1e9:.2f} GB"


def words(outputs: list[Any]) -> str:
    """What a cell says, without its pictures."""
    return "\n".join(str(one.get("text") or one.get("data", {}).get("text/plain", "")) for one in outputs)


def exercises(cells: list[Cell]) -> list[str]:
    """The exercises that these cells check, as "01.E2"."""
    named = [f"{plan.id}.{exercise.id}" for plan in PLANS for exercise in plan.exercises]
    return [name for name in named if any(f'check("{name}"' in cell.text for cell in cells)]


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("form", ["starter", "solved"])
@pytest.mark.parametrize("name", CELLS)
def test_a_lesson_runs_from_top_to_bottom(
    name: str, form: Form, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    outputs, took = run(notebook(CELLS[name], form, PACE), tmp_path)
    record_property("took", f"{name}, {form}, {PACE} pace: {took}")
    complaints = [one["text"] for many in outputs.values() for one in many if one.get("name") == "stderr"]
    assert complaints == [], "a lesson shows no warnings"
    said = "\n".join(words(many) for many in outputs.values())
    mark = "· {} is not answered yet" if form == "starter" else "✓ {} "
    assert [one for one in exercises(CELLS[name]) if mark.format(one) not in said] == []


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.id)
def test_a_lesson_keeps_the_measure(plan: LessonPlan) -> None:
    """45 to 60 minutes, 5 to 8 exercises with three hints and three wrong answers, each of seven minutes at most."""
    assert 45 <= plan.minutes <= 60
    assert 5 <= len(plan.exercises) <= 8
    assert plan.predictions
    for exercise in plan.exercises:
        assert len(set(exercise.hints)) == 3 and len(exercise.wrong) >= 3 and 1 <= exercise.minutes <= 7
    for question in plan.predictions:
        assert question.choices is None or len(question.choices) == 3


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.id)
def test_every_step_of_the_plan_stands_in_the_text(plan: LessonPlan) -> None:
    text = "\n".join(cell.text for name, cells in CELLS.items() if name.startswith(plan.id) for cell in cells)
    steps = [f'check("{plan.id}.{exercise.id}"' for exercise in plan.exercises]
    steps += [f'predict("{plan.id}.{question.id}"' for question in plan.predictions]
    steps += [f'reveal("{plan.id}.{question.id}"' for question in plan.predictions]
    assert [step for step in steps if step not in text] == []
