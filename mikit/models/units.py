"""A network of one hidden layer that learns to say yes or no, small enough to test every set of its units.

The page stands on PyTorch alone: a learner can read all of it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mikit.models.toy import uniform

NUMBERS, COUNT = 8, 512
"""Numbers in an input, and how many inputs there are."""

UPDATES, LEARNING_RATE = 200, 5e-2


def inputs(seed: int) -> tuple[Tensor, Tensor]:
    """Numbers from -1 to 1, [input, number], and whether the answer is yes, [input]: the first two have one sign and
    the third is above -0.3. The other numbers do not matter."""
    x = 2 * torch.rand(COUNT, NUMBERS, generator=torch.Generator().manual_seed(10_000 + seed)) - 1
    return x, (x[:, 0] * x[:, 1] > 0) & (x[:, 2] > -0.3)


class Units(nn.Module):
    """x -> relu(x W_in + b_in) w_out + b_out; above 0 it says yes. Equal seeds give equal weights."""

    def __init__(self, units: int, seed: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.W_in = uniform((NUMBERS, units), 1, generator)
        self.b_in = nn.Parameter(torch.zeros(units))
        self.w_out = uniform((units,), 1, generator)
        self.b_out = nn.Parameter(torch.zeros(()))

    def hidden(self, x: Tensor) -> Tensor:
        """What each unit says, [input, unit]."""
        return torch.relu(x @ self.W_in + self.b_in)

    def forward(self, x: Tensor) -> Tensor:
        """What is above 0 for yes, [input]."""
        return self.hidden(x) @ self.w_out + self.b_out

    @torch.no_grad()
    def parts(self, x: Tensor) -> tuple[Tensor, float]:
        """What each unit adds to the answer beside what it adds at its mean, [input, unit], and the answer with all
        units at their means. Together they are ``forward``."""
        hidden = self.hidden(x)
        mean = hidden.mean(0)
        return (hidden - mean) * self.w_out, float(mean @ self.w_out + self.b_out)


def trained(units: int, seed: int) -> Units:
    """A network that has learned its inputs, all of them in each update."""
    (x, yes), network = inputs(seed), Units(units, seed)
    optimiser = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    for _ in range(UPDATES):
        with torch.enable_grad():
            loss = nn.functional.binary_cross_entropy_with_logits(network(x), yes.float())
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return network.requires_grad_(False)
