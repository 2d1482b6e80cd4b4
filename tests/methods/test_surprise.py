"""Surprise against torch's cross entropy."""

from __future__ import annotations

import torch
from torch.nn.functional import cross_entropy

from mikit.methods.surprise import likeliest, surprise


def test_nats_are_cross_entropy_and_hits_are_argmax():
    logits = torch.randn(3, 5, 11, generator=torch.Generator().manual_seed(0))
    targets = torch.tensor([0, 3, 10, 3, 7])
    logits[1, 2, 10] = 50.0
    found = surprise(logits, targets)
    for row in range(3):
        torch.testing.assert_close(found.nats[row], cross_entropy(logits[row], targets, reduction="none"))
    assert found.hit[1, 2]
    assert found.hit.sum() == (logits.argmax(-1) == targets).sum()


def test_likeliest_are_sorted_probabilities():
    ids, shares = likeliest(torch.log(torch.tensor([0.1, 0.6, 0.3])), 2)
    assert ids.tolist() == [1, 2]
    torch.testing.assert_close(shares, torch.tensor([0.6, 0.3]))
