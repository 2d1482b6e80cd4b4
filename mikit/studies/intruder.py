"""The intruder game: a feature fires in four snippets of five; which is the fifth?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import Field

from mikit.errors import ShapeMismatch
from mikit.models.model import Model
from mikit.sae.labels import CHANCE, intruder, wilson
from mikit.studies import code_dictionary
from mikit.studies.base import Control, Flavour, Grid, Method, Result
from mikit.studies.score_label import AnsweredStudy
from mikit.trace.arrays import Array

SNIPPETS = 5


class Intruder(AnsweredStudy):
    """A person's ``choices``, 0 to 4, in the rounds ``mikit.sae.labels.intruder(index, feature, seed + round)``: which
    of five snippets is the one in which the feature is silent?

    Grid: ``accuracy`` [of], the share of rounds in which it was found, 95 % interval by Wilson. Control: guessing."""

    kind: Literal["intruder"] = "intruder"
    choices: tuple[int, ...] = Field(min_length=1)

    def method(self, model: Model) -> Method:
        return Method(sites=(), metric="share of rounds in which the silent snippet of five was chosen; guessing: 0.2")

    def steps(self, model: Model) -> Iterator[Result]:
        if wrong := [choice for choice in self.choices if not 0 <= choice < SNIPPETS]:
            raise ShapeMismatch(f"A choice is the number of a snippet, 0 to {SNIPPETS - 1}; one here is {wrong[0]}.")
        index = self.asked_of
        foreign = [intruder(index, self.feature, self.seed + n).foreign for n in range(len(self.choices))]
        right = sum(choice == truth for choice, truth in zip(self.choices, foreign, strict=True))
        low, high = wilson(right, len(foreign))
        chance = Control(
            name="guessing",
            why="One of five at random is right in a fifth of all rounds.",
            grids={"accuracy": _share(CHANCE)},
        )
        found = _share(right / len(foreign), low, high)
        notes = (f"{right} of {len(foreign)} rounds.",)
        yield Result(study=self, grids={"accuracy": found}, texts={"notes": notes}, controls=(chance,))

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "nnsight":
            return ""
        return code_dictionary.mikit_script(self, 'print(result.frame("accuracy"))')


def _share(value: float, low: float | None = None, high: float | None = None) -> Grid:
    ends = {name: Array.of(np.array([end])) for name, end in (("low", low), ("high", high)) if end is not None}
    return Grid(values=Array.of(np.array([value])), axes={"of": ("all",)}, unit="share right", **ends)
