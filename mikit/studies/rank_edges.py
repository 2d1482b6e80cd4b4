"""All edges between a model's parts, ranked by what cutting each would do; the strongest are cut one by one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import ClassVar, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from mikit.circuits.faithfulness import minimality
from mikit.circuits.run_edges import against_prompt, measured
from mikit.circuits.sets import strongest
from mikit.models.model import Model
from mikit.studies import code_circuits, cost
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result, Study, mean_grid
from mikit.studies.circuits import (
    LIGHTER,
    LOGITS,
    MEASURE,
    NEEDS,
    Floats,
    cost_of_runs,
    cost_of_scores,
    difference,
    edge_name,
    one_after_the_other,
    part_name,
    scored,
)
from mikit.studies.pairs import PairStudy
from mikit.trace.graph import Graph, graph_of

CHECKED = 12
"""Edges that are cut one by one, of the strongest and of random ones."""
OF = ("estimated", "measured")

Places = list[tuple[int, int]]


class RankEdges(PairStudy, Study):
    """How much lower the logit difference is expected to be when the changed prompt's value goes along one edge of the
    original's run: EAP-IG in ``ig_steps`` steps, 1 for EAP (``mikit.circuits.edges`` has definitions and sources).

    Grid ``score`` [receiver, sender], logits, NaN where there is no edge: the mean over pairs, of any lengths, with a
    95 % interval where there are several. Grid ``check`` [edge, of]: the twelve edges of largest score, whichever way,
    cut one by one; ``estimated`` is the score, ``measured`` what the logit difference lost. Control "random edges":
    twelve drawn from all, ``check`` alone."""

    kind: Literal["rank-edges"] = "rank-edges"
    ig_steps: int = Field(default=5, ge=1, le=100)

    needs: ClassVar[tuple[str, ...]] = NEEDS
    lighter: ClassVar[str] = LIGHTER

    def estimate(self, model: Model) -> Cost:
        lengths = [(pair.clean.ids.shape[1], pair.first) for pair in self.read(model)]
        ranking = cost_of_scores(model, self.pairs, self.ig_steps)
        return one_after_the_other(ranking, cost_of_runs(model, lengths, 2 * CHECKED + 1))

    def method(self, model: Model) -> Method:
        graph = graph_of(model.spec)
        return Method(
            sites=(*graph.senders, *graph.receivers),
            metric=f"{MEASURE}: what it would lose, by a straight line, when an edge carries what its sender writes in"
            f" the changed prompt's run; the mean slope over {self.ig_steps} embeddings between the two prompts'",
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        pairs, graph = self.read(model), graph_of(model.spec)
        lost = np.full((len(pairs), 2 * min(CHECKED, graph.size)), np.nan)
        ranking = len(pairs) * self.ig_steps
        total = ranking + lost.size
        for n, scores in enumerate(scored(model, self.pairs, self.ig_steps)):
            yield self._result(graph, scores, lost, min(n, ranking) / total)
        places = [*self._strongest(graph, scores), *self._random(graph)]
        for n, pair in enumerate(pairs):
            setting = against_prompt(model, pair.clean, pair.corrupt)
            yield None
            run = partial(measured, model, setting, difference(pair), cost.budget(model.spec))
            for i, loss in enumerate(minimality(run, graph.edges, (_one(graph, place) for place in places))):
                lost[n, i] = loss
                yield self._result(graph, scores, lost, (ranking + n * len(places) + i + 1) / total)

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_circuits.rank_edges_script(self, model, flavour)

    def _strongest(self, graph: Graph, scores: Tensor) -> Places:
        """The places of the edges of largest score, whichever way, in order."""
        size = scores.mean(0).abs()
        found = strongest(graph, size, min(CHECKED, graph.size)).nonzero().tolist()
        return [(r, s) for r, s in sorted(found, key=lambda place: -size[tuple(place)])]

    def _random(self, graph: Graph) -> Places:
        edges = graph.edges.nonzero()
        drawn = torch.randperm(len(edges), generator=torch.Generator().manual_seed(self.seed))[:CHECKED]
        return [(r, s) for r, s in edges[drawn].tolist()]

    def _result(self, graph: Graph, scores: Tensor, lost: Floats, done: float) -> Result:
        """``lost`` [pair, edge]: what cutting the strongest edges and then the random ones did, NaN before that."""
        chosen, random = self._strongest(graph, scores), self._random(graph)
        axes = {
            "receiver": tuple(part_name(site) for site in graph.receivers),
            "sender": tuple(part_name(site) for site in graph.senders),
        }
        score = mean_grid(torch.where(graph.edges, scores, torch.nan).numpy(), axes, LOGITS)
        check = _check(graph, chosen, scores, lost[:, : len(chosen)])
        control = {"check": _check(graph, random, scores, lost[:, len(chosen) :])}
        why = (
            f"Edges drawn at random from all {graph.size} (seed {self.seed}), cut in the same way: what any edge does."
        )
        return Result(
            study=self,
            grids={"score": score, "check": check},
            controls=(Control(name="random edges", why=why, grids=control),),
            done=done,
        )


def _check(graph: Graph, places: Places, scores: Tensor, lost: Floats) -> Grid:
    """The scores of some edges [pair, edge] beside what cutting them did."""
    estimated = np.full(lost.shape, np.nan)
    receivers, senders = zip(*places, strict=True)
    estimated[: len(scores)] = scores[:, receivers, senders]
    axes = {"edge": tuple(edge_name(graph, *place) for place in places), "of": OF}
    return mean_grid(np.stack([estimated, lost], axis=-1), axes, LOGITS)


def _one(graph: Graph, place: tuple[int, int]) -> Tensor:
    """A single edge as a set."""
    one = torch.zeros_like(graph.edges)
    one[place] = True
    return one
