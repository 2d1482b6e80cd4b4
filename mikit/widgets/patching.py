"""PatchingView: put one run's values into another, site by site, and see what restores or breaks the answer."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Self, get_args

import numpy as np
import traitlets
from numpy.typing import NDArray

from mikit.errors import BadMetric, MikitError, UnknownSite, nearest
from mikit.methods.metrics import NAMES, Function, MetricName
from mikit.methods.patching import By
from mikit.models.model import Model
from mikit.studies.attribution import Attribution
from mikit.studies.base import Result, Study, run_study
from mikit.studies.dose import Dose
from mikit.studies.names import TEMPLATES, name_pair
from mikit.studies.pairs import PromptPair
from mikit.studies.patch_sweep import PatchSweep
from mikit.studies.patching import Direction
from mikit.trace.checks import load
from mikit.trace.sites import WITH_HEADS, SiteName
from mikit.widgets import still
from mikit.widgets.base import View, refuse_unknown
from mikit.widgets.heatmap import largest
from mikit.widgets.patching_wire import TEXTS, about_of, dosed_wire, grid_of, judged_by, map_wire
from mikit.widgets.wire import decode

SITES: tuple[SiteName, ...] = (
    "resid_pre", "resid_mid", "resid_post", "attn_out", "mlp_out", "z", "q", "k", "v", "pattern",
)  # fmt: skip
"""Those without heads are mapped by position, those with heads by head."""
WHOLE = 16
"""Index of dose 1: a whole patch."""


class PatchingView(View):
    """A patching map that appears at once and sharpens; click a cell, and move that one site dose by dose.

    The approximate map (attribution patching, small squares) stands after one backward pass. The exact sweep fills it
    from the last layer down. Stop ends it; the cells done so far stay.

    Args:
        model: a Model, or whatever ``mikit.load`` opens: a name, a folder, a .gguf file.
        pair: original and changed prompt, answer and foil; two names and a drink if left out. Names of positions are
            not used here.
        clean, corrupt, answer, foil: texts that replace those of the pair.
        site: which value is patched: "resid_pre", "resid_mid", "resid_post", "attn_out", "mlp_out" by position; "z",
            "q", "k", "v", "pattern" by head.
        direction: "denoise" puts original values into the changed run, "noise" the other way round.
        metric: "logit difference", "normalised", "probability", "KL", or a function of the logits [rows, vocab] that
            gives one number a row. With a function there is no record.
        predicted: your prediction of the metric with the site restored whole, drawn as a diamond.
        title: the view's heading.

    Raises:
        BadPair, NotOneToken, EmptyText, TooLong: prompts or answers that cannot be compared.
        UnknownSite: a site or a direction that does not exist, or that this model does not have.
        BadMetric: a metric of an unknown name.
        UnknownModel, ModelNotHere, WeightsBroken ...: what ``mikit.load`` raises.
        TypeError: a keyword that does not exist.
    """

    kind: ClassVar[str] = "patching"
    lanes: ClassVar[dict[str, type[Study]]] = {"approx": Attribution, "map": PatchSweep, "dose": Dose}
    inputs: ClassVar[tuple[str, ...]] = (*TEXTS, "site", "direction", "metric", "selected")
    choices: ClassVar[tuple[str, ...]] = ("dose",)

    clean = traitlets.Unicode().tag(sync=True)
    corrupt = traitlets.Unicode().tag(sync=True)
    answer = traitlets.Unicode().tag(sync=True)
    foil = traitlets.Unicode().tag(sync=True)
    site = traitlets.Enum(SITES).tag(sync=True)
    direction = traitlets.Enum(get_args(Direction)).tag(sync=True)
    metric = traitlets.Unicode().tag(sync=True)
    sites = traitlets.List(traitlets.Unicode()).tag(sync=True)
    metrics = traitlets.List(traitlets.Unicode()).tag(sync=True)
    examples = traitlets.List(traitlets.Dict()).tag(sync=True)
    selected = traitlets.Any(None).tag(sync=True)  # None, or (row, column)
    dose = traitlets.Int(WHOLE).tag(sync=True)
    predicted = traitlets.Float(None, allow_none=True).tag(sync=True)
    map = traitlets.Any(None).tag(sync=True)  # None or a dict, as the next two
    dosed = traitlets.Any(None).tag(sync=True)
    estimate = traitlets.Any(None).tag(sync=True)

    def __init__(
        self,
        model: Model | str | Path,
        pair: PromptPair | None = None,
        *,
        clean: str | None = None,
        corrupt: str | None = None,
        answer: str | None = None,
        foil: str | None = None,
        site: SiteName = "resid_pre",
        direction: Direction = "denoise",
        metric: MetricName | Function = "logit difference",
        predicted: float | None = None,
        title: str = "Patching",
        **unknown: object,
    ) -> None:
        refuse_unknown(type(self), unknown)
        model = model if isinstance(model, Model) else load(model)
        given = {"clean": clean, "corrupt": corrupt, "answer": answer, "foil": foil}
        texts = _texts(model, pair, {name: text for name, text in given.items() if text is not None})
        PromptPair(**texts).read(model)
        sites = [name for name in SITES if name != "resid_mid" or not model.spec.parallel]
        _refuse_unlisted("site", site, sites)
        _refuse_unlisted("direction", direction, get_args(Direction))
        self._function = metric if callable(metric) else None
        named = judged_by(metric)
        if self._function is None and named not in NAMES:
            raise BadMetric(f"There is no metric called '{named}'.{nearest(named, NAMES)}")
        self._maps: dict[str, Result] = {}
        self._offered: tuple[int, int] | None = None
        super().__init__(
            model,
            title=title,
            shows="How much the metric changes when one value inside a run is replaced by the other run's.",
            hides="Which later parts use that value, and whether it matters on other prompts.",
            **texts,
            site=site,
            direction=direction,
            metric=named,
            sites=sites,
            metrics=[*NAMES, *([named] if self._function else [])],
            examples=_examples(model),
            predicted=predicted,
        )
        self.observe(self._forget_other_columns, names=["site"])
        self._begin()

    def run(self) -> Self:
        """Compute every lane now, on this thread. The first map may choose a cell, whose dose comes last.

        Raises what the studies raise.
        """
        if self.selected is None and (study := self.ask("approx")) is not None:
            self._offer(run_study(study, self._model))
        return super().run()

    # -- asking -------------------------------------------------------------------------------------------------------

    @property
    def _studied(self) -> Model:
        assert self._model is not None
        return self._model

    @property
    def _by(self) -> By:
        return "head" if self.site in WITH_HEADS else "position"

    def ask(self, lane: str) -> Study | None:
        pair = PromptPair(clean=self.clean, corrupt=self.corrupt, answer=self.answer, foil=self.foil)
        metric = self.metric if self.metric in NAMES else self._function
        if lane == "dose":
            return self._dose(pair, metric)
        fields: dict[str, Any] = {
            "model": self._studied.ref,
            "pairs": (pair,),
            "by": self._by,
            "direction": self.direction,
            "metric": metric,
        }
        if lane == "map":
            return PatchSweep(**fields, site=self.site)
        if metric == "KL":
            return None  # its slope where nothing is patched is 0: a straight line says nothing
        return Attribution(**fields, sites=(self.site,))

    def _dose(self, pair: PromptPair, metric: Any) -> Dose | None:
        """Of the selected cell, if the prompt still has it."""
        if self.selected is None:
            return None
        row, column = self.selected
        place = {"head": column} if self._by == "head" else {"position": column}
        if self._by == "position" and column >= self._length(pair):
            return None
        return Dose(model=self._studied.ref, pair=pair, site=self.site, layer=row, metric=metric, **place)

    def _length(self, pair: PromptPair) -> float:
        try:
            return self._studied.tokens(pair.clean).ids.shape[1]
        except MikitError:
            return float("inf")  # the study says what is wrong with the text

    def _forget_other_columns(self, change: dict[str, Any]) -> None:
        """A position's number means nothing among heads."""
        if (change["old"] in WITH_HEADS) != (change["new"] in WITH_HEADS):
            self.selected = None

    # -- showing ------------------------------------------------------------------------------------------------------

    def show(self, lane: str, result: Result) -> None:
        if lane == "dose":
            self.dosed = dosed_wire(result)
            return
        about = about_of(result.study)
        same = {name: one for name, one in self._maps.items() if about_of(one.study) == about}
        self._maps = same | {lane: result}
        self.map = self._map_now()
        if lane == "map" and lane not in same:
            self.estimate = result.study.estimate(self._studied).model_dump()
        if lane == "approx" or ("approx" not in self._maps and result.done == 1):
            self._offer(result)

    def clear(self, lane: str) -> None:
        if lane == "dose":
            self.dosed = None
            return
        self._maps.pop(lane, None)
        self.map = self._map_now()

    def _offer(self, result: Result) -> None:
        """Select the strongest cell, unless a hand has chosen one that this map has."""
        values = grid_of(result).values.numpy()
        inside = self.selected is not None and self.selected[1] < values.shape[1]
        if inside and tuple(self.selected) != self._offered:
            return
        size = np.abs(values)
        if self._by == "position":
            size[:, 0] = 0  # an attention sink
        row, column = np.unravel_index(int(np.nanargmax(size)), size.shape)
        self._offered = (int(row), int(column))
        if self._first["selected"] is None:
            self._first["selected"] = self._offered  # where Reset leads
        self.selected = self._offered

    def _map_now(self) -> dict[str, Any] | None:
        return map_wire(self._maps, self._studied) if self._maps else None

    # -- the static picture -------------------------------------------------------------------------------------------

    def picture(self) -> str:
        if self.map is None:
            return ""
        values, exact = self._cells()
        scale = "sequential" if self.map["metric"] == "KL" else "diverging"
        limit, side = largest(values), max(1, min(14, 640 // values.shape[1]))
        rows, columns = values.shape
        alt = f"patching {self.map['site']}: layers up, {rows} layers x {columns} {self.map['by']}s"
        ends = f"{still.ends(scale, limit)} {self.map['unit']}"
        lines = [
            f"original {self.map['clean']!r}; changed {self.map['corrupt']!r}",
            f"{alt}; {int(exact.sum())} of {exact.size} cells exact; {ends}".strip(),
            self._dose_in_words(),
        ]
        image = still.cells(values[::-1], scale, limit, side=side, alt=alt)
        return image + "".join(f"<p>{html.escape(line)}</p>" for line in lines if line)

    def _cells(self) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """The map as it is drawn, and which of its cells are exact."""
        grids = {lane: grid_of(one).values.numpy() for lane, one in self._maps.items()}
        exact = grids.get("map", np.full_like(next(iter(grids.values())), np.nan))
        there = np.isfinite(exact)
        return np.where(there, exact, grids.get("approx", exact)), there

    def _dose_in_words(self) -> str:
        if self.dosed is None:
            return ""
        curve = decode(self.dosed["curve"])
        return (
            f"dose of {self.dosed['sites'][0]}: {self.dosed['metric']} {curve[0]:+.2f} at 0 (changed),"
            f" {curve[-1]:+.2f} at 1 (original)"
        )


def _texts(model: Model, pair: PromptPair | None, given: dict[str, str]) -> dict[str, str]:
    """The four texts: those given, and for the rest the pair's, or those of the pair that everyone begins with."""
    if missing := [name for name in TEXTS if name not in given]:
        pair = pair or name_pair(model, "Mary", "John")
        return given | {name: getattr(pair, name) for name in missing}
    return given


def _examples(model: Model) -> list[dict[str, str]]:
    """Pairs to begin from, as far as this model's tokens allow them."""
    makers: dict[str, Callable[[], PromptPair]] = {
        "changed at the last name": lambda: name_pair(model, "Mary", "John"),
        "changed at the first name": lambda: _other_receiver(TEMPLATES[0]),
        "another wording": lambda: name_pair(model, "Anna", "Peter", TEMPLATES[2]),
    }
    found = []
    for label, make in makers.items():
        try:
            pair = make()
            pair.read(model)
        except MikitError:
            continue
        found.append({"label": label, **{name: getattr(pair, name) for name in TEXTS}})
    return found


def _other_receiver(wording: str) -> PromptPair:
    """Changed at its first name: another person is there to be given to."""
    clean, corrupt = (wording.format(IO=name, S="John") for name in ("Mary", "Anna"))
    return PromptPair(clean=clean, corrupt=corrupt, answer=" Mary", foil=" Anna")


def _refuse_unlisted(what: str, name: str, known: Any) -> None:
    if name not in known:
        raise UnknownSite(f"There is no {what} '{name}' to choose here.{nearest(str(name), known)}")
