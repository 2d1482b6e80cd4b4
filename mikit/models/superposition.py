"""Toy models of superposition (Elhage et al. 2022): sparse features squeezed into fewer dimensions, and read back.

Many instances learn side by side in one batch. The page stands on PyTorch alone: a learner can read all of it, and the
plain script behind "Code" is this page with a loop below it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

Pairs = Literal["independent", "correlated", "anticorrelated"]
LEARNING_RATE = 1e-2


@dataclass(frozen=True)
class World:
    """What the instances are shown: how often a feature is present, [instance], and what an error in it costs,
    [instance, feature]. ``pairs``: how features 0 and 1, 2 and 3 ... come; an odd last one comes on its own.

    Sparsity is 1 - present."""

    present: Tensor
    importance: Tensor
    pairs: Pairs = "independent"

    def times(self, draws: int) -> World:
        """The same with every instance ``draws`` times, side by side."""
        present, importance = (x.repeat_interleave(draws, dim=0) for x in (self.present, self.importance))
        return World(present, importance, self.pairs)

    def inputs(self, count: int, generator: torch.Generator) -> Tensor:
        """``count`` inputs, [instance, input, feature]: 0 where a feature is absent, else its value, 0 to 1.

        Every instance has the same inputs, thinned to its own sparsity. Correlated features are present together;
        anticorrelated ones as rarely together as their frequency allows."""
        features = self.importance.shape[-1]
        values = torch.rand(count, features, generator=generator)
        chance = torch.rand(count, features, generator=generator)
        present = self.present[:, None, None]
        if self.pairs != "independent":
            chance = chance[:, ::2].repeat_interleave(2, dim=1)[:, :features]
        on = chance < present
        if self.pairs == "anticorrelated":
            on[..., 1::2] = chance[:, 1::2] >= 1 - present
        return values * on


class Toys(nn.Module):
    """Instances of x -> relu(x W W^T + b): W [instance, feature, hidden], b [instance, feature]. A row of W is a
    feature's direction. Equal seeds give equal weights."""

    def __init__(self, instances: int, features: int, hidden: int, seed: int) -> None:
        super().__init__()
        drawn = torch.rand(instances, features, hidden, generator=torch.Generator().manual_seed(seed))
        self.W = nn.Parameter((2 * drawn - 1) / math.sqrt(hidden))  # uniform: the same bits on every machine
        self.b = nn.Parameter(torch.zeros(instances, features))

    def forward(self, x: Tensor) -> Tensor:
        """What comes back of x [instance, input, feature]."""
        return torch.relu(torch.baddbmm(self.b[:, None], x @ self.W, self.W.mT))

    def losses(self, x: Tensor, importance: Tensor) -> Tensor:
        """Mean squared error of each instance, [instance], weighed by importance [instance, feature]."""
        losses: Tensor = (importance[:, None] * (x - self(x)).square()).mean((1, 2))
        return losses


class Training:
    """Toys that learn, ``updates`` updates of ``batch`` inputs; the learning rate falls to zero along a quarter of a
    cosine."""

    def __init__(self, world: World, hidden: int, updates: int, batch: int, seed: int) -> None:
        instances, features = world.importance.shape
        self.world, self.updates, self.batch, self.done = world, updates, batch, 0
        self.toys = Toys(instances, features, hidden, seed)
        self._inputs = torch.Generator().manual_seed(10_000 + seed)
        self._optimiser = torch.optim.Adam(self.toys.parameters(), lr=LEARNING_RATE)

    def learn(self) -> None:
        """One update of every instance. Instances do not touch: the gradient of a sum is each one's own."""
        self._optimiser.param_groups[0]["lr"] = LEARNING_RATE * math.cos(math.pi / 2 * self.done / self.updates)
        with torch.enable_grad():
            loss = self.toys.losses(self.world.inputs(self.batch, self._inputs), self.world.importance).sum()
            self._optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
        self._optimiser.step()
        self.done += 1
