"""Site: the name of a value inside a forward pass."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, field_validator

from mikit.errors import UnknownSite, nearest
from mikit.models.model import Spec

SiteName = Literal[
    "resid_pre",  # the stream that enters a layer                    [batch, position, d_model]
    "q", "k", "v",  # as they leave their projections, before rotary  [batch, position, heads | kv_heads, d_head]
    "pattern",  # attention after softmax                             [batch, head, query, key]
    "z",  # head outputs before the output projection                 [batch, position, head, d_head]
    "attn_out",  # what attention adds to the stream                  [batch, position, d_model]
    "resid_mid",  # the stream between attention and MLP              [batch, position, d_model]
    "mlp_in",  # what the MLP reads, after its norm                   [batch, position, d_model]
    "mlp_post",  # neurons after the activation function              [batch, position, d_mlp]
    "mlp_out",  # what the MLP adds to the stream                     [batch, position, d_model]
    "resid_post",  # the stream that leaves a layer                   [batch, position, d_model]
    "logits",  # the output                                           [batch, position, vocab]
]  # fmt: skip

ORDER: tuple[SiteName, ...] = get_args(SiteName)
"""Within a layer, the order in which a forward pass meets the values."""

WITH_HEADS = ("q", "k", "v", "pattern", "z")


class Site(BaseModel):
    """A value, or the part of it at one head or one position. Layers, heads and positions count from 0; negative
    positions from the end.

    A position given as a name ("IO", "end") belongs to a prompt pair, which turns it into a number.
    """

    model_config = ConfigDict(frozen=True)

    name: SiteName
    layer: int | None = None
    head: int | None = None
    position: int | str | None = None

    @field_validator("name", mode="before")
    @classmethod
    def _known(cls, name: object) -> object:
        if name not in ORDER:
            raise UnknownSite(f"There is no value called '{name}'.{nearest(str(name), ORDER)}")
        return name

    def __str__(self) -> str:
        place = "" if self.layer is None else f"L{self.layer}"
        place += "" if self.head is None else f"H{self.head}"
        at = "" if self.position is None else f" @{self.position}"
        return f"{place} {self.name}{at}".strip()


def check(site: Site, spec: Spec, length: int | None = None) -> None:
    """Raise UnknownSite, in words, where the model has no such value (or the prompt no such position)."""
    if site.name == "logits":
        if site.layer is not None or site.head is not None:
            raise UnknownSite(f"The logits have no layer or head, but {site} names one. Leave it out.")
    elif site.layer is None:
        raise UnknownSite(f"{site.name} needs a layer: 0 to {spec.layers - 1}.")
    elif not 0 <= site.layer < spec.layers:
        raise UnknownSite(f"There is no layer {site.layer}: this model's layers are 0 to {spec.layers - 1}.")
    if site.name == "resid_mid" and spec.parallel:
        raise UnknownSite(
            "This model runs attention and MLP side by side, so it has no resid_mid. Use resid_pre or resid_post."
        )
    _check_head(site, spec)
    _check_position(site, length)


def _check_head(site: Site, spec: Spec) -> None:
    if site.head is None:
        return
    if site.name not in WITH_HEADS:
        raise UnknownSite(f"{site.name} is not split into heads. Heads exist at {', '.join(WITH_HEADS)}.")
    heads = spec.kv_heads if site.name in ("k", "v") else spec.heads
    if not 0 <= site.head < heads:
        raise UnknownSite(f"There is no head {site.head} at {site.name}: heads are 0 to {heads - 1}.")


def _check_position(site: Site, length: int | None) -> None:
    if isinstance(site.position, str):
        raise UnknownSite(
            f"The position '{site.position}' is a name; only a prompt pair with positions can say which token it is."
        )
    if site.position is not None and length is not None and not -length <= site.position < length:
        raise UnknownSite(f"There is no position {site.position}: the prompt has {length} tokens, 0 to {length - 1}.")
