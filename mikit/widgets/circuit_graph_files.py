"""Graph files in and out of CircuitGraph: what a file says that the view can show, and why its nodes cannot be tested.

The form is circuit-tracer's (see ``circuits/interchange``). Pins and groups stand in its ``qParams`` as
``pinnedIds`` and ``supernodes``; under "mikit" in its metadata stands what was drawn, so that it can be drawn again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mikit.circuits.interchange import NEURONS, Drawing, read_graph, write_graph
from mikit.errors import GraphUnusable
from mikit.models.model import Model
from mikit.sae.files import write_whole

LARGEST = 50_000_000
"""Bytes of a graph file; one with more is not read."""

MOST_NODES = 4_000
"""Nodes of a graph file: every edge that could be takes memory, also those that are not there."""

DRAWN_FROM = ("prompt", "answer", "foil", "count")
"""What a graph of this model was drawn from, as the traits call it."""


FURTHEST = 4_000
"""Layers and positions that can be drawn."""


@dataclass(frozen=True, eq=False)
class GraphFile:
    """A graph that was read: its ``name``, its ``pins`` and ``groups``, what it was ``drawn_from`` (prompt, answer,
    foil, count; empty where the file does not say), and in a sentence why its nodes cannot be ``untested`` here, or
    "" where they can."""

    name: str
    drawing: Drawing
    pins: list[str]
    groups: list[dict[str, Any]]
    drawn_from: dict[str, Any]
    untested: str


def read_file(name: str, content: bytes, model: Model | None) -> GraphFile:
    """A graph from its file's bytes. Raises GraphUnusable."""
    if len(content) > LARGEST:
        raise GraphUnusable(
            f"{name} has {len(content) / 1e6:,.0f} MB; graph files up to {LARGEST / 1e6:,.0f} MB are read. Prune the"
            " graph further, and write it again."
        )
    nodes = content.count(b'"node_id"')
    if nodes > MOST_NODES:
        raise GraphUnusable(
            f"{name} has {nodes:,} nodes; graphs of up to {MOST_NODES:,} are drawn. Prune it further, and write it"
            " again."
        )
    try:
        drawing = read_graph(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise GraphUnusable(f"{name} cannot be read: it is no text.") from None
    except RecursionError:
        raise GraphUnusable(f"{name} cannot be read: its brackets are nested too deep for a graph file.") from None
    except GraphUnusable as error:
        raise GraphUnusable(f"{name} cannot be read. {error}") from None
    if far := [
        node.id
        for node in drawing.nodes
        if min(node.position, node.layer or 0) < 0 or max(node.position, node.layer or 0) >= FURTHEST
    ]:
        raise GraphUnusable(f"{name} cannot be drawn: its node '{far[0]}' is at a layer or position past {FURTHEST:,}.")
    if not any(node.kind == "output" for node in drawing.nodes):
        raise GraphUnusable(f"{name} has no node of type 'logit', so nothing in it can be followed to an output.")
    pins, groups = marks_of(drawing)
    ours = drawing.document["metadata"].get("mikit")
    ours = ours if isinstance(ours, dict) else {}
    drawn_from = {key: ours[key] for key in DRAWN_FROM if key in ours}
    return GraphFile(name, drawing, pins, groups, drawn_from, _untested(name, ours, drawn_from, model))


def path_or_text(graph: str | Path) -> tuple[str, bytes]:
    """Name and bytes of a graph that was given as a file's path, or as the text of one. Raises GraphUnusable."""
    if isinstance(graph, str) and graph.lstrip().startswith("{"):
        return "graph", graph.encode("utf-8")
    path = Path(graph)
    try:
        return path.name, path.read_bytes()
    except OSError as error:
        raise GraphUnusable(f"{path} cannot be read: {error.strerror}.") from error


def marks_of(drawing: Drawing) -> tuple[list[str], list[dict[str, Any]]]:
    """Pinned nodes and groups of a file, as far as it has the nodes."""
    ids = {node.id for node in drawing.nodes}
    asked = drawing.document.get("qParams")
    asked = asked if isinstance(asked, dict) else {}
    pins = [id for id in _listed(asked, "pinnedIds") if isinstance(id, str) and id in ids]
    groups = []
    for one in _listed(asked, "supernodes"):
        name, *members = one if isinstance(one, list) and one else ("",)
        if members := [id for id in members if isinstance(id, str) and id in ids]:
            groups.append({"name": str(name), "nodes": members})
    return pins, groups


def write_file(
    path: Path, drawing: Drawing, pins: Sequence[str], groups: Sequence[Mapping[str, Any]], drawn_from: dict[str, Any]
) -> None:
    """Write a graph with its pins and groups, whole or not at all."""
    text = write_graph(marked(drawing, pins, groups, drawn_from))

    def write(file: Path) -> None:
        file.write_text(text, encoding="utf-8")

    write_whole({path: write})


def marked(
    drawing: Drawing, pins: Sequence[str], groups: Sequence[Mapping[str, Any]], drawn_from: dict[str, Any]
) -> Drawing:
    """A drawing with other pins and groups. One that has these already stays as it came, to the letter."""
    document = dict(drawing.document)
    if (list(pins), [dict(group) for group in groups]) != marks_of(drawing):
        asked = document.get("qParams")
        document["qParams"] = {
            **(asked if isinstance(asked, dict) else {}),
            "pinnedIds": list(pins),
            "supernodes": [[group["name"], *group["nodes"]] for group in groups],
        }
    if drawn_from:
        metadata = document["metadata"]
        document["metadata"] = {**metadata, "mikit": {**metadata.get("mikit", {}), **drawn_from}}
    return replace(drawing, document=document)


def _listed(asked: dict[str, Any], key: str) -> list[Any]:
    found = asked.get(key)
    return found if isinstance(found, list) else []


def _untested(name: str, ours: dict[str, Any], drawn_from: dict[str, Any], model: Model | None) -> str:
    """Why nodes of a file cannot be changed in the model at hand, or ""."""
    shown = f"{name} is drawn, but nothing in it can be tested:"
    if model is None:
        return f"{shown} no model was given. Open the view with one."
    if "model_sha256" not in ours:
        return (
            f"{shown} its nodes are not said to be neurons of {model.ref.name}. They can be features of transcoders,"
            " or of another model."
        )
    if ours["model_sha256"] != model.ref.sha256:
        return (
            f"{shown} it was drawn on weights {str(ours['model_sha256'])[:8]}; {model.ref.name} here has"
            f" {model.ref.sha256[:8]}."
        )
    if ours.get("features") != NEURONS:
        return f"{shown} its nodes are features of transcoders. Draw it anew, with transcoders=[...]."
    kinds = {"prompt": str, "answer": str, "foil": str, "count": int}
    fits = {key: isinstance(drawn_from.get(key), kind) for key, kind in kinds.items()}
    fits["count"] = fits["count"] and drawn_from["count"] > 0
    if missing := [key for key, fit in fits.items() if not fit]:
        return f"{shown} it does not say from what it was drawn ({', '.join(missing)})."
    return ""
