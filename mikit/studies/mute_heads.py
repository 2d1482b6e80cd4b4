"""Switch heads off and see what breaks, beside as many random heads switched off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

import torch
from pydantic import Field, field_validator
from torch import Tensor

from mikit.errors import TooLong, UnknownSite
from mikit.methods.surprise import Surprise, surprise
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.studies import code
from mikit.studies.attention import position_labels
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result, Study, mean_grid
from mikit.studies.cost import held, seconds
from mikit.studies.prompts import Prompt
from mikit.trace.arrays import Array
from mikit.trace.edits import Ablate
from mikit.trace.engine import run
from mikit.trace.sites import Site, check

Head = tuple[int, int]
RUNS = ("as is", "switched off")


class MuteHeads(Study):
    """Ablate ``heads`` (layer, head) by zero at every position. Grids, by run ("as is", "switched off"):

    ``surprise`` [run, position] in nats at each token, NaN where not scored; ``mean surprise`` [run] in nats a token,
    with an interval over tokens; ``guessed`` [run], the number of scored tokens that were the likeliest. Control:
    ``draws`` times as many random other heads."""

    kind: Literal["mute-heads"] = "mute-heads"
    prompt: Prompt
    heads: tuple[Head, ...] = ()
    draws: int = Field(default=8, ge=0)

    needs: ClassVar[tuple[str, ...]] = ("heads sum", "traced is raw", "batched is single")
    tolerances: ClassVar[dict[str, float]] = {"guessed": 0.5}

    @field_validator("heads")
    @classmethod
    def _each_once(cls, heads: tuple[Head, ...]) -> tuple[Head, ...]:
        return tuple(sorted(set(heads)))

    def estimate(self, model: Model) -> Cost:
        length, s = self.prompt.tokens(model).ids.shape[1], model.spec
        return Cost(seconds=(2 + self.draws) * seconds(s, length), bytes=2 * (held(s, length) + 8 * length * s.vocab))

    def inputs(self, model: Model) -> list[Tensor]:
        return [self.prompt.tokens(model).ids[0]]

    def method(self, model: Model) -> Method:
        return Method(
            sites=(Site(name="logits"),),
            edits=tuple(ablations(self.heads)),
            metric="surprise: minus the log-probability of the token that came, in nats; guessed: it was the likeliest",
        )

    def steps(self, model: Model) -> Iterator[Result]:
        for layer, head in self.heads:
            check(Site(name="z", layer=layer, head=head), model.spec)
        tokens = self.prompt.tokens(model)
        first = self.prompt.scored_from(tokens)
        if tokens.ids.shape[1] <= first:
            raise TooLong(
                "There is nothing to score: the text has a single token, and only tokens after the first have a guess."
                " Type more."
            )
        draws = self.draw(model)
        total = 1 + len(draws)
        rows = [()] if not self.heads else [(), self.heads]
        effect = _scored(model, tokens, first, rows)
        random: list[Surprise] = []
        yield self._result(tokens, first, effect, random, draws, 1 / total)
        for n, heads in enumerate(draws, start=2):
            random.append(_scored(model, tokens, first, [heads]))
            yield self._result(tokens, first, effect, random, draws, n / total)

    def draw(self, model: Model) -> list[tuple[Head, ...]]:
        """The random heads of each draw, as many as are switched off and none of those. Raises UnknownSite where too
        few are left."""
        everyone = [(layer, head) for layer in range(model.spec.layers) for head in range(model.spec.heads)]
        others = [head for head in everyone if head not in set(self.heads)]
        if not self.heads:
            return []
        if len(others) < len(self.heads):
            raise UnknownSite(
                f"{len(self.heads)} of {len(everyone)} heads are off, so as many random others cannot be drawn. Switch"
                " some on."
            )
        generator = torch.Generator().manual_seed(self.seed)
        picks = [
            torch.randperm(len(others), generator=generator)[: len(self.heads)].tolist() for _ in range(self.draws)
        ]
        return [tuple(sorted(others[i] for i in pick)) for pick in picks]

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "mikit":
            return code.mikit_script(
                self, model, 'print(result.frame("mean surprise"))\nprint(result.frame("guessed"))'
            )
        return code.mute_heads_script(self, model)

    def _result(
        self,
        tokens: Tokens,
        first: int,
        effect: Surprise,
        random: Sequence[Surprise],
        draws: list[tuple[Head, ...]],
        done: float,
    ) -> Result:
        runs = RUNS[: effect.nats.shape[0]]
        nats = torch.full((len(runs), tokens.ids.shape[1]), torch.nan)
        nats[:, first:] = effect.nats
        grids = _summary(effect, runs)
        grids["surprise"] = Grid(
            values=Array.of(nats), axes={"run": runs, "position": position_labels(tokens)}, unit="nats"
        )
        controls: tuple[Control, ...] = ()
        if random:
            why = (
                f"As many other heads, drawn at random (seed {self.seed}) and switched off in the same way: what"
                " switching off costs by itself."
            )
            names = tuple(f"draw {i + 1}" for i in range(len(random)))
            drawn = Surprise(torch.cat([s.nats for s in random]), torch.cat([s.hit for s in random]))
            controls = (Control(name="random heads", why=why, grids=_summary(drawn, names)),)
        return Result(
            study=self,
            grids=grids,
            texts={
                "tokens": tokens.strings,
                "heads": labels(self.heads),
                "draws": tuple(" ".join(labels(d)) for d in draws),
            },
            controls=controls,
            done=done,
        )


def labels(heads: Sequence[Head]) -> tuple[str, ...]:
    return tuple(f"L{layer}H{head}" for layer, head in heads)


def ablations(heads: Sequence[Head]) -> list[Ablate]:
    return [Ablate(site=Site(name="z", layer=layer, head=head)) for layer, head in heads]


def _scored(model: Model, tokens: Tokens, first: int, rows: Sequence[Sequence[Head]]) -> Surprise:
    """Surprise at each token from position ``first`` on, one row for each set of heads switched off: one trace."""
    length = tokens.ids.shape[1]
    logits: Tensor = run(model, tokens, [ablations(heads) for heads in rows], logits=range(first - 1, length - 1))
    return surprise(logits, tokens.ids[0, first:].to(logits.device))


def _summary(found: Surprise, runs: tuple[str, ...]) -> dict[str, Grid]:
    n = found.nats.shape[1]
    return {
        "mean surprise": mean_grid(found.nats.T.cpu().numpy(), {"run": runs}, "nats a token"),
        "guessed": Grid(values=Array.of(found.hit.sum(1).int()), axes={"run": runs}, unit=f"of {n} tokens"),
    }
