"""What steering does to text that it has nothing to do with: the next-token distributions that move, and how far the
stream leaves its usual length."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mikit.methods.metrics import kl
from mikit.methods.surprise import surprise
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.studies import cost
from mikit.studies.base import Cost
from mikit.studies.steering import Arrow
from mikit.studies.texts import ORDINARY
from mikit.trace.engine import AnyEdit, Start, capture, run
from mikit.trace.sites import Site

TOKENS = 12
"""Of each neutral text this many are read: enough for a context, and the texts side by side are one batch."""

Floats = NDArray[np.float64]


class Base(NamedTuple):
    """The neutral texts unsteered: their ids, logits [text, position, vocab] without position 0, and ``surprise``
    [text], the mean of what those find of the tokens that come, in nats."""

    tokens: Tokens
    logits: Tensor
    surprise: Floats


class SideEffects(NamedTuple):
    """By dose and text: KL(unsteered || steered), the mean over positions in nats; and the length of the stream at the
    first steered layer over its unsteered length, the mean over positions. [dose, text]."""

    kl: Floats
    norm_ratio: Floats


def neutral(model: Model) -> Tensor:
    """The beginnings of ordinary sentences, [text, position]."""
    ids = [model.tokens(text).ids[0, :TOKENS] for text in ORDINARY]
    return torch.stack([one[: min(map(len, ids))] for one in ids])


def unsteered(model: Model) -> Generator[None, None, Base]:
    """Read the neutral texts as they are. Yields after each trace."""
    ids, logits = neutral(model), list[Tensor]()
    for group in torch.split(ids, _at_once(model, ids, 0)):
        logits.append(run(model, Tokens(group, (), ()), [[]] * len(group), logits="all")[:, 1:].cpu())
        yield
    found = torch.cat(logits)
    nats = [surprise(row[:-1], of[2:]).nats.mean() for row, of in zip(found, ids, strict=True)]
    return Base(Tokens(ids, (), ()), found, torch.stack(nats).double().numpy())


def side_effects(model: Model, arrow: Arrow, doses: Sequence[float], base: Base) -> Generator[None, None, SideEffects]:
    """Steer the neutral texts from position 1 on, wherever else the steering begins: there is no prompt to wait for.
    Only the layers from the first steered one on are computed. Yields after each trace."""
    whole = replace(arrow, steering=arrow.steering.model_copy(update={"since": 1}))
    rows = [whole.edits(model, dose) for dose in doses]
    first = min(whole.steering.layers)
    entering, x = (Site(name=name, layer=first) for name in ("resid_pre", "resid_post"))
    streams = capture(model, base.tokens, (entering, x))
    yield
    ratio = np.stack([_ratio(streams[x][:, 1:], edits, first) for edits in rows])
    moved = np.zeros_like(ratio)
    cells = [(dose, text) for dose, edits in enumerate(rows) if edits for text in range(moved.shape[1])]
    size = _at_once(model, base.tokens.ids, first)
    for group in (cells[i : i + size] for i in range(0, len(cells), size)):
        at = [text for _, text in group]
        edits = [rows[dose] for dose, _ in group]
        start = Start(first, streams[entering][at])
        logits = run(model, Tokens(base.tokens.ids[at], (), ()), edits, start=start, logits="all").cpu()
        for cell, row in zip(group, logits, strict=True):
            moved[cell] = float(kl(row[1:], base.logits[cell[1]]).mean())
        yield
    return SideEffects(moved, ratio)


def cost_of(model: Model, first: int, doses: int) -> Cost:
    """Of one arrow steered from layer ``first`` on."""
    s, (texts, length) = model.spec, neutral(model).shape
    share = 1 - first / s.layers
    fixed, per_token = cost.speed(model)
    traces = doses * texts / _at_once(model, neutral(model), first)
    seconds = share * (fixed * traces + per_token * doses * texts * length) + per_token * texts * length
    return Cost(seconds=seconds, bytes=4 * s.vocab * length * (texts + 3 * _at_once(model, neutral(model), first)))


def _at_once(model: Model, ids: Tensor, first: int) -> int:
    """Texts in one short trace that begins at a layer."""
    return max(1, int(cost.budget(model.spec) / ids.shape[1] / (model.spec.layers - first)))


def _ratio(x: Tensor, edits: Sequence[AnyEdit], layer: int) -> Floats:
    """Of each text, x [text, position, d_model]."""
    steered = x
    for edit in edits:
        if edit.site.layer == layer:
            steered = edit.apply(steered)
    found: Floats = (steered.norm(dim=-1) / x.norm(dim=-1)).mean(-1).cpu().double().numpy()
    return found
