"""Lesson 02, first part: a stream of a few plain numbers, where each part and each reading is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong

PARTS = ("embedding", "head A", "head B", "MLP")
WORDS = (" tea", " jam", " milk")
WIDTH = 3
CLOSE = 1e-3
Reader = Callable[[Tensor], Any]


class Toy(NamedTuple):
    """What each part writes to the stream [3], and for each word the direction [3] that reads its logit."""

    parts: dict[str, Tensor]
    words: dict[str, Tensor]

    @property
    def shares(self) -> dict[str, float]:
        """What each part adds to the logit difference of tea and jam."""
        return self.read(self.words[" tea"] - self.words[" jam"])

    def read(self, direction: Tensor) -> dict[str, float]:
        return {name: float(part @ direction) for name, part in self.parts.items()}


def toy(context: Context) -> Toy:
    """The learner's own: small whole numbers, in which reading tea alone gives something else for several parts, and
    parts write on both sides."""
    random = context.draw("toy")
    while True:
        parts = {name: torch.tensor(random.integers(-3, 4, WIDTH), dtype=torch.float32) for name in PARTS}
        words = {word: torch.tensor(random.integers(-2, 3, WIDTH), dtype=torch.float32) for word in WORDS}
        made = Toy(parts, words)
        shares, jam = list(made.shares.values()), list(made.read(words[" jam"]).values())
        both_sides = min(shares) < 0 < max(shares) and sum(share == 0 for share in shares) <= 1
        if both_sides and sum(x != 0 for x in jam) >= 3 and len(set(shares)) > 2 and sum(shares) != 0:
            return made


# -- E1: read a sum of vectors by one direction ----------------------------------------------------------------------


def check_shares(answer: Any, context: Context) -> Verdict:
    if not isinstance(answer, Mapping) or set(answer) != set(PARTS):
        return no("one number for each part", f"Give a dictionary with the keys {', '.join(map(repr, PARTS))}.")
    try:
        given = {name: float(answer[name]) for name in PARTS}
    except (TypeError, ValueError, RuntimeError):  # torch's word for a vector that is to be one number
        return no(
            "one number for each part",
            "A vector read by one direction is a single number: multiply place by place, then add up.",
        )
    made = toy(context)
    if _same(given, made.shares):
        total = sum(made.shares.values())
        return yes(
            f"four numbers that add up to {total:+.0f}",
            f"Read by the same direction, the whole stream gives {total:+.0f} too. The parts stay apart until you add.",
        )
    if _same(given, {name: -share for name, share in made.shares.items()}):
        return no("tea less jam", "All signs are turned round. The direction is tea's less jam's.")
    if _same(given, made.read(made.words[" tea"])):
        return no("tea less jam", "That is what each part adds to ' tea' alone. Take away what it adds to ' jam'.")
    if _same(given, {name: float(part.norm()) for name, part in made.parts.items()}):
        return no("read by a direction", "That is how long each vector is. A long one may point past the direction.")
    wrong = next(name for name in PARTS if abs(given[name] - made.shares[name]) > CLOSE)
    return no(
        "each part read by the same direction",
        f"'{wrong}' adds something other than {given[wrong]:g}. Multiply place by place, then add up the products.",
    )


def _same(a: Mapping[str, float], b: Mapping[str, float]) -> bool:
    return all(abs(a[name] - b[name]) <= CLOSE for name in PARTS)


E1 = Exercise(
    id="E1",
    title="Read each part of the small stream",
    minutes=5,
    hints=(
        "First make one direction out of two: tea's numbers less jam's, place by place.",
        "A vector is read by a direction like this: multiply place by place, add up the products.",
        'direction = small.words[" tea"] - small.words[" jam"]; then {name: float(part @ direction) for name, part in'
        " small.parts.items()}.",
    ),
    check=check_shares,
    ours=lambda c: toy(c).shares,
    wrong=(
        Wrong(lambda c: toy(c).read(toy(c).words[" tea"]), "to ' tea' alone"),
        Wrong(lambda c: {name: -share for name, share in toy(c).shares.items()}, "All signs are turned round"),
        Wrong(lambda c: {name: float(part.norm()) for name, part in toy(c).parts.items()}, "how long each vector is"),
        Wrong(
            lambda c: {
                name: part * (toy(c).words[" tea"] - toy(c).words[" jam"]) for name, part in toy(c).parts.items()
            },
            "a single number",
        ),
        Wrong(lambda c: sum(toy(c).shares.values()), "Give a dictionary"),
    ),
)

# -- E2: which readings split ------------------------------------------------------------------------------------------


def our_gap(read: Reader, parts: list[Tensor]) -> float:
    whole = sum(parts[1:], start=parts[0])
    return abs(float(read(whole)) - sum(float(read(part)) for part in parts))


def check_gap(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: gap, not gap(...).")
    random = context.draw("E2")
    parts = [torch.tensor(random.normal(size=5), dtype=torch.float32) for _ in range(6)]
    direction = torch.tensor(random.normal(size=5), dtype=torch.float32)

    def straight(x: Tensor) -> Tensor:
        return x @ direction

    def bent(x: Tensor) -> Tensor:
        return (x @ direction) ** 2

    linear, square, truth = (
        float(answer(straight, list(parts))),
        float(answer(bent, list(parts))),
        our_gap(bent, parts),
    )
    if abs(square) <= CLOSE and truth > CLOSE:
        return no(
            "above 0 for a reading that does not split",
            "It gives 0 for a square, too. Add the vectors first and read the sum; compare with the sum of readings.",
        )
    mean = abs(float(bent(sum(parts, torch.zeros(5)) / 6)) - sum(float(bent(part)) for part in parts) / 6)
    if abs(square - mean) <= CLOSE:
        return no("the stream is a sum", "It takes means. Parts of a stream are added, not averaged.")
    if abs(linear) > CLOSE:
        return no(
            "0 for a reading by one direction",
            f"It gives {linear:.2f}. Such a reading of a sum is the sum of the readings: are all parts in it?",
        )
    if abs(float(answer(bent, parts[::-1])) - square) > CLOSE:
        return no("the same in any order", "With the parts in another order it gives another number. A sum does not.")
    if abs(square + truth) <= CLOSE:
        return no("how far apart, 0 or more", "Its sign is turned. How far apart two numbers are is 0 or more: abs().")
    if abs(square - truth) > CLOSE:
        return no("how far apart", f"For the square of a reading it gives {square:.2f}, and {truth:.2f} was right.")
    return yes(
        "0 for a reading that splits, in any order",
        "A reading by one direction splits into parts. A square does not: (a + b)² is more than a² + b².",
    )


E2 = Exercise(
    id="E2",
    title="Measure whether a reading splits into parts",
    minutes=6,
    hints=(
        "Two numbers are compared: the reading of the sum, and the sum of the readings.",
        "whole = sum(parts) is a vector. read(whole) is one number, sum(read(part) for part in parts) the other.",
        "return abs(float(read(sum(parts))) - sum(float(read(part)) for part in parts))",
    ),
    check=check_gap,
    ours=lambda c: our_gap,
    wrong=(
        Wrong(
            lambda c: lambda read, parts: sum(read(part) for part in parts) - sum(read(part) for part in parts[::-1]),
            "It gives 0 for a square, too",
        ),
        Wrong(
            lambda c: (
                lambda read, parts: abs(read(sum(parts) / len(parts)) - sum(read(part) for part in parts) / len(parts))
            ),
            "It takes means",
        ),
        Wrong(lambda c: lambda read, parts: abs(read(sum(parts)) - read(parts[0])), "are all parts in it"),
        Wrong(lambda c: lambda read, parts: abs(read(parts[0] + parts[1]) - read(parts[0]) - read(parts[1])), "order"),
        Wrong(lambda c: our_gap(lambda x: x.sum(), list(toy(c).parts.values())), "Give the function itself"),
    ),
)


def readings(small: Toy) -> dict[str, Reader]:
    """Four readings of a stream, by name: all begin with the three words' logits."""
    words = torch.stack(list(small.words.values()))
    return {
        "logit of ' tea'": lambda x: (words @ x)[0],
        "probability of ' tea'": lambda x: (words @ x).softmax(-1)[0],
        "log-probability of ' tea'": lambda x: (words @ x).log_softmax(-1)[0],
        "log-probability of ' tea' less that of ' jam'": lambda x: (
            (words @ x).log_softmax(-1)[0] - (words @ x).log_softmax(-1)[1]
        ),
    }
