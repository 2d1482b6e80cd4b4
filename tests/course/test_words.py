"""The course's words: of a model never what only a mind does, of evidence never more than it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from mikit.course import lessons

SOURCES = sorted((Path(__file__).parents[2] / "lessons" / "src").glob("[0-9]*.py"))
FORBIDDEN = ("simply", "just ", "obviously", "proves", "verified", "knows", "believes", "thinks", "certified")


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_lesson_has_none_of_these(source: Path) -> None:
    lesson = lessons.find(source.stem[:2])
    steps = " ".join(" ".join(step.hints) + step.title for step in lesson.exercises)
    words = source.read_text(encoding="utf-8") + steps + " ".join(question.text for question in lesson.predictions)
    assert [word for word in FORBIDDEN if word in words] == []
