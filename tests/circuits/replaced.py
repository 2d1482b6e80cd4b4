"""The local replacement model by plain PyTorch hooks and autograd, without mikit's address book: the tests' independent
reference. Norms keep their scale, queries and keys are detached, and a neuron's value is a leaf or, where ``linear``,
made of what it reads by frozen ratios. ``transcoders``: their features in place of neurons, their errors held."""

from __future__ import annotations

from contextlib import ExitStack
from importlib import import_module
from unittest import mock

import torch

from tests.circuits.split import embed, kind
from tests.trace.reference import blocks


def run(model, ids, *, linear=False, transcoders=None):
    """The last logits [vocab], the embedding [T, d], what each layer's neurons pass on [T, d_mlp], and what they are
    made of by the frozen rule [T, d_mlp], and transcoders' errors [T, d]; all with their graph."""
    family = kind(model).removesuffix("_text")
    place = f"transformers.models.{family}.modeling_{family}.eager_attention_forward"
    attention = import_module(place.rpartition(".")[0]).eager_attention_forward
    found = {"passed": [], "made": [], "errors": []}

    def embedded(_module, _inputs, out):
        found["embedding"] = out.detach().requires_grad_()
        return found["embedding"] + 0  # a tensor of its own, so that nothing changes the leaf

    with ExitStack() as stack:
        stack.enter_context(mock.patch(place, lambda m, q, k, *a, **b: attention(m, q.detach(), k.detach(), *a, **b)))
        hooks = [embed(model).register_forward_hook(embedded)]
        hooks += [norm.register_forward_hook(_frozen_scale) for norm in model.hf.modules() if _is_norm(norm)]
        for n, block in enumerate(blocks(model)):
            if transcoders is None:
                hooks += _neurons(model, block.mlp, found, linear)
            else:
                hooks += _features(model, block, found, transcoders[n], linear)
        for hook in hooks:
            stack.callback(hook.remove)
        logits = model.hf(ids, use_cache=False).logits[0, -1]
    return logits, found["embedding"], found["passed"], found["made"], found["errors"]


def _is_norm(module):
    return "Norm" in type(module).__name__


def _frozen_scale(module, inputs, _):
    (x,) = inputs
    if isinstance(module, torch.nn.LayerNorm):
        centred = x - x.mean(-1, keepdim=True)
        return (
            centred / (centred.detach().pow(2).mean(-1, keepdim=True) + module.eps).sqrt() * module.weight + module.bias
        )
    gemma = type(module).__name__.startswith("Gemma")
    eps = module.eps if gemma else module.variance_epsilon
    return x / (x.detach().pow(2).mean(-1, keepdim=True) + eps).sqrt() * (1 + module.weight if gemma else module.weight)


def _neurons(model, mlp, found, linear):
    """Hooks on one layer's MLP."""
    up, gate, act, down = {
        "gpt2": lambda: (mlp.c_fc, None, mlp.act, mlp.c_proj),
        "gpt_neox": lambda: (mlp.dense_h_to_4h, None, mlp.act, mlp.dense_4h_to_h),
        "llama": lambda: (mlp.up_proj, mlp.gate_proj, mlp.act_fn, mlp.down_proj),
        "gemma3_text": lambda: (mlp.up_proj, mlp.gate_proj, mlp.act_fn, mlp.down_proj),
    }[kind(model)]()
    out = {}

    def passed(_module, inputs):
        source = out["up" if gate is None else "gate"]
        activated = source * (act.forward(source) / source).detach()
        made = activated
        if gate is not None:
            made = (activated * out["up"].detach() + activated.detach() * out["up"]) / 2
        torch.testing.assert_close(made, inputs[0])
        value = made if linear else made.detach().requires_grad_()
        found["made"].append(made)
        found["passed"].append(value)
        return (value,)

    modules = {"up": up} | ({} if gate is None else {"gate": gate})
    hooks = [m.register_forward_hook(lambda *a, name=name: out.__setitem__(name, a[-1])) for name, m in modules.items()]
    return [*hooks, down.register_forward_pre_hook(passed)]


def _features(model, block, found, transcoder, linear):
    """Hooks that put a transcoder's features, skip and error in place of one layer's MLP."""
    read = {}
    behind = block.post_feedforward_layernorm if kind(model) == "gemma3_text" else block.mlp

    def replaced(_module, _inputs, out):
        x = read["x"]
        made = x @ transcoder.W_enc + transcoder.b_enc
        made = made * (made.detach() > 0)
        leaf = made if linear else made.detach().requires_grad_()
        skip = 0 if transcoder.W_skip is None else x @ transcoder.W_skip
        given = leaf @ transcoder.W_dec + transcoder.b_dec + skip
        found["made"].append(made)
        found["passed"].append(leaf)
        error = (out - given).detach().requires_grad_()
        found["errors"].append(error)
        return given + error

    return [
        block.mlp.register_forward_pre_hook(lambda _m, inputs: read.__setitem__("x", inputs[0])),
        behind.register_forward_hook(replaced),
    ]
