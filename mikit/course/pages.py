"""Saved pages for a room without kernels: ``python -m mikit.course.pages FOLDER`` computes those of the workshop.

Its zip is plan B: a page opens by double-click, needs no network, and everything in it still answers to the mouse.
"""

from __future__ import annotations

import html
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from mikit.course.lessons.l00_names import HEAD, MARY
from mikit.course.lessons.l01_real import BEST, EIGHT
from mikit.course.lessons.l07_arrow import LAYER
from mikit.course.plan import HOUSE_MODEL
from mikit.errors import MikitError
from mikit.models.model import Model
from mikit.trace.checks import load
from mikit.widgets.attention import AttentionView
from mikit.widgets.base import View
from mikit.widgets.be_the_head import BeTheHead
from mikit.widgets.steering import SteeringPanel
from mikit.widgets.training import TrainingView

NAME = "mikit-planb"
HOST = Path(__file__).with_name("pages.html")
MOST_BYTES = 5_000_000
"""Of the zip: thirty people fetch it over one wireless network, or it comes by mail."""


class ZipTooLarge(MikitError):
    """Saved pages that do not fit into the zip."""


@dataclass(frozen=True)
class SavedPage:
    """A view that is computed once and kept.

    Attributes:
        file: its name without ".html".
        predict: what to write down before one opens it.
        shows: what is on it.
        do: what to try there.
    """

    file: str
    title: str
    predict: str
    shows: str
    do: str
    view: Callable[[Model], View]


def _on_the_answer(model: Model) -> View:
    shares = [float(token == MARY.answer) for token in model.tokens(MARY.text).strings]
    return BeTheHead(model, head=HEAD, text=MARY.text, answer=MARY.answer, foil=MARY.foil, shares=shares, revealed=True)


def _with_doses(model: Model) -> View:
    """Where no kernel answers, the slider moves among doses that were measured before."""
    panel = SteeringPanel(model, direction="formality", layer=LAYER, title="From casual to formal")
    panel.measuring = True
    return panel


WORKSHOP = (
    SavedPage(
        file="two-names",
        title="Where the heads look",
        predict=f'"{MARY.text} ..." Which word comes next, and how likely is it?',
        shows="All 270 heads of SmolLM2-135M on one sentence with two names.",
        do="Hover over the small pictures. Find a head with a clean diagonal: it looks at the token before. Click a"
        " head to keep it, then hover over the words.",
        view=lambda model: AttentionView(model, text=MARY.text),
    ),
    SavedPage(
        file="be-the-head",
        title="Be the head",
        predict=f"L{HEAD[0]}H{HEAD[1]} is made to look at{MARY.answer} alone. Does{MARY.answer} become likelier?",
        shows=f"All of one head's attention placed on{MARY.answer}; beside it the row of the head itself, and what each"
        " other token alone would give.",
        do="Compare the placed row with the real one. What does this head do to the name it looks at?",
        view=_on_the_answer,
    ),
    SavedPage(
        file="training",
        title="A network learns to repeat",
        predict="Two layers learn to copy random tokens that repeat. Guessing among all tokens alike has a loss"
        " of 3.87: where do they end? And a single layer?",
        shows="The loss of both networks while they learn, and where their heads look.",
        do="Move along the curve with the mouse or the arrow keys. Which score rises first?",
        view=lambda model: TrainingView(),
    ),
    SavedPage(
        file="eight-heads-off",
        title="Eight heads off",
        predict="25 random tokens, said twice: 24 of them can be known, and the model guesses 19. How many with its"
        " eight best induction heads off?",
        shows="The same model without these eight, beside eight draws of eight other heads.",
        do="Where in the map do the eight sit? Compare their bar with the random draws.",
        view=lambda model: AttentionView(
            model, mode="repeat", muted=EIGHT, focus=BEST, sort="induction", title="Eight heads off"
        ),
    ),
    SavedPage(
        file="steering",
        title="From casual to formal",
        predict="An arrow from casual to formal texts is added while the model writes about a party. Would a random"
        " arrow of equal length make its text as formal?",
        shows="The model's text as it is, and pushed along the arrow after layer 14; and text along a random arrow."
        " Then what every dose does and costs, beside random arrows of equal length.",
        do="Hover over the words: how much likelier did the push make each of them? Then drag the strength among the"
        " measured doses. From which one on does the text say nothing?",
        view=_with_doses,
    ),
)
"""What the workshop looks at, in its order. The heads named are those of the house model."""


def write(pages: Sequence[SavedPage], model: Model, folder: Path) -> list[Path]:
    """Compute every page and write it, and an index.html that says what they show; the files, index first."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for page in pages:
        view = page.view(model).run()
        files.append(view.freeze(folder / f"{page.file}.html"))
        view.close()
    index = folder / "index.html"
    entries = "\n".join(map(_entry, pages))
    index.write_text(HOST.read_text(encoding="utf-8").replace("{{pages}}", entries), encoding="utf-8")
    return [index, *files]


def _entry(page: SavedPage) -> str:
    said = {name: html.escape(getattr(page, name), quote=False) for name in ("title", "predict", "shows", "do")}
    return (
        f'<li><p class="predict"><b>Before you open it.</b> {said["predict"]} Write your answer down.</p>\n'
        f'<p><a href="{page.file}.html">{said["title"]}</a><br>{said["shows"]}</p>\n<p>{said["do"]}</p></li>'
    )


def pack(files: Sequence[Path], to: Path) -> Path:
    """Zip the files into one folder. Raises ZipTooLarge above MOST_BYTES."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for file in files:
            packed.write(file, f"{NAME}/{file.name}")
    size = to.stat().st_size
    if size > MOST_BYTES:
        raise ZipTooLarge(
            f"{to.name} has {size / 1e6:.1f} MB; {MOST_BYTES / 1e6:.0f} MB is the most. Leave out a page, or shorten"
            " a text: a page grows with the square of its tokens."
        )
    return to


def main(
    folder: Annotated[Path, typer.Argument(help="Where the pages and the zip go.")] = Path("build"),
) -> None:
    """Compute the workshop's pages and zip them."""
    files = write(WORKSHOP, load(HOUSE_MODEL), folder / NAME)
    packed = pack(files, folder / f"{NAME}.zip")
    for file in [*files, packed]:
        typer.echo(f"{file}  {file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    typer.run(main)
