"""Which of two texts has more of what the direction is named for, told by a person who is not told which one was
steered."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field
from torch import Tensor

from mikit.errors import ShapeMismatch
from mikit.models.model import Model
from mikit.sae.labels import wilson
from mikit.studies import code_steering, cost
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result, Study
from mikit.studies.directions import reading
from mikit.studies.prompts import Prompt
from mikit.studies.steer_text import RANDOM, SAMPLES_APART
from mikit.studies.steering import Steering, random_arrow
from mikit.studies.written import groups, held_in_writing, read_prompts, write_all
from mikit.trace.arrays import Array
from mikit.trace.engine import AnyEdit

STEERED = "steered"
KINDS = (STEERED, RANDOM)
BLIND = 3
"""One pair in this many has a random arrow instead of the direction: whoever picks by oddness alone picks these too."""


class Pair(NamedTuple):
    """Two texts after the prompt number ``prompt``, by token. ``kind`` and ``first`` (the changed text is A) are for
    the score: show neither."""

    prompt: int
    a: tuple[str, ...]
    b: tuple[str, ...]
    kind: str
    first: bool


class RateBlind(Study):
    """Ask a person which of two texts, A or B, has more of something (``question``). In two thirds of ``rounds`` pairs
    one text was steered by ``dose``; in one third it was pushed along a random arrow of equal length, drawn anew for
    each pair. The other is unsteered, from the same luck. The order of the pairs and of A and B is drawn.

    ``answers``: True for A, False for B, None where there is none, which does not count; () while nobody was asked.
    Grids [kind]: ``picked``, the share of pairs in which the changed text was picked, with Wilson's 95 % interval; 0.5
    is what a coin picks; ``answered``, how many pairs. Texts: ``A 0``, ``B 0``, ``A 1`` ... by token, ``prompts`` (the
    number of each pair's prompt), and once there are answers ``changed`` (A or B) and ``kind`` of each pair. Control
    "random arrow": the same of the pairs with a random arrow."""

    kind: Literal["rate-blind"] = "rate-blind"
    prompts: tuple[Prompt, ...]
    steering: Steering
    dose: float
    question: str
    rounds: int = Field(default=12, ge=3, le=60)
    length: int = Field(default=24, ge=1)
    temperature: float = Field(default=0.7, ge=0)
    answers: tuple[bool | None, ...] = ()

    needs: ClassVar[tuple[str, ...]] = ("traced is raw", "batched is single")

    def estimate(self, model: Model) -> Cost:
        fixed, per_token = cost.speed(model)
        took, largest = 0.0, 0
        prompts = read_prompts(model, self.prompts, self.length)
        for n, tokens in enumerate(prompts):
            rows = 2 * len(range(n, self.rounds, len(prompts)))
            if not rows:
                continue
            typed = tokens.ids.shape[1]
            whole, sizes = typed + self.length, list(map(len, groups(rows, typed, model)))
            took += fixed * self.length * len(sizes) + per_token * rows * whole
            largest = max(largest, held_in_writing(model.spec, typed, self.length, max(sizes)))
        return Cost(seconds=took, bytes=largest)

    def inputs(self, model: Model) -> list[Tensor]:
        prompts = [tokens.ids[0] for tokens in read_prompts(model, self.prompts, self.length)]
        return [*prompts, *self.steering.inputs(model)]

    def method(self, model: Model) -> Method:
        return Method(
            sites=self.steering.sites(),
            metric=f"answers of a person to '{self.question}', who saw pairs of texts, one of each changed, in an order"
            f" that was drawn; texts drawn at temperature {self.temperature:g} (0: the likeliest), steered by"
            f" '{self.steering.how}', strength {self.dose:g}",
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        if self.answers and len(self.answers) != self.rounds:
            raise ShapeMismatch(
                f"There are {self.rounds} pairs and {len(self.answers)} answers. Give one for each; None where there is"
                " none."
            )
        pairs = yield from self.pairs(model)
        yield self._result(pairs)

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_steering.rate_blind_script(self, model, flavour)

    def pairs(self, model: Model) -> Generator[None, None, list[Pair]]:
        """The pairs in the order in which they are shown, drawn from the seed. Yields after each trace."""
        prompts = read_prompts(model, self.prompts, self.length)
        yield from reading(self.steering.direction, model)
        kinds, first, prompt_of = self._drawn()
        edits = [self._changed(model, n, kind) for n, kind in enumerate(kinds)]
        yield
        found: dict[int, Pair] = {}
        for prompt, tokens in enumerate(prompts):
            here = [n for n in range(self.rounds) if prompt_of[n] == prompt]
            if not here:
                continue
            rows = [row for n in here for row in ([], edits[n])]
            seeds = [SAMPLES_APART * self.seed + n for n in here for _ in range(2)]
            written = yield from write_all(model, tokens, rows, seeds, length=self.length, temperature=self.temperature)
            said = [tuple(map(model.token_string, text.own)) for text in written]
            for n, plain, changed in zip(here, said[::2], said[1::2], strict=True):
                a, b = (changed, plain) if first[n] else (plain, changed)
                found[n] = Pair(prompt, a, b, kinds[n], first[n])
        return [found[n] for n in range(self.rounds)]

    def _drawn(self) -> tuple[list[str], list[bool], list[int]]:
        """Of each pair its kind, whether the changed text is A, and its prompt: each kind goes round the prompts."""
        generator = np.random.default_rng([self.seed, self.rounds])
        kinds = [RANDOM] * (self.rounds // BLIND) + [STEERED] * (self.rounds - self.rounds // BLIND)
        order = generator.permutation(self.rounds).tolist()
        first = (generator.random(self.rounds) < 0.5).tolist()
        return [kinds[i] for i in order], first, [i % len(self.prompts) for i in order]

    def _changed(self, model: Model, n: int, kind: str) -> list[AnyEdit]:
        if kind == STEERED:
            return self.steering.edits(model, self.dose)
        return random_arrow(self.steering, self.rounds * self.seed + n).edits(model, self.dose)

    def _result(self, pairs: Sequence[Pair]) -> Result:
        told = {
            "changed": tuple("A" if pair.first else "B" for pair in pairs),
            "kind": tuple(pair.kind for pair in pairs),
        }
        why = (
            "Pairs in which the changed text was pushed along a random arrow of equal length, mixed among the others:"
            " how often a text is picked for being pushed at all."
        )
        return Result(
            study=self,
            grids=self._grids(pairs, STEERED),
            texts={
                **{
                    f"{name} {n}": text for n, pair in enumerate(pairs) for name, text in (("A", pair.a), ("B", pair.b))
                },
                "prompts": tuple(str(pair.prompt) for pair in pairs),
                **(told if self.answers else {}),
            },
            controls=(Control(name=RANDOM, why=why, grids=self._grids(pairs, RANDOM)),),
        )

    def _grids(self, pairs: Sequence[Pair], kind: str) -> dict[str, Grid]:
        """The share of the pairs of a kind in which the changed text was picked, and how many were answered."""
        given = zip(pairs, self.answers or [None] * len(pairs), strict=True)
        right = [answer == pair.first for pair, answer in given if answer is not None and pair.kind == kind]
        n, hits = len(right), sum(right)
        value, low, high = (hits / n, *wilson(hits, n)) if n else (np.nan,) * 3
        axes = {"kind": (kind,)}
        return {
            "picked": Grid(values=_one(value), axes=axes, unit="share picked", low=_one(low), high=_one(high)),
            "answered": Grid(values=_one(n), axes=axes, unit="pairs"),
        }


def _one(value: float) -> Array:
    return Array.of(np.array([value], np.float64))
