"""MinimalView without a browser."""

from __future__ import annotations

import numpy as np
import pytest

from mikit.studies.minimal_circuits import MinimalCircuits
from mikit.widgets.minimal import MinimalView
from mikit.widgets.wire import decode
from tests.widgets.waiting import until, until_settled


@pytest.fixture
def view():
    view = MinimalView(units=6)
    until_settled(view)
    yield view
    view.close()


def test_circuits_and_cost_are_what_a_record_holds(view, tmp_path):
    (result,) = view.record().results
    grids = {name: grid.values.numpy() for name, grid in result.grids.items()}
    np.testing.assert_array_equal(decode(view.found["circuits"]), grids["circuit"])
    assert view.found["tested"] == grids["tested"].tolist() and view.found["units"] == 6
    np.testing.assert_array_equal(decode(view.growth["tested"]), grids["growth"])
    assert decode(view.growth["at_most"])[-1, 0] == 2.0**48
    assert len(view.found["kept"]) == len(decode(view.found["circuits"])) + 1
    assert "sets tested" in view.picture() and view.picture().count("<img") == 1
    assert set(view.code) == {"mikit", "nnsight"}
    assert view.freeze(tmp_path / "page.html").stat().st_size > 10_000


def test_more_units_are_trained_and_named(view):
    view.units = 7
    until(view, lambda: view.found["units"] == 7)
    until_settled(view)
    assert view.chip == MinimalCircuits(units=7).model.chip
    assert decode(view.growth["tested"]).shape == (4, 2)
    view.share = 1.0
    until(view, lambda: view.found["share"] == 1.0)
    assert view.record().results[0].study.share == 1.0


def test_while_smaller_networks_are_searched_their_circuits_are_not_shown():
    view = MinimalView(units=8).run()
    shown, study = view.found, view.ask("search")
    view.show("search", next(step for step in study.steps(study.open()) if step))
    assert view.found is shown and decode(view.growth["tested"]).shape == (1, 2)
    view.close()


def test_an_unknown_keyword_names_the_nearest():
    with pytest.raises(TypeError, match="Did you mean 'units'"):
        MinimalView(unit=6)
