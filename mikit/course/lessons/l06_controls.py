"""Lesson 06, last part: the same dictionary from another seed, and a dictionary of a model that learned nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mikit.course.lessons.l06_features import NAME, SCRAMBLED, examples, index, labelled_features
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.sae.labels import token_key, wilson

Floats = NDArray[np.float64]

TWIN = 0.7
"""The cosine from which on a feature of another seed counts as the same."""

GOOD = 0.7
ROUNDS = 6


def label_scores(name: str) -> Floats:
    """The scores of a dictionary's proposed labels, of features that fired often enough."""
    here = index(name)
    scores: Floats = here.score[labelled_features(here), 0].astype(np.float64)
    return scores


def twins() -> float:
    """The share of features that have a twin in the dictionary of another seed, in per cent."""
    return 100 * float((index().stability >= TWIN).mean())


def by_stability() -> Iterator[str]:
    """Label scores of the features, in four parts by how near their likest of another seed is."""
    here = index()
    rows = labelled_features(here)
    order = rows[np.argsort(here.stability[rows], kind="stable")]
    yield "nearest direction of the other seed (cosine)      label's score, middle half"
    for part in np.array_split(order, 4):
        near, score = here.stability[part], here.score[part, 0]
        low, middle, high = np.quantile(score, (0.25, 0.5, 0.75))
        yield f"{near.min():10.2f} to {near.max():.2f} {'':24} {middle:.2f} [{low:.2f}, {high:.2f}]"


# -- which of them learned nothing? -----------------------------------------------------------------------------------


@cache
def pretty_examples(name: str) -> tuple[int, ...]:
    """Features whose three strongest examples are all on one word."""
    here = index(name)
    flat = here.tokens.ravel()
    found = []
    for feature in labelled_features(here).tolist():
        keys = {token_key(here.strings[int(flat[place])]) for place in here.shown[feature, 0] if place >= 0}
        (key, *more) = keys
        if not more and key.isalpha() and len(key) > 2:
            found.append(feature)
    return tuple(found)


def game(context: Context) -> tuple[list[tuple[int, int]], str]:
    """Pairs of features (trained model, scrambled one), and behind which letter the scrambled one stands."""
    generator = context.draw("game")
    drawn = [generator.permutation(pretty_examples(name))[:ROUNDS].tolist() for name in (NAME, SCRAMBLED)]
    return list(zip(*drawn, strict=True)), "".join(generator.choice(["A", "B"], ROUNDS).tolist())


def show_game(context: Context) -> Iterator[str]:
    for number, (pair, letter) in enumerate(zip(*game(context), strict=True), 1):
        for shown in "AB":
            name, feature = (SCRAMBLED, pair[1]) if shown == letter else (NAME, pair[0])
            yield f"{number} {shown}"
            yield from list(examples(feature, name, (0,)))[1:]


def guessed(context: Context, guesses: str) -> str:
    """How many of a learner's guesses are right, with what guessing gives."""
    _, letters = game(context)
    if len(guesses) != ROUNDS or set(guesses) - {"A", "B"}:
        return f"Write {ROUNDS} letters, A or B, one a pair."
    right = sum(a == b for a, b in zip(guesses, letters, strict=True))
    low, high = wilson(right, ROUNDS)
    told = f"Right in {right} of {ROUNDS}: {right / ROUNDS:.2f} [{low:.2f}, {high:.2f}]; a coin gives 0.50."
    scores = [(float(index(NAME).score[a, 0]), float(index(SCRAMBLED).score[b, 0])) for a, b in game(context)[0]]
    lines = [
        f"{n}: the scrambled one is {x}; label scores {a:.2f} trained, {b:.2f} scrambled"
        for n, (x, (a, b)) in enumerate(zip(letters, scores, strict=True), 1)
    ]
    return "\n".join([told, *lines])


# -- E7: can they be told apart? --------------------------------------------------------------------------------------


def our_apart(ours: Any, theirs: Any) -> float:
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    above, alike = ours[:, None] > theirs, ours[:, None] == theirs
    return float(above.mean() + alike.mean() / 2)


def check_apart(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: apart, not apart(...).")
    generator = context.draw("E7")
    ours = np.round(generator.normal(0.62, 0.1, 60), 2)
    theirs = np.round(generator.normal(0.55, 0.08, 90), 2)
    given = answer(ours.copy(), theirs.copy())
    if np.size(given) != 1:
        return no("one number", f"It gives {np.size(given)} numbers. Take the mean over all pairs.")
    value, true = float(given), our_apart(ours, theirs)
    strict = float((ours[:, None] > theirs).mean())
    for wrong, property, sentence in (
        (1 - true, "ours above theirs", "It is the wrong way round: how often is one of ours above one of theirs?"),
        (strict, "a tie counts half", _TIES),
        (float((ours[:, None] >= theirs).mean()), "a tie counts half", _TIES),
        (float(ours.mean() - theirs.mean()), "how often", _HOW_OFTEN),
        (float((ours > theirs.mean()).mean()), "every pair", _EVERY),
    ):
        if abs(value - wrong) < 1e-6:
            return no(property, sentence)
    if not abs(value - true) < 1e-6:
        return no("over all pairs", f"For scores of our own it gives {value:.3f}, and {true:.3f} is right.")
    return yes(
        "0.5: nobody can tell, 1: always",
        "It needs no threshold, and does not mind how many features each dictionary has.",
    )


_TIES = (
    "Equal scores tell nothing about which is which. Count each tie as a half, so that a list beside itself gives 0.5."
)
_HOW_OFTEN = "That is by how much they differ on average. Asked is how often one of ours is above one of theirs."
_EVERY = "You compare with the mean of theirs. Compare every one of ours with every one of theirs."

E7 = Exercise(
    id="E7",
    title="Tell two dictionaries apart",
    minutes=5,
    hints=(
        "Take every pair of one of ours and one of theirs. In how many is ours above?",
        "ours[:, None] > theirs is a table of all pairs; its mean is the share. Equal pairs count half.",
        "return (ours[:, None] > theirs).mean() + (ours[:, None] == theirs).mean() / 2",
    ),
    check=check_apart,
    ours=lambda _: our_apart,
    wrong=(
        Wrong(lambda _: lambda ours, theirs: our_apart(theirs, ours), "the wrong way round"),
        Wrong(lambda _: lambda ours, theirs: (ours[:, None] > theirs).mean(), "each tie as a half"),
        Wrong(lambda _: lambda ours, theirs: ours.mean() - theirs.mean(), "by how much they differ"),
        Wrong(lambda _: lambda ours, theirs: (ours > theirs.mean()).mean(), "with the mean of theirs"),
        Wrong(lambda _: lambda ours, theirs: (ours[:, None] > theirs).mean(1), "Take the mean over all pairs"),
        Wrong(lambda _: 0.98, "Give the function itself"),
    ),
)
