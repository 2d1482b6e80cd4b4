"""capture / run / remember / rerun / rerun_to / rerun_edges / value_and_grad / begin / step: the only file that opens
a trace.

nnsight is not thread-safe, and JupyterLab runs widget callbacks beside a running cell, so every trace takes its turn
at one process-wide lock. Every call here is one short trace: between calls other views get theirs. ``torch.no_grad``
and ``torch.enable_grad`` are set per call, since another thread's setting does not reach this one.

nnsight finds the body of a ``with ... .trace`` by reading this file, so a body must stay a plain block in a plain
function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

import torch
from torch import Tensor
from transformers import DynamicCache

from mikit.errors import Busy, ShapeMismatch, TooLong, UnknownSite, WrongDtype
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.trace import values
from mikit.trace.edits import Ablate, Clamp, Patch, Placed, Project, Steer
from mikit.trace.graph import graph_of
from mikit.trace.mixing import Mixing
from mikit.trace.packing import Packed, attention_masks, pack
from mikit.trace.sites import Site, check
from mikit.trace.turns import Turns
from mikit.trace.values import Key

AnyEdit = Patch | Ablate | Steer | Project | Clamp
Rows = Sequence[Sequence[AnyEdit]]
Plan = dict[Key, list[Placed]]
"""Edits by the value that they change."""
Keep = Literal["last", "all"] | Sequence[int]
Metric = Callable[[Tensor], Tensor]
"""Logits [batch, vocab] (or [batch, kept, vocab]) -> one number a row [batch]."""
Pick = Callable[[Tensor], Tensor]
"""Logits [batch, vocab] -> token ids [batch]."""

_TURNS = Turns()
_inside = False  # whether the thread that holds the turn is inside a trace's body


@dataclass(frozen=True)
class Start:
    """Begin in mid-model: ``resid`` [batch, position, d_model] enters ``layer``; the layers below are not computed."""

    layer: int
    resid: Tensor


@dataclass(frozen=True)
class Decoding:
    """Text being written: ids [batch, position] with the token just picked at the end, and the logits [batch, vocab]
    it was picked from."""

    ids: Tensor
    logits: Tensor
    cache: DynamicCache
    prompt_length: int


@dataclass(frozen=True)
class Past:
    """What a pass over one prompt leaves behind: the stream that enters each layer [layer, T, d_model], each layer's
    keys and values [1, kv_heads, T, d_head], and the last position's logits [vocab]."""

    tokens: Tokens
    resid: Tensor
    keys_and_values: tuple[tuple[Tensor, Tensor], ...]
    logits: Tensor


def exclusive() -> AbstractContextManager[None]:
    """Hold the model for several calls: views wait and say so."""
    return _TURNS.turn()


def waiting(notice: Callable[[], None]) -> AbstractContextManager[None]:
    """Inside the body, ``notice()`` is called when this thread has to wait for its turn."""
    return _TURNS.waiting(notice)


def greedy(logits: Tensor) -> Tensor:
    """The likeliest token of each row."""
    return logits.argmax(-1)


def capture(model: Model, tokens: Tokens, sites: Iterable[Site]) -> dict[Site, Tensor]:
    """The values at ``sites``, as clones: shapes as in ``SiteName``, less the dimension of a named head or position.

    Raises UnknownSite, WrongDtype, Busy.
    """
    sites = list(sites)
    _check_all(model, sites, tokens.ids.shape[1])
    found: dict[Key, Tensor] = {}

    def visit(key: Key, raw: Tensor) -> None:
        found[key] = values.shaped(model, raw, key[0]).clone()

    _forward(model, tokens.ids, {values.key(site) for site in sites}, visit)
    return {site: values.part(found[values.key(site)], site).clone() for site in sites}


def run(model: Model, tokens: Tokens, rows: Rows, *, start: Start | None = None, logits: Keep = "last") -> Tensor:
    """One forward pass with one row of the batch for each list of edits; an empty list leaves its row alone.

    ``tokens`` holds one prompt for all rows, or one a row. Returns logits [rows, vocab] for "last", [rows, T, vocab]
    for "all", and [rows, n, vocab] for n given positions. Edits at one site apply in their order. Raises UnknownSite,
    ShapeMismatch, WrongDtype, Busy."""
    ids = _one_row_each(tokens.ids, rows)
    length = ids.shape[1]
    _check_edits(model, rows, length)
    plan = _plan(rows, range(length), length)
    if start is not None:
        _check_start(model, start, ids, plan)

    out = _forward(model, ids, set(plan), _editor(model, plan), start=start, keep=logits, live=True)
    assert out is not None
    return out[:, -1] if logits == "last" else out


def value_and_grad(
    model: Model, tokens: Tokens, sites: Iterable[Site], metric: Metric, *, embedding: Tensor | None = None
) -> dict[Site, tuple[Tensor, Tensor]]:
    """The value at each site and d(sum of metric) / d(value), shapes as ``capture``: one forward and one backward pass.

    ``metric`` sees the last position's logits [batch, vocab]. ``embedding`` [batch, T, d_model] enters layer 0 in place
    of the tokens'. Raises UnknownSite, WrongDtype, Busy."""
    sites = list(sites)
    _check_all(model, sites, tokens.ids.shape[1])
    _check_dtype(model)
    if any(site.name == "logits" for site in sites):
        raise UnknownSite("The metric is made of the logits: ask for the gradient at something before them.")
    wanted = {values.key(site) for site in sites}
    found: dict[Key, Tensor] = {}
    grads: list[Tensor] = []
    ids = tokens.ids.to(model.hf.device)
    lm = model.lm
    with _turn(), torch.enable_grad(), lm.trace(ids, use_cache=False, logits_to_keep=1):
        embedded = values.embedding(model, lm)
        if embedding is not None:
            embedded.copy_(embedding)
        embedded.requires_grad_(True)
        values.walk(model, lm, wanted, found.__setitem__, live=True)
        loss = metric(lm.output.logits[:, -1]).sum()
        grads.extend(torch.autograd.grad(loss, list(found.values())))
    by_key = dict(zip(found, grads, strict=True))

    def of(raw: Tensor, site: Site) -> Tensor:
        return values.part(values.shaped(model, raw.detach(), site.name), site).clone()

    return {site: (of(found[values.key(site)], site), of(by_key[values.key(site)], site)) for site in sites}


def remember(model: Model, tokens: Tokens) -> Past:
    """Run one prompt and keep what ``rerun`` needs of it. Raises ShapeMismatch for several prompts, WrongDtype,
    Busy."""
    if tokens.ids.shape[0] != 1:
        raise ShapeMismatch(f"One prompt can be remembered at a time; {tokens.ids.shape[0]} were given.")
    _check_dtype(model)
    ids = tokens.ids.to(model.hf.device)
    lm = model.lm
    cache = DynamicCache()
    wanted: set[Key] = {("resid_pre", layer) for layer in range(model.spec.layers)}
    resid: list[Tensor] = []
    saved: list[Tensor] = []
    with _turn(), torch.no_grad(), lm.trace(ids, past_key_values=cache, use_cache=True, logits_to_keep=1):
        values.walk(model, lm, wanted, lambda _, raw: resid.append(raw[0].clone()))
        saved.append(lm.output.logits[0, -1].clone())
    return Past(tokens, torch.stack(resid), tuple(_keys_and_values(kv) for kv in cache.layers), saved[0])


def rerun(model: Model, past: Past, rows: Rows, *, since: int) -> Tensor:
    """The remembered prompt again, one row for each list of edits, computing only what they can change: nothing below
    the lowest edit's layer, nothing left of a row's first edited position. Logits [rows, vocab] at the last position.

    All rows are laid end to end in one sequence, in which a token sees its own row and, left of it, the remembered
    prompt. An edit without a position covers the positions ``since`` on, and its source has that many. Raises
    UnknownSite (among others for a pattern and for an edit with a range of its own: use ``run``), ShapeMismatch,
    WrongDtype, Busy."""
    if not any(rows):
        return past.logits.expand(len(rows), -1).clone()
    logits, _ = _rerun(model, past, rows, since, None)
    return logits


def rerun_to(model: Model, past: Past, rows: Rows, site: Site, *, since: int) -> list[Tensor]:
    """As ``rerun``, but ends at ``site``, where it reads each row's value [position, ...] from that row's first edited
    position on; nothing above is computed. ``site`` has no position."""
    check(site, model.spec)
    value, packed = _rerun(model, past, rows, since, values.key(site))
    whole = values.part(value, site)[0]
    return [whole[packed.where(row, site)] for row in range(len(rows))]


def rerun_edges(model: Model, past: Past, kept: Tensor, other: Tensor, *, since: int) -> Tensor:
    """The remembered prompt again, one row for each set of edges ``kept`` [rows, receiver, sender], bool (see
    ``graph``): along these comes what the sender writes in the row's own pass, along all others what ``other`` [sender,
    position, d_model] holds for it. Positions before ``since`` stay as remembered and are not computed; ``other`` has
    those from ``since`` on. Logits [rows, vocab] at the last position. Raises ShapeMismatch, WrongDtype, Busy."""
    length = past.tokens.ids.shape[1]
    _check_dtype(model)
    _check_edge_shapes(model, kept, other, length, since)
    device = model.hf.device
    ids = past.tokens.ids[:, since:].expand(len(kept), -1).to(device)
    cache = DynamicCache([(_first(k, since, len(kept)), _first(v, since, len(kept))) for k, v in past.keys_and_values])
    mixing = Mixing(model, kept.to(device), other)
    lm = model.lm
    saved: list[Tensor] = []
    with _turn(), torch.no_grad(), lm.trace(ids, past_key_values=cache, use_cache=True, logits_to_keep=1):
        values.walk(model, lm, mixing.wanted, mixing.visit, live=True)
        saved.append(lm.output.logits[:, -1].clone())
    return saved[0]


def _rerun(model: Model, past: Past, rows: Rows, since: int, read: Key | None) -> tuple[Tensor, Packed]:
    """The last logits [rows, vocab], or the packed value at ``read`` [1, N, ...], and how the rows are laid."""
    length = past.tokens.ids.shape[1]
    _check_dtype(model)
    _check_edits(model, rows, length)
    _check_short(rows)
    packed = pack([_first_position(edits, since, length) for edits in rows], length)
    plan = _packed_plan(rows, packed)
    wanted = {*plan, read} if read else set(plan)
    layer = min(layer for _, layer in wanted if layer is not None)
    device = model.hf.device
    ids = past.tokens.ids[:, packed.positions].to(device)
    cache = DynamicCache(list(past.keys_and_values))
    masks = attention_masks(model, packed, device)
    edit = _editor(model, plan)
    lm = model.lm
    saved: list[Tensor] = []

    def visit(key: Key, raw: Tensor) -> None:
        edit(key, raw)
        if key == read:
            saved.append(values.shaped(model, raw, key[0]).clone())

    with (
        _turn(),
        torch.no_grad(),
        lm.trace(
            ids,
            past_key_values=cache,
            use_cache=True,
            position_ids=packed.positions[None].to(device),
            logits_to_keep=packed.last.to(device),
        ) as tracer,
    ):
        values.look_through(model, lm, masks)
        values.skip_to(model, lm, layer, past.resid[layer, packed.positions][None].clone())
        values.walk(model, lm, wanted, visit, first=layer, live=True)
        if read is None:
            saved.append(lm.output.logits[0].clone())
        else:
            tracer.stop()
    return saved[0], packed


def begin(model: Model, tokens: Tokens, rows: Rows, pick: Pick = greedy) -> Decoding:
    """Read the prompt and pick the first token of every row. The edits act on the prompt as in ``run``."""
    ids = _one_row_each(tokens.ids, rows)
    cache = DynamicCache(config=model.hf.config)
    logits = _decode(model, ids, rows, cache, offset=0)
    return Decoding(_append(ids, pick(logits)), logits, cache, prompt_length=ids.shape[1])


def step(model: Model, state: Decoding, rows: Rows, pick: Pick = greedy) -> Decoding:
    """One more token for every row: one short trace over the key-value cache. Edits at a fixed position act only when
    that token is read."""
    if state.ids.shape[1] > model.spec.context:
        raise TooLong(
            f"The text has reached this model's {model.spec.context} tokens. Start again with a shorter prompt."
        )
    offset = state.ids.shape[1] - 1
    logits = _decode(model, state.ids[:, offset:], rows, state.cache, offset, state.prompt_length)
    return Decoding(_append(state.ids, pick(logits)), logits, state.cache, state.prompt_length)


def _forward(
    model: Model,
    ids: Tensor,
    wanted: set[Key],
    visit: values.Visit,
    *,
    start: Start | None = None,
    keep: Keep | None = None,
    live: bool = False,
) -> Tensor | None:
    """One trace. Returns logits [batch, kept, vocab], or None where ``keep`` is None: then it stops above the highest
    wanted layer."""
    _check_dtype(model)
    ids = ids.to(model.hf.device)
    lm = model.lm
    wants_logits = keep is not None or ("logits", None) in wanted
    saved: list[Tensor] = []
    with _turn(), torch.no_grad(), lm.trace(ids, use_cache=False, logits_to_keep=_to_keep(keep, ids)) as tracer:
        if start is not None:
            values.skip_to(model, lm, start.layer, start.resid)
        values.walk(model, lm, wanted, visit, first=start.layer if start else 0, live=live)
        if wants_logits:
            logits = lm.output.logits
            if ("logits", None) in wanted:
                visit(("logits", None), logits)
            saved.append(logits.clone())
        else:
            tracer.stop()
    return saved[0] if keep is not None else None


def _decode(
    model: Model, ids: Tensor, rows: Rows, cache: DynamicCache, offset: int, prompt_length: int | None = None
) -> Tensor:
    """Logits [batch, vocab] after ``ids``, which stand ``offset`` tokens into the text; the cache grows by them."""
    _check_edits(model, rows)
    plan = _plan(rows, range(offset, offset + ids.shape[1]), prompt_length or ids.shape[1])
    ids = ids.to(model.hf.device)
    lm = model.lm
    edit = _editor(model, plan)
    saved: list[Tensor] = []
    with _turn(), torch.no_grad(), lm.trace(ids, past_key_values=cache, use_cache=True, logits_to_keep=1):
        values.walk(model, lm, set(plan), edit, live=True)
        saved.append(lm.output.logits[:, -1].clone())
    return saved[0]


@contextmanager
def _turn() -> Iterator[None]:
    global _inside
    if _TURNS.held() and _inside:
        raise Busy("A model was asked for from inside a forward pass of its own. Call it after that pass has ended.")
    with _TURNS.turn():
        _inside = True
        try:
            yield
        finally:
            _inside = False


def _plan(rows: Rows, here: range, prompt: int) -> Plan:
    """For a pass over the positions ``here`` of a text that began with ``prompt`` tokens, one row each."""
    return _by_value(
        Placed(edit, row, where)
        for row, edits in enumerate(rows)
        for edit in edits
        if (where := edit.where(here, prompt)) is not None
    )


def _packed_plan(rows: Rows, packed: Packed) -> Plan:
    """For a pass over one sequence in which all rows lie."""
    return _by_value(Placed(edit, 0, packed.where(row, edit.site)) for row, edits in enumerate(rows) for edit in edits)


def _by_value(placed: Iterable[Placed]) -> Plan:
    plan: Plan = {}
    for each in placed:
        plan.setdefault(values.key(each.edit.site), []).append(each)
    return plan


def _editor(model: Model, plan: Plan) -> values.Visit:
    def visit(key: Key, raw: Tensor) -> None:
        if key in plan:
            values.edit(values.shaped(model, raw, key[0]), plan[key])

    return visit


def _keys_and_values(layer: Any) -> tuple[Tensor, Tensor]:
    return layer.keys, layer.values


def _first(kept: Tensor, count: int, rows: int) -> Tensor:
    """The first ``count`` positions of one layer's keys or values, for every row."""
    return kept[:, :, :count].expand(rows, -1, -1, -1)


def _first_position(edits: Sequence[AnyEdit], since: int, length: int) -> int:
    """The leftmost position that a row's edits can change."""
    named = [edit.site.position % length for edit in edits if isinstance(edit.site.position, int)]
    return min([*named, since] if len(named) < len(edits) or not named else named)


def _check_edits(model: Model, rows: Rows, length: int | None = None) -> None:
    """``length`` of the text, where it will not grow."""
    for edit in chain.from_iterable(rows):
        check(edit.site, model.spec, length)
        if edit.site.name == "logits":
            raise UnknownSite("The logits are what comes out: change something before them, such as resid_post.")


def _check_short(rows: Rows) -> None:
    """What a pass over a few positions cannot hold."""
    for edit in chain.from_iterable(rows):
        if edit.site.name == "pattern":
            raise UnknownSite("A pattern spans all positions, so a pass over a few of them cannot hold it. Use run.")
        if edit.since is not None or edit.until is not None:
            raise UnknownSite(
                f"The edit at {edit.site} has a range of its own, since={edit.since}, until={edit.until}, but this pass"
                " has one for all rows. Leave the edit's out, or use run."
            )


def _check_all(model: Model, sites: Sequence[Site], length: int) -> None:
    for site in sites:
        check(site, model.spec, length)


def _check_dtype(model: Model) -> None:
    if model.ref.dtype != "fp32":
        raise WrongDtype(
            f"{model.ref.chip} may only stream text: bf16 moves logits by up to 0.5. Load the model without dtype to"
            " measure."
        )


def _check_start(model: Model, start: Start, ids: Tensor, plan: Plan) -> None:
    check(Site(name="resid_pre", layer=start.layer), model.spec)
    want = (ids.shape[0], ids.shape[1], model.spec.d_model)
    if tuple(start.resid.shape) != want:
        raise ShapeMismatch(
            f"The stream to start from has shape {tuple(start.resid.shape)}; {want} is needed: rows, positions,"
            " d_model."
        )
    for name, layer in plan:
        if layer is not None and layer < start.layer:
            raise ShapeMismatch(f"An edit at L{layer} {name} would be skipped: the pass starts at layer {start.layer}.")


def _check_edge_shapes(model: Model, kept: Tensor, other: Tensor, length: int, since: int) -> None:
    graph = graph_of(model.spec)
    if not 0 <= since < length:
        raise ShapeMismatch(f"Edges are cut from position {since} on, but the prompt has {length} tokens.")
    if kept.dim() != 3 or kept.shape[1:] != graph.edges.shape or kept.dtype != torch.bool or not len(kept):
        r, s = graph.edges.shape
        raise ShapeMismatch(
            f"The kept edges have shape {tuple(kept.shape)} and are {kept.dtype}; this model needs [rows, {r}, {s}] of"
            " bool: rows, receivers, senders."
        )
    want = (len(graph.senders), length - since, model.spec.d_model)
    if tuple(other.shape) != want:
        raise ShapeMismatch(
            f"What goes along the other edges has shape {tuple(other.shape)}; {want} is needed: senders, positions from"
            f" {since} on, d_model."
        )


def _one_row_each(ids: Tensor, rows: Rows) -> Tensor:
    if not rows:
        raise ShapeMismatch(
            "There are no rows to run. Give a list with one list of edits a row; [[]] runs the prompt as it is."
        )
    if ids.shape[0] not in (1, len(rows)):
        raise ShapeMismatch(
            f"{ids.shape[0]} prompts do not fit {len(rows)} rows of edits. Give one prompt, or one for each row."
        )
    return ids.expand(len(rows), -1)


def _to_keep(keep: Keep | None, ids: Tensor) -> int | Tensor:
    if keep is None or keep == "all":
        return 0
    if keep == "last":
        return 1
    return torch.tensor([p % ids.shape[1] for p in keep], device=ids.device)


def _append(ids: Tensor, picked: Tensor) -> Tensor:
    return torch.cat([ids.cpu(), picked.cpu()[:, None]], dim=1)
