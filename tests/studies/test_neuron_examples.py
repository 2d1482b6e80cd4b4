"""A neuron's strongest places and its tokens, by plain hooks and the weights as they are stored."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mikit.errors import EmptyText, UnknownSite
from mikit.studies.base import run_study
from mikit.studies.neuron_examples import AFTER, BEFORE, EXAMPLES, LISTED, NeuronExamples
from tests import tiny as tiny_models
from tests.trace import reference

LAYER, NEURON = 1, 3
TEXTS = tuple(" ".join(f"w{(7 * n + 3 * i) % 90}" for i in range(4 + 3 * n)) for n in range(EXAMPLES + 2))
CENTRE = BEFORE


def study(model, **fields):
    return NeuronExamples(model=model.ref, **{"layer": LAYER, "neuron": NEURON, "texts": TEXTS} | fields)


def values(model, text, neuron=NEURON):
    found = []
    with reference.changed((reference.second_matrix(model, LAYER), "input", lambda x: found.append(x[0].clone()) or x)):
        reference.logits(model.hf, model.tokens(text).ids)
    return found[0][:, neuron].detach().numpy()


def test_the_strongest_places_by_hooks(tiny):
    result = run_study(study(tiny), tiny)
    every = [values(tiny, text) for text in TEXTS]
    places = [1 + int(np.abs(one[1:]).argmax()) for one in every]
    order = sorted(range(len(TEXTS)), key=lambda n: -abs(every[n][places[n]]))[:EXAMPLES]
    shown = result.grids["activation"].values.numpy()
    tokens = np.array(result.texts["tokens"]).reshape(EXAMPLES, -1)
    assert shown.shape == tokens.shape == (EXAMPLES, BEFORE + AFTER + 1)
    for row, text in enumerate(order):
        words = TEXTS[text].split()
        for column in range(shown.shape[1]):
            here = places[text] + column - CENTRE
            assert tokens[row, column] == (words[here] if 0 <= here < len(words) else "")
            expected = every[text][here] if 0 < here < len(words) else np.nan
            np.testing.assert_allclose(shown[row, column], expected, atol=1e-5)
    assert (np.abs(shown[:, CENTRE]) == np.nanmax(np.abs(shown), axis=1)).all()


def test_promoted_tokens_move_most_when_the_neuron_writes(tiny):
    """A tiny amount of what the neuron writes, added to a last stream that the norms do not rescale."""
    result = run_study(study(tiny), tiny)
    down = reference.second_matrix(tiny, LAYER).weight.detach()
    row = down[NEURON] if tiny.hf.config.model_type == "gpt2" else down[:, NEURON]
    gemma = tiny.hf.config.model_type == "gemma3_text"
    if gemma:
        row = row * (1 + reference.blocks(tiny)[LAYER].post_feedforward_layernorm.weight.detach())
    final = {
        "gpt2": lambda hf: hf.transformer.ln_f,
        "gpt_neox": lambda hf: hf.gpt_neox.final_layer_norm,
        "llama": lambda hf: hf.model.norm,
        "gemma3_text": lambda hf: hf.model.norm,
    }[tiny.hf.config.model_type](tiny.hf)
    if isinstance(final, torch.nn.LayerNorm):
        row = (row - row.mean()) * final.weight.detach()
    else:
        row = row * (final.weight.detach() + (1 if gemma else 0))
    moves = tiny.hf.get_output_embeddings().weight.detach() @ row
    moves = (moves - moves.mean()).numpy()
    for name, order in (("promoted", np.argsort(-moves)), ("suppressed", np.argsort(moves))):
        assert result.texts[name] == tuple(tiny.token_string(int(i)) for i in order[:LISTED])
        np.testing.assert_allclose(result.grids[name].values.numpy(), moves[order[:LISTED]], rtol=1e-3, atol=1e-5)


def test_another_neuron_beside_it(tiny):
    control = run_study(study(tiny), tiny).controls[0]
    other = next(n for n in range(tiny.spec.d_mlp) if f"Neuron {n} of layer {LAYER}" in control.why)
    assert other != NEURON
    alone = run_study(study(tiny, neuron=other), tiny)
    assert {name: grid.values.numpy().tolist() for name, grid in control.grids.items() if name != "activation"} == {
        name: grid.values.numpy().tolist() for name, grid in alone.grids.items() if name != "activation"
    }
    np.testing.assert_array_equal(control.grids["activation"].values.numpy(), alone.grids["activation"].values.numpy())
    assert run_study(study(tiny), tiny).texts["other tokens"] == alone.texts["tokens"]


def test_what_is_refused():
    model = tiny_models.model("gpt2")
    with pytest.raises(UnknownSite, match=r"no neuron 96 in layer 1: .* has 96 in each layer, 0 to 95"):
        run_study(study(model, neuron=96), model)
    with pytest.raises(UnknownSite):
        run_study(study(model, layer=3), model)
    with pytest.raises(EmptyText, match="no text"):
        study(model, texts=())
    with pytest.raises(EmptyText, match="single token"):
        run_study(study(model, texts=("w1",)), model)
