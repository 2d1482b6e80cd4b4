"""Every number of an index against dense loops over the same windows."""

from __future__ import annotations

import pytest
import torch

from mikit.sae import index as indexing
from mikit.sae.dictionary import Config, Dictionary, Place
from mikit.trace.sites import Site
from tests import tiny as tiny_models

TEXTS = {
    "a": [" ".join(f"w{(7 * i + j * j + i * j) % 90}" for j in range(150)) for i in range(6)],
    "b": [" ".join(f"w{(3 * i + 5 * j) % 17}" for j in range(length)) for i, length in enumerate((40, 9, 3, 64, 70))],
}


def dictionary_of(model, features=40, k=4, seed=0, site="resid_post"):
    generator = torch.Generator().manual_seed(seed)
    rows = torch.nn.functional.normalize(torch.randn(features, model.spec.d_model, generator=generator), dim=1)
    weights = {"W_enc": rows.T, "b_enc": torch.zeros(features), "W_dec": rows, "b_dec": torch.zeros(rows.shape[1])}
    place = Place(model=model.ref.name, model_sha256=model.ref.sha256, site=Site(name=site, layer=1))
    return Dictionary(Config(d_in=rows.shape[1], features=features, activation="topk", k=k), weights, place)


def built(model, dictionary, **more):
    steps = list(indexing.build(model, dictionary, TEXTS, **more))
    assert all(isinstance(done, float) for done in steps[:-1])
    return steps[-1]


@pytest.fixture(scope="module")
def llama():
    return tiny_models.model("llama")


def test_it_builds(llama):
    index = built(llama, dictionary_of(llama), windows=40)
    print(index, index.score[:5], index.shuffled.mean())
