"""What a written text is judged by: the words it uses, and how often it repeats itself. Neither looks at activations,
so neither is moved by a direction unless the text is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from pydantic import BaseModel, ConfigDict, model_validator

from mikit.errors import BadMetric

GRAM = 3
"""Tokens in a row that count as repeated: two recur in ordinary English ("of the"), three seldom do."""

UNIT = "hits per 100 words"
WORD = r"\w+(?:['-]\w+)*"
"""A word, as a regular expression."""


class WordScore(BaseModel):
    """Counts words: ``plus`` for, ``minus`` against. A term is matched as a whole word, in capitals or not; one that
    begins or ends with punctuation, as "!" or "'ll", is open on that side, and so is "n't" on its left. Where several
    terms fit, the longest counts."""

    model_config = ConfigDict(frozen=True)

    name: str
    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _can_tell(self) -> WordScore:
        plus, minus = (set(map(_plain, terms)) for terms in (self.plus, self.minus))
        if not plus | minus or "" in plus | minus:
            raise BadMetric(f"The score '{self.name}' has an empty term, or none at all. Give words that count.")
        if both := plus & minus:
            raise BadMetric(
                f"In the score '{self.name}' the term '{min(both)}' counts both for and against. Keep it on one side."
            )
        return self

    def score(self, text: str) -> float:
        """Hits for less hits against, per 100 words of the text; NaN where it has no word."""
        text = _plain(text)
        words = len(re.findall(WORD, text))
        if not words:
            return float("nan")
        return 100 * (len(re.findall(pattern(self.plus), text)) - len(re.findall(pattern(self.minus), text))) / words


def repetition(ids: Sequence[int]) -> float:
    """The share of 3-grams of token ids that occurred before in the same text, overlapping it or not; NaN below three
    tokens."""
    grams = [tuple(ids[i : i + GRAM]) for i in range(len(ids) - GRAM + 1)]
    return 1 - len(set(grams)) / len(grams) if grams else float("nan")


@cache
def pattern(terms: tuple[str, ...]) -> str:
    """A regular expression that finds the terms in lower-case text; nothing where there are none."""
    longest_first = sorted(set(map(_plain, terms)), key=len, reverse=True)
    return "|".join(map(_bounded, longest_first)) or "(?!)"


def _bounded(term: str) -> str:
    """The term as a regular expression that ends where words end, on each side that is no punctuation."""
    left = "" if term == "n't" or not term[0].isalnum() else r"(?<!\w)"
    right = r"(?!\w)" if term[-1].isalnum() else ""
    return left + re.escape(term) + right


def _plain(text: str) -> str:
    """Without capitals, with one kind of apostrophe and of space."""
    return " ".join(text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
