"""Steered text against plain hooks: every token by a whole pass over the text so far."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mikit.errors import BadDirection, NoChatTemplate, NotFinite, TooLong, UnknownSite
from mikit.models.weights import weights_hash
from mikit.sae.dictionary import Dictionary
from mikit.sae.library import load_dictionary, ref_of
from mikit.studies.base import run_study, stream
from mikit.studies.directions import FeatureDirection
from mikit.studies.prompts import ChatPrompt, TextPrompt
from mikit.studies.steer_text import SteerText
from mikit.studies.steering import Steering, another_layer, random_arrow, shuffled_pairs
from mikit.trace.sites import Site
from tests import tiny as tiny_models
from tests.studies import small_dictionary
from tests.studies.steered import PAIRS, arrow, norm
from tests.trace import reference

PROMPT = "w5 w6 w7 w8 w9"
LAYER = 1
LENGTH = 5


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("llama", seed=3)


@pytest.fixture(scope="module")
def deep():
    """Six layers."""
    config = tiny_models.CONFIGS["llama"]()
    config.num_hidden_layers = 6
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(tiny_models.CONFIGS, "llama", lambda: config)
        return tiny_models.model("llama", seed=3)


def study(model, dose=0.8, **fields):
    given = {"length": LENGTH, "temperature": 0.0, "since": 1, "how": "add", "layers": (LAYER,), **fields}
    steering = Steering(direction=PAIRS, **{name: given.pop(name) for name in ("how", "layers", "since")})
    return SteerText(model=model.ref, prompt=TextPrompt(text=PROMPT), steering=steering, dose=dose, **given)


def changes(model, edit, layers):
    return [
        (reference.blocks(model)[layer], "output", edit(arrow(model, layer), norm(model, layer))) for layer in layers
    ]


def adding(dose, since=1):
    def edit(unit, norm):
        return lambda value: torch.cat([value[:, :since], value[:, since:] + dose * norm * unit], dim=1)

    return edit


def logits(model, ids, hooks):
    with reference.changed(*hooks):
        return reference.logits(model.hf, ids)[0]


def greedy(model, hooks):
    ids = model.tokens(PROMPT).ids
    for _ in range(LENGTH):
        ids = torch.cat([ids, logits(model, ids, hooks)[-1].argmax()[None, None]], dim=1)
    return ids


def told(model, ids, hooks):
    """Log-probability of each written token of a whole text."""
    start = model.tokens(PROMPT).ids.shape[1]
    return logits(model, ids, hooks)[start - 1 : -1].log_softmax(-1).gather(1, ids[0, start:, None])[:, 0]


@pytest.mark.parametrize(("layers", "since"), [((LAYER,), 1), ((0, 2), 1), ((LAYER,), 3), ((LAYER,), 5)])
def test_both_texts_and_what_each_finds_of_the_other_by_hooks(model, layers, since):
    found = run_study(study(model, layers=layers, since=since), model)
    steered = changes(model, adding(0.8, since), layers)
    for at, (stream_, hooks) in enumerate((("unsteered", []), ("steered", steered))):
        ids = greedy(model, hooks)
        words = tuple(model.token_string(i) for i in ids[0, -LENGTH:].tolist())
        assert found.texts[f"{stream_} 0"] == words
        before = told(model, ids, [])
        np.testing.assert_allclose(found.grids["surprise"].values.numpy()[0, at], -before, atol=1e-4)
        np.testing.assert_allclose(
            found.grids["change"].values.numpy()[0, at], told(model, ids, steered) - before, atol=2e-4
        )
    assert found.texts["unsteered 0"] != found.texts["steered 0"]


def test_projecting_out_by_hooks(model):
    found = run_study(study(model, dose=1.0, how="project"), model)

    def edit(unit, _):
        def project(value):
            rest = value[:, 1:] - (value[:, 1:] @ unit)[..., None] * unit
            return torch.cat([value[:, :1], rest], dim=1)

        return project

    ids = greedy(model, changes(model, edit, (LAYER,)))
    assert found.texts["steered 0"] == tuple(model.token_string(i) for i in ids[0, -LENGTH:].tolist())


def test_strength_0_writes_the_same_text_in_every_stream(tiny):
    found = run_study(study(tiny, dose=0.0, samples=3, temperature=1.0), tiny)
    for sample in range(3):
        assert (
            found.texts[f"unsteered {sample}"]
            == found.texts[f"steered {sample}"]
            == found.texts[f"random arrow {sample}"]
        )
    assert found.texts["unsteered 0"] != found.texts["unsteered 1"]
    np.testing.assert_allclose(found.grids["change"].values.numpy(), 0, atol=2e-5)
    np.testing.assert_allclose(found.controls[0].grids["change"].values.numpy(), 0, atol=2e-5)


def test_the_random_arrow_is_as_long_and_another(model):
    steering = study(model).steering
    own, other = (one[0] for one in (steering.edits(model, 0.8), random_arrow(steering, 0).edits(model, 0.8)))
    assert own.dose == pytest.approx(other.dose) and own.site == other.site and own.since == other.since
    a, b = (torch.tensor(one.direction.numpy()) for one in (own, other))
    assert a.norm() == pytest.approx(1) and b.norm() == pytest.approx(1)
    assert abs(a @ b) < 0.6


def test_controls_of_pairs_and_of_layers(model):
    steering = study(model, layers=(2,)).steering
    assert shuffled_pairs(steering, 0).edits(model, 0.5)[0].direction != steering.edits(model, 0.5)[0].direction
    moved = another_layer(steering, model)
    assert [edit.site.layer for edit in moved.edits(model, 0.5)] == [0]
    assert moved.edits(model, 0.5)[0].direction == steering.edits(model, 0.5)[0].direction


@pytest.mark.parametrize(("layers", "source"), [((3, 4), {1: 3, 2: 4}), ((5, 3), {1: 3, 3: 5}), ((1,), {5: 1})])
@pytest.mark.parametrize("how", ["add", "project"])
def test_each_layers_arrow_moves_with_it(deep, layers, source, how):
    steering = study(deep, layers=layers, how=how).steering
    moved = another_layer(steering, deep)
    assert moved.name == "another layer"
    edits = {edit.site.layer: edit for edit in moved.edits(deep, 0.5)}
    assert set(edits) == set(source)
    for layer, own in source.items():
        expected = arrow(deep, own)
        torch.testing.assert_close(torch.tensor(edits[layer].direction.numpy()), expected, atol=1e-5, rtol=0)
        assert f"L{layer} (from L{own})" in moved.why
        if how == "add":
            assert edits[layer].dose == pytest.approx(0.5 * float(norm(deep, layer)), rel=1e-4)
    assert ("taken out" in moved.why) == (how == "project")


@pytest.mark.parametrize("layers", [(0, 1), (0, 5), (1, 2, 3), (0, 1, 2, 3, 4, 5)])
def test_layers_that_do_not_fit_elsewhere_have_no_such_control(deep, layers):
    assert another_layer(study(deep, layers=layers).steering, deep) is None


@pytest.mark.parametrize("how", ["clamp", "ablate"])
def test_a_feature_of_another_place_than_the_stream_cannot_be_set(model, how):
    drawn = small_dictionary.drawn(model)
    place = drawn.place.model_copy(update={"site": Site(name="mlp_out", layer=LAYER)})
    dictionary = load_dictionary(Dictionary(drawn.config, dict(drawn.named_buffers()), place))
    feature = FeatureDirection(name="f", dictionary=ref_of(dictionary), feature=5)
    steering = Steering(direction=feature, how=how, layers=(LAYER,))
    with pytest.raises(BadDirection, match=f"read at L{LAYER} mlp_out; .* Use 'add'"):
        steering.edits(model, 1.0)


def test_a_token_at_a_time_and_the_weights_as_they_were(model):
    before = weights_hash(model.hf)
    results = stream(study(model, dose=0.5), model)
    for n in range(1, LENGTH):
        found = next(results)
        assert found.grids["change"].values.shape == (1, 2, n)
        assert found.done == pytest.approx(n / LENGTH)
    results.close()  # Stop in mid-text
    assert weights_hash(model.hf) == before
    again = run_study(study(model, dose=0.5), model)
    assert again.done == 1.0 and again.texts["steered 0"][:n] == found.texts["steered 0"]


def test_a_text_that_ends_is_nan_from_there_on(model, monkeypatch):
    asked = study(model, temperature=1.0, seed=2)
    words = run_study(asked, model).texts["unsteered 0"]
    n = next(i for i in range(1, LENGTH) if words[i] not in words[:i])
    (end,) = model.tokens(words[n]).ids[0].tolist()
    monkeypatch.setattr(type(model), "end_ids", lambda self: {end})
    cut = run_study(asked, model)
    assert cut.texts["unsteered 0"] == words[:n]
    change = cut.grids["change"].values.numpy()[0, 0]
    assert np.isfinite(change[:n]).all() and np.isnan(change[n:]).all()


@pytest.mark.parametrize(
    ("error", "says", "fields"),
    [
        (TooLong, "are to be written", {"length": 10_000}),
        (NotFinite, "Use a smaller", {"dose": 1e30}),
        (NotFinite, "Use a smaller", {"dose": float("nan")}),
        (UnknownSite, "no layer 9", {"layers": (9,)}),
    ],
)
def test_what_cannot_be_steered_is_refused_in_words(model, error, says, fields):
    with pytest.raises(error, match=says):
        run_study(study(model, **fields), model)


@pytest.mark.parametrize(
    ("says", "fields"),
    [("one layer or several", {"layers": ()}), ("position 1 or later", {"since": 0}), ("is none", {"how": "clamp"})],
)
def test_what_makes_no_steering_is_refused_in_words(model, says, fields):
    with pytest.raises(BadDirection, match=says):
        study(model, **fields)


def test_a_chat_needs_a_template(model):
    asked = study(model).model_copy(update={"prompt": ChatPrompt(text="w5 w6")})
    with pytest.raises(NoChatTemplate, match="no chat template"):
        run_study(asked, model)
