"""Lesson 03, first part: circuits of plain numbers, in which it is known what carries the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong

Part = Callable[[Mapping[str, float]], float]
KINDS = ("either", "both", "half each")
NAMES = ("one", "two", "three")
CLOSE = 1e-6


@dataclass(frozen=True)
class Circuit:
    """Parts that are computed in their order, each from the values before it. ``says`` is what each of them does."""

    parts: Mapping[str, Part]
    says: Mapping[str, str]

    def run(self, name: str, put: Mapping[str, float] | None = None) -> dict[str, float]:
        """All values after reading "Mary" or "John". ``put``: values to stand in place of what a part computes; what
        comes after them is computed from them."""
        if name not in ("Mary", "John"):
            raise ValueError(f"This circuit reads 'Mary' or 'John', not {name!r}.")
        values = {"name": 1.0 if name == "Mary" else -1.0}
        for part, compute in self.parts.items():
            values[part] = float(put[part]) if put and part in put else float(compute(values))
        return values


def circuit(gain: float = 4.0, brake: float = 0.25, ear: float = 2.0, clock: float = 3.0) -> Circuit:
    """One part carries the name to the answer, one takes a share of it back; one hears it in vain."""
    parts: dict[str, Part] = {
        "carrier": lambda v: gain * v["name"],
        "ear": lambda v: ear * v["name"],
        "clock": lambda v: clock,
        "brake": lambda v: -brake * v["carrier"],
        "answer": lambda v: v["carrier"] + v["brake"] + v["clock"],
    }
    says = {
        "carrier": f"{gain:g} x name",
        "ear": f"{ear:g} x name, and nothing reads it",
        "clock": f"always {clock:g}",
        "brake": f"-{brake:g} x carrier",
        "answer": "carrier + brake + clock",
    }
    return Circuit(parts, says)


def truth(gain: float, brake: float) -> dict[str, float]:
    """What restoring each part does to the answer of the changed run, by hand."""
    return {"carrier": 2 * gain * (1 - brake), "ear": 0.0, "clock": 0.0, "brake": -2 * gain * brake}


# -- E1: write the patch ----------------------------------------------------------------------------------------------


def our_effect(circuit: Circuit, part: str) -> float:
    """How much the changed run's answer moves when ``part`` gets its value from the original run."""
    original, changed = circuit.run("Mary"), circuit.run("John")
    return circuit.run("John", put={part: original[part]})["answer"] - changed["answer"]


def check_effect(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: effect, not effect(...).")
    random = context.draw("E1")
    gain, brake, ear, clock = (float(x) for x in random.uniform((2, 0.2, 1, 1), (6, 0.6, 3, 5)))
    made, true = circuit(gain, brake, ear, clock), truth(gain, brake)
    found = {part: float(answer(made, part)) for part in true}
    if all(abs(found[part] - true[part]) < CLOSE for part in true):
        return yes(
            "it finds what was built in",
            f"The carrier moves the answer by {found['carrier']:.1f}, the ear by 0, though it hears the name: a value"
            " can be there and not matter.",
        )
    return _misdone(found, true, gain, clock)


def _misdone(found: dict[str, float], true: dict[str, float], gain: float, clock: float) -> Verdict:
    def are(wanted: Mapping[str, float]) -> bool:
        return all(abs(found[part] - wanted[part]) < CLOSE for part in wanted)

    if are({part: 0.0 for part in true}):
        return no(
            "the carrier moves the answer",
            "Yours finds 0 for every part. The value put in must come from the other run than the one it is put into.",
        )
    if are({part: -value for part, value in true.items()}):
        return no(
            "the original's value goes into the changed run",
            "Every sign is turned round: you put John's value into Mary's run. That breaks it; here we restore it.",
        )
    own = clock - true["carrier"] / 2
    if are({part: value + own for part, value in true.items()}):
        return no(
            "a change, not a value", "You return the patched answer. Take the answer of the unpatched run away from it."
        )
    if abs(found["ear"] - true["carrier"]) < CLOSE:
        return no(
            "one part at a time",
            "Even the ear moves the answer, and nothing reads it: you put in more than the one part.",
        )
    if abs(found["carrier"] - 2 * gain) < CLOSE:
        return no(
            "what comes after is computed again",
            "The brake reads the carrier, so it must run again on the new value. Let circuit.run do it, with put.",
        )
    return no(
        "it finds what was built in",
        f"In a circuit that we built, restoring the carrier moves the answer by {true['carrier']:.2f}. Yours says"
        f" {found['carrier']:.2f}.",
    )


def _backwards(circuit: Circuit, part: str) -> float:
    original, changed = circuit.run("Mary"), circuit.run("John")
    return circuit.run("Mary", put={part: changed[part]})["answer"] - original["answer"]


def _value(circuit: Circuit, part: str) -> float:
    return circuit.run("John", put={part: circuit.run("Mary")[part]})["answer"]


def _own(circuit: Circuit, part: str) -> float:
    changed = circuit.run("John")
    return circuit.run("John", put={part: changed[part]})["answer"] - changed["answer"]


def _all_parts(circuit: Circuit, part: str) -> float:
    return circuit.run("John", put=circuit.run("Mary"))["answer"] - circuit.run("John")["answer"]


def _direct(circuit: Circuit, part: str) -> float:
    change = circuit.run("Mary")[part] - circuit.run("John")[part]
    return 0.0 if part == "ear" else change


E1 = Exercise(
    id="E1",
    title="Write a patch, and try it where the truth is known",
    minutes=6,
    hints=(
        "Three runs: the original, the changed one, and the changed one with one value swapped in.",
        "circuit.run('Mary')[part] is the value to swap in; put={part: value} swaps it in.",
        "return circuit.run('John', put={part: circuit.run('Mary')[part]})['answer'] - circuit.run('John')['answer']",
    ),
    check=check_effect,
    ours=lambda _: our_effect,
    wrong=(
        Wrong(lambda _: _backwards, "Every sign is turned round"),
        Wrong(lambda _: _value, "Take the answer of the unpatched run away"),
        Wrong(lambda _: _own, "from the other run"),
        Wrong(lambda _: _all_parts, "more than the one part"),
        Wrong(lambda _: _direct, "it must run again"),
        Wrong(lambda _: 6.0, "Give the function itself"),
    ),
)

# -- E2: restore it, break it -----------------------------------------------------------------------------------------

_RULES: dict[str, Callable[[float, float], float]] = {
    "either": max,
    "both": min,
    "half each": lambda left, right: (left + right) / 2,
}


def sealed(context: Context) -> dict[str, Circuit]:
    """Three circuits with two parts each, that the learner cannot look into: {"one": ..., "two": ..., "three": ...}."""
    return {name: _sealed(kind) for name, kind in _kinds(context).items()}


def _kinds(context: Context) -> dict[str, str]:
    order = context.draw("E2").permutation(len(KINDS))
    return {name: KINDS[i] for name, i in zip(NAMES, order, strict=True)}


def _sealed(kind: str) -> Circuit:
    rule = _RULES[kind]
    parts: dict[str, Part] = {
        "left": lambda v: v["name"],
        "right": lambda v: v["name"],
        "answer": lambda v: 4 * rule(v["left"], v["right"]),
    }
    return Circuit(parts, {})


def check_kinds(answer: Any, context: Context) -> Verdict:
    true = _kinds(context)
    if not isinstance(answer, Mapping) or set(answer) != set(NAMES):
        return no("three circuits", 'Give {"one": ..., "two": ..., "three": ...}.')
    if any(kind not in KINDS for kind in answer.values()):
        return no("one of three kinds", "Each is 'either', 'both' or 'half each'.")
    wrong = [name for name in NAMES if answer[name] != true[name]]
    if not wrong:
        return yes(
            "two directions, two questions",
            "Restoring one part finds what is enough; breaking one part finds what is needed. Where two parts stand in"
            " for each other, breaking one shows nothing at all.",
        )
    name = wrong[0]
    moved = {"either": (8, 0), "both": (0, 8), "half each": (4, 4)}[true[name]]
    why = {
        "either": "One restored part was enough, and one broken part was not missed.",
        "both": "One restored part was not enough, and one broken part was enough to lose it.",
        "half each": "Restoring and breaking do the same amount here: the parts add up.",
    }[true[name]]
    return no(
        f"circuit {name}",
        f"It is not '{answer[name]}'. Restoring one part moves its answer by {moved[0]}, breaking one by {moved[1]}."
        f" {why}",
    )


def _swap(first: str, second: str) -> Callable[[Context], dict[str, str]]:
    turned = {first: second, second: first}
    return lambda c: {name: turned.get(kind, kind) for name, kind in _kinds(c).items()}


E2 = Exercise(
    id="E2",
    title="Three sealed circuits: tell them apart from outside",
    minutes=5,
    hints=(
        "Look at both columns. Which circuit is restored by one part, and which is broken by one part?",
        "Enough: restoring one part moves the answer all the way. Needed: breaking one part loses all of it.",
        "8 and 0 is 'either', 0 and 8 is 'both', 4 and 4 is 'half each' (signs aside).",
    ),
    check=check_kinds,
    ours=_kinds,
    wrong=(
        Wrong(_swap("either", "both"), "It is not"),
        Wrong(_swap("either", "half each"), "It is not"),
        Wrong(lambda _: dict.fromkeys(NAMES, "half each"), "It is not 'half each'"),
        Wrong(lambda _: dict.fromkeys(NAMES, "or"), "Each is 'either', 'both' or 'half each'"),
        Wrong(lambda _: ["either", "both", "half each"], 'Give {"one"'),
    ),
)
