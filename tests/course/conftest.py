"""A kernel that has just started, in an empty folder, with the sample lesson in the course."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mikit.course import lesson, lessons, predicting


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
