"""The attribution graph of one prompt, pruned at ten levels, beside as many neurons drawn at random."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import torch
from torch import Tensor

from mikit.circuits.attribution import AttributionGraph, neuron_effects
from mikit.circuits.frozen import freeze
from mikit.circuits.influence import Pruned, Scores, adjacency, narrowed, scores
from mikit.circuits.interchange import Drawing, drawing_of, node_id
from mikit.circuits.prediction import total_effects
from mikit.models.model import Model
from mikit.studies import code_graphs
from mikit.studies.base import Control, Flavour, Grid, Method, Result
from mikit.studies.graphs import DRAWS, LEVELS, GraphStudy, each_level, levels
from mikit.trace.arrays import Array
from mikit.trace.sites import Site

OF = ("along all ways", "directly")
FIELDS = ("value", "effect", "reached", "level")


class DrawGraph(GraphStudy):
    """Draw the graph. Grids: ``share`` [of], how much the kept neurons hold of the effects that all single neurons have
    on the output, along all ways and directly; ``score`` [level, score] and ``kept`` [level, of] at each of ten levels
    of pruning, whose labels are the share of influence that the kept nodes hold.

    Of what the last level keeps: ``node`` [node, field], its value in the run (the output's: the logit difference; NaN
    for a node that has none), its effect on the output along all drawn ways, the share of influence reached with it
    (NaN for the output), and the first level, from 0, at which it is kept; ``edge`` [edge, field], labels "FROM>TO":
    what the source brings of the target's value, and the first level. Texts: ``tokens``. Control "random neurons":
    ``share`` of as many neurons drawn at random, mean and range of 8 draws."""

    kind: Literal["draw-graph"] = "draw-graph"

    def method(self, model: Model) -> Method:
        names = ("resid_pre", "pattern", "mlp_in", "mlp_out" if self.transcoders else "mlp_post")
        sites = [Site.model_validate({"name": name, "layer": n}) for n in range(model.spec.layers) for name in names]
        return Method(
            sites=tuple(sites),
            metric=f"the {self.output}, shared out over neurons by the local replacement model: attention patterns,"
            " norm scales and act(p) / p frozen; influence, scores and pruning by circuit-tracer's formulas",
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        grids: dict[str, Grid] = {}
        control: tuple[Control, ...] = ()
        for graph in self.drawn(model):
            if not grids:
                yield None
                grids, control = self._shares(model, graph)
            yield Result(
                study=self,
                grids=grids,
                texts={"tokens": graph.tokens.strings},
                controls=control,
                done=0.9 * float((~graph.effects[:, -1].isnan()).float().mean()),
            )
        numbers = adjacency(graph)
        kept: list[Pruned] = []
        found: list[Scores] = []
        for one in each_level(numbers):
            yield None
            kept.append(one)
            found.append(scores(narrowed(numbers, one.nodes)))
        grids |= _of_levels(graph, kept, found) | _of_last(model, graph, kept)
        yield Result(study=self, grids=grids, texts={"tokens": graph.tokens.strings}, controls=control)

    def drawing(self, model: Model) -> Drawing:
        """What the last level keeps, as circuit-tracer would write it."""
        *_, graph = self.drawn(model)
        return drawing_of(
            model,
            graph,
            levels(adjacency(graph))[-1],
            slug="mikit-graph",
            transcoders=[ref.name for ref in self.transcoders],
        )

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_graphs.draw_graph_script(self, model, flavour)

    def _shares(self, model: Model, graph: AttributionGraph) -> tuple[dict[str, Grid], tuple[Control, ...]]:
        own = torch.tensor([graph.share, graph.direct_share])
        drawn = self._random_shares(model, graph)
        why = f"As many neurons, drawn at random (seed {self.seed}, {DRAWS} draws): what any hold."
        beside = _grid(drawn.mean(0), {"of": OF}, "share", low=drawn.amin(0), high=drawn.amax(0))
        return {"share": _grid(own, {"of": OF}, "share")}, (
            Control(name="random neurons", why=why, grids={"share": beside}),
        )

    def _random_shares(self, model: Model, graph: AttributionGraph) -> Tensor:
        """Both shares [draw, 2] that as many neurons drawn at random hold."""
        frozen = freeze(model, graph.tokens, self.replaced(model))
        with torch.no_grad():
            found = neuron_effects(frozen, frozen.read_by_output(graph.answer, graph.foil)[0])
        sizes = torch.stack([found.everywhere.abs().flatten(), found.direct.abs().flatten()], dim=1)
        active = torch.stack([layer.neurons for layer in frozen.layers]).flatten().nonzero().ravel()
        luck = torch.Generator().manual_seed(self.seed)
        count = len(graph.neurons)
        drawn = [active[torch.randperm(len(active), generator=luck)[:count]] for _ in range(DRAWS)]
        held = [sizes[one].sum(0) for one in drawn]
        return torch.stack(held) / (sizes.sum(0) + found.errors.abs().sum((1, 2)))


def _of_levels(graph: AttributionGraph, kept: Sequence[Pruned], found: Sequence[Scores]) -> dict[str, Grid]:
    """The scores of each level, and how much it keeps."""
    neurons = len(graph.neurons)
    level = {"level": tuple(f"{share:g}" for share in LEVELS)}
    return {
        "score": _grid(
            torch.tensor([[one.replacement, one.completeness] for one in found]),
            level | {"score": ("replacement", "completeness")},
            "share",
        ),
        "kept": _grid(
            torch.tensor([[float(one.nodes[:neurons].sum()), float(one.edges.sum())] for one in kept]),
            level | {"of": ("neurons", "edges")},
            "count",
        ),
    }


def _of_last(model: Model, graph: AttributionGraph, kept: Sequence[Pruned]) -> dict[str, Grid]:
    """The nodes and edges that the last level keeps."""
    nodes, edges = kept[-1].nodes.nonzero().ravel(), kept[-1].edges.nonzero()
    names = {n: node_id(model, graph, n) for n in nodes.tolist()}
    values = torch.full_like(graph.effects[0], torch.nan)
    values[: len(graph.neurons)], values[graph.output] = graph.values, graph.value
    reached = kept[-1].reached.clone()
    reached[graph.output] = torch.nan
    # Where a level keeps something, all behind it do too.
    since = torch.stack([~one.nodes[nodes] for one in kept]).sum(0)
    of_nodes = torch.stack([values, total_effects(graph), reached], dim=1)[nodes]
    to, source = edges.T
    edge_since = torch.stack([~one.edges[to, source] for one in kept]).sum(0)
    return {
        "node": _grid(
            torch.column_stack([of_nodes, since]),
            {"node": tuple(names.values()), "field": FIELDS},
            "by field: activation, logits, share, number",
        ),
        "edge": _grid(
            torch.column_stack([graph.effects[to, source], edge_since]),
            {
                "edge": tuple(f"{names[s]}>{names[t]}" for t, s in edges.tolist()),
                "field": ("effect", "level"),
            },
            "by field: that of the target's value, number",
        ),
    }


def _grid(
    values: Tensor,
    axes: dict[str, tuple[str, ...]],
    unit: str,
    *,
    low: Tensor | None = None,
    high: Tensor | None = None,
) -> Grid:
    ends = [None if end is None else Array.of(end) for end in (low, high)]
    return Grid(values=Array.of(values), axes=axes, unit=unit, low=ends[0], high=ends[1])
