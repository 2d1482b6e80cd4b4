"""Lesson 08, fifth part: heads are switched off, and other parts make up for them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mikit.course.lessons.l03_real import mary
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Question, Verdict, Wrong
from mikit.methods.patching import Source, source_values
from mikit.methods.repair import Case, Heads, case, losses, random_pairs, repair
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.studies import cost
from mikit.studies.texts import ORDINARY
from mikit.trace.engine import capture
from mikit.trace.sites import Site

Head = tuple[int, int]

COMES_BACK: Head = (23, 0)
"""A head of which all comes back."""
TOGETHER: tuple[Head, Head] = ((23, 3), (24, 4))
SHOWN = 8
RANDOM_PAIRS = 45


@lru_cache
def _case(model: Model, how: Source) -> Case:
    """The lesson's prompt, all heads to be set to the mean over ordinary texts or to the changed prompt's values."""
    read, s = mary(model).read(model), model.spec
    if how == "other prompt":
        brought = _last_z(model, read.corrupt)
    else:
        like = torch.zeros(s.layers, 1, s.heads, s.d_head)
        brought = source_values(model, like, "z", how, [model.tokens(text) for text in ORDINARY], 0)[:, 0]
    return case(model, read.clean, brought, read.answer, read.foil)


def _last_z(model: Model, tokens: Tokens) -> Tensor:
    """What every head's z is at the last position, [layer, head, d_head]."""
    sites = [Site(name="z", layer=layer, position=-1) for layer in range(model.spec.layers)]
    found = capture(model, tokens, sites)
    return torch.stack([found[site][0] for site in sites])


@lru_cache(maxsize=512)
def lost(model: Model, off: Heads, how: Source = "mean") -> float:
    """By how much the logit difference goes down without these heads at the last position, in the whole model."""
    (found,) = losses(model, _case(model, how), [off], budget=cost.budget(model.spec))
    return float(found[0])


def wrote(model: Model, head: Head, how: Source = "mean") -> float:
    """What the head itself writes to the logit difference there."""
    return float(_case(model, how).direct[head])


def name_of(head: Head) -> str:
    return f"L{head[0]}H{head[1]}"


def loudest(context: Context) -> list[Head]:
    """The heads that write most, whichever way."""
    direct = _case(context.model(), "mean").direct
    return [(i // direct.shape[1], i % direct.shape[1]) for i in direct.abs().flatten().topk(SHOWN).indices.tolist()]


def repaired(context: Context) -> Iterator[str]:
    """What each of the loudest heads writes, what is lost without it, and what came back."""
    model = context.model()
    yield "          writes itself   lost without it   comes back"
    for head in loudest(context):
        own, gone = wrote(model, head), lost(model, frozenset([head]))
        yield f"{name_of(head):8} {own:+14.2f} {gone:+17.2f} {own - gone:+12.2f}"


def who(context: Context, head: Head = COMES_BACK, count: int = 6) -> Iterator[str]:
    """Who makes up for a head: what each later part adds to the answer that it did not add before."""
    model = context.model()
    *_, found = repair(model, _case(model, "mean"), [frozenset([head])], budget=cost.budget(model.spec))
    every = {
        name_of((n, h)): float(found.heads[0, n, h]) for n in range(model.spec.layers) for h in range(model.spec.heads)
    }
    every |= {f"L{n} MLP": float(found.mlps[0, n]) for n in range(model.spec.layers)} | {"norms": float(found.norm[0])}
    best = sorted(every, key=lambda name: -abs(every[name]))
    yield f"without {name_of(head)}: " + ", ".join(f"{name} {every[name]:+.2f}" for name in best[:count])
    rest = sum(every[name] for name in best[count:])
    yield f"all others {rest:+.2f}; in all {float(found.back[0]):+.2f}"


def share_lost(context: Context) -> float:
    """What is lost without the head, as per cent of what it writes."""
    model = context.model()
    return 100 * max(0.0, lost(model, frozenset([COMES_BACK])) / wrote(model, COMES_BACK))


P_REPAIR = Question(
    id="P5",
    text="Head L23H0 writes 0.82 logits to the answer's lead, straight into the last stream. It is switched off. How"
    " much of the 0.82 does the lead lose?",
    truth=share_lost,
    low=0,
    high=200,
    unit="%",
    within=25,
    step=5,
)


def four(context: Context, how: Source = "other prompt") -> tuple[float, float, float, float]:
    """The logit difference as it is, without each of the two heads, and without both."""
    model = context.model()
    made = _case(model, how)
    whole = float(made.difference(made.past.logits))
    one, other = TOGETHER
    sets = [frozenset([one]), frozenset([other]), frozenset([one, other])]
    a, b, both = (whole - lost(model, off, how) for off in sets)
    return whole, a, b, both


def by_chance(context: Context, how: Source = "other prompt") -> list[float]:
    """What random pairs of heads lose beyond their sum."""
    model = context.model()
    count = RANDOM_PAIRS if context.pace == "full" else 4
    found = []
    for pair in random_pairs(model.spec.layers, model.spec.heads, count, seed=0):
        alone = sum(lost(model, frozenset([head]), how) for head in pair)
        found.append(lost(model, pair, how) - alone)
    return found


# -- E7: beyond the sum -----------------------------------------------------------------------------------------------


def our_beyond(whole: float, without_a: float, without_b: float, without_both: float) -> float:
    return (whole - without_both) - (whole - without_a) - (whole - without_b)


def check_beyond(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: beyond, not beyond(...).")
    w, a, b, both = (
        round(float(x), 2) for x in np.array([6, 3.1, 5.2, 0.4]) + context.draw("E7").uniform(-0.3, 0.3, 4)
    )
    given, right = float(answer(w, a, b, both)), our_beyond(w, a, b, both)
    at = f"With {w:+.2f} as it is, {a:+.2f} and {b:+.2f} without one of them and {both:+.2f} without both it gives"
    for wrong, property, sentence in (
        (-right, "above 0 where more is lost", "The sign is turned round."),
        (w - both, "beyond the sum", "That is all that is lost. Take off what is lost without each of them alone."),
        ((w - a) + (w - b), "beyond the sum", "That is the sum. How much more is lost without both?"),
        (both - a - b, "losses, not values", "Those are values. A loss is the value as it is less the value without."),
        (min(a, b) - both, "each alone counts", "The loss of one of the two is left out of the sum."),
    ):
        if math.isclose(given, wrong, abs_tol=1e-3):
            return no(property, f"{at} {given:+.2f}. {sentence}")
    if not math.isclose(given, right, abs_tol=1e-3):
        return no("beyond the sum", f"{at} {given:+.2f}, not {right:+.2f}.")
    return yes(
        "0 where losses add up",
        "Above 0 one of them stands in for the other, or each holds a third part back. Single losses do not tell.",
    )


E7 = Exercise(
    id="E7",
    title="More than the sum",
    minutes=4,
    hints=(
        "First three losses: without a, without b, without both. Each is the value as it is, less the value without.",
        "The loss without both, less the two single losses.",
        "return (whole - without_both) - (whole - without_a) - (whole - without_b)",
    ),
    check=check_beyond,
    ours=lambda _: our_beyond,
    wrong=(
        Wrong(lambda _: lambda w, a, b, both: -our_beyond(w, a, b, both), "The sign is turned round"),
        Wrong(lambda _: lambda w, a, b, both: w - both, "That is all that is lost"),
        Wrong(lambda _: lambda w, a, b, both: 2 * w - a - b, "That is the sum"),
        Wrong(lambda _: lambda w, a, b, both: both - a - b, "Those are values"),
        Wrong(lambda _: 1.5, "Give the function itself"),
    ),
)
