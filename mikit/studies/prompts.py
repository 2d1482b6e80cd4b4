"""What a study shows a model: text as it is, one chat turn, or random tokens said twice."""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor

from mikit.errors import BadPair, NotOneToken
from mikit.models.model import Model
from mikit.models.tokens import Chat, Tokens


class TextPrompt(BaseModel):
    """Text that the model continues. Every token but the first can be scored."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["text"] = "text"
    text: str

    def tokens(self, model: Model) -> Tokens:
        return model.tokens(self.text)

    def scored_from(self, tokens: Tokens) -> int:
        return 1


class ChatPrompt(BaseModel):
    """One user turn in the tokenizer's chat template."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["chat"] = "chat"
    text: str

    def tokens(self, model: Model) -> Tokens:
        return model.tokens(Chat(user=self.text))

    def scored_from(self, tokens: Tokens) -> int:
        return 1


class RepeatPrompt(BaseModel):
    """``length`` random tokens said twice, with no prefix. The second copy is scored, from its second token on:
    before that nothing tells a model that a repeat has begun."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["repeat"] = "repeat"
    length: int = Field(default=25, ge=2)
    seed: int = 0

    def tokens(self, model: Model) -> Tokens:
        once = random_ids(model, self.length, self.seed)
        return model.tokens_from(torch.cat([once, once]))

    def scored_from(self, tokens: Tokens) -> int:
        return self.length + 1


Prompt = Annotated[TextPrompt | ChatPrompt | RepeatPrompt, Field(discriminator="kind")]


def random_ids(model: Model, length: int, seed: int) -> Tensor:
    """``length`` different token ids [length], drawn without the tokenizer's special tokens."""
    special = set(model.tokenizer.all_special_ids) | set(model.tokenizer.added_tokens_decoder)
    plain = torch.tensor([i for i in range(len(model.tokenizer)) if i not in special])
    order = torch.randperm(len(plain), generator=torch.Generator().manual_seed(seed))
    return plain[order[:length]]


def token_ids(model: Model, answer: str, foil: str) -> tuple[int, int]:
    """The ids of two words, each of which must be one token. Raises NotOneToken."""
    return token_id(model, answer), token_id(model, foil)


def token_id(model: Model, word: str) -> int:
    """The id of a word that is one token. Raises NotOneToken."""
    ids = model.tokenizer(word, add_special_tokens=False).input_ids
    if len(ids) != 1:
        pieces = ", ".join(repr(model.token_string(i)) for i in ids) or "none"
        raise NotOneToken(
            f"{word!r} is {len(ids)} tokens ({pieces}), and a single one is needed here. In mid-sentence a word"
            f" begins with a space: {' ' + word.strip()!r}."
        )
    return int(ids[0])


def answer_and_foil(model: Model, answer: str, foil: str) -> tuple[int, int]:
    """The ids of two different words of one token each. Raises NotOneToken, BadPair."""
    pair = token_ids(model, answer, foil)
    if pair[0] == pair[1]:
        raise BadPair(
            f"The answer and the foil are both {answer!r}, so their difference is always 0. Give two different next"
            " tokens."
        )
    return pair
