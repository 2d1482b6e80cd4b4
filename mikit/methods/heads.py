"""Scores that say what an attention head looks at. Each takes a pattern [..., query, key] and gives one number a head, in [0, 1].

The protocol matters: the same head scores 0.61 to 0.95 by it. Ours: no prefix, position 0 never a target except in ``first_token``, the mean
over queries of the attention paid to the one key that the name speaks of (Olsson et al. 2022, arXiv:2209.11895, "prefix matching").
"""

from __future__ import annotations

import torch
from torch import Tensor


def induction(pattern: Tensor, ids: Tensor) -> Tensor:
    """Attention from each token that occurred before to the token AFTER its previous occurrence. pattern [..., T, T], ids [T] -> [...]."""
    return _mean_at(pattern, _earlier_twin(ids, shift=1))


def duplicate_token(pattern: Tensor, ids: Tensor) -> Tensor:
    """Attention from each token that occurred before to its previous occurrence."""
    return _mean_at(pattern, _earlier_twin(ids, shift=0))


def previous_token(pattern: Tensor, ids: Tensor) -> Tensor:
    """Attention from each token to the one before it, from position 2 on (so that position 0 is never the target)."""
    queries = torch.arange(2, len(ids))
    return _mean_at(pattern, torch.stack([queries, queries - 1]))


def first_token(pattern: Tensor, ids: Tensor) -> Tensor:
    """Attention from positions 1 on to position 0, the sink."""
    queries = torch.arange(1, len(ids))
    return _mean_at(pattern, torch.stack([queries, torch.zeros_like(queries)]))


SCORES = {"induction": induction, "previous": previous_token, "duplicate": duplicate_token, "first": first_token}


def _earlier_twin(ids: Tensor, shift: int) -> Tensor:
    """Pairs [2, n] of (query, previous occurrence of the query's token + shift), leaving out keys 0 and keys not before the query."""
    last: dict[int, int] = {}
    pairs = []
    for position, token in enumerate(ids.tolist()):
        key = last.get(token, -1) + shift if token in last else 0
        if 0 < key < position:
            pairs.append((position, key))
        last[token] = position
    return torch.tensor(pairs, dtype=torch.long).reshape(-1, 2).T


def _mean_at(pattern: Tensor, pairs: Tensor) -> Tensor:
    """NaN where there is no pair: the text gives the score nothing to look at."""
    queries, keys = pairs
    return pattern[..., queries, keys].mean(-1)
