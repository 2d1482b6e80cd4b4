"""Labels put to a person: which of these places does the feature fire on, and which snippet does not belong?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from mikit.errors import DictionaryUnusable
from mikit.models.model import Model
from mikit.sae.index import Index
from mikit.sae.labels import BANDS, Bools, Quiz, quiz, score, wilson
from mikit.sae.library import opened
from mikit.studies import code_dictionary
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result
from mikit.studies.dictionary import IndexedStudy, check_feature
from mikit.trace.arrays import Array

SHUFFLES = 1000
SILENT = "silent"


class AnsweredStudy(IndexedStudy):
    """A study of a person's answers to questions that the index and the seed draw; no model is run."""

    feature: int

    @property
    def asked_of(self) -> Index:
        """The index the questions come from. Raises DictionaryUnusable where there is none."""
        check_feature(opened(self.dictionary), self.feature)
        found = self.described()
        if found is None:
            raise DictionaryUnusable(
                f"The dictionary {self.dictionary.chip} has no index, so there are no examples to ask about. Build one:"
                " mikit.run_study(mikit.IndexFeatures(...))."
            )
        return found

    def estimate(self, model: Model) -> Cost:
        return Cost(seconds=0.1, bytes=1_000_000)

    def inputs(self, model: Model) -> list[Tensor]:
        """No token ids: the model is not run. The index has its own hash."""
        return []


class ScoreLabel(AnsweredStudy):
    """Hold a ``label`` in words against where a feature fires: a person who saw only the label said of each place of
    ``mikit.sae.labels.quiz(index, feature, seed)`` whether the feature fires there (None: not answered).

    Grids: ``accuracy`` [of], balanced: the mean of the shares of firings found and of silent places left alone; 0.5 is
    chance; ``right`` [band], the share answered rightly of each band of firings, and of the silent places. 95 %
    intervals by Wilson. Control: the same answers in 1000 other orders, mean and 95 % range."""

    kind: Literal["score-label"] = "score-label"
    label: str
    answers: tuple[bool | None, ...]

    tolerances: ClassVar[dict[str, float]] = {"accuracy": 1e-6, "right": 1e-6}

    def method(self, model: Model) -> Method:
        return Method(
            sites=(),
            metric="answers of a person who saw the label and the texts, not the activations: balanced accuracy on"
            " places that the label was not made from, half of the silent ones with the token of a firing",
        )

    def steps(self, model: Model) -> Iterator[Result]:
        asked = quiz(self.asked_of, self.feature, self.seed)
        found = score(asked, self.answers)
        truth, bands, said = _given(asked, self.answers)
        generator = np.random.default_rng([self.seed, self.feature])
        dealt = generator.permuted(np.tile(said, (SHUFFLES, 1)), axis=1) == truth
        chance = (_mean(dealt[:, truth]) + _mean(dealt[:, ~truth])) / 2
        by_band = np.stack([_mean(dealt[:, bands == band]) for band in _NUMBERS], axis=1)
        control = Control(
            name="shuffled answers",
            why=f"The same answers dealt to the places anew, {SHUFFLES} times (seed {self.seed}): what as many yes and"
            " no reach without reading. The range holds 95 % of them.",
            grids={"accuracy": _ranged(chance[:, None], _ALL), "right": _ranged(by_band, _BANDS)},
        )
        yield Result(
            study=self,
            grids={
                "accuracy": _shares(np.array([[found.value, found.low, found.high]]), _ALL),
                "right": _shares(np.array([_right((said == truth)[bands == band]) for band in _NUMBERS]), _BANDS),
            },
            texts={"label": (self.label,), "notes": (f"{len(said)} of {len(asked.items)} places were answered.",)},
            controls=(control,),
        )

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "nnsight":
            return ""
        return code_dictionary.mikit_script(self, 'print(result.frame("accuracy"))\nprint(result.frame("right"))')


_ALL: dict[str, tuple[str, ...]] = {"of": ("all",)}
_BANDS: dict[str, tuple[str, ...]] = {"band": (*BANDS, SILENT)}
_NUMBERS = (*range(len(BANDS)), -1)


def _given(asked: Quiz, answers: Sequence[bool | None]) -> tuple[Bools, NDArray[np.int64], Bools]:
    """Of the places that were answered: whether the feature fires, its band, and the answer, [n] each."""
    places = [i for i, answer in enumerate(answers) if answer is not None]
    said = np.array([answers[i] for i in places], bool)
    return np.array(asked.truth, bool)[places], np.array(asked.bands, np.int64)[places], said


def _right(right: Bools) -> tuple[float, float, float]:
    """The share of right answers with its interval; NaN where none was given."""
    if len(right) == 0:
        return np.nan, np.nan, np.nan
    return float(right.mean()), *wilson(int(right.sum()), len(right))


def _mean(right: Bools) -> NDArray[np.float64]:
    """The share of each draw, [draw, n] -> [draw]; NaN where n is 0."""
    found: NDArray[np.float64] = right.mean(1) if right.shape[1] else np.full(len(right), np.nan)
    return found


def _shares(found: NDArray[np.float64], axes: dict[str, tuple[str, ...]]) -> Grid:
    """Value, low and high [n, 3] as a grid."""
    value, low, high = (Array.of(column) for column in found.T)
    return Grid(values=value, axes=axes, unit="share right", low=low, high=high)


def _ranged(draws: NDArray[np.float64], axes: dict[str, tuple[str, ...]]) -> Grid:
    """The mean of draws [n, ...] and the range that holds 95 % of them."""
    low, high = np.quantile(draws, (0.025, 0.975), axis=0)
    return _shares(np.stack([draws.mean(0), low, high], axis=1), axes)
