"""What the nodes of an attribution graph are in a run: single neurons, or features of transcoders. How they are read,
and set to other values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from mikit.circuits.frozen import Transcoder
from mikit.errors import DictionaryUnusable
from mikit.methods.patching import values_and_logits
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.sae.dictionary import Dictionary
from mikit.sae.evaluate import check_place, sites
from mikit.sae.library import DictionaryRef, opened
from mikit.trace.arrays import Array
from mikit.trace.edits import Patch, Steer
from mikit.trace.sites import Site


class Setting(NamedTuple):
    """Nodes [k, 3] (layer, position, neuron) and the value [k] that each is set to. Where they are features of
    transcoders, ``adds`` [k, d_model]: by how much more each then writes to what its layer's MLP adds."""

    neurons: Tensor
    values: Tensor
    adds: Tensor | None = None

    def edits(self) -> list[Patch] | list[Steer]:
        """One for each layer and position."""
        places, which = torch.unique(self.neurons[:, :2], dim=0, return_inverse=True)
        at = [(layer, position, which == n) for n, (layer, position) in enumerate(places.tolist())]
        if self.adds is not None:
            return [
                Steer(
                    site=Site(name="mlp_out", layer=layer, position=position),
                    direction=Array.of(self.adds[here].sum(0)),
                )
                for layer, position, here in at
            ]
        return [
            Patch(
                site=Site(name="mlp_post", layer=layer, position=position),
                source=Array.of(self.values[here]),
                units=tuple(self.neurons[here, 2].tolist()),
            )
            for layer, position, here in at
        ]


@dataclass(frozen=True)
class Nodes:
    """Every node that a prompt's graph could have: ``own`` [layer, T, neuron], its value in the run."""

    own: Tensor
    transcoders: tuple[Transcoder, ...]

    def at(self, neurons: Tensor) -> Tensor:
        """The own values of nodes [k, 3], [k]."""
        layer, position, neuron = neurons.T
        return self.own[layer, position, neuron]

    def setting(self, neurons: Tensor, values: Tensor) -> Setting:
        """Nodes [k, 3] set to values [k]. The model has no features: one is set by adding to what its layer's MLP
        writes the difference that its transcoder says, whatever the MLP itself makes of what was set below."""
        if not self.transcoders:
            return Setting(neurons, values)
        rows = torch.zeros(len(neurons), self.transcoders[0].W_dec.shape[1])
        for n, (layer, _, neuron) in enumerate(neurons.tolist()):
            rows[n] = self.transcoders[layer].W_dec[neuron]
        return Setting(neurons, values, (values - self.at(neurons))[:, None] * rows)

    def others(self, neurons: Tensor, luck: torch.Generator) -> Tensor:
        """As many other nodes [k, 3] at the same layers and positions, of those that are not 0; fewer where there are
        not as many."""
        drawn = [neurons[:0]]
        places, which = torch.unique(neurons[:, :2], dim=0, return_inverse=True)
        for n, place in enumerate(places):
            chosen = neurons[which == n, 2]
            free = self.own[tuple(place)] != 0
            free[chosen] = False
            left = free.nonzero().ravel()
            left = left[torch.randperm(len(left), generator=luck)[: len(chosen)]]
            drawn.append(torch.cat([place.expand(len(left), 2), left[:, None]], dim=1))
        return torch.cat(drawn)


def read_nodes(model: Model, tokens: Tokens, transcoders: Sequence[Transcoder]) -> Nodes:
    """The values of all nodes in one prompt's run: one trace. Raises WrongDtype, Busy."""
    if not transcoders:
        return Nodes(values_and_logits(model, tokens, "mlp_post")[0], ())
    read = values_and_logits(model, tokens, "mlp_in")[0]
    with torch.no_grad():
        own = torch.stack([each.encode(x) for each, x in zip(transcoders, read, strict=True)])
    return Nodes(own, tuple(transcoders))


def transcoders_of(model: Model, refs: Sequence[DictionaryRef]) -> tuple[Transcoder, ...]:
    """What stands in for each layer's MLP, from the first layer up; () for none. Raises DictionaryUnusable."""
    if refs and len(refs) != model.spec.layers:
        raise DictionaryUnusable(
            f"{len(refs)} transcoders were given, and {model.ref.name} has {model.spec.layers} layers. Give one for"
            " each, from the first layer up."
        )
    return tuple(_transcoder(model, layer, opened(ref)) for layer, ref in enumerate(refs))


def _transcoder(model: Model, layer: int, dictionary: Dictionary) -> Transcoder:
    check_place(model, dictionary)
    wanted = Site(name="mlp_in", layer=layer), Site(name="mlp_out", layer=layer)
    if sites(dictionary) != wanted or not dictionary.config.transcoder:
        source, target = sites(dictionary)
        raise DictionaryUnusable(
            f"In place of layer {layer}'s MLP a transcoder is needed, from {wanted[0]} to {wanted[1]}; the one given"
            f" goes from {source} to {target}. Give them in the order of the layers."
        )
    if dictionary.config.normalise != "none":
        raise DictionaryUnusable(
            f"The transcoder of layer {layer} scales each token ({dictionary.config.normalise}), so a feature's part in"
            " what it reads is no straight line. Take transcoders that do not."
        )
    skip = dictionary.W_skip if dictionary.config.skip else None
    weights = (dictionary.W_enc, dictionary.b_enc, dictionary.W_dec, dictionary.b_dec)
    return Transcoder(dictionary.encode, *weights, skip)
