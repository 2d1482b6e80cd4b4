"""What steering studies share: where an arrow is added or taken out, by how much, and arrows of equal length beside
it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from pydantic import BaseModel, ConfigDict, model_validator
from torch import Tensor

from mikit.errors import BadDirection, NotFinite
from mikit.models.model import Model
from mikit.sae.dictionary import Dictionary
from mikit.sae.evaluate import check_place, sites
from mikit.sae.index import index_of
from mikit.sae.library import opened
from mikit.studies.dictionary import check_feature
from mikit.studies.directions import NORM_TEXTS, Direction, FeatureDirection, residual_norms, shuffled, texts, vector
from mikit.trace.arrays import Array
from mikit.trace.edits import Clamp, Project, Steer
from mikit.trace.engine import AnyEdit
from mikit.trace.sites import Site, check

How = Literal[
    "add",  # dose x the mean length of the layer's stream, along the arrow
    "project",  # dose = the share taken out of what the stream has along the arrow
    "clamp",  # a dictionary's feature set to dose x its peak in the index; what the dictionary leaves out stays
    "ablate",  # dose = the share taken away of a dictionary's feature; what the dictionary leaves out stays
]
OF_FEATURES = ("clamp", "ablate")
STRONGEST = 1000.0
"""Doses beyond this are refused: squares overflow in fp32 and norms answer with zeros, which look like numbers."""

Along = Callable[[Model, int], Tensor]
"""Gives an arrow of length 1 [d_model] at a layer."""


class Steering(BaseModel):
    """A direction, what is done along it, after which ``layers`` (resid_post), and from which position of the text on:
    ``since`` 1 is everything but the attention sink at position 0; the prompt's length is what is written only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    direction: Direction
    how: How = "add"
    layers: tuple[int, ...]
    since: int = 1

    @model_validator(mode="after")
    def _consistent(self) -> Steering:
        if not self.layers or len(set(self.layers)) < len(self.layers):
            raise BadDirection(f"Steering needs one layer or several different ones; these were given: {self.layers}.")
        if self.since < 1:
            raise BadDirection(
                f"Steering begins at position 1 or later, not {self.since}: position 0 is a sink of attention, and its"
                " activation can be more than a hundred times as long as the rest."
            )
        if self.how in OF_FEATURES and not isinstance(self.direction, FeatureDirection):
            raise BadDirection(
                f"'{self.how}' sets a feature of a dictionary; '{self.direction.name}' is none. Use 'add' or 'project'."
            )
        return self

    def inputs(self, model: Model) -> list[Tensor]:
        """The token ids of every text that the arrow and its unit are made from."""
        return [model.tokens(text).ids[0] for text in (*NORM_TEXTS, *texts(self.direction))]

    def sites(self) -> tuple[Site, ...]:
        """Where it acts."""
        return tuple(Site(name="resid_post", layer=layer) for layer in self.layers)

    def edits(self, model: Model, dose: float, along: Along | None = None) -> list[AnyEdit]:
        """What is done at a strength; nothing at 0. ``along``: do the same along another arrow, of equal length.

        Raises BadDirection, UnknownSite, NotFinite for a strength beyond any use."""
        if not abs(dose) <= STRONGEST:
            raise NotFinite(
                f"The strength {dose:g} is beyond {STRONGEST:g}, where numbers overflow. Use a smaller one."
            )
        for site in self.sites():
            check(site, model.spec)
        if dose == 0:
            return []
        if self.how in OF_FEATURES:
            return [self._on_feature(model, dose, along)]
        arrow = along or self._arrow
        return [self._on_stream(model, layer, dose, arrow(model, layer)) for layer in self.layers]

    def _arrow(self, model: Model, layer: int) -> Tensor:
        return vector(self.direction, model, layer)

    def _on_stream(self, model: Model, layer: int, dose: float, arrow: Tensor) -> AnyEdit:
        site, direction = Site(name="resid_post", layer=layer), Array.of(arrow)
        if self.how == "project":
            return Project(site=site, direction=direction, share=dose, since=self.since)
        length = float(residual_norms(model)[layer])
        return Steer(site=site, direction=direction, dose=dose * length, since=self.since)

    def _on_feature(self, model: Model, dose: float, along: Along | None) -> AnyEdit:
        dictionary, feature = self._feature(model)
        site, _ = sites(dictionary)
        direction = dictionary.W_dec[feature]
        if along is not None:
            direction = direction.norm() * along(model, self.layers[0])
        return Clamp(
            site=site,
            direction=Array.of(direction),
            read=lambda x: dictionary.encode(x)[..., feature],
            value=dose * self._peak(dictionary, feature) if self.how == "clamp" else 0.0,
            share=1.0 if self.how == "clamp" else dose,
            since=self.since,
        )

    def _feature(self, model: Model) -> tuple[Dictionary, int]:
        """The dictionary, which reads and writes one layer's stream, and the feature."""
        assert isinstance(self.direction, FeatureDirection)
        dictionary, feature = opened(self.direction.dictionary), self.direction.feature
        check_place(model, dictionary)
        check_feature(dictionary, feature)
        site, target = sites(dictionary)
        if site.name != "resid_post":
            raise BadDirection(
                f"The feature of '{self.direction.name}' is read at {site}; steering sets what is read at resid_post,"
                " the stream after a layer. Use 'add'."
            )
        if dictionary.config.normalise != "none" or target != site:
            raise BadDirection(
                f"A feature can be set where its dictionary writes what it reads, unscaled; {self.direction.name} is of"
                " another kind. Use 'add'."
            )
        if self.layers != (site.layer,):
            raise BadDirection(
                f"This feature is read at {site}, so it can be set there alone; layers {self.layers} were asked for."
                f" Use layer {site.layer}, or 'add'."
            )
        return dictionary, feature

    def _peak(self, dictionary: Dictionary, feature: int) -> float:
        index = index_of(dictionary)
        if index is None:
            raise BadDirection(
                f"The dictionary of '{self.direction.name}' has no index, so the feature's peak is not known, and"
                " 'clamp' counts in peaks. Build one: mikit.IndexFeatures. Or use 'add'."
            )
        return float(index.peak[feature])


@dataclass(frozen=True)
class Arrow:
    """A steering, or a control of it: the same, done along another arrow of equal length or somewhere else."""

    name: str
    why: str
    steering: Steering
    along: Along | None = None

    def edits(self, model: Model, dose: float) -> list[AnyEdit]:
        return self.steering.edits(model, dose, self.along)


def random_arrow(steering: Steering, seed: int) -> Arrow:
    """An arrow drawn from all directions alike."""

    def along(model: Model, layer: int) -> Tensor:
        drawn = torch.randn(model.spec.d_model, generator=torch.Generator().manual_seed(RANDOM_SEEDS + seed))
        arrow: Tensor = drawn / drawn.norm()
        return arrow

    why = f"An arrow of equal length in a random direction (seed {seed}): what any push of this size does."
    return Arrow("random arrow", why, steering, along)


def shuffled_pairs(steering: Steering, seed: int) -> Arrow | None:
    """The arrow that the same texts give when it is left to chance which side each is on; None for an arrow that is not
    made from pairs, and for "pca" (see ``directions.shuffled``)."""
    other = shuffled(steering.direction, seed)
    if other is None:
        return None
    why = (
        f"The same texts, with sides swapped at random in some pairs (seed {seed}): what these texts give without the"
        " contrast between them."
    )
    return Arrow("shuffled pairs", why, steering, lambda model, layer: vector(other, model, layer))


def another_layer(steering: Steering, model: Model) -> Arrow | None:
    """The steered layers' own arrows, each after a layer early in the model (late, where steering is early), in the
    unit that holds there. None for what can be done in one layer only, and where the layers do not all fit elsewhere.
    """
    if steering.how in OF_FEATURES:
        return None
    depth = model.spec.layers
    first = min(steering.layers)
    move = (depth // 6 if first > depth // 3 else 5 * depth // 6) - first
    source = {min(max(layer + move, 0), depth - 1): layer for layer in sorted(steering.layers)}
    if len(source) < len(steering.layers) or set(source) == set(steering.layers):
        return None
    moved = steering.model_copy(update={"layers": tuple(source)})
    named = ", ".join(f"L{layer} (from L{own})" for layer, own in source.items())
    how = {
        "add": "added by the same share of the stream's length there",
        "project": "and the same share taken out of what the stream has along it there",
    }[steering.how]
    why = f"The same arrow after another layer, {named}, {how}."

    def along(model: Model, layer: int) -> Tensor:
        return vector(steering.direction, model, source[layer])

    return Arrow("another layer", why, moved, along)


RANDOM_SEEDS = 70_000
"""Away from the seeds that trainings and luck start from."""
