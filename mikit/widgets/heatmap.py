"""ActivationHeatmap: any table of numbers with labels, as coloured cells."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
import traitlets
from numpy.typing import ArrayLike, NDArray

from mikit.errors import ShapeMismatch, UnknownSite, nearest
from mikit.models.model import Model
from mikit.studies.base import Grid, Result
from mikit.widgets import still
from mikit.widgets.base import NO_STUDY, View, refuse_unknown
from mikit.widgets.wire import as_numpy, decode, encode


@dataclass(frozen=True)
class Table:
    """What the view reads from its source: numbers [R, C], and what the source says of them."""

    values: NDArray[Any]
    rows: Sequence[str] | None = None
    cols: Sequence[str] | None = None
    axes: tuple[str, str] = ("row", "column")
    unit: str = ""
    exact: NDArray[Any] | None = None


class ActivationHeatmap(View):
    """Numbers [rows, columns] as coloured cells; click one, and ``selected`` tells which.

    Args:
        source: an array, tensor or nested lists [R, C]; a DataFrame (its labels are used); a Grid with two axes; or a
            Result, with ``grid`` naming which of its grids. NaN cells are marked, not drawn as zero.
        grid: name of the grid, when ``source`` is a Result with more than one.
        rows, cols: labels, one a row and one a column; numbers from 0 otherwise.
        row_axis, col_axis: what rows and columns are ("layer", "position").
        unit: of the numbers ("logit difference", "nats").
        scale: "diverging" (zero in the middle), "sequential" (zero at the start), or "auto": diverging when a number is
            negative.
        limit: the number at the end of the scale; the largest magnitude otherwise. Cells beyond are marked + or −.
        model: the model of a Result: with it the view has Code and can save a record.
        layers_up: draw row 0 at the bottom.
        tokens_on_x: column labels are raw token texts.

    Raises:
        ShapeMismatch: not two axes, or labels that do not fit.
        UnknownSite: a Result without that grid.
        TypeError: a keyword that does not exist.
    """

    kind: ClassVar[str] = "heatmap"
    choices: ClassVar[tuple[str, ...]] = ("selected",)

    values = traitlets.Dict().tag(sync=True)
    rows = traitlets.List(traitlets.Unicode()).tag(sync=True)
    cols = traitlets.List(traitlets.Unicode()).tag(sync=True)
    row_axis = traitlets.Unicode().tag(sync=True)
    col_axis = traitlets.Unicode().tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    scale = traitlets.Enum(("diverging", "sequential"), "diverging").tag(sync=True)
    limit = traitlets.Float(1.0).tag(sync=True)
    layers_up = traitlets.Bool(False).tag(sync=True)
    exact = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    tokens_on_x = traitlets.Bool(False).tag(sync=True)
    selected = traitlets.Tuple(traitlets.Int(), traitlets.Int(), allow_none=True, default_value=None).tag(sync=True)

    def __init__(
        self,
        source: ArrayLike | pd.DataFrame | Grid | Result,
        *,
        grid: str | None = None,
        rows: Sequence[str] | None = None,
        cols: Sequence[str] | None = None,
        row_axis: str | None = None,
        col_axis: str | None = None,
        unit: str | None = None,
        scale: Literal["auto", "diverging", "sequential"] = "auto",
        limit: float | None = None,
        layers_up: bool = False,
        tokens_on_x: bool = False,
        model: Model | None = None,
        title: str = "Heat-map",
        **unknown: object,
    ) -> None:
        refuse_unknown(type(self), unknown)
        table = read_table(source, grid)
        values = table.values.astype(np.float32)
        scale = scale_of(values) if scale == "auto" else scale
        super().__init__(
            model,
            title=title,
            shows=f"One number a cell{f', in {unit or table.unit}' if unit or table.unit else ''}.",
            hides="How the numbers were taken, and how much they would vary if taken again.",
            values=encode(values),
            rows=labels("row", rows if rows is not None else table.rows, values.shape[0]),
            cols=labels("column", cols if cols is not None else table.cols, values.shape[1]),
            row_axis=row_axis if row_axis is not None else table.axes[0],
            col_axis=col_axis if col_axis is not None else table.axes[1],
            unit=unit if unit is not None else table.unit,
            scale=scale,
            limit=float(limit) if limit is not None else largest(values),
            layers_up=layers_up,
            exact=None if table.exact is None else encode(table.exact),
            tokens_on_x=tokens_on_x,
        )
        self._source = source if isinstance(source, Result) else None
        self._say_where_from()

    @property
    def selected_labels(self) -> tuple[str, str] | None:
        """Row and column label of the selected cell."""
        return None if self.selected is None else (self.rows[self.selected[0]], self.cols[self.selected[1]])

    def _say_where_from(self) -> None:
        """Code and Save record need the study, and the model that it speaks of."""
        self.can_save = self._source is not None and self._model is not None
        if self._source is None:
            self.note = NO_STUDY
            self.code = {
                "mikit": "import mikit\n\n# values: numbers [rows, columns]\nmikit.ActivationHeatmap(values)\n"
            }
            return
        self.chip = self._source.study.model.chip
        self.code = self._code()
        if self._model is None:
            self.note = "Code and Save record need the model: ActivationHeatmap(result, model=model)."

    def _results(self) -> list[Result]:
        return [] if self._source is None else [self._source]

    def picture(self) -> str:
        values = decode(self.values)[:: -1 if self.layers_up else 1]
        side = max(1, min(24, 640 // values.shape[1]))
        alt = f"{self.row_axis} by {self.col_axis}, {values.shape[0]} x {values.shape[1]} cells"
        caption = f"{alt}; {still.ends(self.scale, self.limit)} {self.unit}".strip()
        return still.cells(values, self.scale, self.limit, side=side, alt=alt) + f"<p>{html.escape(caption)}</p>"


def read_table(source: ArrayLike | pd.DataFrame | Grid | Result, grid: str | None) -> Table:
    """The numbers and labels of whatever a heat-map can be made of."""
    if isinstance(source, Result):
        source = grid_of(source, grid)
    if isinstance(source, Grid):
        if len(source.axes) != 2:
            axes = ", ".join(source.axes)
            raise ShapeMismatch(f"A heat-map has two axes; this grid has {len(source.axes)} ({axes}). Take a slice.")
        (row_axis, rows), (col_axis, cols) = source.axes.items()
        exact = None if source.exact is None else source.exact.numpy()
        return Table(source.values.numpy(), rows, cols, (row_axis, col_axis), source.unit, exact)
    if isinstance(source, pd.DataFrame):
        names = (str(source.index.name or "row"), str(source.columns.name or "column"))
        return Table(source.to_numpy(dtype=np.float32), [*map(str, source.index)], [*map(str, source.columns)], names)
    values = as_numpy(source)
    if values.ndim != 2 or values.size == 0:
        shape = list(values.shape)
        raise ShapeMismatch(f"A heat-map takes numbers of shape [rows, columns], at least [1, 1]; these have {shape}.")
    return Table(values)


def grid_of(result: Result, name: str | None) -> Grid:
    """The grid of that name, or the only one."""
    if name is None and len(result.grids) == 1:
        return next(iter(result.grids.values()))
    if name not in result.grids:
        asked = "grid= is missing" if name is None else f"This result has no grid '{name}'"
        raise UnknownSite(f"{asked}.{nearest(name or '', result.grids)}")
    return result.grids[name]


def labels(what: str, given: Sequence[str] | None, count: int) -> list[str]:
    """Labels as text, numbers from 0 where none were given. Raises ShapeMismatch when there are too many or too few."""
    if given is None:
        return [str(i) for i in range(count)]
    if len(given) != count:
        raise ShapeMismatch(f"There are {len(given)} {what} labels for {count} {what}s. Give one label a {what}.")
    return [str(label) for label in given]


def scale_of(values: NDArray[Any]) -> Literal["diverging", "sequential"]:
    """Diverging when a number is negative. NaN counts for nothing."""
    return "diverging" if (values < 0).any() else "sequential"


def largest(values: NDArray[Any]) -> float:
    """The largest finite magnitude, 1 where there is none: the number at the end of the scale."""
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) or 1.0 if finite.size else 1.0
