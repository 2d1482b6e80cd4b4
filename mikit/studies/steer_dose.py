"""What a direction does and what it costs, strength by strength, beside arrows of equal length."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from mikit.errors import BadMetric
from mikit.methods.scores import UNIT, WordScore, repetition
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.studies import code_steering, cost
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result, Study, mean_grid
from mikit.studies.directions import reading
from mikit.studies.prompts import Prompt, RepeatPrompt
from mikit.studies.side_effects import SideEffects, cost_of, neutral, side_effects, unsteered
from mikit.studies.steer_text import SAMPLES_APART
from mikit.studies.steering import Arrow, Steering, another_layer, random_arrow, shuffled_pairs
from mikit.studies.written import (
    Text,
    groups,
    held_in_writing,
    read_at_once,
    read_prompts,
    unsteered_logprob,
    write_all,
)
from mikit.trace.arrays import Array
from mikit.trace.engine import AnyEdit

DOSES = tuple(i / 5 for i in range(-4, 5))
DRAWS = 2
"""Random arrows."""

NEUTRAL = "neutral surprise"
REPETITION_BOUND = 0.2
"""Beyond this share of 3-grams that came before, a text goes in circles: written without steering, by this model or by
people, a text of a few dozen tokens has less than a twentieth."""

NORM_BOUND = 1.25
"""Of the unsteered length, in the mean over positions: longer than all but one in twenty of ordinary positions are (the
95th percentile of their lengths over the mean, without position 0, is 1.24, 1.23 and 1.16 after L10, L14 and L18 of
smollm2-135m). An arrow across the stream gets there at a strength of 0.75."""

UNITS = {
    "score": UNIT,
    "surprise": "nats a token",
    "repetition": "share of 3-grams",
    "kl": "nats a token",
    "norm ratio": "of the unsteered length",
}

Floats = NDArray[np.float64]
Bit = Generator[None, None, None]


class SteerDose(Study):
    """Write ``samples`` texts of at most ``length`` tokens after each prompt at each of ``doses``, and measure what was
    meant to change and what else did. All doses and arrows have the same luck; at dose 0 nothing is changed.

    Grids [dose]: ``score`` of the written texts; ``surprise``, nats a token of the written texts under the unsteered
    model; ``repetition``, the share of their 3-grams that came before (95 % intervals over prompts and samples; a text
    that ended early counts up to its end); ``kl``, KL(unsteered || steered) in nats a token, and ``norm ratio``, the
    stream's length at the first steered layer over what it is unsteered, both on the beginnings of neutral texts,
    steered from position 1 on, position 0 left out (intervals over texts). ``change`` [dose, prompt, sample, token],
    log-probability of each written token steered less unsteered, in nats; NaN from a text's end on. ``neutral
    surprise`` [text], nats a token of the neutral texts under the unsteered model, which ``out_of_range`` holds the
    written ones against. Texts: ``prompts``; each written text by token, under ``text_name``.

    Controls, without the last two: "random arrows" (mean and range of two), "shuffled pairs" where the direction comes
    from pairs, "another layer" where it can be moved."""

    kind: Literal["steer-dose"] = "steer-dose"
    prompts: tuple[Prompt, ...]
    steering: Steering
    doses: tuple[float, ...] = DOSES
    samples: int = Field(default=1, ge=1, le=8)
    length: int = Field(default=24, ge=1)
    temperature: float = Field(default=0.7, ge=0)
    score: WordScore

    needs: ClassVar[tuple[str, ...]] = ("traced is raw", "batched is single", "short pass")

    def estimate(self, model: Model) -> Cost:
        fixed, per_token = cost.speed(model)
        own, others = (n * len(self.doses) * self.samples for n in (1, len(self._controls(model))))
        took, largest = 0.0, 0
        for tokens in self._prompts(model):
            typed = tokens.ids.shape[1]
            whole = typed + self.length
            sizes = [len(group) for rows in (own, others) for group in groups(rows, typed, model)]
            traces = self.length * len(sizes) + (own + others) / read_at_once(model, whole)
            took += fixed * traces + 2 * per_token * (own + others) * whole
            largest = max(largest, held_in_writing(model.spec, typed, self.length, max(sizes)))
        neutral = cost_of(model, min(self.steering.layers), len(self.doses))
        return Cost(seconds=took + (1 + len(self._controls(model))) * neutral.seconds, bytes=largest + neutral.bytes)

    def inputs(self, model: Model) -> list[Tensor]:
        prompts = [tokens.ids[0] for tokens in self._prompts(model)]
        return [*prompts, *self.steering.inputs(model), *neutral(model)]

    def method(self, model: Model) -> Method:
        return Method(
            sites=self.steering.sites(),
            metric=f"texts drawn at temperature {self.temperature:g} (0: the likeliest) after steering by"
            f" '{self.steering.how}', scored by the words of '{self.score.name}'; surprise under the unsteered model,"
            " repeated 3-grams; KL(unsteered || steered) and the stream's length on neutral text",
        )

    def luck(self, prompt: int, sample: int) -> int:
        """The seed of a text's draws, the same for all doses and arrows."""
        return SAMPLES_APART * self.seed + prompt * self.samples + sample

    def steps(self, model: Model) -> Iterator[Result | None]:
        prompts = self._prompts(model)
        yield from reading(self.steering.direction, model)
        own = Found.nothing(Arrow("written", "", self.steering), model, self)
        others = [Found.nothing(arrow, model, self) for arrow in self._controls(model)]
        yield None
        base = yield from unsteered(model)
        for arrows in ([own], others):
            for arrow in arrows:
                arrow.aside = yield from side_effects(model, arrow.arrow, self.doses, base)
                yield self._result(own, others, base.surprise)
            for n, tokens in enumerate(prompts):
                yield from self._write(model, n, tokens, arrows, own)
                yield self._result(own, others, base.surprise)

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_steering.steer_dose_script(self, model, flavour)

    def _prompts(self, model: Model) -> list[Tokens]:
        """The prompts' tokens. Raises BadMetric for doses that are none, and what `read_prompts` raises."""
        if not self.doses or len(set(self.doses)) < len(self.doses):
            raise BadMetric(f"Give one dose or several different ones; these were given: {list(self.doses)}.")
        return read_prompts(model, self.prompts, self.length)

    def _controls(self, model: Model) -> list[Arrow]:
        random = [random_arrow(self.steering, DRAWS * self.seed + draw) for draw in range(DRAWS)]
        random = [replace(arrow, name=f"{arrow.name} {draw}") for draw, arrow in enumerate(random)]
        more = (shuffled_pairs(self.steering, self.seed), another_layer(self.steering, model))
        return [*random, *(arrow for arrow in more if arrow is not None)]

    def _write(self, model: Model, prompt: int, tokens: Tokens, arrows: Sequence[Found], own: Found) -> Bit:
        """All texts of some arrows after one prompt. The one at dose 0 is everyone's, and written once."""
        cells = [
            (arrow, (at, prompt, sample))
            for arrow in arrows
            for at, dose in enumerate(self.doses)
            if arrow is own or dose
            for sample in range(self.samples)
        ]
        edits = [arrow.edits[dose] for arrow, (dose, _, _) in cells]
        seeds = [self.luck(prompt, sample) for _, (_, _, sample) in cells]
        written = yield from write_all(model, tokens, edits, seeds, length=self.length, temperature=self.temperature)
        before = yield from unsteered_logprob(model, tokens, written)
        for (arrow, at), text, logprob in zip(cells, written, before, strict=True):
            arrow.texts[at] = tuple(map(model.token_string, text.own))
            arrow.numbers[at] = self._numbers(model, text, logprob)
            arrow.change[(*at, slice(text.length))] = (text.logprob - logprob)[: text.length]
        for arrow in arrows:
            arrow.written_after += 1
            if arrow is not own and 0 in self.doses:
                zero = self.doses.index(0)
                arrow.numbers[zero, prompt] = own.numbers[zero, prompt]

    def _numbers(self, model: Model, text: Text, before: Tensor) -> tuple[float, float, float]:
        """Score, surprise and repetition of a text up to its end; NaN where nothing stands before it."""
        ids = text.own
        surprise = -float(before[: text.length].mean()) if ids else float("nan")
        return self.score.score(str(model.tokenizer.decode(ids))), surprise, repetition(ids)

    def _result(self, own: Found, others: Sequence[Found], neutral_surprise: Floats) -> Result:
        everyone = (own, *others)
        places = (self.doses, range(len(self.prompts)), range(self.samples), range(self.length))
        axes = dict(zip(("dose", "prompt", "sample", "token"), map(_labels, places), strict=True))
        return Result(
            study=self,
            grids=own.grids(self)
            | {
                "change": Grid(values=Array.of(own.change), axes=axes, unit="nats"),
                NEUTRAL: Grid(
                    values=Array.of(neutral_surprise),
                    axes={"text": _labels(range(len(neutral_surprise)))},
                    unit="nats a token",
                ),
            },
            texts={"prompts": tuple(map(_shown, self.prompts))}
            | {
                text_name(self.doses[dose], prompt, sample, of=one.arrow.name): words
                for one in everyone
                for (dose, prompt, sample), words in one.texts.items()
            },
            controls=(
                Control(
                    name="random arrows",
                    why=" ".join(["The mean and range of two arrows.", *(one.arrow.why for one in others[:DRAWS])]),
                    grids=_ranged([one.grids(self) for one in others[:DRAWS]]),
                ),
                *(Control(name=one.arrow.name, why=one.arrow.why, grids=one.grids(self)) for one in others[DRAWS:]),
            ),
            done=sum(one.written_after + (one.aside is not None) for one in everyone)
            / (len(everyone) * (1 + len(self.prompts))),
        )


def bounds(result: Result) -> dict[str, float]:
    """Beyond these a dose is out of the model's range: what is written repeats itself, or the unsteered model finds it
    stranger than ordinary sentences, which it did not write at all; or the stream is longer than it ordinarily is."""
    strangest = float(result.grids[NEUTRAL].values.numpy().mean())
    return {"surprise": strangest, "repetition": REPETITION_BOUND, "norm ratio": NORM_BOUND}


def out_of_range(result: Result) -> list[bool]:
    """Of each dose, whether it is beyond one of ``bounds``; what is not yet measured is beyond none."""
    beyond = [result.grids[name].values.numpy() > bound for name, bound in bounds(result).items()]
    found: list[bool] = np.any(beyond, axis=0).tolist()
    return found


def text_name(dose: float, prompt: int, sample: int = 0, of: str = "written") -> str:
    """The key in ``Result.texts`` of what was written: "written 0.2 0", for further samples "written 0.2 0 1"; of a
    control "random arrow 0 0.2 0", "shuffled pairs 0.2 0" and so on, at every dose but 0."""
    return f"{of} {dose:g} {prompt}" + (f" {sample}" if sample else "")


@dataclass
class Found:
    """What is known so far of one arrow: ``numbers`` [dose, prompt, sample, (score, surprise, repetition)], ``change``
    [dose, prompt, sample, token], and the texts by dose, prompt and sample, so far after so many prompts."""

    arrow: Arrow
    edits: list[list[AnyEdit]]
    numbers: Floats
    change: Floats
    texts: dict[tuple[int, int, int], tuple[str, ...]]
    aside: SideEffects | None = None
    written_after: int = 0

    @classmethod
    def nothing(cls, arrow: Arrow, model: Model, study: SteerDose) -> Found:
        places = (len(study.doses), len(study.prompts), study.samples)
        numbers, change = np.full((*places, 3), np.nan), np.full((*places, study.length), np.nan)
        return cls(arrow, [arrow.edits(model, dose) for dose in study.doses], numbers, change, {})

    def grids(self, study: SteerDose) -> dict[str, Grid]:
        doses = len(study.doses)
        score, surprise, repeated = self.numbers.reshape(doses, -1, 3).T
        nothing = np.full((2, doses), np.nan)
        moved, ratio = (nothing, nothing) if self.aside is None else (self.aside.kl.T, self.aside.norm_ratio.T)
        samples = zip(UNITS.items(), (score, surprise, repeated, moved, ratio), strict=True)
        return {name: mean_grid(values, {"dose": _labels(study.doses)}, unit) for (name, unit), values in samples}


def _ranged(draws: Sequence[dict[str, Grid]]) -> dict[str, Grid]:
    """The mean of the draws' values, and their range."""

    def together(name: str, like: Grid) -> Grid:
        values = np.stack([grids[name].values.numpy() for grids in draws])
        value, low, high = (Array.of(found) for found in (values.mean(0), values.min(0), values.max(0)))
        return Grid(values=value, axes=like.axes, unit=like.unit, low=low, high=high)

    return {name: together(name, like) for name, like in draws[0].items()}


def _labels(values: Iterable[float]) -> tuple[str, ...]:
    return tuple(f"{value:g}" for value in values)


def _shown(prompt: Prompt) -> str:
    return "" if isinstance(prompt, RepeatPrompt) else prompt.text
