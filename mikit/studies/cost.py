"""Rough needs of a forward pass, from a model's measures alone: enough to refuse what cannot fit."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from weakref import WeakKeyDictionary

import torch

from mikit.methods.patching import Patched, groups
from mikit.models.model import Model, Spec
from mikit.studies.base import Cost
from mikit.trace.engine import run

FLOPS = 1e11
"""Multiply-adds a second of an ordinary laptop, counted as two each. Within a factor of a few; only progress bars
lean on it."""
STEP = 0.2
"""Seconds between two looks at the Stop button."""
_SPEEDS: WeakKeyDictionary[Model, tuple[float, float]] = WeakKeyDictionary()


def seconds(spec: Spec, tokens: int) -> float:
    """One forward pass over ``tokens`` tokens in all."""
    heads = (2 * spec.heads + 2 * spec.kv_heads) * spec.d_head
    weights = spec.layers * spec.d_model * (heads + 3 * spec.d_mlp) + spec.vocab * spec.d_model
    return 2 * weights * tokens / FLOPS


def held(spec: Spec, tokens: int, rows: int = 1) -> int:
    """Bytes alive at once in a pass of ``rows`` prompts of ``tokens`` tokens: one layer's activations and patterns,
    and all logits."""
    return held_a_layer(spec, tokens, rows) + 4 * rows * tokens * 2 * spec.vocab


def held_a_layer(spec: Spec, tokens: int, rows: int = 1) -> int:
    """Bytes of one layer's activations and patterns."""
    return 4 * rows * tokens * (3 * spec.d_mlp + 6 * spec.d_model + 3 * spec.heads * tokens)


def budget(spec: Spec) -> float:
    """Tokens times layers of one short trace: about 0.2 s."""
    return spec.layers * STEP / seconds(spec, 1)


def patching(model: Model, cells: Sequence[Patched], length: int) -> Cost:
    """A sweep over ``cells`` in prompts of ``length`` tokens: seconds at the speed measured on this machine, and the
    bytes of its largest trace beside two remembered runs and what the patches bring."""
    s = model.spec
    fixed, per_token = speed(model)
    took, largest = 2 * (fixed + per_token * length), 0
    for group in groups(cells, s.layers, length, budget(s)):
        depth = s.layers - group[-1].layer
        tokens = sum(length - cell.start for cell in group)
        took += (fixed + per_token * tokens) * (depth / s.layers)
        largest = max(largest, _trace_bytes(s, tokens, length, len(group)))
    kept = s.layers * length * (s.d_model + 2 * s.kv_heads * s.d_head)
    brought = 3 * s.layers * length * max(s.d_model, s.heads * s.d_head)
    return Cost(seconds=took, bytes=4 * (2 * kept + brought) + largest)


def _trace_bytes(s: Spec, tokens: int, length: int, rows: int) -> int:
    """One trace of packed rows: the stream, all layers' keys and values, and whichever is largest of a layer's
    attention, a layer's neurons and the logits, which do not live at the same time."""
    stream = 8 * tokens * s.d_model
    keys = 2 * s.layers * (length + tokens) * s.kv_heads * s.d_head
    attention = (2 * s.heads + 3) * tokens * (length + tokens)
    return 4 * (stream + keys + max(attention, 3 * tokens * s.d_mlp, 2 * rows * s.vocab))


def speed(model: Model) -> tuple[float, float]:
    """Seconds of one pass on this machine: a fixed part and a part for each token, from two lengths timed once a
    model, for about 0.2 s."""
    if model not in _SPEEDS:
        longer = min(32, model.spec.context)
        short, long = (_timed(model, tokens) for tokens in (4, longer))
        per_token = max(long - short, 0.0) / (longer - 4)
        _SPEEDS[model] = (max(short - 4 * per_token, 0.0), per_token)
    return _SPEEDS[model]


def _timed(model: Model, tokens: int) -> float:
    """The better of two: the first pass of a length also makes room for it."""
    prompt = model.tokens_from(torch.full((tokens,), model.spec.vocab // 2))
    took = []
    for _ in range(2):
        began = perf_counter()
        run(model, prompt, [[]])
        took.append(perf_counter() - began)
    return min(took)
