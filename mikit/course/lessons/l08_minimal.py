"""Lesson 08, second part: the smallest circuits of a small network, and what it costs to be sure of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from math import comb
from typing import Any

import numpy as np

from mikit.circuits.minimal import smallest
from mikit.course.lessons.l03_real import measured
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Question, Verdict, Wrong
from mikit.studies.base import Result
from mikit.studies.minimal_circuits import MinimalCircuits, trained_layer

UNITS, SEED = 12, 2
"""The network that is searched. Networks from other seeds have from one smallest circuit on: see `by_seed`."""

SEEDS = 6
DAY = 24 * 3600
YEAR = 365.25 * DAY

P2_CHOICES = ("One", "Two to five", "More than five")


def searched() -> Result:
    """Networks of up to 12 units, searched for their smallest circuits."""
    study = MinimalCircuits(units=UNITS, seed=SEED)
    return measured(study, study.open())


def circuits() -> list[set[int]]:
    """The smallest circuits of the network of 12 units."""
    rows = searched().grids["circuit"].values.numpy()
    return [{int(unit) for unit in row.nonzero()[0]} for row in rows]


def by_seed() -> list[int]:
    """How many smallest circuits the networks of six seeds have."""
    counts = []
    for seed in range(SEEDS):
        for search in smallest(trained_layer(UNITS, seed), 0.9):  # noqa: B007  # the last one is the answer
            pass
        counts.append(len(search.circuits))
    return counts


def apart() -> tuple[int, int]:
    """Two smallest circuits that share least, by their places."""
    overlaps = searched().grids["overlap"].values.numpy()
    one, other = np.unravel_index(int(overlaps.argmin()), overlaps.shape)
    return int(one), int(other)


def listed() -> Iterator[str]:
    """How many smallest circuits there are, the two that share least, the greedy one, and units drawn at random."""
    result, found = searched(), circuits()
    kept, tested = result.grids["kept"].values.numpy(), result.grids["tested"].values.numpy()
    yield f"{len(found)} circuits of {len(found[0])} units; the two that share least:"
    for i in apart():
        yield f"units {', '.join(map(str, sorted(found[i]))):24} keep {kept[i]:.1%} of all decisions"
    greedy = result.grids["greedy"].values.numpy().nonzero()[0].tolist()
    yield f"greedy: {', '.join(map(str, greedy)):22} keep {kept[-1]:.1%}"
    random = result.controls[0].grids["kept"]
    low, high = (float(end.numpy()[0]) for end in (random.low, random.high) if end is not None)
    yield f"as many drawn at random        keep {low:.0%} to {high:.0%}"
    yield f"sets tested: {tested[0]:,.0f} to be sure, {tested[1]:,.0f} by the greedy search"


def how_many(_: Context) -> str:
    count = len(circuits())
    return P2_CHOICES[0] if count == 1 else P2_CHOICES[1] if count <= 5 else P2_CHOICES[2]


P_SMALLEST = Question(
    id="P2",
    text="A network of 12 units decides yes or no. How many different circuits are there of the smallest size that"
    " keeps 90 % of its decisions?",
    truth=how_many,
    choices=P2_CHOICES,
)


def years(sets: float, seconds: float) -> str:
    """How long so many tests take, at so many seconds each."""
    took = sets * seconds
    if took > YEAR:
        return f"{took / YEAR:.1e} years"
    return f"{took / DAY:,.0f} days" if took > DAY else f"{took:,.0f} seconds"


# -- E3: how many sets there are --------------------------------------------------------------------------------------


def our_sets(units: int, size: int) -> int:
    return sum(comb(units, k) for k in range(size + 1))


def check_sets(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: sets, not sets(...).")
    generator = context.draw("E3")
    units, size = int(generator.integers(10, 20)), int(generator.integers(4, 7))
    given, right = float(answer(units, size)), our_sets(units, size)
    at = f"For {units} units and sizes up to {size} it gives {given:,.0f}."
    for wrong, property, sentence in (
        (comb(units, size), "all sizes up to this one", "That is one size alone. The smaller ones are tested before."),
        (
            2**units,
            "no further than this size",
            "Those are all sets there are; the search stops when it has found one.",
        ),
        (our_sets(units, size - 1), "this size as well", "The sets of the last size are tested, too."),
        (units**size, "in any order", "A set has no order: units 2 and 5 are the same as 5 and 2."),
        (size * units - size * (size - 1) // 2, "every set", "That many the greedy search tests: one unit at a time."),
    ):
        if math.isclose(given, wrong, abs_tol=1):
            return no(property, f"{at} {sentence}")
    if not math.isclose(given, right, abs_tol=1):  # whether or not the set of no unit counts
        return no("every set of up to so many units", f"{at} It should be {right:,}.")
    if not math.isclose(float(answer(300, 3)), our_sets(300, 3), rel_tol=1e-9, abs_tol=1):
        return no("for any number of units", "With 300 units and sizes up to 3 it goes wrong.")
    return yes(
        "every set, smaller ones first",
        "Adolfi and others (2025) show for this and related questions that no shortcut is always right, unless P = NP.",
    )


E3 = Exercise(
    id="E3",
    title="How many sets to test",
    minutes=4,
    hints=(
        "Of n units there are math.comb(n, k) sets of k.",
        "All sets of 0 units, of 1, of 2 ... up to the size: add them up.",
        "return sum(math.comb(units, k) for k in range(size + 1))",
    ),
    check=check_sets,
    ours=lambda _: our_sets,
    wrong=(
        Wrong(lambda _: comb, "That is one size alone"),
        Wrong(lambda _: lambda n, k: 2**n, "all sets there are"),
        Wrong(lambda _: lambda n, k: our_sets(n, k - 1), "the last size are tested"),
        Wrong(lambda _: lambda n, k: n**k, "A set has no order"),
        Wrong(lambda _: our_sets(12, 4), "Give the function itself"),
    ),
)
