"""The progress file: whole or not at all, shared by two kernels, and never in the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mikit.course.progress import FILE, Progress, ProgressFile, Step


@pytest.fixture
def told() -> list[str]:
    return []


def tick(id: str) -> object:
    def change(progress: Progress) -> None:
        progress.lesson("98").steps[id] = Step(state="passed")

    return change


def passed(file: ProgressFile) -> set[str]:
    return {id for id, step in file.read().lesson("98").steps.items() if step.state == "passed"}


def test_two_kernels_lose_nothing_of_each_other(tmp_path: Path, told: list[str]) -> None:
    one, two = ProgressFile(tmp_path, told.append), ProgressFile(tmp_path, told.append)
    one.update(tick("E1"))
    two.update(tick("E2"))
    one.update(tick("E3"))
    assert passed(one) == passed(two) == {"E1", "E2", "E3"}
    assert one.read().seed == two.read().seed
    assert told == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"mikit": "record 1"}', '{"mikit": "progress 1", "seed": "x"}'])
def test_a_damaged_file_is_put_aside_whole(tmp_path: Path, told: list[str], text: str) -> None:
    (tmp_path / FILE).write_text(text)
    file = ProgressFile(tmp_path, told.append)
    file.update(tick("E1"))
    assert (tmp_path / "mikit-progress-damaged-1.json").read_text() == text
    assert passed(ProgressFile(tmp_path, told.append)) == {"E1"}
    assert len(told) == 1 and "is now mikit-progress-damaged-1.json" in told[0]


def test_damage_while_the_kernel_runs_costs_nothing(tmp_path: Path, told: list[str]) -> None:
    file = ProgressFile(tmp_path, told.append)
    file.update(tick("E1"))
    (tmp_path / FILE).write_text("half a fi")
    file.update(tick("E2"))
    (tmp_path / FILE).unlink()
    file.update(tick("E3"))
    assert passed(ProgressFile(tmp_path, told.append)) == {"E1", "E2", "E3"}


def test_where_nothing_can_be_written_it_goes_on_in_memory(tmp_path: Path, told: list[str]) -> None:
    (tmp_path / "no folder").write_text("")
    file = ProgressFile(tmp_path / "no folder", told.append)
    file.update(tick("E1"))
    file.update(tick("E2"))
    assert passed(file) == {"E1", "E2"}
    assert len(told) == 1 and "cannot be saved" in told[0]


def test_a_write_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = ProgressFile(tmp_path, told.append)
    file.update(tick("E1"))
    before = (tmp_path / FILE).read_text()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        file.update(tick("E2"))
    assert (tmp_path / FILE).read_text() == before
    assert passed(file) == {"E1", "E2"} and "No space left" in told[0]
    file.update(tick("E3"))
    assert passed(ProgressFile(tmp_path, told.append)) == {"E1", "E2", "E3"}


def test_no_half_written_file_takes_its_name(tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    file = ProgressFile(tmp_path, told.append)
    file.update(tick("E1"))
    before = (tmp_path / FILE).read_text()

    def killed(*_: object) -> None:
        raise OSError("killed between writing and naming")

    monkeypatch.setattr(Path, "replace", killed)
    file.update(tick("E2"))
    assert (tmp_path / FILE).read_text() == before


def test_the_file_says_nothing_of_who_learns(tmp_path: Path, told: list[str]) -> None:
    file = ProgressFile(tmp_path, told.append)
    file.update(tick("E1"))
    assert set(json.loads((tmp_path / FILE).read_text())) == {"mikit", "seed", "lessons"}
