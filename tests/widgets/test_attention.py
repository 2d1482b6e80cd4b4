"""AttentionView without a browser, against plain transformers."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import numpy as np
import pytest
import torch

import mikit
from mikit.errors import UnknownSite
from mikit.methods.heads import SCORES
from mikit.models.model import Model
from mikit.studies.mute_heads import MuteHeads
from mikit.studies.prompts import TextPrompt
from mikit.studies.record import Record
from mikit.widgets.attention import AttentionView
from mikit.widgets.wire import decode, lower_triangles
from tests import tiny
from tests.widgets.waiting import until, until_settled

TEXT = "w1 w2 w3 w1 w2 w3 w4"


@pytest.fixture
def view(model: Model) -> Any:
    made = AttentionView(model, text=TEXT)
    until_settled(made)
    yield made
    made.close()


def reference(model: Model, text: str) -> np.ndarray:
    with torch.no_grad():
        out = model.hf(model.tokens(text).ids, output_attentions=True)
    return lower_triangles(torch.stack(out.attentions).numpy())


def close_to(ours: Any, theirs: np.ndarray) -> bool:
    return bool((abs(decode(ours).astype(int) - theirs) <= 1).all())  # of 255: rounding


def test_draws_what_transformers_computes(view: AttentionView, model: Model) -> None:
    assert [token["text"] for token in view.tokens] == TEXT.split()
    assert close_to(view.patterns, reference(model, TEXT))
    with torch.no_grad():
        out = model.hf(model.tokens(TEXT).ids, output_attentions=True)
    sink = torch.stack(out.attentions)[:, 0, :, 1:, 0].mean(-1)
    np.testing.assert_allclose(decode(view.sink), sink.ravel(), atol=1e-6)
    top = out.logits[0, -1].softmax(-1).topk(5)
    assert [n["text"] for n in view.next] == [model.token_string(int(i)) for i in top.indices]
    np.testing.assert_allclose([n["p"] for n in view.next], top.values, atol=1e-6)


def test_typing_shows_the_new_text(view: AttentionView, model: Model) -> None:
    view.set_state({"text": "w9 w8 w7", "asked": {**view.asked, "attention": view.asked["attention"] + 1}})
    until_settled(view)
    assert [token["text"] for token in view.tokens] == ["w9", "w8", "w7"]
    assert close_to(view.patterns, reference(model, "w9 w8 w7"))


def test_a_burst_of_keystrokes_ends_on_the_last(view: AttentionView, model: Model) -> None:
    words = [f"w{i}" for i in range(30)]
    for n in range(1, 31):
        view.set_state({"text": " ".join(words[:n])})
    until_settled(view)
    assert len(view.tokens) == 30
    assert close_to(view.patterns, reference(model, " ".join(words)))


def test_muting_matches_a_plain_hook(view: AttentionView, model: Model) -> None:
    view.set_state({"muted": [[1, 2], [0, 1]]})
    until_settled(view)
    ids = model.tokens(TEXT).ids

    def nats(heads: list[tuple[int, int]]) -> torch.Tensor:
        width = model.spec.d_head
        hooks = []
        for layer, head in heads:

            def zero(module: Any, args: Any, head: int = head) -> Any:
                z = args[0].clone()
                z[..., head * width : (head + 1) * width] = 0
                return (z,)

            hooks.append(model.hf.model.layers[layer].self_attn.o_proj.register_forward_pre_hook(zero))
        with torch.no_grad():
            logits = model.hf(ids).logits[0, :-1]
        for hook in hooks:
            hook.remove()
        return torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="none")

    surprise = decode(view.surprise)
    assert np.isnan(surprise[:, 0]).all()
    np.testing.assert_allclose(surprise[0, 1:], nats([]), atol=1e-5)
    np.testing.assert_allclose(surprise[1, 1:], nats([(1, 2), (0, 1)]), atol=1e-5)
    effect = view.effect
    assert effect["heads"] == [[0, 1], [1, 2]]
    assert effect["muted"]["surprise"] == pytest.approx(float(nats([(1, 2), (0, 1)]).mean()), abs=1e-5)
    assert effect["base"]["n"] == 6 and effect["of"] == len(effect["draws"]["guessed"]) == 8


def test_scores_come_with_control_and_interval(view: AttentionView) -> None:
    assert set(view.scores) == set(view.score_control) == set(view.score_low) == set(view.score_high) == set(SCORES)
    low, value, high = (decode(part["induction"]) for part in (view.score_low, view.scores, view.score_high))
    assert value.shape == (12,) and (low <= value).all() and (value <= high).all()
    assert "random tokens said twice" in view.protocol


def test_only_the_lane_that_changed_is_asked_again(view: AttentionView) -> None:
    before = dict(view.asked)
    view.muted = [(0, 0)]
    until_settled(view)
    assert view.asked == before | {"mute": before["mute"] + 1}


def test_repeat_says_random_tokens_twice(view: AttentionView) -> None:
    view.set_state({"mode": "repeat"})
    until_settled(view)
    texts = [token["text"] for token in view.tokens]
    assert len(texts) == 50 and texts[:25] == texts[25:]


def test_chat_greys_the_template(view: AttentionView) -> None:
    view.set_state({"mode": "chat", "text": "w5"})
    until_settled(view)
    assert [(t["text"], t["special"]) for t in view.tokens] == [("<user>", True), ("w5", False), ("<bot>", True)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"text": ""}, "The text is empty"),
        ({"text": " ".join(["w1"] * 65)}, "65 tokens long"),
        ({"muted": [[99, 0]]}, "99"),
    ],
)
def test_bad_input_is_a_sentence_and_the_last_picture_stays(
    view: AttentionView, change: dict[str, Any], sentence: str
) -> None:
    picture = dict(view.patterns)
    view.set_state(change)
    until(view, lambda: view.error != "")
    assert sentence in view.error
    assert view.patterns == picture
    assert view.answers["mute"] < view.asked["mute"], "not marked old"
    view.set_state({"text": TEXT, "muted": []})
    until_settled(view)
    assert view.error == ""


def test_chat_without_a_template_is_a_sentence() -> None:
    plain = mikit.load(tiny.weights("llama", seed=1), tokenizer=tiny.tokenizer())
    view = AttentionView(plain, text="w1", mode="chat")
    until(view, lambda: view.error != "")
    assert "no chat template" in view.error
    assert not view.has_chat and all(example["mode"] != "chat" for example in view.examples)
    view.close()


def test_one_token_is_not_an_error(view: AttentionView) -> None:
    view.set_state({"text": "w1"})
    until_settled(view)
    assert view.error == "" and view.effect is None and len(view.tokens) == 1


def test_a_script_as_token_stays_text(view: AttentionView, tmp_path: Any) -> None:
    view.tokens = [{"text": "</script><script>alert(1)</script>", "special": False}]
    assert "<script" not in view.picture()
    page = view.freeze(tmp_path / "page.html").read_text()
    assert "alert(1)" in page and "<script>alert" not in page


def test_run_gives_the_same_numbers_without_the_worker(model: Model, view: AttentionView) -> None:
    other = AttentionView(model, text=TEXT, muted=[(1, 1)]).run()
    assert other.status["state"] == "idle" and other.answers == other.asked
    assert decode(other.patterns).tobytes() == decode(view.patterns).tobytes()
    study = MuteHeads(model=model.ref, prompt=TextPrompt(text=TEXT), heads=((1, 1),))
    again = mikit.run_study(study, model)
    assert other.effect["muted"]["surprise"] == pytest.approx(float(again.grids["mean surprise"].values.numpy()[1]))
    other.close()


def test_the_record_on_disk_replays(view: AttentionView, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    view._handle_custom_msg({"do": "record"}, [])
    view._handle_custom_msg({"do": "record"}, [])
    assert view.note == "Saved mikit-record-attention-2.json beside this notebook."
    record = Record.read(tmp_path / "mikit-record-attention-1.json")
    assert [result.study.kind for result in record.results] == ["attention", "mute-heads", "head-scores"]
    assert record.replay(view._model).within


def test_the_saved_page_holds_the_record(view: AttentionView, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    view._handle_custom_msg({"do": "page"}, [])
    assert view.note == "Saved mikit-page-attention-1.html beside this notebook."
    assert Record.read(tmp_path / "mikit-page-attention-1.html").replay(view._model).within


def test_unfinished_numbers_are_not_saved(model: Model) -> None:
    view = AttentionView(model, text=TEXT)
    with mikit.exclusive():
        view.text = "w1 w2"
        view._handle_custom_msg({"do": "record"}, [])
    assert "not complete" in view.note
    view.close()


def test_a_folder_that_cannot_be_written_is_a_sentence(view: AttentionView, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Record, "save", lambda self, path: full(path))
    view._handle_custom_msg({"do": "record"}, [])
    assert "No space left on device" in view.note


def test_reset_returns_to_the_first_inputs(view: AttentionView) -> None:
    view.set_state({"text": "w7 w7", "muted": [[0, 0]], "locked": 1, "sort": "induction"})
    view._handle_custom_msg({"do": "reset"}, [])
    until_settled(view)
    assert (view.text, view.muted, view.locked, view.sort) == (TEXT, [], -1, "")
    assert [token["text"] for token in view.tokens] == TEXT.split()


def test_stop_keeps_the_numbers_and_the_next_change_asks_again(view: AttentionView) -> None:
    with mikit.exclusive():
        view.muted = [(0, 1)]
        until(view, lambda: view.status["state"] == "waiting")
        view._handle_custom_msg({"do": "stop"}, [])
    until(view, lambda: view.status["state"] == "stopped")
    view.muted = [(0, 2)]
    until_settled(view)
    assert view.effect["heads"] == [[0, 2]]


def test_what_was_stopped_before_it_began_is_asked_again_with_the_next_change(model: Model) -> None:
    with mikit.exclusive():
        view = AttentionView(model, text=TEXT)
        view._handle_custom_msg({"do": "stop"}, [])
    until(view, lambda: view.status["state"] == "stopped")
    view.muted = [(0, 2)]
    until_settled(view)
    assert set(view.scores) == set(SCORES) and close_to(view.patterns, reference(model, TEXT))
    view.close()


def test_a_closed_view_is_not_computed_for(model: Model) -> None:
    with mikit.exclusive():
        view = AttentionView(model, text=TEXT)
        view.close()
        after = AttentionView(model, text=TEXT)
    until_settled(after)
    assert not view.scores
    after.close()


def test_an_observer_that_uses_the_model_does_not_lock_up(view: AttentionView, model: Model) -> None:
    """A learner's own callback runs on the worker's thread and asks the model, while a cell asks it too."""
    heard = threading.Event()

    def ask(change: Any) -> None:
        mikit.run_study(MuteHeads(model=model.ref, prompt=TextPrompt(text=TEXT), draws=0), model)
        heard.set()

    view.observe(ask, "next")
    with mikit.exclusive():
        view.text = "w5 w6"
        view.locked = 0
    assert heard.wait(30)
    until_settled(view)


def test_closing_frees_the_view(model: Model) -> None:
    view = AttentionView(model, text=TEXT)
    until_settled(view)
    ghost = weakref.ref(view)
    view.close()
    del view
    gc.collect()
    assert ghost() is None


def test_unknown_heads_and_keywords_are_refused_at_once(model: Model) -> None:
    with pytest.raises(UnknownSite):
        AttentionView(model, muted=[(3, 0)])
    with pytest.raises(TypeError, match="Did you mean 'muted'"):
        AttentionView(model, mute=[(0, 0)])
