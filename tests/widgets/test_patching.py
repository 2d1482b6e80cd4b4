"""The patching view on a small random model, without a browser."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from torch import Tensor

from mikit.errors import BadMetric, BadPair, MikitError, NotOneToken, UnknownSite
from mikit.models.model import Model
from mikit.studies.base import run_study
from mikit.studies.kinds import Attribution, PatchSweep
from mikit.studies.pairs import PromptPair
from mikit.widgets.patching import PatchingView
from mikit.widgets.wire import decode
from tests.widgets.patched import difference, restored, straight_line
from tests.widgets.waiting import until, until_settled

PAIR = PromptPair(clean="w1 w2 w3 w4 w5", corrupt="w1 w2 w9 w4 w5", answer="w7", foil="w8")


def view_of(model: Model, **more: object) -> PatchingView:
    return PatchingView(model, **({"pair": PAIR} | more))


def test_the_map_fills_and_the_strongest_cell_has_its_doses(model: Model) -> None:
    view = view_of(model)
    until_settled(view)
    exact, approx = decode(view.map["exact"]), decode(view.map["approx"])
    assert exact.shape == approx.shape == (model.spec.layers, 5)
    assert view.map["first"] == 2 and (exact[:, :2] == 0).all()
    assert tuple(view.selected) == np.unravel_index(np.abs(approx).argmax(), approx.shape)
    row, column = view.selected
    assert [view.dosed["row"], view.dosed["column"]] == [row, column]
    curve = decode(view.dosed["curve"])
    assert curve[-1] - curve[0] == pytest.approx(exact[row, column], abs=1e-4)
    assert decode(view.dosed["curve_random"]).shape == (3, 17)
    assert view.map["clean_tokens"][2] == "w3" and view.map["corrupt_tokens"][2] == "w9"
    assert view.estimate["seconds"] > 0 and view.estimate["bytes"] > 0


def test_its_numbers_are_those_of_plain_hooks(model: Model) -> None:
    view = view_of(model, pair=PAIR).run()
    exact, changed_run = decode(view.map["exact"]), view.map["changed"]
    for layer in range(model.spec.layers):
        for position in range(2, 5):
            value = difference(model, PAIR, restored(model, PAIR, layer, position))
            assert exact[layer, position] == pytest.approx(value - changed_run, abs=1e-4)
    np.testing.assert_allclose(decode(view.map["approx"]), straight_line(model, PAIR).numpy(), atol=1e-4)
    row, column = view.selected
    for dose, value in zip(decode(view.dosed["doses"]), decode(view.dosed["curve"]), strict=True):
        assert value == pytest.approx(difference(model, PAIR, restored(model, PAIR, row, column, dose)), abs=1e-4)


def test_run_answers_every_lane_and_the_record_replays_them(model: Model) -> None:
    view = view_of(model).run()
    assert view.answers == view.asked and view.dosed is not None
    record = view.record()
    assert [type(entry.study).__name__ for entry in record.results] == ["Attribution", "PatchSweep", "Dose"]
    assert record.replay(model).within
    assert set(view.code) == {"mikit", "nnsight"}


def test_another_cell_asks_for_its_doses_alone(model: Model) -> None:
    view = view_of(model)
    until_settled(view)
    before = dict(view.answers)
    view.selected = [1, 2]
    until(view, lambda: view.dosed["row"] == 1 and view.dosed["column"] == 2)
    until_settled(view)
    assert {lane for lane in before if view.answers[lane] != before[lane]} == {"dose"}


def test_a_cell_chosen_by_hand_stays_while_the_prompt_has_it(model: Model) -> None:
    view = view_of(model, pair=PAIR)
    until_settled(view)
    view.selected = [0, 2] if tuple(view.selected) != (0, 2) else [1, 2]
    chosen = view.selected
    view.corrupt = "w1 w2 w8 w4 w5"
    until_settled(view)
    assert view.selected == chosen
    with view.hold_trait_notifications():
        view.clean, view.corrupt = "w1 w2", "w1 w3"
    until_settled(view)
    assert view.selected[1] < 2 and view.dosed["column"] < 2 and view.error == ""


def test_heads_have_their_own_columns(model: Model) -> None:
    view = view_of(model)
    until_settled(view)
    view.selected = [2, 3]
    view.site = "z"
    until(view, lambda: view.map["by"] == "head")
    until_settled(view)
    strength = np.abs(decode(view.map["approx"]))
    assert tuple(view.selected) == np.unravel_index(strength.argmax(), strength.shape) != (2, 3)
    assert decode(view.map["exact"]).shape == (model.spec.layers, model.spec.heads)
    assert view.dosed["site"] == "z" and view.dosed["sites"][0] == f"L{view.selected[0]}H{view.selected[1]}"


def test_noising_changes_the_map_and_leaves_the_doses(model: Model) -> None:
    view = view_of(model)
    until_settled(view)
    doses = view.answers["dose"]
    view.selected = list(view.selected)  # as a hand would
    view.direction = "noise"
    until_settled(view)
    study = PatchSweep(model=model.ref, pairs=(PAIR,), direction="noise")
    expected = run_study(study, model).grids["resid_pre"].values.numpy()
    np.testing.assert_allclose(decode(view.map["exact"]), expected, atol=1e-5)
    assert view.answers["dose"] == doses


def test_kl_has_no_approximate_map(model: Model) -> None:
    view = view_of(model, metric="KL")
    until_settled(view)
    assert view.map["approx"] is None and np.isfinite(decode(view.map["exact"])).all()
    assert view.selected is not None and view.dosed["unit"] == "nats"
    assert len(view.record().entries) == 2
    view.metric = "probability"
    until_settled(view)
    assert view.map["approx"] is not None


@pytest.fixture
def gated(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Every sweep of the prompt with "w9" waits at its first numbers until the gate opens."""
    gate, steps = threading.Event(), PatchSweep.steps

    def waiting(self: PatchSweep, model: Model) -> object:
        for result in steps(self, model):
            yield result
            if "w9" in self.pairs[0].corrupt:
                gate.wait(30)

    monkeypatch.setattr(PatchSweep, "steps", waiting)
    return gate


def test_a_prompt_changed_in_mid_sweep_never_shows_the_old_numbers(model: Model, gated: threading.Event) -> None:
    view = view_of(model)
    shown: list[tuple[str, dict[str, object]]] = []
    view.observe(lambda change: shown.append((view.corrupt, change.new)), names="map")
    until(view, lambda: view.map is not None and view.map["exact"] is not None)
    view.corrupt = "w1 w6 w3 w4 w5"
    assert view.asked["map"] > view.answers["map"]  # the browser fades it
    gated.set()
    until_settled(view)
    for corrupt, numbers in shown:
        assert corrupt == numbers["corrupt"]
    assert view.map["first"] == 1
    pair = PAIR.model_copy(update={"corrupt": "w1 w6 w3 w4 w5"})
    expected = run_study(PatchSweep(model=model.ref, pairs=(pair,)), model).grids["resid_pre"].values.numpy()
    np.testing.assert_allclose(decode(view.map["exact"]), expected, atol=1e-5)


def test_one_map_holds_numbers_of_one_question(model: Model) -> None:
    view = view_of(model).run()
    other = PAIR.model_copy(update={"foil": "w3"})
    view.show("approx", run_study(Attribution(model=model.ref, pairs=(other,)), model))
    assert view.map["foil"] == "w3" and view.map["exact"] is None
    view.show("map", run_study(PatchSweep(model=model.ref, pairs=(PAIR,)), model))
    assert view.map["foil"] == "w8" and view.map["approx"] is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"corrupt": "w1 w2 w9 w4"}, "as many tokens"),
        ({"corrupt": PAIR.clean}, "are the same"),
        ({"answer": "w7 w8"}, "token"),
        ({"foil": "w7"}, "always 0"),
        ({"clean": ""}, "token"),
    ],
)
def test_an_error_stands_in_the_view_and_the_numbers_stay_marked_old(
    model: Model, change: dict[str, str], sentence: str
) -> None:
    view = view_of(model)
    until_settled(view)
    before = view.map
    for name, text in change.items():
        setattr(view, name, text)
    until(view, lambda: sentence in view.error)
    until(view, lambda: view.status["state"] == "error")
    assert view.map == before and view.asked["map"] != view.answers["map"]
    with pytest.raises(MikitError):
        view.record()
    for name in change:
        setattr(view, name, getattr(PAIR, name))
    until_settled(view)
    assert view.error == "" and view.map == before


def test_two_views_share_one_model(model: Model) -> None:
    other = PAIR.model_copy(update={"corrupt": "w1 w6 w3 w4 w5"})
    both = [(view_of(model), PAIR), (view_of(model, pair=other), other)]
    for view, pair in both:
        until_settled(view)
        expected = run_study(PatchSweep(model=model.ref, pairs=(pair,)), model).grids["resid_pre"].values.numpy()
        np.testing.assert_allclose(decode(view.map["exact"]), expected, atol=1e-5)


def test_a_function_as_metric_runs_and_cannot_be_saved(model: Model) -> None:
    def margin(logits: Tensor) -> Tensor:
        return logits[:, 11] - logits[:, 12]  # w7 and w8

    view = view_of(model, metric=margin)
    until_settled(view)
    assert view.metric == "margin (yours)" and view.metric in view.metrics
    assert not view.can_save and "Python function" in view.note
    named = view_of(model).run()
    np.testing.assert_allclose(decode(view.map["exact"]), decode(named.map["exact"]), atol=1e-5)
    view.metric = "logit difference"
    until_settled(view)
    assert view.can_save
    view.metric = "margin (yours)"
    until_settled(view)
    assert not view.can_save


def test_a_function_that_gives_no_number_says_so(model: Model) -> None:
    view = view_of(model, metric=lambda logits: logits[:, 0] * float("nan"))
    until(view, lambda: view.status["state"] == "error")
    assert "nan" in view.error.lower()


def test_what_cannot_be_asked(model: Model) -> None:
    with pytest.raises(BadPair, match="as many tokens"):
        view_of(model, corrupt="w1")
    with pytest.raises(NotOneToken):
        view_of(model, answer="w7 w8")
    with pytest.raises(UnknownSite, match="resid_pre"):
        view_of(model, site="resid_pr")
    with pytest.raises(UnknownSite, match="denoise"):
        view_of(model, direction="denoised")
    with pytest.raises(BadMetric, match="probability"):
        view_of(model, metric="probabilty")
    with pytest.raises(TypeError, match="Did you mean 'predicted'"):
        view_of(model, predict=1)


def test_the_page_and_the_picture(model: Model, tmp_path: Path) -> None:
    view = view_of(model, predicted=1.5)
    assert view.picture() == "" or "png" in view.picture()
    until_settled(view)
    assert "png" in view.picture() and "dose of L" in view.picture()
    assert view.freeze(tmp_path / "page.html").stat().st_size > 10_000


def test_reset_leads_back(model: Model) -> None:
    view = view_of(model)
    until_settled(view)
    first = tuple(view.selected)
    with view.hold_trait_notifications():
        view.corrupt, view.selected, view.dose = "w1 w6 w3 w4 w5", [0, 3], 4
    until_settled(view)
    view._heard(view, {"do": "reset"}, [])
    until_settled(view)
    assert (view.corrupt, tuple(view.selected), view.dose) == (PAIR.corrupt, first, 16)
