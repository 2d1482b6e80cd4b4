"""A sparse dictionary: many directions, of which a few at a time add up to an activation.

    u        = normalised x
    features = activation((u - b_dec) @ W_enc + b_enc)         b_dec only where ``subtract_b_dec``
    output   = features @ W_dec + b_dec, the normalisation undone

A transcoder is the same with another target than its input: from what enters an MLP to what leaves it. It may add a
linear path x @ W_skip, and its output keeps the target's own units.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import torch
from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor, nn

from mikit.errors import DictionaryUnusable, ShapeMismatch
from mikit.trace.sites import Site

Activation = Literal[
    "relu",  # max(z, 0)
    "topk",  # of each token the k largest, the rest 0
    "batchtopk",  # trained on the largest k x batch of a batch; read with one threshold, so that no token sees another
    "jumprelu",  # z where z is above the feature's threshold, else 0
]
Normalise = Literal[
    "none",
    "rms",  # each token scaled to length sqrt(d_in)
    "layer norm",  # each token less its mean, over its standard deviation
]
EPS = 1e-5
"""Added to the standard deviation in "layer norm", as SAELens and OpenAI do; the least length in "rms"."""


class Place(BaseModel):
    """Where a dictionary belongs. ``model_sha256`` is "" where a foreign file does not say; ``hook`` is the file's own
    name of the place, and ``site`` is None where mikit has no such site. ``target`` differs for a transcoder.
    ``declared`` holds what its makers measured, such as "l0"."""

    model_config = ConfigDict(frozen=True)

    model: str = ""
    model_sha256: str = ""
    site: Site | None = None
    target: Site | None = None
    hook: str = ""
    declared: dict[str, float] = Field(default_factory=dict)


class Config(BaseModel):
    """The measures of a dictionary, and every choice that changes its numbers. ``k``: features a token, for "topk" and
    "batchtopk". ``prefixes``: sizes of the nested dictionaries of a Matryoshka, the last of them all features."""

    model_config = ConfigDict(frozen=True)

    d_in: int = Field(gt=0)
    features: int = Field(gt=0)
    d_out: int = Field(default=0, ge=0)  # 0: the same as d_in
    activation: Activation = "relu"
    k: int | None = None
    subtract_b_dec: bool = True
    normalise: Normalise = "none"
    transcoder: bool = False
    skip: bool = False
    prefixes: tuple[int, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _same_width(cls, data: object) -> object:
        if isinstance(data, dict) and not data.get("d_out"):
            return {**data, "d_out": data.get("d_in", 0)}
        return data

    @model_validator(mode="after")
    def _consistent(self) -> Config:
        wants_k = self.activation in ("topk", "batchtopk")
        if wants_k and not (self.k and 0 < self.k <= self.features):
            raise DictionaryUnusable(f"{self.activation} needs k, from 1 to {self.features} features; it is {self.k}.")
        if not self.transcoder and (self.d_out != self.d_in or self.skip):
            raise DictionaryUnusable(
                f"An autoencoder gives back what it reads: width {self.d_in} in, {self.d_out} out, and no skip. Say"
                " transcoder=True."
            )
        if self.transcoder and self.subtract_b_dec:
            raise DictionaryUnusable("A transcoder's b_dec belongs to its target: say subtract_b_dec=False.")
        if self.prefixes and (sorted(set(self.prefixes)) != [*self.prefixes] or self.prefixes[-1] != self.features):
            raise DictionaryUnusable(
                f"Prefix sizes grow and end at all {self.features} features; they are {list(self.prefixes)}."
            )
        return self


class Dictionary(nn.Module):
    """W_enc [d_in, features], b_enc [features], W_dec [features, d_out], b_dec [d_out], threshold [features] for
    "jumprelu" and "batchtopk", W_skip [d_in, d_out] for a transcoder that has one. Frozen: training is another file.

    Raises DictionaryUnusable: a weight is missing, not finite, or of another shape.
    """

    W_enc: Tensor
    b_enc: Tensor
    W_dec: Tensor
    b_dec: Tensor
    threshold: Tensor
    W_skip: Tensor

    def __init__(self, config: Config, weights: Mapping[str, Tensor], place: Place | None = None) -> None:
        super().__init__()
        self.config = config
        self.place = place or Place()
        for name, shape in shapes(config).items():
            self.register_buffer(name, _checked(name, weights.get(name), shape))

    def __repr__(self) -> str:
        c, where = self.config, self.place.site or self.place.hook or "no declared place"
        return f"Dictionary({c.features} features of {c.d_in}, {c.activation}, {self.place.model or '?'} {where})"

    @torch.no_grad()
    def encode(self, x: Tensor) -> Tensor:
        """Features [..., features] of activations x [..., d_in]. Raises ShapeMismatch."""
        return activate(self.config, self.before_activation(x), getattr(self, "threshold", None))

    @torch.no_grad()
    def before_activation(self, x: Tensor) -> Tensor:
        """What the activation function reads, [..., features]."""
        if x.shape[-1] != self.config.d_in:
            raise ShapeMismatch(
                f"The activations are {x.shape[-1]} wide, this dictionary reads {self.config.d_in}. It belongs to"
                f" {self.place.model or 'another model'} at {self.place.site or self.place.hook or 'another place'}."
            )
        u, _, _ = normalised(self.config.normalise, x)
        if self.config.subtract_b_dec:
            u = u - self.b_dec
        return u @ self.W_enc + self.b_enc

    @torch.no_grad()
    def decode(self, features: Tensor, x: Tensor | None = None) -> Tensor:
        """The output [..., d_out] of features [..., features]. ``x`` is what they were read from: needed to undo a
        normalisation and for a skip."""
        out = features @ self.W_dec + self.b_dec
        if self.config.normalise == "none" and not self.config.skip:
            return out
        if x is None:
            raise ShapeMismatch(
                "This dictionary scales each token or has a skip, so features alone do not give the output: call"
                " decode(features, x)."
            )
        if self.config.skip:
            return out + x @ self.W_skip
        if self.config.transcoder:
            return out
        _, centre, scale = normalised(self.config.normalise, x)
        return out * scale + centre

    def reconstruct(self, x: Tensor) -> Tensor:
        """x [..., d_in] -> [..., d_out], by way of the features."""
        return self.decode(self.encode(x), x)

    def error(self, x: Tensor, target: Tensor | None = None) -> Tensor:
        """What the dictionary leaves out of the target (of x itself, unless it is a transcoder), [..., d_out]."""
        if target is None and self.config.transcoder:
            raise ShapeMismatch("A transcoder's error is measured against its target: call error(x, target).")
        return (x if target is None else target) - self.reconstruct(x)

    def first(self, features: int) -> Dictionary:
        """The dictionary of the first features alone: of a Matryoshka, one of those nested in it."""
        prefixes = tuple(size for size in self.config.prefixes if size <= features)
        if features not in prefixes:
            raise DictionaryUnusable(
                f"There is no nested dictionary of {features} features. Sizes: {list(self.config.prefixes) or 'none'}."
            )
        config = self.config.model_copy(update={"features": features, "prefixes": prefixes})
        kept = {
            name: weight[:, :features] if name == "W_enc" else weight if name == "b_dec" else weight[:features]
            for name, weight in self.weights().items()
            if name != "W_skip"
        }
        return Dictionary(config, {**self.weights(), **kept}, self.place)

    def with_k(self, k: int) -> Dictionary:
        """A TopK dictionary that is read with another number of features a token. Raises DictionaryUnusable."""
        if self.config.activation != "topk":
            raise DictionaryUnusable(
                f"Only a TopK dictionary can be read with another number of features a token; this one is"
                f" {self.config.activation}. Leave k out."
            )
        config = Config.model_validate(self.config.model_dump() | {"k": k})
        return Dictionary(config, self.weights(), self.place)

    def weights(self) -> dict[str, Tensor]:
        """All weights by name."""
        return dict(self.named_buffers())


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    """The weights that a dictionary has, and their shapes."""
    d_in, n, d_out = config.d_in, config.features, config.d_out
    found: dict[str, tuple[int, ...]] = {"W_enc": (d_in, n), "b_enc": (n,), "W_dec": (n, d_out), "b_dec": (d_out,)}
    if config.activation in ("jumprelu", "batchtopk"):
        found["threshold"] = (n,)
    if config.skip:
        found["W_skip"] = (d_in, d_out)
    return found


def activate(config: Config, z: Tensor, threshold: Tensor | None = None) -> Tensor:
    """The activation function, as it is when a trained dictionary is read: z [..., features] -> the same shape."""
    if config.activation == "topk":
        assert config.k is not None
        top = z.topk(config.k, dim=-1, sorted=False)
        return torch.zeros_like(z).scatter_(-1, top.indices, top.values.relu())
    if threshold is not None:
        return z.relu() * (z > threshold)
    return z.relu()


def normalised(how: Normalise, x: Tensor) -> tuple[Tensor, Tensor | float, Tensor | float]:
    """x in the dictionary's units, and the centre and scale that lead back: u * scale + centre."""
    if how == "rms":
        length = (x.norm(dim=-1, keepdim=True) / x.shape[-1] ** 0.5).clamp(min=EPS)
        return x / length, 0.0, length
    if how == "layer norm":
        centre = x.mean(-1, keepdim=True)
        spread = (x - centre).std(-1, keepdim=True)
        return (x - centre) / (spread + EPS), centre, spread
    return x, 0.0, 1.0


def scaled(weights: Mapping[str, Tensor], factor: float) -> dict[str, Tensor]:
    """Weights that read x as the given ones read ``factor * x``, with the same features, for an autoencoder: how a
    scale over a whole data set is folded in."""
    return {
        **weights,
        "W_enc": weights["W_enc"] * factor,
        "W_dec": weights["W_dec"] / factor,
        "b_dec": weights["b_dec"] / factor,
    }


def unit_rows(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same dictionary with decoder rows of length 1: what a feature adds is its value times a unit direction. With
    "topk" this holds only where features were compared by value times length."""
    length = weights["W_dec"].norm(dim=-1).clamp(min=1e-8)
    found = {
        **weights,
        "W_enc": weights["W_enc"] * length,
        "b_enc": weights["b_enc"] * length,
        "W_dec": weights["W_dec"] / length[:, None],
    }
    if "threshold" in weights:
        found["threshold"] = weights["threshold"] * length
    return found


def _checked(name: str, weight: Tensor | None, shape: tuple[int, ...]) -> Tensor:
    if weight is None:
        lost = " Without it, features fire where they should be silent." if name == "threshold" else ""
        raise DictionaryUnusable(f"The dictionary has no {name}; {list(shape)} is needed.{lost}")
    if tuple(weight.shape) != shape:
        raise DictionaryUnusable(f"{name} has shape {list(weight.shape)}; its configuration says {list(shape)}.")
    found = weight.detach().to(torch.float32).contiguous()
    if bad := int((~torch.isfinite(found)).sum()):
        raise DictionaryUnusable(
            f"{name} holds {bad} values that are no numbers (NaN or infinite). The file is damaged, or its training"
            " diverged."
        )
    return found
