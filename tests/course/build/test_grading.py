"""Assignments for nbgrader and otter."""

from __future__ import annotations

from pathlib import Path

from mikit.course.build.grading import export, for_nbgrader, for_otter
from mikit.course.build.notebooks import as_text
from mikit.course.build.source import Cell, read

SAMPLE = Path(__file__).parents[1] / "lessons"
CELLS = read(SAMPLE / "src" / "98_numbers.py")


def test_nbgrader_gets_solution_cells_and_a_point_for_each_check() -> None:
    built = for_nbgrader(CELLS)
    marks = {cell["id"]: cell["metadata"].get("nbgrader") for cell in built["cells"]}
    assert marks["98-double"] == {
        "grade": False, "grade_id": "98-double", "locked": False, "schema_version": 3, "solution": True, "task": False,
    }  # fmt: skip
    assert marks["98-check-double"] == {
        "grade": True, "grade_id": "98-check-double", "locked": True, "points": 1, "schema_version": 3,
        "solution": False, "task": False,
    }  # fmt: skip
    assert sum(1 for mark in marks.values() if mark) == 4
    (test,) = [cell["source"] for cell in built["cells"] if cell["id"] == "98-check-double"]
    assert test == ('mikit.course.check("98.E1", answer)\nassert mikit.course.passed("98.E1"), "E1 has not passed"')
    assert "### BEGIN SOLUTION" in as_text(built)


def test_a_check_in_the_cell_of_its_solution_gets_a_test_cell() -> None:
    text = '### BEGIN SOLUTION\na = 1\n### END SOLUTION\nmikit.course.check("98.E1", a)'
    cell = Cell("98", "both", ("exercise", "check"), False, text)
    first, test = for_nbgrader([cell])["cells"]
    assert first["metadata"]["nbgrader"]["solution"] and first["source"] == f"a = ...\n{text}"
    assert test["metadata"]["nbgrader"]["grade"] and test["source"].startswith("assert mikit.course.passed")
    parts = [part["source"].split("\n") for part in for_otter("x", [cell])["cells"]]
    assert parts[3][:4] == ["a = ...", "# BEGIN SOLUTION NO PROMPT", "a = 1", "# END SOLUTION"]


def test_otter_gets_a_question_for_each_solution() -> None:
    built = for_otter("98_numbers", CELLS)
    raw = [cell["source"].split("\n") for cell in built["cells"] if cell["cell_type"] == "raw"]
    assert raw[0] == ["# ASSIGNMENT CONFIG", "name: 98_numbers"]
    assert raw[1] == ["# BEGIN QUESTION", "name: E1", "points: 1"]
    assert [lines[0] for lines in raw[1:7]] == [
        "# BEGIN QUESTION", "# BEGIN SOLUTION", "# END SOLUTION", "# BEGIN TESTS", "# END TESTS", "# END QUESTION",
    ]  # fmt: skip
    assert len(raw) == 1 + 2 * 6
    assert built["cells"][-1]["id"] == "98-use"
    as_text(built)


def test_the_workshop_is_not_an_assignment(tmp_path: Path) -> None:
    written = {path.relative_to(tmp_path).as_posix() for path in export(SAMPLE, tmp_path)}
    assert written == {"nbgrader/source/98_numbers/98_numbers.ipynb", "otter/98_numbers.ipynb"}
