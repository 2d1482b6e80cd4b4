"""Where every head looks on one prompt, and what the model would say next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import torch
from torch import Tensor

from mikit.methods.heads import sink_share
from mikit.methods.surprise import likeliest
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.studies import code
from mikit.studies.base import Cost, Flavour, Grid, Method, Result, Study, layer_head_axes
from mikit.studies.cost import held, seconds
from mikit.studies.prompts import Prompt
from mikit.trace.arrays import Array
from mikit.trace.engine import capture
from mikit.trace.sites import Site

NEXT = 5
STOPS = "The model stops here: its likeliest next token ends the text. Try Chat, or text that goes on."


class AttentionPatterns(Study):
    """Grids: ``pattern`` [layer, head, query, key] and ``sink`` [layer, head] (mean on position 0) as shares of
    attention, ``next`` [token], the likeliest next tokens' probabilities. It has no control: a pattern is what it is,
    and shows no effect."""

    kind: Literal["attention"] = "attention"
    prompt: Prompt

    needs: ClassVar[tuple[str, ...]] = ("pattern rows", "traced is raw")

    def estimate(self, model: Model) -> Cost:
        length, s = self.prompt.tokens(model).ids.shape[1], model.spec
        return Cost(seconds=seconds(s, length), bytes=8 * s.layers * s.heads * length**2 + held(s, length))

    def inputs(self, model: Model) -> list[Tensor]:
        return [self.prompt.tokens(model).ids[0]]

    def method(self, model: Model) -> Method:
        return Method(
            sites=(*pattern_sites(model), Site(name="logits", position=-1)),
            metric="attention after softmax; probability of the next token",
        )

    def steps(self, model: Model) -> Iterator[Result]:
        tokens = self.prompt.tokens(model)
        *patterns, logits = capture(model, tokens, self.method(model).sites).values()
        pattern = torch.cat(patterns)
        ids, probabilities = likeliest(logits[0], NEXT)
        words = tuple(model.token_string(int(i)) for i in ids)
        places = position_labels(tokens)
        yield Result(
            study=self,
            grids={
                "pattern": Grid(
                    values=Array.of(pattern),
                    axes={**layer_head_axes(model), "query": places, "key": places},
                    unit="share of attention",
                ),
                "sink": Grid(
                    values=Array.of(sink_share(pattern)), axes=layer_head_axes(model), unit="share of attention"
                ),
                "next": Grid(values=Array.of(probabilities), axes={"token": words}, unit="probability"),
            },
            texts={
                "tokens": tokens.strings,
                "notes": (STOPS,) if int(ids[0]) in model.end_ids() else (),
            },
        )

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "mikit":
            return code.mikit_script(self, model, 'print(result.frame("next"))')
        return code.attention_script(self, model)


def pattern_sites(model: Model) -> list[Site]:
    return [Site(name="pattern", layer=layer) for layer in range(model.spec.layers)]


def position_labels(tokens: Tokens) -> tuple[str, ...]:
    """One label a position; the number keeps equal tokens apart."""
    return tuple(f"{i}:{text}" for i, text in enumerate(tokens.strings))
