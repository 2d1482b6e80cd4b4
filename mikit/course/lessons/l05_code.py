"""Lesson 05, second part: a TopK dictionary written by hand, and what its features say of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.sae.dictionary import Config, Dictionary

CLOSE = 1e-4


def small(context: Context) -> tuple[Dictionary, Tensor]:
    """A TopK dictionary of 12 features in 6 dimensions, and inputs [40, 6], from ones at which no feature is above 0 to
    ones at which all are: so every step of it counts, for every learner."""
    generator = torch.Generator().manual_seed(int(context.draw("E4").integers(2**31)))

    def random(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator)

    weights = {"W_enc": random(6, 12), "b_enc": 0.5 * random(12), "W_dec": random(12, 6), "b_dec": random(6)}
    weights["W_enc"][0] = 1.0
    x = 1.5 * random(40, 6) + weights["b_dec"]
    x[:, 0] = weights["b_dec"][0] + torch.linspace(-8, 10, 40)[torch.randperm(40, generator=generator)]
    return Dictionary(Config(d_in=6, features=12, activation="topk", k=4), weights), x


def by_hand(
    x: Tensor, d: Dictionary, *, centred: bool = True, cut: bool = True, by_size: bool = False, shift: bool = True
) -> Tensor:
    """TopK with one step or another left out: less b_dec first, cut at 0, the largest by size, plus b_dec last."""
    z = (x - d.b_dec if centred else x) @ d.W_enc + d.b_enc
    assert d.config.k is not None
    top = (z.abs() if by_size else z).topk(d.config.k, dim=-1).indices
    kept = torch.zeros_like(z).scatter(-1, top, z.gather(-1, top))
    features = kept.relu() if cut else kept
    return features @ d.W_dec + (d.b_dec if shift else 0)


# -- E4: TopK by hand -------------------------------------------------------------------------------------------------


def check_topk(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: topk, not topk(...).")
    d, x = small(context)
    given = answer(x.clone(), d)
    if not isinstance(given, Tensor) or given.shape != x.shape:
        shape = f"shape {list(given.shape)}" if isinstance(given, Tensor) else type(given).__name__
        return no(
            "as wide as x",
            f"It gives {shape}, and x has {list(x.shape)}. The features are only half of the way: the decoder leads"
            " back.",
        )
    if _near(given, d.reconstruct(x)):
        return yes(
            "five lines, the same numbers",
            "This is all that a TopK dictionary does. What makes it a good or a bad one is in four arrays of numbers.",
        )
    slips = (
        (by_hand(x, d, cut=False), "cut at 0", _CUT),
        (by_hand(x, d, centred=False), "less b_dec first", _CENTRED),
        (by_hand(x, d, shift=False), "b_dec at the end", _SHIFT),
        (by_hand(x, d, by_size=True), "the largest, not the longest", _SIZE),
        (by_hand(x, d, by_size=True, cut=False), "the largest, not the longest", _SIZE),
        (_all_that_fire(x, d), "k of them", "It keeps every feature above 0. Keep the k largest of each token."),
        (_of_the_batch(x, d), "of each token", _BATCH),
    )
    for slip, property, sentence in slips:
        if _near(given, slip):
            return no(property, sentence)
    one = answer(x[:1].clone(), d)
    if isinstance(one, Tensor) and one.shape == (1, 6) and not _near(one, given[:1]):
        return no("of each token", _BATCH)
    return no(
        "the same numbers",
        f"On inputs of our own it is off by up to {float((given - d.reconstruct(x)).abs().max()):.2f}.",
    )


_CUT = "Some of the k largest are below 0. A feature is there or not, it is never less than nothing: cut with relu."
_CENTRED = "It encodes x itself. This dictionary takes b_dec off first: (x - d.b_dec) @ d.W_enc + d.b_enc."
_SHIFT = "The decoder's own b_dec is missing at the end. It was taken off at the start, so it comes back now."
_SIZE = "It picks the numbers furthest from 0. A strongly negative number says that a feature is not there."
_BATCH = "What it says of a token depends on the other tokens. Pick the k largest in each row: topk(k, dim=-1)."


def _all_that_fire(x: Tensor, d: Dictionary) -> Tensor:
    return ((x - d.b_dec) @ d.W_enc + d.b_enc).relu() @ d.W_dec + d.b_dec


def _of_the_batch(x: Tensor, d: Dictionary) -> Tensor:
    z = (x - d.b_dec) @ d.W_enc + d.b_enc
    assert d.config.k is not None
    least = z.flatten().topk(d.config.k * len(x)).values.min()
    return (z * (z >= least)).relu() @ d.W_dec + d.b_dec


def _near(one: Tensor, other: Tensor) -> bool:
    return torch.allclose(one.float(), other, atol=CLOSE, rtol=CLOSE)


def _topk(**left_out: bool) -> Callable[[Context], Any]:
    return lambda _: lambda x, d: by_hand(x, d, **left_out)


E4 = Exercise(
    id="E4",
    title="Write a TopK dictionary",
    minutes=7,
    hints=(
        "Follow the five lines above one by one. z has a row for each token and a column for each feature.",
        "top = z.topk(d.config.k, dim=-1) has .values and .indices; torch.zeros_like(z).scatter(-1, where, what) puts"
        " them back in their places.",
        "features = torch.zeros_like(z).scatter(-1, top.indices, top.values.relu()); return features @ d.W_dec +"
        " d.b_dec",
    ),
    check=check_topk,
    ours=lambda _: by_hand,
    wrong=(
        Wrong(_topk(cut=False), "cut with relu"),
        Wrong(_topk(centred=False), "It encodes x itself"),
        Wrong(_topk(shift=False), "missing at the end"),
        Wrong(_topk(by_size=True), "furthest from 0"),
        Wrong(lambda _: _all_that_fire, "every feature above 0"),
        Wrong(lambda _: _of_the_batch, "depends on the other tokens"),
        Wrong(lambda _: lambda x, d: d.encode(x), "only half of the way"),
        Wrong(lambda _: 32, "Give the function itself"),
    ),
)

# -- E5: L0 and dead --------------------------------------------------------------------------------------------------


def firings(context: Context) -> Tensor:
    """Features [50 tokens, 20 features]: three never fire, the rest on some tokens, with strengths of 0 to 6."""
    generator = torch.Generator().manual_seed(int(context.draw("E5").integers(2**31)))
    strength = 6 * torch.rand(50, 20, generator=generator)
    there = torch.rand(50, 20, generator=generator) < 0.3
    there[0] = True
    there[:, torch.randperm(20, generator=generator)[:3]] = False
    return strength * there


def our_l0_and_dead(features: Tensor) -> tuple[float, float]:
    fires = features > 0
    return float(fires.sum(1).float().mean()), float((~fires.any(0)).float().mean())


def check_l0_and_dead(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: l0_and_dead, not l0_and_dead(...).")
    features = firings(context)
    try:
        l0, dead = (float(number) for number in answer(features.clone()))
    except (TypeError, ValueError, RuntimeError):
        return no("two numbers", "Return two numbers: L0, and the share of features that never fire.")
    fires = features > 0
    true_l0, true_dead = our_l0_and_dead(features)
    if _is(l0, true_dead) and _is(dead, true_l0):
        return no("L0 first", "You have them the wrong way round: L0 first, then the share that never fires.")
    of_l0 = (
        (features.sum(1).mean(), "how many, not how strong", _STRENGTH),
        (fires.float().mean(), "a count for each token", _SHARE),
        (fires.sum(0).float().mean(), "for each token", _AXIS),
        (fires.any(0).sum(), "for each token", _AT_ALL),
    )
    of_dead = (
        ((~fires.any(0)).sum(), "a share", _NUMBER),
        (1 - true_dead, "never", "That is the share of features that fire. Asked is the share that never does."),
        ((~fires).float().mean(), "on no token at all", _SILENT),
    )
    for given, true, slips in ((l0, true_l0, of_l0), (dead, true_dead, of_dead)):
        for slip, property, sentence in slips:
            if not _is(given, true) and _is(given, float(slip)):
                return no(property, sentence)
    if not _is(l0, true_l0):
        return no("features a token", f"For features of our own your L0 is {l0:.2f}, and {true_l0:.2f} is right.")
    if not _is(dead, true_dead):
        return no(
            "the share that never fires", f"For features of our own it is {true_dead:.2f}, and yours is {dead:.2f}."
        )
    return yes(
        "one along the rows, one along the columns",
        "Low L0 says that few features are used at a time. It does not say that they are the right ones: in the toy the"
        " random dictionary had as low an L0 as ours.",
    )


def _is(given: float, number: float) -> bool:
    return abs(given - number) < 1e-3


_STRENGTH = "It adds up how strongly features fire. L0 counts how many do."
_SHARE = "That is the share of all places that are not 0. L0 is a number of features: add up each row first."
_AXIS = "It counts for each feature how often it fires. L0 counts for each token how many features fire."
_AT_ALL = "That is how many features fire at all. L0 is how many fire on a token, on average."
_NUMBER = "That is the number of features that never fire. Divide by how many there are."
_SILENT = "That is how often a feature is silent. A dead one is silent on every token: look down each column."

Pair = Callable[[Tensor], Any]


def _pair(l0: Callable[[Tensor], Any], dead: Callable[[Tensor], Any]) -> Callable[[Context], Pair]:
    return lambda _: lambda features: (l0(features > 0), dead(features > 0))


def _true_l0(fires: Tensor) -> Tensor:
    return fires.sum(1).float().mean()


def _true_dead(fires: Tensor) -> Tensor:
    return (~fires.any(0)).float().mean()


E5 = Exercise(
    id="E5",
    title="Write L0 and the share of dead features",
    minutes=4,
    hints=(
        "features > 0 says where a feature fires. Rows are tokens, columns are features.",
        "Add up each row for L0, then take the mean. A feature is dead if no place in its column is above 0.",
        "fires = features > 0; return fires.sum(1).float().mean(), (~fires.any(0)).float().mean()",
    ),
    check=check_l0_and_dead,
    ours=lambda _: our_l0_and_dead,
    wrong=(
        Wrong(lambda _: lambda f: (f.sum(1).mean(), _true_dead(f > 0)), "how strongly features fire"),
        Wrong(_pair(lambda fires: fires.float().mean(), _true_dead), "share of all places"),
        Wrong(_pair(lambda fires: fires.sum(0).float().mean(), _true_dead), "how often it fires"),
        Wrong(_pair(_true_l0, lambda fires: (~fires.any(0)).sum()), "the number of features that never fire"),
        Wrong(_pair(_true_l0, lambda fires: fires.any(0).float().mean()), "the share of features that fire"),
        Wrong(_pair(_true_l0, lambda fires: (~fires).float().mean()), "how often a feature is silent"),
        Wrong(_pair(_true_dead, _true_l0), "the wrong way round"),
        Wrong(lambda _: lambda f: _true_l0(f > 0), "Return two numbers"),
    ),
)
