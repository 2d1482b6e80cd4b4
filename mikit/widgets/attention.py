"""AttentionView: where every head of a model looks, and what breaks when heads are switched off."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import traitlets

from mikit.errors import MikitError, UnknownSite
from mikit.methods.heads import SCORES
from mikit.models.model import Model
from mikit.studies.attention import AttentionPatterns
from mikit.studies.base import Result, Study
from mikit.studies.head_scores import HeadScores
from mikit.studies.mute_heads import MuteHeads, labels
from mikit.studies.prompts import ChatPrompt, RepeatPrompt, TextPrompt
from mikit.trace.checks import load
from mikit.trace.sites import Site, check
from mikit.widgets import headmap, still
from mikit.widgets.base import View, refuse_unknown
from mikit.widgets.tokens import token_list
from mikit.widgets.wire import decode, encode, lower_triangles

DRAWN = 64
"""Tokens drawn at most: attention looks back only, so what the first tokens do does not depend on those left out."""

TEXT = "When Mary and John went to the store, John gave a drink to"
EXAMPLES = (
    ("Two names", TEXT, "continue"),
    ("A list", "red, blue, green, red, blue, green, red, blue,", "continue"),
    ("Random tokens, said twice", "", "repeat"),
    ("A question, as a chat", "What is the capital of France?", "chat"),
)

Mode = Literal["continue", "chat", "repeat"]
Pair = traitlets.Tuple(traitlets.Int(), traitlets.Int())
NO_NUMBERS = encode(np.zeros(0, np.float32))


class AttentionView(View):
    """A map of all heads, the text one head reads, and a switch on every head.

    Args:
        model: a Model, or whatever ``mikit.load`` opens: a name, a folder, a .gguf file.
        text: the prompt. The first 64 tokens are drawn; the numbers are about all of it.
        mode: "continue" (the text as it is), "chat" (in the model's chat template), or "repeat" (random tokens said
            twice; ``text`` is ignored).
        muted: heads that are off, as (layer, head).
        focus: the head whose picture is large.
        sort: "induction", "previous", "duplicate" or "first" orders the map by that score; "" by layer.
        seed: of the random tokens and the random heads.
        title: the view's heading.

    Raises:
        UnknownSite: a head that this model does not have.
        UnknownModel, ModelNotHere, WeightsBroken ...: what ``mikit.load`` raises.
        TypeError: a keyword that does not exist.
    """

    kind: ClassVar[str] = "attention"
    lanes: ClassVar[dict[str, type[Study]]] = {"attention": AttentionPatterns, "mute": MuteHeads, "scores": HeadScores}
    inputs: ClassVar[tuple[str, ...]] = ("text", "mode", "muted")
    choices: ClassVar[tuple[str, ...]] = ("focus", "locked", "sort")

    text = traitlets.Unicode().tag(sync=True)
    mode = traitlets.Enum(("continue", "chat", "repeat"), "continue").tag(sync=True)
    muted = traitlets.List(Pair).tag(sync=True)
    focus = traitlets.Tuple(traitlets.Int(), traitlets.Int()).tag(sync=True)
    locked = traitlets.Int(-1).tag(sync=True)
    sort = traitlets.Enum(("", *SCORES), "").tag(sync=True)
    examples = traitlets.List(traitlets.Dict()).tag(sync=True)
    has_chat = traitlets.Bool().tag(sync=True)
    grid = traitlets.Tuple(traitlets.Int(), traitlets.Int()).tag(sync=True)
    tokens = traitlets.List(traitlets.Dict()).tag(sync=True)
    patterns = traitlets.Dict().tag(sync=True)
    sink = traitlets.Dict().tag(sync=True)
    scores = traitlets.Dict().tag(sync=True)
    score_control = traitlets.Dict().tag(sync=True)
    score_low = traitlets.Dict().tag(sync=True)
    score_high = traitlets.Dict().tag(sync=True)
    protocol = traitlets.Unicode().tag(sync=True)
    next = traitlets.List(traitlets.Dict()).tag(sync=True)
    effect = traitlets.Any(None).tag(sync=True)  # None or a dict
    surprise = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        model: Model | str | Path,
        *,
        text: str = TEXT,
        mode: Mode = "continue",
        muted: Sequence[tuple[int, int]] = (),
        focus: tuple[int, int] = (0, 0),
        sort: str = "",
        seed: int = 0,
        title: str = "Where the heads look",
        **unknown: object,
    ) -> None:
        refuse_unknown(type(self), unknown)
        model = model if isinstance(model, Model) else load(model)
        spec = model.spec
        for layer, head in [*muted, focus]:
            check(Site(name="z", layer=layer, head=head), spec)
        if sort and sort not in SCORES:
            raise UnknownSite(f"There is no score '{sort}'. Known: {', '.join(SCORES)}.")
        self._seed = seed
        self._remark = ""
        super().__init__(
            model,
            title=title,
            shows="Which earlier tokens each head reads from; with heads off, how much worse the text is predicted.",
            hides="What a head does with what it reads. A head that looks somewhere need not matter.",
            text=text,
            mode=mode,
            muted=list(muted),
            focus=tuple(focus),
            sort=sort,
            has_chat=spec.has_chat,
            examples=[{"label": a, "text": b, "mode": c} for a, b, c in EXAMPLES if spec.has_chat or c != "chat"],
            grid=(spec.layers, spec.heads),
            patterns=encode(np.zeros((spec.layers * spec.heads, 0), np.uint8)),
            sink=NO_NUMBERS,
            surprise=encode(np.zeros((2, 0), np.float32)),
        )
        self._begin()

    # -- asking -------------------------------------------------------------------------------------------------------

    def ask(self, lane: str) -> Study | None:
        ref = self._studied.ref
        if lane == "scores":
            length = min(HeadScores.model_fields["length"].default, self._studied.spec.context // 2)
            return HeadScores(model=ref, seed=self._seed, length=length)
        if lane == "attention":
            return AttentionPatterns(model=ref, seed=self._seed, prompt=self._prompt())
        if not self.muted and self._is_one_token():
            return None  # nothing to score, and nobody asked
        return MuteHeads(model=ref, seed=self._seed, prompt=self._prompt(), heads=tuple(self.muted))

    @property
    def _studied(self) -> Model:
        assert self._model is not None
        return self._model

    def _prompt(self) -> TextPrompt | ChatPrompt | RepeatPrompt:
        if self.mode == "repeat":
            return RepeatPrompt(seed=self._seed)
        return ChatPrompt(text=self.text) if self.mode == "chat" else TextPrompt(text=self.text)

    def _is_one_token(self) -> bool:
        try:
            return self._prompt().tokens(self._studied).ids.shape[1] == 1
        except MikitError:
            return False  # the study will say what is wrong

    # -- showing ------------------------------------------------------------------------------------------------------

    def show(self, lane: str, result: Result) -> None:
        {"attention": self._show_attention, "mute": self._show_mute, "scores": self._show_scores}[lane](result)

    def clear(self, lane: str) -> None:
        """Only ``mute`` ever asks nothing."""
        self.effect = None
        self.surprise = encode(np.zeros((2, 0), np.float32))

    def _show_attention(self, result: Result) -> None:
        study = result.study
        assert isinstance(study, AttentionPatterns)
        tokens = study.prompt.tokens(self._studied)
        pattern = result.grids["pattern"].values.numpy()
        self.tokens = token_list(tokens.strings[:DRAWN], tokens.special[:DRAWN])
        self.patterns = encode(lower_triangles(pattern[..., :DRAWN, :DRAWN]))
        self.sink = encode(result.grids["sink"].values.numpy().ravel())
        likeliest = result.grids["next"]
        self.next = [
            {"text": word, "p": float(p)}
            for word, p in zip(likeliest.axes["token"], likeliest.values.numpy(), strict=True)
        ]
        cut = f"ready · the first {DRAWN} of {len(tokens.strings)} tokens are drawn"
        notes = result.texts["notes"]
        self._remark = notes[0] if notes else cut if len(tokens.strings) > DRAWN else "ready"

    def _show_mute(self, result: Result) -> None:
        study = result.study
        assert isinstance(study, MuteHeads)
        nats = result.grids["surprise"].values.numpy()[:, :DRAWN]
        both = np.full((2, nats.shape[1]), np.nan, np.float32)
        both[: len(nats)] = nats
        self.surprise = encode(both)
        self.effect = effect_of(result, study)

    def _show_scores(self, result: Result) -> None:
        control = result.controls[0].grids if result.controls else {}
        grids = {name: result.grids[name] for name in SCORES if name in result.grids}
        self.scores = {name: flat(grid.values) for name, grid in grids.items()}
        self.score_control = {name: flat(control[name].values) for name in grids}
        self.score_low = {name: flat(grid.low) for name, grid in grids.items() if grid.low is not None}
        self.score_high = {name: flat(grid.high) for name, grid in grids.items() if grid.high is not None}
        self.protocol = result.texts["protocol"][0]

    def ready(self) -> str:
        return self._remark or "ready"

    def picture(self) -> str:
        if not self.tokens:
            return ""
        layers, heads = self.grid
        image = headmap.image(decode(self.patterns), layers, heads)
        alt = f"Attention of {layers} x {heads} heads: layers to the right, heads down, position 0 left out"
        words = still.words([token["text"] for token in self.tokens], None, "sequential", 1.0)
        return words + still.png(image, alt) + "".join(f"<p>{html.escape(line)}</p>" for line in (alt, *self._lines()))

    def _lines(self) -> list[str]:
        """The numbers on screen in words."""
        likeliest = ", ".join(f"{token['text']!r} {token['p']:.0%}" for token in self.next)
        lines = [f"Likeliest next tokens: {likeliest}."]
        if self.effect is not None and self.effect["heads"]:
            lines.append(in_words(self.effect))
        return lines


def flat(array: Any) -> Any:
    """A grid [layer, head] as the browser has it: one row of all heads."""
    return encode(array.numpy().ravel())


def effect_of(result: Result, study: MuteHeads) -> dict[str, Any]:
    """What switching off did, as the browser has it. With no head off both runs are the same one."""
    n = int(np.isfinite(result.grids["surprise"].values.numpy()[0]).sum())
    mean, guessed = result.grids["mean surprise"], result.grids["guessed"].values.numpy()
    runs = [
        {"guessed": int(g), "n": n, "surprise": float(s)} for g, s in zip(guessed, mean.values.numpy(), strict=True)
    ]
    interval = {
        "low": None if mean.low is None else float(mean.low.numpy()[-1]),
        "high": None if mean.high is None else float(mean.high.numpy()[-1]),
    }
    drawn = result.controls[0].grids if result.controls else {}
    draws = {
        "guessed": drawn["guessed"].values.numpy().tolist() if drawn else [],
        "surprise": drawn["mean surprise"].values.numpy().tolist() if drawn else [],
    }
    heads = [list(head) for head in study.heads]
    return {"heads": heads, "base": runs[0], "muted": runs[-1] | interval, "draws": draws, "of": study.draws}


def in_words(effect: dict[str, Any]) -> str:
    """One sentence: heads off, beside as many random ones off."""
    names = ", ".join(labels([tuple(head) for head in effect["heads"]]))
    base, muted, draws = effect["base"], effect["muted"], effect["draws"]["guessed"]
    random = f"; as many random heads off: {min(draws)} to {max(draws)} in {len(draws)} draws" if draws else ""
    return f"{names} off: guessed {muted['guessed']} of {muted['n']} tokens, as is {base['guessed']}{random}."
