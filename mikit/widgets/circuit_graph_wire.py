"""What CircuitGraph sends to the browser: a graph with every level of pruning in it, its tests, a neuron's detail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from mikit.circuits.influence import Adjacency, narrowed, pruned, scores
from mikit.circuits.interchange import Kind, Node
from mikit.widgets.circuit_graph_files import GraphFile
from mikit.widgets.features_wire import number
from mikit.widgets.wire import encode

KINDS: tuple[Kind, ...] = ("feature", "rest", "embedding", "output")
"""Kinds of nodes, in the order of their numbers on the wire."""

LEVELS = tuple(float(share) for share in np.linspace(0.3, 0.8, 10).round(2))

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Drawn:
    """What is drawn of a graph. By node: what it was (``value``), what it brings the output along all drawn ways
    (``effect``), the share of influence that it has together with those of more (``reached``), the first level that
    keeps it (``since``). By edge: ``ends`` [edge, (from, to)] as places in ``nodes``, ``weight``, ``edge_since``. By
    level: how many neurons it keeps, and both scores."""

    nodes: Sequence[Node]
    value: Floats
    effect: Floats
    reached: Floats
    since: NDArray[np.int64]
    ends: NDArray[np.int64]
    weight: Floats
    edge_since: NDArray[np.int64]
    kept: NDArray[np.int64]
    replacement: Floats
    completeness: Floats


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
        "feature": encode(np.array([-1 if node.feature is None else node.feature for node in nodes], np.int64)),
        "value_of": encode(drawn.value),
        "effect": encode(drawn.effect),
        "reached": encode(drawn.reached),
        "since": encode(drawn.since.astype(np.uint8)),
        "from": encode(drawn.ends[:, 0]),
        "to": encode(drawn.ends[:, 1]),
        "weight": encode(drawn.weight),
        "edge_since": encode(drawn.edge_since.astype(np.uint8)),
        "labels": {node.id: node.label for node in nodes if node.label},
    }


# -- from a file -------------------------------------------------------------------------------------------------------


def file_wire(file: GraphFile) -> tuple[Drawn, dict[str, Any]]:
    """A file's graph, pruned as one of ours is, but that the last level keeps all of it. Raises BadCircuit for one that
    goes in a circle, or in which nothing reaches an output."""
    document, nodes = file.drawing.document, file.drawing.nodes
    metadata = document["metadata"]
    ours = metadata.get("mikit") if isinstance(metadata.get("mikit"), dict) else {}
    length = 1 + max(node.position for node in nodes)
    tokens = [str(token) for token in metadata.get("prompt_tokens") or []]
    tokens += [f"[{n}]" for n in range(len(tokens), length)]
    about = {
        "prompt": str(metadata.get("prompt") or "".join(tokens)),
        "answer": file.drawn_from.get("answer", ""),
        "foil": file.drawn_from.get("foil", ""),
        "tokens": tokens,
        "layers": 0,
        "value": _own(ours, "value"),
        "share": _own(ours, "share"),
        "direct": _own(ours, "direct_share"),
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
    since, edge_since = np.full(len(nodes), len(LEVELS) - 1), np.full(len(targets), len(LEVELS) - 1)
    kept, found = [], []
    for level in reversed(range(len(LEVELS))):
        cut = pruned(numbers, nodes=LEVELS[level])
        last = level == len(LEVELS) - 1
        chosen = torch.ones_like(cut.nodes) if last else cut.nodes
        since[chosen.numpy()] = level
        edge_since[(chosen[:, None] & chosen if last else cut.edges).numpy()[targets, sources]] = level
        kept.append(int((chosen & numbers.features).sum()))
        found.append(scores(narrowed(numbers, chosen)))
    return Drawn(
        nodes=nodes,
        value=values,
        effect=_total_effects(numbers, torch.from_numpy(values)).numpy(),
        reached=cut.reached.numpy(),
        since=since,
        ends=np.stack([sources, targets], 1),
        weight=effects.numpy()[targets, sources],
        edge_since=edge_since,
        kept=np.array(kept[::-1]),
        replacement=np.array([one.replacement for one in reversed(found)], np.float32),
        completeness=np.array([one.completeness for one in reversed(found)], np.float32),
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
