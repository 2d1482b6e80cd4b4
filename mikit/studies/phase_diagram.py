"""Two features, one dimension: at which importance and sparsity the second is left out, shares, or has it alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor

from mikit.methods.geometry import dimensionality
from mikit.models.model import Model
from mikit.models.superposition import LEARNING_RATE, World
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result
from mikit.studies.toys import UNTRAINED, Draws, ToyStudy, UntrainedToys, fields_of, plain_script, shown, taken
from mikit.trace.arrays import Array

BATCH = 128
DRAWS = 8
SIDE = 8


def _spaced(low: float, high: float) -> tuple[float, ...]:
    """SIDE numbers, each the same multiple of the one before, to four digits."""
    return tuple(float(f"{low * (high / low) ** (i / (SIDE - 1)):.4g}") for i in range(SIDE))


PRESENT = _spaced(1.0, 0.01)
IMPORTANCES = _spaced(0.1, 10.0)


class PhaseDiagram(ToyStudy):
    """Train toys of two features and one hidden dimension for every pair of sparsity and importance.

    Feature 1's error counts from a tenth of feature 0's to ten times it; both are present in 1 to 0.01 of the inputs.
    Grids [importance, present], of feature 1: ``dimensionality``, 0 where it is left out, 1/2 where it shares the
    dimension with feature 0, 1 where it has it alone; ``length`` of its direction. The best of eight draws each.
    Control: untrained. ``model`` follows from the seed: nothing is loaded."""

    kind: Literal["phase-diagram"] = "phase-diagram"
    updates: int = Field(default=500, ge=10, le=20_000)

    @property
    def world(self) -> World:
        """Its cases are the cells, importance by importance."""
        second = torch.tensor(IMPORTANCES).repeat_interleave(SIDE)
        importance = torch.stack([torch.ones_like(second), second], dim=1)
        return World(torch.tensor(PRESENT).repeat(SIDE), importance)

    def draws(self) -> Draws:
        return Draws(self.world, DRAWS, 1, self.updates, BATCH, self.seed)

    def open(self) -> Model:
        return UntrainedToys(DRAWS * SIDE * SIDE, 2, 1, self.seed)

    def estimate(self, model: Model) -> Cost:
        return Cost(seconds=0.008 * self.updates, bytes=150_000_000)

    def inputs(self, model: Model) -> list[Tensor]:
        """No token ids: the inputs are random features, and follow from the seed."""
        return []

    def method(self, model: Model) -> Method:
        return Method(
            sites=(),
            metric=f"dimensionality: squared length of feature 1's direction by that of both features along it; Adam,"
            f" learning rate {LEARNING_RATE:g}, {BATCH} inputs an update; the best of {DRAWS} draws",
        )

    def steps(self, model: Model) -> Iterator[Result]:
        draws = self.draws()
        control = Control(name="untrained", why=UNTRAINED, grids=_grids(draws.untrained[:, 0]))
        for update, now in draws.learning():
            if now:
                grids = _grids(taken(draws.weights(), shown(draws.losses())))
            yield Result(study=self, grids=grids, controls=(control,), done=update / self.updates)

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "mikit":
            return MIKIT_SCRIPT.format(fields=fields_of(self))
        world = PLAIN_WORLD.format(importances=IMPORTANCES, present=PRESENT)
        return plain_script(world, DRAWS, 1, self.updates, BATCH, self.seed, PLAIN_END)


def _grids(W: Tensor) -> dict[str, Grid]:
    """W [cell, feature, hidden]."""
    axes = {"importance": tuple(f"{x:g}" for x in IMPORTANCES), "present": tuple(f"{x:g}" for x in PRESENT)}
    found = {"dimensionality": (dimensionality(W), "dimensions"), "length": (W.norm(dim=-1), "")}
    return {
        name: Grid(values=Array.of(values[:, 1].view(SIDE, SIDE)), axes=axes, unit=unit)
        for name, (values, unit) in found.items()
    }


MIKIT_SCRIPT = """\
import mikit

result = mikit.run_study(mikit.PhaseDiagram({fields}))
found = result.frame("dimensionality")
print(found[found["from"] == "effect"].pivot(index="importance", columns="present", values="value").round(2))
"""

PLAIN_WORLD = """\
importances = {importances}
present = {present}
second = torch.tensor(importances).repeat_interleave(len(present))
importance = torch.stack([torch.ones_like(second), second], dim=1)
world = World(torch.tensor(present).repeat(len(importances)), importance)"""

PLAIN_END = """\
for importance, found in zip(importances, dimensionality(W)[:, 1].view(len(importances), -1)):
    print(f"importance {importance:g}: " + " ".join(f"{value:.2f}" for value in found))
"""
