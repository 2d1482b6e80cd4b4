"""A forward pass in which every receiver has an input of its own, by plain PyTorch hooks on one whole pass: senders are
added up part by part, head by head. Written without mikit's address book: the tests' independent reference."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from tests.trace.reference import blocks, changed, projection


def kind(model):
    return model.hf.config.model_type


def order(model):
    """Names of senders and receivers, as (name, layer, head), in the order that the graph promises."""
    spec = model.spec
    senders, receivers = [("embedding", None, None)], []
    for layer in range(spec.layers):
        senders += [("head", layer, h) for h in range(spec.heads)] + [("mlp", layer, None)]
        for name, heads in (("q", spec.heads), ("k", spec.kv_heads), ("v", spec.kv_heads)):
            receivers += [(name, layer, h) for h in range(heads)]
        receivers.append(("mlp", layer, None))
    return senders, [*receivers, ("logits", None, None)]


def before(model, receiver):
    """The names of all senders that a receiver can read."""
    name, layer, _ = receiver
    found = [("embedding", None, None)]
    for n in range(model.spec.layers):
        heads = [("head", n, h) for h in range(model.spec.heads)]
        if name == "logits" or n < layer:
            found += [*heads, ("mlp", n, None)]
        elif n == layer and name == "mlp" and kind(model) != "gpt_neox":
            found += heads
    return found


def run(model, ids, *, kept=None, other=None, push=None, embedding=None):
    """The last logits [vocab] and all senders' values [sender, T, d]. ``kept`` [receiver, sender] of the edges that
    carry this run's values, the rest those of ``other`` [sender, T, d]; ``push`` [receiver, T, d] is added to what each
    receiver reads; ``embedding`` [T, d] replaces the tokens'."""
    senders, receivers = order(model)
    own, biases = {}, []

    def mix(receiver, layers):
        """Own and other senders, and the biases of the first ``layers`` attentions."""
        r = receivers.index(receiver)
        stream = sum(biases[:layers], torch.zeros(()))
        for sender in before(model, receiver):
            s = senders.index(sender)
            stream = stream + (own[sender] if kept is None or kept[r, s] else other[s])
        return stream if push is None else stream + push[r]

    def embedded(out):
        own["embedding", None, None] = out[0] if embedding is None else embedding
        return out if embedding is None else embedding[None]

    changes = [(embed(model), "output", embedded)]
    for layer, block in enumerate(blocks(model)):
        changes += attention(model, layer, block, mix, own, biases)
        after = layer if kind(model) == "gpt_neox" else layer + 1
        norm = mlp_norm(model, block)
        changes.append((norm, "output", lambda _, n=norm, i=layer, a=after: n.forward(mix(("mlp", i, None), a))[None]))
        writer = block.post_feedforward_layernorm if kind(model) == "gemma3_text" else block.mlp
        changes.append((writer, "output", lambda out, i=layer: own.__setitem__(("mlp", i, None), out[0]) or out))
    last = final_norm(model)
    changes.append((last, "input", lambda _: mix(("logits", None, None), model.spec.layers)[None]))
    with changed(*changes):
        logits = model.hf(ids, use_cache=False).logits[0, -1]
    return logits, torch.stack([own[sender] for sender in senders])


def attention(model, layer, block, mix, own, biases):
    """Changes that give each head's q, k, v its own input, and take down what each head writes."""
    size, norm = model.spec.d_head, block.ln_1 if kind(model) == "gpt2" else block.input_layernorm

    def projected(module, columns):
        """columns: for each head of this module's output, (name, head, slice)."""
        weight = module.weight.T if kind(model) == "gpt2" else module.weight

        def put(out):
            parts = out.clone()
            for name, head, where in columns:
                bias = None if module.bias is None else module.bias[where]
                parts[0, :, where] = F.linear(norm.forward(mix((name, layer, head), layer)), weight[where], bias)
            return parts

        return module, "output", put

    heads = {"q": model.spec.heads, "k": model.spec.kv_heads, "v": model.spec.kv_heads}
    named = [(name, head) for name, count in heads.items() for head in range(count)]
    if kind(model) == "gpt2":
        place = lambda name, head: ("qkv".index(name) * heads["q"] + head) * size  # noqa: E731
        fused = block.attn.c_attn
    elif kind(model) == "gpt_neox":
        place = lambda name, head: (3 * head + "qkv".index(name)) * size  # noqa: E731
        fused = block.attention.query_key_value
    else:
        place = lambda name, head: head * size  # noqa: E731
        fused = None
    cut = lambda name, head: (name, head, slice(place(name, head), place(name, head) + size))  # noqa: E731
    if fused is not None:
        changes = [projected(fused, [cut(*each) for each in named])]
    else:
        modules = {name: getattr(block.self_attn, f"{name}_proj") for name in heads}
        changes = [projected(modules[name], [cut(*e) for e in named if e[0] == name]) for name in heads]

    def written(z):
        module = projection(model, layer)
        matrix = module.weight if kind(model) == "gpt2" else module.weight.T
        parts = [z[0][:, h * size : (h + 1) * size] @ matrix[h * size : (h + 1) * size] for h in range(heads["q"])]
        bias = torch.zeros(()) if module.bias is None else module.bias
        if kind(model) == "gemma3_text":  # heads share the scale of the second norm
            second = block.post_attention_layernorm
            scale = torch.rsqrt((sum(parts) + bias).pow(2).mean(-1, keepdim=True) + second.eps) * (1 + second.weight)
            parts, bias = [part * scale for part in parts], bias * scale
        own.update({("head", layer, h): part for h, part in enumerate(parts)})
        biases.append(bias)
        return z

    return [*changes, (projection(model, layer), "input", written)]


def embed(model):
    hf = model.hf
    return {
        "gpt2": lambda: hf.transformer.drop,
        "gpt_neox": lambda: hf.gpt_neox.emb_dropout,
        "llama": lambda: hf.model.embed_tokens,
        "gemma3_text": lambda: hf.model.embed_tokens,
    }[kind(model)]()


def final_norm(model):
    hf = model.hf
    return {
        "gpt2": lambda: hf.transformer.ln_f,
        "gpt_neox": lambda: hf.gpt_neox.final_layer_norm,
        "llama": lambda: hf.model.norm,
        "gemma3_text": lambda: hf.model.norm,
    }[kind(model)]()


def mlp_norm(model, block):
    return {
        "gpt2": lambda: block.ln_2,
        "gpt_neox": lambda: block.post_attention_layernorm,
        "llama": lambda: block.post_attention_layernorm,
        "gemma3_text": lambda: block.pre_feedforward_layernorm,
    }[kind(model)]()
