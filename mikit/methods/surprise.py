"""How surprised a model is by each token, and how many it guesses."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Surprise(NamedTuple):
    """Over scored tokens: ``nats`` [..., n] at each, and whether the likeliest token was the one that came, ``hit``
    [..., n]."""

    nats: Tensor
    hit: Tensor


def surprise(logits: Tensor, targets: Tensor) -> Surprise:
    """logits [..., n, vocab] at the positions before the targets; targets [n] token ids. Surprise is minus the
    log-probability, in nats."""
    picked = logits.gather(-1, targets.expand(logits.shape[:-1]).unsqueeze(-1)).squeeze(-1)
    return Surprise(nats=logits.logsumexp(-1) - picked, hit=logits.argmax(-1) == targets)


def likeliest(logits: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k likeliest next tokens of one position: ids [k] and probabilities [k]. logits [vocab]."""
    top = torch.softmax(logits, -1).topk(k)
    return top.indices, top.values
