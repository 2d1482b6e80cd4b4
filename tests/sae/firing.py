"""An index of features whose firings are planted: no activation is computed, so what is true is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from mikit.models.model import Model
from mikit.sae import index as indexing
from mikit.sae.dictionary import Config, Dictionary, Place
from mikit.trace.sites import Site

WINDOWS, WORDS = 120, 96
Plant = Callable[[np.ndarray, np.random.Generator], np.ndarray]
"""Token ids [W, width] -> activations [W, width]; 0 is silent."""


def texts() -> dict[str, list[str]]:
    """Two kinds, each of 60 texts of 64 words drawn evenly."""
    drawn = np.random.default_rng(0).integers(0, WORDS, (2, WINDOWS // 2, 64))
    return {kind: [" ".join(f"w{n}" for n in row) for row in rows] for kind, rows in zip("ab", drawn, strict=True)}


def dictionary_of(model: Model, features: int, *, k: int = 4, seed: int = 0, site: str = "resid_post") -> Dictionary:
    """Random directions of length 1, TopK."""
    width = model.spec.d_model
    rows = torch.nn.functional.normalize(torch.randn(features, width, generator=torch.manual_seed(seed)), dim=1)
    weights = {"W_enc": rows.T, "b_enc": torch.zeros(features), "W_dec": rows, "b_dec": torch.zeros(width)}
    place = Place(model=model.ref.name, model_sha256=model.ref.sha256, site=Site(name=site, layer=1))
    return Dictionary(Config(d_in=width, features=features, activation="topk", k=k), weights, place)


def planted(model: Model, plants: list[Plant], monkeypatch: pytest.MonkeyPatch, seed: int = 0) -> indexing.Index:
    """An index in which feature i fires as plants[i] says, never at position 0."""
    generator = np.random.default_rng(9)

    def read(_model, _dictionary, pool, firings):
        values = np.stack([plant(pool.tokens, generator) for plant in plants])
        values[:, :, 0] = 0
        feature, row, place = values.nonzero()
        firings.add(feature, row * pool.width + place, values[feature, row, place])
        yield 1.0

    monkeypatch.setattr(indexing, "_read", read)
    return list(indexing.build(model, dictionary_of(model, len(plants), k=1), texts(), windows=WINDOWS, seed=seed))[-1]


def on(word: int) -> Plant:
    """Fires on a word, at 0.1 to 1. In this tokenizer w0 has id 4."""
    return lambda ids, generator: (ids == word + 4) * generator.uniform(0.1, 1, ids.shape)


def after(word: int) -> Plant:
    def plant(ids: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        before = np.pad(ids, ((0, 0), (1, 0)))[:, :-1]
        return (before == word + 4) * generator.uniform(0.1, 1, ids.shape)

    return plant


def anywhere(share: float) -> Plant:
    return lambda ids, generator: (generator.random(ids.shape) < share) * generator.uniform(0.1, 1, ids.shape)


def strong_on(word: int) -> Plant:
    """Above 0.9 on a word, and weaker on nine times as many other places: what the strongest show is not the rule."""

    def plant(ids: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        strong = (ids == word + 4) * generator.uniform(0.9, 1, ids.shape)
        weak = (generator.random(ids.shape) < 9 / WORDS) * generator.uniform(0.1, 0.8, ids.shape)
        return np.where(strong > 0, strong, weak)

    return plant
