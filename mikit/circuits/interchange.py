"""Attribution graphs as the JSON that circuit-tracer writes and Neuronpedia draws, out and in.

Their names of nodes: ``LAYER_FEATURE_POSITION``, ``E_TOKEN_POSITION`` for an embedding, and for an error node
``LAYER_-1_POSITION``, or ``0_LAYER_POSITION`` up to circuit-tracer 0.5.0, which a feature of layer 0 can have too. What
was read is written again as it came, with all that mikit has no use for: pins, supernodes, labels."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

import psutil
import torch

from mikit.circuits.attribution import AttributionGraph
from mikit.circuits.influence import Adjacency, Pruned
from mikit.errors import GraphUnusable
from mikit.models.model import Model

SCHEMA = 1
"""The newest version of the form that is read, and the one that is written."""
NEURONS = "neurons, single and as they are"
"""What a file's features are where no transcoder was trained."""
Kind = Literal["feature", "rest", "embedding", "output"]
_KINDS: dict[str, Kind] = {
    "cross layer transcoder": "feature",
    "mlp reconstruction error": "rest",
    "embedding": "embedding",
    "logit": "output",
}


@dataclass(frozen=True)
class Node:
    """One node of a graph file. ``layer``: None for an embedding and an output. ``feature``: the neuron's or feature's
    number in its layer, the token's id for an embedding or output, None for a rest node. ``weight``: of an output, its
    token's probability."""

    id: str
    kind: Kind
    layer: int | None
    position: int
    feature: int | None
    label: str
    weight: float


@dataclass(frozen=True, eq=False)
class Drawing:
    """A graph file: ``document`` as it was read, its nodes, and its edges as numbers in the order of the nodes."""

    document: Mapping[str, Any]
    nodes: tuple[Node, ...]
    numbers: Adjacency


def read_graph(text: str) -> Drawing:
    """A graph from the text of its file. Raises GraphUnusable."""
    document = _document(text)
    nodes = tuple(_node(each) for each in document["nodes"])
    places = {node.id: n for n, node in enumerate(nodes)}
    if len(places) < len(nodes):
        name, count = Counter(node.id for node in nodes).most_common(1)[0]
        raise GraphUnusable(
            f"{count} nodes of this graph are called '{name}', so its edges cannot be told apart. Older versions of"
            " circuit-tracer name an error node as a feature of layer 0; write the graph again with a newer one."
        )
    _refuse_too_large(len(nodes))
    effects = torch.zeros(len(nodes), len(nodes))
    for edge in document["links"]:
        source, target, weight = _edge(edge, places)
        effects[target, source] = weight
    numbers = Adjacency(
        effects,
        rest=torch.tensor([node.kind == "rest" for node in nodes], dtype=torch.bool),
        embeddings=torch.tensor([node.kind == "embedding" for node in nodes], dtype=torch.bool),
        outputs=torch.tensor([node.weight if node.kind == "output" else 0.0 for node in nodes]),
    )
    return Drawing(document, nodes, numbers)


def write_graph(drawing: Drawing) -> str:
    """The text of a graph's file."""
    return json.dumps(drawing.document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def drawing_of(
    model: Model, graph: AttributionGraph, kept: Pruned, *, slug: str, transcoders: Sequence[str] = ()
) -> Drawing:
    """A drawn and pruned graph as circuit-tracer would write it, with neurons in place of features (unless those of
    ``transcoders``, by name, were drawn) and rest nodes in place of errors. An embedding or output stays, other nodes
    where an edge of theirs does. What only mikit knows stands under "mikit" in the metadata."""
    edges = kept.edges.nonzero()
    shown = kept.nodes.clone()
    shown[: graph.embeddings.start] &= (kept.edges.any(0) | kept.edges.any(1))[: graph.embeddings.start]
    made = {n: _written(model, graph, n) for n in shown.nonzero().ravel().tolist()}
    for n, node in made.items():
        if n != graph.output:
            node["influence"] = float(kept.reached[n])
    weights = graph.effects[edges[:, 0], edges[:, 1]].tolist()
    document = {
        "metadata": {
            "slug": slug,
            "scan": model.ref.name,
            "transcoder_list": list(transcoders),
            "prompt_tokens": list(graph.tokens.strings),
            "prompt": "".join(graph.tokens.strings),
            "schema_version": SCHEMA,
            "mikit": {
                "features": "of transcoders" if transcoders else NEURONS,
                "model_sha256": model.ref.sha256,
                "value": graph.value,
                "share": graph.share,
                "direct_share": graph.direct_share,
            },
        },
        "qParams": {"pinnedIds": [], "supernodes": [], "linkType": "both", "clickedId": "", "sg_pos": ""},
        "nodes": list(made.values()),
        "links": [
            {"source": made[source]["node_id"], "target": made[target]["node_id"], "weight": weight}
            for (target, source), weight in zip(edges.tolist(), weights, strict=True)
        ],
    }
    return read_graph(json.dumps(document))


def node_id(model: Model, graph: AttributionGraph, n: int) -> str:
    """How a node of a drawn graph is called."""
    if n < len(graph.neurons):
        layer, position, neuron = graph.neurons[n].tolist()
        return f"{layer}_{neuron}_{position}"
    if n < graph.rest.stop:
        layer, position = divmod(n - graph.rest.start, graph.positions)
        return f"{layer}_-1_{position}"
    if n < graph.embeddings.stop:
        position = n - graph.embeddings.start
        return f"E_{int(graph.tokens.ids[0, position])}_{position}"
    # A difference is no token: circuit-tracer gives such outputs numbers from the vocabulary's size on.
    number = graph.answer if graph.foil is None else model.spec.vocab
    return f"{graph.layers + 1}_{number}_{graph.positions - 1}"


def _written(model: Model, graph: AttributionGraph, n: int) -> dict[str, Any]:
    """One node as circuit-tracer writes it. Its ``feature`` pairs layer and number in one (Cantor)."""
    id = node_id(model, graph, n)
    first, number, position = id.split("_")
    node: dict[str, Any] = {"node_id": id, "layer": first, "ctx_idx": int(position), "clerp": ""}
    if n < len(graph.neurons):
        layer, neuron = int(first), int(number)
        return node | {
            "feature": (layer + neuron) * (layer + neuron + 1) // 2 + neuron,
            "feature_type": "cross layer transcoder",
            "jsNodeId": f"{layer}_{neuron}-0",
            "activation": float(graph.values[n]),
        }
    if n < graph.rest.stop:
        return node | {
            "feature": -1,
            "feature_type": "mlp reconstruction error",
            "jsNodeId": f"{first}_-1-{position}",
        }
    if n < graph.embeddings.stop:
        return node | {
            "feature": int(position),
            "feature_type": "embedding",
            "jsNodeId": f"E_{number}-{position}",
        }
    names = [model.token_string(id) for id in (graph.answer, graph.foil) if id is not None]
    return node | {
        "feature": int(number),
        "feature_type": "logit",
        "token_prob": 1.0,
        "is_target_logit": True,
        "jsNodeId": f"L_{number}-{position}",
        "clerp": "Output " + " - ".join(f'"{name}"' for name in names),
    }


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise GraphUnusable(f"This is no graph file: it is not JSON ({error}).") from None
    parts = {"metadata": dict, "nodes": list, "links": list}
    wrong = [
        name
        for name, kind in parts.items()
        if not isinstance(document, dict) or not isinstance(document.get(name), kind)
    ]
    if wrong:
        raise GraphUnusable(
            f"This is no graph file of circuit-tracer's form: it has no {', '.join(wrong)}. It needs metadata, nodes"
            " and links."
        )
    version = document["metadata"].get("schema_version")
    if version is not None and (not isinstance(version, int) or version > SCHEMA):
        raise GraphUnusable(
            f"This graph is written in version {version} of its form; this mikit reads up to {SCHEMA}. Look for a newer"
            " mikit, or write the graph again in the older form."
        )
    found: dict[str, Any] = document
    return found


def _node(raw: Any) -> Node:
    try:
        id, kind, position = raw["node_id"], _KINDS[raw["feature_type"]], int(raw["ctx_idx"])
        first, second, last = id.split("_")
        layer = int(raw["layer"]) if kind in ("feature", "rest") else None
        if kind == "rest":
            feature = None
            fits = id in (f"{layer}_-1_{position}", f"0_{layer}_{position}")
        else:
            feature = int(second)
            fits = int(last) == position and (layer is None or int(first) == layer)
        weight = float(raw.get("token_prob") or 0.0)
        label = str(raw.get("clerp") or "")
    except (KeyError, TypeError, ValueError, AttributeError):
        fits = False
    if not fits:
        raise GraphUnusable(
            f"A node of this graph cannot be read: {json.dumps(raw)[:200]}. It needs a node_id such as 3_512_7, a layer"
            f" and a ctx_idx that agree with it, and as feature_type one of: {', '.join(_KINDS)}."
        )
    return Node(id, kind, layer, position, feature, label, weight)


def _refuse_too_large(nodes: int) -> None:
    needed, free = 3 * 4 * nodes**2, psutil.virtual_memory().available  # the edges, and two more when it is pruned
    if needed > 0.8 * free:
        raise GraphUnusable(
            f"This graph has {nodes} nodes. All pairs of them would need about {needed / 1e9:.1f} GB of memory, and"
            f" {free / 1e9:.1f} GB are free. Write it again with fewer nodes."
        )


def _edge(raw: Any, places: dict[str, int]) -> tuple[int, int, float]:
    """Source, target, weight."""
    try:
        ends, weight = (raw["source"], raw["target"]), float(raw["weight"])
    except (KeyError, TypeError, ValueError):
        raise GraphUnusable(
            f"An edge of this graph cannot be read: {json.dumps(raw)[:200]}. It needs source, target and weight."
        ) from None
    for end in ends:
        if end not in places:
            raise GraphUnusable(
                f"An edge of this graph, {ends[0]} to {ends[1]}, ends at '{end}', which is none of its {len(places)}"
                " nodes. The file may be cut short; write it again."
            )
    if not isfinite(weight):
        raise GraphUnusable(f"The edge {ends[0]} to {ends[1]} has the weight {weight}, which is no number to draw.")
    return places[ends[0]], places[ends[1]], weight
