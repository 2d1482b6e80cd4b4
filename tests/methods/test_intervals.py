"""Intervals against scipy's own, and their coverage."""

from __future__ import annotations

import numpy as np
from scipy import stats

from mikit.methods.intervals import jackknife, mean_interval


def test_against_scipy():
    samples = np.random.default_rng(0).normal(3, 2, size=(9, 4))
    found = mean_interval(samples)
    for column in range(4):
        x = samples[:, column]
        low, high = stats.t.interval(0.95, len(x) - 1, loc=x.mean(), scale=stats.sem(x))
        np.testing.assert_allclose([found.value[column], found.low[column], found.high[column]], [x.mean(), low, high])


def test_missing_samples_are_left_out_and_one_has_no_interval():
    samples = np.array([[1.0, np.nan], [3.0, 5.0], [2.0, np.nan]])
    found = mean_interval(samples)
    assert found.value.tolist() == [2.0, 5.0]
    assert np.isfinite(found.low[0]) and np.isnan(found.low[1])
    assert mean_interval(samples[1:2]).low is None


def test_it_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(1)
    found = mean_interval(rng.normal(size=(8, 4000)))
    assert 0.94 < np.mean((found.low <= 0) & (found.high >= 0)) < 0.96


def test_the_jackknife_of_a_mean_is_students_interval():
    samples = np.random.default_rng(2).normal(3, 2, size=(7, 4))
    left_out = np.stack([np.delete(samples, i, axis=0).mean(0) for i in range(7)])
    np.testing.assert_allclose(jackknife(samples.mean(0), left_out), mean_interval(samples)[1:])
