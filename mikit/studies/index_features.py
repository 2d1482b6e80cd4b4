"""An index of a dictionary's features, built over texts of one's own: what a dashboard shows of every feature."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from mikit.models.model import Model
from mikit.sae.evaluate import sites
from mikit.sae.index import Index, build
from mikit.sae.labels import BANDS
from mikit.sae.pool import draw
from mikit.studies import code_dictionary
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result
from mikit.studies.cost import held, seconds
from mikit.studies.dictionary import DictionaryStudy
from mikit.studies.texts import ORDINARY
from mikit.trace.arrays import Array

FIRINGS = 600_000_000
"""Bytes that building takes at most beside the model and the index."""

WHY = "Another feature's label, drawn, on the same places: what any label reaches. Near 0.5 unless labels fit anything."


class IndexFeatures(DictionaryStudy):
    """Read a pool of ``texts`` (for each kind its texts), cut into at most ``windows`` windows, and describe every
    feature; the index is then the one at hand for views and studies (``mikit.sae.index.index_of``).

    Grids: ``density`` [feature], the share of positions it fires on; ``peak`` [feature], its largest activation;
    ``score`` [feature], balanced accuracy of its proposed label on the half of the windows that the label was not made
    from, with its 95 % interval (NaN: untested); ``recall`` [feature, band]. Texts: ``index``, its digest; ``notes``.
    Control "shuffled labels": ``score`` with other features' labels. Until all is read there are no grids."""

    kind: Literal["index-features"] = "index-features"
    texts: dict[str, tuple[str, ...]] = Field(default={"ordinary sentences": ORDINARY}, min_length=1)
    windows: int = Field(default=2000, ge=2)

    needs: ClassVar[tuple[str, ...]] = ("traced is raw", "batched is single")

    def estimate(self, model: Model) -> Cost:
        ids = self.inputs(model)
        tokens = sum(map(len, ids))
        return Cost(
            seconds=seconds(model.spec, tokens) + 2e-3 * self.dictionary.features,
            bytes=held(model.spec, max(map(len, ids)), 2) + FIRINGS + 3000 * self.dictionary.features,
        )

    def inputs(self, model: Model) -> list[Tensor]:
        tokens = draw(model, self.texts, self.windows, self.seed).tokens
        return [torch.from_numpy(ids[ids >= 0]).long() for ids in tokens]

    def method(self, model: Model) -> Method:
        return Method(
            sites=sites(self.fitting(model))[:1],
            metric="activation of every feature at every position but a window's first; labels: up to six tokens on"
            " which, or after which, the feature fires, scored by balanced accuracy on other windows",
        )

    def steps(self, model: Model) -> Iterator[Result]:
        dictionary = self.fitting(model)
        for step in build(model, dictionary, self.texts, windows=self.windows, seed=self.seed):
            yield self._result(step) if isinstance(step, Index) else Result(study=self, grids={}, done=step)

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "nnsight":
            return ""
        show = 'print(result.frame("density"))\nprint(result.frame("score").dropna())'
        return code_dictionary.mikit_script(self, show)

    def _result(self, index: Index) -> Result:
        feature = {"feature": tuple(map(str, range(len(index))))}

        def grid(values: NDArray[np.float32], unit: str) -> Grid:
            return Grid(values=Array.of(values), axes=feature, unit=unit)

        value, low, high = (Array.of(column) for column in index.score.T)
        scored = int(np.isfinite(index.score[:, 0]).sum())
        notes = (
            f"{len(index.tokens)} windows; {int((index.density > 0).sum())} of {len(index)} features fired, and"
            f" {scored} fired often enough for a label to be tested.",
        )
        return Result(
            study=self,
            grids={
                "density": grid(index.density, "share of positions"),
                "peak": grid(index.peak, "activation"),
                "score": Grid(values=value, axes=feature, unit="balanced accuracy", low=low, high=high),
                "recall": Grid(values=Array.of(index.recall), axes=feature | {"band": BANDS}, unit="share of firings"),
            },
            texts={"index": (index.digest,), "notes": notes},
            controls=(
                Control(name="shuffled labels", why=WHY, grids={"score": grid(index.shuffled, "balanced accuracy")}),
            ),
        )
