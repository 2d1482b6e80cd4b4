"""On how many prompts an attribution graph does what a rule, stated before, asks of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator
from torch import Tensor

from mikit.circuits.attribution import AttributionGraph
from mikit.circuits.influence import Scores, adjacency, scores
from mikit.circuits.prediction import total_effects
from mikit.errors import BadClaim
from mikit.models.model import Model
from mikit.sae.labels import wilson
from mikit.studies import code_graphs
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result
from mikit.studies.graph_nodes import read_nodes
from mikit.studies.graphs import (
    LIGHTER,
    NEEDS,
    Asked,
    NodeStudy,
    asked,
    changes,
    cost_of_changes,
    cost_of_drawing,
    graph_steps,
    output_of,
    refuse_nothing,
)
from mikit.trace.arrays import Array
from mikit.trace.engine import remember

TESTED = 10
"""Neurons of each graph that are switched off, one at a time: those of largest effect along its edges."""
SHUFFLES = 1000
BARS = tuple(tenth / 10 for tenth in range(11))
"""Shares of agreement that a rule can ask for: of ten neurons no others differ."""


class Question(BaseModel):
    """A prompt, and the next tokens whose logits are compared; without a foil, the answer's logit alone."""

    model_config = ConfigDict(frozen=True)

    prompt: str
    answer: str
    foil: str | None = None


class Rule(BaseModel):
    """A prompt is covered where its graph has at least these scores and at least the share ``agreement`` of its ten
    neurons of largest effect, switched off one at a time, move the output the way that the graph says."""

    model_config = ConfigDict(frozen=True)

    replacement: float = Field(ge=0, le=1)
    completeness: float = Field(ge=0, le=1)
    agreement: float = Field(ge=0, le=1)


class GraphCoverage(NodeStudy):
    """How many of a set of prompts a rule covers that was stated before any was drawn. Grids [prompt]:
    ``replacement`` and ``completeness`` of the whole graph over ``count`` neurons, ``agreement`` as in Rule, NaN until
    drawn; ``covered`` [of], the share of the prompts drawn so far that meet the rule, 95 % interval by Wilson. Control
    "predictions shuffled": ``agreement`` where each neuron's prediction is another's of the same prompt, mean and 95 %
    range of 1000 orders; ``covered`` with it; ``passing`` [prompt, at least], the share of the orders whose agreement
    is at least 0, 0.1 ... 1."""

    kind: Literal["graph-coverage"] = "graph-coverage"
    prompts: tuple[Question, ...]
    rule: Rule
    count: int = Field(default=300, ge=1)

    needs: ClassVar[tuple[str, ...]] = NEEDS
    lighter: ClassVar[str] = LIGHTER

    @field_validator("prompts")
    @classmethod
    def _some(cls, prompts: tuple[Question, ...]) -> tuple[Question, ...]:
        if not prompts:
            raise BadClaim("There is no prompt, so a rule can cover none. Give at least one.")
        return prompts

    def estimate(self, model: Model) -> Cost:
        each = [one.tokens for one in self._asked(model)]
        replaced = self.replaced(model)
        drawing = [cost_of_drawing(model, tokens, self.count, replaced) for tokens in each]
        runs = [cost_of_changes(model, tokens.ids.shape[1], TESTED) for tokens in each]
        return Cost(
            seconds=sum(one.seconds for one in (*drawing, *runs)),
            bytes=max(one.bytes for one in drawing) + max(one.bytes for one in runs),
        )

    def inputs(self, model: Model) -> list[Tensor]:
        return [one.tokens.ids[0] for one in self._asked(model)]

    def method(self, model: Model) -> Method:
        return Method(
            sites=self.set_at(model),
            metric="scores of the attribution graph of each prompt's logit difference, by circuit-tracer's formulas,"
            f" and the share of its {TESTED} neurons of largest effect whose change of the logit difference, each set"
            " to 0, has the sign that the graph says",
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        every, replaced = self._asked(model), self.replaced(model)
        for one in every:
            refuse_nothing(one, float(output_of(model, one, remember(model, one.tokens).logits[None])[0]))
            yield None
        found: list[_Found] = []
        luck = np.random.default_rng(self.seed)
        for one in every:
            for graph in graph_steps(model, one, self.count, replaced):  # noqa: B007  # the last one is whole
                yield None
            said, top = strongest(graph)
            nodes = read_nodes(model, one.tokens, replaced)
            settings = [nodes.setting(graph.neurons[n][None], torch.zeros(1)) for n in top]
            moved: list[float] = []
            for some in changes(model, remember(model, one.tokens), one, settings):
                moved += some
                yield None
            agree = np.sign(said) == np.sign(moved)
            orders = luck.permuted(np.tile(np.sign(said), (SHUFFLES, 1)), axis=1)
            shuffled = (orders == np.sign(moved)).mean(1)
            found.append(_Found(scores(adjacency(graph)), float(agree.mean()), shuffled))
            yield self._result(found)

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_graphs.coverage_script(self, model, flavour)

    def _asked(self, model: Model) -> list[Asked]:
        """Raises NotOneToken, BadPair, EmptyText, TooLong."""
        return [asked(model, one.prompt, one.answer, one.foil) for one in self.prompts]

    def _result(self, found: Sequence[_Found]) -> Result:
        n, axes = len(found), {"prompt": tuple(one.prompt for one in self.prompts)}

        def by_prompt(values: NDArray[np.float64]) -> Array:
            return Array.of(np.concatenate([values, np.full((len(self.prompts) - n, *values.shape[1:]), np.nan)]))

        own = {
            "replacement": np.array([one.scores.replacement for one in found]),
            "completeness": np.array([one.scores.completeness for one in found]),
            "agreement": np.array([one.agreement for one in found]),
        }
        scored = (own["replacement"] >= self.rule.replacement) & (own["completeness"] >= self.rule.completeness)
        shuffled = np.stack([one.shuffled for one in found])  # [prompt, order]
        passed = (scored[:, None] & (shuffled >= self.rule.agreement)).mean(0)
        low, high = np.quantile(shuffled, (0.025, 0.975), axis=1)
        passing = (shuffled[:, :, None] >= BARS).mean(1)
        beside = {
            "agreement": Grid(
                values=by_prompt(shuffled.mean(1)), low=by_prompt(low), high=by_prompt(high), axes=axes, unit="share"
            ),
            "passing": Grid(
                values=by_prompt(passing), axes=axes | {"at least": tuple(f"{bar:g}" for bar in BARS)}, unit="share"
            ),
            "covered": _covered(float(passed.mean()), *np.quantile(passed, (0.025, 0.975))),
        }
        covered = scored & (own["agreement"] >= self.rule.agreement)
        why = (
            f"The graph's predictions for one prompt's neurons in {SHUFFLES} other orders (seed {self.seed}): how often"
            " signs agree that have nothing to do with one another."
        )
        return Result(
            study=self,
            grids={name: Grid(values=by_prompt(values), axes=axes, unit="share") for name, values in own.items()}
            | {"covered": _covered(float(covered.mean()), *wilson(int(covered.sum()), n))},
            controls=(Control(name="predictions shuffled", why=why, grids=beside),),
            done=n / len(self.prompts),
        )


def strongest(graph: AttributionGraph) -> tuple[NDArray[np.float64], Tensor]:
    """The ``TESTED`` neurons of largest effect, and by how much the output moves, as the graph says, when each is
    switched off: effects first."""
    effects = total_effects(graph)[: len(graph.neurons)]
    top = effects.abs().topk(min(TESTED, len(effects))).indices
    return -effects[top].numpy().astype(np.float64), top


@dataclass(frozen=True)
class _Found:
    """Of one prompt; ``shuffled`` [order] are agreements of predictions in another order."""

    scores: Scores
    agreement: float
    shuffled: NDArray[np.float64]


def _covered(value: float, low: float, high: float) -> Grid:
    ends = [Array.of(np.array([end])) for end in (value, low, high)]
    return Grid(values=ends[0], low=ends[1], high=ends[2], axes={"of": ("prompts",)}, unit="share")
