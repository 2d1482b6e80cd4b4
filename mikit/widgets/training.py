"""TrainingView: a small network learns, its loss and its heads redrawn as it goes, beside one with a single layer."""

from __future__ import annotations

import html
from typing import Any, ClassVar, Self

import numpy as np
import traitlets
from numpy.typing import NDArray
from PIL import Image

from mikit.studies.base import Grid, Result, Study
from mikit.studies.train_toy import SCORED, TrainToy
from mikit.widgets import headmap, still
from mikit.widgets.base import View, refuse_unknown
from mikit.widgets.wire import decode, encode, lower_triangles

NO_NUMBERS = encode(np.zeros(0, np.float32))
NO_PATTERNS = encode(np.zeros((0, 0), np.uint8))


class TrainingView(View):
    """Press Start: a network of two layers learns to copy random tokens that repeat, and one of a single layer tries.

    Args:
        seed: of the untrained network and its texts. Another seed is another network.
        updates: how long to train.
        predicted: the loss that the learner expects at the end, in nats a token; it stays in the figure.
        title: the view's heading.

    Raises:
        TypeError: a keyword that does not exist.
    """

    kind: ClassVar[str] = "training"
    lanes: ClassVar[dict[str, type[Study]]] = {"train": TrainToy}
    inputs: ClassVar[tuple[str, ...]] = ("seed", "started")

    seed = traitlets.Int(min=0, max=9999).tag(sync=True)
    started = traitlets.Bool(False).tag(sync=True)
    updates = traitlets.Int().tag(sync=True)
    predicted = traitlets.Float(None, allow_none=True).tag(sync=True)
    chance = traitlets.Float().tag(sync=True)
    grid = traitlets.Tuple(traitlets.Int(), traitlets.Int()).tag(sync=True)
    steps = traitlets.Dict(NO_NUMBERS).tag(sync=True)
    loss = traitlets.Dict(NO_NUMBERS).tag(sync=True)
    loss_control = traitlets.Dict(NO_NUMBERS).tag(sync=True)
    scores = traitlets.Dict().tag(sync=True)
    score_control = traitlets.Dict().tag(sync=True)
    patterns = traitlets.Dict(NO_PATTERNS).tag(sync=True)
    pattern_control = traitlets.Dict(NO_PATTERNS).tag(sync=True)

    def __init__(
        self,
        *,
        seed: int = 0,
        updates: int = TrainToy.model_fields["updates"].default,
        predicted: float | None = None,
        title: str = "A network learns to repeat",
        **unknown: object,
    ) -> None:
        refuse_unknown(type(self), unknown)
        study = TrainToy(seed=seed, updates=updates)
        super().__init__(
            study.open(),
            title=title,
            shows="The loss on texts never trained on, and where each head looks, with two layers and with one.",
            hides="That a large model learns it in this way, or that this is the only way to do it.",
            seed=seed,
            updates=updates,
            predicted=predicted,
            chance=study.shape.chance,
            grid=(study.shape.layers, study.shape.heads),
        )
        self._begin()

    # -- asking -------------------------------------------------------------------------------------------------------

    def ask(self, lane: str) -> Study | None:
        return TrainToy(seed=self.seed, updates=self.updates) if self.started else None

    def run(self) -> Self:
        self.started = True
        return super().run()

    @traitlets.observe("seed")
    def _another_network(self, _: object) -> None:
        """Another seed is another network: it waits for Start, and its name stands on the view."""
        self.started = False
        self._model = TrainToy(seed=self.seed, updates=self.updates).open()
        self.chip = self._model.ref.chip

    # -- showing ------------------------------------------------------------------------------------------------------

    def show(self, lane: str, result: Result) -> None:
        effect, control = result.grids, result.controls[0].grids
        self.steps = encode(np.array(effect["loss"].axes["step"], np.float32))
        self.loss, self.loss_control = encode(effect["loss"].values.numpy()), encode(control["loss"].values.numpy())
        self.scores = {name: encode(_heads(effect[name])) for name in SCORED}
        self.score_control = {name: encode(_heads(control[name])) for name in SCORED}
        self.patterns = encode(lower_triangles(effect["pattern"].values.numpy()))
        self.pattern_control = encode(lower_triangles(control["pattern"].values.numpy()))

    def clear(self, lane: str) -> None:
        self.steps = self.loss = self.loss_control = NO_NUMBERS
        self.scores = self.score_control = {}
        self.patterns = self.pattern_control = NO_PATTERNS

    def ready(self) -> str:
        return "trained" if self.started else "not trained yet: press Start"

    def picture(self) -> str:
        if not self.loss["shape"][0]:
            return ""
        layers, heads = self.grid
        alt = f"Where {layers} x {heads} heads look after training: layers to the right, heads down"
        image = headmap.image(decode(self.patterns), layers, heads)
        large = image.resize((4 * image.width, 4 * image.height), Image.Resampling.NEAREST)
        return still.png(large, alt) + "".join(f"<p>{html.escape(line)}</p>" for line in (alt, self._sentence()))

    def _sentence(self) -> str:
        """The outcome in words."""
        step = int(decode(self.steps)[-1])
        two, one = decode(self.loss)[-1], decode(self.loss_control)[-1]
        guess = "" if self.predicted is None else f" You: {self.predicted:.2f}."
        return (
            f"Loss after {step} updates: {self.grid[0]} layers {two:.2f}, one layer {one:.2f}, chance {self.chance:.2f}"
            f" nats a token.{guess}"
        )


def _heads(grid: Grid) -> NDArray[Any]:
    """A score [step, layer, head] as the browser has it, [step, heads in all]."""
    values = grid.values.numpy()
    return values.reshape(len(values), -1)
