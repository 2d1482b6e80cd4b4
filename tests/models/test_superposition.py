"""The toys against plain loops, and the features they are shown."""

from __future__ import annotations

import pytest
import torch

from mikit.models.superposition import Toys, Training, World


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def world(present=(1.0, 0.3), features=5, pairs="independent"):
    return World(torch.tensor(present), torch.ones(len(present), features), pairs)


def test_each_instance_is_read_back_by_its_own_weights():
    toys = Toys(3, 5, 2, seed=1)
    with torch.no_grad():
        toys.b.uniform_(-0.3, 0.3, generator=generator())
    x = torch.rand(3, 7, 5, generator=generator())
    for i in range(3):
        hidden = torch.stack([sum(x[i, n, f] * toys.W[i, f] for f in range(5)) for n in range(7)])
        back = torch.stack([torch.stack([hidden[n] @ toys.W[i, f] + toys.b[i, f] for f in range(5)]) for n in range(7)])
        torch.testing.assert_close(toys(x)[i], back.clamp_min(0))


def test_the_loss_weighs_each_feature():
    toys = Toys(2, 2, 1, seed=0)
    x = torch.rand(2, 6, 2, generator=generator())
    importance = torch.tensor([[1.0, 0.25], [0.0, 2.0]])
    error = (x - toys(x)) ** 2
    expected = [(error[0, :, 0].mean() + 0.25 * error[0, :, 1].mean()) / 2, error[1, :, 1].mean()]
    torch.testing.assert_close(toys.losses(x, importance), torch.stack(expected))


def test_features_are_present_as_often_as_they_should():
    x = world().inputs(20_000, generator())
    assert (x[0] > 0).float().mean() == pytest.approx(1, abs=0.001)
    assert (x[1] > 0).float().mean(0).tolist() == pytest.approx([0.3] * 5, abs=0.02)
    assert x[1][x[1] > 0].mean() == pytest.approx(0.5, abs=0.02)
    both = ((x[1, :, 0] > 0) & (x[1, :, 1] > 0)).float().mean()
    assert both == pytest.approx(0.09, abs=0.01)


def test_every_instance_has_the_same_inputs_thinned():
    x = world().inputs(100, generator())
    assert torch.equal(x[1], torch.where(x[1] > 0, x[0], 0))


@pytest.mark.parametrize("present", [0.2, 0.8])
def test_pairs_come_together_or_apart(present):
    together, apart = (
        world((present,), pairs=pairs).inputs(20_000, generator())[0] > 0 for pairs in ("correlated", "anticorrelated")
    )
    for on in (together, apart):
        assert on.float().mean(0).tolist() == pytest.approx([present] * 5, abs=0.02)
        assert (on[:, 0] & on[:, 2]).float().mean() == pytest.approx(present**2, abs=0.02)
    assert torch.equal(together[:, 0], together[:, 1])
    assert torch.equal(together[:, 2], together[:, 3])
    assert (apart[:, 0] & apart[:, 1]).float().mean() == pytest.approx(max(0, 2 * present - 1), abs=0.02)


def test_an_odd_last_feature_comes_on_its_own():
    on = world((0.5,), pairs="correlated").inputs(20_000, generator())[0] > 0
    assert all((on[:, 4] & on[:, other]).float().mean() == pytest.approx(0.25, abs=0.02) for other in range(4))


def test_equal_seeds_give_equal_weights_and_others_do_not():
    assert torch.equal(Toys(2, 5, 2, 1).W, Toys(2, 5, 2, 1).W)
    assert not torch.equal(Toys(2, 5, 2, 1).W, Toys(2, 5, 2, 2).W)


def test_training_is_adam_on_each_instance_alone():
    """One of two instances, trained by itself on the same inputs, ends with the same weights."""
    both = Training(world((0.5, 0.2)), hidden=2, updates=30, batch=16, seed=4)
    alone = Toys(2, 5, 2, seed=4)
    weights = [torch.nn.Parameter(p[:1].detach().clone()) for p in (alone.W, alone.b)]
    optimiser = torch.optim.Adam(weights, lr=1e-2)
    draws = generator(10_004)
    for update in range(30):
        both.learn()
        optimiser.param_groups[0]["lr"] = 1e-2 * torch.cos(torch.tensor(torch.pi / 2 * update / 30)).item()
        x = world((0.5,)).inputs(16, draws)[0]
        loss = ((x - torch.relu(x @ weights[0][0] @ weights[0][0].T + weights[1][0])) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    torch.testing.assert_close(both.toys.W[:1], weights[0], atol=1e-5, rtol=1e-4)


def test_a_world_several_times_keeps_the_draws_of_a_case_side_by_side():
    twice = world((0.5, 0.2)).times(2)
    assert twice.present.tolist() == pytest.approx([0.5, 0.5, 0.2, 0.2])
    assert twice.importance.shape == (4, 5)
