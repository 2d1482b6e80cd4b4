"""Lesson 07, second part: an arrow from pairs of texts in a real model, and arrows of equal length beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from mikit.course.lessons.l03_real import measured
from mikit.course.lessons.l07_texts import CHEERFUL_GLUM, FORMAL_CASUAL
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.methods.surprise import surprise
from mikit.models.model import Model
from mikit.studies.base import Result
from mikit.studies.contrasts import FORMALITY, MOOD
from mikit.studies.directions import PairDirection
from mikit.studies.find_direction import POSITIONS, FindDirection
from mikit.studies.steering import Arrow, Steering, another_layer, random_arrow, shuffled_pairs
from mikit.trace.engine import Rows, Start, capture, run
from mikit.trace.sites import Site

Floats = NDArray[np.float64]
Pairs = Sequence[tuple[str, str]]

LAYER, DOSE = 14, 0.4
"""Where the lesson steers, and how far: in lengths of the stream there."""

AT_ONCE = 10
"""Rows of logits that are held at a time."""


def activations(context: Context, direction: PairDirection) -> tuple[list[Floats], list[Floats]]:
    """The stream after layer 14 on each text of both sides, [position, d_model] a text, position 0 included; of two
    pairs where time is short."""
    model, site = context.model(), Site(name="resid_post", layer=LAYER)
    count = len(direction.plus) if context.pace == "full" else 2

    def read(text: str) -> Floats:
        return capture(model, model.tokens(text), [site])[site][0].double().numpy()

    return [read(text) for text in direction.plus[:count]], [read(text) for text in direction.minus[:count]]


def found(model: Model, direction: PairDirection = FORMALITY) -> Result:
    return measured(FindDirection(model=model.ref, direction=direction), model)


def by_layer(model: Model, layers: Sequence[int] = (2, 6, 9, 10, 11, 12, 14, 18, 24, 28)) -> Iterator[str]:
    """What position 0 does to the difference of means, and which held-out pairs an arrow without it puts in order."""
    result = found(model)
    length, sink = (result.grids[name].values.numpy() for name in ("length", "sink"))
    told = result.grids["told apart"].values.numpy()
    chance = result.controls[0].grids["told apart"].values.numpy()
    yield "         with position 0        without it             held-out pairs in order"
    yield "layer    length  cos(sink)      length  cos(sink)      pairs   shuffled"
    for layer in layers:
        both = "".join(f"{length[i, layer]:9.2f} {sink[i, layer]:10.2f}   " for i in range(len(POSITIONS)))
        yield f"{layer:5} {both} {told[layer]:9.2f} {chance[layer]:10.2f}"


def sink_cosine(model: Model, layer: int = LAYER, positions: Literal["all", "without 0"] = "all") -> float:
    """How much a difference of means points along the sink."""
    return float(found(model).grids["sink"].values.numpy()[POSITIONS.index(positions), layer])


# -- E4: the arrow ----------------------------------------------------------------------------------------------------

WIDE = 60
TEXTS = 8


def our_arrow(plus: Sequence[Any], minus: Sequence[Any]) -> Floats:
    apart = np.mean([np.mean(x[1:], 0) for x in plus], 0) - np.mean([np.mean(x[1:], 0) for x in minus], 0)
    arrow: Floats = apart / np.linalg.norm(apart)
    return arrow


def planted(generator: np.random.Generator) -> tuple[list[Floats], list[Floats], Floats]:
    """Activations of texts [position, WIDE] on two sides of a known arrow, with a sink at position 0."""
    arrow, sink = np.linalg.qr(generator.normal(size=(WIDE, 2)))[0].T

    def text(sign: int) -> Floats:
        x: Floats = generator.normal(size=(generator.integers(6, 20), WIDE)) + 2 * sign * arrow
        x[0] = (300 + 40 * sign + 10 * generator.normal()) * sink
        return x

    return [text(1) for _ in range(TEXTS)], [text(-1) for _ in range(TEXTS)], arrow


def check_arrow(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: arrow_from, not arrow_from(...).")
    plus, minus, true = planted(context.draw("E4"))
    given = np.asarray(answer([x.copy() for x in plus], [x.copy() for x in minus]), float)
    if given.shape != (WIDE,):
        return no(
            "one direction", f"Texts whose streams are {WIDE} wide give {given.shape}. Give one vector, ({WIDE},)."
        )
    length = float(np.linalg.norm(given))
    cosine = float(given @ true) / max(length, 1e-12)
    moved = [np.concatenate([7 * x[:1], x[1:]]) for x in plus]
    other = np.asarray(answer(moved, minus), float)
    if not np.allclose(other, given, atol=1e-6 * max(length, 1.0)):
        return no(
            "position 0 is left out",
            "It changes with position 0, which is a sink: hundreds of times as long here as anything that the texts"
            " have in common. Take the positions from 1 on.",
        )
    if cosine < -0.8:
        return no("from minus to plus", "It points the wrong way: take the mean of minus from the mean of plus.")
    longer = [np.concatenate([x, x[1:], x[1:]]) if i == 0 else x for i, x in enumerate(plus)]
    if not np.allclose(np.asarray(answer(longer, minus), float), given, atol=1e-6 * max(length, 1.0)):
        return no(
            "each text counts once",
            "One text said three times over changes it. Take the mean of each text first, then the mean of the texts.",
        )
    if abs(length - 1) > 1e-3:
        return no("1 long", f"It is {length:.2f} long. Divide by its length: the dose says how far to go.")
    if cosine < 0.9:
        return no(
            "the mean of all positions",
            f"Its cosine with an arrow that we planted is {cosine:.2f}. Use every position of each text but 0.",
        )
    return yes(
        f"cosine {cosine:.2f} with a planted arrow",
        "With position 0 in the means it would have been 0.1 or less: the sink would have swallowed it.",
    )


def _with_sink(plus: Sequence[Floats], minus: Sequence[Floats]) -> Floats:
    apart = np.mean([x.mean(0) for x in plus], 0) - np.mean([x.mean(0) for x in minus], 0)
    return np.asarray(apart / np.linalg.norm(apart))


def _pooled(plus: Sequence[Floats], minus: Sequence[Floats]) -> Floats:
    apart = np.concatenate([x[1:] for x in plus]).mean(0) - np.concatenate([x[1:] for x in minus]).mean(0)
    return np.asarray(apart / np.linalg.norm(apart))


def _last(plus: Sequence[Floats], minus: Sequence[Floats]) -> Floats:
    return our_arrow([x[-2:] for x in plus], [x[-2:] for x in minus])


E4 = Exercise(
    id="E4",
    title="Build an arrow from pairs",
    minutes=5,
    hints=(
        "Each text is an array [position, width]. One row of it does not belong in the mean: which?",
        "np.mean([x[1:].mean(0) for x in plus], 0) is the mean over texts of each text's mean. Take the same of minus"
        " off it, and bring what is left to length 1.",
        "apart = np.mean([x[1:].mean(0) for x in plus], 0) - np.mean([x[1:].mean(0) for x in minus], 0);"
        " return apart / np.linalg.norm(apart)",
    ),
    check=check_arrow,
    ours=lambda _: our_arrow,
    wrong=(
        Wrong(lambda _: _with_sink, "It changes with position 0"),
        Wrong(lambda _: lambda plus, minus: our_arrow(minus, plus), "the wrong way"),
        Wrong(lambda _: _pooled, "Take the mean of each text first"),
        Wrong(lambda _: lambda plus, minus: 2 * our_arrow(plus, minus), "Divide by its length"),
        Wrong(lambda _: _last, "Use every position"),
        Wrong(lambda _: lambda plus, minus: our_arrow(plus, minus).mean(), "Give one vector"),
        Wrong(lambda _: [0.0] * WIDE, "Give the function itself"),
    ),
)

# -- what an arrow does: to texts that it was not made from -----------------------------------------------------------


def steering(direction: PairDirection = FORMALITY, layer: int = LAYER) -> Steering:
    return Steering(direction=direction, layers=(layer,))


def preference(model: Model, rows: Rows, pairs: Pairs) -> Floats:
    """By how much likelier each row makes the first text of a pair than the second, in nats a token, [pair, row]."""
    return np.stack([likelier(model, rows, first) - likelier(model, rows, second) for first, second in pairs])


def likelier(model: Model, rows: Rows, text: str, context: str = "") -> Floats:
    """The mean log-probability of a text's tokens under each row's edits, [row]; of those after ``context`` alone."""
    tokens = model.tokens(context + text)
    length, said = tokens.ids.shape[1], model.tokens(context).ids.shape[1] if context else 1
    first = min((edit.site.layer or 0 for edits in rows for edit in edits), default=0)
    site = Site(name="resid_pre", layer=first)
    entering = capture(model, tokens, [site])[site]
    targets, kept = tokens.ids[0, said:], list(range(said - 1, length - 1))
    nats = []
    for start in range(0, len(rows), AT_ONCE):
        group = rows[start : start + AT_ONCE]
        begun = Start(first, entering.expand(len(group), -1, -1).clone())
        logits = run(model, tokens, group, start=begun, logits=kept)
        nats.append(surprise(logits, targets).nats.mean(-1))
    logprob: Floats = -torch.cat(nats).double().numpy()
    return logprob


def pairs_of(context: Context) -> Pairs:
    """Pairs that no arrow was made from."""
    return FORMAL_CASUAL[: 6 if context.pace == "full" else 3]


def draws(context: Context) -> int:
    """How many random arrows stand beside the formality arrow."""
    return 19 if context.pace == "full" else 9


def beside(context: Context) -> tuple[Floats, dict[str, Floats]]:
    """What the formality arrow does to the preference for formal texts, in nats a token [pair], and what its controls
    do, [draw or 1, pair]."""
    return _beside(context.model(), pairs_of(context), draws(context))


@lru_cache
def _beside(model: Model, pairs: Pairs, draws: int) -> tuple[Floats, dict[str, Floats]]:
    own = steering()
    arrows = [Arrow("own", "", own), *(random_arrow(own, draw) for draw in range(draws))]
    arrows += [one for draw in range(2) if (one := shuffled_pairs(own, draw))]
    moved = shift(model, arrows, pairs)
    elsewhere = another_layer(own, model)
    assert elsewhere is not None
    return moved[0], {
        "random": moved[1 : 1 + draws],
        "shuffled pairs": moved[1 + draws :],
        "another layer": shift(model, [elsewhere], pairs),
    }


def shift(model: Model, arrows: Sequence[Arrow], pairs: Pairs) -> Floats:
    """How far each arrow moves the preference, [arrow, pair]."""
    found = preference(model, [[], *(arrow.edits(model, DOSE) for arrow in arrows)], pairs)
    moved: Floats = (found[:, 1:] - found[:, :1]).T
    return moved


def crossed(context: Context) -> dict[tuple[str, str], float]:
    """Each of two arrows on pairs of either contrast: by how much it moves the preference, in nats a token."""
    model, count = context.model(), len(CHEERFUL_GLUM) if context.pace == "full" else 1
    own = {"formality": steering(FORMALITY), "mood": steering(MOOD)}
    pairs = {"formal": FORMAL_CASUAL[:count], "cheerful": CHEERFUL_GLUM[:count]}
    arrows = [Arrow(name, "", one) for name, one in own.items()]
    return {
        (name, kind): float(value)
        for kind, texts in pairs.items()
        for name, value in zip(own, shift(model, arrows, texts).mean(1), strict=True)
    }


def strongest(context: Context) -> float:
    """The random arrow that gets furthest towards formal, as per cent of what the formality arrow does."""
    own, others = beside(context)
    return 100 * float(others["random"].mean(1).max() / own.mean())


# -- E6: how often chance does as well --------------------------------------------------------------------------------


def our_as_often(own: Any, others: Any) -> float:
    return float((1 + (np.asarray(others) >= own).sum()) / (1 + len(others)))


def check_as_often(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: as_often, not as_often(...).")
    others = np.round(context.draw("E6").normal(size=19), 1)
    own = float(np.sort(others)[-3])
    given = answer(own, others.copy())
    if np.size(given) != 1:
        return no("one number", f"It gives {np.size(given)} numbers. Give one share.")
    value, above = float(given), float((others >= own).mean())
    for wrong, property, sentence in (
        (above, "your own counts too", _OWN),
        (1 - above, "at least as far", "That is the share of arrows that do less. Asked are those that do as much."),
        (float((others > own).mean()), "a tie counts", _TIE),
        ((1 + float((others > own).sum())) / 20, "a tie counts", _TIE),
        ((1 + float((np.abs(others) >= abs(own)).sum())) / 20, "in this direction", _DIRECTION),
        (float(20 * our_as_often(own, others)), "a share", "That is how many. Divide by the number of all arrows."),
    ):
        if abs(value - wrong) < 1e-9 and abs(wrong - our_as_often(own, others)) > 1e-9:
            return no(property, sentence)
    for far in (own, float(others.max()) + 1, float(others.min())):
        if not abs(float(answer(far, others.copy())) - our_as_often(far, others)) < 1e-6:
            return no(
                "k + 1 of n + 1",
                f"Of 19 arrows {int((others >= far).sum())} do as much as yours or more, and yours gives"
                f" {float(answer(far, others.copy())):.3f}.",
            )
    return yes(
        "never less than 1 in 20 with 19 arrows",
        "This number is a p-value: how often would a blind choice of arrow do as well? Whoever wants to say 1 in 1,000"
        " has to draw 999 arrows.",
    )


_OWN = (
    "You count the random arrows alone. From 19 draws nobody can say 'never': count your own arrow among them, above"
    " and below the line, so that the least it can give is 1 in 20."
)
_TIE = "An arrow that does exactly as much as yours does as well. Count it: >=, not >."
_DIRECTION = "You count arrows that go as far the other way. Asked is: as far towards formal."

E6 = Exercise(
    id="E6",
    title="Say how often chance would do as well",
    minutes=4,
    hints=(
        "How many of the others do as much as yours, or more? And in how many arrows did you look, yours included?",
        "If k of n others do as much, say (k + 1) / (n + 1).",
        "return (1 + (others >= own).sum()) / (1 + len(others))",
    ),
    check=check_as_often,
    ours=lambda _: our_as_often,
    wrong=(
        Wrong(lambda _: lambda own, others: (others >= own).mean(), "count your own arrow among them"),
        Wrong(lambda _: lambda own, others: (others < own).mean(), "those that do as much"),
        Wrong(lambda _: lambda own, others: (1 + (others > own).sum()) / (1 + len(others)), "Count it"),
        Wrong(lambda _: lambda own, others: 1 + (others >= own).sum(), "That is how many"),
        Wrong(lambda _: lambda own, others: others - own, "Give one share"),
        Wrong(lambda _: 0.05, "Give the function itself"),
    ),
)
