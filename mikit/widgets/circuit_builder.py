"""CircuitBuilder: tick parts or take the strongest edges, and see what the model does on those alone."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, get_args

import numpy as np
import traitlets

from mikit.errors import MikitError, UnknownSite, nearest
from mikit.models.model import Model
from mikit.studies.base import Result, Study
from mikit.studies.beat_circuit import BeatCircuit
from mikit.studies.circuit_curve import CircuitCurve
from mikit.studies.circuits import Against, Circuit, PartsCircuit, RankedCircuit, part_name, part_of
from mikit.studies.names import name_pair, name_pairs
from mikit.studies.pairs import PromptPair
from mikit.studies.rank_edges import RankEdges
from mikit.studies.test_circuit import TestCircuit
from mikit.trace.checks import load
from mikit.trace.graph import graph_of
from mikit.widgets import still
from mikit.widgets.base import View, refuse_unknown
from mikit.widgets.circuit_builder_wire import (
    beaten_wire,
    curve_wire,
    part_scores,
    ranked,
    ranking_wire,
    tested_wire,
)
from mikit.widgets.lanes import State
from mikit.widgets.patching_wire import TEXTS
from mikit.widgets.wire import decode

MODES = ("parts", "edges")
OFFERED = 10
"""Parts that are ticked until a hand ticks others."""
NAMES = 4
"""Name prompts that a circuit can be tested on: one in each wording. Each takes as long as the pair in the boxes."""
STOPPED = "stopped: these are the numbers so far; the next tick or other change computes again"
ASKED = (*TEXTS, "on", "against", "mode", "parts", "count")
"""What a circuit's numbers are about."""


class CircuitBuilder(View):
    """Check-boxes for heads and MLPs, or a slider over the strongest edges; beside them how much of the behaviour the
    chosen circuit keeps alone, what is left without it, and random circuits of its size.

    "Beat it" starts an adversary that takes parts out of both the circuit and the whole model and looks for where they
    differ most. Stop ends what is being computed; the numbers so far stay.

    Args:
        model: a Model, or whatever ``mikit.load`` opens: a name, a folder, a .gguf file.
        pair: original and changed prompt, answer and foil; two names and a drink if left out. Names of positions are
            not used here.
        clean, corrupt, answer, foil: texts that replace those of the pair.
        pairs: a set of pairs of your own to test on, of any lengths; its mean is shown with a 95 % interval.
        against: what cut edges carry: "other prompt" (the changed one's values), "mean" or "resample" (over ordinary
            texts, or drawn from them).
        mode: "parts" or "edges".
        parts: heads and MLPs to begin with, "L18H6", "L18 MLP"; left out, the ten whose edges are strongest.
        count: edges to begin with, of the strongest; left out, one in a hundred.
        predicted: your prediction of the faithfulness, drawn as a diamond.
        title: the view's heading.

    Raises:
        BadPair, NotOneToken, EmptyText, TooLong: prompts or answers that cannot be compared.
        UnknownSite: a part, a mode or a way of cutting that does not exist.
        UnknownModel, ModelNotHere, WeightsBroken ...: what ``mikit.load`` raises.
        TypeError: a keyword that does not exist.
    """

    kind: ClassVar[str] = "circuitbuilder"
    lanes: ClassVar[dict[str, type[Study]]] = {
        "rank": RankEdges,
        "test": TestCircuit,
        "curve": CircuitCurve,
        "beat": BeatCircuit,
    }
    inputs: ClassVar[tuple[str, ...]] = (*ASKED, "beating")

    clean = traitlets.Unicode().tag(sync=True)
    corrupt = traitlets.Unicode().tag(sync=True)
    answer = traitlets.Unicode().tag(sync=True)
    foil = traitlets.Unicode().tag(sync=True)
    on = traitlets.Int(0, min=0).tag(sync=True)
    against = traitlets.Enum(get_args(Against), "other prompt").tag(sync=True)
    mode = traitlets.Enum(MODES, "parts").tag(sync=True)
    parts = traitlets.List(traitlets.Unicode()).tag(sync=True)
    count = traitlets.Int(1, min=1).tag(sync=True)
    beating = traitlets.Bool(False).tag(sync=True)
    sets = traitlets.List(traitlets.Unicode()).tag(sync=True)
    grid = traitlets.List(traitlets.Int()).tag(sync=True)
    predicted = traitlets.Float(None, allow_none=True).tag(sync=True)
    ranking = traitlets.Any(None).tag(sync=True)  # None or a dict, as the next four
    tested = traitlets.Any(None).tag(sync=True)
    curve = traitlets.Any(None).tag(sync=True)
    beaten = traitlets.Any(None).tag(sync=True)
    estimate = traitlets.Any(None).tag(sync=True)

    def __init__(
        self,
        model: Model | str | Path = "smollm2-135m",
        pair: PromptPair | None = None,
        *,
        clean: str | None = None,
        corrupt: str | None = None,
        answer: str | None = None,
        foil: str | None = None,
        pairs: Sequence[PromptPair] = (),
        against: Against = "other prompt",
        mode: str = "parts",
        parts: Sequence[str] | None = None,
        count: int | None = None,
        predicted: float | None = None,
        title: str = "Circuit builder",
        **unknown: object,
    ) -> None:
        refuse_unknown(type(self), unknown)
        model = model if isinstance(model, Model) else load(model)
        given = {"clean": clean, "corrupt": corrupt, "answer": answer, "foil": foil}
        pair = pair or (pairs[0] if pairs else None)
        texts = _texts(model, pair, {name: text for name, text in given.items() if text is not None})
        for one in (PromptPair(**texts), *pairs):
            one.read(model)
        for name in parts or ():
            part_of(name, model.spec)
        _refuse_unlisted("way of cutting edges", against, get_args(Against))
        _refuse_unlisted("mode", mode, MODES)
        self._sets = [tuple(pairs)] if pairs else _name_sets(model)
        self._ranked: tuple[PromptPair, ...] | None = None
        self._offered: list[str] | None = [] if parts is None else None
        self._scores: Result | None = None
        self._stopped = False  # since the last change, by hand
        names = f"your {len(pairs)} pairs" if pairs else f"{NAMES} name prompts"
        super().__init__(
            model,
            title=title,
            shows="What the model still does on the chosen edges alone, and without them.",
            hides="Other prompts, what the parts compute, or other circuits that do it too.",
            **texts,
            on=1 if pairs else 0,
            against=against,
            mode=mode,
            parts=list(parts or ()),
            count=max(1, graph_of(model.spec).size // 100) if count is None else count,
            sets=["this pair", *([names] if self._sets else [])],
            grid=[model.spec.layers, model.spec.heads],
            predicted=predicted,
        )
        self._begin()

    @property
    def _studied(self) -> Model:
        assert self._model is not None
        return self._model

    @property
    def _pairs(self) -> tuple[PromptPair, ...]:
        """What is tested on: the pair in the boxes, or the set."""
        if 0 < self.on <= len(self._sets):
            return self._sets[self.on - 1]
        return (PromptPair(clean=self.clean, corrupt=self.corrupt, answer=self.answer, foil=self.foil),)

    @traitlets.observe(*ASKED)
    def _another_circuit(self, _: object) -> None:
        """An adversary is of one circuit."""
        self.beating, self._stopped = False, False

    def _stop(self) -> None:
        self._stopped = True
        super()._stop()

    # -- asking -------------------------------------------------------------------------------------------------------

    def ask(self, lane: str) -> Study | None:
        fields: dict[str, Any] = {"model": self._studied.ref, "pairs": self._pairs}
        if lane == "rank":
            return RankEdges(**fields)
        fields["against"] = self.against
        if lane == "curve":
            return CircuitCurve(**fields) if self._has_ranked else None
        if (circuit := self._circuit()) is None:
            return None
        if lane == "test":
            return TestCircuit(**fields, circuit=circuit)
        return BeatCircuit(**fields, circuit=circuit) if self.beating else None

    @property
    def _has_ranked(self) -> bool:
        """Whether the edges of these pairs have their scores: two lanes must not both take them."""
        return self._ranked == self._pairs

    def _circuit(self) -> Circuit | None:
        """What is chosen, if anything can be tested of it."""
        if self.mode == "edges":
            return RankedCircuit(count=self.count) if self._has_ranked else None
        return PartsCircuit(parts=tuple(self.parts)) if self.parts else None

    # -- showing ------------------------------------------------------------------------------------------------------

    def show(self, lane: str, result: Result) -> None:
        if lane == "rank":
            self._show_ranking(result)
        elif lane == "test":
            self._show_test(result)
        elif lane == "curve":
            self.curve = curve_wire(result)
        else:
            self.beaten = beaten_wire(result)

    def _show_ranking(self, result: Result) -> None:
        assert isinstance(result.study, RankEdges)
        self.ranking, self._scores = ranking_wire(result), result
        if self._ranked == result.study.pairs or not ranked(result):
            return
        self._ranked = result.study.pairs
        self._offer(result)
        if not self._stopped:  # a ranking that is through at that very moment must not begin anew what was stopped
            self._ask_changed_lanes()

    def _offer(self, result: Result) -> None:
        """Tick the strongest parts, unless a hand has ticked others."""
        if self._offered is None or self.parts != self._offered:
            return
        senders = graph_of(self._studied.spec).senders[1:]
        strongest = np.sort(np.argsort(-part_scores(result), kind="stable")[:OFFERED])
        self._offered = [part_name(senders[n]) for n in strongest]
        self._first["parts"] = self._offered  # where Reset leads
        self.parts = self._offered

    def _show_test(self, result: Result) -> None:
        study = result.study
        assert isinstance(study, TestCircuit)
        asked = self.tested is None or self.tested["done"]
        self.tested = {**tested_wire(result), "edges": self._edges(study)}
        if asked:
            beat = BeatCircuit(model=study.model, pairs=study.pairs, against=study.against, circuit=study.circuit)
            self.estimate = {"seconds": beat.estimate(self._studied).seconds}

    def _edges(self, study: TestCircuit) -> int:
        """How many edges the circuit has."""
        if isinstance(study.circuit, RankedCircuit):
            return study.circuit.count
        return int(study.circuit.edges(self._studied).sum())

    def clear(self, lane: str) -> None:
        setattr(self, {"rank": "ranking", "test": "tested", "curve": "curve", "beat": "beaten"}[lane], None)

    def work_ended(self, lane: str, request: int, end: State) -> None:
        """A stopped circuit says how to go on: every change asks again for what was stopped."""
        super().work_ended(lane, request, end)
        if self.status["state"] == "stopped":
            self.status = self.status | {"text": STOPPED}

    # -- the static picture -------------------------------------------------------------------------------------------

    def picture(self) -> str:
        if self._scores is None:
            return ""
        layers, heads = self.grid
        scores = part_scores(self._scores).reshape(layers, heads + 1).T
        limit, side = float(scores.max()), max(4, min(20, 640 // layers))
        alt = f"what each part's edges move, in logits: {layers} layers to the right, {heads} heads down, MLPs last"
        lines = [f"{alt}; {still.ends('sequential', limit)}", *self._tested_in_words()]
        image = still.cells(scores, "sequential", limit, side=side, alt=alt)
        return image + "".join(f"<p>{html.escape(line)}</p>" for line in lines)

    def _tested_in_words(self) -> list[str]:
        if self.tested is None:
            return []
        ((own, *_),), ((random, low, high),) = (
            decode(self.tested[name]) for name in ("faithfulness", "random_faithfulness")
        )
        chosen = ", ".join(self.tested["parts"]) or f"the {self.tested['edges']} strongest edges"
        return [
            f"circuit: {chosen}",
            f"faithfulness {own:.2f}; random circuits of {self.tested['edges']} edges {random:.2f}, from"
            f" {low:.2f} to {high:.2f}",
        ]


def _texts(model: Model, pair: PromptPair | None, given: dict[str, str]) -> dict[str, str]:
    """The four texts: those given, and for the rest the pair's, or those of the pair that everyone begins with."""
    if len(given) < len(TEXTS):
        pair = pair or name_pair(model, "Mary", "John")
        given = {name: getattr(pair, name) for name in TEXTS} | given
    return given


def _name_sets(model: Model) -> list[tuple[PromptPair, ...]]:
    """Name prompts in several wordings, where this model has the names as single tokens."""
    try:
        return [name_pairs(model, NAMES)]
    except MikitError:
        return []


def _refuse_unlisted(what: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise UnknownSite(f"There is no {what} '{name}' to choose here.{nearest(str(name), known)}")
