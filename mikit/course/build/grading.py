"""Lessons as assignments: nbgrader and otter take a solved notebook and make the students' and the grader's from it.

Both grade by assertions, and a check only prints; so each check is followed by an assertion that it passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mikit.course.build.notebooks import Json, as_text, assembled, is_lesson, made, sources
from mikit.course.build.source import Cell, offered

CHECK = re.compile(r"""course\.check\(\s*["'](\d\d)\.(E\d+)["']""")


def export(lessons: Path, folder: Path) -> list[Path]:
    """Write every lesson into ``folder``/nbgrader/source and ``folder``/otter. Raises SourceBroken."""
    forms = {}
    for name, cells in sources(lessons).items():
        if is_lesson(name):
            forms[folder / "nbgrader" / "source" / name / f"{name}.ipynb"] = for_nbgrader(cells)
            forms[folder / "otter" / f"{name}.ipynb"] = for_otter(name, cells)
    for path, notebook in forms.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_text(notebook), encoding="utf-8", newline="\n")
    return list(forms)


def for_nbgrader(cells: list[Cell]) -> Json:
    """The source notebook of an nbgrader assignment: one point for every checked exercise."""
    return assembled([part for cell in cells for part in _for_nbgrader(cell)])


def _for_nbgrader(cell: Cell) -> Iterator[Json]:
    checked = _checked(cell)
    if cell.has_solution:
        yield made("code", cell.id, offered(cell.text), {"nbgrader": _marks(cell.id, solution=True)})
        if checked:  # nbgrader takes a cell with solution and test for one that a person grades
            yield _test(f"{cell.id}-test", _assertions(checked), len(checked))
    elif checked:
        yield _test(cell.id, [cell.text, *_assertions(checked)], len(checked))
    else:
        yield _plain(cell)


def for_otter(name: str, cells: list[Cell]) -> Json:
    """The master notebook of an otter assignment: a question for every solution, up to the cell that checks it."""
    built = [made("raw", "assignment", f"# ASSIGNMENT CONFIG\nname: {name}")]
    waiting: list[Cell] = []  # a solution, and what came since
    for cell in cells:
        if waiting or cell.has_solution:
            waiting.append(cell)
            if _checked(cell):
                built += _question(waiting)
                waiting = []
        else:
            built.append(_plain(cell))
    return assembled([*built, *map(_plain, waiting)])


def _question(cells: list[Cell]) -> Iterator[Json]:
    """A solution, what stands between, and its check, in otter's raw boundary cells."""
    first, last = cells[0], cells[-1]
    checked = _checked(last)

    def mark(words: str, config: str = "") -> Json:
        return made("raw", f"{first.id}-{words.lower().replace(' ', '-')}", f"# {words}{config}")

    yield mark("BEGIN QUESTION", f"\nname: {'_'.join(id for _, id in checked)}\npoints: {len(checked)}")
    yield mark("BEGIN SOLUTION")
    for cell in cells:
        if cell.has_solution:
            text = offered(cell.text, "# BEGIN SOLUTION NO PROMPT", "# END SOLUTION")
            yield made("code", cell.id, text)
    yield mark("END SOLUTION")
    yield from (_plain(cell) for cell in cells if not cell.has_solution and cell is not last)
    yield mark("BEGIN TESTS")
    call = [] if last.has_solution else [last.text]
    yield made("code", f"{first.id}-tests", "\n".join([*call, *_assertions(checked)]))
    yield mark("END TESTS")
    yield mark("END QUESTION")


def _checked(cell: Cell) -> list[tuple[str, str]]:
    """The exercises that a cell checks: [("01", "E2")]."""
    return [] if cell.markdown else CHECK.findall(cell.text)


def _assertions(checked: list[tuple[str, str]]) -> list[str]:
    return [f'assert mikit.course.passed("{lesson}.{id}"), "{id} has not passed"' for lesson, id in checked]


def _plain(cell: Cell) -> Json:
    return made("markdown" if cell.markdown else "code", cell.id, cell.text)


def _test(id: str, lines: list[str], points: int) -> Json:
    return made("code", id, "\n".join(lines), {"nbgrader": _marks(id, points=points)})


def _marks(id: str, *, solution: bool = False, points: int = 0) -> Json:
    graded = points > 0
    common = {"grade": graded, "grade_id": id, "locked": graded, "schema_version": 3, "solution": solution}
    return {**common, "task": False, **({"points": points} if graded else {})}
