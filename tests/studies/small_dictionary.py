"""Small dictionaries for random models, and what they read by plain hooks."""

from __future__ import annotations

import torch
from torch import Tensor

from mikit.sae.dictionary import Config, Dictionary, Place
from mikit.trace.sites import Site
from tests.trace import reference

LAYER = 1
FEATURES, K = 40, 6


def drawn(model, *, seed: int = 0, silent: tuple[int, ...] = (), declared: dict[str, float] | None = None, **config):
    """Random directions of several lengths at layer 1's resid_post, TopK 6; features ``silent`` never fire."""
    generator = torch.Generator().manual_seed(seed)
    width = model.spec.d_model
    b_enc = torch.zeros(FEATURES)
    b_enc[list(silent)] = -1e6
    weights = {
        "W_enc": torch.randn(width, FEATURES, generator=generator) / width**0.5,
        "b_enc": b_enc,
        "W_dec": torch.randn(FEATURES, width, generator=generator)
        * (0.5 + torch.rand(FEATURES, 1, generator=generator)),
        "b_dec": torch.randn(width, generator=generator) / 4,
    }
    place = Place(
        model=model.ref.name,
        model_sha256=model.ref.sha256,
        site=Site(name="resid_post", layer=LAYER),
        declared=declared or {},
    )
    return Dictionary(Config(d_in=width, features=FEATURES, activation="topk", k=K, **config), weights, place)


def stream(model, ids: Tensor, layer: int = LAYER) -> Tensor:
    """What leaves a layer, [row, position, d_model], by a hook."""
    kept: list[Tensor] = []
    handle = reference.blocks(model)[layer].register_forward_hook(lambda _m, _a, out: kept.append(out))
    reference.logits(model.hf, ids)
    handle.remove()
    return kept[0]


def encoded(dictionary: Dictionary, x: Tensor) -> Tensor:
    """TopK by the formula, a token at a time."""
    z = (x - dictionary.b_dec) @ dictionary.W_enc + dictionary.b_enc
    found = torch.zeros_like(z)
    for row, values in zip(found.view(-1, FEATURES), z.view(-1, FEATURES), strict=True):
        for feature in values.argsort(descending=True)[: dictionary.config.k].tolist():
            row[feature] = max(float(values[feature]), 0)
    return found
