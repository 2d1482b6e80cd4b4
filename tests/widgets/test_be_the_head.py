"""The placing view on a small random model, without a browser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mikit.errors import NotOneToken, ShapeMismatch, UnknownSite
from mikit.models.model import Model
from mikit.studies.base import run_study
from mikit.widgets.be_the_head import BeTheHead
from mikit.widgets.wire import decode
from tests.widgets.waiting import until, until_settled

TEXT = "w1 w2 w3 w4"


def view_of(model: Model, **more: object) -> BeTheHead:
    return BeTheHead(model, **({"head": (1, 2), "text": TEXT, "answer": "w7", "foil": "w9"} | more))


def test_it_begins_with_the_same_on_every_token(model: Model) -> None:
    view = view_of(model)
    until_settled(view)
    assert view.shares == [0.25] * 4
    assert [outcome["name"] for outcome in view.outcomes] == [
        "placed",
        "real head",
        "spread evenly",
        "all on the first",
    ]
    assert view.outcomes[0]["diff"] == pytest.approx(view.outcomes[2]["diff"], abs=1e-5)
    assert decode(view.own).sum() == pytest.approx(1, abs=1e-5)
    assert decode(view.each).shape == (4,) and decode(view.each_others).shape == (3, 4)


def test_a_drag_asks_again_and_only_what_changed(model: Model) -> None:
    view = view_of(model)
    until_settled(view)
    before, each = view.outcomes[0]["diff"], view.answers["each"]
    view.shares = [0.0, 0.0, 1.0, 0.0]
    until(view, lambda: view.outcomes[0]["diff"] != before)
    until_settled(view)
    assert view.answers["each"] == each
    assert view.outcomes[0]["diff"] == pytest.approx(float(decode(view.each)[2]), abs=1e-5)


def test_a_new_text_begins_anew(model: Model) -> None:
    view = view_of(model, shares=[0, 1, 0, 0]).run()
    view.text = "w1 w2 w3 w4 w5"
    until(view, lambda: len(view.tokens) == 5)
    until_settled(view)
    assert view.shares == [0.2] * 5


def test_the_view_shows_what_the_study_finds(model: Model) -> None:
    view = view_of(model, shares=[0.1, 0.2, 0.3, 0.4]).run()
    study = view.ask("placed")
    assert study is not None
    found = run_study(study, model)
    assert view.outcomes[0]["diff"] == pytest.approx(float(found.grids["logit difference"].values.numpy()[0]), abs=1e-5)
    assert set(view.code) == {"mikit", "nnsight"}
    assert len(view.record().entries) == 2


def test_shares_are_made_to_add_up_while_a_hand_drags(model: Model) -> None:
    view = view_of(model).run()
    view.shares = [2.0, 1.0, 1.0, 0.0]
    study = view.ask("placed")
    assert study is not None and np.isclose(sum(study.shares), 1, atol=1e-5)  # type: ignore[attr-defined]
    until_settled(view)


def test_what_cannot_be_asked(model: Model) -> None:
    with pytest.raises(UnknownSite, match="no head 7"):
        view_of(model, head=(1, 7))
    with pytest.raises(NotOneToken):
        view_of(model, answer="w7 w8")
    with pytest.raises(ShapeMismatch, match="3 shares of attention for 4 tokens"):
        view_of(model, shares=[1, 0, 0])
    with pytest.raises(ShapeMismatch, match="add up to 400"):
        view_of(model, shares=[100, 100, 100, 100])
    with pytest.raises(TypeError, match="Did you mean 'revealed'"):
        view_of(model, reveal=True)


def test_an_empty_text_says_so_and_keeps_the_picture(model: Model) -> None:
    view = view_of(model).run()
    view.text = ""
    until(view, lambda: view.error != "")
    assert "no tokens" in view.error or "empty" in view.error.lower()
    assert len(view.outcomes) == 4


def test_the_picture_hides_the_real_head_until_it_is_shown(model: Model, tmp_path: Path) -> None:
    view = view_of(model).run()
    assert "real head" not in view.picture()
    view.revealed = True
    assert "real head" in view.picture()
    assert view.freeze(tmp_path / "page.html").stat().st_size > 10_000
