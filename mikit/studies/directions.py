"""Directions as frozen data: a recipe says where an arrow in the residual stream comes from, ``vector`` gives it for a
model and a layer. Every arrow has length 1; what it does at a given strength is another question, which only steering
and its controls answer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple
from weakref import WeakKeyDictionary

import torch
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator, model_validator
from torch import Tensor, nn

from mikit.errors import BadDirection
from mikit.methods.directions import CANCELLED, mean_difference, principal, probe, swaps, unit
from mikit.methods.lens import streams
from mikit.models.architectures import at
from mikit.models.model import Model, gain
from mikit.sae.evaluate import check_place
from mikit.sae.library import DictionaryRef, opened
from mikit.studies.dictionary import check_feature
from mikit.studies.prompts import token_id
from mikit.studies.texts import ORDINARY
from mikit.trace.arrays import Array
from mikit.trace.sites import Site, check


class PairDirection(BaseModel):
    """From texts that differ in one manner: what the ``plus`` texts leave in the stream, less what the ``minus`` texts
    do. Each text counts by the mean over its positions from ``first`` on.

    ``how``: "mean", the difference of means; "pca", the first principal component of the pairs' differences; "probe",
    the weights of a logistic regression. ``first`` is 1 since position 0 is a sink of attention, whose activation is
    more than a hundred times as long as the rest (smollm2-135m, after L12 to L18): with 0, a difference of means can be
    mostly the sink."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["pairs"] = "pairs"
    name: str
    plus: tuple[str, ...]
    minus: tuple[str, ...]
    how: Literal["mean", "pca", "probe"] = "mean"
    first: int = Field(default=1, ge=0)

    @model_validator(mode="after")
    def _are_pairs(self) -> PairDirection:
        if not self.plus or not self.minus:
            raise BadDirection(f"The direction '{self.name}' needs texts on both sides. Give at least one pair.")
        if len(self.plus) != len(self.minus):
            raise BadDirection(
                f"Texts come in pairs: '{self.name}' has {len(self.plus)} on one side and {len(self.minus)} on the"
                " other. Give each text its partner."
            )
        if any(not text.strip() for text in self.plus + self.minus):
            raise BadDirection(f"A text of the direction '{self.name}' is empty. Write it, or take its pair out.")
        if both := set(self.plus) & set(self.minus):
            raise BadDirection(
                f"The text {min(both)!r} stands on both sides of '{self.name}', so it says nothing about how they"
                " differ. Change one of the two."
            )
        return self


class FeatureDirection(BaseModel):
    """A feature of a sparse dictionary: its decoder row, which is what the feature adds to the stream."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["feature"] = "feature"
    name: str
    dictionary: DictionaryRef
    feature: int


class TokenDirection(BaseModel):
    """What raises one token's logit against the mean of all: its unembedding row less the vocabulary's mean, read
    through the final norm's gain. ``token`` is one token, leading space included."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["token"] = "token"
    name: str
    token: str


class StoredDirection(BaseModel):
    """An arrow from a file: ``values`` [d_model], made at ``layer`` of the weights ``model_sha256``. ``origin`` is the
    recipe it came from as JSON, "" where the file does not say."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["stored"] = "stored"
    name: str
    values: Array
    model_sha256: str
    layer: int
    origin: str = ""


class SumDirection(BaseModel):
    """A weighted sum of other directions, each of length 1 before it is weighed."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["sum"] = "sum"
    name: str
    terms: tuple[tuple[float, Direction], ...]

    @field_validator("terms")
    @classmethod
    def _can_be_added(cls, terms: tuple[tuple[float, Direction], ...]) -> tuple[tuple[float, Direction], ...]:
        if not terms:
            raise BadDirection("A sum of directions needs at least one. Choose what to add.")
        if bad := [weight for weight, _ in terms if not math.isfinite(weight)]:
            raise BadDirection(f"A direction cannot be weighed with {bad[0]}. Give a finite number.")
        return terms


Direction = Annotated[
    PairDirection | FeatureDirection | TokenDirection | StoredDirection | SumDirection, Field(discriminator="kind")
]
SumDirection.model_rebuild()
DIRECTION: TypeAdapter[Direction] = TypeAdapter(Direction)

NORM_TEXTS = ORDINARY[:4]
"""On these the stream's usual length is measured."""


class Reading(NamedTuple):
    """What one text leaves in the stream after each layer: at position 0, and in the mean over the later positions
    that count, both [layer, d_model]; and how many those are."""

    first: Tensor
    later: Tensor
    positions: int

    @property
    def all(self) -> Tensor:
        """The mean with position 0 among the rest."""
        return (self.first + self.positions * self.later) / (self.positions + 1)


_READ: WeakKeyDictionary[Model, dict[tuple[str, int], Reading]] = WeakKeyDictionary()
_VECTORS: WeakKeyDictionary[Model, dict[tuple[Direction, int], Tensor]] = WeakKeyDictionary()
_NORMS: WeakKeyDictionary[Model, Tensor] = WeakKeyDictionary()


def vector(direction: Direction, model: Model, layer: int) -> Tensor:
    """The direction at ``resid_post`` of a layer, [d_model], length 1. Texts are read once a model, each in a short
    trace of its own, for all layers together.

    A feature, a token and a stored arrow are the same at every layer. Raises BadDirection, UnknownSite for a layer
    that the model lacks, and what the recipe's parts deserve (DictionaryUnusable, NotOneToken, TooLong ...)."""
    check(Site(name="resid_post", layer=layer), model.spec)
    known = _VECTORS.setdefault(model, {})
    if (direction, layer) not in known:
        known[direction, layer] = unit(_arrow(direction, model, layer))
    return known[direction, layer].clone()


def texts(direction: Direction) -> tuple[str, ...]:
    """Every text that a direction is read from, each once."""
    if isinstance(direction, SumDirection):
        return tuple(dict.fromkeys(text for _, term in direction.terms for text in texts(term)))
    return tuple(dict.fromkeys(direction.plus + direction.minus)) if isinstance(direction, PairDirection) else ()


def reading(direction: Direction, model: Model) -> Iterator[None]:
    """Read a direction's texts, one short trace a step, those that were read before without a step; ``vector`` opens no
    trace after that. For studies, which can be stopped between two steps."""
    if isinstance(direction, SumDirection):
        for _, term in direction.terms:
            yield from reading(term, model)
    if isinstance(direction, PairDirection):
        for text in texts(direction):
            known = len(_READ.get(model, ()))
            read(model, text, direction.first)
            if len(_READ[model]) > known:
                yield


def shuffled(direction: Direction, seed: int) -> Direction | None:
    """The control "shuffled pairs": the same texts, with half of the pairs, drawn, changing sides. None where there
    are no two pairs, for "pca" (the line of the pairs' differences is the same whichever sign each has, so such a
    shuffle is no control), and where a sum has such parts or parts that do not come from pairs."""
    if isinstance(direction, SumDirection):
        terms = [(weight, shuffled(term, seed + i)) for i, (weight, term) in enumerate(direction.terms)]
        kept = tuple((weight, term) for weight, term in terms if term is not None)
        return direction.model_copy(update={"terms": kept}) if len(kept) == len(terms) else None
    if not isinstance(direction, PairDirection) or len(direction.plus) < 2 or direction.how == "pca":
        return None
    swap = swaps(len(direction.plus), torch.Generator().manual_seed(seed)).tolist()
    pairs = zip(direction.plus, direction.minus, swap, strict=True)
    plus, minus = zip(*((b, a) if swapped else (a, b) for a, b, swapped in pairs), strict=True)
    return direction.model_copy(update={"plus": plus, "minus": minus})


def read(model: Model, text: str, first: int = 1) -> Reading:
    """What a text leaves in the stream, positions from ``first`` on (position 0 is kept apart, so 0 reads as 1 does).
    One trace, remembered. Raises BadDirection for a text with no such position, EmptyText, TooLong."""
    first = max(first, 1)
    known = _READ.setdefault(model, {})
    if (text, first) not in known:
        tokens = model.tokens(text)
        if (length := tokens.ids.shape[1]) <= first:
            raise BadDirection(
                f"The text {text!r} has {length} token{'s' * (length > 1)}, and only positions from {first} on count:"
                " nothing is left of it. Write more."
            )
        stream = streams(model, tokens).cpu()
        known[text, first] = Reading(stream[:, 0].clone(), stream[:, first:].mean(1), length - first)
    return known[text, first]


def residual_norms(model: Model) -> Tensor:
    """How long ``resid_post`` is at each layer, [layer]: the mean length over the positions but 0 of four ordinary
    texts. The unit in which steering is dosed. Four short traces, once a model."""
    if model not in _NORMS:
        lengths = [streams(model, model.tokens(text))[:, 1:].norm(dim=-1).cpu() for text in NORM_TEXTS]
        _NORMS[model] = torch.cat(lengths, 1).mean(1)
    return _NORMS[model].clone()


def _arrow(direction: Direction, model: Model, layer: int) -> Tensor:
    """The direction [d_model] at whatever length it comes."""
    if isinstance(direction, PairDirection):
        return _of_pairs(direction, model, layer)
    if isinstance(direction, FeatureDirection):
        return _of_feature(direction, model)
    if isinstance(direction, TokenDirection):
        return _of_token(direction, model)
    if isinstance(direction, StoredDirection):
        return _of_file(direction, model)
    return _of_sum(direction, model, layer)


def _of_pairs(direction: PairDirection, model: Model, layer: int) -> Tensor:
    plus, minus = (
        torch.stack([counted(direction, read(model, text, direction.first))[layer] for text in side])
        for side in (direction.plus, direction.minus)
    )
    return of_activations(direction, plus, minus)


def of_activations(direction: PairDirection, plus: Tensor, minus: Tensor) -> Tensor:
    """The recipe's arrow [d], at whatever length it comes, from activations [pair, d] of its texts."""
    if direction.how == "mean":
        return mean_difference(plus, minus)
    return principal(plus - minus) if direction.how == "pca" else probe(plus, minus)


def counted(direction: PairDirection, found: Reading) -> Tensor:
    """What of a reading the recipe counts, [layer, d_model]."""
    return found.later if direction.first else found.all


def _of_feature(direction: FeatureDirection, model: Model) -> Tensor:
    dictionary = opened(direction.dictionary)
    check_place(model, dictionary)
    check_feature(dictionary, direction.feature)
    return _fitting(dictionary.W_dec[direction.feature].float(), direction.name, model)


def _of_token(direction: TokenDirection, model: Model) -> Tensor:
    token = token_id(model, direction.token)
    norm, weight = at(model.hf, model.arch.final_norm), at(model.hf, model.arch.unembed).weight
    row: Tensor = gain(model, norm) * (weight[token] - weight.mean(0))
    row = row.float().cpu()
    return row - row.mean() if isinstance(norm, nn.LayerNorm) else row  # a LayerNorm takes the mean off


def _of_file(direction: StoredDirection, model: Model) -> Tensor:
    if direction.model_sha256 != model.ref.sha256:
        raise BadDirection(
            f"The direction '{direction.name}' was made for weights {direction.model_sha256[:8] or 'of no name'}; this"
            f" model is {model.ref.chip}. Load that model, or make the direction here."
        )
    return _fitting(torch.from_numpy(direction.values.numpy().copy()), direction.name, model)


def _fitting(values: Tensor, name: str, model: Model) -> Tensor:
    """The values, which are as wide as the model's stream."""
    if values.shape != (model.spec.d_model,):
        raise BadDirection(
            f"The direction '{name}' has shape {tuple(values.shape)}; the stream of {model.ref.name} needs"
            f" ({model.spec.d_model},)."
        )
    return values


def _of_sum(direction: SumDirection, model: Model, layer: int) -> Tensor:
    total = sum((weight * vector(term, model, layer) for weight, term in direction.terms), torch.zeros(()))
    if total.norm() <= CANCELLED * sum(abs(weight) for weight, _ in direction.terms):
        raise BadDirection(
            f"In the sum '{direction.name}' the parts cancel: nothing is left at layer {layer}. Change a weight."
        )
    return total
