"""The logit lens on one prompt, beside the same on a control prompt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import torch
from torch import Tensor

from mikit.methods.lens import logit_lens, streams
from mikit.methods.metrics import logit_difference
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.studies import code, code_lens
from mikit.studies.attention import position_labels
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result, Study
from mikit.studies.cost import held, seconds
from mikit.studies.prompts import answer_and_foil
from mikit.trace.arrays import Array
from mikit.trace.sites import Site

TOP = 5
Reading = tuple[dict[str, Grid], tuple[str, ...]]


class LogitLens(Study):
    """The stream after each layer, read with the final norm and the unembedding. Grids: ``logit difference`` [layer,
    position], the answer's logit less the foil's; ``top`` [layer, rank], probabilities of the likeliest tokens at the
    last position. Control: the same on ``control``, a prompt that calls for another answer; the two need not be as
    long as each other.

    Texts: ``tokens`` and ``top`` (layer by layer, 5 tokens each), and both of the control prompt."""

    kind: Literal["lens"] = "lens"
    prompt: str
    control: str
    answer: str
    foil: str

    needs: ClassVar[tuple[str, ...]] = ("lens at last layer", "traced is raw")

    def estimate(self, model: Model) -> Cost:
        s = model.spec
        length = max(len(ids) for ids in self.inputs(model))
        kept = 4 * s.layers * (2 * length * s.d_model + 2 * s.vocab)
        return Cost(seconds=2 * seconds(s, length), bytes=kept + held(s, length))

    def inputs(self, model: Model) -> list[Tensor]:
        return [model.tokens(text).ids[0] for text in (self.prompt, self.control)]

    def method(self, model: Model) -> Method:
        return Method(
            sites=tuple(Site(name="resid_post", layer=layer) for layer in range(model.spec.layers)),
            metric="logit difference: the answer's logit less the foil's, after final norm and unembedding (and the"
            " softcap of models that have one)",
        )

    def steps(self, model: Model) -> Iterator[Result]:
        pair = answer_and_foil(model, self.answer, self.foil)
        prompt, control = model.tokens(self.prompt), model.tokens(self.control)
        grids, top = _read(model, prompt, pair)
        texts = {"tokens": prompt.strings, "top": top}
        yield Result(study=self, grids=grids, texts=texts, done=0.5)
        beside, control_top = _read(model, control, pair)
        why = (
            "A prompt that calls for another answer. Where the lens says the same of both, it has not read the answer."
        )
        yield Result(
            study=self,
            grids=grids,
            texts=texts | {"control tokens": control.strings, "control top": control_top},
            controls=(Control(name="control prompt", why=why, grids=beside),),
        )

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "mikit":
            last = "|".join(sorted({f"{len(ids) - 1}:" for ids in self.inputs(model)}))
            rows = f'grid[grid["position"].str.match("{last}")]'
            show = f'grid = result.frame("logit difference")\nprint({rows}.to_string())'
            return code.mikit_script(self, model, show)
        return code_lens.lens_script(self, model, answer_and_foil(model, self.answer, self.foil))


def _read(model: Model, tokens: Tokens, pair: tuple[int, int]) -> Reading:
    """Grids of one prompt, and its likeliest tokens at the last position, layer by layer."""
    stream = streams(model, tokens)
    difference = logit_difference(logit_lens(model, stream, pair), 0, 1)
    top = torch.softmax(logit_lens(model, stream[:, -1]), -1).topk(TOP)
    layers = tuple(map(str, range(model.spec.layers)))
    grids = {
        "logit difference": Grid(
            values=Array.of(difference), axes={"layer": layers, "position": position_labels(tokens)}, unit="logits"
        ),
        "top": Grid(
            values=Array.of(top.values),
            axes={"layer": layers, "rank": tuple(str(n + 1) for n in range(TOP))},
            unit="probability",
        ),
    }
    return grids, tuple(model.token_string(int(i)) for i in top.indices.flatten())
