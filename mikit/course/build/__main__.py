"""``python -m mikit.course.build``: write the notebooks, check them, or export them as assignments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mikit.course.build.grading import export
from mikit.course.build.notebooks import stale, write
from mikit.errors import MikitError

LESSONS = Path(__file__).resolve().parents[3] / "lessons"


def main(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit status 1 where one is stale.")] = False,
    to: Annotated[Path | None, typer.Option("--export", help="Write for nbgrader and otter into this folder.")] = None,
    lessons: Annotated[Path, typer.Option(help="The folder of the lessons; their sources are in its src/.")] = LESSONS,
) -> None:
    """Build the notebooks from lessons/src."""
    try:
        if not check:
            for path in export(lessons, to) if to else write(lessons):
                typer.echo(path)
        elif old := stale(lessons):
            typer.echo(f"Not as their sources: {', '.join(old)}. Run `python -m mikit.course.build`.", err=True)
            raise typer.Exit(1)
    except MikitError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


if __name__ == "__main__":
    typer.run(main)
