"""SuperpositionView: features squeezed into two dimensions, drawn as arrows while they learn, at every sparsity."""

from __future__ import annotations

import html
from typing import Any, ClassVar, Self, get_args

import numpy as np
import traitlets
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mikit.models.superposition import Pairs
from mikit.studies.base import Result, Study
from mikit.studies.phase_diagram import IMPORTANCES, PRESENT, PhaseDiagram
from mikit.studies.superposition import DRAWS, SPARSITIES, Superposition
from mikit.widgets import still
from mikit.widgets.base import View, refuse_unknown
from mikit.widgets.wire import decode, encode

NO_NUMBERS = encode(np.zeros(0, np.float32))
NO_ARROWS = encode(np.zeros((0, 0, 2), np.float32))
NO_CELLS = encode(np.zeros((0, 0), np.float32))
MOST_FEATURES = 8

SIDE = 96
REACH = 1.4
"""Length of an arrow that would touch its picture's edge."""


class SuperpositionView(View):
    """Press Start: toys learn to squeeze features into two dimensions, one toy a sparsity; a second set finds out when
    a feature is left out, shares a dimension, or has one alone.

    Args:
        features: how many, 2 to 8.
        importance: an error in each feature counts as this share of one in the feature before it.
        pairs: how features 0 and 1, 2 and 3 ... come: "independent", "correlated" or "anticorrelated".
        seed: of the untrained toys and their inputs.
        updates: how long to train.
        sparsity: the one that is drawn large.
        title: the view's heading.

    Raises:
        TypeError: a keyword that does not exist.
    """

    kind: ClassVar[str] = "superposition"
    lanes: ClassVar[dict[str, type[Study]]] = {"train": Superposition, "phase": PhaseDiagram}
    inputs: ClassVar[tuple[str, ...]] = ("features", "importance", "pairs", "seed", "started")
    choices: ClassVar[tuple[str, ...]] = ("chosen",)

    features = traitlets.Int(min=2, max=MOST_FEATURES).tag(sync=True)
    importance = traitlets.Float(min=0.01, max=1.0).tag(sync=True)
    pairs = traitlets.Enum(get_args(Pairs)).tag(sync=True)
    seed = traitlets.Int(min=0, max=9999).tag(sync=True)
    started = traitlets.Bool(False).tag(sync=True)
    chosen = traitlets.Int(min=0, max=len(SPARSITIES) - 1).tag(sync=True)
    sparsities = traitlets.List(traitlets.Float()).tag(sync=True)
    updates = traitlets.Int().tag(sync=True)
    draws = traitlets.Int(DRAWS).tag(sync=True)
    step = traitlets.Int().tag(sync=True)
    weights = traitlets.Dict(NO_ARROWS).tag(sync=True)
    weights_control = traitlets.Dict(NO_ARROWS).tag(sync=True)
    dimensionality = traitlets.Dict(NO_CELLS).tag(sync=True)
    dimensionality_control = traitlets.Dict(NO_CELLS).tag(sync=True)
    loss = traitlets.Dict(NO_NUMBERS).tag(sync=True)
    loss_control = traitlets.Dict(NO_NUMBERS).tag(sync=True)
    agree = traitlets.List(traitlets.Int()).tag(sync=True)
    figures = traitlets.List(traitlets.Unicode()).tag(sync=True)
    phase = traitlets.Dict(NO_CELLS).tag(sync=True)
    phase_length = traitlets.Dict(NO_CELLS).tag(sync=True)
    phase_importance = traitlets.List(traitlets.Float()).tag(sync=True)
    phase_present = traitlets.List(traitlets.Float()).tag(sync=True)

    def __init__(
        self,
        *,
        features: int = Superposition.model_fields["features"].default,
        importance: float = Superposition.model_fields["importance"].default,
        pairs: Pairs = "independent",
        seed: int = 0,
        updates: int = Superposition.model_fields["updates"].default,
        sparsity: float = 0.9,
        title: str = "More features than dimensions",
        **unknown: object,
    ) -> None:
        refuse_unknown(type(self), unknown)
        study = Superposition(features=features, importance=importance, pairs=pairs, seed=seed, updates=updates)
        super().__init__(
            study.open(),
            title=title,
            shows="Each feature's direction in two dimensions, once trained to be read back, by how rarely features"
            " occur.",
            hides="How a language model stores its features: theirs are many, uneven, and not known beforehand.",
            features=features,
            importance=importance,
            pairs=pairs,
            seed=seed,
            updates=updates,
            chosen=int(np.abs(np.array(SPARSITIES) - sparsity).argmin()),
            sparsities=list(SPARSITIES),
            phase_importance=list(IMPORTANCES),
            phase_present=list(PRESENT),
        )
        self._begin()

    # -- asking -------------------------------------------------------------------------------------------------------

    def ask(self, lane: str) -> Study | None:
        if not self.started:
            return None
        return self._study() if lane == "train" else PhaseDiagram(seed=self.seed)

    def _study(self) -> Superposition:
        return Superposition(
            features=self.features,
            importance=self.importance,
            pairs=self.pairs,
            seed=self.seed,
            updates=self.updates,
        )

    def run(self) -> Self:
        self.started = True
        return super().run()

    @traitlets.observe("features", "seed")
    def _other_toys(self, _: object) -> None:
        """Their name stands on the view."""
        self.chip = self._study().model.chip

    def model_of(self, lane: str) -> None:
        """Each lane trains toys of its own."""

    # -- showing ------------------------------------------------------------------------------------------------------

    def show(self, lane: str, result: Result) -> None:
        found = {name: grid.values for name, grid in result.grids.items()}
        control = {name: grid.values for name, grid in result.controls[0].grids.items()}
        if lane == "phase":
            self.phase, self.phase_length = encode(found["dimensionality"]), encode(found["length"])
            return
        self.step = int(result.grids["loss"].axes["step"][-1])
        self.weights, self.weights_control = encode(found["weights"]), encode(control["weights"])
        self.dimensionality = encode(found["dimensionality"])
        self.dimensionality_control = encode(control["dimensionality"])
        self.loss, self.loss_control = encode(found["loss"].numpy()[-1]), encode(control["loss"].numpy()[-1])
        represented = found["represented"].numpy()[:, None]
        self.agree = (found["represented by draw"].numpy() == represented).sum(1).tolist()
        self.figures = list(result.texts["figure"])

    def clear(self, lane: str) -> None:
        if lane == "phase":
            self.phase = self.phase_length = NO_CELLS
            return
        self.step = 0
        self.weights = self.weights_control = NO_ARROWS
        self.dimensionality = self.dimensionality_control = NO_CELLS
        self.loss = self.loss_control = NO_NUMBERS
        self.agree, self.figures = [], []

    def ready(self) -> str:
        return "trained" if self.started else "not trained yet: press Start"

    def picture(self) -> str:
        if not self.figures:
            return ""
        alt = f"Directions of {self.features} features in two dimensions, one picture a sparsity"
        lines = [f"Sparsity {sparsity:g}: {name}" for sparsity, name in zip(self.sparsities, self.figures, strict=True)]
        drawn = still.png(_arrows(decode(self.weights)), alt)
        if self.phase["shape"][0]:
            words = "Dimensions of feature 1: more important upwards, rarer to the right"
            drawn += still.cells(decode(self.phase)[::-1], "sequential", 1.0, side=16, alt=words)
            lines.append(f"{words}; {still.ends('sequential', 1.0)}")
        return drawn + "".join(f"<p>{html.escape(line)}</p>" for line in (alt, *lines))


def _arrows(weights: NDArray[Any]) -> Image.Image:
    """Directions [sparsity, feature, 2] from the middle of one square each, in a row."""
    image = Image.new("RGB", (SIDE * len(weights), SIDE), "#FFFFFF")
    draw = ImageDraw.Draw(image)
    for index, directions in enumerate(weights):
        x, y = SIDE * (index + 0.5), SIDE / 2
        unit = SIDE / 2 / REACH
        draw.ellipse((x - unit, y - unit, x + unit, y + unit), outline="#DADFE6")
        for right, up in directions.tolist():
            draw.line((x, y, x + unit * right, y - unit * up), fill="#2457C5", width=2)
    return image
