"""SteeringPanel: push a model along a direction while it writes, and see what that costs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, get_args

import traitlets

from mikit.errors import BadDirection, BadMetric, MikitError, NoChatTemplate, nearest
from mikit.methods.scores import WordScore
from mikit.models.model import Model
from mikit.sae.dictionary import Dictionary
from mikit.sae.library import load_dictionary
from mikit.studies.base import Result, Study
from mikit.studies.direction_files import save_direction
from mikit.studies.directions import Direction, PairDirection, residual_norms
from mikit.studies.find_direction import FindDirection
from mikit.studies.prompts import ChatPrompt, Prompt, TextPrompt
from mikit.studies.rate_blind import RateBlind
from mikit.studies.steer_dose import SteerDose
from mikit.studies.steer_text import SteerText
from mikit.studies.steering import How, Steering
from mikit.trace.checks import load
from mikit.widgets import steering_offers as offers
from mikit.widgets.base import View, free_path, refuse_unknown
from mikit.widgets.lanes import State
from mikit.widgets.steering_wire import found_wire, measured_wire, picture, rating_wire, stream_wire
from mikit.widgets.worker import WORKER

Mode = Literal["continue", "chat"]
MEASURED = ("prompt", "mode", "direction", "how", "layer", "last", "since", "seed", "words")
"""Traits that the measured doses are about: where one changes, they go. Not the dose: they hold them all."""

PROMPTS = 4
"""Prompts that the doses are measured on: the one on screen, then others on which the direction shows."""

TEXTS = 8
"""Texts at every dose, after all of these prompts together: one after each has a word or two that count."""

RATINGS_APART = 100
"""Seed x this + the rating's number: its draws."""

ANY_WORD = WordScore(name="any word", plus=("any",))
"""How long a measurement takes does not hang on its words."""


class SteeringPanel(View):
    """Steer a model while it writes: the text with and without, token by token; then what every strength does to a
    score of the text and what it costs, beside arrows of equal length that mean nothing; then judge blind.

    Choose a direction, or build one from pairs of texts, a feature, a token, a file, or others. Drag the strength: both
    texts are written anew from the same luck, so that strength 0 gives the same text twice. "Measure doses" takes
    longer, and draws every strength on one axis.

    Args:
        model: a Model, or whatever ``mikit.load`` opens.
        direction: the one to begin with: the name of one that is offered, or a direction of your own.
        directions: more directions to offer.
        dictionary: whatever ``mikit.load_dictionary`` opens: its features can be steered by. Left out, the one that
            comes with mikit, where it belongs to the model.
        prompt: the text that is continued.
        mode: "continue", or "chat": the prompt is a user's turn.
        layer: the layer after which is steered; left out, a little before the middle.
        title: the view's heading.

    Raises:
        BadDirection: a direction of an unknown name.
        NoChatTemplate: "chat" asked of a model that was not trained on chats.
        UnknownModel, ModelNotHere, WeightsBroken ...: what ``mikit.load`` raises.
        TypeError: a keyword that does not exist.
    """

    kind: ClassVar[str] = "steering"
    lanes: ClassVar[dict[str, type[Study]]] = {
        "stream": SteerText,
        "find": FindDirection,
        "dose": SteerDose,
        "rate": RateBlind,
        "keep": Study,
    }
    inputs: ClassVar[tuple[str, ...]] = (*MEASURED, "samples", "dose", "measuring")
    choices: ClassVar[tuple[str, ...]] = ("shown",)

    prompt = traitlets.Unicode().tag(sync=True)
    mode = traitlets.Enum(get_args(Mode)).tag(sync=True)
    direction = traitlets.Unicode().tag(sync=True)
    how = traitlets.Enum(get_args(How), "add").tag(sync=True)
    layer = traitlets.Int(min=0).tag(sync=True)
    last = traitlets.Int(min=0).tag(sync=True)
    since = traitlets.Int(1, min=1).tag(sync=True)
    dose = traitlets.Float(offers.SCALES["add"].first).tag(sync=True)
    samples = traitlets.Int(1, min=1, max=4).tag(sync=True)
    seed = traitlets.Int(0, min=0, max=9999).tag(sync=True)
    shown = traitlets.Int(0, min=0).tag(sync=True)
    words = traitlets.Dict({"plus": "", "minus": ""}).tag(sync=True)
    measuring = traitlets.Bool(False).tag(sync=True)
    directions = traitlets.List(traitlets.Dict()).tag(sync=True)
    layers = traitlets.Int().tag(sync=True)
    has_chat = traitlets.Bool().tag(sync=True)
    examples = traitlets.List(traitlets.Dict()).tag(sync=True)
    scale = traitlets.Dict().tag(sync=True)
    norm = traitlets.Float(None, allow_none=True).tag(sync=True)
    found = traitlets.Any(None).tag(sync=True)  # None or a dict, as the next four
    stream = traitlets.Any(None).tag(sync=True)
    measured = traitlets.Any(None).tag(sync=True)
    estimate = traitlets.Any(None).tag(sync=True)
    rating = traitlets.Any(None).tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        model: Model | str | Path = "smollm2-135m",
        *,
        direction: Direction | str | None = None,
        directions: Sequence[Direction] = (),
        dictionary: Dictionary | str | Path | None = None,
        prompt: str | None = None,
        mode: Mode = "continue",
        layer: int | None = None,
        title: str = "Steering",
        **unknown: object,
    ) -> None:
        refuse_unknown(type(self), unknown)
        model = model if isinstance(model, Model) else load(model)
        if mode == "chat" and not model.spec.has_chat:
            raise NoChatTemplate(
                f"{model.ref.name} has no chat template: it was not trained on chats. Use mode='continue'."
            )
        self._dictionary = offers.dictionary_of(model) if dictionary is None else load_dictionary(dictionary)
        more = [*directions, *([] if direction is None or isinstance(direction, str) else [direction])]
        self._directions = offers.offered(model, self._dictionary, more)
        name = (
            direction if isinstance(direction, str) else direction.name if direction else next(iter(self._directions))
        )
        if name not in self._directions:
            raise BadDirection(f"There is no direction '{name}' to choose here.{nearest(name, self._directions)}")
        self._norms: list[float] = []
        self._keeping = False
        self._rated: RateBlind | None = None
        self._ratings: list[Result] = []
        self._rounds = 0
        self._measured_about: tuple[object, ...] | None = None
        layer = offers.home(self._directions[name], model) if layer is None else layer
        super().__init__(
            model,
            title=title,
            shows="What the model writes when it is pushed along a direction, and what that costs.",
            hides="That the model uses this direction by itself, or that it does the same on other prompts.",
            prompt=offers.prompts_of(self._directions[name])[0].text if prompt is None else prompt,
            mode=mode,
            direction=name,
            layer=layer,
            last=layer,
            directions=[offers.offer_wire(one) for one in self._directions.values()],
            layers=model.spec.layers,
            has_chat=model.spec.has_chat,
            examples=offers.examples(self._directions.values()),
            words=offers.first_words(self._directions[name]),
        )
        self._in_units()
        self.on_msg(self._hear_person)
        self._begin()

    @property
    def _studied(self) -> Model:
        assert self._model is not None
        return self._model

    @property
    def _chosen(self) -> Direction:
        return self._directions[self.direction]

    # -- what is chosen: observers set traits, and run no model --------------------------------------------------------

    @traitlets.validate("direction")
    def _is_offered(self, proposal: dict[str, Any]) -> str:
        name = str(proposal["value"])
        if name not in self._directions:
            raise traitlets.TraitError(
                f"There is no direction '{name}' to choose here.{nearest(name, self._directions)}"
            )
        return name

    @traitlets.observe("direction", "how", "layer", "last")
    def _as_far_as_it_goes(self, change: dict[str, Any]) -> None:
        """Only a feature can be set, and only where its dictionary reads it. A strength of one kind means nothing to
        another."""
        if self.how not in offers.hows(self._chosen):
            self.how = "add"  # before anything else: each change asks
        if change["name"] == "direction":
            self._come_with_it(change["old"])
        if (only := offers.only_layer(self._chosen, self.how)) is not None:
            self.layer = self.last = only
        if change["name"] == "how":
            self.dose = offers.SCALES[self.how].first

    def _come_with_it(self, before: str) -> None:
        """The words that a direction is seen by, and the layer where it belongs, unless a hand chose another. Words of
        the one before would count something else under its name."""
        self.words = offers.first_words(self._chosen)
        left = self._directions.get(before)
        if left is not None and self.layer == self.last == offers.home(left, self._studied):
            self.layer = self.last = offers.home(self._chosen, self._studied)
        self.problem = ""

    @traitlets.observe("prompt", "mode")
    def _from_its_beginning(self, _: object) -> None:
        """The position of a token in one prompt is that of any other token in the next."""
        self.since = 1

    @traitlets.observe("samples")
    def _fewer_samples(self, _: object) -> None:
        self.shown = min(self.shown, self.samples - 1)

    @traitlets.observe("measuring", *MEASURED)
    def _as_measured(self, change: dict[str, Any]) -> None:
        """What was measured is about what it was asked of. Where both come in one message, that is the new choice."""
        if change["name"] == "measuring":
            self._measured_about = self._about() if self.measuring else None
        elif self.measuring and self._measured_about not in (None, self._about()):
            self.measuring = False
        if self.measuring:
            try:
                offers.score_of(self.words, self._chosen)
            except BadMetric as error:
                self.measuring, self.note = False, f"Nothing is measured. {error}"

    def _about(self) -> tuple[object, ...]:
        return (self._chosen, *(getattr(self, name) for name in MEASURED))

    @traitlets.observe("how", "layer")
    def _in_units(self, _: object = None) -> None:
        scale = offers.SCALES[self.how]
        self.scale = {name: getattr(scale, name) for name in ("min", "max", "step", "unit")}
        self.norm = self._norms[self.layer] if self.layer < len(self._norms) else None

    # -- what a person says -------------------------------------------------------------------------------------------

    def _hear_person(self, _: object, message: dict[str, Any], buffers: Sequence[Any]) -> None:
        do = message.get("do", "")
        try:
            if do in ("build", "token", "feature", "file", "sum"):
                self.offer(offers.built(message, buffers, self._studied, self._dictionary, self._directions))
            elif do == "keep":
                self.keep()
            elif do == "rate":
                self.rate()
            elif do == "answers":
                self.answer(message["answers"])
            elif do == "leave":
                self.leave()
        except MikitError as error:
            self.problem = str(error)

    def offer(self, direction: Direction) -> None:
        """Choose a direction of your own. It replaces one of the same name."""
        self._directions = {**self._directions, direction.name: direction}
        with self.hold_sync():
            self.directions = [offers.offer_wire(one) for one in self._directions.values()]
            if self.direction == direction.name:
                self._come_with_it(direction.name)
                self._as_measured({"name": "direction"})
                self._ask_changed_lanes()
            self.direction = direction.name

    def keep(self) -> None:
        """Write the chosen direction, as it is at the layer on screen, to a file beside the notebook."""
        self._keeping = True
        request = self._lanes.renew("keep", None)
        WORKER.submit(self, "keep", None, request, self._model)  # making a direction can run the model

    def _write_kept(self) -> None:
        name = re.sub(r"[^\w.-]+", "-", self.direction)
        path = free_path(f"mikit-direction-{name}", "safetensors")
        self._keeping = False
        self._save(path, lambda: save_direction(self._chosen, self._studied, self.layer, path))

    def rate(self) -> None:
        """Begin a blind rating of the strength on screen: pairs of texts, and nothing of the truth."""
        if self.dose == 0:
            self.note = "At strength 0 both texts are the same: there is nothing to tell apart. Set a strength first."
            return
        self._rounds += 1
        fields = self._fields() | {"seed": RATINGS_APART * self.seed + self._rounds}
        question = offers.question_of(self._chosen)
        self._rated = RateBlind(**fields, prompts=self._prompts(), dose=self.dose, question=question)
        self._ask_changed_lanes()

    def answer(self, answers: Sequence[bool | None]) -> None:
        """Say of each pair whether A has more of it; the truth comes after that."""
        if self._rated is not None and not self._rated.answers:
            self._rated = self._rated.model_copy(update={"answers": tuple(answers)})
            self._ask_changed_lanes()

    def leave(self) -> None:
        """Back from the rating to the panel. One that was answered stays in the record."""
        self._rated = None
        self._ask_changed_lanes()

    # -- asking -------------------------------------------------------------------------------------------------------

    def ask(self, lane: str) -> Study | None:
        if lane == "stream":
            return SteerText(**self._fields(), prompt=self._own_prompt(), dose=self.dose, samples=self.samples)
        if lane == "find" and isinstance(self._chosen, PairDirection) and len(self._chosen.plus) > 1:
            return FindDirection(model=self._studied.ref, seed=self.seed, direction=self._chosen)
        if lane == "dose" and self.measuring:
            return self._dose(offers.score_of(self.words, self._chosen))
        return self._rated if lane == "rate" else None

    def _dose(self, score: WordScore) -> SteerDose:
        doses, prompts = offers.SCALES[self.how].measured, self._prompts()
        return SteerDose(**self._fields(), prompts=prompts, doses=doses, samples=TEXTS // len(prompts), score=score)

    def _prompts(self) -> tuple[Prompt, ...]:
        """The one on screen, and others on which the direction shows; no others where steering begins at a token that
        was chosen in this one."""
        own = self._own_prompt()
        if self.since > 1:
            return (own,)
        others = [type(own)(text=one.text) for one in offers.prompts_of(self._chosen) if one.text != self.prompt]
        return (own, *others[: PROMPTS - 1])

    def _fields(self) -> dict[str, Any]:
        layers = tuple(range(min(self.layer, self.last), max(self.layer, self.last) + 1))
        steering = Steering(direction=self._chosen, how=self.how, layers=layers, since=self.since)
        return {"model": self._studied.ref, "seed": self.seed, "steering": steering}

    def _own_prompt(self) -> TextPrompt | ChatPrompt:
        return ChatPrompt(text=self.prompt) if self.mode == "chat" else TextPrompt(text=self.prompt)

    # -- showing ------------------------------------------------------------------------------------------------------

    def show(self, lane: str, result: Result) -> None:
        if lane == "stream":
            self.stream = stream_wire(result, self._studied)
            self._norms = residual_norms(self._studied).tolist()
            self._in_units()
            if result.done == 1:
                self.estimate = {"seconds": self._dose(ANY_WORD).estimate(self._studied).seconds}
        elif lane == "find":
            self.found = found_wire(result)
        elif lane == "dose":
            self.measured = measured_wire(result)
        elif lane == "rate":
            self._show_rating(result)

    def _show_rating(self, result: Result) -> None:
        self.rating = rating_wire(result)
        if self.rating["outcome"] is not None:
            self._ratings = [one for one in self._ratings if one.study != result.study] + [result]

    def clear(self, lane: str) -> None:
        if lane == "find":
            self.found = None
        elif lane == "dose":
            self.measured = None
        elif lane == "rate":
            self.rating = None
        elif lane == "keep" and self._keeping:
            self._write_kept()

    def work_ended(self, lane: str, request: int, end: State) -> None:
        """Doses that were stopped go on when they are asked for, not at the next drag."""
        super().work_ended(lane, request, end)
        here = self._lanes.newest(lane, request)
        if lane == "dose" and here is not None and here.study is not None:
            here.settled = True

    def _results(self) -> list[Result]:
        """What is on screen, and every rating that was answered here: none before, for its texts are the question."""
        shown = [one for one in super()._results() if not isinstance(one.study, self.lanes["rate"])]
        return [*shown, *self._ratings]

    def _state_for_page(self) -> dict[str, Any]:
        """Without a kernel nobody can answer a rating."""
        state = super()._state_for_page()
        open_question = self.rating is not None and self.rating["outcome"] is None
        return {**state, "problem": "", "rating": None if open_question else self.rating}

    # -- the static picture -------------------------------------------------------------------------------------------

    def picture(self) -> str:
        return picture(self.stream, self.measured, self.shown) if self.stream else ""
