"""MinimalView: the smallest circuits of a small network, and what it costs to be sure of them."""

from __future__ import annotations

import html
from typing import Any, ClassVar

import numpy as np
import traitlets

from mikit.studies.base import Result, Study
from mikit.studies.minimal_circuits import FEWEST, MOST, RANDOM_SETS, MinimalCircuits
from mikit.widgets import still
from mikit.widgets.base import View, refuse_unknown
from mikit.widgets.wire import decode, encode

UNITS, SHARE, SEED = (MinimalCircuits.model_fields[name].default for name in ("units", "share", "seed"))


class MinimalView(View):
    """A slider sets how many units a network has. It is trained, every set of its units is tested until the smallest
    circuits are found, and the cost is drawn beside that of the greedy search.

    Args:
        units: of the network, 4 to 16.
        share: of its decisions that a circuit must keep.
        seed: of the untrained network and its inputs.
        title: the view's heading.

    Raises:
        TypeError: a keyword that does not exist.
    """

    kind: ClassVar[str] = "minimal"
    lanes: ClassVar[dict[str, type[Study]]] = {"search": MinimalCircuits}
    inputs: ClassVar[tuple[str, ...]] = ("units", "share", "seed")
    choices: ClassVar[tuple[str, ...]] = ("chosen",)

    units = traitlets.Int(min=FEWEST, max=MOST).tag(sync=True)
    share = traitlets.Float(min=0.01, max=1.0).tag(sync=True)
    seed = traitlets.Int(min=0, max=9999).tag(sync=True)
    chosen = traitlets.Int(0, min=0).tag(sync=True)
    fewest = traitlets.Int(FEWEST).tag(sync=True)
    most = traitlets.Int(MOST).tag(sync=True)
    found = traitlets.Any(None).tag(sync=True)
    growth = traitlets.Any(None).tag(sync=True)

    def __init__(
        self,
        *,
        units: int = UNITS,
        share: float = SHARE,
        seed: int = SEED,
        title: str = "What it costs to be sure",
        **unknown: object,
    ) -> None:
        refuse_unknown(type(self), unknown)
        study = MinimalCircuits(units=units, share=share, seed=seed)
        super().__init__(
            study.open(),
            title=title,
            shows="Every smallest set of units that keeps enough of a small network's decisions, all others held at"
            " their mean, and how many sets were tested to find them.",
            hides="How many units a circuit of a language model needs: there, no one can test every set.",
            units=units,
            share=share,
            seed=seed,
        )
        self._begin()

    def ask(self, lane: str) -> Study | None:
        return self._study()

    def _study(self) -> MinimalCircuits:
        return MinimalCircuits(units=self.units, share=self.share, seed=self.seed)

    @traitlets.observe("units", "seed")
    def _other_network(self, _: object) -> None:
        """Its name stands on the view."""
        self.chip = self._study().model.chip

    def model_of(self, lane: str) -> None:
        """The study trains a network of its own."""

    def show(self, lane: str, result: Result) -> None:
        grids, study = {name: grid.values.numpy() for name, grid in result.grids.items()}, result.study
        assert isinstance(study, MinimalCircuits), "the lane's studies are of this kind"
        self.growth = {
            "tested": encode(grids["growth"]),
            "at_most": encode(grids["at most"]),
            "speed": float(grids["speed"][0]),
        }
        if result.done < 1:
            return  # a smaller network's circuits
        random = result.controls[0].grids["kept"]
        assert random.low is not None and random.high is not None, "they are a range"
        parts = (random.values, random.low, random.high)
        self.found = {
            "units": study.units,
            "share": study.share,
            "tested": grids["tested"].tolist(),
            "circuits": encode(grids["circuit"].astype(np.uint8)),
            "greedy": grids["greedy"].tolist(),
            "overlap": encode(grids["overlap"]),
            "kept": grids["kept"].tolist(),
            "random": [float(part.numpy()[0]) for part in parts],
            "draws": RANDOM_SETS,
        }

    def clear(self, lane: str) -> None:
        self.found = self.growth = None

    def picture(self) -> str:
        if self.found is None:
            return ""
        found: dict[str, Any] = self.found
        every, greedy = found["tested"]
        circuits = decode(found["circuits"])
        taken = sum(found["greedy"])
        lines = [
            f"{found['units']} units: {every:,} sets tested; {len(circuits)} smallest circuits of"
            f" {int(circuits[0].sum())} units keep {100 * found['share']:g} % of the decisions",
            f"Greedy: {greedy:,} sets tested, a circuit of {taken} units",
            f"Random sets of {int(circuits[0].sum())} units keep {100 * found['random'][0]:.0f} %",
        ]
        rows = np.concatenate([circuits, np.array(found["greedy"])[None]]).astype(float)
        alt = "Units of the smallest circuits, a row each; greedy's circuit is the last row"
        drawn = still.cells(rows, "sequential", 1.4, side=12, alt=alt)
        return drawn + "".join(f"<p>{html.escape(line)}</p>" for line in (alt, *lines))
