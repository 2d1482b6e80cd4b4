"""A dictionary measured at its place before anything leans on it, beside what its makers declared there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field
from torch import Tensor

from mikit.models.model import Model
from mikit.sae.evaluate import LOOKED_AT, Fit, activations, fit, measure, random_dictionary, sites
from mikit.studies import code_dictionary
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result
from mikit.studies.cost import held, seconds
from mikit.studies.dictionary import DictionaryStudy
from mikit.studies.texts import ORDINARY
from mikit.trace.arrays import Array

RUNS = ("measured", "declared")
WHY = "As many random directions, with as many features a token and the best scale: what any directions would reach."


class FitDictionary(DictionaryStudy):
    """Measure a dictionary on a few ``texts`` at its declared place, position 0 left out, and look for a layer that it
    fits better. Raises DictionaryUnusable, with the reason, where it does not belong there.

    Grids, measured and declared (NaN where its makers did not say): ``fvu`` [run], the share of variance that it
    leaves out; ``l0`` [run], features that fire on a token. Texts: ``place``; ``best``, the layer at which it leaves
    out least (a transcoder's own: it is not compared). Control: random directions (none for a transcoder, whose two
    sides are different spaces)."""

    kind: Literal["fit-dictionary"] = "fit-dictionary"
    texts: tuple[str, ...] = Field(default=ORDINARY[:4], min_length=1)

    needs: ClassVar[tuple[str, ...]] = ("traced is raw",)

    def estimate(self, model: Model) -> Cost:
        lengths = [len(ids) for ids in self.inputs(model)]
        s = model.spec
        kept = s.d_model * (s.layers * (LOOKED_AT + max(lengths)) + 2 * sum(lengths))
        return Cost(
            seconds=3 * seconds(s, sum(lengths)),
            bytes=held(s, max(lengths)) + 4 * (kept + 2 * sum(lengths) * self.dictionary.features),
        )

    def inputs(self, model: Model) -> list[Tensor]:
        return [model.tokens(text).ids[0] for text in self.texts]

    def method(self, model: Model) -> Method:
        return Method(
            sites=tuple(dict.fromkeys(sites(self.fitting(model)))),
            metric="fvu: squared error over squared distance from the mean activation; l0: features above 0 a token;"
            " position 0 of every text left out",
        )

    def steps(self, model: Model) -> Iterator[Result]:
        dictionary = self.fitting(model)
        tokens = [model.tokens(text) for text in self.texts]
        found = fit(model, dictionary, tokens)
        texts = {"place": (str(sites(dictionary)[0]),), "best": (str(found.best),)}
        transcoder = dictionary.config.transcoder
        yield Result(study=self, grids=_grids(found), texts=texts, done=1.0 if transcoder else 0.5)
        if not transcoder:
            x, _ = activations(model, dictionary, tokens)
            chance = measure(random_dictionary(dictionary, x, seed=self.seed), x)
            random = found._replace(fvu=chance.fvu, l0=chance.l0, declared={})
            control = Control(name="random dictionary", why=WHY, grids=_grids(random))
            yield Result(study=self, grids=_grids(found), texts=texts, controls=(control,))

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "nnsight":
            return ""
        show = 'print(result.frame("fvu"))\nprint(result.frame("l0"))\nprint(result.texts)'
        return code_dictionary.mikit_script(self, show)


def _grids(found: Fit) -> dict[str, Grid]:
    units = {"fvu": "share of variance", "l0": "features a token"}
    return {
        name: Grid(
            values=Array.of(np.array([getattr(found, name), found.declared.get(name, np.nan)])),
            axes={"run": RUNS},
            unit=unit,
        )
        for name, unit in units.items()
    }
