"""Train toys of superposition, one a sparsity, and measure how their features share the dimensions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import torch
from pydantic import Field, field_validator
from torch import Tensor

from mikit.errors import ShapeMismatch
from mikit.methods.geometry import dimensionality, figure, represented
from mikit.models.model import Model
from mikit.models.superposition import LEARNING_RATE, Pairs, World
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result
from mikit.studies.toys import UNTRAINED, Draws, ToyStudy, UntrainedToys, fields_of, plain_script, shown, taken
from mikit.trace.arrays import Array

BATCH = 256
DRAWS = 4
SPARSITIES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)


class Superposition(ToyStudy):
    """Train toys that squeeze ``features`` into ``hidden`` dimensions and read them back, one for each of
    ``sparsities`` (the share of inputs in which a feature is absent).

    ``importance``: each feature's error counts as this share of the one before. ``pairs``: how features 0 and 1, 2 and
    3 ... come. Four draws of each start elsewhere; the best on new inputs is shown. Grids: ``loss`` [step, sparsity];
    ``weights`` [sparsity, feature, hidden], a feature's direction in each row; ``length`` and ``dimensionality``
    [sparsity, feature] of the rows; ``represented`` [sparsity], features longer than 0.5; ``represented by draw``
    [sparsity, draw]. Text ``figure``: what the directions make, in two hidden dimensions. Control: untrained. The
    sparsity 0, dense features, is the other one. ``model`` follows from the other fields: nothing is loaded."""

    kind: Literal["superposition"] = "superposition"
    features: int = Field(default=5, ge=2, le=400)
    hidden: int = Field(default=2, ge=1, le=100)
    importance: float = Field(default=0.9, gt=0, le=1)
    sparsities: tuple[float, ...] = Field(default=SPARSITIES, min_length=1)
    pairs: Pairs = "independent"
    updates: int = Field(default=1500, ge=10, le=20_000)

    @field_validator("sparsities")
    @classmethod
    def _some_input(cls, sparsities: tuple[float, ...]) -> tuple[float, ...]:
        for sparsity in sparsities:
            if not 0 <= sparsity < 1:
                raise ShapeMismatch(
                    f"A sparsity is the share of inputs in which a feature is absent: at least 0, and below 1, else"
                    f" there is nothing to learn from. This one is {sparsity:g}."
                )
        return sparsities

    @property
    def world(self) -> World:
        importance = self.importance ** torch.arange(self.features)
        return World(1 - torch.tensor(self.sparsities), importance.repeat(len(self.sparsities), 1), self.pairs)

    def draws(self) -> Draws:
        return Draws(self.world, DRAWS, self.hidden, self.updates, BATCH, self.seed)

    def open(self) -> Model:
        return UntrainedToys(DRAWS * len(self.sparsities), self.features, self.hidden, self.seed)

    def estimate(self, model: Model) -> Cost:
        numbers = DRAWS * len(self.sparsities) * self.features
        return Cost(seconds=self.updates * (1e-3 + 5e-8 * numbers * BATCH), bytes=100_000_000 + 60_000 * numbers)

    def inputs(self, model: Model) -> list[Tensor]:
        """No token ids: the inputs are random features, and follow from the seed."""
        return []

    def method(self, model: Model) -> Method:
        return Method(
            sites=(),
            metric=f"loss: mean squared error on new inputs, weighed by importance; Adam, learning rate"
            f" {LEARNING_RATE:g}, {BATCH} inputs an update; dimensionality: squared length of a feature's direction by"
            f" that of all features along it; the best of {DRAWS} draws",
        )

    def steps(self, model: Model) -> Iterator[Result]:
        draws, steps = self.draws(), []
        untrained, first, lost = draws.untrained, torch.zeros(len(self.sparsities), dtype=torch.int), []
        before = draws.losses()[:, 0]
        for update, now in draws.learning():
            if now:
                losses, W = draws.losses(), draws.weights()
                best = shown(losses)
                steps.append(update)
                lost.append(taken(losses, best))
                grids = self._grids(W, best, steps, torch.stack(lost))
                control = self._grids(untrained, first, steps, before.repeat(len(steps), 1))
                texts = {"figure": tuple(map(figure, taken(W, best)))} if self.hidden == 2 else {}
            yield Result(
                study=self,
                grids=grids,
                texts=texts,
                controls=(Control(name="untrained", why=UNTRAINED, grids=control),),
                done=update / self.updates,
            )

    def _grids(self, all_weights: Tensor, draw: Tensor, steps: list[int], losses: Tensor) -> dict[str, Grid]:
        """``all_weights`` [sparsity, draw, feature, hidden], ``draw`` [sparsity] which is shown, ``losses``
        [step, sparsity]."""
        W, counts = taken(all_weights, draw), represented(all_weights).sum(-1)
        sparsity = {"sparsity": tuple(f"{sparsity:g}" for sparsity in self.sparsities)}
        feature = sparsity | {"feature": _numbers(self.features)}
        return {
            "loss": Grid(
                values=Array.of(losses), axes={"step": tuple(map(str, steps))} | sparsity, unit="squared error"
            ),
            "weights": Grid(values=Array.of(W), axes=feature | {"hidden": _numbers(self.hidden)}, unit=""),
            "length": Grid(values=Array.of(W.norm(dim=-1)), axes=feature, unit=""),
            "dimensionality": Grid(values=Array.of(dimensionality(W)), axes=feature, unit="dimensions"),
            "represented": Grid(values=Array.of(taken(counts, draw)), axes=sparsity, unit="features"),
            "represented by draw": Grid(
                values=Array.of(counts), axes=sparsity | {"draw": _numbers(DRAWS)}, unit="features"
            ),
        }

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "mikit":
            return MIKIT_SCRIPT.format(fields=fields_of(self))
        world = PLAIN_WORLD.format(
            sparsities=self.sparsities, importance=self.importance, features=self.features, pairs=self.pairs
        )
        return plain_script(world, DRAWS, self.hidden, self.updates, BATCH, self.seed, PLAIN_END)


def _numbers(count: int) -> tuple[str, ...]:
    return tuple(map(str, range(count)))


MIKIT_SCRIPT = """\
import mikit

study = mikit.Superposition({fields})
result = mikit.run_study(study)
print(result.frame("represented"))
print(result.texts.get("figure", ""))
print(result.frame("loss").groupby(["from", "sparsity"])["value"].last())
"""

PLAIN_WORLD = """\
sparsities = {sparsities}
importance = {importance} ** torch.arange({features})
world = World(1 - torch.tensor(sparsities), importance.repeat(len(sparsities), 1), "{pairs}")"""

PLAIN_END = """\
for sparsity, loss, directions in zip(sparsities, losses, W):
    length = directions.norm(dim=-1)
    kept = dimensionality(directions)[length > 0.5]
    print(f"sparsity {sparsity:g}: loss {loss:.6f}, {len(kept)} features represented, dimensions each {kept.tolist()}")
"""
