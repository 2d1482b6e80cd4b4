"""Lesson sources: lessons/src/NN_name.py in jupytext's percent format, solved, read as cells. A name without a number
is a page: a notebook that is no lesson.

A cell's header carries a label, and tags: `# %% label="repeat" tags=["exercise", "workshop"]`. A solution stands
between `### BEGIN SOLUTION` and `### END SOLUTION`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import jupytext

from mikit.errors import MikitError

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
NAME = re.compile(r"(\d\d)_\w+")
PAGE = re.compile(r"[a-z]\w*")
LABEL = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
TAGS = {"parameters", "exercise", "check", "predict", "workshop", "optional", "toy", "hidden"}
SOLUTION = re.compile(rf"^(?P<indent> *){BEGIN}\n(?P<body>.*?)^(?P=indent){END}$", re.DOTALL | re.MULTILINE)


class SourceBroken(MikitError):
    """A lesson source that no notebook can be built from."""


@dataclass(frozen=True)
class Cell:
    """One cell of a lesson, as written: solved."""

    lesson: str
    label: str
    tags: tuple[str, ...]
    markdown: bool
    text: str

    @property
    def id(self) -> str:
        """Stable: a notebook built again has the same ids."""
        return f"{self.lesson}-{self.label}"

    @property
    def has_solution(self) -> bool:
        return BEGIN in self.text


def read(path: Path) -> list[Cell]:
    """The cells of a lesson source. Raises SourceBroken."""
    name, page = NAME.fullmatch(path.stem), PAGE.fullmatch(path.stem)
    if name is None and page is None:
        raise SourceBroken(f"{path.name}: a lesson source is named like 01_induction.py, a page like check_a_claim.py.")
    id = name[1] if name else path.stem
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    cells = [_cell(path, id, cell) for cell in notebook.cells]
    labels = [cell.label for cell in cells]
    if twice := sorted({label for label in labels if labels.count(label) > 1}):
        raise SourceBroken(f"{path.name}: the label '{twice[0]}' stands at two cells.")
    return cells


def _cell(path: Path, lesson: str, cell: dict[str, object]) -> Cell:
    text, metadata = str(cell["source"]), cell["metadata"]
    assert isinstance(metadata, dict)
    where = f"{path.name}, cell '{text.splitlines()[0] if text else ''}'"
    label, tags = metadata.get("label", ""), tuple(metadata.get("tags", ()))
    if not LABEL.fullmatch(label):
        raise SourceBroken(f'{where}: every cell has a label of its own, as in `# %% label="two-words"`.')
    if strange := sorted(set(tags) - TAGS):
        raise SourceBroken(f"{where}: no tag is called '{strange[0]}'. Known: {', '.join(sorted(TAGS))}.")
    if text.count(BEGIN) != len(SOLUTION.findall(text)) or text.count(END) != text.count(BEGIN):
        raise SourceBroken(f"{where}: `{BEGIN}` and `{END}` stand in pairs, indented alike.")
    return Cell(lesson, label, tags, cell["cell_type"] == "markdown", text)


def solved(text: str) -> str:
    """A cell's text with its solution, without the lines around it."""
    return "\n".join(line for line in text.split("\n") if line.strip() not in (BEGIN, END))


def starter(text: str) -> str:
    """A cell's text with `...` where the solution was. Raises SourceBroken for a solution that binds no name."""
    return SOLUTION.sub(lambda match: _left_open(match["indent"], match["body"]), text)


def offered(text: str, begin: str = BEGIN, end: str = END) -> str:
    """A cell's text with the starter's line before each solution, for tools that cut the solution out themselves."""

    def both(match: re.Match[str]) -> str:
        indent, body = match["indent"], match["body"]
        return f"{_left_open(indent, body)}\n{indent}{begin}\n{body}{indent}{end}"

    return SOLUTION.sub(both, text)


def _left_open(indent: str, body: str) -> str:
    if indent:  # inside a function that the starter shows
        return f"{indent}..."
    lines, names = body.split("\n"), []
    for statement in reversed(ast.parse(body).body):
        if isinstance(statement, ast.FunctionDef):
            return _open_function(lines, statement)
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names = [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
            break
    if not names:
        raise SourceBroken(f"A solution assigns a name or defines a function; this one does neither:\n{body}")
    return " = ".join([*names, "..."])


def _open_function(lines: list[str], function: ast.FunctionDef) -> str:
    """The function's head and docstring, and `...` for the rest."""
    first = function.body[0]
    said = ast.get_docstring(function) is not None
    last = first.end_lineno if said else first.lineno - 1
    head = lines[function.lineno - 1 : last]
    if not head:
        raise SourceBroken(f"The body of '{function.name}' stands on a line of its own.")
    return "\n".join([*head, f"{' ' * first.col_offset}..."])
