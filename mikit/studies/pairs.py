"""Two prompts that differ in what matters, and the two answers they call for: what every patching experiment starts
from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, field_validator
from torch import Tensor

from mikit.errors import BadPair, UnknownSite, nearest
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.studies.prompts import answer_and_foil

END = "end"
"""The last position has this name in every pair."""


class PromptPair(BaseModel):
    """``clean`` calls for ``answer``, ``corrupt`` for ``foil``; each of the two is one token, its leading space
    included. ``positions`` gives names to token positions that mean the same in several pairs ("IO", "S2"); "end" is
    always there."""

    model_config = ConfigDict(frozen=True)

    clean: str
    corrupt: str
    answer: str
    foil: str
    positions: dict[str, int] = {}

    def read(self, model: Model) -> ReadPair:
        """Both prompts as tokens of this model. Raises BadPair, NotOneToken, EmptyText, TooLong."""
        clean, corrupt = model.tokens(self.clean), model.tokens(self.corrupt)
        length = clean.ids.shape[1]
        if corrupt.ids.shape[1] != length:
            raise BadPair(
                f"The two prompts must have as many tokens as each other, so that every position has a partner. The"
                f" original has {length}, the changed one {corrupt.ids.shape[1]}: {_first_apart(clean, corrupt)} Use"
                " words that are one token each."
            )
        differs = (clean.ids[0] != corrupt.ids[0]).nonzero().ravel().tolist()
        if not differs:
            raise BadPair("The two prompts are the same, so there is nothing to put back. Change one word in one.")
        answer, foil = answer_and_foil(model, self.answer, self.foil)
        for name, position in self.positions.items():
            if not -length <= position < length:
                raise UnknownSite(f"The position '{name}' is token {position}, but this prompt has {length} tokens.")
        named = {name: position % length for name, position in self.positions.items()}
        return ReadPair(clean, corrupt, answer, foil, named | {END: length - 1}, tuple(differs))


@dataclass(frozen=True)
class ReadPair:
    """A pair in one model's tokens: ids [1, T] of both, the two ids to compare, named positions from 0, and where the
    prompts differ."""

    clean: Tokens
    corrupt: Tokens
    answer: int
    foil: int
    positions: dict[str, int]
    differs: tuple[int, ...]

    @property
    def first(self) -> int:
        """The first position that differs: no value before it can."""
        return self.differs[0]


class PairStudy(BaseModel):
    """Fields that studies of one pair or of many share."""

    pairs: tuple[PromptPair, ...]

    @field_validator("pairs")
    @classmethod
    def _share_names(cls, pairs: tuple[PromptPair, ...]) -> tuple[PromptPair, ...]:
        if not pairs:
            raise BadPair("There is no prompt pair. Give at least one.")
        names = set(pairs[0].positions)
        for n, pair in enumerate(pairs):
            if set(pair.positions) != names:
                odd = sorted(set(pair.positions) ^ names)
                raise BadPair(
                    f"The pairs of a set must name the same positions. Pair {n} ({pair.clean!r}) and the first differ"
                    f" in {', '.join(odd)}."
                )
        return pairs

    def read(self, model: Model) -> list[ReadPair]:
        """Raises BadPair, NotOneToken, EmptyText, TooLong, UnknownSite."""
        return [pair.read(model) for pair in self.pairs]

    def inputs(self, model: Model) -> list[Tensor]:
        return [tokens.ids[0] for pair in self.read(model) for tokens in (pair.clean, pair.corrupt)]


def position_of(pair: ReadPair, position: int | str) -> int:
    """A position as a number from 0. Raises UnknownSite for a name the pair does not have, or a number outside it."""
    if isinstance(position, str):
        if position not in pair.positions:
            raise UnknownSite(f"No position is called '{position}'.{nearest(position, pair.positions)}")
        return pair.positions[position]
    length = pair.clean.ids.shape[1]
    if not -length <= position < length:
        raise UnknownSite(f"There is no position {position}: the prompt has {length} tokens, 0 to {length - 1}.")
    return position % length


def where(tokens: Tokens, word: str, nth: int = 0) -> int:
    """The position of the ``nth`` token that reads ``word``, leading space included. Raises UnknownSite."""
    found = [i for i, text in enumerate(tokens.strings) if text == word]
    if len(found) <= nth:
        raise UnknownSite(f"The prompt has {len(found)} tokens {word!r}; token number {nth + 1} of them was asked for.")
    return found[nth]


def _first_apart(clean: Tokens, corrupt: Tokens) -> str:
    both: Sequence[tuple[str, str]] = list(zip(clean.strings, corrupt.strings, strict=False))
    at = next((i for i, (a, b) in enumerate(both) if a != b), len(both))
    shown = ["|".join(tokens.strings[at : at + 4]) for tokens in (clean, corrupt)]
    return f"from token {at} on they read {shown[0]!r} and {shown[1]!r}."
