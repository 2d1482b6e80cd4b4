"""BeTheHead: place one head's attention by hand, and see what the model says next."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import traitlets

from mikit.errors import MikitError, ShapeMismatch
from mikit.models.model import Model
from mikit.studies.base import Grid, Result, Study
from mikit.studies.be_the_head import AttendEach, PlaceAttention
from mikit.studies.prompts import TextPrompt, token_ids
from mikit.trace.checks import load
from mikit.trace.sites import Site, check
from mikit.widgets import still
from mikit.widgets.base import View, refuse_unknown
from mikit.widgets.tokens import token_list
from mikit.widgets.wire import encode

TEXT = "When Mary and John went to the store, John gave a drink to"
NO_NUMBERS = encode(np.zeros(0, np.float32))


class BeTheHead(View):
    """One head's attention from the last position, in your hands: 100 % to place on the tokens.

    Args:
        model: a Model, or whatever ``mikit.load`` opens: a name, a folder, a .gguf file.
        head: which head, as (layer, head).
        text: the prompt.
        answer, foil: two next tokens; the logit difference between them is the number.
        shares: attention on each token, adding up to 1; all tokens alike if left out.
        predicted: your prediction of the logit difference, drawn as a diamond.
        revealed: whether the real head's own row, and what every token alone would give, are drawn from the start.
        title: the view's heading.

    Raises:
        UnknownSite: a head that this model does not have.
        NotOneToken: an answer or foil that is not a single token.
        ShapeMismatch: shares that do not add up to 1, or not one a token.
        UnknownModel, ModelNotHere, WeightsBroken ...: what ``mikit.load`` raises.
        TypeError: a keyword that does not exist.
    """

    kind: ClassVar[str] = "bethehead"
    lanes: ClassVar[dict[str, type[Study]]] = {"placed": PlaceAttention, "each": AttendEach}
    inputs: ClassVar[tuple[str, ...]] = ("text", "head", "shares")
    choices: ClassVar[tuple[str, ...]] = ("revealed",)

    text = traitlets.Unicode().tag(sync=True)
    head = traitlets.Tuple(traitlets.Int(), traitlets.Int()).tag(sync=True)
    shares = traitlets.List(traitlets.Float()).tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)
    predicted = traitlets.Float(None, allow_none=True).tag(sync=True)
    answer = traitlets.Unicode().tag(sync=True)
    foil = traitlets.Unicode().tag(sync=True)
    grid = traitlets.Tuple(traitlets.Int(), traitlets.Int()).tag(sync=True)
    tokens = traitlets.List(traitlets.Dict()).tag(sync=True)
    own = traitlets.Dict().tag(sync=True)
    outcomes = traitlets.List(traitlets.Dict()).tag(sync=True)
    each = traitlets.Dict().tag(sync=True)
    each_others = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        model: Model | str | Path,
        *,
        head: tuple[int, int],
        text: str = TEXT,
        answer: str = " Mary",
        foil: str = " John",
        shares: Sequence[float] | None = None,
        predicted: float | None = None,
        revealed: bool = False,
        title: str = "Be the head",
        **unknown: object,
    ) -> None:
        refuse_unknown(type(self), unknown)
        model = model if isinstance(model, Model) else load(model)
        spec = model.spec
        check(Site(name="pattern", layer=head[0], head=head[1]), spec)
        token_ids(model, answer, foil)
        super().__init__(
            model,
            title=title,
            shows=f"The model's preference for {answer!r} over {foil!r} when this head looks where you say.",
            hides="What the head is for: other heads can do the same, and on another text it may do something else.",
            text=text,
            head=tuple(head),
            answer=answer,
            foil=foil,
            revealed=revealed,
            predicted=predicted,
            grid=(spec.layers, spec.heads),
            own=NO_NUMBERS,
            each=NO_NUMBERS,
            each_others=encode(np.zeros((0, 0), np.float32)),
        )
        self.shares = self._alike() if shares is None else self._checked(shares)
        self._first["shares"] = self.shares
        self._begin()

    # -- asking -------------------------------------------------------------------------------------------------------

    def ask(self, lane: str) -> Study | None:
        layer, head = self.head
        fields: dict[str, Any] = {
            "model": self._studied.ref,
            "prompt": TextPrompt(text=self.text),
            "layer": layer,
            "head": head,
            "answer": self.answer,
            "foil": self.foil,
        }
        if lane == "each":
            return AttendEach(**fields)
        alike = self._alike()
        placed = normalised(self.shares) if len(self.shares) == len(alike) else alike
        return PlaceAttention(**fields, shares=tuple(placed))

    @property
    def _studied(self) -> Model:
        assert self._model is not None
        return self._model

    def _alike(self) -> list[float]:
        """The same share on every token of the text: where a new text begins."""
        try:
            length = self._studied.tokens(self.text).ids.shape[1]
        except MikitError:
            return [1.0]  # the study says what is wrong with the text
        return [1 / length] * length

    def _checked(self, shares: Sequence[float]) -> list[float]:
        length = len(self._alike())
        if len(shares) != length:
            raise ShapeMismatch(
                f"There are {len(shares)} shares of attention for {length} tokens. Give one share a token."
            )
        total = float(sum(shares))
        if min(shares) < 0 or not np.isclose(total, 1, atol=1e-3):
            raise ShapeMismatch(
                f"A head has 100 % of attention to place: shares of 0 or more that add up to 1. These add up to"
                f" {total:.3g}."
            )
        return normalised(shares)

    # -- showing ------------------------------------------------------------------------------------------------------

    def show(self, lane: str, result: Result) -> None:
        {"placed": self._show_placed, "each": self._show_each}[lane](result)

    def _show_placed(self, result: Result) -> None:
        study = result.study
        assert isinstance(study, PlaceAttention)
        tokens = study.prompt.tokens(self._studied)
        self.tokens = token_list(tokens.strings, tokens.special)
        if len(self.shares) != len(study.shares):  # a new text; what a hand is dragging is left alone
            self.shares = list(study.shares)
        self.own = encode(result.grids["attention"].values.numpy()[1])
        self.outcomes = [
            _outcome("placed", result.grids, 0, "next"),
            _outcome("real head", result.grids, 1, "next, real head"),
            *(_outcome(control.name, control.grids, 0, "next") for control in result.controls),
        ]

    def _show_each(self, result: Result) -> None:
        self.each = encode(result.grids["logit difference"].values.numpy())
        others = [control.grids["logit difference"].values.numpy() for control in result.controls]
        empty = np.zeros((0, len(result.texts["tokens"])), np.float32)
        self.each_others = encode(np.stack(others) if others else empty)

    def picture(self) -> str:
        if not self.outcomes:
            return ""
        words = still.words(
            [token["text"] for token in self.tokens], np.array(self.shares, np.float32), "sequential", 1.0
        )
        lines = [
            self._in_words(outcome) for outcome in self.outcomes if self.revealed or outcome["name"] != "real head"
        ]
        placed = f"Where you let L{self.head[0]}H{self.head[1]} look from the last token, 0 to 100 %:"
        return f"<p>{html.escape(placed)}</p>" + words + "".join(f"<p>{html.escape(line)}</p>" for line in lines)

    def _in_words(self, outcome: dict[str, Any]) -> str:
        likeliest = ", ".join(f"{token['text']!r} {token['p']:.0%}" for token in outcome["next"][:3])
        return f"{outcome['name']}: {outcome['diff']:+.2f} logits for {self.answer!r}; next {likeliest}."


def normalised(shares: Sequence[float]) -> list[float]:
    """Shares that add up to 1, rounded so that a drag that comes back to a place asks the same question."""
    array = np.clip(np.asarray(shares, np.float64), 0, None)
    total = array.sum()
    array = array / total if total > 0 else np.full(len(array), 1 / max(1, len(array)))
    return [float(x) for x in array.round(6)]


def _outcome(name: str, grids: dict[str, Grid], row: int, following: str) -> dict[str, Any]:
    """One way to place the attention, as the browser has it."""
    answer, foil = grids["probability"].values.numpy()[row]
    likeliest = grids[following]
    return {
        "name": name,
        "diff": float(grids["logit difference"].values.numpy()[row]),
        "answer": float(answer),
        "foil": float(foil),
        "next": [
            {"text": word, "p": float(p)}
            for word, p in zip(likeliest.axes["token"], likeliest.values.numpy(), strict=True)
        ],
    }
