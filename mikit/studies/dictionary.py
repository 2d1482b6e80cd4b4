"""What studies over a finished dictionary share: which one it is, that it belongs to the model, and the index of its
features that their numbers lean on."""

from __future__ import annotations

from typing import Any

import torch
from pydantic import model_validator
from torch import Tensor

from mikit.errors import DictionaryUnusable, EmptyText, UnknownSite
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.sae.dictionary import Dictionary
from mikit.sae.evaluate import check_place, flat, sites
from mikit.sae.index import Index, index_of
from mikit.sae.library import SHIPPED, DictionaryRef, opened
from mikit.studies.base import Study
from mikit.trace.engine import capture

SINK = "Position 0 is left out: it is a sink of attention, and after many layers far longer than the rest."


def in_no_file(ref: DictionaryRef) -> str:
    """Why a study that leans on this dictionary has no record, or ""."""
    if ref.source or ref.name in SHIPPED:
        return ""
    return (
        "This dictionary was trained here and lies in no file, so a record of it could not be replayed. Write it with"
        " mikit.sae.formats.write(dictionary, folder), and take mikit.load_dictionary(folder)."
    )


class DictionaryStudy(Study):
    """A study that reads activations through a dictionary."""

    dictionary: DictionaryRef

    @property
    def unrecordable(self) -> str:
        return in_no_file(self.dictionary)

    def fitting(self, model: Model) -> Dictionary:
        """The dictionary, which was made for this model. Raises DictionaryUnusable."""
        found = opened(self.dictionary)
        check_place(model, found)
        return found


class IndexedStudy(DictionaryStudy):
    """A study whose numbers lean on the index of a dictionary's features: ``index`` is its digest, "" where there is
    none. Left out, it is the index at hand."""

    index: str = ""

    @model_validator(mode="before")
    @classmethod
    def _index_at_hand(cls, data: Any) -> Any:
        if isinstance(data, dict) and "index" not in data and "dictionary" in data:
            found = index_of(opened(DictionaryRef.model_validate(data["dictionary"])))
            return {**data, "index": found.digest if found else ""}
        return data

    @property
    def unrecordable(self) -> str:
        if not self.index or self.dictionary.name in SHIPPED:
            return super().unrecordable
        return super().unrecordable or (
            "These numbers lean on an index of the features that was built in this session, and a record does not hold"
            " it. Start anew without the index, or take a dictionary that comes with one."
        )

    def described(self) -> Index | None:
        """The index that the study names, None where it names none. Raises DictionaryUnusable where another is here."""
        if not self.index:
            return None
        found = index_of(opened(self.dictionary))
        if found is None or found.digest != self.index:
            here = "none is here" if found is None else f"the one here is {found.digest[:8]}"
            raise DictionaryUnusable(
                f"The study leans on the index {self.index[:8]} of {self.dictionary.chip}; {here}. Build it again with"
                " the same texts: mikit.IndexFeatures."
            )
        return found


def check_feature(dictionary: Dictionary, feature: int) -> None:
    """Raise UnknownSite where there is no such feature."""
    if not 0 <= feature < dictionary.config.features:
        raise UnknownSite(f"There is no feature {feature}: this dictionary has 0 to {dictionary.config.features - 1}.")


def check_length(tokens: Tokens) -> None:
    """Raise EmptyText where nothing is left beside position 0."""
    if tokens.ids.shape[1] < 2:
        raise EmptyText(
            f"The text has a single token ({tokens.strings[0]!r}), and position 0 is left out: there is nothing to"
            " read. Type more."
        )


def read(model: Model, dictionary: Dictionary, tokens: Tokens) -> Tensor:
    """What the dictionary reads, [row, position - 1, d_in]: position 0 left out. One trace."""
    source, _ = sites(dictionary)
    return flat(capture(model, tokens, [source])[source])[:, 1:]


def without_first(values: Tensor) -> Tensor:
    """Values [position - 1, ...] with NaN for position 0 in front."""
    return torch.cat([torch.full_like(values[:1], torch.nan), values])
