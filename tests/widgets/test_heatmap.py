from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from mikit.errors import ShapeMismatch, UnknownSite
from mikit.models.model import Model
from mikit.studies.base import Grid, Result, run_study
from mikit.studies.head_scores import HeadScores
from mikit.studies.record import Record
from mikit.trace.arrays import Array
from mikit.widgets.heatmap import ActivationHeatmap
from mikit.widgets.wire import decode


def test_labels_come_from_a_frame() -> None:
    frame = pd.DataFrame([[1.0, 2.0]], index=pd.Index(["a"], name="layer"), columns=pd.Index([0, 1], name="head"))
    view = ActivationHeatmap(frame)
    assert (view.rows, view.cols, view.row_axis, view.col_axis) == (["a"], ["0", "1"], "layer", "head")
    assert decode(view.values).tolist() == [[1.0, 2.0]]


def test_a_grid_brings_axes_unit_and_exactness() -> None:
    grid = Grid(
        values=Array.of([[1.0, -3.0]]),
        axes={"layer": ("4",), "position": ("0: a", "1: b")},
        unit="logit difference",
        exact=Array.of(np.array([[1, 0]], np.uint8)),
    )
    view = ActivationHeatmap(grid)
    assert (view.rows, view.col_axis, view.unit, view.scale, view.limit) == (
        ["4"],
        "position",
        grid.unit,
        "diverging",
        3.0,
    )
    assert decode(view.exact).tolist() == [[1, 0]]


@pytest.mark.parametrize(
    ("values", "scale", "limit"),
    [
        ([[0.0, 2.0]], "sequential", 2.0),
        ([[-0.5, 2.0]], "diverging", 2.0),
        ([[np.nan, -4.0]], "diverging", 4.0),
        ([[np.nan, np.nan]], "sequential", 1.0),
        ([[np.inf, 0.5]], "sequential", 0.5),
        ([[0.0, 0.0]], "sequential", 1.0),
    ],
)
def test_scale_is_read_off_the_data(values: list[list[float]], scale: str, limit: float) -> None:
    view = ActivationHeatmap(torch.tensor(values))
    assert (view.scale, view.limit) == (scale, limit)


@pytest.mark.parametrize(
    ("make", "numbers"),
    [
        (lambda: ActivationHeatmap(np.zeros((2, 3, 4))), r"\[2, 3, 4\]"),
        (lambda: ActivationHeatmap(np.zeros(3)), r"\[3\]"),
        (lambda: ActivationHeatmap(np.zeros((0, 3))), r"\[0, 3\]"),
        (lambda: ActivationHeatmap(np.zeros((2, 3)), rows=["a"]), "1 row labels for 2 rows"),
        (lambda: ActivationHeatmap(np.zeros((2, 3)), cols=list("abcd")), "4 column labels for 3 columns"),
    ],
)
def test_wrong_shapes_say_both_numbers(make: object, numbers: str) -> None:
    with pytest.raises(ShapeMismatch, match=numbers):
        make()  # type: ignore[operator]


def test_an_unknown_keyword_names_the_nearest() -> None:
    with pytest.raises(TypeError, match=r"no argument 'row_labels'.* 'rows'|no argument 'row_labels'"):
        ActivationHeatmap(np.zeros((2, 2)), row_labels=["a", "b"])
    with pytest.raises(TypeError, match="Did you mean 'limit'"):
        ActivationHeatmap(np.zeros((2, 2)), limits=1)


def test_the_selection_is_read_from_python() -> None:
    view = ActivationHeatmap(np.eye(2), rows=["a", "b"], cols=["c", "d"])
    assert view.selected is None and view.selected_labels is None
    view.set_state({"selected": [1, 0]})  # as the browser sends it
    assert view.selected == (1, 0)
    assert view.selected_labels == ("b", "c")


def test_bare_numbers_have_code_and_no_record() -> None:
    view = ActivationHeatmap(np.eye(2))
    assert "ActivationHeatmap" in view.code["mikit"]
    assert not view.can_save
    assert "no study" in view.note


def test_a_result_has_code_and_a_record(model: Model) -> None:
    result = run_study(HeadScores(model=model.ref, length=8, seeds=2), model)
    view = ActivationHeatmap(result, grid="induction", model=model)
    assert view.chip == model.ref.chip
    assert set(view.code) == {"mikit", "nnsight"}
    assert isinstance(view.record(), Record)
    np.testing.assert_array_equal(decode(view.values), result.grids["induction"].values.numpy())
    with pytest.raises(UnknownSite, match="Did you mean 'induction'"):
        ActivationHeatmap(result, grid="inductoin")
    with pytest.raises(UnknownSite, match="grid="):
        ActivationHeatmap(result)


def test_a_result_without_its_model_says_what_is_missing(model: Model) -> None:
    values = Array.of([[1.0]])
    grid = Grid(values=values, axes={"layer": ("0",), "head": ("0",)}, unit="")
    view = ActivationHeatmap(Result(study=HeadScores(model=model.ref), grids={"one": grid}))
    assert not view.can_save
    assert "model=model" in view.note


def test_the_picture_has_one_square_a_cell() -> None:
    html = ActivationHeatmap(np.arange(6.0).reshape(2, 3), row_axis="<b>").picture()
    assert 'width="72" height="48"' in html
    assert "<b>" not in html
