"""LensView: what each layer's stream would predict, beside a control prompt, and which parts write the answer."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import traitlets

from mikit.models.model import Model
from mikit.studies.base import Grid, Result, Study
from mikit.studies.direct_attribution import DirectAttribution
from mikit.studies.lens import TOP, LogitLens
from mikit.studies.pairs import PromptPair
from mikit.studies.prompts import answer_and_foil
from mikit.trace.checks import load
from mikit.trace.sites import Site, check
from mikit.widgets import still
from mikit.widgets.base import View, refuse_unknown
from mikit.widgets.heatmap import largest
from mikit.widgets.wire import decode, encode

PROMPT = "When Mary and John went to the store, Mary gave a drink to"
CONTROL = "When Mary and John went to the store, John gave a drink to"
LISTED = 5
"""Strongest parts that the view names."""
NO_NUMBERS = encode(np.zeros((0, 0), np.float32))


class LensView(View):
    """The logit lens of two prompts side by side, and direct logit attribution by layer and head.

    Args:
        model: a Model, or whatever ``mikit.load`` opens: a name, a folder, a .gguf file.
        prompt: a text that calls for ``answer``.
        control: a text that calls for ``foil``. It need not be as long as the prompt.
        answer, foil: two next tokens, leading space included; the logit difference between them is the number.
        layer: the layer whose likeliest tokens are listed; the last if left out.
        title: the view's heading.

    Raises:
        NotOneToken: an answer or foil that is not a single token.
        BadPair: answer and foil are the same.
        UnknownSite: a layer that this model does not have.
        UnknownModel, ModelNotHere, WeightsBroken ...: what ``mikit.load`` raises.
        TypeError: a keyword that does not exist.
    """

    kind: ClassVar[str] = "lens"
    lanes: ClassVar[dict[str, type[Study]]] = {"lens": LogitLens, "direct": DirectAttribution}
    inputs: ClassVar[tuple[str, ...]] = ("prompt", "control", "answer", "foil")
    choices: ClassVar[tuple[str, ...]] = ("layer",)

    prompt = traitlets.Unicode().tag(sync=True)
    control = traitlets.Unicode().tag(sync=True)
    answer = traitlets.Unicode().tag(sync=True)
    foil = traitlets.Unicode().tag(sync=True)
    layer = traitlets.Int().tag(sync=True)
    grid = traitlets.Tuple(traitlets.Int(), traitlets.Int()).tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    control_tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    lens = traitlets.Dict().tag(sync=True)
    control_lens = traitlets.Dict().tag(sync=True)
    limit = traitlets.Float(1.0).tag(sync=True)
    top = traitlets.List(traitlets.List(traitlets.Dict())).tag(sync=True)
    control_top = traitlets.List(traitlets.List(traitlets.Dict())).tag(sync=True)
    layers = traitlets.Dict().tag(sync=True)
    ends = traitlets.Dict().tag(sync=True)
    heads = traitlets.Dict().tag(sync=True)
    parts = traitlets.List(traitlets.Dict()).tag(sync=True)

    def __init__(
        self,
        model: Model | str | Path,
        *,
        prompt: str = PROMPT,
        control: str = CONTROL,
        answer: str = " John",
        foil: str = " Mary",
        layer: int | None = None,
        title: str = "What each layer would say",
        **unknown: object,
    ) -> None:
        refuse_unknown(type(self), unknown)
        model = model if isinstance(model, Model) else load(model)
        spec = model.spec
        layer = spec.layers - 1 if layer is None else layer
        check(Site(name="resid_post", layer=layer), spec)
        answer_and_foil(model, answer, foil)
        super().__init__(
            model,
            title=title,
            shows="What each layer's stream would predict if it were the last, and what each part adds to the logit"
            " difference (norm's scale held).",
            hides="What a layer is used for: the lens reads with the last layer's glasses, and parts also act through"
            " later parts.",
            prompt=prompt,
            control=control,
            answer=answer,
            foil=foil,
            layer=layer,
            grid=(spec.layers, spec.heads),
            lens=NO_NUMBERS,
            control_lens=NO_NUMBERS,
            layers=NO_NUMBERS,
            ends=NO_NUMBERS,
            heads=NO_NUMBERS,
        )
        self._begin()

    def ask(self, lane: str) -> Study | None:
        assert self._model is not None
        words = {"answer": self.answer, "foil": self.foil}
        if lane == "lens":
            return LogitLens(model=self._model.ref, prompt=self.prompt, control=self.control, **words)
        pair = PromptPair(clean=self.prompt, corrupt=self.control, **words)
        return DirectAttribution(model=self._model.ref, pairs=(pair,))

    def show(self, lane: str, result: Result) -> None:
        {"lens": self._show_lens, "direct": self._show_direct}[lane](result)

    def _show_lens(self, result: Result) -> None:
        effect, texts = result.grids, result.texts
        beside = result.controls[0].grids if result.controls else None
        self.tokens = list(texts["tokens"])
        self.lens = encode(effect["logit difference"].values.numpy())
        self.top = _by_layer(texts["top"], effect["top"])
        self.control_tokens = list(texts["control tokens"]) if beside else []
        self.control_lens = encode(beside["logit difference"].values.numpy()) if beside else NO_NUMBERS
        self.control_top = _by_layer(texts["control top"], beside["top"]) if beside else []
        both = [effect, beside] if beside else [effect]
        self.limit = max(largest(grids["logit difference"].values.numpy()) for grids in both)

    def _show_direct(self, result: Result) -> None:
        both = (result.grids, result.controls[0].grids)
        by_layer = np.stack([grids["layer"].values.numpy() for grids in both])
        self.layers = encode(by_layer[:, 1:-1].reshape(2, -1, 2))
        self.ends = encode(by_layer[:, [0, -1]])
        self.heads = encode(np.stack([grids["head"].values.numpy() for grids in both]))
        self.parts = _strongest(*both)

    def picture(self) -> str:
        if not self.tokens:
            return ""
        pieces = []
        for name, text, wire in (
            ("prompt", self.prompt, self.lens),
            ("control", self.control, self.control_lens),
        ):
            values = decode(wire)
            if not values.size:
                continue
            side = max(1, min(12, 640 // values.shape[1]))
            alt = f"{name}: logit lens, layers up, {values.shape[0]} layers x {values.shape[1]} positions"
            end = f"{name}: {text!r}: {self.answer!r} less {self.foil!r} {values[-1, -1]:+.2f} logits at the end"
            pieces.append(f"<p>{html.escape(end)}</p>")
            pieces.append(still.cells(values[::-1], "diverging", self.limit, side=side, alt=alt))
        caption = f"Logit lens, layers up, positions to the right; {still.ends('diverging', self.limit)} logits"
        parts = ", ".join(f"{part['name']} {part['value']:+.2f} ({part['control']:+.2f})" for part in self.parts)
        return "".join(pieces) + "".join(
            f"<p>{html.escape(line)}</p>" for line in (caption, f"Strongest parts (control): {parts}" if parts else "")
        )


def _by_layer(words: tuple[str, ...], grid: Grid) -> list[list[dict[str, Any]]]:
    """The likeliest tokens, one list a layer."""
    rows = grid.values.numpy()
    return [
        [{"text": word, "p": float(p)} for word, p in zip(words[TOP * i : TOP * (i + 1)], row, strict=True)]
        for i, row in enumerate(rows)
    ]


def _strongest(effect: dict[str, Grid], control: dict[str, Grid]) -> list[dict[str, Any]]:
    """The heads and single neurons that add most, whichever the sign, each beside the control."""
    heads = effect["head"]
    layers, numbers = heads.axes["layer"], heads.axes["head"]
    names = [f"L{layer}H{head}" for layer in layers for head in numbers]
    found = list(zip(names, heads.values.numpy().ravel(), control["head"].values.numpy().ravel(), strict=True))
    neurons = zip(
        effect["neuron"].axes["neuron"],
        effect["neuron"].values.numpy(),
        control["neuron"].values.numpy(),
        strict=True,
    )
    found += [each for each in neurons if not each[0].startswith("rest")]
    found.sort(key=lambda each: -abs(each[1]))
    return [{"name": name, "value": float(value), "control": float(beside)} for name, value, beside in found[:LISTED]]
