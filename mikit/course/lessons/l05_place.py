"""Lesson 05, last part: a dictionary in the place of what it describes, and what its numbers allow to say."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from mikit.course.lessons.l05_code import small
from mikit.course.lessons.l05_real import SHIPPED, SITE, evaluated, row
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.sae.dictionary import Dictionary
from mikit.sae.library import load_dictionary

SINK = 40.0
"""How many times as long as others the first token's stream is."""

# -- E6: what stands in the stream's place ----------------------------------------------------------------------------


def text_stream(context: Context) -> tuple[Dictionary, Tensor]:
    """A small dictionary, and the stream of a text of 40 tokens that begins with a sink."""
    d, x = small(context)
    x[0] *= SINK
    return d, x


def our_stand_in(x: Tensor, d: Dictionary) -> Tensor:
    value = d.reconstruct(x)
    value[0] = x[0]
    return value


def check_stand_in(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: stand_in, not stand_in(...).")
    d, x = text_stream(context)
    given = answer(x.clone(), d)
    if not isinstance(given, Tensor) or given.shape != x.shape:
        shape = f"shape {list(given.shape)}" if isinstance(given, Tensor) else type(given).__name__
        return no(
            "as wide as the stream",
            f"It gives {shape}; the stream has {list(x.shape)}. What goes into the model is the dictionary's output,"
            " not its features.",
        )
    output = d.reconstruct(x)
    slips = (
        (x, "the dictionary's output", "Nothing is replaced: this is the stream itself."),
        (x - output, "the output, not the error", "This is what the dictionary leaves out. Put in what it gives back."),
        (x + output, "instead, not on top", "The output is added to the stream. It should stand in its place."),
    )
    for slip, property, sentence in slips:
        if _near(given[1:], slip[1:]):
            return no(property, sentence)
    if not _near(given[1:], output[1:]):
        return no("the output at each position", "At some positions it is not what the dictionary gives back there.")
    if not _near(given[0], x[0]):
        return no("position 0 as it is", _SINK)
    return yes(
        "its output everywhere but at position 0",
        "Position 0 is a sink of attention, unlike the rest. The dictionary never saw one, so it is left out of all"
        " numbers.",
    )


_SINK = (
    "Position 0 is replaced too. It is a sink of attention, and the dictionary never saw one: without it, the model"
    " breaks for a reason that has nothing to do with the features."
)


def _near(one: Tensor, other: Tensor) -> bool:
    return torch.allclose(one.float(), other, atol=1e-4, rtol=1e-4)


E6 = Exercise(
    id="E6",
    title="Put the dictionary's output in the stream's place",
    minutes=5,
    hints=(
        "d.reconstruct(x) reads the stream and gives back as much of it as the dictionary can.",
        "The first row of the result must be the first row of x.",
        "value = d.reconstruct(x); value[0] = x[0]; return value",
    ),
    check=check_stand_in,
    ours=lambda _: our_stand_in,
    wrong=(
        Wrong(lambda _: lambda x, d: d.reconstruct(x), "Position 0 is replaced too"),
        Wrong(lambda _: lambda x, d: d.encode(x), "not its features"),
        Wrong(lambda _: lambda x, d: d.error(x), "what the dictionary leaves out"),
        Wrong(lambda _: lambda x, d: x + our_stand_in(x, d), "added to the stream"),
        Wrong(lambda _: lambda x, d: x, "Nothing is replaced"),
        Wrong(lambda _: torch.zeros(3), "Give the function itself"),
    ),
)

# -- E7: the loss recovered -------------------------------------------------------------------------------------------

CASES = ((3.0, 3.0, 11.0), (3.0, 11.0, 11.0), (3.2, 3.6, 12.4), (3.2, 3.6, 8.0), (3.5, 9.5, 8.5))
"""Surprise of the model's own run, with the dictionary, and with the place broken."""


def our_recovered(own: float, spliced: float, broken: float) -> float:
    return (broken - spliced) / (broken - own)


def check_recovered(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: recovered, not recovered(...).")
    given = [float(answer(*case)) for case in CASES]
    true = [our_recovered(*case) for case in CASES]
    if _all_near(given, true):
        return yes(
            "1: the model's own; 0: as bad as broken",
            "It can be below 0. And it depends on how badly the place was broken: the same loss of 0.4 nats is 0.96"
            " against 12.4, and 0.92 against 8.0.",
        )
    slips: tuple[tuple[Callable[[float, float, float], float], str, str], ...] = (
        (lambda own, spliced, broken: 1 - our_recovered(own, spliced, broken), "recovered, not lost", _LOST),
        (
            lambda own, spliced, broken: 100 * our_recovered(own, spliced, broken),
            "a share",
            "These are per cent; give a share, 1 for all.",
        ),
        (lambda own, spliced, broken: own / spliced, "1 and 0 at the two ends", _RATIO),
        (lambda own, spliced, broken: (broken - spliced) / broken, "1 at the model's own", _OF_BROKEN),
        (
            lambda own, spliced, broken: spliced - own,
            "a share",
            "That is the loss in nats. Divide by what breaking the place costs.",
        ),
        (
            lambda own, spliced, broken: min(max(our_recovered(own, spliced, broken), 0), 1),
            "below 0 where it is worse",
            _CLIPPED,
        ),
    )
    for slip, property, sentence in slips:
        if _all_near(given, [slip(*case) for case in CASES]):
            return no(property, sentence)
    own, spliced, broken = CASES[2]
    return no(
        "the share of what was lost",
        f"With {own} for the model's own, {spliced} for the dictionary and {broken} for zeros it gives {given[2]:.3f};"
        f" {true[2]:.3f} is right.",
    )


_LOST = "That is the share that stays lost. Recovered is 1 less this: 1 where the dictionary loses nothing."
_RATIO = "It never comes to 0. It must be 1 at the model's own surprise, and 0 where the dictionary is as bad as zeros."
_OF_BROKEN = "Where nothing is lost it gives less than 1. Measure from the model's own surprise, not from 0."
_CLIPPED = "It is cut off at 0. A dictionary can be worse than breaking the place; that should be seen."

Share = Callable[[float, float, float], float]


def _share(result: Share) -> Callable[[Context], Share]:
    return lambda _: result


def _all_near(given: list[float], wanted: list[float]) -> bool:
    return all(math.isclose(one, other, abs_tol=5e-3) for one, other in zip(given, wanted, strict=True))


E7 = Exercise(
    id="E7",
    title="Write the share of the loss recovered",
    minutes=4,
    hints=(
        "Two differences: how much better than broken the dictionary is, and how much better the model's own run is.",
        "It must give 1 for spliced = own, and 0 for spliced = broken.",
        "return (broken - spliced) / (broken - own)",
    ),
    check=check_recovered,
    ours=lambda _: our_recovered,
    wrong=(
        Wrong(_share(lambda own, spliced, broken: (spliced - own) / (broken - own)), "stays lost"),
        Wrong(_share(lambda own, spliced, broken: own / spliced), "never comes to 0"),
        Wrong(_share(lambda own, spliced, broken: (broken - spliced) / broken), "less than 1"),
        Wrong(_share(lambda own, spliced, broken: 100 * (broken - spliced) / (broken - own)), "per cent"),
        Wrong(_share(lambda own, spliced, broken: max(0.0, our_recovered(own, spliced, broken))), "cut off at 0"),
        Wrong(_share(lambda own, spliced, broken: spliced - own), "the loss in nats"),
        Wrong(lambda _: 0.97, "Give the function itself"),
    ),
)

# -- E8: what the numbers allow to say --------------------------------------------------------------------------------

LETTERS = "ABCDEF"
HOLD = ("left out", "nats")
"""Of six sentences, those that say no more than was measured."""

KINDS = (*HOLD, "explained", "share", "true features", "sparser")


def letters(context: Context) -> dict[str, str]:
    """Which sentence stands at which letter, in a learner's own order."""
    order = context.draw("E8").permutation(len(KINDS))
    return {letter: KINDS[i] for letter, i in zip(LETTERS, order, strict=True)}


def sentences(context: Context) -> dict[str, str]:
    """Six sentences about the shipped dictionary, with the numbers of this run."""
    shipped = evaluated(context, load_dictionary(SHIPPED))
    found, chance = row(SHIPPED, shipped.grids), row("random directions", shipped.controls[0].grids)
    says = {
        "left out": f"On these texts it leaves out {found['left out']:.0%} of the variance; as many random directions"
        f" leave out {chance['left out']:.0%}.",
        "nats": f"With its output in place of the stream after layer {SITE.layer}, the model is"
        f" {found['nats lost']:.2f} nats a token more surprised by these texts.",
        "explained": f"It explains {1 - found['left out']:.0%} of what the model computes up to layer {SITE.layer}.",
        "share": f"It recovers {found['recovered from zeros']:.1%} of what zeros cost, so it holds that much of what"
        f" the model needs from layer {SITE.layer}.",
        "true features": "It leaves out so little that its features must be those that the model uses.",
        "sparser": f"With {found['L0']:.0f} features a token it is sparse; with fewer they would be nearer to the"
        " truth.",
    }
    return {letter: says[kind] for letter, kind in letters(context).items()}


def check_sentences(answer: Any, context: Context) -> Verdict:
    if not isinstance(answer, (str, Iterable)) or not set(answer) or not set(answer) <= set(LETTERS):
        return no(
            "letters",
            f'Give the letters of the sentences that hold, from {LETTERS[0]} to {LETTERS[-1]}, such as {{"A"}}.',
        )
    chosen = {letters(context)[letter] for letter in answer}
    for kind, sentence in _TOO_MUCH.items():
        if kind in chosen:
            letter = next(one for one, what in letters(context).items() if what == kind)
            return no(f"{letter} says more than was measured", sentence)
    if missing := [letter for letter, kind in letters(context).items() if kind in HOLD and kind not in chosen]:
        return no("one is missing", f"Sentence {missing[0]} names a number, the texts and what it is compared with.")
    return yes(
        "what was measured, on which texts, beside what",
        "The other four go on from a number to something that no cell of this notebook has looked at.",
    )


_TOO_MUCH = {
    "true features": "In the toy the dictionary that left out least had the fewest true directions. Little left out is"
    " no sign of true features.",
    "explained": "Variance of a stream is not what a model computes. A direction that varies little may matter much,"
    " and the other way round.",
    "share": "By the same ruler random directions hold half of what the model needs. Zeros break it so badly that much"
    " looks good beside them.",
    "sparser": "Nobody knows how many features a token has. In the toy the random dictionary was as sparse, and had"
    " hardly any of the true directions.",
}


def _letters_of(*kinds: str) -> Callable[[Context], set[str]]:
    return lambda c: {letter for letter, kind in letters(c).items() if kind in kinds}


E8 = Exercise(
    id="E8",
    title="Which sentences hold?",
    minutes=5,
    hints=(
        "For each sentence: which cell measured it? If it has a 'so', a 'must' or a 'would', which cell measured that?",
        "Two sentences say no more than their numbers. The other four conclude something.",
        "Keep the one with what random directions leave out, and the one in nats a token.",
    ),
    check=check_sentences,
    ours=_letters_of(*HOLD),
    wrong=(
        Wrong(_letters_of(*HOLD, "true features"), "no sign of true features"),
        Wrong(_letters_of(*HOLD, "share"), "By the same ruler random directions"),
        Wrong(_letters_of(*HOLD, "explained"), "not what a model computes"),
        Wrong(_letters_of(*HOLD, "sparser"), "Nobody knows how many features"),
        Wrong(_letters_of("left out"), "names a number"),
        Wrong(lambda _: {1, 2}, "Give the letters"),
    ),
)
