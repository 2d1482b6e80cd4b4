"""DictionaryTrainingView: a sparse dictionary learns, its numbers redrawn as it goes, beside a random dictionary's."""

from __future__ import annotations

import html
from typing import Any, ClassVar, Self

import numpy as np
import traitlets
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mikit.errors import nearest
from mikit.models.model import Model
from mikit.studies.base import Grid, Result, Study
from mikit.studies.train_dictionary import TrainDictionary
from mikit.studies.train_planted import TrainPlanted
from mikit.widgets import still
from mikit.widgets.base import View
from mikit.widgets.lanes import State
from mikit.widgets.wire import decode, encode

NO_CURVES = encode(np.zeros((0, 0), np.float32))
CURVES = ("fvu", "l0", "dead")
PLANTED_SHOWS = "How much of new inputs each dictionary leaves out, and once revealed, which true directions it has."
PLANTED_HIDES = (
    "What a dictionary of a language model has found: nobody knows its true directions, or whether it has any."
)
REAL_SHOWS = "How much of a model's activations the dictionary leaves out while it trains, and on texts it never saw."
REAL_HIDES = "Whether its features mean anything: little left out is no sign of that, as planted directions show."


class DictionaryTrainingView(View):
    """Press Start: dictionaries learn on planted directions, one a price of firing; or one learns on a model's
    activations, and goes on where it was stopped.

    Args:
        study: a TrainPlanted or a TrainDictionary. Left out: a TrainPlanted, whose fields are the other keywords.
        model: the one that a TrainDictionary speaks of; left out, it is loaded by its name.
        predicted: what the learner expects, which stays in the figure: how many true directions come back with the
            chosen price, or for a TrainDictionary the FVU at the end.
        revealed: whether the true directions are shown from the start.
        chosen: which of the dictionaries is read out first; -1 is the last.
        title: the view's heading.

    Raises:
        TypeError: a keyword that does not exist.
    """

    kind: ClassVar[str] = "dictionarytraining"
    lanes: ClassVar[dict[str, type[Study]]] = {"train": Study}
    inputs: ClassVar[tuple[str, ...]] = ("seed", "started")
    choices: ClassVar[tuple[str, ...]] = ("chosen", "revealed")

    seed = traitlets.Int(min=0, max=9999).tag(sync=True)
    started = traitlets.Bool(False).tag(sync=True)
    chosen = traitlets.Int().tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)
    predicted = traitlets.Float(None, allow_none=True).tag(sync=True)
    knob = traitlets.Unicode().tag(sync=True)
    levels = traitlets.List(traitlets.Float()).tag(sync=True)
    updates = traitlets.Int().tag(sync=True)
    features = traitlets.Int().tag(sync=True)
    truth = traitlets.Int().tag(sync=True)
    resumable = traitlets.Bool(False).tag(sync=True)
    steps = traitlets.Dict(encode(np.zeros(0, np.float32))).tag(sync=True)
    curves = traitlets.Dict().tag(sync=True)
    curves_control = traitlets.Dict().tag(sync=True)
    held_out = traitlets.List(traitlets.Float()).tag(sync=True)
    recovered = traitlets.List(traitlets.Float()).tag(sync=True)
    recovered_control = traitlets.List(traitlets.Float()).tag(sync=True)
    cosine = traitlets.Dict(NO_CURVES).tag(sync=True)
    cosine_control = traitlets.Dict(NO_CURVES).tag(sync=True)

    def __init__(
        self,
        study: TrainPlanted | TrainDictionary | None = None,
        *,
        model: Model | None = None,
        predicted: float | None = None,
        revealed: bool = False,
        chosen: int = 0,
        title: str = "",
        **fields: Any,
    ) -> None:
        _refuse_unknown(study, fields)
        self._study = study = study or TrainPlanted(**fields)
        planted = isinstance(study, TrainPlanted)
        heading = f"A dictionary of {study.site}" if isinstance(study, TrainDictionary) else "Directions that we know"
        levels = [float(level) for level in _levels(study)]
        super().__init__(
            model or study.open(),
            title=title or heading,
            shows=PLANTED_SHOWS if planted else REAL_SHOWS,
            hides=PLANTED_HIDES if planted else REAL_HIDES,
            seed=study.seed,
            updates=study.updates,
            predicted=predicted,
            revealed=revealed,
            chosen=range(len(levels))[chosen],
            knob=_knob(study),
            levels=levels,
            features=study.features,
            truth=study.truth if isinstance(study, TrainPlanted) else 0,
        )
        self._begin()

    # -- asking -------------------------------------------------------------------------------------------------------

    def ask(self, lane: str) -> Study | None:
        return self._with_seed() if self.started else None

    def _with_seed(self) -> TrainPlanted | TrainDictionary:
        if self._study.seed == self.seed:
            return self._study
        left_out = {"model"} if isinstance(self._study, TrainPlanted) else set()  # planted ones follow from the seed
        fields = {name: getattr(self._study, name) for name in type(self._study).model_fields if name not in left_out}
        return type(self._study)(**fields | {"seed": self.seed})

    def run(self) -> Self:
        self.started = True
        return super().run()

    @traitlets.observe("seed")
    def _another_start(self, _: object) -> None:
        """Another seed is another training: it waits for Start, and planted directions' name stands on the view."""
        self.started, self.resumable = False, False
        if isinstance(study := self._with_seed(), TrainPlanted):
            self._model = study.open()
            self.chip = self._model.ref.chip

    # -- showing ------------------------------------------------------------------------------------------------------

    def show(self, lane: str, result: Result) -> None:
        effect, control = result.grids, result.controls[0].grids
        self.steps = encode(np.array(effect["fvu"].axes["step"], np.float32))
        self.curves = {name: encode(_by_level(effect[name])) for name in CURVES}
        self.curves_control = {name: encode(_by_level(control[name])) for name in CURVES}
        self.resumable = False
        if "recovered" in effect:
            self.recovered = effect["recovered"].values.numpy()[-1].tolist()
            self.recovered_control = control["recovered"].values.numpy()[-1].tolist()
            self.cosine, self.cosine_control = encode(effect["cosine"].values), encode(control["cosine"].values)
        self.held_out = _held_out(effect, control)

    def clear(self, lane: str) -> None:
        self.steps = encode(np.zeros(0, np.float32))
        self.curves = self.curves_control = {}
        self.held_out, self.recovered, self.recovered_control = [], [], []
        self.cosine = self.cosine_control = NO_CURVES
        self.resumable = False

    def ready(self) -> str:
        return "trained" if self.started else "not trained yet: press Start"

    def work_ended(self, lane: str, request: int, end: State) -> None:
        """A stopped training says where it stands, and whether it can go on."""
        super().work_ended(lane, request, end)
        if end == "stopped" and self.status["state"] == "stopped" and self.steps["shape"][0]:
            study = self._with_seed()
            kept = study.kept if isinstance(study, TrainDictionary) else ""
            self.resumable = kept.endswith("go on from there.")
            anew = f"stopped at update {int(decode(self.steps)[-1])}; starting again begins anew"
            self.status = self.status | {"text": kept or anew}

    def picture(self) -> str:
        if not self.steps["shape"][0]:
            return ""
        alt = "Fraction of variance unexplained by updates: dictionaries in blue, a random dictionary in grey"
        lines = [alt, *(self._sentence(level) for level in range(len(self.levels)))]
        drawn = still.png(_curves(decode(self.curves["fvu"]), decode(self.curves_control["fvu"])), alt)
        return drawn + "".join(f"<p>{html.escape(line)}</p>" for line in lines)

    def _sentence(self, level: int) -> str:
        """A dictionary's outcome in words."""
        fvu, chance = (float(decode(one["fvu"])[-1, level]) for one in (self.curves, self.curves_control))
        if self.held_out:
            fvu, _, _, chance = self.held_out
        name = f"{self.knob} {self.levels[level]:g}"
        found = f"; {self.recovered[level]:.0f} of {self.truth} true directions" if self.revealed and self.truth else ""
        return f"{name}: {fvu:.3f} of the variance left out, by a random dictionary {chance:.3f}{found}."


def _levels(study: TrainPlanted | TrainDictionary) -> tuple[float, ...]:
    if isinstance(study, TrainPlanted):
        return study.levels
    return (float(study.k) if study.k is not None else study.sparsity,)


def _knob(study: TrainPlanted | TrainDictionary) -> str:
    if isinstance(study, TrainPlanted):
        return study.knob
    return "k" if study.k is not None else "sparsity"


def _by_level(grid: Grid) -> NDArray[Any]:
    """A curve as the browser has it, [step, level]."""
    values = grid.values.numpy()
    return values.reshape(len(values), -1)


def _held_out(effect: dict[str, Grid], control: dict[str, Grid]) -> list[float]:
    """FVU on held-out windows, low, high, and the random dictionary's; [] before the end."""
    if "held-out fvu" not in effect:
        return []
    found = effect["held-out fvu"]
    ends = [float("nan") if one is None else float(one.numpy()[0]) for one in (found.low, found.high)]
    return [float(found.values.numpy()[0]), *ends, float(control["held-out fvu"].values.numpy()[0])]


def _curves(ours: NDArray[Any], theirs: NDArray[Any]) -> Image.Image:
    """FVU from 0 at the bottom to 1, [step, level]; the random dictionary's below."""
    image = Image.new("RGB", (480, 160), "#FFFFFF")
    draw = ImageDraw.Draw(image)
    for values, colour in ((theirs, "#7B8794"), (ours, "#2457C5")):
        x = np.linspace(0, 479, len(values))
        for curve in np.clip(values, 0, 1).T:
            draw.line([(float(a), 159 * (1 - float(b))) for a, b in zip(x, curve, strict=True)], fill=colour, width=2)
    return image


def _refuse_unknown(study: object, fields: dict[str, Any]) -> None:
    """Raise TypeError for a keyword that neither the view nor a planted training has, or for fields beside a study."""
    known = ["study", "model", "predicted", "revealed", "chosen", "title"]
    fitting = [] if study is not None else [name for name in TrainPlanted.model_fields if name not in ("kind", "model")]
    for name in fields:
        if name not in fitting:
            why = " The study says all that it trains." if study is not None else ""
            raise TypeError(f"DictionaryTrainingView has no argument '{name}'.{why}{nearest(name, known + fitting)}")
