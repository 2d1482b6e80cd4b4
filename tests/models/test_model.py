"""Opening a model object, its reference and measures, and turning text into tokens."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from mikit.errors import EmptyText, MikitError, NoChatTemplate, TooLong, UnknownSite, UnsupportedModel
from mikit.models.model import Model, open_model
from mikit.models.tokens import Chat
from mikit.models.weights import weights_hash
from tests import tiny


@pytest.fixture(scope="module")
def model() -> Model:
    return tiny.model("llama", chat=True)


def test_an_object_is_used_as_it_is_and_made_ready() -> None:
    hf = tiny.weights("gpt2")  # dropout on, weights trainable, fast attention
    opened = open_model(hf, tokenizer=tiny.tokenizer())
    assert opened.hf is hf and not hf.training
    assert not any(weight.requires_grad for weight in hf.parameters())
    assert hf.config._attn_implementation == "eager"
    assert opened.ref.sha256 == weights_hash(tiny.weights("gpt2"))


def test_an_object_in_half_precision_runs_in_fp32_by_default() -> None:
    rounded = open_model(tiny.weights("llama").bfloat16(), tokenizer=tiny.tokenizer())
    assert {weight.dtype for weight in rounded.hf.parameters()} == {torch.float32}
    assert rounded.ref.sha256 == weights_hash(tiny.weights("llama").bfloat16())


def test_an_object_needs_its_tokenizer() -> None:
    with pytest.raises(MikitError, match="tokenizer=tokenizer"):
        open_model(tiny.weights("gpt2"))


def test_an_object_of_another_kind_names_the_known_families() -> None:
    from transformers import BertConfig, BertLMHeadModel

    bert = BertLMHeadModel(BertConfig(hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8))
    with pytest.raises(UnsupportedModel, match="bert"):
        open_model(bert, tokenizer=tiny.tokenizer())


def test_the_chip_says_which_weights(model: Model) -> None:
    assert model.ref.chip == f"LlamaForCausalLM · {model.ref.sha256[:8]} · fp32"
    assert model.ref.chip in repr(model)


def test_text_becomes_tokens(model: Model) -> None:
    tokens = model.tokens("w0 w1 nonsense")
    assert tokens.ids.tolist() == [[4, 5, 1]] and tokens.ids.dtype == torch.int64
    assert tokens.strings == ("w0", "w1", "<unk>")
    assert tokens.special == (False, False, True)


def test_chat_becomes_tokens(model: Model) -> None:
    tokens = model.tokens(Chat(user="w0 w1"))
    assert tokens.strings == ("<user>", "w0", "w1", "<bot>")
    assert tokens.special == (True, False, False, True)
    assert model.spec.has_chat and not model.spec.adds_bos


@pytest.mark.parametrize("text", ["", Chat(user="")])
def test_empty_text(model: Model, text: str | Chat) -> None:
    with pytest.raises(EmptyText, match="empty"):
        model.tokens(text)


def test_text_without_tokens(model: Model) -> None:
    with pytest.raises(EmptyText, match="no tokens"):
        model.tokens("   ")  # this tokenizer drops spaces
    with pytest.raises(EmptyText):
        model.tokens_from(torch.zeros(1, 0))


def test_text_at_and_beyond_the_context(model: Model) -> None:
    assert model.tokens("w1 " * tiny.CONTEXT).ids.shape == (1, tiny.CONTEXT)
    with pytest.raises(TooLong, match="65 tokens long; LlamaForCausalLM reads at most 64"):
        model.tokens("w1 " * (tiny.CONTEXT + 1))
    with pytest.raises(TooLong, match="65 tokens"):
        model.tokens_from(torch.ones(tiny.CONTEXT + 1))


def test_chat_without_a_template() -> None:
    with pytest.raises(NoChatTemplate):
        tiny.model("llama").tokens(Chat(user="w1"))


def test_ready_made_ids(model: Model) -> None:
    one, two = model.tokens_from(torch.tensor([4, 5])), model.tokens_from(torch.tensor([[4, 5], [6, 0]]))
    assert one.ids.shape == (1, 2) and two.ids.shape == (2, 2)
    assert two.strings == ("w0", "w1")  # of the first row
    assert model.tokens_from(torch.tensor([0, 4])).special == (True, False)
    for wrong in (100, -1):
        with pytest.raises(UnknownSite, match=f"no token {wrong}: .* has ids 0 to 99"):
            model.tokens_from(torch.tensor([4, wrong]))


def test_a_model_without_self_checks_says_how_to_get_them(model: Model) -> None:
    with pytest.raises(MikitError, match=r"mikit\.load"):
        model.check()


def test_opening_prints_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    tiny.model("gemma3_text")
    assert capfd.readouterr() == ("", "")


def test_the_real_model_is_the_one_its_name_stands_for(smollm: Model) -> None:
    """Numbers quoted for smollm2-135m belong to these bytes; P(" Mary") is measured on them."""
    assert smollm.ref.chip == "smollm2-135m · 217a624a · fp32"
    assert (smollm.spec.layers, smollm.spec.heads, smollm.spec.kv_heads, smollm.spec.d_model) == (30, 9, 3, 576)
    assert (smollm.spec.vocab, smollm.spec.adds_bos, smollm.spec.has_chat) == (49152, False, True)
    tokens = smollm.tokens("When Mary and John went to the store, John gave a drink to")
    assert tokens.strings[:3] == ("When", " Mary", " and")
    with torch.no_grad():
        p = smollm.hf(tokens.ids).logits[0, -1].softmax(-1)
    assert smollm.token_string(int(p.argmax())) == " Mary"
    assert p.max().item() == pytest.approx(0.92, abs=0.01)


def test_the_real_chat_template_is_grey_and_the_question_is_not(smollm: Model) -> None:
    tokens = smollm.tokens(Chat(user="What is a helpful assistant?"))
    asked = [text for text, special in zip(tokens.strings, tokens.special, strict=True) if not special]
    assert "".join(asked) == "What is a helpful assistant?"
    assert tokens.strings[0] == "<|im_start|>"
