"""Lesson 05, first part: dictionaries of inputs whose true directions are known."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import normalize

from mikit.course.lessons.l03_real import measured
from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.sae import evaluate
from mikit.sae.evaluate import FOUND
from mikit.studies.train_planted import TrainPlanted

SEEDS = (0, 1, 2)
INPUTS = 4096
CLOSE = 0.01
"""How far from ours a learner's number may be, relative to it: one sample more or less in a variance is no mistake."""


def toy(context: Context) -> TrainPlanted:
    """Three prices of firing on 20 directions in 8 dimensions; another seed for another learner."""
    return TrainPlanted(seed=SEEDS[context.seed % len(SEEDS)], updates=1000 if context.pace == "full" else 300)


def new_inputs(study: TrainPlanted) -> Tensor:
    """Inputs that no dictionary was trained on, [input, 8]."""
    return study.world.inputs(INPUTS, torch.Generator().manual_seed(30_000 + study.seed))


def outcome(context: Context) -> tuple[tuple[float, ...], list[float], list[float]]:
    """By price: what each dictionary leaves out of new inputs, and how many true directions it has."""
    study = toy(context)
    grids = measured(study, study.open()).grids
    fvu, recovered = (grids[name].values.numpy()[-1].tolist() for name in ("fvu", "recovered"))
    return study.levels, fvu, recovered


# -- E1: the fraction of variance unexplained -------------------------------------------------------------------------


def our_fvu(x: Tensor, output: Tensor) -> float:
    return evaluate.fvu(x, output)


def planted(context: Context) -> tuple[Tensor, Tensor]:
    """Inputs far from 0 whose columns differ in mean and spread, and an output that misses some of them, [400, 6]."""
    generator = torch.Generator().manual_seed(int(context.draw("E1").integers(2**31)))
    spread = torch.tensor([0.3, 0.5, 1.0, 1.5, 2.0, 3.0])
    x = 2 * torch.arange(6) - 3 + spread * torch.randn(400, 6, generator=generator)
    return x, x + 0.4 * torch.randn(400, 6, generator=generator)


def check_fvu(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: fvu, not fvu(...).")
    x, output = planted(context)
    found = torch.as_tensor(answer(x.clone(), output.clone())).detach()
    if found.numel() != 1:
        return no(
            "one number",
            f"It gives {found.numel()} numbers, of shape {list(found.shape)}. Add up over all inputs and all columns"
            " before you divide.",
        )
    given, true = float(found), our_fvu(x, output)
    left, centred = (x - output).square(), (x - x.mean(0)).square()
    slips = (
        (1 - true, "what is left out", "That is the share explained. FVU is the share that is left out, 1 less this."),
        (left.sum() / x.square().sum(), "distance from the mean", _FROM_ZERO),
        (left.sum() / (x - x.mean()).square().sum(), "each column has its mean", _ONE_MEAN),
        ((left.sum() / centred.sum()).sqrt(), "squared distances", _LENGTHS),
        (
            left.mean(),
            "a share",
            "That is the mean squared error. It depends on the units of x: divide by the variance.",
        ),
        ((left.sum(1) / centred.sum(1)).mean(), "sums first", _EACH),
        ((left.sum(0) / centred.sum(0)).mean(), "sums first", _EACH),
    )
    if abs(given - true) <= CLOSE * true:
        return yes(
            "0 is perfect, 1 is no better than the mean",
            "A dictionary that gives back the mean every time has 1. Whoever says 'explains 99 % of the variance' says"
            " FVU 0.01.",
        )
    for slip, property, sentence in slips:
        if abs(given - float(slip)) <= CLOSE * abs(float(slip)):
            return no(property, sentence)
    return no(
        "squared error by squared distance from the mean",
        f"For inputs of our own it gives {given:.3f}, and {true:.3f} is right.",
    )


_FROM_ZERO = (
    "It measures distance from 0. Where all inputs lie far from 0, this looks good for any output: take each column's"
    " mean off first."
)
_ONE_MEAN = "One mean is taken over all columns. Each column has its own: x.mean(0)."
_LENGTHS = "These are lengths, not squared lengths. Variances are squared."
_EACH = "It divides row by row or column by column, so small ones weigh as much as large ones. Add up first."

Fvu = Callable[[Tensor, Tensor], Any]


def _fvu(result: Fvu) -> Callable[[Context], Fvu]:
    return lambda _: result


E1 = Exercise(
    id="E1",
    title="Write the fraction of variance unexplained",
    minutes=5,
    hints=(
        "Two sums of squares: how far the output is from x, and how far x is from its own mean.",
        "x.mean(0) is the mean input. Both sums run over all inputs and all columns.",
        "return (x - output).square().sum() / (x - x.mean(0)).square().sum()",
    ),
    check=check_fvu,
    ours=lambda _: our_fvu,
    wrong=(
        Wrong(_fvu(lambda x, out: (x - out).square().sum() / x.square().sum()), "distance from 0"),
        Wrong(_fvu(lambda x, out: 1 - our_fvu(x, out)), "the share explained"),
        Wrong(_fvu(lambda x, out: (x - out).square().mean()), "mean squared error"),
        Wrong(_fvu(lambda x, out: (x - out).square().sum() / (x - x.mean()).square().sum()), "One mean is taken"),
        Wrong(_fvu(lambda x, out: (x - out).norm() / (x - x.mean(0)).norm()), "not squared lengths"),
        Wrong(
            _fvu(lambda x, out: ((x - out).square().sum(0) / (x - x.mean(0)).square().sum(0)).mean()), "Add up first"
        ),
        Wrong(_fvu(lambda x, out: (x - out).square().sum(1)), "It gives 400 numbers"),
        Wrong(lambda _: 0.01, "Give the function itself"),
    ),
)

# -- E2: how many true directions came back ---------------------------------------------------------------------------

LENGTHS = (0.5, 2.0, 1.2, 0.7, 0.6, 0.8, 3.0, 0.4, 0.9, 0.3, 1.5, 2.5, 1.0, 0.4, 2.0)


def lookalikes(context: Context) -> tuple[Tensor, Tensor]:
    """True directions [12, 32] and a decoder [15, 32] of rows of any length. Directions 0 to 2 came back, one of them
    four times; four have a feature too far off, two one that points the other way, three none."""
    generator = torch.Generator().manual_seed(int(context.draw("E2").integers(2**31)))
    axes = torch.linalg.qr(torch.randn(32, 32, generator=generator)).Q
    truth, aside = axes[:12], axes[12:]
    close = ((0, 0.95), (1, 0.93), (1, 0.97), (1, 0.94), (1, 0.96), (2, 0.92))
    off = ((3, 0.85), (4, 0.85), (5, 0.85), (6, 0.85), (7, -0.96), (8, -0.95))
    rows = [
        cosine * truth[direction] + math.sqrt(1 - cosine**2) * aside[i]
        for i, (direction, cosine) in enumerate(close + off)
    ]
    decoder = torch.tensor(LENGTHS)[:, None] * torch.cat([torch.stack(rows), aside[12:15]])
    return truth, decoder[torch.randperm(len(decoder), generator=generator)]


def our_came_back(truth: Tensor, decoder: Tensor) -> int:
    cosine = normalize(truth, dim=1) @ normalize(decoder, dim=1).T
    return int((cosine.max(1).values > FOUND).sum())


def check_came_back(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: came_back, not came_back(...).")
    truth, decoder = lookalikes(context)
    found = torch.as_tensor(answer(truth.clone(), decoder.clone())).detach()
    if found.numel() != 1:
        return no("one number", f"It gives {found.numel()} numbers. Count the directions that have a feature.")
    given, true = float(found), our_came_back(truth, decoder)
    dot, cosine = truth @ decoder.T, truth @ normalize(decoder, dim=1).T
    slips = (
        ((dot > FOUND).any(1).sum(), "cosines", _DOT),
        ((cosine.abs() > FOUND).any(1).sum(), "the same way round", _OPPOSITE),
        ((cosine > FOUND).sum(), "directions, not features", _FEATURES),
        ((cosine > 0.8).any(1).sum(), "0.9 or more", "A cosine of 0.85 is 32 degrees off. The line is at 0.9."),
        (
            cosine.max(1).values.mean(),
            "a count",
            "That is a mean cosine. Count the directions whose best one is above 0.9.",
        ),
        (len(truth) - true, "those that came back", "These are the directions that did not come back."),
        (true / len(truth), "a count", "That is a share. Give the number of directions."),
    )
    if given == true:  # two slips can cancel: the same directions three times as long, and each of them twice
        if float(answer(truth.clone(), 3 * decoder)) != true:
            return no("cosines", _DOT)
        if float(answer(truth.clone(), torch.cat([decoder, decoder]))) != true:
            return no("directions, not features", _FEATURES)
        return yes(
            "each true direction, at most once",
            "Such a number exists for planted directions only. Of a real model nobody has the list to compare with.",
        )
    for slip, property, sentence in slips:
        if abs(given - float(slip)) < 1e-4:
            return no(property, sentence)
    return no("how many came back", f"For directions of our own it gives {given:g}, and {true} is right.")


_DOT = "It compares products that grow with the features' lengths. Bring the decoder's rows to length 1 first."
_OPPOSITE = (
    "It takes a feature that points the other way for the direction. A feature only adds: it cannot stand for the"
    " opposite."
)
_FEATURES = "Two features have the same direction, and it counts both. Ask of each true direction whether it has one."

Count = Callable[[Tensor, Tensor], Any]


def _cosine(truth: Tensor, decoder: Tensor) -> Tensor:
    return truth @ normalize(decoder, dim=1).T


def _count(result: Count) -> Callable[[Context], Count]:
    return lambda _: result


E2 = Exercise(
    id="E2",
    title="Count the true directions that came back",
    minutes=6,
    hints=(
        "The cosine of two directions is their product once both have length 1.",
        "truth @ decoder.T has a row for each true direction, a column for each feature. Which is the best of a row?",
        "cosine = truth @ torch.nn.functional.normalize(decoder, dim=1).T; return (cosine.max(1).values > 0.9).sum()",
    ),
    check=check_came_back,
    ours=lambda _: our_came_back,
    wrong=(
        Wrong(_count(lambda t, d: ((t @ d.T) > FOUND).any(1).sum()), "grow with the features' lengths"),
        Wrong(_count(lambda t, d: ((t @ d.T) > FOUND).sum()), "Bring the decoder's rows to length 1"),
        Wrong(_count(lambda t, d: (_cosine(t, d).abs() > FOUND).any(1).sum()), "points the other way"),
        Wrong(_count(lambda t, d: (_cosine(t, d).max(0).values > FOUND).sum()), "it counts both"),
        Wrong(_count(lambda t, d: _cosine(t, d).max(1).values.mean()), "That is a mean cosine"),
        Wrong(_count(lambda t, d: our_came_back(t, d) / len(t)), "That is a share"),
        Wrong(_count(lambda t, d: (_cosine(t, d).max(1).values > 0.8).sum()), "32 degrees off"),
        Wrong(_count(lambda t, d: _cosine(t, d).max(1).values > FOUND), "It gives 12 numbers"),
        Wrong(lambda _: 6, "Give the function itself"),
    ),
)

# -- E3: which price --------------------------------------------------------------------------------------------------

KEYS = ("without the truth", "with the truth")
NEARLY = 1
"""Directions: two dictionaries this close have found as many."""


def check_choice(answer: Any, context: Context) -> Verdict:
    prices, fvu, recovered = outcome(context)
    if not isinstance(answer, Mapping) or set(answer) != set(KEYS):
        return no("two prices", 'Give {"without the truth": ..., "with the truth": ...}.')
    chosen = []
    for key in KEYS:
        near = [i for i, price in enumerate(prices) if _is(answer[key], price)]
        if not near:
            return no("one of three prices", f"{answer[key]!r} is none of the prices {', '.join(map(str, prices))}.")
        chosen.append(near[0])
    blind, seeing = chosen
    best, found = min(range(len(prices)), key=fvu.__getitem__), max(recovered)
    if blind != best and recovered[seeing] < found - NEARLY and seeing == best:
        return no(
            "the other way round",
            f"Without the truth one sees what is left out, and {prices[best]:g} leaves out least. With it one sees that"
            " another price found more.",
        )
    if blind != best:
        return no(
            "least left out",
            f"Price {prices[blind]:g} leaves out {fvu[blind]:.3f} of the variance; another leaves out {fvu[best]:.3f}.",
        )
    if recovered[seeing] < found - NEARLY:
        return no(
            "most directions found",
            f"Price {prices[seeing]:g} brought back {recovered[seeing]:.0f} of 20; another price brought back"
            f" {found:.0f}.",
        )
    return yes(
        "two different dictionaries",
        "Who can only see the variance takes the dictionary with the fewest true directions. With a real model one can"
        " only see the variance.",
    )


def _is(given: Any, price: float) -> bool:
    return isinstance(given, (int, float)) and not isinstance(given, bool) and math.isclose(given, price)


def our_choice(context: Context) -> dict[str, float]:
    prices, fvu, recovered = outcome(context)
    best, most = (max(range(len(prices)), key=key) for key in (lambda i: -fvu[i], recovered.__getitem__))
    return dict(zip(KEYS, (prices[best], prices[most]), strict=True))


def _both(key: str) -> Callable[[Context], dict[str, float]]:
    return lambda c: dict.fromkeys(KEYS, our_choice(c)[key])


E3 = Exercise(
    id="E3",
    title="Choose a dictionary without the truth, and with it",
    minutes=4,
    hints=(
        "Without the truth there is one column to go by. With it there is another.",
        "Smallest in the column 'left out'; largest in the column 'came back'.",
        '{"without the truth": 0.02, "with the truth": the price of the largest number that came back}',
    ),
    check=check_choice,
    ours=our_choice,
    wrong=(
        Wrong(lambda c: dict(zip(KEYS, list(our_choice(c).values())[::-1], strict=True)), "another price found more"),
        Wrong(_both(KEYS[0]), "another price brought back"),
        Wrong(_both(KEYS[1]), "another leaves out"),
        Wrong(lambda c: dict(zip(KEYS, (0, 2), strict=True)), "is none of the prices"),
        Wrong(lambda c: 0.02, "with the truth"),
    ),
)
