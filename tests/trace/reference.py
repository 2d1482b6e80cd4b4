"""A forward pass by plain PyTorch hooks, written without mikit's address book: the tests' independent reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor, nn

BLOCKS = {
    "gpt2": lambda hf: hf.transformer.h,
    "gpt_neox": lambda hf: hf.gpt_neox.layers,
    "llama": lambda hf: hf.model.layers,
    "gemma3_text": lambda hf: hf.model.layers,
}
OUTPUT_PROJECTION = {
    "gpt2": lambda block: block.attn.c_proj,
    "gpt_neox": lambda block: block.attention.dense,
    "llama": lambda block: block.self_attn.o_proj,
    "gemma3_text": lambda block: block.self_attn.o_proj,
}
SECOND_MATRIX = {
    "gpt2": lambda block: block.mlp.c_proj,
    "gpt_neox": lambda block: block.mlp.dense_4h_to_h,
    "llama": lambda block: block.mlp.down_proj,
    "gemma3_text": lambda block: block.mlp.down_proj,
}


@contextmanager
def changed(*changes: tuple[nn.Module, str, Callable[[Tensor], Tensor]]) -> Iterator[None]:
    """Inside the body, each (module, "input" | "output", function) replaces that value."""
    with ExitStack() as stack:
        for module, side, function in changes:
            if side == "input":
                handle = module.register_forward_pre_hook(lambda _, args, f=function: (f(args[0]), *args[1:]))
            else:
                handle = module.register_forward_hook(lambda _m, _a, out, f=function: f(out))
            stack.callback(handle.remove)
        yield


def logits(hf: nn.Module, ids: Tensor) -> Tensor:
    with torch.no_grad():
        return hf(ids, use_cache=False).logits


def blocks(model) -> nn.ModuleList:
    return BLOCKS[model.hf.config.model_type](model.hf)


def projection(model, layer: int) -> nn.Module:
    return OUTPUT_PROJECTION[model.hf.config.model_type](blocks(model)[layer])


def second_matrix(model, layer: int) -> nn.Module:
    """What reads a layer's neurons."""
    return SECOND_MATRIX[model.hf.config.model_type](blocks(model)[layer])


def head_off(model, layer: int, head: int):
    """A change for ``changed``: one head's output set to zero."""
    size = projection(model, layer).weight.shape[0 if model.hf.config.model_type == "gpt2" else 1] // model.spec.heads

    def off(z: Tensor) -> Tensor:
        z = z.clone()
        z[..., head * size : (head + 1) * size] = 0
        return z

    return projection(model, layer), "input", off
