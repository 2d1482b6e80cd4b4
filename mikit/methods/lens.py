"""Logit lens and direct logit attribution: what the stream, and each part that writes to it, says about the next token.

The lens (nostalgebraist 2020, "interpreting GPT: the logit lens") reads the stream after every layer with the final
norm and the unembedding. Direct attribution (Elhage et al. 2021, "A mathematical framework for transformer circuits")
splits the last stream into its parts: with the final norm's scale frozen at the run's own value, the logit difference
of two tokens is a linear function of that stream, so the parts' shares add up to it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mikit.models.architectures import at, output_matrix
from mikit.models.model import W_O, Model, gain, rms_scale
from mikit.models.tokens import Tokens
from mikit.trace.engine import capture
from mikit.trace.sites import Site


def softcap(model: Model) -> float | None:
    """The bound that this model squeezes its logits into (Gemma 2), or None."""
    cap: float | None = getattr(model.hf.config.get_text_config(), "final_logit_softcapping", None)
    return cap


def logit_lens(model: Model, stream: Tensor, ids: tuple[int, ...] | None = None) -> Tensor:
    """A stream read as if it were the last: final norm, unembedding, and the softcap where the model has one.

    stream [..., d_model] -> logits [..., vocab], or [..., n] of the n tokens ``ids`` alone."""
    logits = _unembedded(model, stream, ids)
    cap = softcap(model)
    return torch.tanh(logits / cap) * cap if cap else logits


def streams(model: Model, tokens: Tokens) -> Tensor:
    """The stream that leaves each layer, [layer, T, d_model], of one prompt: one trace."""
    sites = [Site(name="resid_post", layer=layer) for layer in range(model.spec.layers)]
    return torch.cat(list(capture(model, tokens, sites).values()))


@dataclass(frozen=True)
class Direct:
    """What each part adds to one prompt's logit difference at its last position, in logits. All parts add up to
    ``logit_difference``, which is the model's own, before its softcap where it has one.

    ``heads`` [layer, head] and ``neurons`` [layer, d_mlp]; the biases of the two output projections are parts of their
    own, ``attn_bias`` and ``mlp_bias`` [layer], and belong to no head and no neuron. ``bias`` is the final norm's bias
    and the unembedding's, which no prompt changes."""

    embedding: Tensor
    heads: Tensor
    attn_bias: Tensor
    neurons: Tensor
    mlp_bias: Tensor
    bias: Tensor
    logit_difference: Tensor

    @property
    def attn(self) -> Tensor:
        """Each layer's attention as a whole [layer], its bias included."""
        return self.heads.sum(-1) + self.attn_bias

    @property
    def mlp(self) -> Tensor:
        """Each layer's MLP as a whole [layer], its bias included."""
        return self.neurons.sum(-1) + self.mlp_bias

    @property
    def total(self) -> Tensor:
        """All parts together: ``logit_difference`` up to rounding."""
        return self.embedding + self.attn.sum() + self.mlp.sum() + self.bias


def direct(model: Model, tokens: Tokens, answer: int, foil: int) -> Direct:
    """Direct logit attribution of ``answer`` less ``foil``, two token ids, at the last position: one trace.

    The final norm keeps the scale that this run gave it; a LayerNorm's centring is part of the linear function. Where
    a second norm stands between a part and the stream (Gemma), it keeps its own run's scale too. Raises UnknownSite,
    WrongDtype, Busy."""
    layers = range(model.spec.layers)
    z = [Site(name="z", layer=layer, position=-1) for layer in layers]
    neurons = [Site(name="mlp_post", layer=layer, position=-1) for layer in layers]
    first = Site(name="resid_pre", layer=0, position=-1)
    last = Site(name="resid_post", layer=model.spec.layers - 1, position=-1)
    found = {site: value[0] for site, value in capture(model, tokens, [*z, *neurons, first, last]).items()}
    with torch.no_grad():
        direction, bias = read_by(model, found[last], answer, foil)
        attn = [_attention(model, layer, found[site], direction) for layer, site in enumerate(z)]
        mlp = [_mlp(model, layer, found[site], direction) for layer, site in enumerate(neurons)]
        both = _unembedded(model, found[last], (answer, foil))
        return Direct(
            embedding=found[first] @ direction,
            heads=torch.stack([heads for heads, _ in attn]),
            attn_bias=torch.stack([constant for _, constant in attn]),
            neurons=torch.stack([each for each, _ in mlp]),
            mlp_bias=torch.stack([constant for _, constant in mlp]),
            bias=bias,
            logit_difference=both[0] - both[1],
        )


def strongest(neurons: Tensor, top: int) -> list[tuple[int, int]]:
    """The ``top`` neurons (layer, neuron) whose share is largest, whichever its sign. neurons [layer, d_mlp]."""
    order = neurons.abs().flatten().topk(min(top, neurons.numel())).indices.tolist()
    return [divmod(i, neurons.shape[1]) for i in order]


def _unembedded(model: Model, stream: Tensor, ids: tuple[int, ...] | None) -> Tensor:
    """Logits before any softcap: [..., vocab], or [..., n] for n ids."""
    unembed = at(model.hf, model.arch.unembed)
    with torch.no_grad():
        normed = at(model.hf, model.arch.final_norm)(stream)
        if ids is None:
            logits: Tensor = unembed(normed)
            return logits
        bias = None if unembed.bias is None else unembed.bias[list(ids)]
        return nn.functional.linear(normed, unembed.weight[list(ids)], bias)


def read_by(model: Model, stream: Tensor, answer: int, foil: int) -> tuple[Tensor, Tensor]:
    """The logit difference as a function of the last stream: ``stream @ direction + constant``, the final norm's
    scale frozen at its value for ``stream`` [d_model]."""
    unembed = at(model.hf, model.arch.unembed)
    apart = unembed.weight[answer] - unembed.weight[foil]
    direction, constant = _before(model, at(model.hf, model.arch.final_norm), stream, apart)
    if unembed.bias is not None:
        constant = constant + unembed.bias[answer] - unembed.bias[foil]
    return direction, constant


def _attention(model: Model, layer: int, z: Tensor, direction: Tensor) -> tuple[Tensor, Tensor]:
    """Each head's share [head] and the bias', read along ``direction``; z [head, d_head]."""
    block = at(model.hf, model.arch.blocks)[layer]
    written = torch.einsum("hd,hdm->hm", z, W_O(model, layer))
    bias = _bias(at(block, model.arch.o_proj), direction)
    direction = before_second_norm(model, block, model.arch.attn_out, written.sum(0) + bias, direction)
    return written @ direction, bias @ direction


def _mlp(model: Model, layer: int, neurons: Tensor, direction: Tensor) -> tuple[Tensor, Tensor]:
    """Each neuron's share [d_mlp] and the bias', read along ``direction``; neurons [d_mlp]."""
    block = at(model.hf, model.arch.blocks)[layer]
    down = at(block, model.arch.mlp_down)
    rows = output_matrix(down, 1)[0]  # [d_mlp, d_model]: what each neuron writes
    bias = _bias(down, direction)
    direction = before_second_norm(model, block, model.arch.mlp_out, neurons @ rows + bias, direction)
    return neurons * (rows @ direction), bias @ direction


def _bias(projection: nn.Module, like: Tensor) -> Tensor:
    """A projection's bias [d_model], zeros where it has none."""
    bias: Tensor | None = getattr(projection, "bias", None)
    return torch.zeros_like(like) if bias is None else bias


def before_second_norm(model: Model, block: nn.Module, out: str, written: Tensor, direction: Tensor) -> Tensor:
    """The direction that reads ``written`` [d_model] where a second norm stands between it and the stream (Gemma);
    elsewhere the same direction."""
    if model.arch.attn_out_index is not None:
        return direction
    return _before(model, at(block, out), written, direction)[0]


def _before(model: Model, norm: nn.Module, value: Tensor, direction: Tensor) -> tuple[Tensor, Tensor]:
    """A direction that reads a norm's output, as one that reads its input ``value`` [d_model] to the same effect, and
    what the norm's bias adds. The norm's scale is that of ``value``."""
    if isinstance(norm, nn.LayerNorm):
        scale = (value.var(unbiased=False) + norm.eps).rsqrt()
        before = scale * gain(model, norm) * direction
        constant = before.new_zeros(()) if norm.bias is None else norm.bias @ direction
        return before - before.mean(), constant  # to centre the value is to centre what it is multiplied with
    return rms_scale(norm, value) * gain(model, norm) * direction, direction.new_zeros(())
