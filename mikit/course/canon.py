"""The numbers that lessons and README quote: what was claimed, on which data, and what mikit measures.

They live in canon.json. A test measures each of them again, and looks up every sentence that quotes one.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from mikit.course.say import tell
from mikit.errors import MikitError, nearest


class UnknownNumber(MikitError):
    """A quoted number that canon.json does not have."""


class Paper(BaseModel):
    """Who published the number first, for which model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    version: str
    where: str
    model: str
    value: str
    """As printed, with its unit."""


class Quote(BaseModel):
    """A sentence in which the number stands. ``{value}`` takes a format: "guesses {value:.0f} of 24"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    text: str


class Number(BaseModel):
    """One number, ours, with what a reader needs to take it again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    claim: str
    dataset: str
    value: float
    low: float | None = None
    high: float | None = None
    interval: str = ""
    """What ``low`` and ``high`` are: "95 % over 16 prompts", "range of 8 draws"."""
    unit: str
    model: str
    weights: str
    """sha256 of the weights, as in ModelRef."""
    tolerance: float
    """How far a number measured anew may lie from ``value``, in its unit."""
    tag: Literal["measured", "read", "recalled"] = "measured"
    """Where the paper's value comes from, if there is one: read in its text, or recalled and still to be read."""
    paper: Paper | None = None
    caveat: str = ""
    quotes: tuple[Quote, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Number:
        if (self.low is None) != (self.high is None) or (self.low is None) == bool(self.interval):
            raise ValueError("an interval has two ends and says what it is")
        if (self.paper is None) != (self.tag == "measured"):
            raise ValueError("a paper's value was read or recalled; without a paper the tag is 'measured'")
        return self

    @property
    def around(self) -> tuple[float, float]:
        """Where another measurement of the same thing should lie: in the interval, or within the tolerance."""
        low, high = (self.value, self.value) if self.low is None or self.high is None else (self.low, self.high)
        return low - self.tolerance, high + self.tolerance

    def text(self, digits: int = 2) -> str:
        """The number in words: "+6.12 logits", "-7.0 [-8.2, -5.8] logits"."""
        ends = "" if self.low is None or self.high is None else f" [{self.low:.{digits}f}, {self.high:.{digits}f}]"
        return f"{self.value:.{digits}f}{ends} {self.unit}".replace("-", "\N{MINUS SIGN}").strip()


class Canon(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    numbers: dict[str, Number]


@cache
def canon() -> dict[str, Number]:
    """All numbers by their id."""
    return Canon.model_validate_json(files("mikit.course").joinpath("canon.json").read_bytes()).numbers


def number(id: str) -> Number:
    """Raises UnknownNumber with the nearest id."""
    if id not in canon():
        raise UnknownNumber(f"canon.json has no number '{id}'.{nearest(id, canon())}")
    return canon()[id]


def show(id: str, yours: float | None = None) -> None:
    """Print a number beside the paper's and yours.

    Args:
        id: as in canon.json.
        yours: what you measured, in the number's unit.

    Raises UnknownNumber.
    """
    here = number(id)
    lines = [f"{here.claim} ({here.dataset})"]
    if here.paper is not None:
        lines.append(
            f"published: {here.paper.value}, {here.paper.model}. {here.paper.title}, {here.paper.version},"
            f" {here.paper.where}" + (" (recalled, not read again)" if here.tag == "recalled" else "")
        )
    lines.append(f"mikit: {here.text()}" + (f" ({here.interval})" if here.interval else "") + f", {here.model}")
    if yours is not None:
        low, high = here.around
        near = "inside" if low <= yours <= high else "outside"
        lines.append(f"you: {yours:.2f} {here.unit}, {near} {low:.2f} to {high:.2f}")
    if here.caveat:
        lines.append(f"Mind: {here.caveat}")
    tell(*lines)
