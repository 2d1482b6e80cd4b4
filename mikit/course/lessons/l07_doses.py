"""Lesson 07: text written along an arrow, dose by dose, with its price, and scored by whoever brings a score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from mikit.course.lessons.l03_real import measured
from mikit.course.lessons.l07_arrow import DOSE, steering
from mikit.course.lessons.l07_score import Score
from mikit.course.plan import Context
from mikit.methods.writing import write
from mikit.models.model import Model
from mikit.studies.base import Control, Result
from mikit.studies.contrasts import FORMALITY, FORMALITY_PROMPTS, FORMALITY_SCORE, MOOD, MOOD_PROMPTS
from mikit.studies.directions import PairDirection
from mikit.studies.steer_dose import SteerDose, text_name
from mikit.studies.steer_text import SteerText
from mikit.trace.engine import AnyEdit

TWICE = 2 * DOSE
RANDOM = ("random arrow 0", "random arrow 1")
PRICE_CHOICES = ("about the same", "about twice as much", "three times as much or more")
PROMPTS = {FORMALITY: FORMALITY_PROMPTS, MOOD: MOOD_PROMPTS}


def written(context: Context, direction: PairDirection = FORMALITY, sign: int = 1) -> Iterator[str]:
    """One prompt's text without steering, steered, and along a random arrow of equal length."""
    study = SteerText(
        model=context.model().ref,
        prompt=PROMPTS[direction][0],
        steering=steering(direction),
        dose=sign * DOSE,
        length=28 if context.pace == "full" else 3,
    )
    result = measured(study, context.model())
    for name in ("unsteered", "steered", "random arrow"):
        yield f"{name:13} {''.join(result.texts[f'{name} 0'])!r}"


def side_by_side(model: Model, prompt: str, rows: Mapping[str, Sequence[AnyEdit]], length: int) -> Iterator[str]:
    """What is written after a prompt with each of some edits, by name, from the same luck."""
    *_, last = write(
        model,
        model.tokens(prompt),
        list(rows.values()),
        length=length,
        temperature=0.7,
        seeds=[0] * len(rows),
    )
    wide = max(map(len, rows))
    yield prompt
    for name, ids, end in zip(rows, last.ids, last.lengths.tolist(), strict=True):
        yield f"  {name:{wide}} {''.join(map(model.token_string, ids[:end].tolist()))!r}"


def study(context: Context) -> SteerDose:
    full = context.pace == "full"
    return SteerDose(
        model=context.model().ref,
        prompts=FORMALITY_PROMPTS if full else FORMALITY_PROMPTS[1:2],
        steering=steering(),
        doses=(-DOSE, 0.0, DOSE / 2, DOSE, 1.5 * DOSE, TWICE) if full else (0.0, DOSE, TWICE),
        samples=2 if full else 1,
        length=20 if full else 3,
        score=FORMALITY_SCORE,
    )


def doses(context: Context) -> Result:
    return measured(study(context), context.model())


def price(result: Result) -> Iterator[str]:
    """What each dose costs, beside random arrows of equal length."""
    names = ("kl", "surprise", "repetition")
    yield f"{'':9}{'the arrow':^33}   {'random arrows (mean of two)':^33}"
    yield "   dose  " + "   ".join(["     KL   surprise   repetition"] * 2)
    for i, dose in enumerate(doses_of(result)):
        both = [[grids[name].values.numpy()[i] for name in names] for grids in (result.grids, by_chance(result).grids)]
        yield f"{dose:+7.1f}  " + "   ".join(f"{kl:7.2f} {nats:10.2f} {share:12.0%}" for kl, nats, share in both)


def by_chance(result: Result) -> Control:
    return next(control for control in result.controls if control.name == "random arrows")


def doses_of(result: Result) -> tuple[float, ...]:
    assert isinstance(result.study, SteerDose)
    return result.study.doses


def texts(result: Result, dose: float, of: str = "written") -> list[str]:
    """All that was written at one dose along one arrow; at dose 0 that is the same for all."""
    here = result.study
    assert isinstance(here, SteerDose)
    name = "written" if dose == 0 else of
    return [
        "".join(result.texts[text_name(dose, prompt, sample, name)])
        for prompt in range(len(here.prompts))
        for sample in range(here.samples)
    ]


def some(result: Result) -> Iterator[str]:
    """The first prompt's text at each dose."""
    for dose in doses_of(result):
        yield f"{dose:+.1f}  {texts(result, dose)[0]!r}"


def scores(result: Result, by: Mapping[str, Score]) -> Iterator[str]:
    """The mean of each score over the texts of a dose; in brackets the two random arrows."""
    yield "   dose" + "".join(f"{name:>30}" for name in by)
    for dose in doses_of(result):
        cells = []
        for score in by.values():
            own, low, high = (_mean(texts(result, dose, of), score) for of in ("written", *RANDOM))
            beside = "" if dose == 0 else f"({min(low, high):.2f} to {max(low, high):.2f})"
            cells.append(f"{own:12.2f} {beside:>17}")
        yield f"{dose:+7.1f}" + "".join(cells)


def _mean(texts: Sequence[str], score: Score) -> float:
    """Texts that a score has no number for are left out: some have no words."""
    found = np.array([float(score(text)) for text in texts])
    return float(found[np.isfinite(found)].mean()) if np.isfinite(found).any() else float("nan")


def growth(context: Context) -> float:
    """How many times the price, in KL on neutral text, of twice the dose."""
    result = doses(context)
    kl = dict(zip(doses_of(result), result.grids["kl"].values.numpy(), strict=True))
    return float(kl[TWICE] / kl[DOSE])


def price_of_twice(context: Context) -> str:
    times = growth(context)
    return PRICE_CHOICES[0] if times < 1.4 else PRICE_CHOICES[1] if times < 2.6 else PRICE_CHOICES[2]
