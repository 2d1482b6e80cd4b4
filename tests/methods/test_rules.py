"""Verdicts and what an n can tell: closed forms, scipy's own exact test, and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mikit.methods.intervals import mean_interval
from mikit.methods.rules import POWER, judge, judge_all, share_interval, together, told_of_mean, told_of_share


@pytest.mark.parametrize(("right", "n"), [(0, 5), (5, 5), (12, 64), (63, 64), (1, 2)])
@pytest.mark.parametrize("confidence", [0.95, 0.99])
def test_the_interval_is_scipys_exact_one(right: int, n: int, confidence: float) -> None:
    exact = stats.binomtest(right, n).proportion_ci(confidence, method="exact")
    assert share_interval(right, n, confidence) == pytest.approx((exact.low, exact.high), abs=1e-12)


def test_all_right_and_none_have_closed_forms() -> None:
    assert share_interval(64, 64) == pytest.approx((0.025 ** (1 / 64), 1.0))
    assert share_interval(0, 64) == pytest.approx((0.0, 1 - 0.025 ** (1 / 64)))


def test_the_verdict_is_where_the_interval_lies() -> None:
    assert judge(0.9, 1.0, 0.9) == "rule met"
    assert judge(0.89, 1.0, 0.9) == "cannot tell"
    assert judge(0.1, 0.9, 0.9) == "cannot tell"
    assert judge(0.1, 0.89, 0.9) == "rule not met"
    assert judge(float("nan"), float("nan"), 0.9) == "cannot tell"


def test_one_cell_that_fails_fails_the_rule() -> None:
    assert judge_all(["rule met", "rule met"]) == "rule met"
    assert judge_all(["rule met", "cannot tell"]) == "cannot tell"
    assert judge_all(["rule met", "cannot tell", "rule not met"]) == "rule not met"


def test_intervals_that_hold_together() -> None:
    assert together(1) == pytest.approx(0.95) and together(4) == pytest.approx(0.9875)
    draws = np.random.default_rng(0)
    met_or_not = {"rule met": 0, "rule not met": 0, "cannot tell": 0}
    for _ in range(4000):  # six means exactly at the bar: no verdict but "cannot tell" is right
        mean = mean_interval(draws.normal(1.0, 2.0, (16, 6)), together(6))
        assert mean.low is not None and mean.high is not None
        met_or_not[judge_all([judge(low, high, 1.0) for low, high in zip(mean.low, mean.high, strict=True)])] += 1
    print(f"\n{met_or_not}")
    assert met_or_not["rule not met"] / 4000 < 0.05
    assert met_or_not["rule met"] == 0


@pytest.mark.parametrize(("n", "bar"), [(32, 0.75), (64, 0.9), (64, 0.5), (20, 0.2)])
def test_what_a_share_of_n_tells_from_the_bar(n: int, bar: float) -> None:
    told = told_of_share(n, bar)
    assert told.below < bar < told.above
    drawn = np.random.default_rng(1).binomial
    for truth, wanted in ((told.above, "rule met"), (told.below, "rule not met")):
        verdicts = {k: judge(*share_interval(k, n), bar) for k in range(n + 1)}
        exact = sum(stats.binom.pmf(k, n, truth) for k in range(n + 1) if verdicts[k] == wanted)
        assert exact == pytest.approx(POWER, abs=1e-6)
        seen = np.mean([verdicts[int(k)] == wanted for k in drawn(n, truth, 20_000)])
        assert seen == pytest.approx(POWER, abs=0.02)


def test_too_few_prompts_tell_nothing() -> None:
    """All 16 right have 0.794 as their low end, so a bar of 0.9 could never be met."""
    told = told_of_share(16, 0.9)
    assert np.isnan(told.above) and told.below < 0.9
    assert told_of_share(16, 0.0).above == 0
    assert np.isnan(told_of_share(3, 0.3).below), "none of three right still reaches 0.3"
    assert all(np.isnan(told_of_mean(np.array([1.0]), 0.0)))


def test_what_a_mean_tells_from_the_bar() -> None:
    values = np.random.default_rng(2).normal(3.0, 1.5, 12)
    told = told_of_mean(values, 1.0)
    assert told.above - 1 == pytest.approx(1 - told.below)
    spread = np.std(values, ddof=1)
    samples = np.random.default_rng(3).normal(told.above, spread, (12, 40_000))
    low = mean_interval(samples).low
    assert low is not None
    assert np.mean(low >= 1.0) == pytest.approx(POWER, abs=0.01)


def test_of_many_prompts_it_is_the_normal_formula() -> None:
    """(z of 97.5 % + z of 80 %) standard errors, the textbook's smallest detectable effect."""
    values = np.random.default_rng(4).normal(0.0, 2.0, 4000)
    error = np.std(values, ddof=1) / np.sqrt(4000)
    assert told_of_mean(values, 0.0).above == pytest.approx((1.959964 + 0.841621) * error, rel=2e-3)


def test_values_without_scatter() -> None:
    assert told_of_mean(np.full(5, 2.0), 1.0) == (1.0, 1.0)
