"""Metrics against closed forms, and the sentences for those that give no number."""

from __future__ import annotations

import math

import pytest
import torch

from mikit.errors import BadMetric
from mikit.methods.metrics import kl, logit_difference, metric

CLEAN, CORRUPT = torch.tensor([3.0, 1.0, 0.0]), torch.tensor([0.0, 1.0, 0.0])


def made(name, base=CORRUPT):
    return metric(name, 0, 1, CLEAN, CORRUPT, base)


def test_closed_forms():
    both = torch.stack([CLEAN, CORRUPT])
    assert made("logit difference").measure(both).tolist() == [2.0, -1.0]
    assert made("normalised").measure(both).tolist() == pytest.approx([1.0, 0.0])
    assert made("normalised").measure(torch.tensor([[1.5, 1.0, 7.0]])).tolist() == pytest.approx([0.5])
    total = math.exp(3) + math.e + 1
    assert made("probability").measure(both)[0] == pytest.approx(math.exp(3) / total)
    p = [1 / (2 + math.e), math.e / (2 + math.e), 1 / (2 + math.e)]
    q = [math.exp(3) / total, math.e / total, 1 / total]
    assert made("KL").measure(both).tolist() == pytest.approx(
        [sum(a * math.log(a / b) for a, b in zip(p, q, strict=True)), 0.0], abs=1e-6
    )


def test_kl_is_from_the_baseline():
    """KL is not symmetric: the baseline's probabilities weigh."""
    a, b = torch.tensor([0.0, 0.0]), torch.tensor([0.0, 5.0])
    assert float(kl(b, a)) == pytest.approx(float((a.softmax(-1) * (a.log_softmax(-1) - b.log_softmax(-1))).sum()))
    assert float(kl(b, a)) != pytest.approx(float(kl(a, b)), abs=0.1)


def test_a_function_of_ones_own():
    own = made(lambda logits: logit_difference(logits, 2, 0))
    assert own.measure(CLEAN[None]).tolist() == [-3.0]


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda logits: logits[:, 0] * math.nan, "gave nan for row 0"),
        (lambda logits: (logits[:, 0] - 3).log(), "gave -inf for row 0"),
        (lambda logits: logits[0, 0], r"shape \(\) for logits of shape \(2, 3\)"),
        (lambda logits: 1.0, "gave float"),
    ],
)
def test_a_function_that_gives_no_number_a_row(function, says):
    with pytest.raises(BadMetric, match=says):
        made(function).measure(torch.stack([CLEAN, CORRUPT]))


def test_names_and_nothing_to_normalise_by():
    with pytest.raises(BadMetric, match="Did you mean 'probability'"):
        made("probabilty")
    with pytest.raises(BadMetric, match="no difference to take shares of"):
        metric("normalised", 0, 1, CLEAN, CLEAN, CLEAN)
