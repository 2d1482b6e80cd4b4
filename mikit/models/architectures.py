"""The address book: where the residual stream, the heads and the MLP live in each family of models.

Addresses are dotted paths, so the same ones lead through a plain PyTorch module and through nnsight's envoy of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Literal

from torch import Tensor, nn
from transformers import PretrainedConfig

from mikit.errors import UnsupportedModel

Layout = Literal["separate", "thirds", "interleaved"]
HeadValue = Literal["q", "k", "v", "z"]


@dataclass(frozen=True)
class Architecture:
    """Paths of one family. The first four start at the model, all others at a block."""

    family: str
    blocks: str
    embed: str  # its output enters block 0
    final_norm: str
    unembed: str

    attn_norm: str  # input: the stream that attention reads
    attn: str  # output: (attention's output, pattern [B, H, T, T])
    q: str  # output: queries before rotation and before a query norm; where q, k, v are fused, the three paths agree
    k: str
    v: str
    layout: Layout  # how q, k, v lie in the last dimension, see `heads_of`
    o_proj: str  # input: z, the heads' outputs side by side
    attn_out: str  # output: what attention adds to the residual stream
    attn_out_index: int | None  # position in that output where it is a tuple
    mlp_norm: str  # input: the stream that the MLP reads
    mlp: str  # input: mlp_in, after the norm
    mlp_up: str  # output: neurons before the activation function; with a gate: what the gate is multiplied with
    mlp_gate: str | None  # output: the gate before the activation function, or None
    mlp_act: str  # the activation function
    mlp_down: str  # input: mlp_post, the neurons
    mlp_out: str  # output: what the MLP adds to the residual stream
    parallel: bool = False  # attention and MLP both read the block's input

    @property
    def resid_mid(self) -> str | None:
        """Input: the stream between attention and MLP; None where there is none between them."""
        return None if self.parallel else self.mlp_norm


_GPT2 = Architecture(
    family="gpt2",
    blocks="transformer.h",
    embed="transformer.drop",
    final_norm="transformer.ln_f",
    unembed="lm_head",
    attn_norm="ln_1",
    attn="attn",
    q="attn.c_attn",
    k="attn.c_attn",
    v="attn.c_attn",
    layout="thirds",
    o_proj="attn.c_proj",
    attn_out="attn",
    attn_out_index=0,
    mlp_norm="ln_2",
    mlp="mlp",
    mlp_up="mlp.c_fc",
    mlp_gate=None,
    mlp_act="mlp.act",
    mlp_down="mlp.c_proj",
    mlp_out="mlp",
)

_NEOX = Architecture(
    family="gpt_neox",
    blocks="gpt_neox.layers",
    embed="gpt_neox.emb_dropout",
    final_norm="gpt_neox.final_layer_norm",
    unembed="lm_head",
    attn_norm="input_layernorm",
    attn="attention",
    q="attention.query_key_value",
    k="attention.query_key_value",
    v="attention.query_key_value",
    layout="interleaved",
    o_proj="attention.dense",
    attn_out="attention",
    attn_out_index=0,
    mlp_norm="post_attention_layernorm",
    mlp="mlp",
    mlp_up="mlp.dense_h_to_4h",
    mlp_gate=None,
    mlp_act="mlp.act",
    mlp_down="mlp.dense_4h_to_h",
    mlp_out="mlp",
)

_LLAMA = Architecture(
    family="llama",
    blocks="model.layers",
    embed="model.embed_tokens",
    final_norm="model.norm",
    unembed="lm_head",
    attn_norm="input_layernorm",
    attn="self_attn",
    q="self_attn.q_proj",
    k="self_attn.k_proj",
    v="self_attn.v_proj",
    layout="separate",
    o_proj="self_attn.o_proj",
    attn_out="self_attn",
    attn_out_index=0,
    mlp_norm="post_attention_layernorm",
    mlp="mlp",
    mlp_up="mlp.up_proj",
    mlp_gate="mlp.gate_proj",
    mlp_act="mlp.act_fn",
    mlp_down="mlp.down_proj",
    mlp_out="mlp",
)

# Gemma normalises both outputs once more before it adds them: those norms, not attention and MLP, write to the stream.
_GEMMA = replace(
    _LLAMA,
    family="gemma",
    attn_out="post_attention_layernorm",
    attn_out_index=None,
    mlp_norm="pre_feedforward_layernorm",
    mlp_out="post_feedforward_layernorm",
)

_GEMMA_WITH_VISION = replace(
    _GEMMA,
    blocks="model.language_model.layers",
    embed="model.language_model.embed_tokens",
    final_norm="model.language_model.norm",
)

_BY_MODEL_TYPE = {
    "gpt2": _GPT2,
    "gpt_neox": _NEOX,
    "llama": _LLAMA,
    "mistral": _LLAMA,
    "qwen2": _LLAMA,
    "qwen3": _LLAMA,
    "gemma2": _GEMMA,
    "gemma3_text": _GEMMA,
    "gemma3": _GEMMA_WITH_VISION,
}


def architecture_of(config: PretrainedConfig) -> Architecture:
    """The addresses of a model with this config.

    Raises UnsupportedModel for a model type that is not in the book.
    """
    check_supported(config.model_type)
    found = _BY_MODEL_TYPE[config.model_type]
    if found is _NEOX and config.use_parallel_residual:
        return replace(found, parallel=True)
    return found


def check_supported(model_type: object) -> None:
    """Raise UnsupportedModel for a model type that is not in the book."""
    if model_type not in _BY_MODEL_TYPE:
        raise UnsupportedModel(
            f"mikit has no addresses for models of type '{model_type}', so it cannot say where their heads are. "
            f"It has them for: {', '.join(sorted(_BY_MODEL_TYPE))}."
        )


def at(root: Any, path: str) -> Any:
    """The module (or envoy) that a dotted path leads to, from a model, a block, or their envoys."""
    return reduce(getattr, path.split("."), root)


def heads_of(value: Tensor, which: HeadValue, heads: int, layout: Layout = "separate") -> Tensor:
    """One of q, k, v, z as [B, T, heads, d_head], out of the output (for z: the input) of its module.

    ``heads`` is the number of key-value heads for k and v. The result is a view: writing to it in place writes to
    ``value``.
    """
    lead = value.shape[:-1]
    if which == "z" or layout == "separate":
        return value.view(*lead, heads, -1)
    part = "qkv".index(which)
    if layout == "thirds":  # all queries, all keys, all values
        return value.view(*lead, 3, heads, -1)[..., part, :, :]
    return value.view(*lead, heads, 3, -1)[..., part, :]  # each head's query, key, value


def output_matrix(o_proj: nn.Module, heads: int) -> Tensor:
    """The output projection cut into heads, [heads, d_head, d_model]: head h adds ``z[h] @ W_O[h]``.

    GPT-2 keeps its weights as [in, out], ``nn.Linear`` as [out, in]. The result is a view of the weights.
    """
    weight: Tensor = o_proj.weight  # type: ignore[assignment]
    in_first = weight.T if isinstance(o_proj, nn.Linear) else weight
    return in_first.view(heads, -1, in_first.shape[-1])


def input_matrix(projection: nn.Module, which: HeadValue, heads: int, layout: Layout) -> tuple[Tensor, Tensor | None]:
    """The projection to q, k or v cut into heads, [heads, d_model, d_head]: head h reads ``x @ W[h]``; and its bias
    [heads, d_head], where it has one. ``heads`` and ``layout`` as in ``heads_of``; both are views of the weights."""
    weight: Tensor = projection.weight  # type: ignore[assignment]
    in_first = weight.T if isinstance(projection, nn.Linear) else weight
    bias: Tensor | None = getattr(projection, "bias", None)
    matrix = heads_of(in_first, which, heads, layout).transpose(0, 1)
    return matrix, None if bias is None else heads_of(bias, which, heads, layout)


def applied(module: nn.Module, value: Tensor) -> Tensor:
    """What a module makes of a value, past all hooks on it: a trace that runs meanwhile does not see it."""
    out: Tensor = type(module).forward(module, value)
    return out
