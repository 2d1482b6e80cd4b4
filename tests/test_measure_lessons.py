"""What `make lessons` last wrote: every lesson, within the limits of a free Binder."""

from __future__ import annotations

import json

from mikit.course.build.__main__ import LESSONS
from tests.measure_lessons import FILE, MOST_EACH, MOST_TOGETHER

MEASURED = json.loads(FILE.read_text(encoding="utf-8"))


def test_every_lesson_is_measured() -> None:
    assert set(MEASURED["lessons"]) == {path.stem for path in (LESSONS / "src").glob("[0-9]*.py")}


def test_kernels_fit_into_a_binder_session() -> None:
    assert all(lesson["memory_gb"] < MOST_EACH for lesson in MEASURED["lessons"].values())
    assert MEASURED["together_gb"] < MOST_TOGETHER


def test_the_lessons_quote_what_was_measured() -> None:
    for stem, lesson in MEASURED["lessons"].items():
        text = " ".join((LESSONS / "src" / f"{stem}.py").read_text(encoding="utf-8").replace("\n#", "").split())
        assert f"compute for {lesson['minutes']} minutes in all, in {lesson['memory_gb']} GB of memory" in text


def test_half_a_core_was_half_a_core() -> None:
    for lesson in MEASURED["lessons"].values():
        assert 0.4 <= lesson["share_of_core"] <= 0.6
        assert lesson["minutes"] <= lesson["minutes_half_core"]
