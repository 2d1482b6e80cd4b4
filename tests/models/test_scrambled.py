"""The model that learned nothing."""

from __future__ import annotations

import torch

from mikit.models.model import Model
from mikit.models.scrambled import scrambled


def test_scrambling_keeps_the_numbers_and_loses_the_order(tiny: Model) -> None:
    before = {name: weight.clone() for name, weight in tiny.hf.named_parameters()}
    found = scrambled(tiny, seed=3)
    for name, weight in found.hf.named_parameters():
        assert torch.equal(before[name].flatten().sort().values, weight.flatten().sort().values)
        assert weight.ndim == 1 or not torch.equal(before[name], weight)
        assert torch.equal(before[name], dict(tiny.hf.named_parameters())[name])
    assert found.ref.name.endswith("-scrambled-3") and found.ref.sha256 != tiny.ref.sha256
    assert scrambled(tiny, seed=3).ref.sha256 == found.ref.sha256 != scrambled(tiny, seed=4).ref.sha256
