"""The toy against plain PyTorch, and the texts it is trained on."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from mikit.models.toy import AttentionOnly, ToyShape, copy_loss, repeats

SHAPE = ToyShape(layers=2, heads=3, d_model=24, vocab=11, context=10)


@pytest.fixture
def network():
    return AttentionOnly(SHAPE, seed=3)


@pytest.fixture
def ids():
    return torch.randint(0, SHAPE.vocab, (4, 7), generator=torch.Generator().manual_seed(0))


def reference(network, ids, off=()):
    """The same network by PyTorch's own attention, head by head."""
    x = network.W_E[ids] + network.W_pos[: ids.shape[1]]
    for layer, weights in enumerate(network.layers):
        normed = F.layer_norm(x, (SHAPE.d_model,))
        for head in range(SHAPE.heads):
            if (layer, head) in off:
                continue
            q, k, v = (normed @ matrix[head] for matrix in (weights.W_Q, weights.W_K, weights.W_V))
            x = x + F.scaled_dot_product_attention(q, k, v, is_causal=True) @ weights.W_O[head]
    return F.layer_norm(x, (SHAPE.d_model,)) @ network.W_U


@pytest.mark.parametrize("off", [[], [(0, 1)], [(0, 0), (1, 2)], [(1, 0), (1, 1), (1, 2)]])
def test_logits_are_those_of_pytorchs_attention(network, ids, off):
    torch.testing.assert_close(network(ids, off), reference(network, ids, off), atol=1e-5, rtol=1e-5)


def test_patterns_are_causal_shares(network, ids):
    pattern = network.patterns(ids[0])
    assert pattern.shape == (2, 3, 7, 7)
    torch.testing.assert_close(pattern.sum(-1), torch.ones(2, 3, 7))
    assert (pattern.triu(1) == 0).all()


def test_a_later_token_changes_nothing_before_it(network, ids):
    other = ids.clone()
    other[:, -1] = (other[:, -1] + 1) % SHAPE.vocab
    torch.testing.assert_close(network(ids)[:, :-1], network(other)[:, :-1])


def test_equal_seeds_give_equal_weights_and_others_do_not():
    one, same, other = (AttentionOnly(SHAPE, seed).state_dict() for seed in (1, 1, 2))
    assert all(one[name].equal(same[name]) for name in one)
    assert not any(one[name].equal(other[name]) for name in one)


def test_texts_repeat_after_their_own_period():
    found = repeats(ToyShape(), 40, torch.Generator().manual_seed(0), 12, 24)
    periods = found.period.flatten().tolist()
    assert (min(periods), max(periods)) == (12, 24) and len(set(periods)) > 8
    for ids, period in zip(found.ids, periods, strict=True):
        assert ids[period:].equal(ids[:-period])
        assert len(set(ids[:period].tolist())) == period


def test_only_what_can_be_known_counts():
    found = repeats(ToyShape(), 1, torch.Generator().manual_seed(0), 20, 20)
    known = found.known[0]
    assert not known[:20].any()  # the next tokens 1 to 20: the first copy, and the token that begins the second
    assert known[20:].all()


def test_guessing_blindly_costs_chance(network):
    shape = ToyShape()
    blind = AttentionOnly(shape, seed=0)
    with torch.no_grad():
        blind.W_U.zero_()
    texts = repeats(shape, 8, torch.Generator().manual_seed(0), 12, 24)
    assert blind.loss(texts) == pytest.approx(shape.chance) == pytest.approx(math.log(48))
    assert copy_loss(blind, texts).item() == pytest.approx(blind.loss(texts))
