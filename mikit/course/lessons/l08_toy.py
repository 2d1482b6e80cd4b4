"""Lesson 08, first part: a circuit that is written into a toy's weights, a decoy beside it, and what methods find."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from mikit.circuits.faithfulness import ends
from mikit.circuits.run_edges import against_prompt, measured
from mikit.course.lessons.l03_real import measured as result_of
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Question, Verdict, Wrong
from mikit.models.planted import CIRCUIT, DECOY
from mikit.studies import cost
from mikit.studies.base import Result
from mikit.studies.circuits import difference, edge_name
from mikit.studies.planted_circuit import METHODS, PAIRS, GradeMethods, edges_named, opened
from mikit.trace.graph import graph_of

Floats = NDArray[np.float64]

ENOUGH, SPARE = 0.99, 0.01
"""A circuit keeps at least this share on every pair; an edge without which no pair loses this much is spare."""

P1_CHOICES = ("Without either one of them", "Only without one certain head of them", "Only without both")


def graded() -> Result:
    """What six methods find of the planted circuit."""
    study = GradeMethods()
    return result_of(study, study.open())


def decodable() -> Iterator[str]:
    """How often a probe tells the answer from what each part writes, beside shuffled answers."""
    own, shuffled = graded().grids["decodable"], graded().controls[1].grids["decodable"]
    yield "part     a probe tells the answer     taught with shuffled answers"
    for name, value, chance in zip(own.axes["part"], own.values.numpy(), shuffled.values.numpy(), strict=True):
        yield f"{name:8} {value:23.0%} {chance:32.0%}"


def grades() -> Iterator[str]:
    """The planted circuit's share that each method takes, and the decoy's."""
    found, decoy = (graded().grids[name].values.numpy() for name in ("found", "decoy"))
    chance = [graded().controls[0].grids[name] for name in ("found", "decoy")]
    yield "                         6 edges: planted  decoy      3 parts: planted  decoy"
    for n, method in enumerate(METHODS):
        yield f"{method:24} {found[n, 0]:16.0%} {decoy[n, 0]:6.0%} {found[n, 1]:21.0%} {decoy[n, 1]:6.0%}"
    (edges, parts), (wrong_edges, wrong_parts) = (grid.values.numpy()[0] for grid in chance)
    yield f"{'rankings drawn at random':24} {edges:16.0%} {wrong_edges:6.0%} {parts:21.0%} {wrong_parts:6.0%}"


def without_a_head(_: Context) -> str:
    """Which of the two heads of layer 1 the answer is lost without."""
    score = graded().grids["score"]
    values = score.values.numpy()[METHODS.index("knock-out")]
    lost = [values[score.axes["part"].index(name)] > SPARE for name in ("L1H0", "L1H1")]
    return P1_CHOICES[0] if all(lost) else P1_CHOICES[1] if any(lost) else P1_CHOICES[2]


P_HEADS = Question(
    id="P1",
    text="From each of the two heads of layer 1 a probe reads the right answer, on every prompt. Heads are switched"
    " off. When is the answer lost?",
    truth=without_a_head,
    choices=P1_CHOICES,
)

# -- E1: what a circuit keeps -----------------------------------------------------------------------------------------


def our_share(circuit: float, whole: float, none: float) -> float:
    return (circuit - none) / (whole - none)


def check_share(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: share_kept, not share_kept(...).")
    generator = context.draw("E1")
    whole, none = round(float(generator.uniform(4, 7)), 2), round(float(generator.uniform(-6, -3)), 2)
    circuit = round(none + 0.7 * (whole - none), 2)
    given, right = float(answer(circuit, whole, none)), our_share(circuit, whole, none)
    at = f"A circuit with {circuit:+.2f}, between {none:+.2f} and {whole:+.2f}, gives {given:.2f}."
    for wrong, property, sentence in (
        (circuit / whole, "0 is nothing kept", "With none kept the number is not 0. Where does the way begin?"),
        (1 - right, "what is kept, not what is lost", "That is the share that the circuit loses."),
        (circuit - none, "a share", "That is in logits. Divide by the length of the whole way."),
        (-right, "1 is all of it", "The sign is turned round: with everything kept it should be 1."),
    ):
        if math.isclose(given, wrong, abs_tol=1e-3):
            return no(property, f"{at} {sentence}")
    if not math.isclose(given, right, abs_tol=1e-3):
        return no("the part of the way from none to whole", f"{at} It should be {right:.2f}.")
    more = none + 1.3 * (whole - none)
    if not math.isclose(float(answer(more, whole, none)), 1.3, abs_tol=1e-3):
        return no("above 1 is told", "A circuit can do better than the whole model. Do not cut the number off at 1.")
    if not math.isclose(float(answer(none - 1, whole, none)), -1 / (whole - none), abs_tol=1e-3):
        return no("below 0 is told", "A circuit can push the wrong way. Do not cut the number off at 0.")
    return yes(
        "0 for nothing, 1 for everything",
        "The field calls it faithfulness. It can be above 1: parts that work against the answer may be left out.",
    )


E1 = Exercise(
    id="E1",
    title="What a circuit keeps",
    minutes=3,
    hints=(
        "Three numbers on a line: none, circuit, whole. How much of the way from none to whole is done?",
        "The way done is circuit - none. The whole way is whole - none.",
        "return (circuit - none) / (whole - none)",
    ),
    check=check_share,
    ours=lambda _: our_share,
    wrong=(
        Wrong(lambda _: lambda c, w, n: c / w, "Where does the way begin"),
        Wrong(lambda _: lambda c, w, n: (w - c) / (w - n), "that the circuit loses"),
        Wrong(lambda _: lambda c, w, n: c - n, "That is in logits"),
        Wrong(lambda _: lambda c, w, n: min(our_share(c, w, n), 1.0), "cut the number off at 1"),
        Wrong(lambda _: lambda c, w, n: max(our_share(c, w, n), 0.0), "cut the number off at 0"),
        Wrong(lambda _: 0.7, "Give the function itself"),
    ),
)

# -- E2: the circuit among ten edges ----------------------------------------------------------------------------------


@lru_cache
def _named() -> dict[str, tuple[int, int]]:
    """All edges of the toy by name: receiver, sender."""
    graph = graph_of(opened().spec)
    return {
        edge_name(graph, receiver, sender): (receiver, sender) for receiver, sender in graph.edges.nonzero().tolist()
    }


@lru_cache
def _known() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The edges of the circuit and of the decoy, by name."""
    graph = graph_of(opened().spec)
    circuit, decoy = (edges_named(graph, edges).nonzero().tolist() for edges in (CIRCUIT, DECOY))
    return tuple(edge_name(graph, *place) for place in circuit), tuple(edge_name(graph, *place) for place in decoy)


def candidates(context: Context) -> list[str]:
    """Ten edges: the circuit's and the decoy's, in an order of the learner's own."""
    every = [*_known()[0], *_known()[1]]
    return [every[i] for i in context.draw("E2").permutation(len(every))]


def keeps(edges: Collection[str]) -> Floats:
    """What these edges of the toy keep alone, as a share, for each of three pairs of prompts."""
    return _keeps(frozenset(edges))


@lru_cache(maxsize=256)
def _keeps(edges: frozenset[str]) -> Floats:
    model, graph = opened(), graph_of(opened().spec)
    kept = torch.zeros_like(graph.edges)
    for name in edges:
        kept[_named()[name]] = True
    found = []
    for pair in PAIRS:
        read = pair.read(model)
        setting = against_prompt(model, read.clean, read.corrupt)

        def run(circuits: Any) -> Iterator[float]:
            return measured(model, setting, difference(read), cost.budget(model.spec), circuits)  # noqa: B023

        found.append(ends(run, graph).share(next(run([kept]))))
    return np.array(found).round(4) + 0.0


def check_circuit(answer: Any, context: Context) -> Verdict:
    if isinstance(answer, str) or not isinstance(answer, Collection) or not all(isinstance(e, str) for e in answer):
        return no("a list of edges", f'Give a list of names, such as ["{candidates(context)[0]}"].')
    edges = list(dict.fromkeys(answer))
    if unknown := [name for name in edges if name not in _named()]:
        return no("edges of the toy", f"There is no edge called {unknown[0]!r}. Copy the names from the list above.")
    kept = keeps(edges)
    if kept.max() < SPARE:
        return no(
            "something gets through",
            "With these edges alone nothing of the answer is left, on any pair. Does a way lead from the embedding to"
            " the logits?",
        )
    if kept.min() < ENOUGH:
        worst = int(kept.argmin())
        return no(
            "enough on every pair",
            f"On the pair {PAIRS[worst].clean!r} / {PAIRS[worst].corrupt!r} these edges keep {kept[worst]:.0%}. An edge"
            " is missing.",
        )
    spare = [name for name in edges if np.abs(kept - keeps([n for n in edges if n != name])).max() < SPARE]
    if spare:
        return no(
            "nothing to spare",
            f"Enough, but without {spare[0]!r} it keeps as much, on all three pairs: {len(spare)} edges can go.",
        )
    return yes(
        f"{len(edges)} edges, each of them needed",
        "The decoy's four are out. A probe reads the answer off its last head on every prompt, and no part of the model"
        " does.",
    )


E2 = Exercise(
    id="E2",
    title="The circuit among ten edges",
    minutes=6,
    hints=(
        "Begin with all ten. Leave one out, and see whether any of the three numbers changes.",
        "[e for e in ten if (keeps([x for x in ten if x != e]) < 0.99).any()] has the edges without which something is"
        " lost.",
        "Every edge with L0H1 or L1H1 in its name can go. The other six are the circuit.",
    ),
    check=check_circuit,
    ours=lambda c: [e for e in candidates(c) if keeps([x for x in candidates(c) if x != e]).min() < ENOUGH],
    wrong=(
        Wrong(candidates, "it keeps as much"),
        Wrong(lambda _: list(_known()[1]), "nothing of the answer is left"),
        Wrong(lambda _: [e for e in _known()[0] if "L1H0 k" not in e], "An edge is missing"),
        Wrong(lambda _: ["L1H0 > L1H1 q"], "There is no edge called"),
        Wrong(lambda c: candidates(c)[0], "Give a list of names"),
        Wrong(lambda c: [candidates(c)], "a list of names, such as"),
    ),
)
