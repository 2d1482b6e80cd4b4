"""The lens study against plain hooks, and what it says of the real model."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mikit.errors import BadPair, EmptyText, NotOneToken
from mikit.studies.base import run_study, stream
from mikit.studies.lens import TOP, LogitLens
from tests.trace import reference

FIELDS = {"prompt": "w1 w2 w5 w3", "control": "w1 w2 w6", "answer": "w7", "foil": "w9"}


def last_layer(model, text, answer, foil):
    ids = model.tokens(text).ids
    logits = reference.logits(model.hf, ids)[0]
    first, second = (model.tokenizer(word).input_ids[0] for word in (answer, foil))
    return logits, (logits[:, first] - logits[:, second]).numpy()


def test_the_top_row_is_the_model_itself_for_prompt_and_control(tiny):
    result = run_study(LogitLens(model=tiny.ref, **FIELDS), tiny)
    for text, grids, top in (
        (FIELDS["prompt"], result.grids, result.texts["top"]),
        (FIELDS["control"], result.controls[0].grids, result.texts["control top"]),
    ):
        logits, expected = last_layer(tiny, text, "w7", "w9")
        assert grids["logit difference"].values.shape == (tiny.spec.layers, len(text.split()))
        np.testing.assert_allclose(grids["logit difference"].values.numpy()[-1], expected, atol=1e-5)
        best = logits[-1].softmax(-1).topk(TOP)
        np.testing.assert_allclose(grids["top"].values.numpy()[-1], best.values, atol=1e-6)
        assert top[-TOP:] == tuple(tiny.token_string(int(i)) for i in best.indices)
        assert len(top) == TOP * tiny.spec.layers


def test_it_grows_prompt_first(tiny):
    first, second = stream(LogitLens(model=tiny.ref, **FIELDS), tiny)
    assert first.controls == () and second.done == 1
    assert second.texts["control tokens"] == ("w1", "w2", "w6")


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"foil": "w7"}, BadPair, "both 'w7'"),
        ({"answer": "w1 w2"}, NotOneToken, "2 tokens"),
        ({"control": ""}, EmptyText, "empty"),
    ],
)
def test_what_cannot_be_compared_is_a_sentence(tiny, change, error, words):
    with pytest.raises(error, match=words):
        run_study(LogitLens(model=tiny.ref, **FIELDS | change), tiny)


def test_at_layer_18_prompt_and_control_look_the_same(smollm):
    study = LogitLens(
        model=smollm.ref,
        prompt="When Mary and John went to the store, Mary gave a drink to",
        control="When Mary and John went to the store, John gave a drink to",
        answer=" John",
        foil=" Mary",
    )
    result = run_study(study, smollm)
    prompt, control = (
        grids["logit difference"].values.numpy()[:, -1] for grids in (result.grids, result.controls[0].grids)
    )
    print(f"\nlayer 18: {prompt[18]:+.2f} and {control[18]:+.2f}; the end: {prompt[-1]:+.2f} and {control[-1]:+.2f}")
    assert prompt[18] > 10 and abs(prompt[18] - control[18]) < 0.1
    assert prompt[-1] > 5 and control[-1] < -5
    logits = reference.logits(smollm.hf, smollm.tokens(study.prompt).ids)[0, -1]
    john, mary = (smollm.tokenizer(name).input_ids[0] for name in (" John", " Mary"))
    assert prompt[-1] == pytest.approx(float(logits[john] - logits[mary]), abs=1e-3)
    assert torch.softmax(logits, -1).max().item() == pytest.approx(result.grids["top"].values.numpy()[-1, 0], abs=1e-4)
