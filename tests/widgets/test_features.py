"""FeatureDashboard without a browser: what it sends is what the index holds, and what plain hooks read."""

from __future__ import annotations

import json
from functools import partial

import numpy as np
import pytest
import torch

from mikit.errors import DictionaryUnusable, UnknownSite
from mikit.sae import labels
from mikit.sae.dictionary import Dictionary
from mikit.sae.evaluate import random_dictionary
from mikit.sae.index import build, index_of
from mikit.studies.fit_dictionary import FitDictionary
from mikit.widgets import features, features_wire
from mikit.widgets.features import FeatureDashboard
from mikit.widgets.wire import decode
from tests.studies import small_dictionary
from tests.widgets.waiting import until, until_settled

PROMPT = "w5 w6 w7 w8 w9 w10"


def drawn_words(seed: int) -> str:
    generator = torch.Generator().manual_seed(seed)
    return " ".join(f"w{i}" for i in torch.randint(0, 30, (60,), generator=generator))


TEXTS = {"one": tuple(map(drawn_words, range(8))), "two": tuple(map(drawn_words, range(8, 16)))}


@pytest.fixture(autouse=True)
def own_words(monkeypatch):
    """The tiny model has none of the words that dictionaries are measured on."""
    monkeypatch.setattr(features, "FitDictionary", partial(FitDictionary, texts=TEXTS["one"]))
    monkeypatch.setattr(features, "pool_texts", lambda: {"texts": TEXTS, "windows": 16})
    monkeypatch.setattr(features_wire, "ENOUGH", 20)


def fitting(model) -> Dictionary:
    """Directions that say something of the stream of layer 1, though they were drawn."""
    ids = torch.cat([model.tokens(text).ids for text in TEXTS["one"]])
    return random_dictionary(small_dictionary.drawn(model), small_dictionary.stream(model, ids)[:, 1:].flatten(0, 1))


@pytest.fixture(scope="module")
def indexed(model):
    dictionary = fitting(model)
    list(build(model, dictionary, TEXTS, windows=16))
    return dictionary


@pytest.fixture
def view(model, indexed):
    view = FeatureDashboard(indexed, model, prompt=PROMPT)
    until_settled(view)
    yield view
    view.close()


def say(view, **message):
    view._heard(None, message, [])
    view._hear_person(None, message, [])


def test_it_opens_on_the_best_and_the_worst_labels(view, indexed):
    index = index_of(indexed)
    tested = np.isfinite(index.score[:, 0]) & (index.histogram.sum(1) >= 20)
    good, bad = ([one["id"] for one in view.opening if one["good"] is side] for side in (True, False))
    assert len(good) == len(bad) == 3 and view.feature == good[0]
    assert index.score[good, 1].min() >= np.sort(index.score[tested, 1])[-3]
    assert index.score[bad, 2].max() <= np.sort(index.score[tested, 2])[2]
    assert view.opening[1]["why"] == f"second best scored of {tested.sum()} that fired 20+ times"


def test_all_features_travel_once(view, indexed):
    index = index_of(indexed)
    for name in ("density", "peak", "score", "shuffled", "stability"):
        np.testing.assert_array_equal(decode(view.all[name]), getattr(index, name))
    quoted = [json.dumps(word) for word in view.all["words"]]
    for feature, (places, before) in enumerate(zip(decode(view.all["label"]), decode(view.all["before"]), strict=True)):
        named = ", ".join(quoted[place] for place in places if place >= 0)
        found = labels.propose(index, feature)
        assert (f"{'after' if before else 'on'} {named}" if named else "") == (found.words if found else "")


def test_a_choice_is_looked_up_at_once(view, indexed):
    index = index_of(indexed)
    view.feature = 7
    detail = view.detail
    assert detail["id"] == 7 and detail["firings"] == index.histogram[7].sum()
    shown = [place for place in index.shown[7].ravel().tolist() if place >= 0]
    assert len(detail["examples"]) == len(shown)
    until_settled(view)  # hooks and a trace at once would read each other
    for example, place in zip(detail["examples"], shown, strict=True):
        row, column = divmod(place, index.width)
        ids = torch.from_numpy(index.tokens[row])[None].long()
        x = small_dictionary.stream(view._model, ids[:, ids[0] >= 0])[0]
        scores = (x - indexed.b_dec) @ indexed.W_enc + indexed.b_enc
        there = float(scores[column, 7])
        assert example["values"][example["centre"]] == pytest.approx(there, abs=float(index.peak[7]) / 200)
        assert example["tokens"][example["centre"]] == view._model.token_string(int(ids[0, column]))
        assert example["kind"] == index.kinds[row]
    cosines = torch.nn.functional.cosine_similarity(indexed.W_dec[7][None], indexed.W_dec)
    assert [one["id"] for one in detail["cosine"]] == cosines.argsort(descending=True)[1:7].tolist()
    assert detail["together"][0]["value"] == pytest.approx(index.overlap[7, 0])


def test_the_text_is_what_hooks_read(view, model, indexed):
    x = small_dictionary.stream(model, model.tokens(PROMPT).ids)[0, 1:]
    scores = (x - indexed.b_dec) @ indexed.W_enc + indexed.b_enc
    kept = scores.relu() * (scores >= scores.topk(indexed.config.k).values[:, -1:])
    values = decode(view.on_text["values"])
    assert view.on_text["feature"] == view.feature and np.isnan(values[0])
    np.testing.assert_allclose(values[1:], kept[:, view.feature], atol=1e-4)
    share = (kept / torch.from_numpy(index_of(indexed).peak)).nan_to_num().amax(0)
    first = view.on_text["strongest"][0]
    assert first["id"] == int(share.argmax()) and first["share"] == pytest.approx(float(share.max()), abs=1e-4)
    assert decode(view.on_text["control"]).shape == values.shape


def test_the_effect_has_every_dose_beside_random_features(view):
    view.set_state({"how": "boost", "asked": view.asked | {"effect": view.asked["effect"] + 1}})
    until_settled(view)
    effect, asked = view.effect, view.asked
    doses, tokens = len(decode(effect["doses"])), len(effect["tokens"])
    assert effect["how"] == "boost" and decode(effect["kl"])[0] == 0 and (decode(effect["kl"])[1:] > 0).all()
    assert decode(effect["kl_random"]).shape == (4, doses)
    assert decode(effect["change"]).shape == (doses, tokens)
    assert decode(effect["change_random"]).shape == (4, doses, tokens)
    view.dose = 1
    assert view.asked == asked  # a slider only looks up


def test_what_promotes_a_token(view, model, indexed):
    index = index_of(indexed)
    wanted = index.strings[int(index.promoted[5, 0])]
    view.wanted = wanted
    gain = model.hf.model.norm.weight
    logits = (indexed.W_dec * gain) @ model.hf.lm_head.weight.T
    first_six = logits.topk(6).indices == model.tokens(wanted).ids[0, 0]
    assert sorted(view.found["ids"]) == first_six.any(1).nonzero()[:, 0].tolist()
    assert view.found["values"] == sorted(view.found["values"], reverse=True)
    view.wanted = ""
    assert view.found is None


def test_a_typed_label_is_untested_until_a_person_answered(view, indexed):
    index = index_of(indexed)
    feature = int((index.tests >= 0).sum((1, 2)).argmax())
    view.feature = feature
    say(view, do="label", words="odd <b>words</b>")
    assert view.own[str(feature)]["score"] is None
    assert "&lt;b&gt;words&lt;/b&gt; · untested" in view.picture()
    say(view, do="quiz")
    assert set(view.quiz) == {"feature", "items", "outcome", "words"} and view.quiz["words"] == "odd <b>words</b>"
    assert all(set(item) == {"tokens", "centre"} for item in view.quiz["items"])
    truth = labels.quiz(index, feature, 0).truth
    answers = [not truth[0], *truth[1:]]
    say(view, do="answers", answers=answers)
    until(view, lambda: view.quiz["outcome"] is not None)
    until_settled(view)
    kinds = np.array(truth)
    right = np.array(answers) == kinds
    by_hand = (right[kinds].mean() + right[~kinds].mean()) / 2
    value, low, high = view.own[str(feature)]["score"]
    assert value == pytest.approx(by_hand) and low < value < high
    assert view.quiz["outcome"]["truth"] == list(truth)
    assert abs(view.own[str(feature)]["shuffled"] - 0.5) < 0.05
    say(view, do="quiz")
    assert view.quiz["outcome"] is None
    view.feature = (feature + 1) % 40
    until_settled(view)
    assert "score-label" in [result.study.kind for result in view._results()]  # stays in the record


def test_rounds_of_the_intruder_add_up(view, indexed):
    index = index_of(indexed)
    view.feature = int((index.tests >= 0).sum((1, 2)).argmax())
    for seed, right in ((0, True), (1, False)):
        say(view, do="intruder")
        foreign = labels.intruder(index, view.feature, seed).foreign
        assert "foreign" not in view.game
        say(view, do="pick", which=foreign if right else (foreign + 1) % 5)
        until(view, lambda: view.game["outcome"] is not None)
        until_settled(view)
        assert view.game["outcome"]["foreign"] == foreign
    assert view.game["outcome"]["played"] == [1, 2]
    assert [one.study.kind for one in view._results()].count("intruder") == 1
    say(view, do="leave")
    assert view.game is None


def test_a_dictionary_that_does_not_fit_is_refused_before_anything_leans_on_it(model):
    wrong = small_dictionary.drawn(model, declared={"fvu": 0.01})
    view = FeatureDashboard(wrong, model, prompt=PROMPT)
    until(view, lambda: view.refused != "")
    assert "0.01 was declared" in view.refused or "leaves out" in view.refused
    assert view.on_text is None and view.effect is None and view.refused in view.picture()
    assert [view.ask(lane) for lane in ("index", "text", "effect")] == [None, None, None]
    with pytest.raises(DictionaryUnusable):
        view.run()
    view.close()


def test_without_an_index_one_is_built_on_request(model):
    view = FeatureDashboard(fitting(model), model, prompt=PROMPT)
    until_settled(view)
    assert view.all is None and view.detail is None and view.opening == [] and view.on_text is not None
    say(view, do="quiz")
    assert "read the pool first" in view.error
    view.set_state({"indexing": True, "asked": view.asked | {"index": view.asked["index"] + 1}})
    until(view, lambda: view.all is not None)
    until_settled(view)
    assert decode(view.all["density"]).max() > 0 and view.detail["id"] == view.feature
    view.close()


def test_a_page_keeps_what_was_looked_at(view, tmp_path):
    view.feature = 11
    state = view._state_for_page()
    assert set(state["kept"]) == {"11", *(str(one["id"]) for one in view.opening)}
    assert "looked" not in view.get_state()
    assert view.freeze(tmp_path / "page.html").stat().st_size > 10_000


def test_reset_and_run(view):
    first = view.feature
    view.feature, view.how = 3, "boost"
    say(view, do="reset")
    until_settled(view)
    assert (view.feature, view.how) == (first, "ablate")
    assert view.run().effect["feature"] == first


def test_what_does_not_exist_is_refused(model, indexed):
    with pytest.raises(UnknownSite, match="There is no feature 40: this dictionary has 0 to 39"):
        FeatureDashboard(indexed, model, feature=40)
    with pytest.raises(TypeError, match="Did you mean 'feature'"):
        FeatureDashboard(indexed, model, features=3)
