"""Dictionaries small enough to work out by hand."""

from __future__ import annotations

import pytest
import torch

from mikit.errors import DictionaryUnusable, ShapeMismatch
from mikit.sae.dictionary import Config, Dictionary, Place, scaled, unit_rows

X = torch.tensor([[3.0, -1.0], [0.5, 4.0]])


def by_hand(activation: str, **given) -> Dictionary:
    """Features z = (x0, x1, x0 + x1) of x less b_dec, where b_dec = (1, 0)."""
    config = {"d_in": 2, "features": 3, "activation": activation, **given}
    weights = {
        "W_enc": torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]),
        "b_enc": torch.zeros(3),
        "W_dec": torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]]),
        "b_dec": torch.tensor([1.0, 0.0]),
        "threshold": torch.tensor([1.5, 3.5, 3.5]),
    }
    return Dictionary(Config(**config), weights)


@pytest.mark.parametrize(
    ("activation", "given", "features"),
    [
        ("relu", {}, [[2.0, 0.0, 1.0], [0.0, 4.0, 3.5]]),
        ("relu", {"subtract_b_dec": False}, [[3.0, 0.0, 2.0], [0.5, 4.0, 4.5]]),
        ("topk", {"k": 1}, [[2.0, 0.0, 0.0], [0.0, 4.0, 0.0]]),
        ("topk", {"k": 3}, [[2.0, 0.0, 1.0], [0.0, 4.0, 3.5]]),
        ("jumprelu", {}, [[2.0, 0.0, 0.0], [0.0, 4.0, 0.0]]),
        ("batchtopk", {"k": 1}, [[2.0, 0.0, 0.0], [0.0, 4.0, 0.0]]),
    ],
)
def test_features(activation, given, features):
    assert by_hand(activation, **given).encode(X).tolist() == features


def test_output_and_error():
    dictionary = by_hand("relu")
    assert dictionary.reconstruct(X).tolist() == [[5.0, 2.0], [8.0, 11.0]]
    assert dictionary.error(X).tolist() == [[-2.0, -3.0], [-7.5, -7.0]]
    assert torch.equal(dictionary.encode(X[0]), dictionary.encode(X)[0])
    assert torch.equal(dictionary.encode(X[None])[0], dictionary.encode(X))


def test_a_token_of_batchtopk_does_not_see_the_others():
    dictionary = by_hand("batchtopk", k=1)
    assert torch.equal(dictionary.encode(X)[1], dictionary.encode(X[1:])[0])


@pytest.mark.parametrize("how", ["rms", "layer norm"])
def test_a_normalised_dictionary_follows_its_tokens_scale(how):
    dictionary = by_hand("relu", normalise=how)
    x = torch.randn(5, 2, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(dictionary.encode(3 * x), dictionary.encode(x), atol=1e-4)
    assert torch.allclose(dictionary.reconstruct(3 * x), 3 * dictionary.reconstruct(x), atol=1e-4)
    with pytest.raises(ShapeMismatch, match=r"decode\(features, x\)"):
        dictionary.decode(dictionary.encode(x))


def test_rms_by_hand():
    dictionary = by_hand("relu", normalise="rms", subtract_b_dec=False)
    x = torch.tensor([[3.0, 4.0]])  # length 5, so sqrt(2) / 5 of it
    scale = 2**0.5 / 5
    assert torch.allclose(dictionary.encode(x), torch.tensor([[3.0, 4.0, 7.0]]) * scale)
    assert torch.allclose(dictionary.reconstruct(x), torch.tensor([[17.0 + 1 / scale, 18.0]]))


def test_layer_norm_by_hand():
    dictionary = by_hand("relu", normalise="layer norm", subtract_b_dec=False)
    x = torch.tensor([[3.0, 7.0]])  # mean 5, standard deviation sqrt(8)
    assert torch.allclose(dictionary.encode(x), torch.tensor([[0.0, 2 / 8**0.5, 0.0]]), atol=1e-4)
    assert torch.allclose(dictionary.reconstruct(x), torch.tensor([[5 + 8**0.5, 5 + 2.0]]), atol=1e-4)


def test_a_transcoder_reads_one_width_and_gives_another():
    config = Config(d_in=2, d_out=1, features=2, transcoder=True, skip=True, subtract_b_dec=False)
    weights = {
        "W_enc": torch.eye(2),
        "b_enc": torch.zeros(2),
        "W_dec": torch.tensor([[1.0], [10.0]]),
        "b_dec": torch.tensor([0.5]),
        "W_skip": torch.tensor([[100.0], [0.0]]),
    }
    transcoder = Dictionary(config, weights)
    assert transcoder.reconstruct(X).tolist() == [[303.5], [91.0]]
    assert transcoder.error(X, torch.tensor([[300.0], [90.0]])).tolist() == [[-3.5], [-1.0]]
    with pytest.raises(ShapeMismatch, match="target"):
        transcoder.error(X)


def test_folding_changes_no_number_that_it_should_not():
    generator = torch.Generator().manual_seed(0)
    dictionary = by_hand("jumprelu")
    x = torch.randn(50, 2, generator=generator) * 3
    folded = Dictionary(dictionary.config, scaled(dictionary.weights(), 4.0))
    assert torch.allclose(folded.encode(x / 4), dictionary.encode(x), atol=1e-6)
    assert torch.allclose(folded.reconstruct(x / 4) * 4, dictionary.reconstruct(x), atol=1e-5)
    unit = Dictionary(dictionary.config, unit_rows(dictionary.weights()))
    assert torch.allclose(unit.W_dec.norm(dim=1), torch.ones(3))
    assert torch.allclose(unit.reconstruct(x), dictionary.reconstruct(x), atol=1e-5)
    assert torch.equal(unit.encode(x) > 0, dictionary.encode(x) > 0)


def test_the_dictionaries_inside_a_matryoshka():
    inner = by_hand("relu", prefixes=(2, 3)).first(2)
    assert inner.encode(X).tolist() == [[2.0, 0.0], [0.0, 4.0]]
    assert inner.reconstruct(X).tolist() == [[3.0, 0.0], [1.0, 4.0]]
    with pytest.raises(DictionaryUnusable, match="no nested dictionary of 1"):
        by_hand("relu", prefixes=(2, 3)).first(1)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"activation": "topk"}, "needs k"),
        ({"activation": "topk", "k": 4}, "from 1 to 3"),
        ({"d_out": 5}, "transcoder=True"),
        ({"skip": True}, "transcoder=True"),
        ({"transcoder": True}, "subtract_b_dec=False"),
        ({"prefixes": (2, 2, 3)}, r"\[2, 2, 3\]"),
        ({"prefixes": (1, 2)}, "end at all 3"),
    ],
)
def test_configurations_that_mean_nothing(given, message):
    with pytest.raises(DictionaryUnusable, match=message):
        Config(d_in=2, features=3, **given)


def test_weights_that_cannot_be_right():
    good = by_hand("jumprelu")
    for change, message in [
        ({"W_enc": torch.zeros(2, 2)}, r"\[2, 2\].*\[2, 3\]"),
        ({"threshold": None}, "no threshold"),
        ({"b_enc": torch.tensor([0.0, float("nan"), float("inf")])}, "2 values that are no numbers"),
    ]:
        with pytest.raises(DictionaryUnusable, match=message):
            Dictionary(good.config, {**good.weights(), **change})
    with pytest.raises(ShapeMismatch, match=r"3 wide, this dictionary reads 2.*that-model"):
        Dictionary(good.config, good.weights(), Place(model="that-model")).encode(torch.zeros(1, 3))
