"""The smallest circuits of a small trained network: every set of its units tested, beside the greedy search."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import comb
from time import perf_counter
from typing import ClassVar, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from mikit.circuits.minimal import Greedy, Layer, Search, greedy, overlap, smallest
from mikit.models import units as networks
from mikit.models.model import Model
from mikit.models.toy import uniform
from mikit.models.units import COUNT, LEARNING_RATE, NUMBERS, UPDATES, Units
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result
from mikit.studies.toys import ToyModel, ToyStudy, fields_of
from mikit.studies.train_toy import one_thread
from mikit.trace.arrays import Array
from mikit.trace.engine import exclusive

FEWEST, MOST = 4, 16
"""Units of a network."""
PROJECTED = 48
"""Units up to which the sets are counted by their closed form."""
HOW = ("every set", "greedy")
RANDOM_SETS = 200
TIMED = 12
"""Units of the layer whose sets are timed: of all of them."""


class MinimalCircuits(ToyStudy):
    """Train a network of ``units`` units to say yes or no, and look for the fewest units that keep at least ``share``
    of its decisions, all others held at their mean. Networks of fewer units, down to 4, are trained and searched too.

    Grids: ``tested`` [how], sets tested by testing every set, smaller ones first, and by the greedy search, which takes
    out one unit after another; ``size`` [how] of the circuits found; ``circuit`` [circuit, unit], 1 for each unit of
    every smallest circuit, and ``greedy`` [unit]; ``overlap`` [circuit, other], units in both as a share of those in
    either; ``kept`` [circuit], the share of decisions kept, greedy's last; ``growth`` [units, how], sets tested;
    ``at most`` [units, how], not measured: the closed form of how many sets there are to test; ``speed`` [how], sets
    tested a second on this machine. Control "random sets" of the smallest size, with ``kept``. ``model`` is the
    untrained network and follows from the other fields: nothing is loaded."""

    kind: Literal["minimal-circuits"] = "minimal-circuits"
    units: int = Field(default=12, ge=FEWEST, le=MOST)
    share: float = Field(default=0.9, gt=0, le=1)
    seed: int = Field(default=1, ge=0)  # of 12 units: one smallest circuit from seed 0, five from seed 1

    tolerances: ClassVar[dict[str, float]] = {"speed": 1e9}  # another machine has another speed

    def open(self) -> Model:
        network = Units(self.units, self.seed)
        name = f"units-{self.units}-seed-{self.seed}"
        return ToyModel(name, network, "units", features=NUMBERS, width=self.units)

    def estimate(self, model: Model) -> Cost:
        return Cost(seconds=0.2 * (self.units - FEWEST + 1) + 1e-5 * 2**self.units, bytes=100_000_000)

    def inputs(self, model: Model) -> list[Tensor]:
        """No token ids: the inputs are random numbers, and follow from the seed."""
        return []

    def method(self, model: Model) -> Method:
        return Method(
            sites=(),
            metric=f"decisions kept: the share of {COUNT} inputs on which a set of units decides as all of them do, the"
            f" others held at their mean; a circuit keeps {self.share:g}; networks: Adam, learning rate"
            f" {LEARNING_RATE:g}, {UPDATES} updates",
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        found = _Found(_speed())
        count = self.units - FEWEST + 1
        for n, size in enumerate(range(FEWEST, self.units + 1)):
            yield None
            with exclusive():  # free between networks and searches, so that others get their turn
                layer = trained_layer(size, self.seed)
            for search in _searching(layer, self.share):  # noqa: B007  # the last one is the answer
                yield None
            found.add(layer, search, greedy(layer, self.share))
            yield self._result(found, (n + 1) / count)

    def _result(self, found: _Found, done: float) -> Result:
        """Of the largest network so far."""
        layer, search, taken = found.layer, found.search, found.greedy
        circuits = [*search.circuits, taken.circuit]
        names, unit = _numbers(len(search.circuits)), {"unit": _numbers(layer.units)}
        present = _present(circuits, layer.units)
        kept = layer.kept(present)
        how, by_size = {"how": HOW}, {"units": _numbers(FEWEST + len(found.tested))[FEWEST:], "how": HOW}
        overlaps = [[overlap(one, other) for other in search.circuits] for one in search.circuits]
        grids = {
            "tested": _grid([search.tested, taken.tested], how, "sets"),
            "size": _grid([search.size, len(taken.circuit)], how, "units"),
            "circuit": _grid(present[:-1].int(), {"circuit": names} | unit, "1 for units in it"),
            "greedy": _grid(present[-1].int(), unit, "1 for units in it"),
            "overlap": _grid(overlaps, {"circuit": names, "other": names}, "share of units in either"),
            "kept": _grid(kept, {"circuit": (*names, "greedy")}, "share of decisions"),
            "growth": _grid(found.tested, by_size, "sets"),
            "at most": _grid([list(map(float, at_most(n))) for n in SIZES], AT_MOST_AXES, "sets"),
            "speed": _grid([found.speed], {"how": HOW[:1]}, "sets a second"),
        }
        return Result(study=self, grids=grids, controls=(self._random(layer, search.size),), done=done)

    def _random(self, layer: Layer, size: int) -> Control:
        generator = torch.Generator().manual_seed(self.seed)
        drawn = [torch.randperm(layer.units, generator=generator)[:size].tolist() for _ in range(RANDOM_SETS)]
        kept = layer.kept(_present(drawn, layer.units))
        low, high = torch.quantile(kept, torch.tensor([0.025, 0.975], dtype=kept.dtype))
        grid = Grid(
            values=Array.of(kept.mean()[None]),
            low=Array.of(low[None]),
            high=Array.of(high[None]),
            axes={"circuit": ("random",)},
            unit="share of decisions",
        )
        why = (
            f"{RANDOM_SETS} sets of {size} units drawn at random (seed {self.seed}), the others held at their mean:"
            f" what any {size} units keep. Low and high hold 95 % of them."
        )
        return Control(name="random sets", why=why, grids={"kept": grid})

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "mikit":
            return MIKIT_SCRIPT.format(fields=fields_of(self))
        page = inspect.getsource(networks).replace(UNIFORM, "import math\n\n\n" + inspect.getsource(uniform))
        return PLAIN_SCRIPT.format(page=page, units=self.units, seed=self.seed, share=self.share)


@dataclass
class _Found:
    """The searches so far: sets tested [size][how], and all of the last one."""

    speed: float
    tested: list[tuple[int, int]] = field(default_factory=list)
    layer: Layer = field(init=False)
    search: Search = field(init=False)
    greedy: Greedy = field(init=False)

    def add(self, layer: Layer, search: Search, taken: Greedy) -> None:
        self.layer, self.search, self.greedy = layer, search, taken
        self.tested.append((search.tested, taken.tested))


def at_most(count: int) -> tuple[int, int]:
    """How many sets a search of ``count`` units can come to test: every set, or greedy's, one unit fewer each time."""
    return 2**count, comb(count + 1, 2)


@lru_cache(maxsize=64)
def trained_layer(count: int, seed: int) -> Layer:
    """A trained network as a layer of units; small, and kept for the next size or share."""
    with one_thread():
        return Layer(*networks.trained(count, seed).parts(networks.inputs(seed)[0]))


def _searching(layer: Layer, share: float) -> Iterator[Search]:
    """Every step of the search for the smallest circuits."""
    search = smallest(layer, share)
    while True:
        with one_thread():
            step = next(search, None)
        if step is None:
            return
        yield step


def _speed() -> float:
    """Sets tested a second: all those of a layer in which no smaller one is enough."""
    adds = torch.randn(COUNT, TIMED, generator=torch.Generator().manual_seed(0))
    began = perf_counter()
    *_, last = _searching(Layer(adds, 0.0), 1.0)
    return last.tested / (perf_counter() - began)


def _present(sets: Sequence[Sequence[int]], count: int) -> Tensor:
    """[set, unit], bool"""
    present = torch.zeros(len(sets), count, dtype=torch.bool)
    for row, each in zip(present, sets, strict=True):
        row[list(each)] = True
    return present


def _numbers(count: int) -> tuple[str, ...]:
    return tuple(map(str, range(count)))


SIZES = range(FEWEST, PROJECTED + 1)
AT_MOST_AXES = {"units": tuple(map(str, SIZES)), "how": HOW}


def _grid(values: object, axes: Mapping[str, tuple[str, ...]], unit: str) -> Grid:
    return Grid(values=Array.of(np.asarray(values)), axes=dict(axes), unit=unit)


MIKIT_SCRIPT = """\
import mikit

study = mikit.MinimalCircuits({fields})
result = mikit.run_study(study)
for name in ("tested", "size", "circuit", "kept"):
    print(result.frame(name).to_string())
"""

UNIFORM = "from mikit.models.toy import uniform\n"

PLAIN_SCRIPT = """\
# A network this small needs no nnsight: this is all of it, in plain PyTorch, and the search below.
{page}

from itertools import combinations

torch.set_num_threads(1)  # matrices this small gain nothing from more
x, _ = inputs({seed})
network = trained({units}, {seed})
adds, base = network.parts(x)
whole = adds.sum(1) + base > 0

def kept(units):
    decides = adds[:, list(units)].sum(1) + base > 0  # the others are held at their mean
    return (decides == whole).double().mean().item()

tested = 0
for size in range({units} + 1):
    sets = list(combinations(range({units}), size))
    circuits = [units for units in sets if kept(units) >= {share}]
    tested += len(sets)
    if circuits:
        break
print("every set:", tested, "tested, circuits", circuits)

tested, circuit = 0, tuple(range({units}))
while circuit:
    without = [tuple(unit for unit in circuit if unit != out) for out in circuit]
    shares = [kept(units) for units in without]
    tested += len(without)
    if max(shares) < {share}:
        break
    circuit = without[shares.index(max(shares))]
print("greedy:", tested, "tested, circuit", circuit)
"""
