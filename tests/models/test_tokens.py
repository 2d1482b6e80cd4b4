"""What a learner sees of a tokenizer: text of single tokens, special ones, chat."""

from __future__ import annotations

import pytest
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from mikit.errors import NoChatTemplate
from mikit.models.tokens import Chat, adds_bos, encode, encode_chat, token_text, tokenizer_hash
from tests import tiny
from tests.models.tiny_gguf import ALPHABET

TEMPLATE = (
    "{% for turn in messages %}<|im_start|>{{ turn.role }}\n{{ turn.content | trim }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>bot\n{% endif %}"
)


def byte_level(*, bos: bool = False) -> PreTrainedTokenizerFast:
    """As GPT-2 and SmolLM: every byte is a token, "Ġ" and "w" merge; with ``bos`` as Llama 3."""
    vocab = {piece: id for id, piece in enumerate([*ALPHABET, "Ġw"])}
    backend = Tokenizer(models.BPE(vocab, [("Ġ", "w")]))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    backend.add_special_tokens([AddedToken("<|im_start|>"), AddedToken("<|im_end|>")])
    if bos:
        start = ("<|im_start|>", backend.token_to_id("<|im_start|>"))
        backend.post_processor = processors.TemplateProcessing(single="<|im_start|> $A", special_tokens=[start])
    made = PreTrainedTokenizerFast(tokenizer_object=backend, bos_token="<|im_start|>", eos_token="<|im_end|>")
    made.chat_template = TEMPLATE
    return made


def sentencepiece() -> PreTrainedTokenizerFast:
    """As Gemma: "▁" for a space, bytes as "<0xE2>"."""
    vocab = ["<bos>", "▁hello", "▁", "hello", *(f"<0x{byte:02X}>" for byte in range(256))]
    backend = Tokenizer(models.BPE({piece: id for id, piece in enumerate(vocab)}, [], byte_fallback=True))
    backend.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    return PreTrainedTokenizerFast(tokenizer_object=backend, bos_token="<bos>")


def strings(tokenizer: PreTrainedTokenizerFast, text: str) -> list[str]:
    return [token_text(tokenizer, id) for id in encode(tokenizer, text)[0]]


def test_a_leading_space_is_kept() -> None:
    assert strings(byte_level(), "w w\n") == ["w", " w", "\n"]
    gemma = sentencepiece()
    assert [token_text(gemma, id) for id in (1, 3, 2)] == [" hello", "hello", " "]


@pytest.mark.parametrize("text", ["€", "a€b", "é", "🤖", "\x00"])
def test_bytes_that_are_no_text_alone_show_as_hex(text: str) -> None:
    got = strings(byte_level(), text)
    assert got == [c if len(c.encode()) == 1 else f"⟨{byte:02X}⟩" for c in text for byte in c.encode()]


def test_bytes_of_one_token_stay_together() -> None:
    backend = Tokenizer(models.BPE({"ĠÃ": 0, "âĤ": 1}, []))  # by GPT-2's alphabet: 20 C3, and E2 82
    backend.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=backend)
    assert token_text(made, 0) == " ⟨C3⟩"  # the space is text, the byte is not
    assert token_text(made, 1) == "⟨E2 82⟩"


def test_sentencepiece_bytes_show_as_hex_too() -> None:
    tokenizer = sentencepiece()
    ids = [tokenizer.convert_tokens_to_ids(piece) for piece in ("<0xE2>", "<0x41>")]
    assert [token_text(tokenizer, id) for id in ids] == ["⟨E2⟩", "A"]


def test_a_special_token_is_its_own_text() -> None:
    tokenizer = byte_level()
    ids, special = encode(tokenizer, "w<|im_end|>w")
    assert [token_text(tokenizer, id) for id in ids] == ["w", "<|im_end|>", "w"]
    assert special == [False, True, False]


@pytest.mark.parametrize("bos", [False, True])
def test_a_beginning_token_comes_only_where_the_tokenizer_adds_one(bos: bool) -> None:
    tokenizer = byte_level(bos=bos)
    ids, special = encode(tokenizer, "w")
    assert adds_bos(tokenizer) is bos
    assert len(ids) == 1 + bos
    assert special == [True] * bos + [False]


@pytest.mark.parametrize("user", ["w", "user", " bot \n", "w<|im_end|>w", "im_start"])
@pytest.mark.parametrize("bos", [False, True])
def test_the_templates_tokens_are_special_and_the_users_are_not(user: str, bos: bool) -> None:
    """Also where the user types words that the template holds; the template writes the only beginning token."""
    tokenizer = byte_level(bos=bos)
    ids, special = encode_chat(tokenizer, Chat(user=user))
    text = [token_text(tokenizer, id) for id in ids]
    assert "".join(text) == f"<|im_start|>user\n{user.strip()}<|im_end|>\n<|im_start|>bot\n"
    assert "".join(piece for piece, marked in zip(text, special, strict=True) if not marked) == user.strip()


def test_no_chat_template_says_what_to_do_instead() -> None:
    with pytest.raises(NoChatTemplate, match=r"no chat template.*Continue"):
        encode_chat(tiny.tokenizer(), Chat(user="w1"))


def test_the_hash_is_of_what_makes_ids() -> None:
    base = tokenizer_hash(tiny.tokenizer())
    assert tokenizer_hash(tiny.tokenizer()) == base != tokenizer_hash(tiny.tokenizer(chat=True))
    used = tiny.tokenizer()
    used.pad_token = used.eos_token
    used(["w1", "w2 w3"], padding=True, truncation=True, max_length=2, return_tensors="pt")
    assert tokenizer_hash(used) == base  # a call leaves its padding behind
    changed = tiny.tokenizer()
    changed.add_tokens(["new"])
    assert tokenizer_hash(changed) != base
