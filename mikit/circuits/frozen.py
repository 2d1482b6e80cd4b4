"""The local replacement model of one prompt: a linear function that agrees with the model on that prompt.

Attention patterns and the scales of all norms stay what they were in the prompt's run, and each MLP neuron is a leaf:
its value is taken as given, so what it writes runs on through attention and norms alone, by linear steps (Ameisen et
al. 2025, "Circuit tracing", transformer-circuits.pub/2025/attribution-graphs/methods.html, with neurons in place of a
transcoder's features). Slopes are pulled back through it with weights and what one trace has read; the model is not
run again.

What a neuron reads is a line too: act(p) becomes p times the run's own act(p) / p. Where there is a gate, act(g) times
u, the product is shared half and half between its two factors, each with the other held. So what comes in adds up to
the neuron's value.

Transcoders can stand in for the MLPs. Their features are then the leaves, in place of neurons, and what they do not
give back of an MLP's output stays as it was, its error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from mikit.errors import ShapeMismatch
from mikit.models.architectures import applied, at, input_matrix, output_matrix
from mikit.models.model import W_O, Model, gain, rms_scale
from mikit.models.tokens import Tokens
from mikit.trace.engine import capture
from mikit.trace.sites import Site

SMALL = 1e-6
"""Nearer to 0 than this, an activation function's input is replaced by it, so that act(p) / p exists."""


@dataclass(frozen=True)
class Norm:
    """A norm with its scale frozen: ``weight`` [T, d_model] is scale times gain."""

    weight: Tensor
    centred: bool
    bias: Tensor | None

    def back(self, slope: Tensor) -> Tensor:
        """A slope [rows, t, d_model] at what the norm gives, as one at what it is given; t: the first positions."""
        before = slope * self.weight[: slope.shape[1]]
        return before - before.mean(-1, keepdim=True) if self.centred else before


@dataclass(frozen=True)
class Reading:
    """One factor of a layer's neurons: ``share`` [T, d_mlp] times (x ``matrix`` [d_model, d_mlp] + ``bias``)."""

    share: Tensor
    matrix: Tensor
    bias: Tensor | None


@dataclass(frozen=True)
class Transcoder:
    """What stands in for one layer's MLP: it reads x [T, d_model], what the MLP reads, and gives x ``W_skip`` +
    features ``W_dec`` [feature, d_model] + ``b_dec``, to be what the MLP adds to the stream. ``encode``: x -> features
    [T, feature]; where one is not 0 it is its part of x ``W_enc`` [d_model, feature] + ``b_enc``."""

    encode: Callable[[Tensor], Tensor]
    W_enc: Tensor
    b_enc: Tensor
    W_dec: Tensor
    b_dec: Tensor
    W_skip: Tensor | None = None

    def given(self, x: Tensor, features: Tensor) -> Tensor:
        """What it puts in place of the MLP's output, [T, d_model]."""
        out = features @ self.W_dec + self.b_dec
        return out if self.W_skip is None else out + x @ self.W_skip


@dataclass(frozen=True)
class Layer:
    """One layer of the frozen model; norms behind attention and MLP where it has them (Gemma). Its neurons are those of
    the MLP, or a transcoder's features."""

    attn_norm: Norm
    attn_out: Norm | None
    pattern: Tensor  # [head, query, key]
    W_V: Tensor  # [kv_head, d_model, d_head]
    b_V: Tensor | None
    W_O: Tensor  # [head, d_head, d_model]
    b_O: Tensor | None
    mlp_norm: Norm
    mlp_out: Norm | None
    readings: tuple[Reading, ...]
    neurons: Tensor  # [T, d_mlp]
    rows: Tensor  # [d_mlp, d_model]: what each neuron writes, before any norm behind the MLP
    b_out: Tensor | None
    error: Tensor | None = None  # [T, d_model]: what a transcoder does not give back
    W_skip: Tensor | None = None  # [d_model, d_model], of a transcoder that has one

    def through_attention(self, slope: Tensor) -> tuple[Tensor, Tensor]:
        """A slope [rows, t, d_model] at what attention adds to the stream, as one at the stream that it reads, and
        what its biases add [rows]."""
        t = slope.shape[1]
        slope = slope if self.attn_out is None else self.attn_out.back(slope)
        heads = torch.einsum("rtm,hkm->rthk", slope, self.W_O)
        values = torch.einsum("hts,rthk->rshk", self.pattern[:, :t, :t], heads)
        shared = (*values.shape[:2], len(self.W_V), -1, values.shape[-1])
        values = values.reshape(shared).sum(3)  # over the heads that share a key-value head
        normed = torch.einsum("rsgk,gmk->rsm", values, self.W_V)
        constant = _along(slope, self.b_O) + _along(values, self.b_V) + _along(normed, self.attn_norm.bias)
        return self.attn_norm.back(normed), constant

    def at_neurons(self, slope: Tensor) -> tuple[Tensor, Tensor]:
        """A slope [rows, t, d_model] at what the MLP adds to the stream, as one before any norm that stands behind it,
        and what the MLP's bias adds [rows]."""
        slope = slope if self.mlp_out is None else self.mlp_out.back(slope)
        return slope, _along(slope, self.b_out)

    def past_neurons(self, slope: Tensor) -> tuple[Tensor, Tensor]:
        """A slope [rows, t, d_model] at what the MLP adds to the stream, as one at what enters its norm, past all
        neurons, and what that norm's bias adds [rows]: 0 but for a transcoder's skip."""
        if self.W_skip is None:
            return torch.zeros_like(slope), slope.new_zeros(len(slope))
        before = slope @ self.W_skip.T
        return self.mlp_norm.back(before), _along(before, self.mlp_norm.bias)

    def read_by(self, positions: Tensor, neurons: Tensor) -> tuple[Tensor, Tensor]:
        """What some neurons read, [n, t, d_model], as slopes at the stream that enters the MLP's norm; t reaches to the
        last of ``positions`` [n]. And what biases add to each [n]."""
        count, t = len(positions), int(positions.max()) + 1
        before = torch.zeros(count, t, self.rows.shape[1]).to(self.rows)
        which = torch.arange(count)
        constant = before.new_zeros(count)
        for reading in self.readings:
            share = reading.share[positions, neurons]
            before[which, positions] += share[:, None] * reading.matrix[:, neurons].T
            if reading.bias is not None:
                constant += share * reading.bias[neurons]
        return self.mlp_norm.back(before), constant + _along(before, self.mlp_norm.bias)

    def through_neurons(self, slope: Tensor) -> Tensor:
        """A slope [T, d_mlp] at the layer's neurons, as one [T, d_model] at the stream that enters the MLP's norm."""
        before = sum((slope * reading.share) @ reading.matrix.T for reading in self.readings)
        assert isinstance(before, Tensor), "neurons read something"
        return self.mlp_norm.back(before[None])[0]


@dataclass(frozen=True)
class Frozen:
    """The local replacement model of one prompt. ``embedding`` [T, d_model] enters layer 0, ``final`` [T, d_model] is
    the stream that leaves the last."""

    model: Model
    embedding: Tensor
    final: Tensor
    layers: tuple[Layer, ...]

    def read_by_output(self, answer: int, foil: int | None) -> tuple[Tensor, Tensor, Tensor]:
        """The answer's logit at the last position, or by how much it is above the foil's: its slope [1, T, d_model] at
        the last stream, what biases add [1], and its value [1], before the model's softcap where it has one."""
        unembed = at(self.model.hf, self.model.arch.unembed)
        ids = torch.tensor([answer] if foil is None else [answer, foil])
        signs = torch.tensor([1.0, -1.0])[: len(ids)].to(self.final)
        after = torch.zeros_like(self.final)[None]
        after[0, -1] = signs @ unembed.weight[ids]
        constant = after.new_zeros(1) if unembed.bias is None else (signs @ unembed.bias[ids])[None]
        module = at(self.model.hf, self.model.arch.final_norm)
        value = (applied(module, self.final[-1]) @ after[0, -1])[None] + constant
        norm = _frozen(self.model, module, self.final)
        return norm.back(after), constant + _along(after, norm.bias), value


def freeze(model: Model, tokens: Tokens, transcoders: Sequence[Transcoder] = ()) -> Frozen:
    """Read one prompt's run and freeze it: one trace. ``transcoders``: one a layer, all of one width, or none. Raises
    ShapeMismatch for several prompts and for other transcoders, WrongDtype, Busy."""
    if tokens.ids.shape[0] != 1:
        raise ShapeMismatch(f"One prompt can be frozen at a time; {tokens.ids.shape[0]} were given.")
    _check(model, transcoders)
    names = ["resid_pre", "pattern", "mlp_in", "mlp_out" if transcoders else "mlp_post"]
    names += [] if model.spec.parallel else ["resid_mid"]
    names += ["z"] if model.arch.attn_out_index is None else []
    sites = [Site.model_validate({"name": name, "layer": n}) for n in range(model.spec.layers) for name in names]
    last = Site(name="resid_post", layer=model.spec.layers - 1)
    found = {site: value[0] for site, value in capture(model, tokens, [*sites, last]).items()}
    with torch.no_grad():
        each = transcoders or (None,) * model.spec.layers
        layers = tuple(_layer(model, n, found, transcoder) for n, transcoder in enumerate(each))
    return Frozen(model, found[Site(name="resid_pre", layer=0)], found[last], layers)


def _check(model: Model, transcoders: Sequence[Transcoder]) -> None:
    if transcoders and len(transcoders) != model.spec.layers:
        raise ShapeMismatch(
            f"{len(transcoders)} transcoders were given, the model has {model.spec.layers} layers. Give one a layer."
        )
    for layer, each in enumerate(transcoders):
        want = (model.spec.d_model, transcoders[0].W_enc.shape[1])
        if each.W_enc.shape != want or each.W_dec.shape != want[::-1]:
            raise ShapeMismatch(
                f"The transcoder of layer {layer} reads {tuple(each.W_enc.shape)} and writes {tuple(each.W_dec.shape)};"
                f" {want} and {want[::-1]} are needed: width of the stream, features of the first."
            )


def _layer(model: Model, layer: int, found: dict[Site, Tensor], transcoder: Transcoder | None) -> Layer:
    arch, spec = model.arch, model.spec
    block = at(model.hf, arch.blocks)[layer]
    before = found[Site(name="resid_pre", layer=layer)]
    mid = before if spec.parallel else found[Site(name="resid_mid", layer=layer)]
    W_V, b_V = input_matrix(at(block, arch.v), "v", spec.kv_heads, arch.layout)
    o_proj = at(block, arch.o_proj)
    attn_out = None
    if arch.attn_out_index is None:
        z = found[Site(name="z", layer=layer)]
        attn_out = _frozen(model, at(block, arch.attn_out), applied(o_proj, z.flatten(1)))
    mlp = _mlp(model, layer, found) if transcoder is None else _transcoded(transcoder, layer, found)
    return Layer(
        attn_norm=_frozen(model, at(block, arch.attn_norm), before),
        attn_out=attn_out,
        pattern=found[Site(name="pattern", layer=layer)],
        W_V=W_V,
        b_V=b_V,
        W_O=W_O(model, layer),
        b_O=getattr(o_proj, "bias", None),
        mlp_norm=_frozen(model, at(block, arch.mlp_norm), mid),
        **mlp,
    )


def _mlp(model: Model, layer: int, found: dict[Site, Tensor]) -> dict[str, Any]:
    """The part of a ``Layer`` that is its MLP."""
    block = at(model.hf, model.arch.blocks)[layer]
    neurons, down = found[Site(name="mlp_post", layer=layer)], at(block, model.arch.mlp_down)
    behind = model.arch.attn_out_index is None
    return {
        "mlp_out": _frozen(model, at(block, model.arch.mlp_out), applied(down, neurons)) if behind else None,
        "readings": _readings(model, block, found[Site(name="mlp_in", layer=layer)]),
        "neurons": neurons,
        "rows": output_matrix(down, 1)[0],
        "b_out": getattr(down, "bias", None),
    }


def _transcoded(transcoder: Transcoder, layer: int, found: dict[Site, Tensor]) -> dict[str, Any]:
    """The part of a ``Layer`` that is its MLP, with a transcoder in its place. What it writes is behind any norm."""
    x = found[Site(name="mlp_in", layer=layer)]
    features = transcoder.encode(x)
    return {
        "mlp_out": None,
        "readings": (Reading((features != 0).to(x), transcoder.W_enc, transcoder.b_enc),),
        "neurons": features,
        "rows": transcoder.W_dec,
        "b_out": transcoder.b_dec,
        "error": found[Site(name="mlp_out", layer=layer)] - transcoder.given(x, features),
        "W_skip": transcoder.W_skip,
    }


def _readings(model: Model, block: nn.Module, value: Tensor) -> tuple[Reading, ...]:
    """How a layer's neurons read ``value`` [T, d_model], which leaves the MLP's norm."""
    arch = model.arch
    up, act = at(block, arch.mlp_up), at(block, arch.mlp_act)
    if arch.mlp_gate is None:
        return (_reading(up, _ratio(act, applied(up, value))),)
    gate = at(block, arch.mlp_gate)
    g, u = applied(gate, value), applied(up, value)
    return _reading(up, act(g) / 2), _reading(gate, _ratio(act, g) * u / 2)


def _reading(projection: nn.Module, share: Tensor) -> Reading:
    matrix, bias = input_matrix(projection, "z", 1, "separate")  # as if it were one head of d_mlp
    return Reading(share, matrix[0], None if bias is None else bias[0])


def _ratio(act: nn.Module, before: Tensor) -> Tensor:
    """act(p) / p."""
    safe = torch.where(before.abs() < SMALL, SMALL, before)
    ratio: Tensor = act(safe) / safe
    return ratio


def _frozen(model: Model, norm: nn.Module, value: Tensor) -> Norm:
    """A norm with the scale that ``value`` [T, d_model] gives it."""
    if isinstance(norm, nn.LayerNorm):
        scale = (value.var(-1, unbiased=False, keepdim=True) + norm.eps).rsqrt()
        return Norm(scale * gain(model, norm), centred=True, bias=norm.bias)
    return Norm(rms_scale(norm, value) * gain(model, norm), centred=False, bias=None)


def _along(slope: Tensor, bias: Tensor | None) -> Tensor:
    """What a bias [...] that stands at every position adds, [rows]: slope [rows, t, ...]."""
    if bias is None:
        return slope.new_zeros(len(slope))
    return slope.sum(1).flatten(1) @ bias.flatten()
