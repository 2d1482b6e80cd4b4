"""What can be done to a value at a site. An edit is frozen data; ``apply`` gives the new value and never writes into
the old one."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor

from mikit.errors import ShapeMismatch
from mikit.trace.arrays import Array
from mikit.trace.sites import Site


class Patch(BaseModel):
    """Swap in another value: ``source`` broadcasts to the value at the site."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["patch"] = "patch"
    site: Site
    source: Array

    def apply(self, value: Tensor) -> Tensor:
        return _like(self.source, value, self.site).expand_as(value)


class Ablate(BaseModel):
    """Switch off: by zero, by a mean, or by values from elsewhere (resample). The last two need ``source``, which
    broadcasts to the value."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["ablate"] = "ablate"
    site: Site
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
        return _like(self.source, value, self.site).expand_as(value)


class Steer(BaseModel):
    """Add ``dose`` times ``direction`` (in the value's own units; broadcasts over positions)."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["steer"] = "steer"
    site: Site
    direction: Array
    dose: float = 1.0

    def apply(self, value: Tensor) -> Tensor:
        return value + self.dose * _like(self.direction, value, self.site)


Edit = Annotated[Patch | Ablate | Steer, Field(discriminator="kind")]


def _like(array: Array, value: Tensor, site: Site) -> Tensor:
    """The array as a tensor that broadcasts to ``value``; ShapeMismatch with both shapes otherwise."""
    source = torch.from_numpy(array.numpy().copy()).to(value)
    try:
        fits = np.broadcast_shapes(source.shape, value.shape) == tuple(value.shape)
    except ValueError:
        fits = False
    if not fits:
        raise ShapeMismatch(
            f"At {site} the value has shape {tuple(value.shape)}, but the edit brings {array.shape}. Bring the same"
            " shape."
        )
    return source
