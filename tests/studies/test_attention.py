"""Patterns and next tokens against the plain model."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mikit.errors import EmptyText, NoChatTemplate, TooLong
from mikit.studies.attention import STOPS, AttentionPatterns
from mikit.studies.base import run_study
from mikit.studies.prompts import ChatPrompt, TextPrompt
from tests import tiny as tiny_models


def test_patterns_and_next_tokens_are_the_models_own(tiny):
    text = "w5 w6 w7 w5 w6"
    result = run_study(AttentionPatterns(model=tiny.ref, prompt=TextPrompt(text=text)), tiny)
    with torch.no_grad():
        out = tiny.hf(tiny.tokenizer(text, return_tensors="pt").input_ids, output_attentions=True)
    np.testing.assert_allclose(result.grids["pattern"].values.numpy(), torch.cat(out.attentions).numpy(), atol=1e-6)
    np.testing.assert_allclose(
        result.grids["sink"].values.numpy(), torch.cat(out.attentions)[..., 1:, 0].mean(-1).numpy(), atol=1e-6
    )
    top = out.logits[0, -1].softmax(-1).topk(5)
    np.testing.assert_allclose(result.grids["next"].values.numpy(), top.values.numpy(), atol=1e-6)
    assert result.grids["next"].axes["token"] == tuple(tiny.tokenizer.convert_ids_to_tokens(top.indices.tolist()))


def test_the_real_model_names_mary(smollm):
    study = AttentionPatterns(
        model=smollm.ref, prompt=TextPrompt(text="When Mary and John went to the store, John gave a drink to")
    )
    following = run_study(study, smollm).grids["next"]
    print(f"\nP({following.axes['token'][0]}) = {following.values.numpy()[0]:.3f}")
    assert following.axes["token"][0] == " Mary"
    assert 0.90 < following.values.numpy()[0] < 0.94


def test_a_model_that_would_stop_says_so(smollm):
    bare = run_study(
        AttentionPatterns(model=smollm.ref, prompt=TextPrompt(text="What is the capital of France?")), smollm
    )
    chat = run_study(
        AttentionPatterns(model=smollm.ref, prompt=ChatPrompt(text="What is the capital of France?")), smollm
    )
    assert bare.texts["notes"] == (STOPS,)
    assert chat.texts["notes"] == ()


def test_bad_texts_are_sentences():
    model = tiny_models.model("llama")
    for prompt, error in [
        (TextPrompt(text=""), EmptyText),
        (TextPrompt(text="w1 " * 100), TooLong),
        (ChatPrompt(text="w1"), NoChatTemplate),
    ]:
        with pytest.raises(error):
            run_study(AttentionPatterns(model=model.ref, prompt=prompt), model)
