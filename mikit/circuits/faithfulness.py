"""Is a circuit faithful, and minimal? Faithfulness beside that of random circuits of its size.

Faithfulness is the share of a measure that the circuit alone keeps: 1 for the whole graph, 0 for none of it, above 1
where edges were left out that work against it. Minimality is that of Wang et al. 2022 (arXiv:2211.00593), for sets of
edges: a circuit that has nothing to spare reacts to each loss. CPR and CMD are the areas of Mueller et al. 2025 (MIB,
arXiv:2504.13151) over circuits of growing size: under the faithfulness, and between it and 1.

What runs a circuit is given as a function, so that all of this is arithmetic: see ``run_edges.measured``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mikit.circuits.sets import random_circuits, random_scores, strongest
from mikit.errors import BadCircuit, BadMetric
from mikit.trace.graph import Graph

Run = Callable[[Iterable[Tensor]], Iterator[float]]
"""Sets of kept edges -> the measure of each, in order; at most one trace between two of them."""
Floats = NDArray[np.float64]

SHARES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""The sizes that MIB takes its areas over, as shares of all edges."""
LEAST = 1e-3
"""Two runs whose measures are nearer than this have nothing between them to take shares of."""


@dataclass(frozen=True)
class Ends:
    """The measure with all edges and with none."""

    whole: float
    none: float

    def share(self, value: float) -> float:
        """Faithfulness of a circuit with this measure."""
        return (value - self.none) / (self.whole - self.none)


@dataclass(frozen=True)
class Tested:
    """Faithfulness of one circuit, and of random circuits of its size [draws], NaN where not yet run."""

    found: float
    random: Floats


@dataclass(frozen=True)
class Curve:
    """Faithfulness of growing circuits: ``shares`` of all edges [n], ``sizes`` in edges, ``found`` [n], and ``random``
    [draws, n] of edges in random order; NaN where not yet run."""

    shares: tuple[float, ...]
    sizes: tuple[int, ...]
    found: Floats
    random: Floats


def ends(run: Run, graph: Graph) -> Ends:
    """What shares are taken of. Raises BadMetric where there is nothing between the two."""
    whole, none = run([graph.edges, torch.zeros_like(graph.edges)])
    if abs(whole - none) < LEAST:
        raise BadMetric(
            f"The metric is {whole:+.4f} with all edges and {none:+.4f} with none, so there is no difference for a"
            " circuit to keep a share of. Take another pair, or another metric."
        )
    return Ends(whole, none)


def faithfulness(run: Run, graph: Graph, between: Ends, circuit: Tensor, *, draws: int, seed: int) -> Iterator[Tested]:
    """One circuit beside random ones of its size; yields as they are run. Raises BadCircuit for an empty one."""
    _check(circuit)
    drawn = random_circuits(graph, int(circuit.sum()), draws, seed)
    random = np.full(draws, np.nan)
    values = run(chain([circuit], drawn))
    found = between.share(next(values))
    yield Tested(found, random)
    for n, value in enumerate(values):
        random = random.copy()
        random[n] = between.share(value)
        yield Tested(found, random)


def curve(
    run: Run,
    graph: Graph,
    between: Ends,
    scores: Tensor,
    *,
    draws: int,
    seed: int,
    shares: Sequence[float] = SHARES,
) -> Iterator[Curve]:
    """Circuits of the highest scores, each size beside random circuits of that size; yields as they are run. All edges
    are the whole graph, whose faithfulness is 1 without a run. Raises ShapeMismatch."""
    sizes = tuple(max(1, int(share * graph.size)) for share in shares)
    empty = np.where(np.array(sizes) == graph.size, 1.0, np.nan)
    todo = np.flatnonzero(np.isnan(empty)).tolist()
    made = Curve(tuple(shares), sizes, empty, np.tile(empty, (draws, 1)))
    rankings = chain([scores], random_scores(graph, draws, seed))
    circuits = (strongest(graph, ranking, sizes[i]) for ranking in rankings for i in todo)
    yield made
    for n, value in enumerate(run(circuits)):
        row, place = divmod(n, len(todo))
        table = np.concatenate([made.found[None], made.random])
        table[row, todo[place]] = between.share(value)
        made = replace(made, found=table[0], random=table[1:])
        yield made


def areas(shares: Sequence[float], found: Floats) -> tuple[Floats, Floats]:
    """CPR and CMD: the areas under the faithfulness [..., n] and between it and 1, by trapezia over ``shares``. Both
    lie over all sizes alike, so the few large circuits count most; CPR can be above 1, so it is read beside CMD."""
    widths = np.array([b - a for a, b in pairwise(shares)])

    def area(values: Floats) -> Floats:
        total: Floats = ((values[..., 1:] + values[..., :-1]) / 2 * widths).sum(-1)
        return total

    return area(np.asarray(found)), area(np.abs(1 - np.asarray(found)))


def minimality(run: Run, circuit: Tensor, groups: Iterable[Tensor]) -> Iterator[float]:
    """For each group of edges, how much lower the circuit's measure is without it. Raises BadCircuit."""
    _check(circuit)
    values = run(chain([circuit], (circuit & ~group for group in groups)))
    with_all = next(values)
    for value in values:
        yield with_all - value


def _check(circuit: Tensor) -> None:
    if not circuit.any():
        raise BadCircuit("The circuit has no edge, so there is nothing to test. Keep at least one.")
