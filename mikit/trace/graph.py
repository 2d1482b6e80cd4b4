"""A model as a graph: which parts write to the stream, which read it, and who comes before whom.

Senders are the embedding, then layer by layer each head and the MLP. Receivers are layer by layer each head's q, k and
v and the MLP, and last the logits; where several heads share keys and values, k and v belong to a key-value head, as
the model has them. An edge goes from a sender to a receiver after it. Biases of output projections belong to no sender:
they are the same in every run (where a second norm stands behind them, as in Gemma, they are those of the run).

A part is named by a site: "resid_pre" of layer 0 (the embedding), "z" of a head, "mlp_out"; "q", "k", "v" of a head,
"mlp_in", "logits". What passes along an edge is what its sender writes to the stream, [d_model] at each position."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from mikit.models.architectures import at
from mikit.models.model import W_O, Model, Spec, gain, rms_scale
from mikit.trace.sites import Site, SiteName


@dataclass(frozen=True, eq=False)
class Graph:
    """``edges`` [receiver, sender], bool: whether the sender comes before the receiver. Sets of edges and scores of
    edges are arrays of this shape."""

    heads: int
    kv_heads: int
    senders: tuple[Site, ...]
    receivers: tuple[Site, ...]
    edges: Tensor

    @property
    def size(self) -> int:
        """How many edges there are."""
        return int(self.edges.sum())

    def sent_by(self, name: SiteName, layer: int) -> slice:
        """Where in ``senders`` the embedding ("resid_pre"), a layer's heads ("z") or its MLP ("mlp_out") stand."""
        if name == "resid_pre":
            return slice(0, 1)
        first = 1 + layer * (self.heads + 1)
        mlp = first + self.heads
        return slice(first, mlp) if name == "z" else slice(mlp, mlp + 1)

    def read_by(self, name: SiteName, layer: int) -> slice:
        """Where in ``receivers`` a layer's "q", "k", "v", its MLP ("mlp_in") or the logits ("resid_post") stand."""
        if name == "resid_post":
            return slice(len(self.receivers) - 1, len(self.receivers))
        sizes = {"q": self.heads, "k": self.kv_heads, "v": self.kv_heads, "mlp_in": 1}
        first = layer * sum(sizes.values())
        for each, size in sizes.items():
            if each == name:
                return slice(first, first + size)
            first += size
        raise KeyError(name)

    def made_of(self, part: Site) -> list[int]:
        """Where in ``receivers`` stands what a head or an MLP is made of: a head's q, k and v, an MLP's one input."""
        assert part.layer is not None, "every head and MLP has a layer"
        if part.head is None:
            return [self.read_by("mlp_in", part.layer).start]
        shared = part.head // (self.heads // self.kv_heads)
        places: tuple[tuple[SiteName, int], ...] = (("q", part.head), ("k", shared), ("v", shared))
        return [self.read_by(name, part.layer).start + head for name, head in places]

    def reach(self, receivers: slice) -> int:
        """How many senders come before these receivers of one layer: the first so many."""
        return int(self.edges[receivers.start].sum())


@cache
def graph_of(spec: Spec) -> Graph:
    """The graph of a model with these measures. Where attention and MLP run side by side, the MLP does not read its
    own layer's heads."""
    senders, receivers, reach = [Site(name="resid_pre", layer=0)], list[Site](), list[int]()
    for layer in range(spec.layers):
        before = len(senders)
        heads = [Site(name="z", layer=layer, head=head) for head in range(spec.heads)]
        senders += [*heads, Site(name="mlp_out", layer=layer)]
        for name, count in (("q", spec.heads), ("k", spec.kv_heads), ("v", spec.kv_heads)):
            receivers += [Site(name=name, layer=layer, head=head) for head in range(count)]
        receivers.append(Site(name="mlp_in", layer=layer))
        reach += [before] * (spec.heads + 2 * spec.kv_heads)
        reach.append(before if spec.parallel else before + spec.heads)
    receivers.append(Site(name="logits"))
    reach.append(len(senders))
    edges = torch.arange(len(senders))[None] < torch.tensor(reach)[:, None]
    return Graph(spec.heads, spec.kv_heads, tuple(senders), tuple(receivers), edges)


def written(model: Model, layer: int, z: Tensor) -> Tensor:
    """What each head of a layer writes to the stream: z [batch, position, head, d_head] -> [batch, head, position,
    d_model]. Where a second norm stands between (Gemma), it has the scale that all heads together give it, so that
    heads and bias add up to ``attn_out``."""
    heads = torch.einsum("bthd,hdm->bhtm", z, W_O(model, layer))
    if model.arch.attn_out_index is not None:
        return heads
    block = at(model.hf, model.arch.blocks)[layer]
    bias = getattr(at(block, model.arch.o_proj), "bias", None)
    total = heads.sum(1) if bias is None else heads.sum(1) + bias
    norm = at(block, model.arch.attn_out)
    return heads * (rms_scale(norm, total) * gain(model, norm))[:, None]
