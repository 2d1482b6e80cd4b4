"""RepairView: what each head writes itself against what is lost without it, and who brings back the rest."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, get_args

import numpy as np
import traitlets
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mikit.methods.patching import Source
from mikit.models.model import Model
from mikit.studies.base import Grid, Result, Study
from mikit.studies.pairs import PromptPair
from mikit.studies.prompts import answer_and_foil
from mikit.studies.self_repair import DRAWS, SelfRepair
from mikit.trace.checks import load
from mikit.widgets import still
from mikit.widgets.base import View, refuse_unknown
from mikit.widgets.wire import decode, encode

PROMPT = "When Mary and John went to the store, John gave a drink to"
CHANGED = "When Mary and John went to the store, Mary gave a drink to"

SIDE = 320
LISTED = 5
"""Heads that the static picture names."""


class RepairView(View):
    """Direct against total effect of every head; of a chosen one, who brings back the difference; and pairs of heads
    whose loss together is more than their losses added up.

    Args:
        model: a Model, or whatever ``mikit.load`` opens: a name, a folder, a .gguf file.
        prompt: a text that calls for ``answer``.
        changed: the other prompt, which heads may be set to.
        answer, foil: two next tokens, leading space included; the logit difference between them is the effect's unit.
        pairs: several prompts instead; the effects are then means, with intervals.
        brought: what heads are set to when they are switched off: "mean", "resample", "zero" or "other prompt".
        head: the head to split, as (layer, head); the one with most brought back if left out.
        title: the view's heading.

    Raises:
        NotOneToken: an answer or foil that is not a single token.
        BadPair: answer and foil are the same.
        UnknownModel, ModelNotHere, WeightsBroken ...: what ``mikit.load`` raises.
        TypeError: a keyword that does not exist.
    """

    kind: ClassVar[str] = "repair"
    lanes: ClassVar[dict[str, type[Study]]] = {"repair": SelfRepair}
    inputs: ClassVar[tuple[str, ...]] = ("prompt", "changed", "answer", "foil", "brought")
    choices: ClassVar[tuple[str, ...]] = ("chosen",)

    prompt = traitlets.Unicode().tag(sync=True)
    changed = traitlets.Unicode().tag(sync=True)
    answer = traitlets.Unicode().tag(sync=True)
    foil = traitlets.Unicode().tag(sync=True)
    brought = traitlets.Enum(get_args(Source)).tag(sync=True)
    prompts = traitlets.Int(1).tag(sync=True)
    chosen = traitlets.List(traitlets.Int(), allow_none=True).tag(sync=True)
    grid = traitlets.Tuple(traitlets.Int(), traitlets.Int()).tag(sync=True)
    found = traitlets.Any(None).tag(sync=True)

    def __init__(
        self,
        model: Model | str | Path,
        *,
        prompt: str = PROMPT,
        changed: str = CHANGED,
        answer: str = " Mary",
        foil: str = " John",
        pairs: Sequence[PromptPair] = (),
        brought: Source = "mean",
        head: tuple[int, int] | None = None,
        title: str = "Switched off, and brought back",
        **unknown: object,
    ) -> None:
        refuse_unknown(type(self), unknown)
        model = model if isinstance(model, Model) else load(model)
        answer_and_foil(model, answer, foil)
        self._pairs = tuple(pairs)
        super().__init__(
            model,
            title=title,
            shows="What each head writes to the answer itself, what the model loses without it, and which later parts"
            " make up the difference.",
            hides="That anything is there to repair: parts further on change because what they read has changed.",
            prompt=prompt,
            changed=changed,
            answer=answer,
            foil=foil,
            brought=brought,
            prompts=len(self._pairs) or 1,
            chosen=None if head is None else list(head),
            grid=(model.spec.layers, model.spec.heads),
        )
        self._begin()

    def ask(self, lane: str) -> Study | None:
        assert self._model is not None
        one = PromptPair(clean=self.prompt, corrupt=self.changed, answer=self.answer, foil=self.foil)
        return SelfRepair(model=self._model.ref, pairs=self._pairs or (one,), brought=self.brought)

    def show(self, lane: str, result: Result) -> None:
        grids, controls = result.grids, {control.name: control.grids for control in result.controls}
        own = [grids[name] for name in ("direct", "total")]
        draws = [controls["other draws"][grid] if "other draws" in controls else None for grid in ("direct", "total")]
        effects = np.stack([_with_ends(grid, own[0].values.shape) for grid in (*own, *draws)], 2)
        found: dict[str, Any] = {
            "difference": encode(_with_ends(grids["logit difference"])),
            "effects": encode(effects.reshape(-1, 4, 3)),
            "draws": DRAWS,
            "split": None,
            "pairs": None,
        }
        if "back" in grids:
            heads, by = grids["back"].axes.values()
            found["split"] = {"heads": list(heads), "by": list(by), "back": encode(_with_ends(grids["back"]))}
            random = controls["random pairs"]["pair"]
            found["pairs"] = {
                "names": list(grids["pair"].axes["pair"]),
                "values": encode(_with_ends(grids["pair"])),
                "random_names": list(random.axes["pair"]),
                "random": encode(_with_ends(random)),
            }
        self.found = found

    def clear(self, lane: str) -> None:
        self.found = None

    def picture(self) -> str:
        if self.found is None or self.found["split"] is None:
            return ""
        direct, total = decode(self.found["effects"])[:, :2, 0].T
        alt = "Every head: its direct effect to the right, its total effect upwards; on the line they are equal"
        split = self.found["split"]
        back = decode(split["back"])[..., 0]
        order = np.argsort(-np.abs(back[:, -1]))[:LISTED]
        lines = [
            f"{split['heads'][i]}: direct less total {back[i, -1]:+.2f} logits, most by"
            f" {split['by'][int(np.abs(back[i, :-1]).argmax())]} {back[i, int(np.abs(back[i, :-1]).argmax())]:+.2f}"
            for i in order.tolist()
        ]
        of = self.prompt if self.prompts == 1 else f"{self.prompts} prompts"
        lines = [alt, f"{of}: {self.answer!r} less {self.foil!r}, heads set to: {self.brought}", *lines]
        drawn = still.png(_scatter(direct, total), alt)
        return drawn + "".join(f"<p>{html.escape(line)}</p>" for line in lines)


def _with_ends(grid: Grid | None, shape: tuple[int, ...] = ()) -> NDArray[Any]:
    """value, low, high of each cell [..., 3]; NaN where there is none."""
    nothing = np.full(grid.values.shape if grid else shape, np.nan, np.float32)
    parts = (grid.values, grid.low, grid.high) if grid else (None, None, None)
    return np.stack([nothing if part is None else part.numpy() for part in parts], -1)


def _scatter(direct: NDArray[Any], total: NDArray[Any]) -> Image.Image:
    """A dot a head over a line on which both effects are equal."""
    reach = float(np.nanmax(np.abs([direct, total]))) * 1.1 or 1.0
    image = Image.new("RGB", (SIDE, SIDE), "#FFFFFF")
    draw = ImageDraw.Draw(image)
    draw.line((0, SIDE / 2, SIDE, SIDE / 2), fill="#DADFE6")
    draw.line((SIDE / 2, 0, SIDE / 2, SIDE), fill="#DADFE6")
    draw.line((0, SIDE, SIDE, 0), fill="#7B8794")
    for x, y in np.stack([direct, -total], 1).tolist():
        at = (SIDE / 2 * (1 + x / reach), SIDE / 2 * (1 + y / reach))
        draw.ellipse((at[0] - 3, at[1] - 3, at[0] + 3, at[1] + 3), fill="#2457C5")
    return image
