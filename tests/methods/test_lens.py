"""Lens and direct attribution against plain PyTorch: hooks, and norms written out by hand with their scale frozen."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
import torch
from torch import nn

from mikit.methods.lens import direct, logit_lens, softcap, streams, strongest
from tests import tiny as tiny_models
from tests.trace import reference

PROMPT = "w1 w2 w5 w3 w9"
ANSWER, FOIL = 7, 9


def parts_of(model):
    """Final norm, unembedding, and each block's (output projection, down projection, norm after each or None)."""
    hf = model.hf
    match hf.config.model_type:
        case "gpt2":
            return (
                hf.transformer.ln_f,
                hf.lm_head,
                [(b.attn.c_proj, b.mlp.c_proj, None, None) for b in hf.transformer.h],
            )
        case "gpt_neox":
            blocks = [(b.attention.dense, b.mlp.dense_4h_to_h, None, None) for b in hf.gpt_neox.layers]
            return hf.gpt_neox.final_layer_norm, hf.lm_head, blocks
        case "gemma3_text" | "gemma2":
            blocks = [
                (b.self_attn.o_proj, b.mlp.down_proj, b.post_attention_layernorm, b.post_feedforward_layernorm)
                for b in hf.model.layers
            ]
            return hf.model.norm, hf.lm_head, blocks
        case _:
            return (
                hf.model.norm,
                hf.lm_head,
                [(b.self_attn.o_proj, b.mlp.down_proj, None, None) for b in hf.model.layers],
            )


def seen(hf, modules, ids):
    """Each module's input at the last position of a plain pass."""
    values = {}
    with ExitStack() as stack, torch.no_grad():
        for module in modules:
            keep = lambda m, args: values.__setitem__(m, args[0][0, -1].clone())  # noqa: E731
            stack.callback(module.register_forward_pre_hook(keep).remove)
        logits = hf(ids, use_cache=False).logits[0, -1]
    return values, logits


def frozen(norm, at, part):
    """What a norm makes of ``part`` of its input, with the scale it has for the whole input ``at``."""
    if isinstance(norm, nn.LayerNorm):
        spread = ((at - at.mean()) ** 2).mean()
        return (part - part.mean()) / torch.sqrt(spread + norm.eps) * norm.weight
    gain = norm.weight + 1 if "Gemma" in type(norm).__name__ else norm.weight
    eps = norm.eps if hasattr(norm, "eps") else norm.variance_epsilon
    return part / torch.sqrt((at**2).mean() + eps) * gain


def share(model, values, part, through=None):
    """The logit difference lost with ``part`` taken out of the last stream, the final norm's scale frozen."""
    final, unembed, _ = parts_of(model)
    if through is not None:
        part = frozen(through, values[through], part)
    normed = frozen(final, values[final], part)
    return float((unembed.weight[ANSWER] - unembed.weight[FOIL]) @ normed)


def everything(model):
    final, _, blocks = parts_of(model)
    return [final, *(module for block in blocks for module in block if module is not None)]


@pytest.fixture
def measured(tiny):
    tokens = tiny.tokens(PROMPT)
    values, logits = seen(tiny.hf, everything(tiny), tokens.ids)
    return direct(tiny, tokens, ANSWER, FOIL), values, logits


def test_parts_add_up_to_the_models_own_logit_difference(measured):
    found, _, logits = measured
    assert float(found.logit_difference) == pytest.approx(float(logits[ANSWER] - logits[FOIL]), abs=1e-5)
    assert float(found.total) == pytest.approx(float(logits[ANSWER] - logits[FOIL]), abs=1e-5)


def test_every_head_is_what_its_removal_from_the_last_stream_takes(tiny, measured):
    found, values, _ = measured
    for layer, (o_proj, _, norm, _) in enumerate(parts_of(tiny)[2]):
        z = values[o_proj]
        for head, size in ((h, len(z) // tiny.spec.heads) for h in range(tiny.spec.heads)):
            without = z.clone()
            without[head * size : (head + 1) * size] = 0
            with torch.no_grad():
                part = (o_proj(z[None]) - o_proj(without[None]))[0]
            assert float(found.heads[layer, head]) == pytest.approx(share(tiny, values, part, norm), abs=1e-5)


def test_every_neuron_is_what_its_removal_from_the_last_stream_takes(tiny, measured):
    found, values, _ = measured
    for layer, (_, down, _, norm) in enumerate(parts_of(tiny)[2]):
        neurons = values[down]
        for n in range(0, tiny.spec.d_mlp, 7):
            without = neurons.clone()
            without[n] = 0
            with torch.no_grad():
                part = (down(neurons[None]) - down(without[None]))[0]
            assert float(found.neurons[layer, n]) == pytest.approx(share(tiny, values, part, norm), abs=1e-5)


def test_biases_are_parts_of_their_own(tiny, measured):
    found, values, _ = measured
    final, unembed, blocks = parts_of(tiny)
    for layer, (o_proj, down, after_attn, after_mlp) in enumerate(blocks):
        for projection, norm, value in ((o_proj, after_attn, found.attn_bias), (down, after_mlp, found.mlp_bias)):
            expected = 0.0 if projection.bias is None else share(tiny, values, projection.bias, norm)
            assert float(value[layer]) == pytest.approx(expected, abs=1e-5)
    apart = unembed.weight[ANSWER] - unembed.weight[FOIL]
    expected = 0.0 if getattr(final, "bias", None) is None else float(apart @ final.bias)
    assert float(found.bias) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("family", ["gpt_neox_sequential", "qwen2", "qwen3", "gemma3"])
def test_parts_add_up_in_the_other_architectures(family):
    model = tiny_models.model(family)
    tokens = model.tokens(PROMPT)
    logits = reference.logits(model.hf, tokens.ids)[0, -1]
    assert float(direct(model, tokens, ANSWER, FOIL).total) == pytest.approx(
        float(logits[ANSWER] - logits[FOIL]), abs=1e-5
    )


def test_a_softcap_is_in_the_lens_and_not_in_the_parts():
    model = tiny_models.model("gemma2")
    model.hf.config.final_logit_softcapping = 1.5  # so tight that it bends the logits of a tiny model
    tokens = model.tokens(PROMPT)
    logits = reference.logits(model.hf, tokens.ids)[0, -1]
    before = 1.5 * torch.atanh(logits / 1.5)
    found = direct(model, tokens, ANSWER, FOIL)
    assert softcap(model) == 1.5
    assert abs(float((before - logits)[ANSWER] - (before - logits)[FOIL])) > 0.01
    assert float(found.total) == pytest.approx(float(before[ANSWER] - before[FOIL]), abs=1e-4)
    torch.testing.assert_close(logit_lens(model, streams(model, tokens))[-1, -1], logits, atol=1e-5, rtol=0)


def test_the_lens_reads_every_layer_as_the_last(tiny):
    tokens = tiny.tokens(PROMPT)
    final, unembed, _ = parts_of(tiny)
    kept = []
    with ExitStack() as stack, torch.no_grad():
        for block in reference.blocks(tiny):
            keep = lambda _m, _a, out: kept.append(out[0] if isinstance(out, tuple) else out)  # noqa: E731
            stack.callback(block.register_forward_hook(keep).remove)
        logits = tiny.hf(tokens.ids, use_cache=False).logits[0]
        expected = torch.stack([unembed(final(stream.view(tokens.ids.shape[1], -1))) for stream in kept])
    found = logit_lens(tiny, streams(tiny, tokens))
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(found[-1], logits, atol=1e-5, rtol=1e-5)
    few = logit_lens(tiny, streams(tiny, tokens), (ANSWER, FOIL))
    torch.testing.assert_close(few, expected[..., [ANSWER, FOIL]], atol=1e-5, rtol=1e-5)


def test_strongest_neurons_whatever_their_sign():
    neurons = torch.tensor([[0.1, -5.0, 0.2], [3.0, 0.0, -4.0]])
    assert strongest(neurons, 3) == [(0, 1), (1, 2), (1, 0)]
    assert len(strongest(neurons, 50)) == 6


JOHN_RIGHT = "When Mary and John went to the store, Mary gave a drink to"
JOHN_WRONG = "When Mary and John went to the store, John gave a drink to"


def test_at_layer_18_the_lens_says_john_where_he_is_right_and_where_he_is_wrong(smollm):
    john, mary = (smollm.tokenizer(name).input_ids[0] for name in (" John", " Mary"))
    at_18, at_end = [], []
    for text in (JOHN_RIGHT, JOHN_WRONG):
        tokens = smollm.tokens(text)
        both = logit_lens(smollm, streams(smollm, tokens)[:, -1], (john, mary))
        at_18.append(float(both[18, 0] - both[18, 1]))
        at_end.append(float(both[-1, 0] - both[-1, 1]))
        logits = reference.logits(smollm.hf, tokens.ids)[0, -1]
        found = direct(smollm, tokens, john, mary)
        assert float(found.total) == pytest.approx(float(logits[john] - logits[mary]), abs=1e-3)
    print(f"\nlens at layer 18, John less Mary: {at_18[0]:+.2f} where John is right, {at_18[1]:+.2f} where he is not")
    assert at_18 == pytest.approx([11.46, 11.44], abs=0.05)
    assert at_end == pytest.approx([5.49, -6.12], abs=0.05)
