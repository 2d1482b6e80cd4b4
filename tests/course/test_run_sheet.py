"""The run sheet speaks of cells that the workshop has, in its order, and fits 90 minutes and one page."""

from __future__ import annotations

import re

import pytest

from mikit.course.build.__main__ import LESSONS
from mikit.course.build.notebooks import WORKSHOP, sources

SHEET = (LESSONS / "workshop_run_sheet.md").read_text(encoding="utf-8")
ROWS = [line.split("|") for line in SHEET.splitlines() if re.match(r"\| \d+ \|", line)]


@pytest.fixture(scope="module")
def cells() -> list[str]:
    return [cell.id for cell in sources(LESSONS)[WORKSHOP]]


def test_cells_stand_in_the_workshop_in_this_order(cells: list[str]) -> None:
    named = [name for row in ROWS for name in re.findall(r"`(0\d-[\w-]+)`", row[3])]
    assert [name for name in named if name not in cells] == []
    assert named == sorted(named, key=cells.index)


def test_no_step_of_the_workshop_is_forgotten(cells: list[str]) -> None:
    """Whatever is checked or predicted there has its minute, save what is marked for those who finish early."""
    sheet = set(re.findall(r"`(0\d-[\w-]+)`", SHEET))
    asked = {cell.removeprefix("0").partition("-check-")[2] for cell in cells if "-check-" in cell}
    missing = [name for name in asked if not any(name in cell for cell in sheet)]
    assert missing in ([], ["moved"])


def test_ninety_minutes_with_something_to_do_every_ten() -> None:
    minutes = [int(row[1]) for row in ROWS]
    assert minutes[0] == 0 and minutes[-1] < 90
    assert all(0 < later - sooner <= 8 for sooner, later in zip(minutes, [*minutes[1:], 90], strict=True))
    assert all(row[3].strip() for row in ROWS)


def test_one_page() -> None:
    assert len(SHEET.splitlines()) <= 40 and len(SHEET) < 5_000
