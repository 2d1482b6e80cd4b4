"""A pass in which every part has a stream of its own: along some edges of the graph comes what their sender writes in
this pass, along the others what it wrote in another.

The stream of the pass itself holds what all senders write in it. A receiver's own stream is that one less, for each
edge that is cut, the difference between the two."""

from __future__ import annotations

import torch
from torch import Tensor

from mikit.models.architectures import HeadValue, applied, at, input_matrix
from mikit.models.model import Model
from mikit.trace import values
from mikit.trace.graph import graph_of, written
from mikit.trace.sites import SiteName
from mikit.trace.values import Key


class Mixing:
    """One pass, a row for each set of kept edges: ``kept`` [rows, receiver, sender], ``other`` [sender, position,
    d_model]. ``visit`` wants all values of ``wanted``, as ``values.walk`` hands them over."""

    def __init__(self, model: Model, kept: Tensor, other: Tensor) -> None:
        self.model = model
        self.graph = graph_of(model.spec)
        self.cut = (self.graph.edges.to(kept.device) & ~kept).to(other.dtype)
        self.other = other
        self.differ = other.new_empty(len(kept), *other.shape)  # what senders write, less that
        self.stream = other.new_empty(0)

    @property
    def wanted(self) -> set[Key]:
        layers = range(self.model.spec.layers)
        names: list[SiteName] = ["resid_pre", "q", "k", "v", "z", "mlp_in", "mlp_out"]
        if not self.model.spec.parallel:
            names.append("resid_mid")
        return {(name, layer) for name in names for layer in layers} | {("resid_post", layers[-1])}

    def visit(self, key: Key, raw: Tensor) -> None:
        name, layer = key
        assert layer is not None, "every wanted value has a layer"
        if name in ("resid_pre", "resid_mid", "resid_post"):
            self.stream = raw
        if name == "resid_pre" and layer == 0:
            self._send(name, layer, raw[:, None])
        elif name == "z":
            self._send(name, layer, written(self.model, layer, values.shaped(self.model, raw, name)))
        elif name == "mlp_out":
            self._send(name, layer, raw[:, None])
        elif name == "resid_post":
            raw.copy_(self._read(name, layer)[:, 0])
        elif name == "mlp_in":
            raw.copy_(self._normed(self.model.arch.mlp_norm, name, layer)[:, 0])
        elif name == "q" or name == "k" or name == "v":
            self._project(name, layer, values.shaped(self.model, raw, name))

    def _send(self, name: SiteName, layer: int, writes: Tensor) -> None:
        """writes [rows, sender, position, d_model]."""
        where = self.graph.sent_by(name, layer)
        torch.sub(writes, self.other[where], out=self.differ[:, where])

    def _read(self, name: SiteName, layer: int) -> Tensor:
        """The streams of these receivers, [rows, receiver, position, d_model]."""
        receivers = self.graph.read_by(name, layer)
        reach = self.graph.reach(receivers)
        cut = self.cut[:, receivers, :reach] @ self.differ[:, :reach].flatten(2)
        return self.stream[:, None] - cut.view(*cut.shape[:2], *self.stream.shape[1:])

    def _normed(self, norm: str, name: SiteName, layer: int) -> Tensor:
        block = at(self.model.hf, self.model.arch.blocks)[layer]
        return applied(at(block, norm), self._read(name, layer))

    def _project(self, name: HeadValue, layer: int, into: Tensor) -> None:
        """Each head's q, k or v from its own stream; into [rows, position, head, d_head]."""
        arch, spec = self.model.arch, self.model.spec
        streams = self._normed(arch.attn_norm, name, layer)
        projection = at(at(self.model.hf, arch.blocks)[layer], getattr(arch, name))
        matrix, bias = input_matrix(projection, name, spec.heads if name == "q" else spec.kv_heads, arch.layout)
        into.copy_(torch.einsum("bhtm,hmd->bthd", streams, matrix))
        if bias is not None:
            into.add_(bias)
