"""From activations of two groups to one direction: difference of means (Marks and Tegmark 2023, arXiv:2310.06824),
first principal component of the pairs' differences (Zou et al. 2023, arXiv:2310.01405), a logistic probe."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from mikit.errors import BadDirection

CANCELLED = 1e-6
"""A sum this much shorter than its parts is rounding, and has no direction."""


def unit(direction: Tensor) -> Tensor:
    """The same direction, [d], with length 1. Raises BadDirection for zeros, NaN, infinity, and a length beyond what
    the numbers' type holds."""
    if not bool(direction.isfinite().all()):
        raise BadDirection("A direction needs finite numbers; this one holds NaN or infinity. Look where it came from.")
    length = direction.norm()
    if not bool(length.isfinite()):
        raise BadDirection(
            f"This direction has finite numbers, the largest {float(direction.abs().max()):.3g}, but its length is too"
            " large to be told. Divide it by its largest number first."
        )
    if not bool(length > 0):
        raise BadDirection("This direction is all zeros, so it points nowhere: a push along it changes nothing.")
    found: Tensor = direction / length
    return found


def mean_difference(plus: Tensor, minus: Tensor) -> Tensor:
    """The mean of ``plus`` [n, ..., d] less the mean of ``minus`` [m, ..., d] -> [..., d]."""
    return plus.mean(0) - minus.mean(0)


def principal(differences: Tensor) -> Tensor:
    """The line along which differences [n, d] and their opposites spread most, pointing as most of their length does.
    Length 1."""
    found: Tensor = torch.linalg.svd(differences, full_matrices=False).Vh[0]
    return -found if (differences @ found).sum() < 0 else found


def probe(plus: Tensor, minus: Tensor) -> Tensor:
    """The weights [d] by which a logistic regression tells ``plus`` [n, d] from ``minus`` [m, d].

    It is fitted to standardised activations with scikit-learn's penalty (C = 1); the weights come back in the
    activations' own units. A number that never varies has weight 0. Standardised rows span few dimensions, and the
    penalised solution lies among them (the representer theorem): so it is fitted there, to the same weights."""
    from sklearn.linear_model import LogisticRegression  # half a second to import, and few need it

    both = torch.cat([plus, minus]).double()
    spread = both.std(0, correction=0)
    scale = torch.where(spread > 0, 1 / spread, 0)
    basis, rows = torch.linalg.qr(((both - both.mean(0)) * scale).T)
    labels = np.repeat([1, 0], [len(plus), len(minus)])
    fitted = LogisticRegression(solver="newton-cholesky", tol=1e-8).fit(rows.T.numpy(), labels)
    weights: Tensor = basis @ torch.from_numpy(fitted.coef_[0]) * scale
    return weights.to(plus.dtype)


def swaps(n: int, generator: torch.Generator) -> Tensor:
    """Which of ``n`` pairs change sides in a shuffle, booleans [n]: half of them, drawn; of an odd number, the half
    rounded up or down by a coin. So a swap and its opposite are equally likely."""
    odd = int(torch.randint(1 + n % 2, (1,), generator=generator))
    found = torch.zeros(n, dtype=torch.bool)
    found[torch.randperm(n, generator=generator)[: n // 2 + odd]] = True
    return found
