"""Where in ordinary text a single neuron is strongest, and which next tokens it speaks for, beside another neuron."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, NamedTuple

import torch
from pydantic import field_validator
from torch import Tensor, nn

from mikit.errors import EmptyText, UnknownSite
from mikit.models.architectures import at, output_matrix
from mikit.models.model import Model, gain
from mikit.models.tokens import Tokens
from mikit.studies import code_graphs
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result, Study
from mikit.studies.cost import held, seconds
from mikit.studies.dictionary import SINK, check_length
from mikit.studies.texts import ORDINARY
from mikit.trace.arrays import Array
from mikit.trace.engine import capture
from mikit.trace.sites import Site, check

EXAMPLES = 5
BEFORE, AFTER = 8, 3
"""Tokens shown on either side of a place."""
LISTED = 6
"""Promoted tokens, and suppressed ones."""
WEIGHTS = (
    "Promoted and suppressed tokens are read off the weights: what the neuron writes, through the last norm's gain and"
    " the unembedding, less the mean over all tokens. What later layers make of it is not in it."
)


class NeuronExamples(Study):
    """One MLP neuron on ``texts``: the place in each where it is furthest from 0, the five furthest of these, and the
    next tokens that it promotes and suppresses. Grids: ``activation`` [example, place], from 8 tokens before the place
    to 3 behind it, NaN outside of the text; ``promoted`` and ``suppressed`` [rank], by how much a unit of the neuron
    moves a token's logit, up to the last norm's scale. Texts: ``tokens``, example by example, "" outside of the text;
    ``promoted`` and ``suppressed``; ``notes``. Control "another neuron" of that layer, drawn at random, with the same
    grids, its texts under "other ..."."""

    kind: Literal["neuron-examples"] = "neuron-examples"
    layer: int
    neuron: int
    texts: tuple[str, ...] = ORDINARY

    needs: ClassVar[tuple[str, ...]] = ("traced is raw",)

    @field_validator("texts")
    @classmethod
    def _some(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        if not texts:
            raise EmptyText("There is no text to look for the neuron in. Give at least one.")
        return texts

    def estimate(self, model: Model) -> Cost:
        s, lengths = model.spec, [len(ids) for ids in self.inputs(model)]
        took = sum(seconds(s, length) for length in lengths)
        return Cost(seconds=took, bytes=4 * sum(lengths) * s.d_mlp + held(s, max(lengths)))

    def inputs(self, model: Model) -> list[Tensor]:
        return [model.tokens(text).ids[0] for text in self.texts]

    def method(self, model: Model) -> Method:
        return Method(sites=(self._site,), metric=f"the neuron's value, position 0 left out. {WEIGHTS}")

    def steps(self, model: Model) -> Iterator[Result | None]:
        self._check(model)
        read = [model.tokens(text) for text in self.texts]
        for tokens in read:
            check_length(tokens)
        values = []
        for tokens in read:
            values.append(capture(model, tokens, [self._site])[self._site][0].cpu())
            yield None
        own, beside = (self._seen(model, read, values, neuron) for neuron in (self.neuron, self._other(model)))
        texts = {"tokens": own.tokens, "promoted": own.promoted, "suppressed": own.suppressed}
        other = {"tokens": beside.tokens, "promoted": beside.promoted, "suppressed": beside.suppressed}
        why = f"Neuron {self._other(model)} of layer {self.layer}, drawn at random (seed {self.seed}): what any shows."
        yield Result(
            study=self,
            grids=own.grids,
            texts=texts | {f"other {name}": words for name, words in other.items()} | {"notes": (SINK, WEIGHTS)},
            controls=(Control(name="another neuron", why=why, grids=beside.grids),),
        )

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_graphs.neuron_examples_script(self, model, flavour, EXAMPLES)

    @property
    def _site(self) -> Site:
        return Site(name="mlp_post", layer=self.layer)

    def _check(self, model: Model) -> None:
        """Raises UnknownSite."""
        check(self._site, model.spec)
        if not 0 <= self.neuron < model.spec.d_mlp:
            raise UnknownSite(
                f"There is no neuron {self.neuron} in layer {self.layer}: {model.ref.name} has {model.spec.d_mlp} in"
                f" each layer, 0 to {model.spec.d_mlp - 1}."
            )

    def _other(self, model: Model) -> int:
        step = torch.randint(1, model.spec.d_mlp, (), generator=torch.Generator().manual_seed(self.seed))
        return (self.neuron + int(step)) % model.spec.d_mlp

    def _seen(self, model: Model, read: list[Tokens], values: list[Tensor], neuron: int) -> _Seen:
        """``values`` [T, d_mlp] of each text."""
        places = [1 + int(of[1:, neuron].abs().argmax()) for of in values]
        peaks = torch.tensor([float(of[place, neuron]) for of, place in zip(values, places, strict=True)])
        shown = peaks.abs().topk(min(EXAMPLES, len(peaks))).indices.tolist()
        around = range(-BEFORE, AFTER + 1)
        found = torch.full((len(shown), len(around)), torch.nan)
        tokens = []
        for row, text in enumerate(shown):
            for column, step in enumerate(around):
                here, strings = places[text] + step, read[text].strings
                tokens.append(strings[here] if 0 <= here < len(strings) else "")
                if 0 < here < len(strings):
                    found[row, column] = values[text][here, neuron]
        axes = {
            "example": tuple(str(n + 1) for n in range(len(shown))),
            "place": tuple(f"{step:+d}" for step in around),
        }
        moves = written(model, self.layer, neuron)
        high, low = (each.topk(min(LISTED, len(moves))).indices for each in (moves, -moves))
        rank = {"rank": tuple(str(n + 1) for n in range(len(high)))}
        unit = "logits a unit, before the last norm's scale"
        grids = {
            "activation": Grid(values=Array.of(found), axes=axes, unit="activation"),
            "promoted": Grid(values=Array.of(moves[high]), axes=rank, unit=unit),
            "suppressed": Grid(values=Array.of(moves[low]), axes=rank, unit=unit),
        }
        names = [tuple(map(model.token_string, ids.tolist())) for ids in (high, low)]
        return _Seen(grids, tuple(tokens), names[0], names[1])


class _Seen(NamedTuple):
    grids: dict[str, Grid]
    tokens: tuple[str, ...]
    promoted: tuple[str, ...]
    suppressed: tuple[str, ...]


def written(model: Model, layer: int, neuron: int) -> Tensor:
    """What a unit of a neuron writes, through the gains of the norms behind it (a LayerNorm's centring too) and the
    unembedding [token], less the mean over the tokenizer's tokens."""
    block, unembed = at(model.hf, model.arch.blocks)[layer], at(model.hf, model.arch.unembed)
    norms = [at(model.hf, model.arch.final_norm)]
    if model.arch.attn_out_index is None:  # Gemma has a norm behind the MLP too
        norms.insert(0, at(block, model.arch.mlp_out))
    with torch.no_grad():
        row = output_matrix(at(block, model.arch.mlp_down), 1)[0, neuron]
        for norm in norms:
            row = (row - row.mean() if isinstance(norm, nn.LayerNorm) else row) * gain(model, norm)
        moves: Tensor = unembed.weight[: len(model.tokenizer)] @ row
        return moves - moves.mean()
