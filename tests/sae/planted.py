"""Activations whose true directions are known: sparse sums of directions drawn once."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from mikit.sae.store import Drawn

DIRECTIONS, WIDTH, SHARE, BATCH = 24, 16, 0.06, 256
OFFSET = 0.5


def truth() -> Tensor:
    """[24, 16], rows of length 1."""
    return functional.normalize(torch.randn(DIRECTIONS, WIDTH, generator=torch.Generator().manual_seed(1)), dim=1)


def draw(generator: torch.Generator) -> Tensor:
    """[256, 16]: each direction is there with a chance of 6 %, at 0.3 to 1; all of it moved off the origin."""
    size = torch.rand(BATCH, DIRECTIONS, generator=generator) * 0.7 + 0.3
    there = torch.rand(BATCH, DIRECTIONS, generator=generator) < SHARE
    return size * there @ truth() + OFFSET


def source(seed: int = 0) -> Drawn:
    return Drawn(draw, seed)


def held_out() -> Tensor:
    return torch.cat([draw(torch.Generator().manual_seed(10**9 + i)) for i in range(10)])
