"""A class from its codes."""

from __future__ import annotations

import re

from mikit import course
from mikit.course.code import encode
from mikit.course.progress import LessonState, Prediction, Step
from tests.course.sample import LESSON


def learner(seed: int, **given: object) -> str:
    steps = {id: Step(state=state) for id, state in given.items() if id.startswith("E")}
    predictions = {id: one for id, one in given.items() if id.startswith("P")}
    return encode(LESSON, seed, LessonState(steps=steps, predictions=predictions))


CLASS = [
    learner(1, E1="passed", E2="tried", P1=Prediction(value="6", sure=80, right=True)),
    learner(2, E1="passed", P1=Prediction(value="8", sure=60, right=False), P2=Prediction(value=1.0, sure=50)),
    learner(3, E1="ours", E2="passed"),
]


def test_who_is_where_and_what_was_predicted() -> None:
    text = str(course.room(CLASS))
    rows = [line.split() for line in text.splitlines()]
    assert rows[1:6] == [["E1", "E2"], ["1", "✓", "×"], ["2", "✓", "·"], ["3", "○", "✓"], ["passed", "2", "1"]]
    # (0.8 - 1)^2 = 0.04 and (0.6 - 0)^2 = 0.36
    assert "P1: 2 predicted, 70 % sure on average; 1 of 2 came out right, mean Brier score 0.20." in text
    assert "P2: 1 predicted, 50 % sure on average." in text
    assert "  4: 0\n  6: 1\n  8: 1" in text


def test_one_text_with_a_code_a_line_is_the_same_class() -> None:
    assert str(course.room("\n".join(CLASS) + "\n\n")) == str(course.room(CLASS))


def test_a_learner_counts_once_with_the_later_code() -> None:
    later = learner(1, E1="passed", E2="passed")
    text = str(course.room([*CLASS, later]))
    assert "3 learners" in text and "passed  2       2" in text


def test_codes_that_cannot_be_read_are_listed() -> None:
    text = str(course.room(["hello", CLASS[0], 7]))  # type: ignore[list-item]
    assert "1 learners" in text
    assert "Code 1: " in text and "Code 3: A progress code is a text" in text
    assert str(course.room([])) == "No codes yet."


def test_the_picture_is_drawn_and_has_its_text_twin() -> None:
    page = course.room(CLASS)._repr_html_()
    assert page.count("<svg") == 2 and page.count("Read as a table") == 2
    (mark,) = re.findall(r'<path d="M([\d.]+) [\d.]+l5 5', page)
    assert float(mark) == 12 + (360 - 24) * 1.0 / 4.0
