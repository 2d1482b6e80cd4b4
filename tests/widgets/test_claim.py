"""The claim's page on a small random model, without a browser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mikit.errors import BadClaim, MikitError
from mikit.models.model import Model
from mikit.studies.base import run_study
from mikit.studies.claim import NameList, Rule
from mikit.studies.record import Record
from mikit.widgets.claim import ClaimView
from mikit.widgets.wire import decode
from tests.widgets.waiting import until, until_settled

WORDINGS = ("w1 {IO} w2 {S} w3 {S} w4", "{S} w1 w2 {IO} w3")
NAMES = (NameList(name="low", names=("w20", "w21", "w22", "w23")), NameList(name="high", names=("w40", "w41", "w42")))


def view_of(model: Model, **more: object) -> ClaimView:
    return ClaimView(model, **({"wordings": WORDINGS, "names": NAMES, "n": 6} | more))


def press(view: ClaimView, do: str, **more: object) -> None:
    """As the browser's button does."""
    view._handle_custom_msg({"do": do, **more}, [])


def test_nothing_runs_before_the_lock_and_the_button(model: Model) -> None:
    view = view_of(model)
    until_settled(view)
    assert view.cells == [] and view.locked_at == "" and view.status["text"] == "not locked yet"
    view.started = True
    until_settled(view)
    assert view.cells == [], "there is no locked study to run"
    view.started = False
    press(view, "lock", draft=view.draft)
    until_settled(view)
    assert view.locked_at.endswith("Z") and view.cells == []
    assert view.status["text"] == "locked: nothing has run yet"
    view.started = True
    until(view, lambda: view.outcome.get("verdict", "") != "")
    until_settled(view)
    assert [cell["n"] for cell in view.cells] == [6] * 4


def test_the_view_shows_what_the_study_finds(model: Model) -> None:
    view = view_of(model).run()
    study = view.ask("claim")
    assert study is not None
    found = run_study(study, model)
    for name, key in (("right", "right"), ("logit difference", "difference")):
        grid = found.grids[name]
        shown = np.array([cell[key] for cell in view.cells])
        np.testing.assert_allclose(shown[:, 0], grid.values.numpy().ravel(), atol=1e-6)
        np.testing.assert_allclose(shown[:, 1], grid.low.numpy().ravel(), atol=1e-6)
    assert view.outcome["verdict"] == found.texts["verdict"][0]
    assert decode(view.dose["curves"]).shape == (4, 17)
    assert view.dose["site"].startswith("layer 1, word 'w")


def test_what_is_locked_stays_whatever_the_draft_becomes(model: Model) -> None:
    view = view_of(model)
    view.lock()
    study, at = view._study, view.locked_at
    view.draft = {**view.draft, "at_least": 0.1, "claim": "Another."}
    press(view, "lock", draft={**view.draft, "n": 2})
    assert view._study is study and view.locked_at == at
    view.run()
    record = view.record()
    assert record.results[0].study == study and len(record.results) == 2


def test_starting_over_is_on_the_record(model: Model, tmp_path: Path) -> None:
    view = view_of(model).run()
    first = view.locked_at, view.outcome["verdict"]
    press(view, "over")
    assert view.locked_at == "" and not view.started
    until(view, lambda: view.cells == [])
    view.draft = {**view.draft, "at_least": 0.0}
    view.run()
    assert view.outcome["verdict"] == "rule met"
    read = Record.read(view.record().save(tmp_path / "record.json"))
    (before,) = read.results[0].study.earlier  # type: ignore[attr-defined]
    assert (before.locked_at, before.verdict) == first and "75 %" in before.rule
    assert read.replay(model).within


def test_a_draft_that_cannot_run_is_told_of_and_not_locked(model: Model) -> None:
    view = view_of(model)
    for change, words in (
        ({"claim": ""}, "No claim"),
        ({"wordings": []}, "There is no wording"),
        ({"names": [{"name": "few", "names": "w1, w2"}]}, "make 2 ordered couples"),
        ({"names": [{"name": "odd", "names": "w1, w2 w3, w4"}]}, "2 tokens"),
        ({"n": 1}, "n: Input should be greater"),
    ):
        press(view, "lock", draft={**view.draft, **{"claim": "x", "n": 6, "wordings": list(WORDINGS)}, **change})
        assert words in view.problem and view.locked_at == ""
    with pytest.raises(BadClaim):
        view_of(model, wordings=()).lock()


@pytest.mark.parametrize("access", ["API only", "a paper"])
def test_without_weights_it_ends_with_what_is_missing(model: Model, access: str, tmp_path: Path) -> None:
    view = view_of(model)
    view.draft = {**view.draft, "access": access}
    view.run()
    assert view.cells == [] and view.dose == {} and view.outcome["cannot"] and view.outcome["needed"]
    assert "mikit ran nothing" in view.picture()
    assert view.freeze(tmp_path / "page.html").exists() and len(view.record().entries) == 1


def test_one_wording_is_stamped_and_the_mean_has_its_words(model: Model) -> None:
    rule = Rule(measure="mean logit difference", at_least=-50)
    view = view_of(model, wordings=WORDINGS[:1], rule=rule).run()
    assert view.outcome["stamps"] == ["one wording"] and view.outcome["verdict"] == "rule met"
    assert "-50.00 logits" in view.outcome["told"]


def test_the_saved_page_holds_the_record(model: Model, tmp_path: Path) -> None:
    page = view_of(model).run().freeze(tmp_path / "page.html")
    assert [result.study.kind for result in Record.read(page).results] == ["claim", "dose"]
    with pytest.raises(MikitError, match="nothing to record"):
        view_of(model).record()
    with pytest.raises(TypeError, match="Did you mean 'wordings'"):
        view_of(model, wording=())
