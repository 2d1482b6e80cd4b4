"""TrainingView without a browser."""

from __future__ import annotations

import numpy as np
import pytest

from mikit.studies.record import Record
from mikit.studies.train_toy import TrainToy
from mikit.widgets.training import TrainingView
from mikit.widgets.wire import decode
from tests.widgets.waiting import until, until_settled


@pytest.fixture
def view():
    view = TrainingView(updates=20, predicted=3.0)
    until_settled(view)
    yield view
    view.close()


def start(view, times=1):
    """As the browser does it."""
    view.set_state({"started": True, "asked": {"train": view.asked["train"] + 1}})


def test_it_waits_for_start(view):
    assert view.status["text"] == "not trained yet: press Start"
    assert view.loss["shape"] == [0]
    assert view.picture() == ""
    assert (view.chip, view.predicted) == (TrainToy(updates=20).model.chip, 3.0)


def test_start_trains_and_shows_both_networks(view):
    start(view)
    until(view, lambda: view.status["text"] == "trained")
    assert decode(view.steps).tolist() == [0, 10, 20]
    assert decode(view.loss).shape == decode(view.loss_control).shape == (3,)
    assert decode(view.scores["induction"]).shape == (3, 4)
    assert decode(view.score_control["previous"]).shape == (3, 2)
    assert decode(view.patterns).shape == (4, 48 * 49 // 2)
    assert set(view.code) == {"mikit", "nnsight"}
    assert "You: 3.00." in view.picture()


def test_what_is_shown_is_what_a_record_holds(view):
    view.run()
    record = view.record()
    assert isinstance(record, Record)
    np.testing.assert_array_equal(record.results[0].grids["loss"].values.numpy(), decode(view.loss))


def test_start_again_trains_again(view):
    start(view)
    until_settled(view)
    first = view.answers["train"]
    start(view)
    until(view, lambda: view.answers["train"] > first and view.status["state"] == "idle")


def test_stop_keeps_what_there_is_and_start_begins_anew():
    view = TrainingView(updates=5000)
    until_settled(view)
    start(view)
    until(view, lambda: view.loss["shape"][0] > 0)
    view._heard(None, {"do": "stop"}, [])
    until(view, lambda: view.status["state"] == "stopped")
    assert 0 < decode(view.loss).size < 500
    start(view)
    until(view, lambda: view.status["state"] == "busy")
    view.close()


def test_another_seed_is_another_network_that_waits(view):
    view.run()
    view.set_state({"seed": 7})
    until(view, lambda: view.loss["shape"] == [0])
    assert view.chip == TrainToy(seed=7).model.chip
    assert not view.started
    view.run()
    assert view.record().results[0].study.seed == 7


def test_reset_takes_the_numbers_off(view):
    view.run()
    view._heard(None, {"do": "reset"}, [])
    until(view, lambda: view.loss["shape"] == [0])


def test_an_unknown_keyword_names_the_nearest():
    with pytest.raises(TypeError, match="Did you mean 'updates'"):
        TrainingView(update=3)


def test_a_saved_page_holds_the_record_once_trained(view, tmp_path):
    view.run()
    page = view.freeze(tmp_path / "page.html")
    assert Record.read(page).results[0].study.kind == "train-toy"
