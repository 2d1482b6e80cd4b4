"""Stop and come back: by the file, by the code, at any step."""

from __future__ import annotations

import base64
import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mikit import course
from mikit.course import keep, lesson, lessons
from mikit.course.plan import UnknownExercise
from mikit.course.progress import FILE
from tests.course.sample import number

Restart = Callable[[], None]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda: capsys.readouterr().out


def test_a_new_kernel_finds_ticks_answers_and_results(restart: Restart, said: Any) -> None:
    first = course.open("98")
    answer = 2 * number(first.context)
    course.check("98.E1", answer)
    first.keep("weights", {"w": torch.tensor([[1.0, -2.0]])})
    code = first.code
    restart()
    said()
    second = course.open("98")
    assert second is not first and second.code == code
    assert "E1 ✓  E2 ·" in said()
    assert course.given("98.E1") == answer
    assert "your answer is used" in said()
    assert torch.equal(second.kept("weights")["w"], torch.tensor([[1.0, -2.0]]))
    assert second.kept("nothing") is None


def test_a_function_is_not_stored_and_given_says_so(restart: Restart, said: Any) -> None:
    course.open("98")
    course.check("98.E2", lambda x: x**2)
    restart()
    said()
    assert course.given("98.E2")(3) == 9
    assert "is ticked, but this kernel does not have your answer" in said()


def test_a_code_brings_ticks_to_another_folder(
    restart: Restart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Any
) -> None:
    here = course.open("98")
    course.check("98.E2", lambda x: x**2)
    seed, code = here.context.seed, here.code
    restart()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    said()
    there = course.open("98", code=f" {code.lower().replace('-', ' ')} ")
    assert there.passed("E2") and there.context.seed == seed and there.code == code
    assert json.loads((tmp_path / "elsewhere" / FILE).read_text())["seed"] == seed


def test_an_older_code_of_ones_own_takes_nothing_away() -> None:
    here = course.open("98")
    old = here.code
    course.check("98.E2", lambda x: x**2)
    assert course.open("98", code=old).passed("E2")


def test_another_learners_code_is_refused_and_nothing_is_lost(
    restart: Restart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Any
) -> None:
    course.open("98")
    course.check("98.E2", lambda x: x**2)
    kept = (tmp_path / FILE).read_text()
    restart()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    foreign = course.open("98").code
    restart()
    monkeypatch.chdir(tmp_path)
    said()
    assert course.open("98", code=foreign).passed("E2")
    assert "This code is another learner's" in said()
    assert (tmp_path / FILE).read_text() == kept


@pytest.mark.parametrize("code", ["", "hello", "K7QF-2M9X-AAAA", "ü", 7])
def test_a_corrupted_code_is_a_sentence(code: Any, said: Any) -> None:
    course.open("98")
    course.check("98.E2", lambda x: x**2)
    said()
    assert course.open("98", code=code).passed("E2")
    assert "progress code" in said().splitlines()[0]


def test_catch_up_starts_at_a_later_step_and_keeps_own_answers(said: Any) -> None:
    here = course.open("98")
    said()
    began = time.monotonic()
    here.catch_up("E2")
    assert time.monotonic() - began < 20
    assert "E1: ours." in said()
    assert here.state.step("E1").state == "ours" and not here.passed("E1")
    course.check("98.E1", 2 * number(here.context))
    said()
    here.catch_up("98.E2")
    assert "E1: yours." in said()
    assert here.passed("E1")


def test_catch_up_at_an_unknown_step_is_a_sentence(said: Any) -> None:
    here = course.open("98")
    said()
    here.catch_up("E7")
    assert said().startswith("Lesson 98 has no exercise 'E7'.")
    assert here.state.steps == {}


def test_afresh_clears_this_lesson_alone_and_prints_the_way_back(monkeypatch: pytest.MonkeyPatch, said: Any) -> None:
    here = course.open("98")
    course.check("98.E2", lambda x: x**2)
    old = here.code
    here._file.update(lambda progress: progress.lesson("97"))
    said()
    here.afresh()
    assert old in said()
    assert not here.passed("E2") and here.context.answers == {}
    assert "97" in here._file.read().lessons
    assert course.open("98", code=old).passed("E2")


def test_an_unknown_lesson_is_a_sentence() -> None:
    with pytest.raises(UnknownExercise, match=r"There is no lesson '9'. Did you mean '98'\?"):
        course.open("9")
    assert str(course.plan.UnknownExercise("x")) == "x"


def test_a_value_that_cannot_be_stored_is_told_of(said: Any) -> None:
    here = course.open("98")
    said()
    here.keep("model", object())
    assert said().strip() == "'model' is not stored: A object cannot be kept."


def test_answers_are_drawn_for_each_learner(restart: Restart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = set()
    for name in "abcde":
        restart()
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        numbers.add(number(course.open("98").context))
    assert len(numbers) > 1


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, -1.5, float("inf"), "a", [1, [2]], (1, "b"), {"a": (1,), 2: [None]}, {(0, 1): 2}, {1, 2},
        np.arange(6, dtype=np.int32).reshape(2, 3), np.array(["x", "yy"]), torch.tensor([0.1], dtype=torch.float64),
    ],
    ids=repr,
)  # fmt: skip
def test_values_come_back_as_they_were(value: Any) -> None:
    back = keep.unpack(json.loads(json.dumps(keep.pack(value))))
    assert type(back) is type(value)
    if isinstance(value, np.ndarray | torch.Tensor):
        assert back.dtype == value.dtype and back.tolist() == value.tolist()
    else:
        assert back == value


@pytest.mark.parametrize("value", [object(), len, np.array([object()]), [object()], "x" * 5_000_000])
def test_other_values_are_not_kept(value: Any) -> None:
    with pytest.raises(keep.CannotKeep):
        keep.pack(value)


@pytest.mark.parametrize("packed", [{}, {"a": 1, "b": 2}, {"pickle": "x"}, {"array": "x"}, {"array": 3}])
def test_foreign_json_is_refused(packed: Any) -> None:
    with pytest.raises(keep.CannotKeep):
        keep.unpack(packed)


def test_a_pickle_in_the_file_is_never_opened() -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(keep.CannotKeep):
        keep.unpack({"array": base64.b64encode(buffer.getvalue()).decode()})


def test_every_lesson_of_the_course_has_a_home() -> None:
    assert set(lessons.HOME) >= {"00", "01"}
    assert lesson.RANK[-1] == "passed"
