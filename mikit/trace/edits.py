"""What can be done to a value at a site. An edit is frozen data; ``apply`` gives the new value and never writes into
the old one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Annotated, Literal, NamedTuple

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor

from mikit.errors import BadDirection, ShapeMismatch, UnknownSite
from mikit.trace.arrays import Array
from mikit.trace.sites import Site


class BaseEdit(BaseModel, ABC):
    """What every edit has: its site, and the positions ``since`` to ``until`` (exclusive) on which it acts. They count
    over the whole text, prompt and written tokens alike; None is no bound. A site with a position has none, nor has a
    pattern. Raises UnknownSite."""

    model_config = ConfigDict(frozen=True)
    site: Site
    since: int | None = None
    until: int | None = None

    @model_validator(mode="after")
    def _range_is_one(self) -> BaseEdit:
        if self.since is None and self.until is None:
            return self
        said = f"since={self.since}, until={self.until}"
        if self.site.position is not None:
            raise UnknownSite(f"{self.site} names one position, and {said} a range. Leave one of them out.")
        if self.site.name == "pattern":
            raise UnknownSite(f"A pattern spans all positions, so it takes no range; {said} was given at {self.site}.")
        if min(self.since or 0, self.until or 0) < 0:
            raise UnknownSite(f"A range counts from the text's first token, 0; {said} was given at {self.site}.")
        if self.until is not None and (self.since or 0) > self.until:
            raise UnknownSite(f"A range ends where it begins or later; {said} was given at {self.site}.")
        return self

    def where(self, here: range, prompt: int) -> int | slice | None:
        """Where it acts in a pass over the positions ``here`` of the text, counted from the first of them; None:
        nowhere. The site's negative position counts from the end of a prompt of ``prompt`` tokens."""
        position = self.site.position
        if isinstance(position, int):
            at = position if position >= 0 else prompt + position
            return at - here.start if at in here else None
        first = max(self.since or 0, here.start)
        end = here.stop if self.until is None else min(self.until, here.stop)
        return slice(first - here.start, end - here.start) if first < end else None

    @abstractmethod
    def apply(self, value: Tensor) -> Tensor:
        """The new value of the covered positions, in the shape of the old one: [position, ...], or less the dimension
        of a named position."""


class Patch(BaseEdit):
    """Swap in another value: ``source`` broadcasts to the value at the site, or to those of its numbers that ``units``
    names (neurons, at "mlp_post"). Raises UnknownSite."""

    kind: Literal["patch"] = "patch"
    source: Array
    units: tuple[int, ...] | None = None

    def apply(self, value: Tensor) -> Tensor:
        if self.units is None:
            return _like(self.source, value, self.site)
        if outside := [unit for unit in self.units if not 0 <= unit < value.shape[-1]]:
            raise UnknownSite(
                f"There is no number {outside[0]} in {self.site}: a vector has numbers 0 to {value.shape[-1] - 1}."
            )
        units, value = torch.tensor(self.units, device=value.device), value.clone()
        value[..., units] = _like(self.source, value[..., units], self.site)
        return value


class Ablate(BaseEdit):
    """Switch off: by zero, by a mean, or by values from elsewhere (resample). The last two need ``source``, which
    broadcasts to the value."""

    kind: Literal["ablate"] = "ablate"
    how: Literal["zero", "mean", "resample"] = "zero"
    source: Array | None = None

    @model_validator(mode="after")
    def _source_fits(self) -> Ablate:
        if (self.source is None) != (self.how == "zero"):
            raise ValueError(f"Ablate by {self.how} {'takes no' if self.how == 'zero' else 'needs a'} source")
        return self

    def apply(self, value: Tensor) -> Tensor:
        if self.source is None:
            return torch.zeros_like(value)
        return _like(self.source, value, self.site)


class Steer(BaseEdit):
    """Add ``dose`` times ``direction`` (in the value's own units; broadcasts over positions)."""

    kind: Literal["steer"] = "steer"
    direction: Array
    dose: float = 1.0

    def apply(self, value: Tensor) -> Tensor:
        return value.add(_like(self.direction, value, self.site), alpha=self.dose)


class Project(BaseEdit):
    """Take out ``share`` of each position's part along ``direction`` [d]; how long the direction is does not matter.
    Raises BadDirection."""

    kind: Literal["project"] = "project"
    direction: Array
    share: float = 1.0

    @model_validator(mode="after")
    def _points_somewhere(self) -> Project:
        _check_direction(self.direction, self.site)
        return self

    def apply(self, value: Tensor) -> Tensor:
        arrow = _along(self.direction, value, self.site)
        part = value @ arrow / (arrow @ arrow)
        return value - self.share * part[..., None] * arrow


class Clamp(BaseEdit):
    """Set a dictionary's feature to ``value`` and leave the rest, its error term included, as it is: adds ``share``
    times what the feature lacks of ``value``, times ``direction`` [d], its row of the decoder.

    ``read``: values [..., d] in float32 -> the feature's activation [...]. A function is no JSON, so a clamp is no
    ``Edit`` of a record. The dictionary must not scale each token: there a row's part is not activation x row. Raises
    BadDirection."""

    direction: Array
    read: Callable[[Tensor], Tensor]
    value: float
    share: float = 1.0

    @model_validator(mode="after")
    def _points_somewhere(self) -> Clamp:
        _check_direction(self.direction, self.site)
        return self

    def apply(self, value: Tensor) -> Tensor:
        arrow = _along(self.direction, value, self.site)
        found = self.read(value.float())
        if found.shape != value.shape[:-1]:
            raise ShapeMismatch(
                f"At {self.site} a value of shape {tuple(value.shape)} was read as {tuple(found.shape)}; read must give"
                f" one activation for each vector, {tuple(value.shape[:-1])}."
            )
        return value + (self.share * (self.value - found)).to(value)[..., None] * arrow


Edit = Annotated[Patch | Ablate | Steer | Project, Field(discriminator="kind")]


class Placed(NamedTuple):
    """An edit in one pass: the row and positions of the value [batch, position, ...] that it changes."""

    edit: BaseEdit
    row: int
    where: int | slice


def _check_direction(direction: Array, site: Site) -> None:
    if direction.data is None:
        return  # its numbers are in a file beside the record
    length = float(np.linalg.norm(direction.numpy()))
    if not np.isfinite(length) or length == 0:
        is_ = "zero" if length == 0 else "not finite"
        raise BadDirection(f"The direction for {site} is {is_}, so it points nowhere. Give one with a length.")


def _along(direction: Array, value: Tensor, site: Site) -> Tensor:
    """One direction [d] for every vector of ``value`` [..., d]."""
    if direction.shape != tuple(value.shape[-1:]):
        raise ShapeMismatch(
            f"At {site} a direction has shape {tuple(value.shape[-1:])}, but the edit brings {direction.shape}. It may"
            " come from another model or site."
        )
    return torch.from_numpy(direction.numpy().copy()).to(value)


def _like(array: Array, value: Tensor, site: Site) -> Tensor:
    """The array as a tensor, broadcast to ``value``; ShapeMismatch with both shapes where it does not fit."""
    source = torch.from_numpy(array.numpy().copy()).to(value)
    try:
        return source.expand_as(value)
    except RuntimeError:
        raise ShapeMismatch(
            f"At {site} the value has shape {tuple(value.shape)}, but the edit brings {array.shape}. Bring the same"
            " shape."
        ) from None
