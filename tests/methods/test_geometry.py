"""Figures whose geometry is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from mikit.methods.geometry import cosines, dimensionality, figure, gaps, represented


def directions(*degrees, length=1.0):
    turned = torch.tensor(degrees, dtype=torch.float32).deg2rad()
    return length * torch.stack([turned.cos(), turned.sin()], dim=1)


FIGURES = {
    "a right angle": directions(10, 100),
    "antipodal pair": directions(20, 200),
    "triangle": directions(0, 120, 240),
    "two antipodal pairs": directions(5, 95, 185, 275),
    "pentagon": directions(*(3 + 72 * i for i in (3, 0, 4, 1, 2))),
    "hexagon": directions(*(60 * i for i in range(6))),
}
SHARES = [1, 1 / 2, 2 / 3, 1 / 2, 2 / 5, 1 / 3]


@pytest.mark.parametrize(("name", "share"), list(zip(FIGURES, SHARES, strict=True)))
def test_figures_have_their_names_and_share_the_plane_evenly(name, share):
    assert figure(FIGURES[name]) == name
    assert dimensionality(1.1 * FIGURES[name]).tolist() == pytest.approx([share] * len(FIGURES[name]), abs=1e-5)


def test_dimensionality_is_the_papers_formula():
    W = np.random.default_rng(0).normal(size=(3, 6, 4))
    expected = np.zeros((3, 6))
    for t in range(3):
        for i in range(6):
            unit = W[t, i] / np.linalg.norm(W[t, i])
            expected[t, i] = (W[t, i] @ W[t, i]) / sum((unit @ W[t, j]) ** 2 for j in range(6))
    np.testing.assert_allclose(dimensionality(torch.tensor(W)).numpy(), expected, rtol=1e-6)


def test_a_feature_without_a_direction_has_no_dimension():
    W = torch.cat([directions(0, 90), torch.zeros(1, 2)])
    assert dimensionality(W).tolist() == pytest.approx([1, 1, 0])
    assert cosines(W)[2].tolist() == [0, 0, 0]


def test_short_directions_are_not_represented():
    W = torch.cat([directions(0, 180), directions(90, length=0.3)])
    assert represented(W).tolist() == [True, True, False]
    assert figure(W) == "antipodal pair"
    assert gaps(W).tolist() == pytest.approx([180, 180])


def test_gaps_go_round():
    assert gaps(directions(350, 20, 90)).sum() == pytest.approx(360)
    assert sorted(gaps(directions(350, 20, 90)).tolist()) == pytest.approx([30, 70, 260], abs=1e-3)


@pytest.mark.parametrize(
    ("W", "name"),
    [
        (directions(0, 180, length=0.4), "nothing"),
        (directions(30), "one direction"),
        (directions(30, 60), "2 directions"),
        (directions(30, 31, 33), "one direction, 3 features"),
        (directions(0, 90, 92, 180, 270, 272), "two antipodal pairs, 6 features"),
        (directions(359, 1, 120, 240), "triangle, 4 features"),
        (directions(0, 90, 180), "3 directions"),
        (directions(0, 60, 150, 200, 300), "5 directions"),
        (directions(*(360 / 7 * i for i in range(7))), "7 directions"),
    ],
)
def test_what_has_no_name_is_counted(W, name):
    assert figure(W) == name


def test_cosines_of_a_pentagon():
    found = cosines(2 * FIGURES["pentagon"])
    assert sorted(set(np.round(found.flatten().tolist(), 3))) == pytest.approx(
        [round(math.cos(math.radians(144)), 3), round(math.cos(math.radians(72)), 3), 1]
    )
