"""Self-repair: heads are switched off, and later parts bring back some of what they did.

A head's direct effect is what it writes to a logit difference itself, its total effect what the difference loses when
the head is switched off. What lies between them came back from later heads and MLPs, or from norms, which divide by
less when less is there (McGrath et al. 2023, arXiv:2307.15771; Rushing and Nanda 2024, arXiv:2402.15390).

Heads are switched off at the last position, where their direct effect is, so nothing else is computed again. Effects
are in logits, positive where they favour the answer. That something comes back does not say that it is there for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice
from typing import TypeVar

import torch
from torch import Tensor

from mikit.errors import ShapeMismatch, UnknownSite
from mikit.methods.lens import before_second_norm, logit_lens, read_by
from mikit.methods.patching import ROWS
from mikit.models.architectures import at
from mikit.models.model import W_O, Model
from mikit.models.tokens import Tokens
from mikit.trace.arrays import Array
from mikit.trace.edits import Patch
from mikit.trace.engine import Past, capture, remember, rerun, rerun_to
from mikit.trace.graph import written
from mikit.trace.sites import Site, check

T = TypeVar("T")

Heads = frozenset[tuple[int, int]]
"""Heads that are switched off together, as (layer, head)."""


@dataclass(frozen=True)
class Case:
    """One prompt, and what heads are set to when they are switched off, ``brought`` [layer, head, d_head]. Of its own
    run, at the last position: what heads write [layer, head, d_model], what MLPs write [layer, d_model], the last
    stream [d_model], and the ``direction`` that reads the logit difference in it with the final norm's scale frozen."""

    past: Past
    answer: int
    foil: int
    brought: Tensor
    heads: Tensor
    mlps: Tensor
    last: Tensor
    direction: Tensor
    direct: Tensor
    """Direct effect of every head [layer, head]: what its own writing loses, all norms frozen."""

    def edits(self, off: Heads, layer: int | None = None) -> list[Patch]:
        """Switch heads off, all or those of one layer."""
        return [
            Patch(site=Site(name="z", layer=n, head=head, position=-1), source=Array.of(self.brought[n, head]))
            for n, head in sorted(off)
            if layer in (None, n)
        ]

    def difference(self, logits: Tensor) -> Tensor:
        """The logit difference of logits [..., vocab]."""
        return logits[..., self.answer] - logits[..., self.foil]


@dataclass(frozen=True)
class Repair:
    """For each set of heads: the ``direct`` and ``total`` effect of switching them off [set], and what comes back of
    the direct one by each later head [set, layer, head], by each MLP [set, layer], and by norms [set]. NaN where not
    yet measured.

    ``total`` is of the model's own run, the rest of its parts: they add up. To ``norm`` belongs the final norm, a
    softcap of the logits, and where a second norm stands behind the heads that are off (Gemma), that one."""

    direct: Tensor
    total: Tensor
    heads: Tensor
    mlps: Tensor
    norm: Tensor

    @property
    def back(self) -> Tensor:
        """Self-repair [set]: what comes back, all in all."""
        return self.direct - self.total

    @property
    def unaccounted(self) -> Tensor:
        """What comes back and is in no part [set]: 0 up to rounding."""
        return self.back - self.heads.sum((1, 2)) - self.mlps.sum(1) - self.norm


def case(model: Model, tokens: Tokens, brought: Tensor, answer: int, foil: int) -> Case:
    """Run one prompt and keep what the rest needs: two traces. ``brought`` [layer, head, d_head]: zeros, means over
    other texts, or another prompt's, see ``patching.source_values``. Raises ShapeMismatch, WrongDtype, Busy."""
    spec = model.spec
    if brought.shape != (spec.layers, spec.heads, spec.d_head):
        raise ShapeMismatch(
            f"What heads are set to has shape {tuple(brought.shape)}; {(spec.layers, spec.heads, spec.d_head)} is"
            " needed: layers, heads, d_head."
        )
    past = remember(model, tokens)
    z, mlps = ([Site(name=n, layer=i, position=-1) for i in range(spec.layers)] for n in ("z", "mlp_out"))
    end = Site(name="resid_post", layer=spec.layers - 1, position=-1)
    found = capture(model, tokens, [*z, *mlps, end])
    last = found[end][0]
    with torch.no_grad():
        direction, _ = read_by(model, last, answer, foil)
        shares = [_direct(model, n, found[site][0], brought[n], direction) for n, site in enumerate(z)]
        heads = [written(model, n, found[site][:, None])[0, :, 0] for n, site in enumerate(z)]
    return Case(
        *(past, answer, foil, brought, torch.stack(heads), torch.cat([found[site] for site in mlps])),
        *(last, direction, torch.stack(shares)),
    )


def losses(model: Model, case: Case, sets: Iterable[Heads], *, budget: float) -> Iterator[Tensor]:
    """The total effect of each set of heads, in order: yields those of one trace [sets]. ``budget``: tokens times
    layers of one trace. Raises UnknownSite, WrongDtype, Busy."""
    clean = case.difference(case.past.logits)
    end = case.past.tokens.ids.shape[1] - 1
    for group in _groups(sets, budget, model.spec.layers):
        _check(model, group)
        yield clean - case.difference(rerun(model, case.past, [case.edits(off) for off in group], since=end))


def repair(model: Model, case: Case, sets: Sequence[Heads], *, budget: float) -> Iterator[Repair]:
    """Who brings back what, for each set of heads. Yields between traces, of which each is one layer long.
    ``budget``: tokens times layers of one trace. Raises UnknownSite, WrongDtype, Busy."""
    _check(model, sets)
    spec, direct = model.spec, torch.stack([sum_over(case.direct, off) for off in sets])
    size = (len(sets), spec.layers)
    empty = direct.new_full
    made = Repair(direct, *(empty(x, torch.nan) for x in (size[:1], (*size, spec.heads), size, size[:1])))
    first = torch.tensor([min(layer for layer, _ in off) for off in sets])
    total = list[Tensor]()
    for part in losses(model, case, sets, budget=budget):
        total.append(part)
        yield made
    made = replace(made, total=torch.cat(total))

    change = case.last.new_zeros(len(sets), spec.d_model)  # of the stream at the last position, layer by layer
    rescaled = torch.zeros_like(direct)
    for layer in range(spec.layers):
        heads, mlps = (torch.zeros_like(x[:, layer]) for x in (made.heads, made.mlps))
        for rows in _groups((first <= layer).nonzero().ravel().tolist(), budget, 1):
            off = torch.tensor([[(layer, h) in sets[row] for h in range(spec.heads)] for row in rows])
            edits = [_enter(case, layer, change[row], sets[row]) for row in rows]
            z = torch.stack(_read(model, case, edits, Site(name="z", layer=layer)))
            heads_change = written(model, layer, z)[:, :, 0] - case.heads[layer]
            mlp_change = torch.cat(_read(model, case, edits, Site(name="mlp_out", layer=layer))) - case.mlps[layer]
            change[rows] += heads_change.sum(1) + mlp_change
            shares = heads_change @ case.direction + torch.where(off, case.direct[layer], 0.0)
            theirs = off | (first[rows] == layer)[:, None]  # nothing that these heads could react to came before
            rescaled[rows] += torch.where(theirs, shares, 0.0).sum(1)
            heads[rows], mlps[rows] = torch.where(theirs, 0.0, shares), mlp_change @ case.direction
        made = replace(made, heads=_with(made.heads, layer, heads), mlps=_with(made.mlps, layer, mlps))
        yield made
    ids = (case.answer, case.foil)
    read = logit_lens(model, torch.cat([case.last[None], case.last + change]), ids)
    differences = read[:, 0] - read[:, 1]
    yield replace(made, norm=differences[1:] - differences[0] - change @ case.direction + rescaled)


def sum_over(effects: Tensor, heads: Heads) -> Tensor:
    """The sum of ``effects`` [layer, head] over a set of heads."""
    return torch.stack([effects[layer, head] for layer, head in sorted(heads)]).sum()


def beyond_sum(
    model: Model, case: Case, total: Tensor, pairs: Iterable[Heads], *, budget: float
) -> Iterator[tuple[Heads, float]]:
    """For each pair of heads, how much more is lost without both than without each, added up. ``total`` [layer, head]:
    the total effect of every head. At most one trace between two of them. Raises UnknownSite, WrongDtype, Busy."""
    for group in _groups(pairs, budget, model.spec.layers):
        (both,) = losses(model, case, group, budget=budget)
        alone = torch.stack([sum_over(total, pair) for pair in group])
        yield from zip(group, (both - alone).tolist(), strict=True)


def strongest_pairs(effects: Tensor, count: int) -> list[Heads]:
    """All pairs among the ``count`` heads of largest effect [layer, head], whichever its sign."""
    order = effects.abs().flatten().topk(min(count, effects.numel())).indices.tolist()
    return [frozenset(pair) for pair in combinations([divmod(i, effects.shape[1]) for i in order], 2)]


def random_pairs(layers: int, heads: int, count: int, seed: int) -> list[Heads]:
    """``count`` different pairs of any heads, at most all of them: what two heads do beyond their sum by chance."""
    every = list(combinations([(layer, head) for layer in range(layers) for head in range(heads)], 2))
    order = torch.randperm(len(every), generator=torch.Generator().manual_seed(seed))
    return [frozenset(every[i]) for i in order[:count].tolist()]


def _check(model: Model, sets: Iterable[Heads]) -> None:
    for off in sets:
        if not off:
            raise UnknownSite("A set of heads is empty, so nothing is switched off. Name at least one head.")
        for layer, head in off:
            check(Site(name="z", layer=layer, head=head), model.spec)


def _direct(model: Model, layer: int, z: Tensor, brought: Tensor, direction: Tensor) -> Tensor:
    """What each head's writing loses [head] when z [head, d_head] becomes ``brought``, all norms frozen."""
    block = at(model.hf, model.arch.blocks)[layer]
    own = torch.einsum("hd,hdm->m", z, W_O(model, layer))
    bias = getattr(at(block, model.arch.o_proj), "bias", None)
    before = before_second_norm(model, block, model.arch.attn_out, own if bias is None else own + bias, direction)
    return torch.einsum("hd,hdm,m->h", z - brought, W_O(model, layer), before)


def _enter(case: Case, layer: int, change: Tensor, off: Heads) -> list[Patch]:
    """One row that begins at a layer with a changed stream, its heads off."""
    stream = Patch(
        site=Site(name="resid_pre", layer=layer, position=-1), source=Array.of(case.past.resid[layer, -1] + change)
    )
    return [stream, *case.edits(off, layer)]


def _read(model: Model, case: Case, edits: list[list[Patch]], site: Site) -> list[Tensor]:
    return rerun_to(model, case.past, edits, site, since=case.past.tokens.ids.shape[1] - 1)


def _with(whole: Tensor, layer: int, values: Tensor) -> Tensor:
    whole = whole.clone()
    whole[:, layer] = values
    return whole


def _groups(items: Iterable[T], budget: float, layers: int) -> Iterator[list[T]]:
    """As many to a trace as fit; each has one token to compute."""
    waiting = iter(items)
    while group := list(islice(waiting, max(1, min(ROWS, int(budget / layers))))):
        yield group
