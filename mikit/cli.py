"""The command line: ``mikit lab | doctor | models | replay``.

Only the standard library and typer are imported here; torch and transformers arrive with the command that needs them.
Everything mikit foresees ends in a sentence on stderr and exit status 2.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mikit import __version__
from mikit.bootstrap import hand_over
from mikit.errors import MikitError, ModelNotHere, nearest


class Sentences(TyperGroup):
    """Every MikitError of every command becomes its sentence."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except MikitError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2) from None


def typer_app(**settings: Any) -> typer.Typer:
    return typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None, **settings)


app = typer_app(cls=Sentences, add_completion=False, help="mikit: look inside language models, in Jupyter.")
models = typer_app(help="The models known by name, and their files on this machine.")
app.add_typer(models, name="models")


def show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mikit {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """mikit: look inside language models, in Jupyter."""


@app.command()
def lab(
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser window.")] = True,
) -> None:
    """Open the lessons in JupyterLab, as copies of your own in my-lessons/."""
    lessons = copy_lessons(lessons_folder(), Path("my-lessons"))
    first = min(lessons)
    typer.echo(f"Your copies of the lessons are in {first.parent}/; the first is {first.name}.")
    # Defaults for a lesson, read by JupyterLab: no offer of news on top of the first view. A learner's settings win.
    defaults = str(Path(__file__).resolve().parent / "jupyter")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, [os.environ.get("JUPYTER_CONFIG_PATH"), defaults]))
    raise typer.Exit(hand_over(lab_command(first, browser)))


@app.command()
def doctor() -> None:
    """Look this machine over; each thing amiss comes with its mend. Exit status 1 if there is one."""
    from mikit.doctor import examine

    lines = examine()
    for line in lines:
        typer.echo(str(line))
    raise typer.Exit(0 if all(line.ok for line in lines) else 1)


@app.command()
def replay(file: Annotated[Path, typer.Argument(help="A record, or a page saved from a view.")]) -> None:
    """Run a record again and compare. Exit status: 0 within tolerance, 1 outside, 2 unusable."""
    from mikit.studies.record import Record

    deviation = Record.read(file).replay()
    for line in deviation.lines:
        typer.echo(line)
    verdict = "within" if deviation.within else "outside"
    typer.echo(f"Largest deviation: {deviation.largest:.2g} of its tolerance ({deviation.where}), {verdict}.")
    raise typer.Exit(0 if deviation.within else 1)


@models.command("list")
def list_models() -> None:
    """Each model known by name: whether it is on this machine, and its licence."""
    from mikit.models import sources

    for entry, folder, size in sources.status():
        here = f"here, {size / 1e6:,.0f} MB" if folder else f"not here, {entry.download_mb:,} MB to fetch"
        typer.echo(f"{entry.name:<16} {here:<26} {entry.licence}")


@models.command()
def fetch(name: str) -> None:
    """Bring a model to this machine, once; it is then there without a network."""
    from mikit.models import sources

    if here := sources.folder_of(name):
        typer.echo(f"{name} is already in {here}.")
    else:
        sources.fetch(name, say=typer.echo)


@models.command()
def remove(name: str) -> None:
    """Delete a model's files from this machine."""
    from mikit.models import sources

    sources.remove(name)
    typer.echo(f"{name} is removed from this machine.")


@models.command()
def path(name: str) -> None:
    """Print the folder of a model's files: config, tokenizer and safetensors weights."""
    from mikit.models import sources
    from mikit.models.catalog import CATALOG

    folder = sources.folder_of(name)
    if folder is None:
        fetchable = name in CATALOG or "/" in name
        hint = f" Fetch it with `mikit models fetch {name}`." if fetchable else nearest(name, CATALOG)
        raise ModelNotHere(f"'{name}' is not on this machine.{hint}")
    typer.echo(folder)


def lessons_folder() -> Path:
    """Where the lessons as shipped are: inside the installed package, or beside it in a clone."""
    package = Path(__file__).resolve().parent
    for folder in (package / "lessons", package.parent / "lessons"):
        if any(folder.glob("*.ipynb")):
            return folder
    raise MikitError(f"The lessons are missing from this installation of mikit ({package}). Install mikit again.")


def copy_lessons(shipped: Path, own: Path) -> list[Path]:
    """Copy the lessons that ``own`` lacks; return the path of each lesson there. No file is ever overwritten."""
    own.mkdir(exist_ok=True)
    copies = [own / lesson.name for lesson in shipped.glob("*.ipynb")]
    for copy in copies:
        if not copy.exists():
            # Under its name only once it is whole: a half-written lesson would never be replaced.
            part = copy.with_suffix(".part")
            shutil.copyfile(shipped / copy.name, part)
            part.replace(copy)
    return copies


def lab_command(first: Path, browser: bool) -> list[str]:
    """The command that starts JupyterLab in the current folder, with one notebook open."""
    command = [sys.executable, "-m", "jupyterlab", f"--LabApp.default_url=/lab/tree/{first.as_posix()}"]
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Jupyter refuses to start for root unless told; in a container there is often nobody else.
        command.append("--allow-root")
    return command


if __name__ == "__main__":
    app(prog_name="mikit")
