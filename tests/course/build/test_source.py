"""Lesson sources: what a cell is, and what its starter form leaves open."""

from __future__ import annotations

from pathlib import Path

import pytest

from mikit.course.build.source import SourceBroken, read, solved, starter

SAMPLE = Path(__file__).parents[1] / "lessons" / "src" / "98_numbers.py"


def test_cells_have_ids_of_lesson_and_label() -> None:
    cells = read(SAMPLE)
    assert [cell.id for cell in cells][:3] == ["98-title", "98-parameters", "98-open"]
    assert cells[0].markdown and cells[0].text.startswith("# Numbers")
    assert [cell.label for cell in cells if cell.has_solution] == ["double", "square"]
    assert cells[1].tags == ("parameters", "workshop")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a = 1\n### BEGIN SOLUTION\nb = 2\nc = a + b\n### END SOLUTION\nprint(c)", "a = 1\nc = ...\nprint(c)"),
        ("### BEGIN SOLUTION\na, b = 1, 2\n### END SOLUTION", "a = b = ..."),
        ("### BEGIN SOLUTION\na: int = 1\n### END SOLUTION", "a = ..."),
        ("### BEGIN SOLUTION\na = max(\n    1,\n)  # why\n### END SOLUTION", "a = ..."),
        ("### BEGIN SOLUTION\ndef f(x: int) -> int:\n    return x\n### END SOLUTION", "def f(x: int) -> int:\n    ..."),
        (
            '### BEGIN SOLUTION\ndef f(\n    x,\n):\n    """Says."""\n    return x\n### END SOLUTION',
            'def f(\n    x,\n):\n    """Says."""\n    ...',
        ),
        (
            "def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION\n\nf(1)",
            "def f(x):\n    ...\n\nf(1)",
        ),
        (
            "### BEGIN SOLUTION\na = 1\n### END SOLUTION\nx = 0\n### BEGIN SOLUTION\nb = 1\n### END SOLUTION",
            "a = ...\nx = 0\nb = ...",
        ),
        ("x = 1", "x = 1"),
    ],
)
def test_the_starter_leaves_the_name_open(text: str, left: str) -> None:
    assert starter(text) == left
    compile(left, "starter", "exec")
    assert "SOLUTION" not in solved(text)
    compile(solved(text), "solved", "exec")


@pytest.mark.parametrize("body", ["print(1)", "import math", "def f(x): return x"])
def test_a_solution_that_leaves_nothing_to_write_is_refused(body: str) -> None:
    with pytest.raises(SourceBroken):
        starter(f"### BEGIN SOLUTION\n{body}\n### END SOLUTION")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("Induction.py", "", "is named like 01_induction.py"),
        ("97_x.py", "# %%\nx = 1\n", "every cell has a label"),
        ("97_x.py", '# %% label="Two Words"\nx = 1\n', "every cell has a label"),
        ("97_x.py", '# %% label="a"\nx = 1\n\n# %% label="a"\nx = 2\n', "the label 'a' stands at two cells"),
        ("97_x.py", '# %% label="a" tags=["excercise"]\nx = 1\n', "no tag is called 'excercise'"),
        ("97_x.py", '# %% label="a"\n### BEGIN SOLUTION\nx = 1\n', "stand in pairs"),
        ("97_x.py", '# %% label="a"\n### END SOLUTION\nx = 1\n### BEGIN SOLUTION\n', "stand in pairs"),
    ],
)
def test_a_broken_source_is_a_sentence(tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SourceBroken, match=says):
        read(tmp_path / name)
