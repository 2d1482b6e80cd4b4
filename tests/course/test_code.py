"""The progress code: short, the same for the same progress, and mistakes in it are noticed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mikit.course import code
from mikit.course.code import CodeUnreadable, decode, encode
from mikit.course.progress import LessonState, Prediction, Step
from tests.course.sample import LESSON

STATE = LessonState(
    steps={"E1": Step(state="passed", wrong=2, answer=5, kept=True), "E2": Step(state="ours")},
    predictions={"P1": Prediction(value="8", sure=90, right=False), "P2": Prediction(value=1.48, sure=65)},
)


def test_what_goes_in_comes_out() -> None:
    decoded = decode(LESSON, encode(LESSON, 12345, STATE))
    assert (decoded.lesson, decoded.seed) == ("98", 12345)
    assert {id: step.state for id, step in decoded.state.steps.items()} == {"E1": "passed", "E2": "ours"}
    assert decoded.state.predictions == STATE.predictions


@pytest.mark.parametrize("sure", [50, 51, 99, 100])
@pytest.mark.parametrize("value", [0.0, 0.04, 1.48, 3.96, 4.0])
def test_every_place_of_the_slider_survives(value: float, sure: int) -> None:
    state = LessonState(predictions={"P2": Prediction(value=value, sure=sure, right=True)})
    assert decode(LESSON, encode(LESSON, 0, state)).state.predictions == state.predictions


def test_it_is_short_and_holds_no_letter_that_is_read_wrong() -> None:
    text = encode(LESSON, (1 << 24) - 1, STATE)
    assert len(text) <= 34
    assert all(len(group) <= 4 for group in text.split("-"))
    assert not set(text) & set("ILOU")


def test_it_may_be_copied_by_hand() -> None:
    text = encode(LESSON, 77, STATE)
    sloppy = text.lower().replace("1", "l").replace("0", "o").replace("-", " ")
    assert decode(LESSON, sloppy) == decode(LESSON, text)


def test_every_single_mistyped_letter_is_noticed() -> None:
    text = encode(LESSON, 77, STATE)
    for at, sign in enumerate(text):
        if sign != "-":
            other = "7" if sign != "7" else "8"
            with pytest.raises(CodeUnreadable):
                decode(LESSON, text[:at] + other + text[at + 1 :])
    with pytest.raises(CodeUnreadable, match="mistyped or missing"):
        decode(LESSON, text[:-1])


def test_a_code_of_another_lesson_or_version_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    text = encode(replace(LESSON, id="01"), 77, STATE)
    with pytest.raises(CodeUnreadable, match="belongs to lesson 01, and this is lesson 98"):
        decode(LESSON, text)
    shorter = replace(LESSON, exercises=LESSON.exercises[:1])
    with pytest.raises(CodeUnreadable, match="Lesson 98 has changed"):
        decode(LESSON, encode(shorter, 77, STATE))
    monkeypatch.setattr(code, "VERSION", 2)
    newer = encode(LESSON, 77, STATE)
    monkeypatch.undo()
    with pytest.raises(CodeUnreadable, match="another version of mikit"):
        decode(LESSON, newer)
