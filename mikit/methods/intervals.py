"""How sure a mean is."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]


class Mean(NamedTuple):
    value: Floats
    low: Floats | None
    high: Floats | None


def mean_interval(samples: NDArray[np.floating], confidence: float = 0.95) -> Mean:
    """Mean over axis 0 with Student's t interval. NaN samples are left out; a single sample has no interval.

    samples [n, ...] -> three arrays [...].
    """
    samples = np.asarray(samples, dtype=np.float64)
    n = np.isfinite(samples).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(samples, axis=0) / n
        if len(samples) < 2:
            return Mean(mean, None, None)
        error = np.sqrt(np.nansum((samples - mean) ** 2, axis=0) / (n - 1) / n)
        half = stats.t.ppf((1 + confidence) / 2, n - 1) * error
    return Mean(mean, mean - half, mean + half)


def bootstrap(measure: Callable[[Floats], Floats], rows: Floats, seed: int, draws: int) -> tuple[Floats, Floats]:
    """The range that holds 95 % of a measure when as many rows are drawn again, with replacement.

    ``rows`` [n]: 1 for those to draw from, else 0. ``measure`` takes how often each row was drawn, [draws, n], and
    gives [draws, ...] -> two arrays [...]."""
    count = int(rows.sum())
    drawn = np.random.default_rng(seed).multinomial(count, rows / count, size=draws).astype(np.float64)
    low, high = np.quantile(measure(drawn), (0.025, 0.975), axis=0)
    return low, high


def jackknife(
    whole: NDArray[np.floating], left_out: NDArray[np.floating], confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """Student's t interval of a measure of n samples, ``whole`` [...], from the same measure of all samples but one,
    ``left_out`` [n, ...] -> two arrays [...] (Tukey 1958; Efron and Tibshirani 1993, An introduction to the bootstrap,
    chapter 11)."""
    n = len(left_out)
    error = np.sqrt((n - 1) * np.var(left_out, axis=0, dtype=np.float64))
    half = stats.t.ppf((1 + confidence) / 2, n - 1) * error
    return whole - half, whole + half
