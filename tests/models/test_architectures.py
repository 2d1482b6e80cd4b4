"""The addresses against plain PyTorch hooks on the modules' own forwards, on a small random model of each family."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from transformers import BertConfig

from mikit.errors import UnsupportedModel
from mikit.models.architectures import applied, architecture_of, at, heads_of, input_matrix
from mikit.models.model import W_O, Model
from tests import tiny

IDS = torch.randint(4, len(tiny.WORDS), (2, 9), generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module", params=tiny.CONFIGS)
def model(request: pytest.FixtureRequest) -> Model:
    return tiny.model(request.param)


def read(model: Model, layer: int) -> dict[str, Tensor]:
    """Every value of one block, by the addresses."""
    arch, spec = model.arch, model.spec
    block = at(model.hf, arch.blocks)[layer]
    got: dict[str, Any] = {}
    places = {
        "resid_pre": (block, "in"),
        "resid_post": (block, "out"),
        "attn": (at(block, arch.attn), "out"),
        "q": (at(block, arch.q), "out"),
        "k": (at(block, arch.k), "out"),
        "v": (at(block, arch.v), "out"),
        "z": (at(block, arch.o_proj), "in"),
        "attn_out": (at(block, arch.attn_out), "out"),
        "attn_norm": (at(block, arch.attn_norm), "in"),
        "mlp_norm": (at(block, arch.mlp_norm), "in"),
        "mlp_in": (at(block, arch.mlp), "in"),
        "mlp_post": (at(block, arch.mlp_down), "in"),
        "mlp_out": (at(block, arch.mlp_out), "out"),
    }
    if arch.resid_mid:
        places["resid_mid"] = (at(block, arch.resid_mid), "in")
    hooks = [_keep(module, side, got, name) for name, (module, side) in places.items()]
    with torch.no_grad():
        model.hf(IDS, use_cache=False)
    for hook in hooks:
        hook.remove()
    if arch.attn_out_index is not None:
        got["attn_out"] = got["attn_out"][arch.attn_out_index]
    got["attn"], got["pattern"] = got["attn"]
    for name, heads in (("q", spec.heads), ("k", spec.kv_heads), ("v", spec.kv_heads), ("z", spec.heads)):
        got[name] = heads_of(got[name], name, heads, arch.layout)
    return got


def _keep(module: nn.Module, side: str, into: dict[str, Any], name: str) -> Any:
    def hook(_: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
        into[name] = output if side == "out" else (args[0] if args else kwargs["hidden_states"])

    return module.register_forward_hook(hook, with_kwargs=True)


def reference(model: Model, layer: int) -> dict[str, Tensor]:
    """The same values from each family's own arithmetic, starting at the block's input.

    q, k, v are multiplied out from each head's rows of the weights; z from the pattern and v; the MLP's values from its
    formula; what it adds, from the difference of the residual stream.
    """
    block = model.hf.get_submodule(model.arch.blocks)[layer]
    spec = model.spec
    attention = block.get_submodule({"gpt2": "attn", "gpt_neox": "attention"}.get(spec.family, "self_attn"))
    seen: dict[str, Any] = {}
    hooks = [
        block.register_forward_hook(lambda _, args, out: seen.update(x=args[0], y=out)),
        attention.register_forward_hook(lambda _, args, out: seen.update(attended=out)),
    ]
    with torch.no_grad():
        model.hf(IDS, use_cache=False)
        for hook in hooks:
            hook.remove()
        x, y, attended = seen["x"], seen["y"], seen["attended"]
        normed = (block.ln_1 if spec.family == "gpt2" else block.input_layernorm)(x)
        queries, keys, values = _qkv(model, block, normed)
        want = {"resid_pre": x, "resid_post": y, "q": queries, "k": keys, "v": values}
        want["attn"], want["pattern"] = attended
        group = spec.heads // spec.kv_heads
        want["z"] = torch.einsum("bhqk,bkhd->bqhd", want["pattern"], values.repeat_interleave(group, dim=2))
        want["attn_out"] = block.post_attention_layernorm(attended[0]) if spec.family == "gemma" else attended[0]
        want["resid_mid"] = x + want["attn_out"]
        want["attn_norm"], want["mlp_norm"] = x, x if spec.parallel else want["resid_mid"]
        want["mlp_out"] = y - want["resid_mid"]
        want["mlp_in"] = {
            "gpt2": lambda: block.ln_2(want["resid_mid"]),
            "gpt_neox": lambda: block.post_attention_layernorm(x if spec.parallel else want["resid_mid"]),
            "llama": lambda: block.post_attention_layernorm(want["resid_mid"]),
            "gemma": lambda: block.pre_feedforward_layernorm(want["resid_mid"]),
        }[spec.family]()
        want["mlp_post"] = _neurons(spec.family, block.mlp, want["mlp_in"])
    if spec.parallel:
        del want["resid_mid"]
    return want


def _qkv(model: Model, block: nn.Module, x: Tensor) -> list[Tensor]:
    """Head by head, by the rows or columns of the weights that belong to that head."""
    spec, width = model.spec, model.spec.d_head
    if spec.family == "gpt2":
        w, b = block.attn.c_attn.weight, block.attn.c_attn.bias
        starts = [[part * spec.d_model + h * width for h in range(spec.heads)] for part in range(3)]
        return [torch.stack([x @ w[:, s : s + width] + b[s : s + width] for s in part], 2) for part in starts]
    if spec.family == "gpt_neox":
        w, b = block.attention.query_key_value.weight, block.attention.query_key_value.bias
        starts = [[(3 * h + part) * width for h in range(spec.heads)] for part in range(3)]
        return [torch.stack([x @ w[s : s + width].T + b[s : s + width] for s in part], 2) for part in starts]
    out = []
    for name, heads in (("q_proj", spec.heads), ("k_proj", spec.kv_heads), ("v_proj", spec.kv_heads)):
        module = getattr(block.self_attn, name)
        bias = torch.zeros(heads * width) if module.bias is None else module.bias
        cuts = [slice(h * width, (h + 1) * width) for h in range(heads)]
        out.append(torch.stack([x @ module.weight[cut].T + bias[cut] for cut in cuts], 2))
    return out


def _neurons(family: str, mlp: nn.Module, x: Tensor) -> Tensor:
    if family == "gpt2":
        return mlp.act(x @ mlp.c_fc.weight + mlp.c_fc.bias)
    if family == "gpt_neox":
        return mlp.act(mlp.dense_h_to_4h(x))
    return mlp.act_fn(mlp.gate_proj(x)) * mlp.up_proj(x)


@pytest.mark.parametrize("layer", [0, 2])
def test_every_value_is_where_the_address_says(model: Model, layer: int) -> None:
    got, want = read(model, layer), reference(model, layer)
    assert got.keys() == want.keys()
    for name in want:
        torch.testing.assert_close(got[name], want[name], atol=1e-6, rtol=1e-5, msg=lambda m, name=name: f"{name}: {m}")


def test_contributions_add_up_to_the_stream(model: Model) -> None:
    got = read(model, 1)
    total = got["resid_pre"] + got["attn_out"] + got["mlp_out"]
    torch.testing.assert_close(total, got["resid_post"], atol=1e-6, rtol=1e-5)


def test_heads_add_up_to_attention(model: Model) -> None:
    got = read(model, 1)
    bias = getattr(at(at(model.hf, model.arch.blocks)[1], model.arch.o_proj), "bias", None)
    total = torch.einsum("bthd,hdm->btm", got["z"], W_O(model, 1)) + (0 if bias is None else bias)
    torch.testing.assert_close(total, got["attn"], atol=1e-6, rtol=1e-5)


def test_heads_read_by_their_own_matrices(model: Model) -> None:
    got, block = read(model, 1), at(model.hf, model.arch.blocks)[1]
    with torch.no_grad():
        normed = applied(at(block, model.arch.attn_norm), got["resid_pre"])
        for which, path in (("q", model.arch.q), ("k", model.arch.k), ("v", model.arch.v)):
            heads = got[which].shape[2]
            matrix, bias = input_matrix(at(block, path), which, heads, model.arch.layout)
            found = torch.einsum("btm,hmd->bthd", normed, matrix) + (0 if bias is None else bias)
            torch.testing.assert_close(found, got[which], atol=1e-6, rtol=1e-5)


def test_the_stream_starts_at_the_embedding_and_ends_at_the_logits(model: Model) -> None:
    arch, got = model.arch, {}
    blocks = at(model.hf, arch.blocks)
    hooks = [
        _keep(at(model.hf, arch.embed), "out", got, "embed"),
        _keep(blocks[0], "in", got, "first"),
        _keep(blocks[model.spec.layers - 1], "out", got, "last"),
    ]
    with torch.no_grad():
        logits = model.hf(IDS, use_cache=False).logits
        for hook in hooks:
            hook.remove()
        lens = at(model.hf, arch.unembed)(at(model.hf, arch.final_norm)(got["last"]))
    if (cap := getattr(model.hf.config.get_text_config(), "final_logit_softcapping", None)) is not None:
        lens = cap * torch.tanh(lens / cap)
    torch.testing.assert_close(got["embed"], got["first"], atol=0, rtol=0)
    torch.testing.assert_close(lens, logits, atol=1e-6, rtol=1e-5)


def test_heads_are_views_so_that_a_write_reaches_the_model(model: Model) -> None:
    spec, layout = model.spec, model.arch.layout
    width = (spec.heads if layout == "separate" else 3 * spec.heads) * spec.d_head
    value = torch.zeros(1, 2, width)
    for which in ("q", "z") if layout == "separate" else ("q", "k", "v"):
        heads_of(value, which, spec.heads, layout)[..., 1, :] = 1.0
    assert value.sum() == 2 * spec.d_head * (1 if layout == "separate" else 3)


def test_the_same_addresses_lead_through_nnsight(model: Model) -> None:
    for root in (model.arch.blocks, model.arch.embed, model.arch.final_norm, model.arch.unembed):
        assert at(model.lm, root)._module is at(model.hf, root)
    block, envoy = at(model.hf, model.arch.blocks)[2], at(model.lm, model.arch.blocks)[2]
    for path in (model.arch.attn, model.arch.q, model.arch.o_proj, model.arch.mlp_down, model.arch.mlp_out):
        assert at(envoy, path)._module is at(block, path)


def test_spec_has_the_sizes_of_the_config() -> None:
    spec = tiny.model("gemma3_text").spec
    assert (spec.layers, spec.heads, spec.kv_heads, spec.d_model, spec.d_head) == (3, 4, 2, 24, 8)
    assert (spec.d_mlp, spec.vocab, spec.context, spec.parallel) == (40, 100, 64, False)
    assert tiny.model("gpt2").spec.d_mlp == 96
    assert tiny.model("gpt_neox").spec.parallel


def test_an_unknown_family_names_the_known_ones() -> None:
    with pytest.raises(UnsupportedModel, match=r"type 'bert'.*gpt2.*llama"):
        architecture_of(BertConfig())
