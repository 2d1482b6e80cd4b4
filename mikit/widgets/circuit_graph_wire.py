"""What CircuitGraph sends to the browser: a graph with every level of pruning in it, its tests, a neuron's detail."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from mikit.circuits.influence import Adjacency, narrowed, scores
from mikit.circuits.interchange import Kind, Node
from mikit.models.model import Model
from mikit.studies.base import Grid, Result
from mikit.studies.draw_graph import DrawGraph
from mikit.studies.graph_coverage import BARS, GraphCoverage, Question
from mikit.studies.graphs import DRAWS, levels
from mikit.studies.test_graph import TestGraph
from mikit.widgets.circuit_graph_files import GraphFile
from mikit.widgets.features_wire import number
from mikit.widgets.steering_wire import with_interval
from mikit.widgets.wire import decode, encode

KINDS: tuple[Kind, ...] = ("feature", "rest", "embedding", "output")
"""Kinds of nodes, in the order of their numbers on the wire."""

TESTED = ("predicted", "measured", "random", "random_low", "random_high")
"""What is known of a set of neurons that were changed: what the graph foretold, what came, and of other neurons."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Drawn:
    """What is drawn of a graph. By node: what it was (``value``), what it brings the output along all drawn ways
    (``effect``), the first level that keeps it (``since``). By edge: ``ends`` [edge, (from, to)] as places in
    ``nodes``, ``weight``, ``edge_since``. By level: how many neurons it keeps (``kept``), and both scores."""

    nodes: Sequence[Node]
    value: Floats
    effect: Floats
    since: NDArray[Any]
    ends: NDArray[np.int64]
    weight: Floats
    edge_since: NDArray[Any]
    kept: NDArray[np.int64]
    replacement: Floats
    completeness: Floats


_EMPTY = np.zeros(0, np.float32)
NOTHING = Drawn(
    nodes=(),
    value=_EMPTY,
    effect=_EMPTY,
    since=_EMPTY,
    ends=np.zeros((0, 2), np.int64),
    weight=_EMPTY,
    edge_since=_EMPTY,
    kept=np.zeros(0, np.int64),
    replacement=_EMPTY,
    completeness=_EMPTY,
)
"""A graph that is still being drawn."""


def graph_wire(drawn: Drawn, about: Mapping[str, Any]) -> dict[str, Any]:
    """All of a graph. ``about``: prompt, answer, foil, tokens, value, shares, source, done."""
    nodes = drawn.nodes
    deepest = max((node.layer for node in nodes if node.layer is not None), default=-1)
    top = {"embedding": -1, "output": int(about.get("layers") or deepest + 1)}
    return {
        **about,
        "layers": top["output"],
        "ids": [node.id for node in nodes],
        "kind": encode(np.array([KINDS.index(node.kind) for node in nodes], np.uint8)),
        "layer": encode(np.array([top.get(node.kind, node.layer) for node in nodes], np.int64)),
        "position": encode(np.array([node.position for node in nodes], np.int64)),
        "feature": encode(np.array([_feature(node) for node in nodes], np.int64)),
        "value_of": encode(drawn.value),
        "effect": encode(drawn.effect),
        "since": encode(drawn.since.astype(np.uint8)),
        "from": encode(drawn.ends[:, 0]),
        "to": encode(drawn.ends[:, 1]),
        "weight": encode(drawn.weight),
        "edge_since": encode(drawn.edge_since.astype(np.uint8)),
        "labels": {node.id: node.label for node in nodes if node.label},
    }


def _feature(node: Node) -> int:
    """A node's number in its layer; -1 for a rest node. Other labs' numbers can be longer than the wire's."""
    return -1 if node.feature is None else min(node.feature, 2**31 - 1)


# -- from a study -----------------------------------------------------------------------------------------------------


def result_wire(result: Result, model: Model) -> tuple[Drawn, dict[str, Any]]:
    """What a study has drawn; nothing but the shares while it still draws."""
    study = result.study
    assert isinstance(study, DrawGraph)
    share = result.grids["share"].values.numpy()
    drawn = _drawn_by(result.grids, study) if "node" in result.grids else NOTHING
    about = {
        "prompt": study.prompt,
        "answer": study.answer,
        "foil": study.foil or "",
        "tokens": list(result.texts["tokens"]),
        "layers": model.spec.layers,
        "value": number(float(drawn.value[-1])) if len(drawn.value) else None,
        "share": float(share[0]),
        "share_random": _ends(result.controls[0].grids["share"]),
        "source": "",
        "done": "node" in result.grids,
    }
    return drawn, about


def _drawn_by(grids: Mapping[str, Grid], study: DrawGraph) -> Drawn:
    of_node = dict(zip(grids["node"].axes["field"], grids["node"].values.numpy().T, strict=True))
    of_edge = dict(zip(grids["edge"].axes["field"], grids["edge"].values.numpy().T, strict=True))
    ids, scored = grids["node"].axes["node"], grids["score"].values.numpy()
    place = {id: n for n, id in enumerate(ids)}
    ends = [[place[end] for end in name.split(">")] for name in grids["edge"].axes["edge"]]
    return Drawn(
        nodes=[_node(id, id == ids[-1], study) for id in ids],
        value=of_node["value"],
        effect=of_node["effect"],
        since=of_node["level"],
        ends=np.array(ends, np.int64).reshape(-1, 2),
        weight=of_edge["effect"],
        edge_since=of_edge["level"],
        kept=grids["kept"].values.numpy()[:, 0].astype(np.int64),
        replacement=scored[:, 0],
        completeness=scored[:, 1],
    )


def _node(id: str, last: bool, study: DrawGraph) -> Node:
    """A node by its name: LAYER_NEURON_POSITION, LAYER_-1_POSITION, E_TOKEN_POSITION; the last is the output."""
    layer, feature, position = id.split("_")
    label = f'Output "{study.answer}"' + (f' - "{study.foil}"' if study.foil else "")
    if last:
        return Node(id, "output", None, int(position), int(feature), label, 1.0)
    if layer == "E":
        return Node(id, "embedding", None, int(position), int(feature), "", 0.0)
    if feature == "-1":
        return Node(id, "rest", int(layer), int(position), None, "", 0.0)
    return Node(id, "feature", int(layer), int(position), int(feature), "", 0.0)


# -- from a file -------------------------------------------------------------------------------------------------------


def file_wire(file: GraphFile) -> tuple[Drawn, dict[str, Any]]:
    """A file's graph, pruned as one of ours is, but that the last level keeps all of it. Raises BadCircuit for one that
    goes in a circle, or in which nothing reaches an output."""
    document, nodes = file.drawing.document, file.drawing.nodes
    metadata = document["metadata"]
    ours = metadata.get("mikit") if isinstance(metadata.get("mikit"), dict) else {}
    length = 1 + max(node.position for node in nodes)
    given = metadata.get("prompt_tokens")
    tokens = [str(token) for token in given] if isinstance(given, list) else []
    tokens += [f"[{n}]" for n in range(len(tokens), length)]
    about = {
        "prompt": str(metadata.get("prompt") or "".join(tokens)),
        "answer": file.drawn_from.get("answer", ""),
        "foil": file.drawn_from.get("foil", ""),
        "tokens": tokens,
        "layers": 0,
        "value": _own(ours, "value"),
        "share": _own(ours, "share"),
        "share_random": None,
        "source": file.name,
        "done": True,
    }
    return _drawn_of(nodes, file.drawing.numbers, _values(document["nodes"])), about


def _own(ours: Mapping[str, Any], key: str) -> float | None:
    found = ours.get(key)
    return number(found) if isinstance(found, float | int) else None


def _values(raw: Sequence[Mapping[str, Any]]) -> Floats:
    """What each node was in the run, NaN where the file does not say."""
    found = [node.get("activation") for node in raw]
    return np.array([x if isinstance(x, float | int) else np.nan for x in found], np.float32)


def _drawn_of(nodes: Sequence[Node], numbers: Adjacency, values: Floats) -> Drawn:
    effects = numbers.effects
    targets, sources = (ends.numpy() for ends in effects.nonzero(as_tuple=True))
    cuts = levels(numbers)
    keeps = [one.nodes for one in cuts[:-1]] + [torch.ones_like(cuts[-1].nodes)]
    edges = [one.edges for one in cuts[:-1]] + [effects != 0]
    found = [scores(narrowed(numbers, one)) for one in keeps]
    return Drawn(
        nodes=nodes,
        value=values,
        effect=_total_effects(numbers, torch.from_numpy(values)).numpy(),
        since=len(keeps) - torch.stack(keeps).sum(0).numpy(),
        ends=np.stack([sources, targets], 1),
        weight=effects.numpy()[targets, sources],
        edge_since=len(edges) - torch.stack(edges).sum(0).numpy()[targets, sources],
        kept=np.array([int((one & numbers.features).sum()) for one in keeps]),
        replacement=np.array([one.replacement for one in found], np.float32),
        completeness=np.array([one.completeness for one in found], np.float32),
    )


def _total_effects(numbers: Adjacency, values: torch.Tensor) -> torch.Tensor:
    """What each node brings the outputs along all drawn ways. What a node was is the sum of what comes in where the
    file does not say it."""
    effects = numbers.effects
    values = torch.where(values.isnan(), effects.sum(1), values)
    share = torch.where(values == 0, 0.0, 1 / values)[:, None] * effects
    step = numbers.outputs @ effects
    total = step.clone()
    for _ in range(len(effects)):  # the longest way: a graph that goes in a circle was refused
        if not step.any():
            break
        step = step @ share
        total += step
    return total


# -- levels, tests, one neuron, the dial -------------------------------------------------------------------------------


def levels_wire(drawn: Drawn, tested: Result | None) -> dict[str, Any]:
    """Each level's neurons and scores, and what switching off all that it keeps changes, beside as many others."""
    found = {name: np.full(len(drawn.kept), np.nan, np.float32) for name in TESTED}
    if tested is not None:
        found = dict(zip(TESTED, _tested(tested), strict=True))
    scored = {"replacement": drawn.replacement, "completeness": drawn.completeness}
    return {"kept": encode(drawn.kept), **{name: encode(values) for name, values in (scored | found).items()}}


def _tested(result: Result) -> list[Floats]:
    """By level or intervention: what the graph foretold, what came, what came of random neurons, with its range."""
    own = [result.grids[name].values.numpy() for name in ("predicted", "measured")]
    return [*own, *with_interval(result.controls[0].grids["measured"])]


def outcome_wire(result: Result) -> list[dict[str, Any]]:
    """The tests that are answered."""
    study = result.study
    assert isinstance(study, TestGraph)
    return [
        {
            **one.model_dump(mode="json"),
            "predicted": float(predicted),
            "measured": float(measured),
            "random": [number(float(x)) for x in random],
        }
        for one, predicted, measured, *random in zip(study.interventions, *_tested(result), strict=True)
        if np.isfinite(measured)
    ]


def detail_wire(result: Result, id: str) -> dict[str, Any]:
    """A neuron in ordinary text and what it speaks for, beside another neuron of its layer."""
    other = {name.removeprefix("other "): texts for name, texts in result.texts.items() if name.startswith("other ")}
    beside = _neuron(result.controls[0].grids, other)
    return {"id": id, **_neuron(result.grids, result.texts), "other": beside}


def _neuron(grids: Mapping[str, Grid], texts: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    values = grids["activation"].values.numpy()
    centre = grids["activation"].axes["place"].index("+0")
    rows = zip(np.array(texts["tokens"]).reshape(values.shape).tolist(), values.tolist(), strict=True)
    return {
        **{
            name: [
                {"token": token, "value": float(value)}
                for token, value in zip(texts[name], grids[name].values.numpy(), strict=True)
            ]
            for name in ("promoted", "suppressed")
        },
        "examples": [_example(tokens, row, centre) for tokens, row in rows],
    }


def _example(tokens: list[str], values: list[float], centre: int) -> dict[str, Any]:
    """One place in a text, without what lies outside of the text."""
    inside = [n for n, token in enumerate(tokens) if token]
    return {
        "tokens": [tokens[n] for n in inside],
        "values": [number(values[n]) for n in inside],
        "centre": inside.index(centre),
    }


def coverage_wire(prompts: Sequence[Question], result: Result | None) -> dict[str, Any] | None:
    """The dial: three numbers a prompt, and the share that the rule covers as it was stated; None without prompts."""
    if not prompts:
        return None
    study = None if result is None else result.study
    assert study is None or isinstance(study, GraphCoverage)
    missing = np.full(len(prompts), np.nan, np.float32)
    names = ("replacement", "completeness", "agreement")
    own = {name: missing if result is None else result.grids[name].values.numpy() for name in names}
    beside = None if result is None else result.controls[0].grids
    passing = (
        np.full((len(prompts), len(BARS)), np.nan, np.float32) if beside is None else beside["passing"].values.numpy()
    )
    return {
        "count": None if study is None else study.count,
        "prompts": [one.prompt for one in prompts],
        **{name: encode(values) for name, values in own.items()},
        "shuffled": encode(passing),
        "stated": None if result is None else _ends(result.grids["covered"]),
        "stated_shuffled": None if beside is None else _ends(beside["covered"]),
    }


def _ends(grid: Grid) -> list[float | None]:
    """The first value of a grid, with the ends of its interval."""
    return [number(float(ends[0])) for ends in with_interval(grid)]


# -- the static picture ------------------------------------------------------------------------------------------------

STRONGEST = 8
"""Neurons that the static picture lists."""


def picture(graph: dict[str, Any], levels: dict[str, Any] | None, level: int, outcome: list[dict[str, Any]]) -> str:
    """What the graph traces back and how much of it, the strongest neurons, and what came of each test."""
    of = repr(graph["answer"]) + (f" over {graph['foil']!r}" if graph["foil"] else "")
    value = "" if graph["value"] is None else f": {signed(graph['value'])} logits"
    lines = [f"{graph['source']} {graph['prompt']!r} \N{RIGHTWARDS ARROW} {of}{value}".strip()]
    if graph["share"] is not None:
        random = ""
        if graph["share_random"] is not None:
            mean, low, high = graph["share_random"]
            random = f"; {DRAWS} random sets of as many {mean:.1%}, from {low:.1%} to {high:.1%}"
        lines.append(f"All of its neurons hold {graph['share']:.1%} of the effect along all ways{random}.")
    if levels is not None:
        lines.append(_level_in_words({name: decode(one) for name, one in levels.items()}, level))
    return "".join(f"<p>{html.escape(line)}</p>" for line in lines) + _strongest(graph) + _outcomes(outcome)


def signed(value: float) -> str:
    """A number with its sign, two decimals."""
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")


def _level_in_words(levels: dict[str, NDArray[Any]], level: int) -> str:
    at = {name: float(values[min(level, len(values) - 1)]) for name, values in levels.items()}
    line = f"{at['kept']:.0f} neurons: replacement {at['replacement']:.2f}, completeness {at['completeness']:.2f}"
    if not np.isfinite(at["measured"]):
        return line
    return (
        f"{line}; switched off: predicted {signed(at['predicted'])}, measured {signed(at['measured'])}; {DRAWS}"
        f" random sets {_range(*(at[name] for name in TESTED[2:]))} logits"
    )


def _strongest(graph: dict[str, Any]) -> str:
    kind, effect = decode(graph["kind"]), decode(graph["effect"])
    neurons = np.flatnonzero(kind == KINDS.index("feature"))
    order = neurons[np.argsort(-np.abs(effect[neurons]), kind="stable")][:STRONGEST].tolist()
    place = [decode(graph[name]).tolist() for name in ("layer", "feature", "position")]
    rows = [
        (f"L{place[0][n]} neuron {place[1][n]}", repr(graph["tokens"][place[2][n]]), signed(float(effect[n])))
        for n in order
    ]
    return _table(("node", "at", "effect along drawn ways"), rows)


def _outcomes(outcome: list[dict[str, Any]]) -> str:
    done = {"ablate": "off", "boost": "doubled", "swap": "swapped in"}
    rows = []
    for one in outcome:
        told = (signed(one["predicted"]), signed(one["measured"]), _range(*one["random"]))
        rows.append((f"{one['name']}: {len(one['nodes'])} {done[one['how']]}", *told))
    return _table(("test", "predicted", "measured", f"{DRAWS} random sets"), rows)


def _range(*random: float | None) -> str:
    """What came of random sets: their mean, and from where to where they lie."""
    mean, low, high = ("?" if x is None else signed(x) for x in random)
    return f"{mean}, from {low} to {high}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Nothing where there are no rows."""
    if not rows:
        return ""
    cells = [("th", head), *(("td", row) for row in rows)]
    return "<table>" + "".join(_row(tag, row) for tag, row in cells) + "</table>"


def _row(tag: str, cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"
