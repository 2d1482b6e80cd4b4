"""Direct attribution: its parts against the model's own logits, its means against single prompts."""

from __future__ import annotations

import numpy as np
import pytest

from mikit.errors import BadPair
from mikit.studies.base import run_study
from mikit.studies.direct_attribution import BEFORE_SOFTCAP, DirectAttribution
from mikit.studies.names import name_pairs
from mikit.studies.pairs import PromptPair
from tests import tiny as tiny_models
from tests.trace import reference

PAIRS = (
    PromptPair(clean="w1 w2 w5 w3", corrupt="w1 w2 w6", answer="w7", foil="w9"),
    PromptPair(clean="w4 w2 w8", corrupt="w4 w2 w1", answer="w5", foil="w6"),
    PromptPair(clean="w9 w9 w3 w1 w2", corrupt="w9 w8 w3 w1 w2", answer="w10", foil="w2"),
)


def true_difference(model, text, pair):
    logits = reference.logits(model.hf, model.tokens(text).ids)[0, -1]
    answer, foil = (model.tokenizer(word).input_ids[0] for word in (pair.answer, pair.foil))
    return float(logits[answer] - logits[foil])


def assert_sums(model, grids, expected):
    total, summed = grids["logit difference"].values.numpy()
    assert total == pytest.approx(expected, abs=1e-3)
    assert summed == pytest.approx(expected, abs=1e-3)
    by_layer = grids["layer"].values.numpy()
    assert by_layer.sum() == pytest.approx(expected, abs=1e-3)
    attn, mlp = by_layer[1:-1].reshape(model.spec.layers, 2).T
    neurons = grids["neuron"].values.numpy()
    assert neurons.sum() == pytest.approx(mlp.sum(), abs=1e-3)
    return attn


def test_parts_add_up_to_the_models_logit_difference_on_prompt_and_control(tiny):
    for pair in PAIRS:
        result = run_study(DirectAttribution(model=tiny.ref, pairs=(pair,), neurons=5), tiny)
        assert_sums(tiny, result.grids, true_difference(tiny, pair.clean, pair))
        assert_sums(tiny, result.controls[0].grids, true_difference(tiny, pair.corrupt, pair))
        assert result.grids["layer"].low is None


def test_several_pairs_give_their_mean_and_an_interval(tiny):
    together = run_study(DirectAttribution(model=tiny.ref, pairs=PAIRS), tiny)
    alone = [run_study(DirectAttribution(model=tiny.ref, pairs=(pair,)), tiny) for pair in PAIRS]
    heads = np.stack([one.grids["head"].values.numpy() for one in alone])
    grid = together.grids["head"]
    np.testing.assert_allclose(grid.values.numpy(), heads.mean(0), atol=1e-6)
    half = 4.302653 * heads.std(0, ddof=1) / np.sqrt(3)  # Student's t, 2 degrees of freedom
    np.testing.assert_allclose(grid.high.numpy() - grid.values.numpy(), half, rtol=1e-3, atol=1e-6)
    assert_sums(tiny, together.grids, np.mean([true_difference(tiny, pair.clean, pair) for pair in PAIRS]))


def test_the_strongest_neurons_are_named_and_the_rest_is_what_is_left(tiny):
    result = run_study(DirectAttribution(model=tiny.ref, pairs=PAIRS[:1], neurons=4), tiny)
    whole = run_study(DirectAttribution(model=tiny.ref, pairs=PAIRS[:1], neurons=10_000), tiny)
    names = result.grids["neuron"].axes["neuron"]
    every = whole.grids["neuron"]
    expected = dict(zip(every.axes["neuron"], every.values.numpy(), strict=True))
    found = dict(zip(names, result.grids["neuron"].values.numpy(), strict=True))
    assert len(every.axes["neuron"]) == tiny.spec.layers * (tiny.spec.d_mlp + 1)
    for name in names[:4]:
        assert found[name] == pytest.approx(expected[name], abs=1e-6)
    largest = sorted((abs(x) for name, x in expected.items() if "rest" not in name), reverse=True)[:4]
    assert [abs(found[name]) for name in names[:4]] == pytest.approx(largest, abs=1e-6)
    for layer in range(tiny.spec.layers):
        left = sum(x for name, x in expected.items() if name.startswith(f"L{layer}N") and name not in names[:4])
        rest = f"rest of L{layer} MLP"
        assert found[rest] == pytest.approx(left + expected[rest], abs=1e-5)


def test_a_softcap_is_spoken_of():
    model = tiny_models.model("gemma2")
    result = run_study(DirectAttribution(model=model.ref, pairs=PAIRS[:1]), model)
    assert result.texts["notes"] == (BEFORE_SOFTCAP,)


def test_answer_and_foil_must_differ(tiny):
    pair = PromptPair(clean="w1 w2", corrupt="w1 w3", answer="w4", foil="w4")
    with pytest.raises(BadPair, match="always 0"):
        run_study(DirectAttribution(model=tiny.ref, pairs=(pair,)), tiny)


def test_name_prompts_of_the_real_model(smollm):
    pairs = name_pairs(smollm, count=8)
    result = run_study(DirectAttribution(model=smollm.ref, pairs=pairs), smollm)
    expected = np.mean([true_difference(smollm, pair.clean, pair) for pair in pairs])
    changed = np.mean([true_difference(smollm, pair.corrupt, pair) for pair in pairs])
    attn = assert_sums(smollm, result.grids, expected)
    control = assert_sums(smollm, result.controls[0].grids, changed)
    print(f"\n{expected:+.2f} logits, changed {changed:+.2f}; most by attention of L{attn.argmax()} {attn.max():+.2f}")
    print(f"there on the changed prompts {control[attn.argmax()]:+.2f}")
    assert expected > 3 > -3 > changed
