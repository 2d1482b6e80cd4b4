"""DictionaryTrainingView without a browser."""

from __future__ import annotations

import numpy as np
import pytest

from mikit.sae import train
from mikit.studies.record import Record
from mikit.studies.train_dictionary import TrainDictionary
from mikit.studies.train_planted import TrainPlanted
from mikit.trace.sites import Site
from mikit.widgets.dictionary_training import DictionaryTrainingView
from mikit.widgets.wire import decode
from tests.widgets.waiting import until, until_settled

TEXTS = tuple(" ".join(f"w{(5 * i + 3 * j * j) % 89}" for j in range(32)) for i in range(30))


@pytest.fixture
def view():
    view = DictionaryTrainingView(updates=20, sparsities=(0.02, 0.3), predicted=15, chosen=-1)
    until_settled(view)
    yield view
    view.close()


@pytest.fixture
def study(model, tmp_path, monkeypatch):
    monkeypatch.setenv("MIKIT_CACHE", str(tmp_path))
    place = Site(name="resid_post", layer=1)
    return TrainDictionary(model=model.ref, site=place, features=48, k=4, updates=30, batch=16, texts=TEXTS)


def start(view):
    """As the browser does it."""
    view.set_state({"started": True, "asked": {"train": view.asked["train"] + 1}})


def test_it_waits_for_start(view):
    assert view.status["text"] == "not trained yet: press Start"
    assert (view.steps["shape"], view.picture(), view.chosen) == ([0], "", 1)
    assert view.chip == TrainPlanted().model.chip


def test_start_trains_and_shows_all_dictionaries(view):
    start(view)
    until(view, lambda: view.status["text"] == "trained")
    assert decode(view.steps).tolist() == [1, 10, 20]
    assert all(decode(one[name]).shape == (3, 2) for one in (view.curves, view.curves_control) for name in one)
    assert decode(view.cosine).shape == decode(view.cosine_control).shape == (2, 20)
    assert len(view.recovered) == len(view.recovered_control) == 2
    assert set(view.code) == {"mikit", "nnsight"}
    assert "true directions" not in view.picture() and "sparsity 0.3: " in view.picture()
    view.revealed = True
    assert f"{view.recovered[1]:.0f} of 20 true directions" in view.picture()


def test_what_is_shown_is_what_a_record_holds(view, tmp_path):
    view.run()
    (result,) = Record.read(view.freeze(tmp_path / "page.html")).results
    np.testing.assert_array_equal(result.grids["fvu"].values.numpy(), decode(view.curves["fvu"]))
    np.testing.assert_array_equal(result.controls[0].grids["l0"].values.numpy(), decode(view.curves_control["l0"]))


def test_another_seed_is_another_world_that_waits(view):
    view.run()
    view.set_state({"seed": 7})
    until(view, lambda: view.steps["shape"] == [0])
    assert not view.started and view.chip == TrainPlanted(seed=7).model.chip
    assert view.run().record().results[0].study == TrainPlanted(seed=7, updates=20, sparsities=(0.02, 0.3))


def test_stop_on_planted_directions_says_that_nothing_is_kept():
    view = DictionaryTrainingView(updates=20_000, sparsities=(0.1,))
    start(view)
    until(view, lambda: view.steps["shape"][0] > 0)
    view._heard(None, {"do": "stop"}, [])
    until(view, lambda: view.status["state"] == "stopped" and "begins anew" in view.status["text"])
    assert view.status["text"].startswith("stopped at update ") and not view.resumable
    view.close()


def test_a_models_dictionary_goes_on_where_it_was_stopped(study, model, monkeypatch):
    view = DictionaryTrainingView(study, model=model, predicted=0.4)
    assert (view.truth, view.levels, view.knob) == (0, [4.0], "k")
    learn, stopped = train._learn, []

    def learn_and_stop(training, state, batch, update):
        if update == 10 and not stopped:
            stopped.append(view._heard(None, {"do": "stop"}, []))
        return learn(training, state, batch, update)

    monkeypatch.setattr(train, "_learn", learn_and_stop)
    start(view)
    until(view, lambda: view.status["text"].startswith("Stopped at update 11 of 30; start again to go on"))
    assert view.resumable and view.held_out == []
    assert decode(view.steps)[-1] == 11
    start(view)
    until(view, lambda: view.status["text"] == "trained")
    assert decode(view.steps).tolist() == list(range(1, 31)) and not view.resumable
    fvu, low, high, chance = view.held_out
    assert low <= fvu <= high and 0 < chance < 1
    assert f"k 4: {fvu:.3f} of the variance left out" in view.picture()
    assert set(view.code) == {"mikit"}
    view.close()


def test_what_cannot_be_trained_is_said_in_the_view(study, model):
    view = DictionaryTrainingView(study.model_copy(update={"texts": ()}), model=model)
    start(view)
    until(view, lambda: "0 different pieces of text" in view.error)
    view.close()


def test_an_unknown_keyword_names_the_nearest(study):
    with pytest.raises(TypeError, match="Did you mean 'updates'"):
        DictionaryTrainingView(update=3)
    with pytest.raises(TypeError, match="The study says all that it trains"):
        DictionaryTrainingView(study, updates=3)
