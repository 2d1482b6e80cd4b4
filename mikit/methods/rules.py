"""Rules laid down before a measurement: met, not met, or not to be told at this n; and what that n could have told."""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

import numpy as np
from scipy import optimize, stats

from mikit.methods.intervals import Floats

Verdict = Literal["rule met", "rule not met", "cannot tell"]
POWER = 0.8
"""Chance of a verdict at the smallest deviations that count as told."""


class Told(NamedTuple):
    """The deviations nearest to a bar that n prompts tell from it: a true value of ``above`` or more would have met
    the rule, one of ``below`` or less would have failed it, each with a chance of ``POWER``. NaN: none would."""

    above: float
    below: float


def share_interval(right: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval of a share, ``right`` of ``n`` (Clopper and Pearson 1934, Biometrika 26, 404-413)."""
    tail = (1 - confidence) / 2
    low = float(stats.beta.ppf(tail, right, n - right + 1)) if right > 0 else 0.0
    high = float(stats.beta.ppf(1 - tail, right + 1, n - right)) if right < n else 1.0
    return low, high


def judge(low: float, high: float, bar: float) -> Verdict:
    """Met when the interval's low end reaches the bar, not met when its high end is under it. An interval without
    ends (a single prompt) cannot tell."""
    if low >= bar:
        return "rule met"
    return "rule not met" if high < bar else "cannot tell"


def judge_all(verdicts: list[Verdict]) -> Verdict:
    """A rule for every cell: met where all meet it, not met where one does not."""
    if "rule not met" in verdicts:
        return "rule not met"
    return "rule met" if set(verdicts) == {"rule met"} else "cannot tell"


def together(cells: int, confidence: float = 0.95) -> float:
    """The confidence of each of ``cells`` intervals that makes all of them hold at once with ``confidence`` or more
    (Bonferroni): a rule for every cell is failed by one, and the more cells, the likelier one strays by chance."""
    return 1 - (1 - confidence) / cells


@cache
def told_of_share(n: int, bar: float, confidence: float = 0.95) -> Told:
    """Shares that ``n`` prompts tell from ``bar``. With k the fewest right answers whose interval meets the bar,
    ``above`` solves P(at least k of n right) = POWER; ``below`` likewise with the most whose interval fails it. Exact:
    a binomial tail is a beta distribution in the share (Clopper and Pearson 1934)."""
    verdicts = [judge(*share_interval(k, n, confidence), bar) for k in range(n + 1)]
    fewest = next((k for k in range(n + 1) if verdicts[k] == "rule met"), None)
    most = next((k for k in reversed(range(n + 1)) if verdicts[k] == "rule not met"), None)
    above = 0.0 if fewest == 0 else np.nan if fewest is None else stats.beta.ppf(POWER, fewest, n - fewest + 1)
    below = np.nan if most is None else stats.beta.ppf(1 - POWER, most + 1, n - most)
    return Told(float(above), float(below))


def told_of_mean(values: Floats, bar: float, confidence: float = 0.95) -> Told:
    """Means that as many prompts tell from ``bar``, if they scatter as ``values`` [n] do: the bar plus and minus the
    shift at which a one-sample t test has ``POWER``, from the noncentral t distribution (Cohen 1988, Statistical
    power analysis for the behavioral sciences, chapter 2). NaN for a single value."""
    n = len(values)
    if n < 2:
        return Told(np.nan, np.nan)
    most = float(stats.t.ppf((1 + confidence) / 2, n - 1))
    shift = optimize.brentq(lambda shift: stats.nct.sf(most, n - 1, shift) - POWER, 0, most + 50)
    deviation = shift * float(np.std(values, ddof=1)) / np.sqrt(n)
    return Told(bar + deviation, bar - deviation)
