"""A feature taken away or added, against plain hooks that do the same."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from mikit.errors import EmptyText, UnknownSite
from mikit.sae.dictionary import Config, Dictionary, Place
from mikit.sae.library import ref_of
from mikit.studies.base import run_study, stream
from mikit.studies.feature_effect import CONTROLS, DOSES, FeatureEffect
from mikit.trace.sites import Site
from tests import tiny as tiny_models
from tests.studies import small_dictionary
from tests.trace import reference

PROMPT = "w5 w6 w7 w8 w9 w10"


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("llama", seed=3)


def study(model, dictionary, **fields):
    return FeatureEffect(model=model.ref, dictionary=ref_of(dictionary), prompt=PROMPT, **fields)


def edited(model, change, module=None):
    """The last logits [dose, vocab] where ``change`` [position - 1, d_model] is added by a hook, times each dose."""
    ids = model.tokens(PROMPT).ids
    rows = []
    for dose in DOSES:

        def add(value, dose=dose):
            return torch.cat([value[:, :1], value[:, 1:] + dose * change], dim=1)

        with reference.changed((module or reference.blocks(model)[small_dictionary.LAYER], "output", add)):
            rows.append(reference.logits(model.hf, ids)[0, -1])
    return torch.stack(rows)


def features_on(model, dictionary):
    x = small_dictionary.stream(model, model.tokens(PROMPT).ids)[0, 1:]
    return small_dictionary.encoded(dictionary, x)


def assert_same(grids, row, logits):
    """Row ``row`` of every grid against logits [dose, vocab]."""
    before = logits[0].log_softmax(-1)
    kl = torch.stack(
        [functional.kl_div(after.log_softmax(-1), before, log_target=True, reduction="sum") for after in logits]
    )
    np.testing.assert_allclose(grids["kl"].values.numpy()[row], kl, atol=2e-5)
    change = logits - logits[0]
    change = change - change.mean(1, keepdim=True)
    words = [
        int(word.removeprefix("w")) + 4 if word[0] == "w" else None for word in grids["logit change"].axes["token"]
    ]
    for at, token in enumerate(words):
        if token is not None:
            np.testing.assert_allclose(grids["logit change"].values.numpy()[row, :, at], change[:, token], atol=2e-4)
    chances = logits.softmax(-1)
    for at, word in enumerate(grids["probability"].axes["token"]):
        if word[0] == "w":
            token = int(word.removeprefix("w")) + 4
            np.testing.assert_allclose(grids["probability"].values.numpy()[row, :, at], chances[:, token], atol=2e-5)


def test_taken_away_and_its_controls_by_hooks(tiny):
    dictionary = small_dictionary.drawn(tiny)
    own = features_on(tiny, dictionary)
    feature = int(own.sum(0).argmax())
    result = run_study(study(tiny, dictionary, feature=feature), tiny)
    logits = edited(tiny, -own[:, feature, None] * dictionary.W_dec[feature])
    assert_same(result.grids, 0, logits)
    change = logits[DOSES.index(1)] - logits[0]
    largest = (change - change.mean()).abs().topk(10).values
    shown = result.grids["logit change"].values.numpy()[0, DOSES.index(1)]
    np.testing.assert_allclose(np.abs(shown), largest, atol=2e-4)
    (control,) = result.controls
    others = [int(f) for f in control.grids["kl"].axes["feature"]]
    assert len(set(others)) == CONTROLS and feature not in others
    for row, other in enumerate(others):
        assert own[:, other].any()
        part = -own[:, other, None] * dictionary.W_dec[other]
        assert_same(control.grids, row, edited(tiny, part))
        assert control.grids["length"].values.numpy()[row] == pytest.approx(float(part.norm()), rel=1e-4)


def test_boosted_and_its_controls_by_hooks(model):
    dictionary = small_dictionary.drawn(model)
    feature = 7
    peak = features_on(model, dictionary)[:, feature].max()
    assert peak > 0
    result = run_study(study(model, dictionary, feature=feature, how="boost"), model)
    direction = dictionary.W_dec[feature]
    assert_same(result.grids, 0, edited(model, (peak * direction).expand(5, -1)))
    assert any(f"{float(peak):.3g}" in note for note in result.texts["notes"])
    grids = result.controls[0].grids
    for row, other in enumerate(grids["kl"].axes["feature"]):
        same_length = functional.normalize(dictionary.W_dec[int(other)], dim=0) * direction.norm()
        assert_same(grids, row, edited(model, (peak * same_length).expand(5, -1)))
    np.testing.assert_allclose(grids["length"].values.numpy(), result.grids["length"].values.numpy()[0], rtol=1e-4)


def test_one_that_does_not_fire_changes_nothing_at_all(model):
    dictionary = small_dictionary.drawn(model, silent=(11,))
    result = run_study(study(model, dictionary, feature=11), model)
    for name in ("kl", "logit change", "length"):
        assert (result.grids[name].values.numpy() == 0).all()
    assert "11 does not fire on this prompt" in result.texts["notes"][1]
    assert (result.controls[0].grids["kl"].values.numpy()[:, -1] > 0).all()


def test_controls_of_an_ablation_are_alike_in_length(model):
    """Of 30 features that fire, the ten whose part is least alike are never drawn."""
    width = model.spec.d_model
    dictionary = small_dictionary.drawn(model)
    weights = dictionary.weights() | {"b_enc": torch.full((small_dictionary.FEATURES,), 1e3)}
    weights["b_enc"][30:] = -1e6
    weights["W_dec"] = functional.normalize(weights["W_dec"], dim=1) * torch.linspace(0.1, 4, 40)[:, None]
    all_fire = Dictionary(Config(d_in=width, features=40, activation="relu"), weights, dictionary.place)
    seen = set()
    for seed in range(3):
        result = run_study(study(model, all_fire, feature=0, seed=seed), model)
        seen |= {int(f) for f in result.controls[0].grids["kl"].axes["feature"]}
    assert seen <= set(range(1, 21)) and max(seen) > 10


@pytest.mark.parametrize("how", ["rms", "layer norm"])
def test_a_dictionary_that_scales_each_token(model, how):
    """The part of a feature is what the output loses with it."""
    dictionary = small_dictionary.drawn(model, normalise=how)
    x = small_dictionary.stream(model, model.tokens(PROMPT).ids)[0, 1:]
    own = dictionary.encode(x)
    feature = int(own.sum(0).argmax())
    without = own.clone()
    without[:, feature] = 0
    part = dictionary.decode(without, x) - dictionary.decode(own, x)
    result = run_study(study(model, dictionary, feature=feature), model)
    assert result.grids["length"].values.numpy()[0] == pytest.approx(float(part.norm()), rel=1e-4)
    assert_same(result.grids, 0, edited(model, part))


def test_a_transcoder_is_changed_at_its_target(model):
    sae = small_dictionary.drawn(model)
    layer = small_dictionary.LAYER
    place = Place(
        model_sha256=model.ref.sha256,
        site=Site(name="resid_mid", layer=layer),
        target=Site(name="mlp_out", layer=layer),
    )
    config = Config(d_in=model.spec.d_model, features=40, activation="topk", k=6, transcoder=True, subtract_b_dec=False)
    transcoder = Dictionary(config, sae.weights(), place)
    kept = []
    norm = reference.blocks(model)[layer].post_attention_layernorm
    handle = norm.register_forward_pre_hook(lambda _, args: kept.append(args[0]))
    reference.logits(model.hf, model.tokens(PROMPT).ids)
    handle.remove()
    own = transcoder.encode(kept[0][0, 1:])
    feature = int(own.sum(0).argmax())
    result = run_study(study(model, transcoder, feature=feature), model)
    part = -own[:, feature, None] * transcoder.W_dec[feature]
    assert_same(result.grids, 0, edited(model, part, reference.blocks(model)[layer].mlp))


def test_it_grows_effect_first(model, monkeypatch):
    monkeypatch.setattr("mikit.studies.cost.budget", lambda spec: 8 * 5 * 2)  # one feature's doses in a trace
    dictionary = small_dictionary.drawn(model)
    first, second, *_ = results = list(stream(study(model, dictionary, feature=7), model))
    assert first.controls == () and first.done == pytest.approx(1 / (1 + CONTROLS))
    assert len(second.controls[0].grids["kl"].axes["feature"]) == 1
    assert len(results) == 1 + CONTROLS and results[-1].done == 1


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [({"prompt": "w1"}, EmptyText, "single token"), ({"feature": -1}, UnknownSite, "no feature -1")],
)
def test_what_cannot_be_changed_is_a_sentence(model, change, error, words):
    dictionary = small_dictionary.drawn(model)
    with pytest.raises(error, match=words):
        run_study(study(model, dictionary, feature=0).model_copy(update=change), model)
