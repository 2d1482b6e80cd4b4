"""Head scores: which heads look at what, on repeated random tokens and on ordinary text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from mikit.methods.heads import PROTOCOL, SCORES, score
from mikit.models.model import Model
from mikit.studies import code
from mikit.studies.attention import pattern_sites
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result, Study, layer_head_axes, mean_grid
from mikit.studies.cost import held, seconds
from mikit.studies.prompts import random_ids
from mikit.studies.texts import ORDINARY
from mikit.trace.engine import capture

Scores = dict[str, list[np.ndarray]]
ON_TEXT = " on text"


class HeadScores(Study):
    """Induction, previous, duplicate and first scores of every head, [layer, head], as a share of attention (0 to 1).

    Sequence s of ``seeds``: ``length`` random tokens said twice (seed + s), one of our ordinary texts, and as a
    control 2 x ``length`` random tokens that do not repeat, read at the very same places. Means and 95 % intervals
    run over sequences."""

    kind: Literal["head-scores"] = "head-scores"
    length: int = Field(default=50, ge=4)
    seeds: int = Field(default=8, ge=2)

    needs: ClassVar[tuple[str, ...]] = ("pattern rows", "traced is raw")

    def estimate(self, model: Model) -> Cost:
        s = model.spec
        tokens = 2 * self.length
        return Cost(
            seconds=3 * self.seeds * seconds(s, tokens), bytes=4 * s.layers * s.heads * tokens**2 + held(s, tokens)
        )

    def inputs(self, model: Model) -> list[Tensor]:
        return [ids for s in range(self.seeds) for ids in self.sequences(model, s)]

    def method(self, model: Model) -> Method:
        return Method(sites=tuple(pattern_sites(model)), metric=PROTOCOL)

    def steps(self, model: Model) -> Iterator[Result]:
        effect: Scores = {}
        control: Scores = {}
        total = 3 * self.seeds
        for sequence in range(self.seeds):
            repeated, text, unrepeated = self.sequences(model, sequence)
            random_pattern = _patterns(model, unrepeated)
            yield self._result(model, effect, control, (3 * sequence + 1) / total)
            for suffix, ids in (("", repeated), (ON_TEXT, text)):
                pattern = _patterns(model, ids)
                for name, pairs_of in SCORES.items():
                    pairs = pairs_of(ids)
                    _add(effect, name + suffix, score(pattern, pairs))
                    _add(control, name + suffix, score(random_pattern, pairs))
                yield self._result(model, effect, control, (3 * sequence + (2 if suffix == "" else 3)) / total)

    def sequences(self, model: Model, sequence: int) -> tuple[Tensor, Tensor, Tensor]:
        """Token ids of one repeated, one text and one control sequence. The text is cut to the control's length."""
        once = random_ids(model, self.length, self.seed + sequence)
        text = model.tokens(ORDINARY[sequence % len(ORDINARY)]).ids[0, : 2 * self.length]
        return torch.cat([once, once]), text, random_ids(model, 2 * self.length, self.seed + sequence + 10_000)

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "mikit":
            return code.mikit_script(self, model, 'print(result.grids["induction"].frame().nlargest(8, "value"))')
        return code.head_scores_script(self, model)

    def _result(self, model: Model, effect: Scores, control: Scores, done: float) -> Result:
        why = (
            f"The same places in {2 * self.length} random tokens that do not repeat. "
            "A head that scores here too looks at a place, not at a repeat."
        )
        return Result(
            study=self,
            grids=_grids(model, effect),
            texts={"protocol": (f"{self.seeds} sequences of {self.length} random tokens said twice. {PROTOCOL}",)},
            controls=(Control(name="random tokens", why=why, grids=_grids(model, control)),) if control else (),
            done=done,
        )


def _patterns(model: Model, ids: Tensor) -> Tensor:
    """All patterns of one sequence [layer, head, query, key]: one trace."""
    return torch.cat(list(capture(model, model.tokens_from(ids), pattern_sites(model)).values()))


def _add(scores: Scores, name: str, found: Tensor) -> None:
    scores.setdefault(name, []).append(found.cpu().numpy())


def _grids(model: Model, scores: Scores) -> dict[str, Grid]:
    grids = {}
    for name, samples in scores.items():
        grids[name] = mean_grid(np.stack(samples), layer_head_axes(model), "share of attention")
    return grids
