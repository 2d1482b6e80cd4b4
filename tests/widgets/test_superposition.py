"""SuperpositionView without a browser."""

from __future__ import annotations

import numpy as np
import pytest

from mikit.studies.record import Record
from mikit.studies.superposition import Superposition
from mikit.widgets.superposition import SuperpositionView
from mikit.widgets.wire import decode
from tests.widgets.waiting import until, until_settled


@pytest.fixture
def view():
    view = SuperpositionView(updates=20)
    until_settled(view)
    yield view
    view.close()


def ask(view, lanes=("train",), **traits):
    """As the browser does it."""
    view.set_state({**traits, "asked": view.asked | {lane: view.asked[lane] + 1 for lane in lanes}})


def test_it_waits_for_start(view):
    assert view.status["text"] == "not trained yet: press Start"
    assert view.weights["shape"] == [0, 0, 2] and view.phase["shape"] == [0, 0]
    assert view.picture() == ""
    assert view.chip == Superposition().model.chip
    assert view.sparsities[view.chosen] == 0.9


def test_start_trains_both(view):
    ask(view, ("train", "phase"), started=True)
    until(view, lambda: view.status["text"] == "trained")
    assert decode(view.weights).shape == decode(view.weights_control).shape == (7, 5, 2)
    assert decode(view.dimensionality).shape == (7, 5)
    assert decode(view.loss).shape == decode(view.loss_control).shape == (7,)
    assert decode(view.phase).shape == (8, 8) == (len(view.phase_importance), len(view.phase_present))
    assert len(view.figures) == len(view.agree) == 7 and min(view.agree) >= 1
    assert view.step == 20
    assert set(view.code) == {"mikit", "nnsight"}
    assert f"Sparsity 0.99: {view.figures[-1]}" in view.picture()
    assert view.picture().count("<img") == 2


def test_what_is_shown_is_what_a_record_holds(view):
    view.run()
    train, phase = view.record().results
    np.testing.assert_array_equal(train.grids["weights"].values.numpy(), decode(view.weights))
    np.testing.assert_array_equal(phase.grids["dimensionality"].values.numpy(), decode(view.phase))


def test_other_features_train_anew_and_leave_the_phase_diagram(view):
    view.run()
    phase = view.answers["phase"]
    ask(view, features=3, pairs="correlated", importance=0.5)
    until_settled(view)
    assert decode(view.weights).shape == (7, 3, 2)
    assert view.chip == Superposition(features=3).model.chip
    assert view.answers["phase"] == phase
    train, _ = view.record().results
    assert (train.study.features, train.study.pairs, train.study.importance) == (3, "correlated", 0.5)


def test_another_seed_trains_both_anew(view):
    view.run()
    view.seed = 5
    until_settled(view)
    assert [result.study.seed for result in view.record().results] == [5, 5]


def test_stop_keeps_what_there_is():
    view = SuperpositionView(updates=20_000)
    ask(view, ("train", "phase"), started=True)
    until(view, lambda: view.weights["shape"][0] > 0)
    view._heard(None, {"do": "stop"}, [])
    until(view, lambda: view.status["state"] == "stopped")
    assert view.weights["shape"] == [7, 5, 2]
    view.close()


def test_reset_takes_the_numbers_off(view):
    view.run()
    view.chosen = 0
    view._heard(None, {"do": "reset"}, [])
    until(view, lambda: view.weights["shape"][0] == view.phase["shape"][0] == 0)
    assert view.sparsities[view.chosen] == 0.9 and view.figures == []


def test_an_unknown_keyword_names_the_nearest():
    with pytest.raises(TypeError, match="Did you mean 'features'"):
        SuperpositionView(feature=3)


def test_a_saved_page_holds_the_record_once_trained(view, tmp_path):
    view.run()
    page = view.freeze(tmp_path / "page.html")
    assert [result.study.kind for result in Record.read(page).results] == ["superposition", "phase-diagram"]
