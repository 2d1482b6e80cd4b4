"""Be the head: set by hand where one head looks from the last position, and see what the model then says next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

import numpy as np
import torch
from pydantic import BaseModel, field_validator
from torch import Tensor

from mikit.errors import ShapeMismatch
from mikit.methods.surprise import likeliest
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.studies import code
from mikit.studies.attention import NEXT, position_labels
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result, Study
from mikit.studies.cost import held, seconds
from mikit.studies.prompts import Prompt, token_ids
from mikit.trace.arrays import Array
from mikit.trace.edits import Patch
from mikit.trace.engine import Start, capture, run
from mikit.trace.sites import Site, check

METRIC = "logit difference: the answer's logit less the foil's, at the last position"
UNIFORM = "spread evenly"
FIRST = "all on the first"


class _OneHead(BaseModel):
    """What the studies of one head's last row share: the head, and the two tokens it is judged by."""

    prompt: Prompt
    layer: int
    head: int
    answer: str
    foil: str

    needs: ClassVar[tuple[str, ...]] = ("pattern rows", "traced is raw", "batched is single")

    def inputs(self, model: Model) -> list[Tensor]:
        return [self.prompt.tokens(model).ids[0]]

    def _site(self, name: Literal["pattern", "resid_pre"], head: int | None = None) -> Site:
        """The last position's row of a head, or the stream that enters the layer."""
        return Site(name=name, layer=self.layer, head=head, position=None if head is None else -1)

    def _begin(self, model: Model, tokens: Tokens) -> tuple[Start, Tensor]:
        """The stream [1, T, d_model] that enters the head's layer, and the head's own last row [T]. Raises
        UnknownSite."""
        own, stream = self._site("pattern", self.head), self._site("resid_pre")
        check(own, model.spec, tokens.ids.shape[1])
        found = capture(model, tokens, [own, stream])
        return Start(self.layer, found[stream]), found[own][0]

    def _logits(self, model: Model, tokens: Tokens, start: Start, head: int, rows: Sequence[Tensor | None]) -> Tensor:
        """Logits [rows, vocab] at the last position, each with another last row of attention; None leaves the head
        alone. One trace."""
        site = self._site("pattern", head)
        edits = [[] if row is None else [Patch(site=site, source=Array.of(row))] for row in rows]
        return run(model, tokens, edits, start=Start(start.layer, start.resid.expand(len(rows), -1, -1)))


class PlaceAttention(_OneHead, Study):
    """One head's attention from the last position, set by hand: ``shares`` [T], which add up to 1.

    Grids: ``attention`` [row, key]; ``logit difference`` [row] between ``answer`` and ``foil``; ``probability``
    [row, token] of these two. The rows are "placed" and "real head". ``next`` and ``next, real head`` [token] are the
    likeliest next tokens. Controls: the same attention on all tokens, and all of it on the first."""

    kind: Literal["place-attention"] = "place-attention"
    shares: tuple[float, ...]

    @field_validator("shares")
    @classmethod
    def _add_up(cls, shares: tuple[float, ...]) -> tuple[float, ...]:
        if not all(share >= 0 for share in shares) or not np.isclose(sum(shares), 1, atol=1e-3):
            raise ShapeMismatch(
                f"A head has 100 % of attention to place: shares of 0 or more that add up to 1. These add up to"
                f" {sum(shares):.3g}."
            )
        return shares

    def estimate(self, model: Model) -> Cost:
        length, s = self.prompt.tokens(model).ids.shape[1], model.spec
        return Cost(seconds=5 * seconds(s, length), bytes=held(s, length, rows=4))

    def method(self, model: Model) -> Method:
        site = self._site("pattern", self.head)
        placed = Patch(site=site, source=Array.of(np.asarray(self.shares, np.float32)))
        return Method(sites=(site, Site(name="logits", position=-1)), edits=(placed,), metric=METRIC)

    def steps(self, model: Model) -> Iterator[Result]:
        tokens = self.prompt.tokens(model)
        length = tokens.ids.shape[1]
        if len(self.shares) != length:
            raise ShapeMismatch(
                f"There are {len(self.shares)} shares of attention for {length} tokens. Give one share a token."
            )
        pair = token_ids(model, self.answer, self.foil)
        start, own = self._begin(model, tokens)
        placed = torch.tensor(self.shares)
        uniform, first = torch.full((length,), 1 / length), torch.eye(length)[0]
        logits = self._logits(model, tokens, start, self.head, [placed, None, uniform, first])
        keys = position_labels(tokens)

        def grids(rows: slice, names: tuple[str, ...], attention: list[Tensor]) -> dict[str, Grid]:
            return _outcome(logits[rows], names, torch.stack(attention), pair, (self.answer, self.foil), keys)

        yield Result(
            study=self,
            grids=grids(slice(0, 2), ("placed", "real head"), [placed, own])
            | {"next": _next(model, logits[0]), "next, real head": _next(model, logits[1])},
            texts={"tokens": tokens.strings},
            controls=(
                Control(
                    name=UNIFORM,
                    why="Attention spread evenly: what any change to this head costs, wherever it looks.",
                    grids=grids(slice(2, 3), (UNIFORM,), [uniform]) | {"next": _next(model, logits[2])},
                ),
                Control(
                    name=FIRST,
                    why="Attention on the sink, where heads look when they have nothing to read: close to no head.",
                    grids=grids(slice(3, 4), (FIRST,), [first]) | {"next": _next(model, logits[3])},
                ),
            ),
        )

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "mikit":
            return code.mikit_script(
                self, model, 'print(result.frame("logit difference"))\nprint(result.frame("next"))'
            )
        return code.place_attention_script(self, model, token_ids(model, self.answer, self.foil))


class AttendEach(_OneHead, Study):
    """All of one head's attention from the last position on a single token, for every token in turn.

    Grid: ``logit difference`` [key]. Controls: the same move in every other head of the layer."""

    kind: Literal["attend-each"] = "attend-each"

    def estimate(self, model: Model) -> Cost:
        length, s = self.prompt.tokens(model).ids.shape[1], model.spec
        return Cost(
            seconds=(1 + s.heads * length * (1 - self.layer / s.layers)) * seconds(s, length),
            bytes=held(s, length, rows=length),
        )

    def method(self, model: Model) -> Method:
        site = self._site("pattern", self.head)
        return Method(sites=(site, Site(name="logits", position=-1)), metric=METRIC)

    def steps(self, model: Model) -> Iterator[Result]:
        tokens = self.prompt.tokens(model)
        pair = token_ids(model, self.answer, self.foil)
        start, _ = self._begin(model, tokens)
        others = [head for head in range(model.spec.heads) if head != self.head]
        effect: Grid | None = None
        controls: list[Control] = []
        for n, head in enumerate([self.head, *others], start=1):
            grid = self._every_key(model, tokens, start, head, pair)
            if effect is None:
                effect = grid
            else:
                controls.append(
                    Control(
                        name=f"L{self.layer}H{head}",
                        why="The same move in another head of the layer.",
                        grids={"logit difference": grid},
                    )
                )
            yield Result(
                study=self,
                grids={"logit difference": effect},
                texts={"tokens": tokens.strings},
                controls=tuple(controls),
                done=n / model.spec.heads,
            )

    def _every_key(self, model: Model, tokens: Tokens, start: Start, head: int, pair: tuple[int, int]) -> Grid:
        logits = self._logits(model, tokens, start, head, list(torch.eye(tokens.ids.shape[1])))
        return Grid(values=Array.of(_difference(logits, pair)), axes={"key": position_labels(tokens)}, unit="logits")

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "mikit":
            return code.mikit_script(self, model, 'print(result.frame("logit difference"))')
        return code.attend_each_script(self, model, token_ids(model, self.answer, self.foil))


def _difference(logits: Tensor, pair: tuple[int, int]) -> Tensor:
    return logits[:, pair[0]] - logits[:, pair[1]]


def _outcome(
    logits: Tensor,
    names: tuple[str, ...],
    attention: Tensor,
    pair: tuple[int, int],
    words: tuple[str, str],
    keys: tuple[str, ...],
) -> dict[str, Grid]:
    return {
        "attention": Grid(values=Array.of(attention), axes={"row": names, "key": keys}, unit="share of attention"),
        "logit difference": Grid(values=Array.of(_difference(logits, pair)), axes={"row": names}, unit="logits"),
        "probability": Grid(
            values=Array.of(logits.softmax(-1)[:, list(pair)]), axes={"row": names, "token": words}, unit="probability"
        ),
    }


def _next(model: Model, logits: Tensor) -> Grid:
    ids, probabilities = likeliest(logits, NEXT)
    words = tuple(model.token_string(int(i)) for i in ids)
    return Grid(values=Array.of(probabilities), axes={"token": words}, unit="probability")
