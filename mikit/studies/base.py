"""Study: an experiment as frozen data. ``stream`` runs one, ``Result`` holds what came out, beside its controls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Literal, get_args

import numpy as np
import pandas as pd
import psutil
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, SerializeAsAny, field_validator, model_validator
from torch import Tensor

from mikit.errors import CheckFailed, RecordUnusable, ShapeMismatch, TooCostly, UnknownSite, WrongDtype, nearest
from mikit.methods.intervals import mean_interval
from mikit.models.model import Model, ModelRef
from mikit.trace.arrays import Array
from mikit.trace.checks import failed, load
from mikit.trace.edits import Edit
from mikit.trace.sites import Site

Flavour = Literal["mikit", "nnsight"]

KINDS: dict[str, type[Study]] = {}
"""Every kind of study that this process has imported, by name."""


class Grid(BaseModel):
    """Numbers with named axes, a unit, and a 95 % interval where there is one.

    ``axes`` maps an axis' name to its labels, in the order of the dimensions of ``values``. ``exact`` marks cells
    that are exact (1) or approximate (0); None means all are exact."""

    model_config = ConfigDict(frozen=True)

    values: Array
    axes: dict[str, tuple[str, ...]]
    unit: str
    low: Array | None = None
    high: Array | None = None
    exact: Array | None = None

    @model_validator(mode="after")
    def _labels_fit(self) -> Grid:
        labels = tuple(len(names) for names in self.axes.values())
        for array in (self.values, self.low, self.high, self.exact):
            if array is not None and array.shape != labels:
                raise ShapeMismatch(f"The labels speak of shape {labels}, but the numbers have shape {array.shape}.")
        return self

    def frame(self) -> pd.DataFrame:
        """One row a number: a column for each axis, then ``value``, ``low`` and ``high`` where there is an interval."""
        index = pd.MultiIndex.from_product(list(self.axes.values()), names=list(self.axes))
        columns = {"value": self.values, "low": self.low, "high": self.high}
        return pd.DataFrame(
            {k: v.numpy().ravel() for k, v in columns.items() if v is not None}, index=index
        ).reset_index()


class Control(BaseModel):
    """The same measurement where the effect should not be: ``grids`` has the effect's keys and axes, so that any view
    can draw it."""

    model_config = ConfigDict(frozen=True)

    name: str
    why: str
    grids: dict[str, Grid]


class Cost(BaseModel):
    """What a study will need. ``bytes`` is the largest amount held at once beyond the model."""

    model_config = ConfigDict(frozen=True)

    seconds: float
    bytes: int


class Method(BaseModel):
    """How a study measures: the sites it reads (a missing head or position means all), its edits, and the metric in
    words."""

    model_config = ConfigDict(frozen=True)

    sites: tuple[Site, ...]
    edits: tuple[Edit, ...] = ()
    metric: str


class Study(BaseModel):
    """Base of all kinds. A subclass adds its fields, a ``kind`` and ``steps``; defining it registers the kind for
    replay."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    needs: ClassVar[tuple[str, ...]] = ()
    """Names of self-checks without which the numbers would mean nothing."""

    tolerances: ClassVar[dict[str, float]] = {}
    """How far a replay may differ, by grid, in the grid's unit; DEFAULT_TOLERANCE for the rest."""

    lighter: ClassVar[str] = "Use a shorter text or fewer draws."
    """What to do where it needs more memory than is free."""

    kind: str
    model: ModelRef
    seed: int = 0

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        for kind in get_args(cls.model_fields["kind"].annotation):  # a base shared by several kinds has none
            KINDS[kind] = cls

    @property
    def unrecordable(self) -> str:
        """Why there can be no record of this study, in a sentence; "" where there can."""
        return ""

    def open(self) -> Model:
        """The model that the study speaks of. A study that trains its own makes it here, untrained."""
        return load(self.model.handle)

    def estimate(self, model: Model) -> Cost:
        """Seconds and bytes, from the study's size alone."""
        raise NotImplementedError

    def inputs(self, model: Model) -> list[Tensor]:
        """Every sequence of token ids that the model is shown, in order: a record keeps their hash."""
        raise NotImplementedError

    def method(self, model: Model) -> Method:
        """Where it reads, what it changes, what it counts: for a reader of the record who has no mikit."""
        raise NotImplementedError

    def steps(self, model: Model) -> Iterator[Result | None]:
        """The computation: yields a growing Result at least every 200 ms or so; the last one has ``done`` 1. None says
        that there is nothing new to show yet, but that it can be stopped here."""
        raise NotImplementedError

    def code(self, flavour: Flavour, model: Model) -> str:
        """A script that prints the study's main numbers: with mikit, or with plain nnsight and nothing of ours. ""
        where that flavour has none."""
        raise NotImplementedError


DEFAULT_TOLERANCE = 1e-3


def parse_study(data: object) -> Study:
    """A study of whatever kind ``data`` names. Raises RecordUnusable for a kind that this version does not have."""
    import mikit.studies.kinds  # noqa: F401  # fills KINDS

    if isinstance(data, Study):
        return data
    kind = data.get("kind") if isinstance(data, dict) else None
    if kind not in KINDS:
        raise RecordUnusable(f"This version of mikit has no study of kind '{kind}'.{nearest(str(kind), KINDS)}")
    return KINDS[kind].model_validate(data)


class Result(BaseModel):
    """What a study has found so far: grids of numbers, texts, controls, and the share done (0 to 1)."""

    model_config = ConfigDict(frozen=True)

    study: SerializeAsAny[Study]
    grids: dict[str, Grid]
    texts: dict[str, tuple[str, ...]] = {}
    controls: tuple[Control, ...] = ()
    done: float = 1.0

    @field_validator("study", mode="before")
    @classmethod
    def _study_of_its_kind(cls, data: object) -> Study:
        return parse_study(data)

    def frame(self, grid: str) -> pd.DataFrame:
        """The grid as a table, the effect first and each control below it, told apart by the column ``from``."""
        if grid not in self.grids:
            raise UnknownSite(f"This result has no grid '{grid}'.{nearest(grid, self.grids)}")
        tables = [("effect", self.grids[grid])] + [(c.name, c.grids[grid]) for c in self.controls if grid in c.grids]
        return pd.concat([g.frame().assign(**{"from": name}) for name, g in tables], ignore_index=True)


def never() -> bool:
    return False


def stream(study: Study, model: Model | None = None, cancelled: Callable[[], bool] = never) -> Iterator[Result]:
    """Run a study step by step. Loads the model it names when none is given, refuses what the machine cannot hold,
    stops when ``cancelled``.

    Raises WrongDtype for a model that only streams text, TooCostly, and whatever the study's inputs deserve
    (EmptyText, UnknownSite ...)."""
    yield from (result for result in turns(study, model, cancelled) if result is not None)


def turns(study: Study, model: Model | None = None, cancelled: Callable[[], bool] = never) -> Iterator[Result | None]:
    """``stream`` with every step: None where it has nothing new to show, so that others may take their turn."""
    model = model_for(study, model)
    refuse_if_too_costly(study.estimate(model), study.lighter)
    for result in study.steps(model):
        yield result
        if cancelled():
            return


def run_study(study: Study, model: Model | None = None) -> Result:
    """The finished result: the last item of ``stream``."""
    result = None
    for result in stream(study, model):  # noqa: B007  # the last one is the answer
        pass
    assert result is not None, f"{study.kind} yielded nothing"
    return result


def model_for(study: Study, model: Model | None) -> Model:
    """The model a study speaks of, loaded if need be. A given model must be that one: numbers of another would carry
    the wrong name.

    Raises ShapeMismatch for other weights, WrongDtype for a model that only streams text, CheckFailed.
    """
    model = model or study.open()
    if model.ref.sha256 != study.model.sha256:
        raise ShapeMismatch(
            f"The study is about weights {study.model.sha256[:8]} ({study.model.name}); the model here has"
            f" {model.ref.sha256[:8]}. Use that one."
        )
    if model.ref.dtype != "fp32":
        raise WrongDtype(
            f"{model.ref.chip} may only stream text. Numbers are measured in fp32: load the model without dtype."
        )
    if broken := failed(model) & set(study.needs):
        raise CheckFailed(
            f"{model.ref.name} failed the self-check '{min(broken)}', which {study.kind} needs: its numbers would mean"
            " nothing. See model.check()."
        )
    return model


def refuse_if_too_costly(cost: Cost, lighter: str = Study.lighter) -> None:
    free = psutil.virtual_memory().available
    if cost.bytes > 0.8 * free:
        raise TooCostly(
            f"This would need about {cost.bytes / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free. {lighter}"
        )


def mean_grid(samples: NDArray[np.floating], axes: dict[str, tuple[str, ...]], unit: str) -> Grid:
    """The mean over axis 0, samples [n, ...], with its 95 % interval where there are several."""
    mean, low, high = mean_interval(samples)
    return Grid(
        values=Array.of(mean),
        axes=axes,
        unit=unit,
        low=None if low is None else Array.of(low),
        high=None if high is None else Array.of(high),
    )


def layer_head_axes(model: Model) -> dict[str, tuple[str, ...]]:
    return {"layer": tuple(map(str, range(model.spec.layers))), "head": tuple(map(str, range(model.spec.heads)))}
