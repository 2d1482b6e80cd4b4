"""Directions against plain hooks; what cannot be one is a sentence; files come back as they were, or not at all."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

import mikit
from mikit.errors import BadDirection, DictionaryUnusable, NoDisk, NotOneToken, TooLong, UnknownSite
from mikit.methods.directions import probe
from mikit.methods.scores import WordScore
from mikit.sae.library import load_dictionary, ref_of
from mikit.studies import contrasts
from mikit.studies.directions import (
    DIRECTION,
    FeatureDirection,
    PairDirection,
    StoredDirection,
    SumDirection,
    TokenDirection,
    reading,
    residual_norms,
    shuffled,
    texts,
    vector,
)
from mikit.studies.texts import ORDINARY
from mikit.trace import engine
from mikit.trace.arrays import Array
from tests import tiny as tiny_models
from tests.studies import small_dictionary
from tests.studies.small_dictionary import stream

PLUS = ("w1 w3 w5 w2", "w7 w9 w11", "w13 w2 w5 w8 w1")
MINUS = ("w2 w4 w6", "w8 w10 w12 w14", "w3 w6 w9 w1 w7")
PAIRS = PairDirection(name="odd", plus=PLUS, minus=MINUS)
LAYER = 1


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("llama", seed=3)


def read(model, text, layer, first):
    """The mean over the positions from ``first`` on, by a hook."""
    return stream(model, model.tokens(text).ids, layer)[0, first:].mean(0)


def length_one(value):
    return value / value.square().sum().sqrt()


@pytest.mark.parametrize("first", [0, 1, 2])
def test_pairs_by_plain_hooks(tiny, first):
    direction = PAIRS.model_copy(update={"first": first})
    for layer in range(tiny.spec.layers):
        plus, minus = (torch.stack([read(tiny, text, layer, first) for text in side]) for side in (PLUS, MINUS))
        torch.testing.assert_close(vector(direction, tiny, layer), length_one(plus.mean(0) - minus.mean(0)))


def test_the_other_recipes(model):
    plus, minus = (torch.stack([read(model, text, LAYER, 1) for text in side]) for side in (PLUS, MINUS))
    line = torch.linalg.svd(plus - minus).Vh[0]
    by_pca = vector(PAIRS.model_copy(update={"how": "pca"}), model, LAYER)
    assert abs(by_pca @ line) == pytest.approx(1, abs=1e-5)
    by_probe = vector(PAIRS.model_copy(update={"how": "probe"}), model, LAYER)
    torch.testing.assert_close(by_probe, length_one(probe(plus, minus)), atol=1e-4, rtol=0)


def test_texts_are_read_once_for_all_layers_and_recipes(monkeypatch):
    model = tiny_models.model("llama", seed=4)
    passes = []
    forward = engine._forward
    monkeypatch.setattr(engine, "_forward", lambda *a, **k: passes.append(1) or forward(*a, **k))
    assert len(list(reading(SumDirection(name="both", terms=((1, PAIRS),)), model))) == len(passes) == 6
    assert list(reading(PAIRS, model)) == []  # a step is a turn, and none is given away for what is known
    for how in ("mean", "pca", "probe"):
        for layer in range(model.spec.layers):
            vector(PAIRS.model_copy(update={"how": how, "first": 0}), model, layer)
    assert len(passes) == 6
    vector(PAIRS.model_copy(update={"first": 2}), model, 0)
    assert len(passes) == 12


def test_nobody_can_change_what_is_remembered(model):
    vector(PAIRS, model, LAYER).zero_()
    residual_norms(model).zero_()
    assert vector(PAIRS, model, LAYER).norm() == pytest.approx(1) and (residual_norms(model) > 0).all()


def test_a_feature_is_its_decoder_row(model):
    dictionary = load_dictionary(small_dictionary.drawn(model))
    direction = FeatureDirection(name="f", dictionary=ref_of(dictionary), feature=5)
    for layer in (0, 2):
        torch.testing.assert_close(vector(direction, model, layer), length_one(dictionary.W_dec[5]))


def test_a_token_is_what_raises_its_logit_against_the_mean(tiny):
    """The gradient of that through the final norm, its scale held fixed: a step along it changes nothing else."""
    found = vector(TokenDirection(name="t", token="w7"), tiny, 0)
    norm = dict(tiny.hf.named_modules())[tiny.arch.final_norm]
    x = torch.randn(tiny.spec.d_model, generator=torch.Generator().manual_seed(0))
    x = (x - x.mean()).requires_grad_()
    logits = torch.nn.functional.linear(norm(x), tiny.hf.get_output_embeddings().weight)
    (slope,) = torch.autograd.grad(logits[tiny.tokenizer("w7").input_ids[0]] - logits.mean(), x)
    with torch.no_grad():  # the scale's own part lies along x
        along = length_one(x.detach())
        off = [value - (value @ along) * along for value in (slope, found)]
    torch.testing.assert_close(length_one(off[0]), length_one(off[1]), atol=1e-5, rtol=0)
    if "gpt" in tiny.arch.family:
        assert abs(found.mean()) < 1e-6


def test_a_sum_weighs_arrows_of_length_one(model):
    token = TokenDirection(name="t", token="w7")
    both = SumDirection(name="s", terms=((2.0, PAIRS), (-0.5, token)))
    expected = 2 * vector(PAIRS, model, LAYER) - 0.5 * vector(token, model, LAYER)
    torch.testing.assert_close(vector(both, model, LAYER), length_one(expected))
    inner = SumDirection(name="inner", terms=((1.0, both), (1.0, PAIRS)))
    assert texts(inner) == PLUS + MINUS and texts(token) == ()


def test_residual_norms_by_plain_hooks(tiny):
    found = residual_norms(tiny)
    for layer in range(tiny.spec.layers):
        rows = torch.cat([stream(tiny, tiny.tokens(text).ids, layer)[0, 1:] for text in ORDINARY[:4]])
        assert found[layer].item() == pytest.approx(rows.square().sum(1).sqrt().mean().item(), rel=1e-5)


def test_shuffled_pairs_keep_their_texts_and_change_half_of_the_sides():
    found = shuffled(contrasts.MOOD, seed=2)
    pairs = list(zip(contrasts.MOOD.plus, contrasts.MOOD.minus, strict=True))
    others = list(zip(found.plus, found.minus, strict=True))
    assert sum(a == b for a, b in zip(pairs, others, strict=True)) == 4
    assert all(a == b or a == b[::-1] for a, b in zip(pairs, others, strict=True))
    assert shuffled(contrasts.MOOD, seed=2) == found != shuffled(contrasts.MOOD, seed=3)


def test_what_has_no_pairs_cannot_be_shuffled():
    token = TokenDirection(name="t", token="w7")
    single = PairDirection(name="one", plus=("a b",), minus=("c d",))
    mixed = SumDirection(name="m", terms=((1, PAIRS), (1, token)))
    line = PAIRS.model_copy(update={"how": "pca"})
    also = SumDirection(name="a", terms=((1, PAIRS), (1, line)))
    assert [shuffled(one, 0) for one in (token, single, mixed, line, also)] == [None] * 5
    whole = shuffled(SumDirection(name="w", terms=((2, PAIRS),)), 0)
    assert whole.terms == ((2, shuffled(PAIRS, 0)),)


def test_every_kind_comes_back_from_json(model):
    dictionary = ref_of(load_dictionary(small_dictionary.drawn(model)))
    every = [
        PAIRS,
        FeatureDirection(name="f", dictionary=dictionary, feature=5),
        TokenDirection(name="t", token="w7"),
        StoredDirection(name="s", values=Array.of([1.0, 2.0]), model_sha256="ab", layer=2),
    ]
    every.append(SumDirection(name="all", terms=tuple((1.5, one) for one in every)))
    for one in every:
        again = DIRECTION.validate_json(DIRECTION.dump_json(one))
        assert again == one and hash(again) == hash(one)


@pytest.mark.parametrize(
    ("plus", "minus", "words"),
    [
        ((), (), "both sides"),
        (("a",), (), "both sides"),
        (("a", "b"), ("c",), "has 2 on one side and 1 on the other"),
        (("a", "b"), ("c", "a"), "'a' stands on both sides"),
        (("a", " "), ("c", "d"), "is empty"),
    ],
)
def test_lists_that_are_no_pairs(plus, minus, words):
    with pytest.raises(BadDirection, match=words):
        PairDirection(name="p", plus=plus, minus=minus)


@pytest.mark.parametrize("weight", [float("nan"), float("inf")])
def test_sums_that_are_none(weight):
    with pytest.raises(BadDirection, match="at least one"):
        SumDirection(name="s", terms=())
    with pytest.raises(BadDirection, match=f"weighed with {weight}"):
        SumDirection(name="s", terms=((weight, PAIRS),))


def stored(**change):
    fields = {"name": "s", "values": Array.of([1.0] * 24), "model_sha256": "", "layer": 0}
    return StoredDirection(**fields | change)


@pytest.mark.parametrize(
    ("direction", "error", "words"),
    [
        (PairDirection(name="p", plus=("w1",), minus=("w2 w3",)), BadDirection, "'w1' has 1 token, and only"),
        (PAIRS.model_copy(update={"first": 3}), BadDirection, "'w7 w9 w11' has 3 tokens, and only positions from 3"),
        (PairDirection(name="p", plus=("w1 " * 65,), minus=("w2",)), TooLong, "65 tokens"),
        (TokenDirection(name="t", token="w1 w2"), NotOneToken, "2 tokens"),
        (TokenDirection(name="t", token=""), NotOneToken, "0 tokens"),
        (stored(model_sha256="abcdef0123"), BadDirection, "made for weights abcdef01; this model is"),
        (SumDirection(name="nil", terms=((1, PAIRS), (-1, PAIRS))), BadDirection, "'nil' the parts cancel"),
        (SumDirection(name="nil", terms=((0, PAIRS),)), BadDirection, "'nil' the parts cancel"),
    ],
)
def test_what_gives_no_arrow_is_a_sentence(model, direction, error, words):
    with pytest.raises(error, match=words):
        vector(direction, model, LAYER)


def test_arrows_of_another_width_or_of_zeros(model):
    here = {"model_sha256": model.ref.sha256}
    with pytest.raises(BadDirection, match=r"has shape \(25,\); the stream .* needs \(24,\)"):
        vector(stored(values=Array.of([1.0] * 25), **here), model, LAYER)
    with pytest.raises(BadDirection, match="all zeros"):
        vector(stored(values=Array.of([0.0] * 24), **here), model, LAYER)


@pytest.mark.parametrize("layer", [-1, 3])
def test_a_layer_that_the_model_lacks(model, layer):
    with pytest.raises(UnknownSite, match=f"no layer {layer}: this model's layers are 0 to 2"):
        vector(PAIRS, model, layer)


def test_features_that_are_not_there(model):
    dictionary = load_dictionary(small_dictionary.drawn(model))
    ref = ref_of(dictionary)
    with pytest.raises(UnknownSite, match="no feature 40: this dictionary has 0 to 39"):
        vector(FeatureDirection(name="f", dictionary=ref, feature=40), model, LAYER)
    other = tiny_models.model("llama", seed=9)
    with pytest.raises(DictionaryUnusable, match=r"made for .* this model is"):
        vector(FeatureDirection(name="f", dictionary=ref, feature=0), other, LAYER)


def test_a_file_holds_the_arrow_and_where_it_came_from(model, tmp_path):
    file = mikit.save_direction(PAIRS, model, LAYER, tmp_path / "new" / "odd.safetensors")
    with safe_open(file, framework="pt") as opened:
        about = opened.metadata()
    assert about["model"] == model.ref.name and about["mikit"] == mikit.__version__
    found = mikit.load_direction(file)
    assert (found.name, found.layer, found.model_sha256) == ("odd", LAYER, model.ref.sha256)
    assert DIRECTION.validate_python(json.loads(found.origin)) == PAIRS
    for layer in (0, LAYER):
        torch.testing.assert_close(vector(found, model, layer), vector(PAIRS, model, LAYER))
    again = mikit.load_direction(mikit.save_direction(found, model, 0, tmp_path / "again.safetensors"))
    assert again.model_dump(exclude={"values"}) == found.model_dump(exclude={"values"})
    assert file.stat().st_size < 3000
    with pytest.raises(BadDirection, match="made for weights"):
        vector(found, tiny_models.model("llama", seed=9), LAYER)


def test_a_file_is_written_whole_or_not_at_all(model, tmp_path, monkeypatch):
    file = mikit.save_direction(PAIRS, model, LAYER, tmp_path / "odd.safetensors")
    before = file.read_bytes()

    def full(tensors, path, metadata):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mikit.sae.files.save_file", full)
    with pytest.raises(NoDisk, match="what was there before is whole"):
        mikit.save_direction(PAIRS, model, 0, file)
    assert [one.name for one in tmp_path.iterdir()] == ["odd.safetensors"] and file.read_bytes() == before


ABOUT = {"format": "mikit direction 1", "name": "n", "layer": "1", "model_sha256": "ab"}


@pytest.mark.parametrize(
    ("tensors", "about", "words"),
    [
        ({"direction": torch.ones(4)}, None, "is no direction of mikit's"),
        ({"direction": torch.ones(4)}, ABOUT | {"layer": "deep"}, "does not say which layer"),
        ({"direction": torch.ones(4)}, ABOUT | {"model_sha256": ""}, "does not say which layer of which weights"),
        ({"other": torch.ones(4)}, ABOUT, "'direction' with one axis; it holds no such array"),
        ({"direction": torch.ones(2, 2)}, ABOUT, r"an array of shape \(2, 2\)"),
        ({"direction": torch.tensor([1.0, torch.nan])}, ABOUT, "cannot be used. .*NaN"),
        ({"direction": torch.zeros(4)}, ABOUT, "cannot be used. .*zeros"),
    ],
)
def test_files_that_are_no_direction(tmp_path, tensors, about, words):
    save_file(tensors, tmp_path / "x.safetensors", metadata=about)
    with pytest.raises(BadDirection, match=words):
        mikit.load_direction(tmp_path / "x.safetensors")


def test_files_that_cannot_be_read(model, tmp_path):
    whole = mikit.save_direction(PAIRS, model, LAYER, tmp_path / "odd.safetensors").read_bytes()
    cut = tmp_path / "cut.safetensors"
    for data in (whole[:-1], whole[:100], whole[:4], b"", b"no safetensors at all, but some text"):
        cut.write_bytes(data)
        with pytest.raises(BadDirection, match="of another kind, or was cut short"):
            mikit.load_direction(cut)
    torch.save({"direction": torch.ones(4)}, tmp_path / "x.pt")
    with pytest.raises(BadDirection, match="of another kind"):
        mikit.load_direction(tmp_path / "x.pt")
    with pytest.raises(BadDirection, match="There is no file"):
        mikit.load_direction(tmp_path / "nowhere.safetensors")


def test_the_pairs_that_come_with_mikit_can_be_compared():
    for direction in (contrasts.FORMALITY, contrasts.MOOD):
        assert len(direction.plus) == len(direction.minus) == 8
        lengths = [sum(len(text.split()) for text in side) for side in (direction.plus, direction.minus)]
        assert abs(lengths[0] - lengths[1]) <= 0.1 * max(lengths), lengths


@pytest.mark.parametrize(
    ("direction", "score"),
    [(contrasts.FORMALITY, contrasts.FORMALITY_SCORE), (contrasts.MOOD, contrasts.MOOD_SCORE)],
)
def test_the_scores_that_come_with_mikit_say_how_many_of_their_words_stand_in_its_pairs(direction, score):
    for side in ("plus", "minus"):
        words, sentences = getattr(score, side), getattr(direction, side)
        alone = [WordScore(name=word, plus=(word,), minus=()) for word in words]
        shared = sum(any(one.score(text) > 0 for text in sentences) for one in alone)
        assert f"{shared} of {len(words)}" in " ".join(contrasts.__doc__.split())


@pytest.mark.parametrize(
    ("direction", "score"),
    [(contrasts.FORMALITY, contrasts.FORMALITY_SCORE), (contrasts.MOOD, contrasts.MOOD_SCORE)],
)
def test_the_scores_that_come_with_mikit_tell_its_pairs_apart(direction, score):
    pairs = zip(direction.plus, direction.minus, strict=True)
    assert sum(score.score(plus) > score.score(minus) for plus, minus in pairs) >= 7
