"""Lesson 08, fourth part: an adversary that looks for what a circuit has left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch

from mikit.course.lessons.l08_real import bench, graph, our_parts
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Question, Verdict, Wrong
from mikit.studies.circuits import PartsCircuit, part_of, sender_of

Out = tuple[str, ...]
React = Callable[[Out], tuple[float, float]]
"""Parts that are out -> the logit difference of the circuit, and of the whole model."""
NextOut = Callable[[React, Sequence[str], Out], str]

P4_CHOICES = ("Still the right name, by about as much", "The right name, by less than half as much", "The wrong name")

_REACTIONS: dict[tuple[str, int, Out, Out], tuple[float, float]] = {}


def reaction(context: Context, parts: Sequence[str]) -> React:
    """How a circuit of parts, and the whole model, react when parts are taken out of both: run once, then kept."""
    model, here = context.model(), graph(context)
    edges = PartsCircuit(parts=tuple(parts)).edges(model)

    def react(out: Out) -> tuple[float, float]:
        _refuse_one(out)
        key = model.ref.sha256, len(bench(context).runs), tuple(parts), tuple(sorted(out))
        if key not in _REACTIONS:
            left = torch.ones(len(here.senders), dtype=torch.bool)
            left[[sender_of(here, part_of(name, model.spec)) for name in out]] = False
            circuit, whole = bench(context).measures([edges & left, here.edges & left]).mean(0)
            _REACTIONS[key] = float(circuit), float(whole)
        return _REACTIONS[key]

    return react


def _refuse_one(out: object) -> None:
    """(name) is a name; a tuple of one is (name,)."""
    if isinstance(out, str):
        raise TypeError(f"react({out!r}): react takes a tuple of parts, as in react((*out, {out!r}))")


def rounds(context: Context) -> int:
    return 2 if context.pace == "full" else 1


def beaten(context: Context, parts: Sequence[str], next_out: NextOut) -> Iterator[str]:
    """What the adversary takes out, beside what any part's loss does."""
    react = reaction(context, parts)
    out: Out = ()
    circuit, whole = react(out)
    yield "taken out               circuit     whole     apart     a part at random: apart"
    yield f"{'nothing':20} {circuit:+10.2f} {whole:+9.2f} {abs(circuit - whole):9.2f}"
    for _ in range(rounds(context)):
        others = [abs(a - b) for a, b in (react((*out, name)) for name in parts if name not in out)]
        out = (*out, next_out(react, parts, out))
        circuit, whole = react(out)
        low, middle, high = np.quantile(others, (0, 0.5, 1))
        yield (
            f"{' + '.join(out):20} {circuit:+10.2f} {whole:+9.2f} {abs(circuit - whole):9.2f}"
            f" {middle:9.2f} ({low:.2f} to {high:.2f})"
        )


def worst(context: Context) -> tuple[str, float, float]:
    """The part after whose loss our circuit and the model differ most, and the logit difference of both then."""
    parts = our_parts(context)
    react = reaction(context, parts)
    name = our_next_out(react, parts, ())
    return name, *react((name,))


def circuit_says(context: Context) -> str:
    whole, _ = reaction(context, our_parts(context))(())
    _, left, _ = worst(context)
    return P4_CHOICES[2] if left < 0 else P4_CHOICES[1] if left < whole / 2 else P4_CHOICES[0]


P_BEATEN = Question(
    id="P4",
    text="One part is taken out of the circuit and of the whole model. The model still puts the right name ahead. Which"
    " name does the circuit put ahead, if an adversary chooses the part?",
    truth=circuit_says,
    choices=P4_CHOICES,
)

# -- E5: one round of an adversary ------------------------------------------------------------------------------------


def our_next_out(react: React, parts: Sequence[str], out: Out) -> str:
    def apart(name: str) -> float:
        circuit, whole = react((*out, name))
        return abs(circuit - whole)

    return max((name for name in parts if name not in out), key=apart)


_MADE_UP: dict[str, tuple[float, float]] = {
    "A": (-3.0, 0.5),
    "B": (0.4, 2.5),
    "C": (5.0, 5.2),
    "D": (2.5, 0.5),
    "E": (0.1, 0.1),
    "F": (9.0, 1.0),
}
"""By how much circuit and model go down without each part of a circuit that nobody has. Without A the circuit goes up,
and is ahead of the model; without C both fall; without F they are furthest apart, and then without F and D."""
START = 6.0


def made_up(names: dict[str, str]) -> React:
    """How that circuit reacts; losses add up."""

    def react(out: Out) -> tuple[float, float]:
        _refuse_one(out)
        lost = [_MADE_UP[names[name]] for name in dict.fromkeys(out)]
        return START - sum(circuit for circuit, _ in lost), START - sum(whole for _, whole in lost)

    return react


def check_next_out(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: next_out, not next_out(...).")
    letters = list(_MADE_UP)
    order = context.draw("E5").permutation(len(letters))
    names = {f"L{i + 1}H{i}": letters[n] for i, n in enumerate(order)}
    by_letter = {letter: name for name, letter in names.items()}
    react, parts = made_up(names), list(names)
    given = answer(react, list(parts), ())
    if not isinstance(given, str) or given not in names:
        return no("a part's name", f"It gives {given!r}. Give one of the parts, such as {parts[0]!r}.")
    if given != by_letter["F"]:
        return no("furthest apart", _told(names[given], react((given,))))
    again = answer(react, list(parts), (given,))
    if again == given:
        return no(
            "each part once", f"{again} is out already, and it gives {again} once more. Leave out what is in out."
        )
    if not isinstance(again, str) or again not in names:
        return no("a part's name", f"With {given} out it gives {again!r}. Give one of the parts that are left.")
    if names[again] == "A":
        return no(
            "on top of what is out",
            f"With {given} out it takes {again}, the worst of the others alone. React to (*out, name), so that what is"
            " out stays out.",
        )
    if again != by_letter["D"]:
        circuit, whole = react((given, again))
        return no(
            "furthest apart",
            f"With {given} out it takes {again}: the circuit has {circuit:+.1f} and the model {whole:+.1f}. Beside"
            f" {given} there is a part after which they are further apart.",
        )
    return yes(
        "the part after which the two differ most",
        "Round after round it is a greedy adversary. It need not find the worst set, so a circuit is at least as"
        " incomplete as it says.",
    )


def _told(letter: str, values: tuple[float, float]) -> str:
    at = f"Without the part that it takes, the circuit has {values[0]:+.1f} and the model {values[1]:+.1f}."
    if letter in "AB":
        return (
            f"{at} There the circuit is ahead of the model. Without another part it is further behind: mind the sign."
        )
    if letter == "C":
        return f"{at} Both fall, and almost equally: that is how a complete circuit reacts."
    if letter == "E":
        return f"{at} They are about equal. Look for the largest difference, not the smallest."
    return f"{at} There is a part after which they are further apart."


def _pick(key: Callable[[float, float], float]) -> NextOut:
    def next_out(react: React, parts: Sequence[str], out: Out) -> str:
        return max((name for name in parts if name not in out), key=lambda name: key(*react((*out, name))))

    return next_out


def _again(react: React, parts: Sequence[str], out: Out) -> str:
    return our_next_out(react, parts, ())


def _falls(react: React, parts: Sequence[str], out: Out) -> str:
    """Looks at the circuit alone."""
    return min((name for name in parts if name not in out), key=lambda name: react((*out, name))[0])


def _forgets(react: React, parts: Sequence[str], out: Out) -> str:
    return max((name for name in parts if name not in out), key=lambda name: abs(np.subtract(*react((name,)))))


E5 = Exercise(
    id="E5",
    title="One round of an adversary",
    minutes=6,
    hints=(
        "Try each part that is not out yet: circuit, whole = react((*out, name)). What do you compare?",
        "A complete circuit reacts as the model does. So look for the part with the largest abs(circuit - whole).",
        "def apart(p): circuit, whole = react((*out, p)); return abs(circuit - whole). Then: return max([p for p in"
        " parts if p not in out], key=apart)",
    ),
    check=check_next_out,
    ours=lambda _: our_next_out,
    wrong=(
        Wrong(lambda _: _pick(lambda circuit, whole: circuit - whole), "mind the sign"),
        Wrong(lambda _: _pick(lambda circuit, whole: -whole), "that is how a complete circuit reacts"),
        Wrong(lambda _: _pick(lambda circuit, whole: -abs(circuit - whole)), "not the smallest"),
        Wrong(lambda _: _again, "is out already"),
        Wrong(lambda _: _forgets, "React to (*out, name)"),
        Wrong(lambda _: lambda react, parts, out: [name for name in parts if name not in out], "Give one of the parts"),
        Wrong(lambda _: _falls, "out it takes"),
    ),
)
