"""The self-checks: does this model's address book lead to the values it names? Run once at load, in a fraction of a
second.

Interpretability code fails silently: a wrong hook gives numbers too. A failed check is shown, and studies that need
it refuse to run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pandas as pd
import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from mikit.models.architectures import at
from mikit.models.model import W_O, Model, open_model
from mikit.models.tokens import Tokens
from mikit.trace.arrays import Array
from mikit.trace.edits import Ablate, Patch
from mikit.trace.engine import capture, exclusive, remember, rerun, run
from mikit.trace.sites import Site, SiteName

Measure = Callable[[Model, Tokens, Tokens], float]
"""A model, a prompt and another of the same length -> the largest relative deviation."""

LENGTH = 8
TOLERANCE = 1e-4
"""Largest deviation allowed, relative to the largest value compared (float32 sums over a few hundred terms differ by
about 1e-6)."""

_loaded: dict[tuple[str, str, str, str], Model] = {}
_by_request: dict[tuple[str, str, str], Model] = {}
_loading = threading.Lock()


def load(
    source: str | Path | PreTrainedModel,
    *,
    tokenizer: PreTrainedTokenizerBase | None = None,
    dtype: Literal["fp32", "bf16"] = "fp32",
    device: str = "cpu",
) -> Model:
    """Open a model and check it: a name (``mikit models list``), "org/name" on the hub, a folder, a .gguf file, or a
    model object.

    The same source gives the same object. bf16 may only stream text. Raises UnknownModel, FetchFailed, WeightsBroken,
    UnsupportedModel."""
    request = (str(source), dtype, device)
    with _loading:
        if not isinstance(source, PreTrainedModel) and request in _by_request:
            return _by_request[request]
        model = open_model(source, tokenizer=tokenizer, dtype=dtype, device=device)
        key = (model.ref.sha256, model.ref.tokenizer_sha256, dtype, device)
        if key not in _loaded:
            model.checks = check_model(model) if dtype == "fp32" else None
            _loaded[key] = model
        if not isinstance(source, PreTrainedModel):
            _by_request[request] = _loaded[key]
        return _loaded[key]


def check_model(model: Model) -> pd.DataFrame:
    """One row a check: ``check``, ``deviation`` (largest, relative), ``tolerance``, ``ok``, ``says``."""
    tokens, other = (model.tokens_from(_plain_ids(model, offset)) for offset in (0, LENGTH))
    rows = []
    with exclusive():  # some checks call the plain model, which another thread's trace would disturb
        for name, (says, measure) in CHECKS.items():
            deviation = _measured(measure, model, tokens, other)
            rows.append(
                {
                    "check": name,
                    "deviation": deviation,
                    "tolerance": TOLERANCE,
                    "ok": deviation <= TOLERANCE,
                    "says": says,
                }
            )
    return pd.DataFrame(rows)


def _measured(measure: Measure, model: Model, tokens: Tokens, other: Tokens) -> float:
    """A check that cannot even run, since an address leads nowhere or out of order, has failed."""
    try:
        return measure(model, tokens, other)
    except Exception:
        return float("inf")


def failed(model: Model) -> set[str]:
    """Names of the checks that this model failed."""
    if model.checks is None:
        return set()
    return set(model.checks.loc[~model.checks["ok"], "check"])


def _plain_ids(model: Model, offset: int) -> Tensor:
    """Ids from the middle of the vocabulary, away from special tokens; different for each offset."""
    return model.spec.vocab // 4 + offset + torch.arange(LENGTH)


def _residual_identity(model: Model, tokens: Tokens, _: Tokens) -> float:
    names: tuple[SiteName, ...] = ("resid_pre", "attn_out", "mlp_out", "resid_post")
    values = capture(model, tokens, [Site(name=n, layer=layer) for layer in range(model.spec.layers) for n in names])
    before, attn, mlp, after = (torch.stack([v for s, v in values.items() if s.name == n]) for n in names)
    return _deviation(before + attn + mlp, after)


def _heads_sum(model: Model, tokens: Tokens, _: Tokens) -> float:
    """Heads through their output matrices against the attention module's own output (before Gemma's second norm)."""
    layer = model.spec.layers // 2
    values = capture(model, tokens, [Site(name="z", layer=layer), Site(name="attn_out", layer=layer)])
    heads = torch.einsum("bthd,hdm->btm", values[Site(name="z", layer=layer)], W_O(model, layer))
    block = at(model.hf, model.arch.blocks)[layer]
    bias = getattr(at(block, model.arch.o_proj), "bias", None)
    total = heads if bias is None else heads + bias
    if model.arch.attn_out_index is None:  # a norm stands between the heads and the stream
        with torch.no_grad():
            total = at(block, model.arch.attn_out)(total)
    return _deviation(total, values[Site(name="attn_out", layer=layer)])


def _pattern_rows(model: Model, tokens: Tokens, _: Tokens) -> float:
    sites = [Site(name="pattern", layer=layer) for layer in range(model.spec.layers)]
    sums = torch.stack(list(capture(model, tokens, sites).values())).sum(-1)
    return _deviation(sums, torch.ones_like(sums))


def _lens_at_last_layer(model: Model, tokens: Tokens, _: Tokens) -> float:
    values = capture(model, tokens, [Site(name="resid_post", layer=model.spec.layers - 1), Site(name="logits")])
    last, logits = values.values()
    with torch.no_grad():
        lens = at(model.hf, model.arch.unembed)(at(model.hf, model.arch.final_norm)(last))
    cap = getattr(model.hf.config.get_text_config(), "final_logit_softcapping", None)
    return _deviation(torch.tanh(lens / cap) * cap if cap else lens, logits)


def _traced_is_raw(model: Model, tokens: Tokens, _: Tokens) -> float:
    with torch.no_grad():
        raw = model.hf(tokens.ids.to(model.hf.device), use_cache=False).logits
    return _deviation(run(model, tokens, [[]], logits="all"), raw)


def _batched_is_single(model: Model, tokens: Tokens, _: Tokens) -> float:
    return _deviation(run(model, tokens, [[], []])[1:], run(model, tokens, [[]]))


def _self_patch(model: Model, tokens: Tokens, _: Tokens) -> float:
    own = capture(model, tokens, _middle(model))
    return _deviation(
        run(model, tokens, [[Patch(site=s, source=Array.of(v[0])) for s, v in own.items()]]), run(model, tokens, [[]])
    )


def _full_patch(model: Model, tokens: Tokens, other: Tokens) -> float:
    site = Site(name="resid_post", layer=model.spec.layers // 2)
    clean = capture(model, tokens, [site])[site]
    patched = run(model, other, [[Patch(site=site, source=Array.of(clean[0]))]])
    return _deviation(patched, run(model, tokens, [[]]))


def _short_pass(model: Model, tokens: Tokens, _: Tokens) -> float:
    places = [(0, 1), (model.spec.layers // 2, LENGTH // 2)]
    rows = [[Ablate(site=Site(name="attn_out", layer=layer, position=position))] for layer, position in places]
    return _deviation(rerun(model, remember(model, tokens), rows, since=0), run(model, tokens, rows))


def _middle(model: Model) -> list[Site]:
    layer = model.spec.layers // 2
    return [Site(name="z", layer=layer), Site(name="mlp_out", layer=layer)]


def _deviation(found: Tensor, expected: Tensor) -> float:
    scale = expected.abs().max().clamp(min=1e-6)
    return float((found - expected).abs().max() / scale)


CHECKS: dict[str, tuple[str, Measure]] = {
    "residual identity": ("stream in + attention + MLP = stream out", _residual_identity),
    "heads sum": ("each head by its own matrix, summed, is attention", _heads_sum),
    "pattern rows": ("every token's attention adds up to 1", _pattern_rows),
    "lens at last layer": ("last stream, norm, unembedding give the logits", _lens_at_last_layer),
    "traced is raw": ("a traced pass gives a plain pass's logits", _traced_is_raw),
    "batched is single": ("a row of a batch gives the prompt's own logits", _batched_is_single),
    "self-patch": ("swapping in a run's own values changes nothing", _self_patch),
    "short pass": ("computing only what an edit can change gives the whole pass's logits", _short_pass),
    "full patch": ("a whole layer swapped in brings its own logits", _full_patch),
}
