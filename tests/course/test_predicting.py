"""Predict, lock, reveal, score."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mikit import course
from mikit.course.plan import UnknownExercise


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda: capsys.readouterr().out


def test_a_prediction_is_locked_stays_and_is_scored(restart: Callable[[], None], said: Any) -> None:
    lesson = course.open("98")
    view = course.predict("98.P2")
    assert course.locked("98.P2") is None
    view.lock(1.4, 80)
    assert str(course.locked("98.P2")) == "you: 1.4"
    said()
    course.reveal("98.P2")
    text = said()
    assert "98.P2: you: 1.4, 80 % sure. Measured: 1.41. That came out as you said." in text
    assert "Brier score 0.04" in text  # (0.8 - 1)^2
    assert view.revealed == {"truth": 2**0.5, "right": True, "brier": pytest.approx(0.04)}
    code = lesson.code
    restart()
    assert course.predict("98.P2").locked == {"value": 1.4, "sure": 80}
    assert course.open("98").code == code


def test_a_second_prediction_does_not_replace_the_first(restart: Callable[[], None]) -> None:
    first, second = course.predict("98.P1"), course.predict("98.P1")
    first.lock("8", 90)
    second.lock("6", 100)
    locked = course.locked("98.P1")
    assert locked is not None and (locked.value, locked.sure) == ("8", 90)
    assert second.locked == {"value": "8", "sure": 90}


def test_the_score_is_the_mean_over_what_was_revealed(said: Any) -> None:
    lesson = course.open("98")
    assert lesson.score is None
    course.predict("98.P1").lock("8", 90)
    course.predict("98.P2").lock(1.4, 60)
    course.reveal("98.P1")
    course.reveal("98.P2", 1.41)
    assert lesson.score == (pytest.approx((0.81 + 0.16) / 2), 2)
    assert "Lesson 98 so far: 0.49 over 2." in said()


def test_the_first_score_stays_whatever_a_later_run_measures() -> None:
    lesson = course.open("98")
    course.predict("98.P2").lock(1.4, 60)
    course.reveal("98.P2", 1.41)
    course.reveal("98.P2", 3.0)
    assert lesson.score == (pytest.approx(0.16), 1)


def test_nothing_is_shown_before_a_prediction(said: Any) -> None:
    lesson = course.open("98")
    view = course.predict("98.P2")
    said()
    course.reveal("98.P2")
    text = said()
    assert "98.P2 has no prediction yet" in text and "1.41" not in text
    assert view.revealed is None and lesson.score is None


def test_a_truth_that_cannot_be_used_is_a_sentence(said: Any) -> None:
    course.predict("98.P2").lock(1.4, 60)
    said()
    course.reveal("98.P2", "long")
    assert said().startswith("98.P2 could not be revealed: ValueError")


def test_an_unknown_prediction_is_a_sentence(said: Any) -> None:
    with pytest.raises(UnknownExercise, match=r"Lesson 98 has no prediction 'P9'. Known: P1, P2."):
        course.predict("98.P9")
    course.reveal("98.P9")
    assert "has no prediction 'P9'" in said()
