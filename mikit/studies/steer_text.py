"""Steered and unsteered text side by side, token by token, and what either finds of the other's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from mikit.methods.writing import Written, write
from mikit.models.model import Model
from mikit.studies import code_steering, cost
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result, Study
from mikit.studies.directions import reading
from mikit.studies.prompts import Prompt
from mikit.studies.steering import Steering, random_arrow
from mikit.studies.written import held_in_writing
from mikit.trace.arrays import Array

SAMPLES_APART = 1000
"""Seed x this + the sample's number: the luck of a sample."""

STREAMS = ("unsteered", "steered")
RANDOM = "random arrow"
ROWS = 6
"""Of a sample: three that write (unsteered, steered, along a random arrow), and three that read: the unsteered model
reads the two others' texts, and the steered one the unsteered text."""


class SteerText(Study):
    """Write ``samples`` texts of at most ``length`` tokens with and without steering, from the same luck: strength 0
    writes the same text.

    Grids [sample, stream, token], NaN from a text's end on: ``change``, the token's log-probability steered less
    unsteered, in nats; ``surprise``, its negative log-probability without steering, in nats. Texts: ``prompt``, and
    ``unsteered 0``, ``steered 0``, ``random arrow 0``, ``unsteered 1`` ... by token. Control "random arrow": a text
    written with an arrow of equal length in a random direction, with the same two grids."""

    kind: Literal["steer-text"] = "steer-text"
    prompt: Prompt
    steering: Steering
    dose: float
    samples: int = Field(default=1, ge=1, le=8)
    length: int = Field(default=32, ge=1)
    temperature: float = Field(default=0.7, ge=0)

    needs: ClassVar[tuple[str, ...]] = ("traced is raw", "batched is single")

    def estimate(self, model: Model) -> Cost:
        rows, typed = ROWS * self.samples, self.prompt.tokens(model).ids.shape[1]
        fixed, per_token = cost.speed(model)
        seconds = fixed * self.length + per_token * rows * (typed + self.length)
        return Cost(seconds=seconds, bytes=held_in_writing(model.spec, typed, self.length, rows))

    def inputs(self, model: Model) -> list[Tensor]:
        return [self.prompt.tokens(model).ids[0], *self.steering.inputs(model)]

    def method(self, model: Model) -> Method:
        return Method(
            sites=self.steering.sites(),
            metric=f"text drawn at temperature {self.temperature:g} (0: the likeliest) after steering by"
            f" '{self.steering.how}', strength {self.dose:g}; change of each token's log-probability at temperature 1",
        )

    def luck(self, sample: int) -> int:
        """The seed of a sample's draws, the same for all its streams."""
        return SAMPLES_APART * self.seed + sample

    def steps(self, model: Model) -> Iterator[Result | None]:
        tokens = self.prompt.tokens(model)
        yield from reading(self.steering.direction, model)
        control = random_arrow(self.steering, self.seed)
        own, other = self.steering.edits(model, self.dose), control.edits(model, self.dose)
        yield None
        seeds = [self.luck(sample) for sample in range(self.samples) for _ in range(ROWS)]
        reads = [
            None if row < 3 else ROWS * sample + (1, 2, 0)[row - 3]
            for sample in range(self.samples)
            for row in range(ROWS)
        ]
        rows = [[], own, other, [], [], own] * self.samples
        found = write(model, tokens, rows, length=self.length, temperature=self.temperature, seeds=seeds, reads=reads)
        for written in found:
            yield self._result(model, tokens.strings, written, control.why)

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_steering.steer_text_script(self, model, flavour)

    def _result(self, model: Model, prompt: tuple[str, ...], written: Written, why: str) -> Result:
        ids, logprob, lengths = (part.reshape(self.samples, ROWS, *part.shape[1:]) for part in written)
        n = ids.shape[2]
        lengths = lengths[:, :3]
        # For the unsteered, the steered and the random text: the row of the unsteered model, and of the steered one.
        before, after = logprob[:, [0, 3, 4]], logprob[:, [5, 1, 2]]
        beyond = torch.arange(n) >= lengths[..., None]
        grids = {
            "change": (after - before).masked_fill(beyond, torch.nan),
            "surprise": (-before).masked_fill(beyond, torch.nan),
        }
        streams = (*STREAMS, RANDOM)
        words = {
            f"{stream} {sample}": tuple(map(model.token_string, ids[sample, row, : int(lengths[sample, row])].tolist()))
            for sample in range(self.samples)
            for row, stream in enumerate(streams)
        }
        return Result(
            study=self,
            grids={name: _grid(values[:, :2], STREAMS) for name, values in grids.items()},
            texts={"prompt": prompt, **words},
            controls=(
                Control(
                    name=RANDOM,
                    why=why,
                    grids={name: _grid(values[:, 2:], (RANDOM,)) for name, values in grids.items()},
                ),
            ),
            done=1.0 if bool((written.lengths < n).all()) else n / self.length,
        )


def _grid(values: Tensor, streams: tuple[str, ...]) -> Grid:
    samples, _, tokens = values.shape
    axes = {
        "sample": tuple(map(str, range(samples))),
        "stream": streams,
        "token": tuple(map(str, range(tokens))),
    }
    return Grid(values=Array.of(values), axes=axes, unit="nats")
