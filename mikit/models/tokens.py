"""Text to tokens and back: what a learner sees of a tokenizer."""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from torch import Tensor
from transformers import PreTrainedTokenizerBase
from transformers.convert_slow_tokenizer import bytes_to_unicode

from mikit.errors import NoChatTemplate

_BYTE_OF: dict[str, int] = {char: byte for byte, char in bytes_to_unicode().items()}  # type: ignore[no-untyped-call]
_BYTE_PIECE = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_STAND_IN = "\ue000"  # a private character: no template holds it


class Chat(BaseModel, frozen=True):
    """One turn of a user, to be wrapped in the tokenizer's chat template."""

    user: str


@dataclass(frozen=True)
class Tokens:
    """Token ids [B, T] (int64), and of row 0 the text of each token and whether it is special.

    Special are the chat template's tokens and the tokenizer's own, such as a beginning-of-sequence token: everything
    that the user did not write.
    """

    ids: Tensor
    strings: tuple[str, ...]
    special: tuple[bool, ...]


def encode(tokenizer: PreTrainedTokenizerBase, text: str) -> tuple[list[int], list[bool]]:
    """Ids of a text as this tokenizer writes it by default, and which of them are special."""
    ids: list[int] = tokenizer(text)["input_ids"]
    marks = special_ids(tokenizer)
    return ids, [id in marks for id in ids]


def encode_chat(tokenizer: PreTrainedTokenizerBase, chat: Chat) -> tuple[list[int], list[bool]]:
    """Ids of a user's turn in the chat template, up to where the model's answer starts, and which are the template's.

    Raises NoChatTemplate.
    """
    if not tokenizer.chat_template:
        raise NoChatTemplate(
            "This model's tokenizer has no chat template: the model was not trained on chats. Use the text as it is "
            "(Continue) instead of Chat."
        )
    wrapped = _wrap(tokenizer, chat.user)
    before, _, after = _wrap(tokenizer, _STAND_IN).partition(_STAND_IN)
    start, stop = len(before), len(wrapped) - len(after)
    # The template writes a beginning-of-sequence token itself where the model wants one.
    encoded = tokenizer(wrapped, add_special_tokens=False, return_offsets_mapping=True)
    return encoded["input_ids"], [left < start or right > stop for left, right in encoded["offset_mapping"]]


def _wrap(tokenizer: PreTrainedTokenizerBase, user: str) -> str:
    turns = [{"role": "user", "content": user}]
    return str(tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True))


def special_ids(tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """Ids of tokens that stand for no text of a user: beginning, end, turns."""
    added = {id for id, token in tokenizer.added_tokens_decoder.items() if token.special}
    return frozenset(added | set(tokenizer.all_special_ids))


def token_text(tokenizer: PreTrainedTokenizerBase, id: int) -> str:
    """The text of one token, a leading space kept. Bytes that are no text alone come as "⟨E2 80⟩" in their place."""
    if id in tokenizer.added_tokens_decoder:
        return str(tokenizer.added_tokens_decoder[id].content)
    raw = _bytes_of(str(tokenizer.convert_ids_to_tokens(id)), byte_level=_is_byte_level(tokenizer))
    return raw.decode(errors="mikit-hex").replace("⟩⟨", " ")


def _hex(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return f"⟨{error.object[error.start : error.end].hex(' ').upper()}⟩", error.end


codecs.register_error("mikit-hex", _hex)


def _bytes_of(piece: str, *, byte_level: bool) -> bytes:
    """A vocabulary entry's bytes: written by GPT-2's byte alphabet, or as text with "▁" for a space."""
    if byte_level:
        return bytes(_BYTE_OF[char] for char in piece)
    if byte := _BYTE_PIECE.fullmatch(piece):
        return bytes([int(byte[1], 16)])
    return piece.replace("▁", " ").encode()


def _is_byte_level(tokenizer: PreTrainedTokenizerBase) -> bool:
    decoder = getattr(getattr(tokenizer, "backend_tokenizer", None), "decoder", None)
    return "ByteLevel" in str(decoder)


def adds_bos(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether a text gets a beginning-of-sequence token in front by default."""
    bos = tokenizer.bos_token_id
    return bos is not None and tokenizer("x")["input_ids"][:1] == [bos]


def tokenizer_hash(tokenizer: PreTrainedTokenizerBase) -> str:
    """sha256 of all that turns text into ids: vocabulary, merges, rules, chat template."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    rules: dict[str, Any] = json.loads(backend.to_str()) if backend else {"vocab": tokenizer.get_vocab()}
    for state in ("padding", "truncation"):  # left by the last call, no part of the tokenizer
        rules.pop(state, None)
    rules["chat_template"] = tokenizer.chat_template
    return hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()
