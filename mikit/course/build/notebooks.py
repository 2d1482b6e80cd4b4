"""Notebooks from cells: plain data, the same bytes whenever they are built.

Learners get the starter form; the solved form is made in memory, for tests. The workshop is cut from lesson cells by
their tag.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import nbformat

from mikit.course.build.source import NAME, Cell, SourceBroken, read, solved, starter
from mikit.course.plan import Pace

Form = Literal["starter", "solved"]
Json = dict[str, Any]

WORKSHOP = "workshop_90"
PACE = re.compile(r'^pace = "full"$', re.MULTILINE)


def sources(lessons: Path) -> dict[str, list[Cell]]:
    """The cells of every lesson, by the name of its notebook, of the workshop, and of the pages that are no lesson.
    Raises SourceBroken."""
    read_all = {path.stem: read(path) for path in sorted((lessons / "src").glob("*.py"))}
    numbered = {name: cells for name, cells in read_all.items() if is_lesson(name)}
    return {**numbered, **workshop(numbered), **read_all}


def is_lesson(name: str) -> bool:
    """Whether a notebook is a numbered lesson, with steps and a plan."""
    return NAME.fullmatch(name) is not None


def workshop(lessons: dict[str, list[Cell]]) -> dict[str, list[Cell]]:
    """The cells tagged for the workshop, in the order of the lessons, with one parameter cell; none: no workshop."""
    cut = [cell for cells in lessons.values() for cell in cells if "workshop" in cell.tags]
    parameters = [cell for cell in cut if "parameters" in cell.tags]
    cells = [cell for cell in cut if cell not in parameters[1:]]
    return {WORKSHOP: cells} if cells else {}


def notebook(cells: list[Cell], form: Form = "starter", pace: Pace = "full") -> Json:
    """A notebook without outputs. Raises SourceBroken."""
    return assembled([_built(cell, form, pace) for cell in cells])


def _built(cell: Cell, form: Form, pace: Pace) -> Json:
    metadata: Json = {"tags": list(cell.tags)} if cell.tags else {}
    if "hidden" in cell.tags:
        metadata["jupyter"] = {"source_hidden": True}
    if cell.markdown:
        return made("markdown", cell.id, cell.text, metadata)
    text = solved(cell.text) if form == "solved" else starter(cell.text)
    if "parameters" in cell.tags:
        if not PACE.search(text):
            raise SourceBroken(f'{cell.id}: the parameter cell has the line `pace = "full"`.')
        text = PACE.sub(f'pace = "{pace}"', text)
    return made("code", cell.id, text, metadata)


def made(kind: Literal["code", "markdown", "raw"], id: str, text: str, metadata: Json | None = None) -> Json:
    """One cell of a notebook."""
    outputs: Json = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "id": id, "metadata": metadata or {}, "source": text, **outputs}


def assembled(cells: list[Json]) -> Json:
    """A notebook of cells."""
    metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def as_text(notebook: Json) -> str:
    """A notebook's file. Raises nbformat's ValidationError where it is not a valid notebook."""
    node = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    nbformat.validate(node)
    return str(nbformat.writes(node)) + "\n"  # type: ignore[no-untyped-call]


def built(lessons: Path) -> dict[str, str]:
    """The file of every notebook that learners get, by its name. Raises SourceBroken."""
    return {f"{name}.ipynb": as_text(notebook(cells)) for name, cells in sources(lessons).items()}


def stale(lessons: Path) -> list[str]:
    """Names of the notebooks in the folder that are not what their sources build, or have none, or are missing."""
    fresh = built(lessons)
    here = {path.name: path.read_text(encoding="utf-8") for path in lessons.glob("*.ipynb")}
    return sorted(name for name in fresh.keys() | here.keys() if fresh.get(name) != here.get(name))


def write(lessons: Path) -> list[Path]:
    """Write every notebook; a notebook without a source goes."""
    fresh = built(lessons)
    for path in lessons.glob("*.ipynb"):
        if path.name not in fresh:
            path.unlink()
    for name, text in fresh.items():
        (lessons / name).write_text(text, encoding="utf-8", newline="\n")
    return [lessons / name for name in fresh]
