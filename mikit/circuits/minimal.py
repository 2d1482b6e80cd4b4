"""Minimal circuits of a layer of units: the fewest units whose presence keeps its decisions, all others held at their
mean.

To find them means to test sets of units by size until one is enough, and the sets of a size are many: Adolfi et al.
2025 (arXiv:2410.08025) show that this and related questions have no shortcut in the worst case. Taking one unit out
after another is quick, tests few sets, and may end at a larger circuit. Several circuits can be equally small."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations, islice
from math import comb

import torch
from torch import Tensor

from mikit.errors import BadCircuit, ShapeMismatch

AT_ONCE = 2**21
"""Most answers of one step: sets of units times inputs."""


@dataclass(frozen=True)
class Layer:
    """What a yes or no is made of: ``base`` with all units at their means, and what each unit adds when it is present,
    ``adds`` [input, unit]. Above 0 is yes."""

    adds: Tensor
    base: float

    def __post_init__(self) -> None:
        if self.adds.dim() != 2 or not self.adds.numel():
            raise ShapeMismatch(
                f"What units add has shape {tuple(self.adds.shape)}; inputs, units is needed, at least one of each."
            )

    @property
    def units(self) -> int:
        return self.adds.shape[1]

    def kept(self, present: Tensor) -> Tensor:
        """The share of inputs on which each set of units [set, unit], bool, decides as the whole layer does, [set]."""
        whole = self._decisions(torch.ones(1, self.units, dtype=torch.bool))
        return (self._decisions(present) == whole).double().mean(1)

    def _decisions(self, present: Tensor) -> Tensor:
        return present.to(self.adds) @ self.adds.T + self.base > 0


@dataclass(frozen=True)
class Search:
    """``tested`` sets so far of units, the size ``size`` of those tested last, and the ``circuits`` of that size which
    keep enough decisions. ``done``: all sets of that size were tested, so these are all the smallest circuits."""

    tested: int
    size: int
    circuits: tuple[tuple[int, ...], ...]
    done: bool


@dataclass(frozen=True)
class Greedy:
    """The circuit that is left when no unit more can go, and how many sets of units were tested."""

    tested: int
    circuit: tuple[int, ...]


def smallest(layer: Layer, share: float) -> Iterator[Search]:
    """All circuits of the fewest units that keep at least ``share`` of the decisions: every set is tested, smaller
    ones first. Yields as they are tested. Raises BadCircuit."""
    _check(share)
    tested, found = 0, list[tuple[int, ...]]()
    for size in range(layer.units + 1):
        left, sets = comb(layer.units, size), combinations(range(layer.units), size)
        while group := list(islice(sets, max(1, AT_ONCE // len(layer.adds)))):
            enough = layer.kept(_present(layer, group)) >= share
            found += [group[i] for i in enough.nonzero().ravel().tolist()]
            tested += len(group)
            left -= len(group)
            yield Search(tested, size, tuple(found), done=bool(found) and not left)
        if found:
            return


def greedy(layer: Layer, share: float) -> Greedy:
    """Take out, one after another, the unit without which most decisions are kept, while at least ``share`` are;
    of equals the first. Raises BadCircuit."""
    _check(share)
    tested, circuit = 0, tuple(range(layer.units))
    while circuit:
        without = [tuple(unit for unit in circuit if unit != out) for out in circuit]
        kept = layer.kept(_present(layer, without)).tolist()
        tested += len(without)
        if max(kept) < share:
            break
        circuit = without[kept.index(max(kept))]
    return Greedy(tested, circuit)


def overlap(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Units in both circuits, as a share of those in either (Jaccard); 1 for two without any unit."""
    either = {*one, *other}
    return len({*one} & {*other}) / len(either) if either else 1.0


def _present(layer: Layer, sets: list[tuple[int, ...]]) -> Tensor:
    present = torch.zeros(len(sets), layer.units, dtype=torch.bool)
    row = torch.arange(len(sets)).repeat_interleave(torch.tensor([len(each) for each in sets]))
    present[row, torch.tensor(list(chain.from_iterable(sets)), dtype=torch.long)] = True
    return present


def _check(share: float) -> None:
    if not 0 < share <= 1:
        raise BadCircuit(f"A circuit should keep {share:g} of all decisions. Ask for a share above 0 and at most 1.")
