"""The network of one layer against plain PyTorch."""

from __future__ import annotations

import torch
from torch import nn

from mikit.models.units import NUMBERS, Units, inputs, trained


def reference(network):
    """The same network out of PyTorch's own layers."""
    units = len(network.w_out)
    made = nn.Sequential(nn.Linear(NUMBERS, units), nn.ReLU(), nn.Linear(units, 1))
    with torch.no_grad():
        made[0].weight.copy_(network.W_in.T)
        made[0].bias.copy_(network.b_in)
        made[2].weight.copy_(network.w_out[None])
        made[2].bias.copy_(network.b_out[None])
    return made


def test_answers_are_those_of_pytorchs_layers():
    network, (x, _) = Units(6, seed=1), inputs(1)
    torch.testing.assert_close(network(x), reference(network)(x)[:, 0].detach(), atol=1e-5, rtol=1e-5)


def test_parts_add_up_and_are_nothing_on_average():
    network, (x, _) = Units(6, seed=1), inputs(1)
    adds, base = network.parts(x)
    torch.testing.assert_close(adds.sum(1) + base, network(x), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(adds.mean(0), torch.zeros(6), atol=1e-5, rtol=0)


def test_it_learns_and_only_three_numbers_matter():
    network, (x, yes) = trained(12, seed=0), inputs(0)
    assert ((network(x) > 0) == yes).float().mean() > 0.95
    assert 0.2 < yes.float().mean() < 0.5
    other = x.clone()
    other[:, 3:] = inputs(1)[0][:, 3:]
    assert torch.equal((other[:, 0] * other[:, 1] > 0) & (other[:, 2] > -0.3), yes)


def test_equal_seeds_give_equal_weights_and_others_do_not():
    one, same, other = (Units(5, seed) for seed in (1, 1, 2))
    assert torch.equal(one.W_in, same.W_in) and not torch.equal(one.W_in, other.W_in)
    assert torch.equal(inputs(1)[0], inputs(1)[0]) and not torch.equal(inputs(1)[0], inputs(2)[0])
