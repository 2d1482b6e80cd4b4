"""Arrows from two groups: closed forms, planted directions, and a minimiser that is not scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import optimize

from mikit.errors import BadDirection
from mikit.methods.directions import mean_difference, principal, probe, swaps, unit


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_unit_keeps_the_direction():
    torch.testing.assert_close(unit(torch.tensor([0.0, -3.0, 4.0])), torch.tensor([0.0, -0.6, 0.8]))


@pytest.mark.parametrize(
    ("values", "words"),
    [([0.0, 0.0], "zeros"), ([1.0, np.nan], "NaN"), ([1.0, np.inf], "infinity"), ([3e30, 1e30], "largest 3e.30")],
)
def test_what_points_nowhere_is_a_sentence(values, words):
    with pytest.raises(BadDirection, match=words):
        unit(torch.tensor(values))


def test_the_difference_of_means_takes_sides_of_other_sizes():
    plus, minus = drawn(5, 3, 4), drawn(2, 3, 4, seed=1)
    expected = plus.sum(0) / 5 - (minus[0] + minus[1]) / 2
    torch.testing.assert_close(mean_difference(plus, minus), expected)


@pytest.mark.parametrize("seed", range(6))
def test_the_principal_direction_is_numpys_and_points_with_the_differences(seed):
    differences = drawn(6, 9, seed=seed) + 0.3
    both = np.concatenate([differences.numpy(), -differences.numpy()])
    values, vectors = np.linalg.eigh(np.cov(both.T))
    found = principal(differences).numpy()
    assert abs(found @ vectors[:, values.argmax()]) == pytest.approx(1, abs=1e-5)
    assert (differences.numpy() @ found).mean() > 0
    np.testing.assert_allclose(principal(-differences), -found, atol=1e-5)


@pytest.mark.parametrize("width", [4, 30])  # fewer and more numbers than texts
def test_the_probe_has_the_weights_that_minimise_the_penalised_loss(width):
    plus, minus = drawn(6, width) * 3 + 1, drawn(5, width, seed=1) * 3
    plus[:, 1] = minus[:, 1] = 7.0  # never varies
    both = torch.cat([plus, minus]).double().numpy()
    labels = np.repeat([1.0, -1.0], [6, 5])
    varies = both.std(0) > 0
    scaled = (both[:, varies] - both[:, varies].mean(0)) / both[:, varies].std(0)

    def loss(weights):
        return np.logaddexp(0, -labels * (scaled @ weights[1:] + weights[0])).sum() + (weights[1:] ** 2).sum() / 2

    best = optimize.minimize(loss, np.zeros(varies.sum() + 1), tol=1e-10).x[1:]
    expected = np.zeros(width)
    expected[varies] = best / both[:, varies].std(0)
    np.testing.assert_allclose(probe(plus, minus), expected, atol=2e-5)


def test_the_probe_finds_what_tells_the_sides_apart_where_a_mean_is_led_astray():
    """One number tells them apart, another is a hundred times as large and says nothing."""
    side = torch.tensor([1.0] * 8 + [-1.0] * 8)
    noise = 100 * drawn(16)
    plus, minus = torch.stack([side, noise], 1).split(8)
    by_mean, by_probe = unit(mean_difference(plus, minus)), unit(probe(plus, minus))
    assert by_mean[0] < 0.5 < 0.99 < by_probe[0]


@pytest.mark.parametrize("n", [1, 2, 7, 8])
def test_half_of_the_pairs_change_sides(n):
    found = torch.stack([swaps(n, torch.Generator().manual_seed(seed)) for seed in range(400)])
    counts = set(found.sum(1).tolist())
    assert counts == {n // 2, (n + 1) // 2}
    np.testing.assert_allclose(found.double().mean(0), 0.5, atol=0.1)  # each pair as often as not
    again = swaps(n, torch.Generator().manual_seed(3))
    assert torch.equal(again, found[3])
