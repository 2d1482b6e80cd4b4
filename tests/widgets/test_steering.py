"""SteeringPanel without a browser: what it sends is what the studies find, and only the worker runs the model."""

from __future__ import annotations

import json
import threading
from functools import partial

import numpy as np
import pytest
import traitlets
from scipy import stats

import mikit
from mikit.errors import BadDirection, NoChatTemplate
from mikit.models.weights import weights_hash
from mikit.sae.index import build
from mikit.studies.base import run_study
from mikit.studies.direction_files import load_direction, save_direction
from mikit.studies.directions import PairDirection, TokenDirection, vector
from mikit.studies.find_direction import FindDirection
from mikit.studies.prompts import TextPrompt
from mikit.studies.rate_blind import RateBlind
from mikit.studies.steer_dose import SteerDose, bounds, out_of_range
from mikit.studies.steer_text import SteerText
from mikit.studies.steering import Steering
from mikit.widgets import steering, steering_wire
from mikit.widgets.steering import SteeringPanel
from mikit.widgets.wire import decode
from tests import tiny
from tests.widgets.test_features import TEXTS, fitting
from tests.widgets.waiting import until, until_settled

PROMPT = "w5 w6 w7 w8"
LENGTH = 4
DOSES = (-0.4, 0.0, 0.4)
ODD = PairDirection(name="odd", plus=("w1 w3 w5", "w7 w9 w11 w13"), minus=("w2 w4 w6", "w8 w10 w12 w14"))
WORDS = {"plus": "w1, w3, w5, w7, w9", "minus": "w2, w4"}


@pytest.fixture(autouse=True)
def short(monkeypatch):
    shorten(monkeypatch)


def shorten(monkeypatch) -> None:
    """Few tokens, three doses, six pairs to rate."""
    monkeypatch.setattr(steering, "SteerText", partial(SteerText, length=LENGTH))
    monkeypatch.setattr(steering, "RateBlind", partial(RateBlind, length=LENGTH, rounds=6))
    monkeypatch.setattr(
        steering, "SteerDose", lambda **given: SteerDose(**given | {"doses": DOSES, "samples": 1, "length": LENGTH})
    )


@pytest.fixture
def panel(model):
    made = []

    def make(**given):
        made.append(SteeringPanel(model, direction=ODD, prompt=PROMPT, **given))
        until_settled(made[-1])
        return made[-1]

    yield make
    for view in made:
        view.close()


@pytest.fixture(scope="module")
def dictionary(model):
    made = fitting(model)
    list(build(model, made, TEXTS, windows=16))
    return made


def say(view, buffers=(), **message):
    view._heard(None, message, list(buffers))
    view._hear_person(None, message, list(buffers))


def stop_at_first(view, trait) -> None:
    """Press Stop when the first numbers of a trait are drawn."""

    def press(_: object) -> None:
        view.unobserve(press, trait)
        say(view, do="stop")

    view.observe(press, trait)
    until(view, lambda: view.status["state"] == "stopped")


def result_of(steps):
    """What a generator returns at its end."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        return end.value


def study(model, **fields):
    """The text that stands on the panel's first screen, and others of it."""
    given = {"direction": ODD, "how": "add", "layers": (1,), "since": 1, "dose": 0.4, "samples": 1, "seed": 0} | fields
    pushed = Steering(**{name: given.pop(name) for name in ("direction", "how", "layers", "since")})
    return SteerText(model=model.ref, prompt=TextPrompt(text=PROMPT), steering=pushed, length=LENGTH, **given)


def assert_shows(view, expected) -> None:
    """Both texts on screen, and the tints of their tokens, are those of a study that was run by itself."""
    result = run_study(expected, view._model)
    change = result.grids["change"].values.numpy()
    for sample, shown in enumerate(view.stream["samples"]):
        for row, name in enumerate(("unsteered", "steered")):
            tokens = list(result.texts[f"{name} {sample}"])
            assert shown[name]["tokens"] == tokens
            np.testing.assert_array_equal(decode(shown[name]["change"]), change[sample, row, : len(tokens)])
        assert shown["random"]["tokens"] == list(result.texts[f"random arrow {sample}"])


def test_both_texts_are_the_studys(panel, model):
    view = panel()
    assert_shows(view, study(model))
    assert view.stream["done"] and view.stream["direction"] == "odd" and view.stream["dose"] == 0.4
    assert view.stream["prompt"] == [{"text": word, "special": False} for word in PROMPT.split()]
    view.samples, view.seed = 3, 5
    until_settled(view)
    assert len(view.stream["samples"]) == 3
    assert_shows(view, study(model, samples=3, seed=5))
    view.mode = "chat"
    until_settled(view)
    assert [token["special"] for token in view.stream["prompt"]] == [True, False, False, False, False, True]


def test_strength_0_draws_the_same_text_twice(panel):
    view = panel()
    view.dose = 0.0
    until_settled(view)
    one = view.stream["samples"][0]
    assert one["unsteered"]["tokens"] == one["steered"]["tokens"] == one["random"]["tokens"]
    assert not decode(one["steered"]["change"]).any()


def test_a_drag_ends_on_its_last_strength(panel, model):
    view = panel()
    for step in range(10):
        view.dose = (step - 6) / 10
    until_settled(view)
    assert view.stream["dose"] == view.dose == 0.3
    assert_shows(view, study(model, dose=0.3))


def test_two_panels_on_one_model(panel, model):
    one, other = panel(), panel()
    for step in range(5):
        one.dose, other.dose = step / 10, -step / 10
    until_settled(one)
    until_settled(other)
    assert_shows(one, study(model, dose=0.4))
    assert_shows(other, study(model, dose=-0.4))


def test_stop_in_mid_token(model, monkeypatch):
    monkeypatch.setattr(steering, "SteerText", partial(SteerText, length=40))
    before = weights_hash(model.hf)
    view = SteeringPanel(model, direction=ODD, prompt=PROMPT)
    stop_at_first(view, "stream")
    assert not view.stream["done"] and len(view.stream["samples"][0]["steered"]["tokens"]) < 40
    assert weights_hash(model.hf) == before
    monkeypatch.setattr(steering, "SteerText", partial(SteerText, length=LENGTH))
    view.dose = -0.2
    until_settled(view)
    assert_shows(view, study(model, dose=-0.2))
    view.close()


def test_only_the_worker_runs_the_model(model, dictionary, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    threads = []
    handle = model.hf.register_forward_pre_hook(lambda *_: threads.append(threading.current_thread().name))
    view = SteeringPanel(model, direction=ODD, directions=[ODD.model_copy(update={"name": "b"})], dictionary=dictionary)
    view.words = WORDS
    with view.hold_trait_notifications():
        view.direction, view.dose, view.layer, view.measuring = "b", -0.2, 2, True
    say(view, do="build", name="new", how="probe", plus=["w20 w21 w9", "w22 w8"], minus=["w23 w24", "w25 w26"])
    say(view, do="sum", name="both", terms=[[1, "new"], [-0.5, "odd"]])
    say(view, do="feature", feature=3)
    say(view, do="keep")
    view.how = "clamp"
    view.picture(), view._state_for_page(), [view.ask(lane) for lane in view.lanes]
    until_settled(view)
    until(view, lambda: "Saved" in view.note)
    view.close()
    handle.remove()
    assert set(threads) == {"mikit-worker"}


def test_how_it_was_found_is_the_studys(panel, model, dictionary):
    view = panel(dictionary=dictionary)
    result = run_study(FindDirection(model=model.ref, direction=ODD), model)
    told = result.grids["told apart"]
    for name in ("length", "sink"):
        np.testing.assert_array_equal(decode(view.found[name]), result.grids[name].values.numpy())
    np.testing.assert_array_equal(
        decode(view.found["told"]).T, [end.numpy() for end in (told.values, told.low, told.high)]
    )
    shuffled = result.controls[0].grids["told apart"].values.numpy()
    np.testing.assert_array_equal(decode(view.found["told_shuffled"]), shuffled)
    say(view, do="feature", feature=3)
    until_settled(view)
    assert view.found is None  # a feature was found elsewhere
    say(view, do="build", name="one", how="mean", plus=["w20 w21"], minus=["w22 w23"])
    until_settled(view)
    assert view.found is None and view.stream["direction"] == "one" and view.error == ""


def test_doses_are_measured_on_request(panel, model):
    view = panel()
    assert view.measured is None and view.estimate["seconds"] > 0
    view.words = WORDS
    view.measuring = True
    until_settled(view)
    found = view.measured
    result = run_study(view.ask("dose"), model)
    assert result.study.prompts[0].text == found["prompts"][0] == PROMPT and len(found["prompts"]) == 4
    assert found["of"] == "4 texts after 4 prompts (KL: 8 neutral texts)"
    np.testing.assert_array_equal(decode(found["doses"]), np.float32(DOSES))
    effect = result.grids["score"]
    np.testing.assert_array_equal(decode(found["effect"]["value"]), effect.values.numpy())
    np.testing.assert_array_equal(decode(found["effect"]["low"]), effect.low.numpy())
    for ours, theirs in {"kl": "kl", "surprise": "surprise", "repetition": "repetition", "ratio": "norm ratio"}.items():
        np.testing.assert_array_equal(decode(found["costs"][ours]["value"]), result.grids[theirs].values.numpy())
        for control, shown in zip(result.controls, found["controls"], strict=True):
            assert shown["name"] == control.name and shown["why"] == control.why
            np.testing.assert_array_equal(decode(shown[ours]["high"]), control.grids[theirs].high.numpy())
    assert decode(found["costs"]["kl"]["value"])[1] == 0  # nothing is changed at strength 0
    assert found["score"] == {"name": "words of odd", "plus": ["w1", "w3", "w5", "w7", "w9"], "minus": ["w2", "w4"]}
    for at, dose in enumerate(("-0.4", "0", "0.4")):
        tokens = result.texts[f"written {dose} 0"]
        assert found["texts"][at]["tokens"] == list(tokens)
        change = result.grids["change"].values.numpy()[at, 0, 0, : len(tokens)]
        np.testing.assert_array_equal(decode(found["texts"][at]["change"]), change)
    assert "random arrows: " in view.picture()


def test_a_dose_is_bad_where_the_study_says_so(panel, monkeypatch):
    view = panel()
    view.words, view.measuring = WORDS, True
    until_settled(view)
    result = view._lanes.results()[-1]
    assert view.measured["bounds"] == bounds(result) and view.measured["bad"] == out_of_range(result)
    repeated = decode(view.measured["costs"]["repetition"]["value"])
    monkeypatch.setattr("mikit.studies.steer_dose.REPETITION_BOUND", float(repeated.max()) - 1e-3)
    assert steering_wire.measured_wire(result)["bad"][int(repeated.argmax())]


OTHERS = {"prompt": "w9 w8", "mode": "chat", "how": "project", "layer": 0, "last": 2, "since": 2, "seed": 4,
          "words": {"plus": "w30", "minus": ""}, "direction": "odder"}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_what_was_measured_goes_when_the_question_changes(model, name):
    odder = ODD.model_copy(update={"name": "odder", "how": "pca"})
    view = SteeringPanel(model, direction=ODD, directions=[odder], prompt=PROMPT)
    view.words, view.measuring = WORDS, True
    until(view, lambda: view.measured is not None)
    view.dose, view.samples = 0.2, 2
    assert view.measuring
    view.set_state({name: OTHERS[name]})
    assert not view.measuring
    until_settled(view)
    assert view.measured is None
    view.close()


def test_a_choice_and_measure_in_one_message_belong_together(panel):
    view = panel()
    view.set_state({"words": WORDS, "measuring": True, "layer": 2, "last": 2})
    until_settled(view)
    assert view.measuring and view.measured["layer"] == 2 and view.measured["score"]["minus"] == ["w2", "w4"]


def assert_asks_for_words(view) -> None:
    assert view.words == {"plus": "", "minus": ""}
    view.measuring = True
    assert not view.measuring and "Give words that count" in view.note
    view.note = ""


def test_without_words_nothing_is_measured(panel):
    assert_asks_for_words(panel())


def test_words_go_with_the_direction_they_count(panel):
    view = panel()
    view.direction = "formality"
    assert view.words["plus"].startswith("shall, upon")
    say(view, do="token", token="w3")
    assert_asks_for_words(view)
    view.direction = "formality"
    say(view, do="build", name="formality", how="mean", plus=["w20 w21"], minus=["w22 w23"])
    assert_asks_for_words(view)


def test_steering_begins_anew_in_another_prompt(panel):
    view = panel()
    view.set_state({"since": 3})
    assert view.ask("stream").steering.since == 3
    view.set_state({"prompt": "w9 w8"})
    assert view.since == view.ask("stream").steering.since == 1
    view.set_state({"since": 2})
    view.set_state({"mode": "chat"})
    assert view.since == 1


def test_a_chosen_token_is_one_of_its_own_prompt(panel, monkeypatch):
    monkeypatch.setattr(steering, "SteerDose", SteerDose)
    view = panel()

    def asked():
        say(view, do="rate")
        return view._dose(steering.ANY_WORD), view.ask("rate")

    dose, rate = asked()
    assert [len(dose.prompts), dose.samples, len(rate.prompts)] == [4, 2, 4]
    view.since = 2
    dose, rate = asked()
    assert dose.prompts == rate.prompts == (TextPrompt(text=PROMPT),)
    assert dose.samples == 8 and dose.steering.since == rate.steering.since == 2


def test_stopped_doses_wait_until_they_are_asked_for(panel):
    view = panel()
    view.words = WORDS
    view.measuring = True
    stop_at_first(view, "measured")
    assert view.measured is not None and "SteerDose" in view.code["mikit"]
    before = view.answers["dose"]
    view.dose = -0.2
    until(view, lambda: view.stream["dose"] == -0.2 and view.stream["done"])
    assert view.asked["dose"] == before and np.isnan(decode(view.measured["effect"]["value"])).all()
    view.set_state({"asked": view.asked | {"dose": before + 1}})
    until_settled(view)
    assert np.isfinite(decode(view.measured["effect"]["value"])).all()


def test_directions_are_built_by_hand(panel, model, dictionary, tmp_path):
    view = panel(dictionary=dictionary)
    say(view, do="build", name="mine", how="pca", plus=["w20 w21 w9", "w22 w8"], minus=["w23 w24", "w25 w26"])
    assert view.direction == "mine" and view.problem == ""
    say(view, do="token", token="w3")
    say(view, do="feature", feature=7)
    until_settled(view)
    assert view.layer == view.last == 1 and view.ask("stream").steering.direction.feature == 7
    kept = save_direction(TokenDirection(name="kept", token="w9"), model, 2, tmp_path / "kept.safetensors")
    say(view, [memoryview(kept.read_bytes())], do="file", name="kept.safetensors")
    assert view.direction == "kept" and view.layer == 2
    say(view, do="sum", name="both", terms=[[2, "mine"], [-1, "kept"]])
    until_settled(view)
    assert view.stream["direction"] == "both" and view.error == "" and view.problem == ""
    made = {one["name"]: one for one in view.directions}
    assert [made[name]["kind"] for name in ("mine", "token 'w3'", "feature 7", "kept", "both")] == [
        "pairs", "token", "feature", "stored", "sum",
    ]  # fmt: skip
    assert made["both"]["about"] == "+2 × mine \N{MINUS SIGN}1 × kept"
    assert made["mine"]["about"] == "2 pairs of texts, first principal component"
    assert_shows(view, study(model, direction=view._chosen, layers=(view.layer,)))


def test_a_direction_built_again_under_its_name_is_another(panel, model):
    view = panel()
    view.words, view.measuring = WORDS, True
    until_settled(view)
    say(view, do="build", name="odd", how="mean", plus=list(ODD.minus), minus=list(ODD.plus))
    until_settled(view)
    assert view.measured is None and not view.measuring
    swapped = ODD.model_copy(update={"plus": ODD.minus, "minus": ODD.plus})
    assert_shows(view, study(model, direction=swapped))


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"do": "build", "name": "a", "how": "mean", "plus": [], "minus": []}, "needs texts on both sides"),
        ({"do": "build", "name": "a", "how": "mean", "plus": ["w1", "w2"], "minus": ["w3"]}, "2 on one side and 1"),
        ({"do": "build", "name": " ", "how": "mean", "plus": ["w1"], "minus": ["w3"]}, "needs a name"),
        ({"do": "token", "token": "w1 w2"}, "is 2 tokens"),
        ({"do": "feature", "feature": 40}, "There is no feature 40"),
        ({"do": "sum", "name": "s", "terms": []}, "at least one"),
        ({"do": "sum", "name": "s", "terms": [[1, "od"]]}, "Did you mean 'odd'"),
        ({"do": "sum", "name": "s", "terms": [[None, "odd"]]}, "finite number"),
    ],
)
def test_what_cannot_be_built_is_said(panel, dictionary, message, sentence):
    view = panel(dictionary=dictionary)
    before = (view.direction, view.stream, len(view.directions))
    say(view, **message)
    assert sentence in view.problem
    assert (view.direction, view.stream, len(view.directions)) == before
    say(view, do="token", token="w3")
    assert view.problem == ""


def test_another_models_file_is_refused(panel, tmp_path):
    view = panel()
    other = mikit.load(tiny.weights("gpt2"), tokenizer=tiny.tokenizer())
    file = save_direction(TokenDirection(name="other", token="w9"), other, 1, tmp_path / "other.safetensors")
    say(view, [file.read_bytes()], do="file", name="other.safetensors")
    assert f"was made for weights {other.ref.sha256[:8]}" in view.problem
    say(view, [b"nothing"], do="file", name="odd name.safetensors")
    assert view.problem.startswith("odd name.safetensors cannot be read")
    say(view, do="feature", feature=1)
    assert "There is no dictionary" in view.problem
    assert view.direction == "odd"


def test_a_kept_direction_comes_back(panel, model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    view = panel()
    say(view, do="keep")
    until(view, lambda: "Saved" in view.note)
    assert view.note == "Saved mikit-direction-odd-1.safetensors beside this notebook."
    found = load_direction(tmp_path / "mikit-direction-odd-1.safetensors")
    np.testing.assert_allclose(found.values.numpy(), vector(ODD, model, 1).numpy(), atol=1e-6)


def test_only_a_feature_can_be_set_and_only_where_it_is_read(panel, dictionary):
    view = panel(dictionary=dictionary, layer=2)
    hows = {one["name"]: one["hows"] for one in view.directions}
    assert hows["odd"] == ["add", "project"]
    view.set_state({"how": "clamp"})
    assert (view.how, view.layer) == ("add", 2)
    say(view, do="feature", feature=5)
    assert view.directions[-1]["hows"] == ["add", "project", "clamp", "ablate"] and view.layer == 2
    view.set_state({"how": "clamp"})
    assert (view.layer, view.last, view.dose, view.scale["unit"]) == (1, 1, 1.0, "× peak; 0 leaves it as it is")
    view.set_state({"last": 2})
    assert view.last == 1
    until_settled(view)
    assert view.stream["how"] == "clamp" and view.error == ""
    view.direction = "odd"
    until_settled(view)
    assert view.stream["how"] == "add" and view.dose == 0.4 and view.error == ""


def test_the_record_holds_what_is_on_screen(panel, model):
    view = panel()
    view.dose, view.words, view.measuring = -0.2, WORDS, True
    until_settled(view)
    record = view.record()
    assert [entry.study.kind for entry in record.results] == ["steer-text", "find-direction", "steer-dose"]
    assert record.results[0].study.dose == -0.2
    assert set(view.code) == {"mikit", "nnsight"}


def test_a_page_keeps_the_measured_texts(panel, tmp_path):
    view = panel()
    view.words, view.measuring = WORDS, True
    until_settled(view)
    state = view._state_for_page()
    assert state["frozen"] and [len(one["tokens"]) for one in state["measured"]["texts"]] == [LENGTH] * 3
    assert view.freeze(tmp_path / "page.html").stat().st_size > 10_000
    json.dumps({name: value for name, value in state.items() if name not in ("measured", "stream", "found")})


def test_a_blind_rating_tells_nothing_before_it_is_answered(panel, model):
    view = panel()
    sent = []
    view.observe(lambda change: sent.append(change.new), names=traitlets.All)
    say(view, do="rate")
    until(view, lambda: view.rating is not None)
    until_settled(view)
    asked = view.ask("rate")
    pairs = result_of(asked.pairs(model))
    assert view.rating["outcome"] is None and view.rating["question"] == 'Which text has more of "odd"?'
    assert view.rating["items"] == [
        {"prompt": asked.prompts[pair.prompt].text, "a": list(pair.a), "b": list(pair.b)} for pair in pairs
    ]
    assert "steered" not in str(sent) and "random arrow" not in str(sent)
    assert view._state_for_page()["rating"] is None
    assert "rate-blind" not in [result.study.kind for result in view._results()]

    wrong = 1
    answers = [pair.first for pair in pairs]
    answers[wrong], answers[-1] = not answers[wrong], None
    say(view, do="answers", answers=answers)
    until(view, lambda: view.rating["outcome"] is not None)
    until_settled(view)
    outcome = view.rating["outcome"]
    for name, kind in (("picked", "steered"), ("random", "random arrow")):
        told = [(answers[i] == pair.first, i) for i, pair in enumerate(pairs[:-1]) if pair.kind == kind]
        right = sum(one for one, _ in told)
        interval = stats.binomtest(right, len(told)).proportion_ci(method="wilson")
        np.testing.assert_allclose(outcome[name], [right / len(told), *interval, len(told)], atol=1e-6)
    assert outcome["truth"] == [{"changed": "A" if pair.first else "B", "kind": pair.kind} for pair in pairs]
    say(view, do="leave")
    until_settled(view)
    assert view.rating is None
    assert view._results()[-1].study.answers == tuple(answers)  # stays in the record
    say(view, do="rate")
    until(view, lambda: view.rating is not None)
    assert view.ask("rate").seed != asked.seed


def test_reset_and_run(panel):
    view = panel()
    view.dose, view.how, view.layer, view.samples, view.shown = 0.9, "project", 2, 3, 2
    view.samples = 2
    assert view.shown == 1  # there is no third any more
    say(view, do="reset")
    until_settled(view)
    assert (view.dose, view.how, view.layer, view.samples, view.shown) == (0.4, "add", 1, 1, 0)
    view.shown = 0
    assert view.run().stream["dose"] == 0.4


def test_bad_prompts_are_said_and_the_model_stays_as_it_is(panel, model):
    before = weights_hash(model.hf)
    view = panel()
    view.prompt = " ".join(["w5"] * (tiny.CONTEXT - 2))
    until(view, lambda: view.status["state"] == "error")
    assert f"reads at most {tiny.CONTEXT}" in view.error
    view.set_state({"prompt": PROMPT, "dose": 1e9})
    until(view, lambda: "numbers overflow" in view.error)
    view.dose = 0.2
    until_settled(view)
    assert weights_hash(model.hf) == before
    assert_shows(view, study(model, dose=0.2))


def test_without_a_chat_template_chat_is_refused():
    bare = mikit.load(tiny.weights("gpt2"), tokenizer=tiny.tokenizer())
    with pytest.raises(NoChatTemplate, match="has no chat template"):
        SteeringPanel(bare, direction=ODD, mode="chat")
    view = SteeringPanel(bare, direction=ODD, prompt=PROMPT)
    assert not view.has_chat
    view.mode = "chat"
    until(view, lambda: view.status["state"] == "error")
    assert "chat template" in view.error
    view.close()


def test_what_does_not_exist_is_refused(model):
    with pytest.raises(BadDirection, match="Did you mean 'formality'"):
        SteeringPanel(model, direction="formalty")
    with pytest.raises(TypeError, match="Did you mean 'layer'"):
        SteeringPanel(model, layers=3)
