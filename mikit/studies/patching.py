"""What the patching studies share: which run is changed and by which, how it is judged, and how maps are labelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import torch
from pydantic.json_schema import SkipJsonSchema
from torch import Tensor

from mikit.methods import metrics
from mikit.methods.metrics import Function, Metric, MetricName
from mikit.methods.patching import By, Index
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.studies.attention import position_labels
from mikit.studies.base import Control, Grid, Study, mean_grid
from mikit.studies.pairs import PairStudy, ReadPair
from mikit.trace.arrays import Array
from mikit.trace.sites import SiteName

Direction = Literal["denoise", "noise"]
Judge = MetricName | SkipJsonSchema[Function]
RUNS = ("original", "changed")
DRAWS = 16
"""Random sites that the strongest cells are compared with."""
NEEDS = ("traced is raw", "batched is single", "short pass")
NO_RECORD = (
    "The metric is a Python function, and a record holds no code, so these numbers cannot be replayed from one. Take"
    " one of the named metrics to save a record."
)


@dataclass(frozen=True)
class Judged:
    """A pair's metric, and its value for the unpatched runs: the original, the changed, and whichever is patched."""

    metric: Metric
    clean: float
    corrupt: float
    own: float


class PatchStudy(PairStudy, Study):
    """``direction``: "denoise" puts values of the original into the changed run (what restores it?); "noise" puts
    values of the changed into the original run (what breaks it?). ``metric``: a name, or a function of logits
    [rows, vocab] that gives [rows]. Maps are ``by`` position, by head (all positions together), or both."""

    by: By = "position"
    direction: Direction = "denoise"
    metric: Judge = "logit difference"

    needs: ClassVar[tuple[str, ...]] = NEEDS

    @property
    def unrecordable(self) -> str:
        return no_record(self.metric)

    @property
    def judged(self) -> str:
        """The metric in words."""
        return in_words(self.metric)

    @property
    def named(self) -> bool:
        """Several pairs by position: only positions with a name mean the same in all."""
        return len(self.pairs) > 1 and self.by != "head"

    def patched_and_other(self, pair: ReadPair) -> tuple[Tokens, Tokens]:
        """The prompt whose run is patched, and the one that values come from."""
        return (pair.corrupt, pair.clean) if self.direction == "denoise" else (pair.clean, pair.corrupt)

    def columns(self, pair: ReadPair) -> list[int]:
        """The positions of a map: all tokens of a single pair; of several, the named ones, and as a control one drawn
        from those that differ and have no name."""
        length = pair.clean.ids.shape[1]
        if not self.named:
            return list(range(length))
        named = list(pair.positions.values())
        free = [t for t in range(pair.first, length) if t not in named] or list(range(1, length))
        seed = self.seed + int(pair.clean.ids.sum())  # another draw for each pair
        return [*named, free[int(torch.randint(len(free), (), generator=torch.Generator().manual_seed(seed)))]]

    def axes(self, model: Model, pair: ReadPair, site: SiteName) -> dict[str, tuple[str, ...]]:
        """Labels of a map, the random column left out."""
        axes = {"layer": tuple(map(str, range(model.spec.layers)))}
        if self.by != "position":
            axes["head"] = tuple(map(str, range(model.spec.kv_heads if site in ("k", "v") else model.spec.heads)))
        if self.by != "head":
            axes["position"] = tuple(pair.positions) if self.named else position_labels(pair.clean)
        return axes

    def effect_and_control(
        self, maps: Tensor, axes: dict[str, tuple[str, ...]], unit: str, draws: Sequence[Index], *, exact: bool = True
    ) -> tuple[Grid, Grid]:
        """Maps [pair, ...] as their mean, and the random sites: the last column, or the cells ``draws``."""
        if self.named:
            at = {**axes, "position": ("random",)}
            return _map_grid(maps[..., :-1], axes, unit, exact), _map_grid(maps[..., -1:], at, unit, exact)
        drawn = torch.stack([maps.movedim(0, -1)[index] for index in draws], dim=1)
        at = {name: ("any",) for name in axes} | {list(axes)[-1]: tuple(_site_label(axes, index) for index in draws)}
        control = _map_grid(drawn.reshape(len(maps), *map(len, at.values())), at, unit, exact)
        return _map_grid(maps, axes, unit, exact), control


def no_record(metric: Judge) -> str:
    """Why a study judged by this metric has no record, or ""."""
    return NO_RECORD if callable(metric) else ""


def in_words(metric: Judge) -> str:
    return metric if isinstance(metric, str) else "given function of the logits"


def draw(indices: Sequence[Index], seed: int) -> list[Index]:
    """``DRAWS`` of them at random, in their order."""
    picked = torch.randperm(len(indices), generator=torch.Generator().manual_seed(seed))[:DRAWS]
    return [indices[i] for i in sorted(picked.tolist())]


def judge(pair: ReadPair, direction: Direction, metric: Judge, clean: Tensor, corrupt: Tensor) -> Judged:
    """From the last logits [vocab] of both runs. Raises BadMetric."""
    made = metrics.metric(metric, pair.answer, pair.foil, clean, corrupt, corrupt if direction == "denoise" else clean)
    of_clean, of_corrupt = made.measure(torch.stack([clean, corrupt])).tolist()
    return Judged(made, of_clean, of_corrupt, of_corrupt if direction == "denoise" else of_clean)


def baseline(judged: Sequence[Judged]) -> Grid:
    """The metric of both unpatched runs, the mean over pairs."""
    values = np.array([[one.clean, one.corrupt] for one in judged])
    return Grid(values=Array.of(values.mean(0)), axes={"run": RUNS}, unit=judged[0].metric.unit)


def random_sites(grids: dict[str, Grid], seed: int) -> Control:
    why = f"Sites drawn at random (seed {seed}), patched in the same way: what any site does."
    return Control(name="random sites", why=why, grids=grids)


def _map_grid(maps: Tensor, axes: dict[str, tuple[str, ...]], unit: str, exact: bool) -> Grid:
    """The mean over pairs, [pair, ...] -> [...], with which cells are exact. NaN is not computed yet."""
    grid = mean_grid(maps.numpy(), axes, unit)
    return grid.model_copy(update={"exact": Array.of(np.isfinite(grid.values.numpy()) & exact)})


def _site_label(axes: dict[str, tuple[str, ...]], index: Index) -> str:
    place = dict(zip(axes, index, strict=True))
    head = f"H{place['head']}" if "head" in place else ""
    position = f" {axes['position'][place['position']]}" if "position" in place else ""
    return f"L{place['layer']}{head}{position}"
