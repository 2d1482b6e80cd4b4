"""The notebooks that are built, and what they do when they are run."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from typer.testing import CliRunner

from mikit.course.build.__main__ import LESSONS
from mikit.course.build.__main__ import main as build_command
from mikit.course.build.notebooks import WORKSHOP, as_text, is_lesson, notebook, sources, stale, write
from mikit.course.build.source import SourceBroken, read

SAMPLE = Path(__file__).parents[1] / "lessons"
CELLS = read(SAMPLE / "src" / "98_numbers.py")


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "lessons"))


def run(built: dict[str, Any]) -> dict[str, str]:
    """What each code cell prints, by id, run in this process in one namespace."""
    names: dict[str, Any] = {}
    printed = {}
    for cell in built["cells"]:
        if cell["cell_type"] == "code":
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(cell["source"], cell["id"], "exec"), names)
            printed[cell["id"]] = out.getvalue()
    return printed


def test_the_starter_runs_and_each_check_says_that_it_waits() -> None:
    printed = run(notebook(CELLS, "starter", "ci"))
    assert printed["98-check-double"].startswith("· 98.E1 is not answered yet")
    assert printed["98-check-square"].startswith("· 98.E2 is not answered yet")
    assert "98.P2 has no prediction yet" in printed["98-reveal-diagonal"]
    assert "our answer is used" in printed["98-use"] and printed["98-use"].endswith(" 9\n")


def test_the_solved_form_passes_every_check() -> None:
    printed = run(notebook(CELLS, "solved", "ci"))
    assert printed["98-check-double"].startswith("✓ 98.E1")
    assert printed["98-check-square"].startswith("✓ 98.E2")
    assert "2 of 2 steps" in printed["98-check-square"]
    assert "98.E2: your answer is used" in printed["98-use"]


def test_built_twice_it_is_the_same_and_has_no_outputs() -> None:
    text = as_text(notebook(CELLS))
    assert text == as_text(notebook(read(SAMPLE / "src" / "98_numbers.py")))
    back = nbformat.reads(text, as_version=4)
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in back.cells)
    assert "SOLUTION" not in text and text.endswith("}\n")
    assert len({cell.id for cell in back.cells}) == len(back.cells) == len(CELLS)


def test_the_pace_is_set_in_the_parameter_cell_alone() -> None:
    full, ci = notebook(CELLS), notebook(CELLS, pace="ci")
    differ = [a["id"] for a, b in zip(full["cells"], ci["cells"], strict=True) if a != b]
    assert differ == ["98-parameters"]
    assert ci["cells"][1]["source"] == 'pace = "ci"'


def test_a_parameter_cell_without_a_pace_is_refused(lessons: Path) -> None:
    source = lessons / "src" / "98_numbers.py"
    source.write_text(source.read_text().replace('pace = "full"', 'pace = "slow"'))
    with pytest.raises(SourceBroken, match='has the line `pace = "full"`'):
        write(lessons)


def test_the_workshop_is_the_tagged_cells_with_one_parameter_cell(lessons: Path) -> None:
    second = (lessons / "src" / "98_numbers.py").read_text()
    (lessons / "src" / "99_more.py").write_text(second)
    ids = [cell.id for cell in sources(lessons)[WORKSHOP]]
    assert ids == [
        "98-title", "98-parameters", "98-open", "98-square", "98-check-square",
        "99-title", "99-open", "99-square", "99-check-square",
    ]  # fmt: skip


def test_a_page_is_built_beside_the_lessons_and_folds_its_code(lessons: Path) -> None:
    text = '# %% [markdown] label="title"\n# # A page\n\n# %% label="shown" tags=["hidden", "workshop"]\nx = 1\n'
    (lessons / "src" / "a_page.py").write_text(text)
    built = sources(lessons)
    assert [cell.id for cell in built["a_page"]] == ["a_page-title", "a_page-shown"]
    assert "a_page-shown" not in [cell.id for cell in built[WORKSHOP]]
    code = notebook(built["a_page"])["cells"][1]
    assert code["metadata"] == {"tags": ["hidden", "workshop"], "jupyter": {"source_hidden": True}}
    assert not is_lesson("a_page") and is_lesson("98_numbers")
    as_text(notebook(built["a_page"]))


def test_a_notebook_that_is_not_as_its_source_is_found(lessons: Path) -> None:
    assert stale(lessons) == ["98_numbers.ipynb", "workshop_90.ipynb"]
    write(lessons)
    assert stale(lessons) == []
    edited = lessons / "98_numbers.ipynb"
    edited.write_text(edited.read_text().replace("A lesson", "One lesson"))
    (lessons / "97_gone.ipynb").write_text(edited.read_text())
    assert stale(lessons) == ["97_gone.ipynb", "98_numbers.ipynb"]
    write(lessons)
    assert stale(lessons) == [] and not (lessons / "97_gone.ipynb").exists()


def test_the_command_builds_checks_and_exports(lessons: Path, tmp_path: Path) -> None:
    import typer

    app = typer.Typer()
    app.command()(build_command)

    def call(*options: str) -> tuple[int, str]:
        ended = CliRunner().invoke(app, ["--lessons", str(lessons), *options])
        return ended.exit_code, ended.output

    assert call("--check") == (
        1,
        "Not as their sources: 98_numbers.ipynb, workshop_90.ipynb. Run `python -m mikit.course.build`.\n",
    )
    assert call()[0] == 0 and call("--check") == (0, "")
    code, printed = call("--export", str(tmp_path / "out"))
    assert code == 0 and len(printed.splitlines()) == 2
    (lessons / "src" / "98_numbers.py").write_text("# %%\nx = 1\n")
    assert call("--check")[0] == 2


def test_learners_notebooks_are_as_their_sources() -> None:
    """The committed notebooks; mend with `python -m mikit.course.build`."""
    assert stale(LESSONS) == []


def test_committed_notebooks_are_small() -> None:
    for path in LESSONS.glob("*.ipynb"):
        assert path.stat().st_size < 200_000
        json.loads(path.read_text(encoding="utf-8"))
