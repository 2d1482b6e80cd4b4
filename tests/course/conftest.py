"""A kernel that has just started, in an empty folder, with the sample lesson in the course."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mikit.course import lesson, lessons, predicting

pytest.register_assert_rewrite("tests.course.steps")


@pytest.fixture
def restart(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Forget what the process knows, as a new kernel would."""

    def forget() -> None:
        monkeypatch.setattr(lesson, "_OPEN", {})
        monkeypatch.setattr(predicting, "_SHOWN", {})

    return forget


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, restart: Callable[[], None]) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(lessons.HOME, "98", "tests.course.sample")
    restart()
    return tmp_path


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A lesson's test that takes an ``exercise`` runs for all of them; one that takes the ``number`` of a wrong answer
    too, for all of these."""
    given = {name for mark in metafunc.definition.iter_markers("parametrize") for name in _names(mark)}
    if "exercise" not in metafunc.fixturenames or "exercise" in given:
        return
    exercises = metafunc.module.LESSON.exercises
    if "number" in metafunc.fixturenames:
        wrong = [(exercise, number) for exercise in exercises for number in range(len(exercise.wrong))]
        metafunc.parametrize(("exercise", "number"), wrong, ids=lambda x: getattr(x, "id", str(x)))
    else:
        metafunc.parametrize("exercise", exercises, ids=lambda exercise: exercise.id)


def _names(mark: pytest.Mark) -> list[str]:
    names = mark.args[0]
    return [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
