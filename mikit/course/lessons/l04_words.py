"""Lesson 04, last part: 576 slots of a real model, and how many of its words can lie on top of each other in them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import normalize

from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.models.model import Model

NINE_IN_TEN = 0.9
LEEWAY = 0.04
TRIES = 64
LEEWAY_COSINE = math.sin(math.radians(10))
"""Two directions within ten degrees of a right angle have a cosine of at most this much, 0.17, either way."""


def words(context: Context) -> Tensor:
    """The direction that reads each token of the model, their mean taken off, length 1: [token, 576]."""
    read = context.model().hf.lm_head.weight.detach()
    some = read if context.pace == "full" else read[:: len(read) // 8000]
    return _to_length_1(some - some.mean(0))


def random_directions(like: Tensor) -> Tensor:
    """As many directions of the same width, drawn at random."""
    return _to_length_1(torch.randn(like.shape, generator=torch.Generator().manual_seed(0)))


def _to_length_1(directions: Tensor) -> Tensor:
    """In place: a table of all words takes 113 MB, and Binder has 2 GB for everything."""
    return directions.div_(directions.norm(dim=1, keepdim=True))


def come_back(directions: Tensor, count: int) -> float:
    """Lay ``count`` of the directions on top of each other, drawn at random, and read the sum along every direction.

    The share of them that is among the ``count`` strongest, over 64 draws."""
    generator = torch.Generator().manual_seed(count)
    drawn = torch.stack([torch.randperm(len(directions), generator=generator)[:count] for _ in range(TRIES)])
    strongest = (directions[drawn].sum(1) @ directions.T).topk(count, dim=1).indices
    return float((drawn[:, :, None] == strongest[:, None]).any(1).float().mean())


def read_back(model: Model, texts: Sequence[str], more: int = 3) -> list[str]:
    """The words that a sum of words' directions is strongest along: as many as went in, and ``more``."""
    read = model.hf.lm_head.weight.detach()
    directions = _to_length_1(read - read.mean(0))
    ids = [int(model.tokens(text).ids[0, 0]) for text in texts]
    found = (directions[ids].sum(0) @ directions.T).topk(len(ids) + more).indices
    return [model.token_string(int(id)) for id in found]


def _drawn(count: int, slots: int) -> Tensor:
    return normalize(torch.randn(count, slots, generator=torch.Generator().manual_seed(0)), dim=1)


def near_a_right_angle(slots: int) -> float:
    """The share of all pairs of random directions whose angle is within ten degrees of a right angle."""
    directions = _drawn(1000, slots)
    rows, columns = torch.triu_indices(1000, 1000, 1)
    return float(((directions @ directions.T)[rows, columns].abs() <= LEEWAY_COSINE).float().mean())


def nearly_orthogonal(count: int, slots: int = 576) -> int:
    """Of ``count`` random directions, how many are left when the later one of each pair goes whose angle is more than
    ten degrees off a right angle."""
    directions, gone = _drawn(count, slots), torch.zeros(count, dtype=torch.bool)
    for start in range(0, count, 1000):
        close = (directions[start : start + 1000] @ directions.T).abs() > LEEWAY_COSINE
        gone[start : start + 1000] |= close.tril(start - 1).any(1)
    return int((~gone).sum())


# -- E7: how many words at once ---------------------------------------------------------------------------------------


def check_at_once(answer: Any, context: Context) -> Verdict:
    try:
        of_words, of_random = (int(number) for number in answer)
    except (TypeError, ValueError, RuntimeError):
        return no("two numbers", "Give two whole numbers: how many words, and how many random directions.")
    if min(of_words, of_random) < 1:
        return no("one at least", "One word alone comes back, so both numbers are at least 1.")
    table = words(context)
    if max(of_words, of_random) > 100:
        return no(
            "how many at once",
            f"There are 576 slots and thousands of words, but with {max(of_words, of_random)} present at once few would"
            " come back. Read the table: where does the share fall below 0.90?",
        )
    control = random_directions(table)
    if _fits(table, of_random) and _fits(control, of_words):
        return no("words first", "You have them the wrong way round: words first, random directions second.")
    for name, directions, count in (("words", table, of_words), ("random directions", control, of_random)):
        share, further = come_back(directions, count), come_back(directions, _next(count))
        if share < NINE_IN_TEN - LEEWAY:
            return no(
                f"nine in ten {name} come back",
                f"With {count} {name} at once only {share:.0%} come back. So many at once push each other out.",
            )
        if further >= NINE_IN_TEN + LEEWAY:
            return no(
                f"as many {name} as will go",
                f"With {_next(count)} {name} at once still {further:.0%} come back. There is room for more.",
            )
    return yes(
        "a few words, many random directions",
        "There are far more directions than slots, as long as few are present at once. Random directions disturb each"
        " other little. Words have relatives, and those come back instead.",
    )


def _next(count: int) -> int:
    return count + 1 + count // 5


def _fits(directions: Tensor, count: int) -> bool:
    share, further = come_back(directions, count), come_back(directions, _next(count))
    return share >= NINE_IN_TEN - LEEWAY and further < NINE_IN_TEN + LEEWAY


def _most(directions: Tensor) -> int:
    """The largest number of those that the lesson's table has."""
    return max(count for count in AT_ONCE if come_back(directions, count) >= NINE_IN_TEN)


AT_ONCE = (1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32)


def our_at_once(context: Context) -> tuple[int, int]:
    table = words(context)
    return _most(table), _most(random_directions(table))


E7 = Exercise(
    id="E7",
    title="How many words at once",
    minutes=4,
    hints=(
        "Read down the column for words: how far do nine in ten come back? Then the column beside it.",
        "Nine in ten is 0.90. A number or two more or less than the table's is fine.",
        "max(n for n, share in shares.items() if share[0] >= 0.9), and the same with share[1].",
    ),
    check=check_at_once,
    ours=our_at_once,
    wrong=(
        Wrong(lambda c: our_at_once(c)[::-1], "the wrong way round"),
        Wrong(lambda c: (576, 576), "with 576 present at once"),
        Wrong(lambda c: (our_at_once(c)[0],) * 2, "There is room for more"),
        Wrong(lambda c: (12, our_at_once(c)[1]), "push each other out"),
        Wrong(lambda c: 4, "Give two whole numbers"),
    ),
)
