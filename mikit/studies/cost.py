"""Rough needs of a forward pass, from a model's measures alone: enough to refuse what cannot fit."""

from __future__ import annotations

from mikit.models.model import Spec

FLOPS = 1e11
"""Multiply-adds a second of an ordinary laptop, counted as two each. Within a factor of a few; only progress bars
lean on it."""


def seconds(spec: Spec, tokens: int) -> float:
    """One forward pass over ``tokens`` tokens in all."""
    heads = (2 * spec.heads + 2 * spec.kv_heads) * spec.d_head
    weights = spec.layers * spec.d_model * (heads + 3 * spec.d_mlp) + spec.vocab * spec.d_model
    return 2 * weights * tokens / FLOPS


def held(spec: Spec, tokens: int, rows: int = 1) -> int:
    """Bytes alive at once in a pass of ``rows`` prompts of ``tokens`` tokens: one layer's activations and patterns,
    and all logits."""
    layer = 3 * spec.d_mlp + 6 * spec.d_model
    return 4 * rows * tokens * (layer + 3 * spec.heads * tokens + 2 * spec.vocab)
