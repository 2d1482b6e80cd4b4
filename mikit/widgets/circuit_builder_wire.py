"""What CircuitBuilder sends to the browser: a ranking by parts, one circuit's test, the curve of sizes, an adversary's
rounds. A number is sent as (value, low, high), NaN where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mikit.studies.base import Grid, Result
from mikit.studies.beat_circuit import BeatCircuit
from mikit.studies.circuit_curve import CircuitCurve
from mikit.studies.circuits import PartsCircuit
from mikit.studies.rank_edges import RankEdges
from mikit.studies.test_circuit import RUNS, TestCircuit
from mikit.widgets.wire import encode

SENT = ("whole", "none", "circuit", "knocked out")
"""The order of the four runs on the wire."""


def ranked(result: Result) -> bool:
    """Whether all edges are scored; what follows are the cuts that check the scores."""
    return result.done == 1 or bool(np.isfinite(_cuts(result.grids["check"])).any())


def part_scores(result: Result) -> NDArray[np.float64]:
    """Of each head and MLP, layer by layer the heads and then the MLP: the sum of the sizes of its edges' scores."""
    sizes = np.abs(_scores(result))
    found: NDArray[np.float64] = np.nansum(sizes, axis=0)[1:]
    return found


def ranking_wire(result: Result) -> dict[str, Any]:
    """Each part's score, and the place of its strongest edge in the order in which circuits grow."""
    assert isinstance(result.study, RankEdges)
    scores = _scores(result)
    place = np.full(scores.size, np.iinfo(np.int32).max, np.int64)
    order = np.argsort(-scores, axis=None, kind="stable")  # NaN, where there is no edge, comes last
    edges = int(np.isfinite(scores).sum())
    place[order[:edges]] = np.arange(1, edges + 1)
    return {
        "edges": edges,
        "scores": encode(part_scores(result).astype(np.float32)),
        "first": encode(place.reshape(scores.shape).min(axis=0)[1:].astype(np.int32)),
        "check": _check(result) if result.done == 1 else None,
        "done": result.done == 1,
    }


def _scores(result: Result) -> NDArray[np.float64]:
    return result.grids["score"].values.numpy().astype(np.float64)


def _cuts(check: Grid) -> NDArray[np.float64]:
    """What the edges' cuts measured."""
    return check.values.numpy()[:, 1].astype(np.float64)


def _check(result: Result) -> dict[str, Any]:
    """Mean sizes: of the scores of the strongest edges and of what cutting them did, and of random edges."""
    own, random = (np.abs(grid.values.numpy()).mean(axis=0) for grid in _both(result, "check"))
    return {
        "edges": len(result.grids["check"].axes["edge"]),
        "estimated": float(own[0]),
        "measured": float(own[1]),
        "random_measured": float(random[1]),
    }


def tested_wire(result: Result) -> dict[str, Any]:
    """One circuit, whole and taken out, beside random ones of its size."""
    study = result.study
    assert isinstance(study, TestCircuit)
    order = [RUNS.index(name) for name in SENT]
    needed = result.grids.get("needed")
    values = {} if needed is None else dict(zip(needed.axes["part"], needed.values.numpy().tolist(), strict=True))
    own, random = _both(result, "faithfulness")
    return {
        "mode": "parts" if isinstance(study.circuit, PartsCircuit) else "edges",
        "parts": list(study.circuit.parts) if isinstance(study.circuit, PartsCircuit) else [],
        "pairs": max(1, int(result.done * len(study.pairs) + 1e-6)),  # as far as they are averaged over
        "measure": encode(_ranged(result.grids["measure"])[order]),
        "random": encode(_ranged(result.controls[0].grids["measure"])),
        "faithfulness": encode(_ranged(own)),
        "random_faithfulness": encode(_ranged(random)),
        "draws": study.draws,
        "needed": {part: loss for part, loss in values.items() if np.isfinite(loss)},
        "done": result.done == 1,
    }


def curve_wire(result: Result) -> dict[str, Any]:
    """Faithfulness by size, and the areas."""
    study = result.study
    assert isinstance(study, CircuitCurve)
    found, random = _both(result, "faithfulness")
    areas, random_areas = _both(result, "area")
    return {
        "sizes": encode(np.array([int(size) for size in found.axes["size"]], np.int32)),
        "found": encode(_ranged(found)),
        "random": encode(_ranged(random)),
        "areas": encode(_ranged(areas)),
        "random_areas": encode(_ranged(random_areas)),
        "draws": study.draws,
        "done": result.done == 1,
    }


def beaten_wire(result: Result) -> dict[str, Any]:
    """An adversary's rounds so far, beside parts that are drawn blindly."""
    assert isinstance(result.study, BeatCircuit)
    found, random = _both(result, "reaction")
    there = 1 + len(result.texts["out"])
    return {
        "out": list(result.texts["out"]),
        "found": encode(found.values.numpy()[:there]),
        "random": encode(random.values.numpy()[:there]),
        "done": result.done == 1,
    }


def _both(result: Result, name: str) -> tuple[Grid, Grid]:
    """A grid, and the control's."""
    return result.grids[name], result.controls[0].grids[name]


def _ranged(grid: Grid) -> NDArray[np.float32]:
    """[..., (value, low, high)]"""
    values = grid.values.numpy()
    none = np.full(values.shape, np.nan)
    ends = [none if end is None else end.numpy() for end in (grid.low, grid.high)]
    return np.stack([values, *ends], axis=-1).astype(np.float32)
