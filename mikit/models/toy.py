"""A transformer of attention alone, small enough to train while one watches, and the texts it is trained on.

No MLPs and no biases, in the field's names. The page stands on PyTorch alone: a learner can read all of it, and the
plain script behind "Code" is this page with a loop below it.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor, nn

HIDDEN = -1e9
"""The score of a place that a reader may not see: after softmax it is 0."""


@dataclass(frozen=True)
class ToyShape:
    """The measures of a toy. The heads of a layer share ``d_model`` evenly."""

    layers: int = 2
    heads: int = 2
    d_model: int = 64
    vocab: int = 48
    context: int = 48

    @property
    def d_head(self) -> int:
        return self.d_model // self.heads

    @property
    def chance(self) -> float:
        """The loss of guessing every token alike, in nats."""
        return math.log(self.vocab)


class Attention(nn.Module):
    """One layer of heads, each with its own matrices: W_Q, W_K, W_V [head, d_model, d_head] and W_O [head, d_head,
    d_model]."""

    def __init__(self, shape: ToyShape, generator: torch.Generator) -> None:
        super().__init__()
        into, out = (shape.heads, shape.d_model, shape.d_head), (shape.heads, shape.d_head, shape.d_model)
        self.W_Q = uniform(into, shape.d_model, generator)
        self.W_K = uniform(into, shape.d_model, generator)
        self.W_V = uniform(into, shape.d_model, generator)
        self.W_O = uniform(out, shape.d_model, generator)

    def pattern(self, x: Tensor) -> Tensor:
        """Where each head looks: [batch, head, query, key], each row sums to 1. x is [batch, position, d_model]."""
        q = torch.einsum("btd,hde->bhte", x, self.W_Q)
        k = torch.einsum("btd,hde->bhte", x, self.W_K)
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        later = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
        return scores.masked_fill(later, HIDDEN).softmax(-1)

    def forward(self, x: Tensor, pattern: Tensor, off: Collection[int] = ()) -> Tensor:
        """What the layer adds to the stream, [batch, position, d_model]. Heads in ``off`` add nothing."""
        z = pattern @ torch.einsum("btd,hde->bhte", x, self.W_V)
        on = torch.tensor([head not in off for head in range(z.shape[1])], dtype=z.dtype)
        return torch.einsum("bhte,hed,h->btd", z, self.W_O, on)


class AttentionOnly(nn.Module):
    """Token and position embeddings, layers of heads, and the way back to tokens. Equal seeds give equal weights."""

    def __init__(self, shape: ToyShape, seed: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.shape = shape
        self.W_E = uniform((shape.vocab, shape.d_model), 1, generator)
        self.W_pos = uniform((shape.context, shape.d_model), 1, generator)
        self.layers = nn.ModuleList(Attention(shape, generator) for _ in range(shape.layers))
        self.W_U = uniform((shape.d_model, shape.vocab), shape.d_model, generator)

    def run(self, ids: Tensor, off: Collection[tuple[int, int]] = ()) -> tuple[Tensor, Tensor]:
        """Logits [batch, position, vocab] and patterns [batch, layer, head, query, key] of ids [batch, position].

        ``off``: heads, as (layer, head), that are switched off."""
        x = self.W_E[ids] + self.W_pos[: ids.shape[1]]
        patterns = []
        for index, layer in enumerate(self.layers):
            assert isinstance(layer, Attention)
            pattern = layer.pattern(level(x))
            x = x + layer(level(x), pattern, [head for at, head in off if at == index])
            patterns.append(pattern)
        return level(x) @ self.W_U, torch.stack(patterns, 1)

    def forward(self, ids: Tensor, off: Collection[tuple[int, int]] = ()) -> Tensor:
        """The logits of ``run``."""
        return self.run(ids, off)[0]

    @torch.no_grad()
    def patterns(self, ids: Tensor, off: Collection[tuple[int, int]] = ()) -> Tensor:
        """Where every head looks on one text, ids [position]: [layer, head, query, key]."""
        return self.run(ids[None], off)[1][0]

    @torch.no_grad()
    def loss(self, repeats: Repeats, off: Collection[tuple[int, int]] = ()) -> float:
        """Mean loss on what can be known, in nats a token."""
        return float(copy_loss(self, repeats, off))


@dataclass(frozen=True)
class Repeats:
    """Random tokens that repeat: ids [batch, position], and the ``period`` [batch, 1] after which each begins anew."""

    ids: Tensor
    period: Tensor

    @property
    def known(self) -> Tensor:
        """Which next tokens can be known, [batch, position - 1]: from the second token of the second copy on."""
        return torch.arange(1, self.ids.shape[1]) > self.period


def repeats(shape: ToyShape, count: int, generator: torch.Generator, shortest: int, longest: int) -> Repeats:
    """``count`` texts: different random tokens, repeated until the context is full.

    The period is drawn anew for each text: from the position alone nobody can tell where to look."""
    period = torch.randint(shortest, longest + 1, (count, 1), generator=generator)
    once = torch.rand(count, shape.vocab, generator=generator).argsort(-1)
    return Repeats(once.gather(1, torch.arange(shape.context) % period), period)


def copy_loss(network: AttentionOnly, repeats: Repeats, off: Collection[tuple[int, int]] = ()) -> Tensor:
    """Mean cross entropy, in nats, of the next tokens that can be known."""
    logits = network(repeats.ids[:, :-1], off)
    return nn.functional.cross_entropy(logits[repeats.known], repeats.ids[:, 1:][repeats.known])


def uniform(shape: tuple[int, ...], fan_in: int, generator: torch.Generator) -> nn.Parameter:
    """Random weights up to 1 / sqrt(fan_in) either way. Uniform, because those are the same bits on every machine."""
    return nn.Parameter((2 * torch.rand(shape, generator=generator) - 1) / math.sqrt(fan_in))


def level(x: Tensor) -> Tensor:
    """Layer norm without weights."""
    return nn.functional.layer_norm(x, x.shape[-1:])
