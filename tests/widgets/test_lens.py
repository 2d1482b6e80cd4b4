"""The lens view on a small random model, without a browser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mikit.errors import BadPair, NotOneToken, UnknownSite
from mikit.models.model import Model
from mikit.widgets.lens import LISTED, LensView
from mikit.widgets.wire import decode
from tests.trace import reference
from tests.widgets.waiting import until, until_settled

WORDS = {"prompt": "w1 w2 w5 w3", "control": "w1 w2 w6", "answer": "w7", "foil": "w9"}


def view_of(model: Model, **more: object) -> LensView:
    return LensView(model, **WORDS | more)


def true_difference(model: Model, text: str) -> float:
    logits = reference.logits(model.hf, model.tokens(text).ids)[0, -1]
    answer, foil = (model.tokenizer(word).input_ids[0] for word in ("w7", "w9"))
    return float(logits[answer] - logits[foil])


def test_both_prompts_end_where_the_model_ends(model: Model) -> None:
    view = view_of(model).run()
    for text, tokens, wire, top in (
        (view.prompt, view.tokens, view.lens, view.top),
        (view.control, view.control_tokens, view.control_lens, view.control_top),
    ):
        values = decode(wire)
        assert values.shape == (model.spec.layers, len(tokens)) == (model.spec.layers, len(text.split()))
        assert values[-1, -1] == pytest.approx(true_difference(model, text), abs=1e-5)
        best = reference.logits(model.hf, model.tokens(text).ids)[0, -1].softmax(-1).max()
        assert top[-1][0]["p"] == pytest.approx(float(best), abs=1e-5)
    assert view.limit == pytest.approx(max(np.abs(decode(view.lens)).max(), np.abs(decode(view.control_lens)).max()))


def test_the_bars_add_up_to_the_number(model: Model) -> None:
    view = view_of(model).run()
    layers, ends, heads = (decode(wire) for wire in (view.layers, view.ends, view.heads))
    for run, text in enumerate((view.prompt, view.control)):
        assert layers[run].sum() + ends[run].sum() == pytest.approx(true_difference(model, text), abs=1e-3)
        np.testing.assert_allclose(heads[run].sum(-1), layers[run, :, 0], atol=1e-5)
    sizes = [abs(part["value"]) for part in view.parts]
    assert len(sizes) == LISTED and sizes == sorted(sizes, reverse=True)


def test_a_new_control_is_asked_for_and_shown(model: Model) -> None:
    view = view_of(model)
    until_settled(view)
    view.control = "w4 w5 w6 w7 w8"
    until(view, lambda: len(view.control_tokens) == 5)
    until_settled(view)
    assert decode(view.control_lens)[-1, -1] == pytest.approx(true_difference(model, view.control), abs=1e-5)


def test_while_the_control_is_not_read_none_is_shown(model: Model) -> None:
    view = view_of(model).run()
    study = view.ask("lens")
    assert study is not None
    view.show("lens", next(study.steps(model)))
    assert view.control_tokens == [] and decode(view.control_lens).size == 0


def test_choosing_a_layer_asks_nothing(model: Model) -> None:
    view = view_of(model)
    until_settled(view)
    before = dict(view.asked)
    view.layer = 0
    assert view.asked == before


def test_code_record_page_and_picture(model: Model, tmp_path: Path) -> None:
    view = view_of(model).run()
    assert set(view.code) == {"mikit", "nnsight"}
    record = view.record()
    assert [entry.result.study.kind for entry in record.entries] == ["lens", "direct-attribution"]
    assert record.replay(model).within
    assert view.freeze(tmp_path / "page.html").stat().st_size > 10_000
    assert view.picture().count("<img") == 2
    assert f"{decode(view.lens)[-1, -1]:+.2f} logits" in view.picture()


def test_what_cannot_be_asked(model: Model) -> None:
    with pytest.raises(UnknownSite, match="no layer 9"):
        view_of(model, layer=9)
    with pytest.raises(NotOneToken):
        view_of(model, answer="w7 w8")
    with pytest.raises(BadPair, match="always 0"):
        view_of(model, foil="w7")
    with pytest.raises(TypeError, match="Did you mean 'control'"):
        view_of(model, controls="w1")


def test_a_bad_answer_says_so_and_keeps_the_numbers(model: Model) -> None:
    view = view_of(model).run()
    shown = decode(view.lens).copy()
    view.answer = "w9"
    until(view, lambda: "always 0" in view.error)
    np.testing.assert_array_equal(decode(view.lens), shown)
    assert view.answers != view.asked
