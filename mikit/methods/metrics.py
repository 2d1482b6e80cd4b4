"""What a patch is judged by: numbers made of the logits at the last position. All can be differentiated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor

from mikit.errors import BadMetric, nearest

MetricName = Literal["logit difference", "normalised", "probability", "KL"]
NAMES: tuple[MetricName, ...] = get_args(MetricName)
Function = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Metric:
    """``measure``: logits [rows, vocab] -> [rows], in ``unit``; ``says`` is its definition in words."""

    measure: Function
    unit: str
    says: str


def logit_difference(logits: Tensor, answer: int, foil: int) -> Tensor:
    """The answer's logit less the foil's, [rows]. Linear in the last stream, up to the final norm's scale."""
    return logits[..., answer] - logits[..., foil]


def kl(logits: Tensor, baseline: Tensor) -> Tensor:
    """KL(baseline || row) of the next-token distributions, in nats, [rows]; ``baseline`` [vocab]."""
    before, after = baseline.log_softmax(-1), logits.log_softmax(-1)
    return (before.exp() * (before - after)).sum(-1)


def metric(name: MetricName | Function, answer: int, foil: int, clean: Tensor, corrupt: Tensor, base: Tensor) -> Metric:
    """One metric for one pair, from the logits [vocab] of its clean and corrupt run; ``base`` is the run that is
    patched, which KL is measured from.

    Raises BadMetric: an unknown name, or nothing to normalise by.
    """
    if callable(name):
        return Metric(lambda logits: _checked(name, logits), "", "a function of the logits, given in Python")
    if name == "logit difference":
        return Metric(
            lambda logits: logit_difference(logits, answer, foil),
            "logits",
            "logit difference: the answer's logit less the foil's, at the last position",
        )
    if name == "normalised":
        low, high = (float(logit_difference(x, answer, foil)) for x in (corrupt, clean))
        if abs(high - low) < 1e-3:
            raise BadMetric(
                f"The logit difference is {high:+.3f} for the original prompt and {low:+.3f} for the changed one. There"
                " is no difference to take shares of: use the metric 'logit difference', or another pair."
            )
        return Metric(
            lambda logits: (logit_difference(logits, answer, foil) - low) / (high - low),
            "share recovered",
            "logit difference, scaled so that the changed prompt has 0 and the original 1",
        )
    if name == "probability":
        return Metric(lambda logits: logits.softmax(-1)[..., answer], "probability", "probability of the answer")
    if name == "KL":
        return Metric(
            lambda logits: kl(logits, base),
            "nats",
            "KL divergence of the next-token distribution from that of the unpatched run",
        )
    raise BadMetric(f"There is no metric called '{name}'.{nearest(str(name), NAMES)}")


def _checked(function: Function, logits: Tensor) -> Tensor:
    """A learner's own metric, held to its contract: one finite number a row."""
    value = function(logits)
    if not isinstance(value, Tensor) or value.shape != logits.shape[:-1]:
        got = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
        raise BadMetric(
            f"The metric gave {got} for logits of shape {tuple(logits.shape)}. It should give one number a row: a"
            f" tensor of shape {tuple(logits.shape[:-1])}, as logits[:, answer] - logits[:, foil] does."
        )
    if not bool(torch.isfinite(value).all()):
        bad = int((~torch.isfinite(value)).nonzero()[0])
        raise BadMetric(
            f"The metric gave {float(value[bad]):g} for row {bad}, which is no number to draw. A logarithm of 0 and a"
            " division by 0 are the usual causes."
        )
    return value
