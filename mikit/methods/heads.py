"""Scores that say what an attention head looks at: the mean attention paid from chosen queries to the one key that
the score speaks of.

The protocol matters: the same head scores 0.61 to 0.95 by it. Ours has no prefix, and position 0, the sink, is never
a target except in ``first``. Induction is the "prefix matching" score of Olsson et al. 2022 (arXiv:2209.11895)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

PROTOCOL = (
    "Mean attention from each query to the one key the score names, over all such queries; no prefix; position 0 is a"
    " target of 'first' only."
)


def induction_pairs(ids: Tensor) -> Tensor:
    """From each token that occurred before, to the token after its previous occurrence. ids [T] -> (query, key) pairs
    [2, n]."""
    return _earlier_twin(ids, shift=1)


def duplicate_pairs(ids: Tensor) -> Tensor:
    """From each token that occurred before, to its previous occurrence."""
    return _earlier_twin(ids, shift=0)


def previous_pairs(ids: Tensor) -> Tensor:
    """From each token to the one before it, from position 2 on, so that position 0 is never the target."""
    queries = torch.arange(2, len(ids))
    return torch.stack([queries, queries - 1])


def first_pairs(ids: Tensor) -> Tensor:
    """From positions 1 on to position 0, the sink."""
    queries = torch.arange(1, len(ids))
    return torch.stack([queries, torch.zeros_like(queries)])


SCORES: dict[str, Callable[[Tensor], Tensor]] = {
    "induction": induction_pairs,
    "previous": previous_pairs,
    "duplicate": duplicate_pairs,
    "first": first_pairs,
}


def score(pattern: Tensor, pairs: Tensor) -> Tensor:
    """Mean attention over (query, key) pairs [2, n]. pattern [..., query, key] -> [...]; NaN where there is no pair."""
    queries, keys = pairs
    return pattern[..., queries, keys].mean(-1)


def sink_share(pattern: Tensor) -> Tensor:
    """Mean attention on position 0 over the queries after it; NaN for a single token. pattern [..., T, T] -> [...]."""
    return pattern[..., 1:, 0].mean(-1)


def _earlier_twin(ids: Tensor, shift: int) -> Tensor:
    last: dict[int, int] = {}
    pairs = []
    for position, token in enumerate(ids.tolist()):
        if token in last and 0 < last[token] + shift < position:
            pairs.append((position, last[token] + shift))
        last[token] = position
    return torch.tensor(pairs, dtype=torch.long).reshape(-1, 2).T
