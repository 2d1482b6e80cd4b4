"""Direct logit attribution: which parts write the answer into the last stream, on prompts and on their changed
partners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from mikit.methods.lens import Direct, direct, softcap, strongest
from mikit.models.model import Model
from mikit.studies import code_lens
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result, Study, layer_head_axes, mean_grid
from mikit.studies.cost import held, seconds
from mikit.studies.pairs import PairStudy
from mikit.studies.prompts import answer_and_foil
from mikit.trace.sites import Site

BEFORE_SOFTCAP = (
    "This model squeezes its logits at the very end (softcap). The parts add up to the difference before that."
)
Axes = dict[str, tuple[str, ...]]


class DirectAttribution(PairStudy, Study):
    """What each part adds to the answer's logit less the foil's at the last position, with the final norm's scale
    frozen at the run's own value: mean over the clean prompts, with an interval where there are several. Control: the
    changed prompts, same answer and foil; the two prompts of a pair need not be as long as each other.

    Grids: ``logit difference`` [source] as the model has it, and as the parts' sum; ``layer`` [part]: the embedding,
    each layer's attention and MLP (biases of their output projections included), the biases of final norm and
    unembedding; ``head`` [layer, head]; ``neuron`` [neuron]: the ``neurons`` neurons whose mean share is largest, then
    the rest of each MLP, its bias included."""

    kind: Literal["direct-attribution"] = "direct-attribution"
    neurons: int = Field(default=20, ge=0)

    needs: ClassVar[tuple[str, ...]] = ("residual identity", "heads sum", "lens at last layer", "traced is raw")

    def estimate(self, model: Model) -> Cost:
        s, lengths = model.spec, [len(ids) for ids in self.inputs(model)]
        kept = 4 * len(lengths) * s.layers * (s.d_mlp + s.heads) + 4 * max(lengths) * s.layers * (s.d_mlp + s.d_model)
        return Cost(seconds=sum(seconds(s, length) for length in lengths), bytes=kept + held(s, max(lengths)))

    def inputs(self, model: Model) -> list[Tensor]:
        return [model.tokens(text).ids[0] for pair in self.pairs for text in (pair.clean, pair.corrupt)]

    def method(self, model: Model) -> Method:
        layers = range(model.spec.layers)
        names: tuple[Literal["z", "mlp_post"], ...] = ("z", "mlp_post")
        parts = [Site(name=name, layer=layer, position=-1) for layer in layers for name in names]
        ends = [
            Site(name="resid_pre", layer=0, position=-1),
            Site(name="resid_post", layer=layers[-1], position=-1),
        ]
        return Method(
            sites=(*parts, *ends),
            metric="share in the logit difference (answer less foil), final norm's scale frozen at the run's own value;"
            " before the softcap of models that have one",
        )

    def steps(self, model: Model) -> Iterator[Result]:
        clean: list[Direct] = []
        corrupt: list[Direct] = []
        for n, pair in enumerate(self.pairs, start=1):
            ids = answer_and_foil(model, pair.answer, pair.foil)
            clean.append(direct(model, model.tokens(pair.clean), *ids))
            corrupt.append(direct(model, model.tokens(pair.corrupt), *ids))
            yield self._result(model, clean, corrupt, n / len(self.pairs))

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "mikit":
            return code_lens.direct_mikit_script(self)
        ids = [answer_and_foil(model, pair.answer, pair.foil) for pair in self.pairs]
        return code_lens.direct_script(self, model, ids, part_labels(model))

    def _result(self, model: Model, clean: Sequence[Direct], corrupt: Sequence[Direct], done: float) -> Result:
        top = strongest(torch.stack([found.neurons for found in clean]).mean(0), self.neurons)
        why = (
            "The changed prompt of each pair, read for the same answer and foil: what these parts add where another"
            " answer is called for."
        )
        return Result(
            study=self,
            grids=_grids(model, clean, top),
            texts={"notes": (BEFORE_SOFTCAP,) if softcap(model) else ()},
            controls=(Control(name="changed prompts", why=why, grids=_grids(model, corrupt, top)),),
            done=done,
        )


def part_labels(model: Model) -> tuple[str, ...]:
    """The axis of ``layer``, in the order in which a pass meets the parts; the norm's bias comes last."""
    layers = [f"L{layer} {what}" for layer in range(model.spec.layers) for what in ("attention", "MLP")]
    return ("embedding", *layers, "biases")


def _grids(model: Model, found: Sequence[Direct], top: Sequence[tuple[int, int]]) -> dict[str, Grid]:
    layers = range(model.spec.layers)
    neurons = (*(f"L{layer}N{n}" for layer, n in top), *(f"rest of L{layer} MLP" for layer in layers))
    return {
        "logit difference": _mean(
            [torch.stack([one.logit_difference, one.total]) for one in found], {"source": ("model", "sum of parts")}
        ),
        "layer": _mean([_by_layer(one) for one in found], {"part": part_labels(model)}),
        "head": _mean([one.heads for one in found], layer_head_axes(model)),
        "neuron": _mean([_by_neuron(one, top) for one in found], {"neuron": neurons}),
    }


def _by_layer(found: Direct) -> Tensor:
    """[2 layers + 2]: embedding, attention and MLP of each layer in turn, biases."""
    layers = torch.stack([found.attn, found.mlp], 1).flatten()
    return torch.cat([found.embedding[None], layers, found.bias[None]])


def _by_neuron(found: Direct, top: Sequence[tuple[int, int]]) -> Tensor:
    """[top + layers]: the named neurons, then what is left of each MLP."""
    rest = found.mlp.clone()
    named = [found.neurons[layer, n] for layer, n in top]
    for (layer, _), share in zip(top, named, strict=True):
        rest[layer] -= share
    return torch.cat([torch.stack(named), rest]) if named else rest


def _mean(samples: Sequence[Tensor], axes: Axes) -> Grid:
    """Mean over prompts, with its interval where there are several."""
    return mean_grid(np.stack([sample.cpu().numpy() for sample in samples]), axes, "logits")
