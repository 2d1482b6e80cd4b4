"""TokenStrip: tokens as running text, each on the colour of its number."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from mikit.errors import ShapeMismatch
from mikit.models.tokens import Tokens
from mikit.widgets import still
from mikit.widgets.base import NO_STUDY, View, refuse_unknown
from mikit.widgets.heatmap import largest, scale_of
from mikit.widgets.wire import as_numpy, decode, encode


def token_list(texts: Sequence[str], special: Sequence[bool]) -> list[dict[str, Any]]:
    """Tokens as the browser knows them; ``special`` ones were not written by the user and are grey."""
    return [{"text": text, "special": bool(mark)} for text, mark in zip(texts, special, strict=True)]


class TokenStrip(View):
    """Tokens in reading order; click one, and ``selected`` tells which.

    Args:
        tokens: what ``model.tokens(text)`` gives, or a list of token texts.
        values: one number a token [T], such as surprise in nats; NaN where a token has none. Without them the strip
            shows the tokens alone.
        unit: of the numbers.
        scale: "diverging", "sequential", or "auto": diverging when a number is negative.
        limit: the number at the end of the scale; the largest magnitude otherwise.

    Raises:
        ShapeMismatch: not one number a token.
        TypeError: a keyword that does not exist.
    """

    kind: ClassVar[str] = "tokens"
    choices: ClassVar[tuple[str, ...]] = ("selected",)

    tokens = traitlets.List(traitlets.Dict()).tag(sync=True)
    values = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    scale = traitlets.Enum(("diverging", "sequential"), "sequential").tag(sync=True)
    limit = traitlets.Float(1.0).tag(sync=True)
    selected = traitlets.Int(-1).tag(sync=True)

    def __init__(
        self,
        tokens: Tokens | Sequence[str],
        values: ArrayLike | None = None,
        *,
        unit: str = "",
        scale: Literal["auto", "diverging", "sequential"] = "auto",
        limit: float | None = None,
        title: str = "Tokens",
        **unknown: object,
    ) -> None:
        refuse_unknown(type(self), unknown)
        texts = tokens.strings if isinstance(tokens, Tokens) else tuple(tokens)
        special = tokens.special if isinstance(tokens, Tokens) else (False,) * len(texts)
        numbers = None if values is None else as_numpy(values).astype(np.float32)
        if numbers is not None and numbers.shape != (len(texts),):
            shape = list(numbers.shape)
            raise ShapeMismatch(f"There are {len(texts)} tokens, but the numbers have shape {shape}. Give one a token.")
        if numbers is None:
            shows, hides = "A text as the model reads it.", "What the model makes of the tokens."
        else:
            shows, hides = f"One number a token{f', in {unit}' if unit else ''}.", "How the numbers were taken."
        measured = np.zeros(0, np.float32) if numbers is None else numbers
        super().__init__(
            title=title,
            shows=shows,
            hides=hides,
            tokens=token_list(texts, special),
            values=None if numbers is None else encode(numbers),
            unit=unit,
            scale=scale_of(measured) if scale == "auto" else scale,
            limit=largest(measured) if limit is None else float(limit),
        )
        self.note = NO_STUDY
        self.code = {"mikit": "import mikit\n\n# tokens = model.tokens(text)\nmikit.TokenStrip(tokens, values)\n"}

    def picture(self) -> str:
        values = None if self.values is None else decode(self.values)
        text = still.words([token["text"] for token in self.tokens], values, self.scale, self.limit)
        caption = "" if values is None else f"{still.ends(self.scale, self.limit)} {self.unit}".strip()
        return text + (f"<p>{html.escape(caption)}</p>" if caption else "")
