"""Directions of features in few dimensions: which are represented, how much of a dimension each has, their angles.

Dimensionality as Elhage et al. 2022, "Toy models of superposition": 1 for a feature with a dimension of its own, 1/2
in an antipodal pair, 2/5 in a pentagon."""

from __future__ import annotations

import torch
from torch import Tensor

REPRESENTED = 0.5
"""A feature counts as represented if its direction is longer than this; one that is read back whole has length 1."""

WITHIN = 12.0
"""Degrees by which an angle may miss a figure that is named; directions nearer than this count as one."""

EVEN = {2: "antipodal pair", 3: "triangle", 4: "two antipodal pairs", 5: "pentagon", 6: "hexagon"}


def dimensionality(W: Tensor) -> Tensor:
    """The share of a dimension that each feature has, 0 to 1. W [..., feature, hidden] -> [..., feature].

    Its squared length by that of all features along its direction; 0 without a direction. A feature that is hardly
    represented may still score high, if no other lies its way: read it beside the length."""
    length = W.norm(dim=-1)
    along = (W / length.clamp_min(1e-12)[..., None]) @ W.mT
    share: Tensor = length.square() / along.square().sum(-1).clamp_min(1e-12)
    return share


def represented(W: Tensor) -> Tensor:
    """Which features have a direction longer than REPRESENTED. W [..., feature, hidden] -> booleans [..., feature]."""
    longer: Tensor = W.norm(dim=-1) > REPRESENTED
    return longer


def cosines(W: Tensor) -> Tensor:
    """Cosine of each feature's direction with each other's. W [..., feature, hidden] -> [..., feature, feature]."""
    unit = torch.nn.functional.normalize(W, dim=-1)
    return unit @ unit.mT


def gaps(W: Tensor) -> Tensor:
    """Degrees from each represented direction to the next, counter-clockwise; they add up to 360. W [feature, 2]."""
    shown = W[represented(W)]
    angles = torch.atan2(shown[:, 1], shown[:, 0]).rad2deg().sort().values
    return torch.diff(angles, append=angles[:1] + 360)


def figure(W: Tensor) -> str:
    """The figure that the represented directions make in a plane, in words; where several features have one direction,
    how many there are. W [feature, 2]."""
    found = gaps(W)
    apart = found[found >= WITHIN]
    name = _name(apart)
    return name if len(apart) == len(found) else f"{name}, {len(found)} features"


def _name(apart: Tensor) -> str:
    """Of the figure whose directions are so many degrees apart."""
    count = len(apart)
    if count == 0:
        return "nothing"
    if count == 1:
        return "one direction"
    if count == 2 and abs(float(apart.min()) - 90) < WITHIN:
        return "a right angle"
    if count in EVEN and bool(((apart - 360 / count).abs() < WITHIN).all()):
        return EVEN[count]
    return f"{count} directions"
