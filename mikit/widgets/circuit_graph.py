"""CircuitGraph: the neurons that acted on one another on the way to an answer, and what changing some of them does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import traitlets
from pydantic import ValidationError

from mikit.circuits.interchange import Drawing
from mikit.errors import BadPair, GraphUnusable, MikitError
from mikit.models.model import Model
from mikit.sae.dictionary import Dictionary
from mikit.sae.library import ref_of
from mikit.studies.base import Result, Study
from mikit.studies.draw_graph import DrawGraph
from mikit.studies.graph_coverage import GraphCoverage, Question, Rule
from mikit.studies.graph_nodes import transcoders_of
from mikit.studies.graphs import GraphStudy, asked
from mikit.studies.neuron_examples import NeuronExamples
from mikit.studies.test_graph import Intervention, TestGraph
from mikit.studies.test_levels import TestLevels
from mikit.trace.checks import load
from mikit.widgets.base import View, free_path, refuse_unknown
from mikit.widgets.circuit_graph_files import DRAWN_FROM, GraphFile, path_or_text, read_file, write_file
from mikit.widgets.circuit_graph_wire import (
    NOTHING,
    Drawn,
    coverage_wire,
    detail_wire,
    file_wire,
    graph_wire,
    levels_wire,
    outcome_wire,
    picture,
    result_wire,
)
from mikit.widgets.lanes import State
from mikit.widgets.worker import WORKER

COUNTS = (300, 600, 1000, 1500)
"""How many neurons a graph can be drawn over: two of them take a second or three, most take ten."""

RULE = Rule(replacement=0.1, completeness=0.7, agreement=0.8)
"""Where the dial's rule stands to begin with: over 600 neurons, nine of the twelve ``PROMPTS`` meet it in
smollm2-135m."""

EXAMPLES = {
    "a flower": Question(prompt="A dog is an animal. A rose is a", answer=" flower", foil=" animal"),
    "a state": Question(prompt="Fact: The city of Dallas lies in the state of", answer=" Texas", foil=" California"),
    "a capital": Question(prompt="The capital of France is the city of", answer=" Paris", foil=" London"),
    "a name": Question(
        prompt="When Mary and John went to the store, John gave a drink to", answer=" Mary", foil=" John"
    ),
}
"""Prompts to begin from, by label."""

PROMPTS = (
    *EXAMPLES.values(),
    Question(prompt="The capital of Japan is the city of", answer=" Tokyo", foil=" Paris"),
    Question(prompt="The capital of Italy is the city of", answer=" Rome", foil=" London"),
    Question(prompt="When Anna and Peter went to the park, Peter gave a ball to", answer=" Anna", foil=" Peter"),
    Question(prompt="A sparrow is a bird. A salmon is a", answer=" fish", foil=" bird"),
    Question(prompt="Monday, Tuesday, Wednesday,", answer=" Thursday", foil=" Sunday"),
    Question(prompt="Grass is green. Snow is", answer=" white", foil=" green"),
    Question(prompt="The opposite of hot is", answer=" cold", foil=" warm"),
    Question(prompt="A week has seven", answer=" days", foil=" months"),
)
"""What the dial counts over, where nothing else is given."""

OF_FEATURES = " Here neurons are features of transcoders, and the diamonds hold their errors, too."


class CircuitGraph(View):
    """The graph of one prompt's answer: which neurons acted on which, and what becomes of the answer when some of them
    are changed.

    Drawn as Ameisen et al. (2025) draw theirs, with the model's own neurons in place of trained features. Point at a
    node to light its ways, click to pin it, drag a few together into a named group; the slider prunes. Then test:
    switch nodes off, double them, or swap in another prompt's, and see what the graph foretold beside what came, and
    beside as many other neurons. The dial at the foot counts on how many prompts graphs like this one meet a rule that
    was stated before.

    Args:
        model: a Model, or whatever ``mikit.load`` opens; None where a graph file is only to be looked at.
        prompt: the text; its last position is where the answer comes.
        answer: the token whose logit is traced back, leading space included.
        foil: the token whose logit is taken off it; None for the answer's alone.
        count: over how many neurons, those of largest effect.
        other: a prompt of as many tokens, whose neurons' values can be swapped in.
        prompts: what the dial counts over; left out, twelve toy prompts, as far as the model's tokens allow them.
        transcoders: one a layer, from the first up, as ``mikit.load_dictionary`` gives them: their features are then
            drawn and tested in place of neurons.
        graph: a graph file of circuit-tracer's form, as its path or its text. Where its nodes are neurons of this very
            model they can be tested too.
        rule: where the dial's rule stands to begin with.
        predicted: your prediction of what the first test changes, drawn as a diamond.
        title: the view's heading.

    Raises:
        BadPair, NotOneToken, EmptyText, TooLong: a prompt or answers that cannot be traced back.
        GraphUnusable: a graph file that cannot be read.
        DictionaryUnusable: transcoders that do not stand in for this model's MLPs.
        UnknownModel, ModelNotHere, WeightsBroken ...: what ``mikit.load`` raises.
        TypeError: a keyword that does not exist.
    """

    kind: ClassVar[str] = "circuitgraph"
    lanes: ClassVar[dict[str, type[Study]]] = {
        "graph": DrawGraph,
        "levels": TestLevels,
        "test": TestGraph,
        "examples": NeuronExamples,
        "cover": GraphCoverage,
        "keep": Study,
    }
    inputs: ClassVar[tuple[str, ...]] = (*DRAWN_FROM, "chosen", "tests")
    choices: ClassVar[tuple[str, ...]] = ("other", "level", "pinned", "groups", "rule")

    prompt = traitlets.Unicode().tag(sync=True)
    answer = traitlets.Unicode().tag(sync=True)
    foil = traitlets.Unicode().tag(sync=True)
    count = traitlets.Int(min=1).tag(sync=True)
    other = traitlets.Unicode().tag(sync=True)
    level = traitlets.Int(6, min=0).tag(sync=True)
    pinned = traitlets.List(traitlets.Unicode()).tag(sync=True)
    groups = traitlets.List(traitlets.Dict()).tag(sync=True)
    chosen = traitlets.Unicode().tag(sync=True)
    tests = traitlets.List(traitlets.Dict()).tag(sync=True)
    rule = traitlets.Dict().tag(sync=True)
    stated = traitlets.Any(None).tag(sync=True)  # None or a dict, as most below
    predicted = traitlets.Float(None, allow_none=True).tag(sync=True)
    examples = traitlets.List(traitlets.Dict()).tag(sync=True)
    counts = traitlets.List(traitlets.Int()).tag(sync=True)
    graph = traitlets.Any(None).tag(sync=True)
    levels = traitlets.Any(None).tag(sync=True)
    outcome = traitlets.List(traitlets.Dict()).tag(sync=True)
    detail = traitlets.Any(None).tag(sync=True)
    coverage = traitlets.Any(None).tag(sync=True)
    estimate = traitlets.Any(None).tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        model: Model | str | Path | None = "smollm2-135m",
        *,
        prompt: str | None = None,
        answer: str | None = None,
        foil: str | None = None,
        count: int = 600,
        other: str = "",
        prompts: Sequence[Question] = (),
        transcoders: Sequence[Dictionary] = (),
        graph: str | Path | None = None,
        rule: Rule = RULE,
        predicted: float | None = None,
        title: str = "Attribution graph",
        **unknown: object,
    ) -> None:
        refuse_unknown(type(self), unknown)
        studied = model if isinstance(model, Model) or model is None else load(model)
        allowed = _allowed(studied, EXAMPLES.values())
        offered = {label: one for label, one in EXAMPLES.items() if one in allowed}
        self._given = None if graph is None else read_file(*path_or_text(graph), studied)
        self._file: GraphFile | None = None
        self._drawn = NOTHING
        self._put_from: dict[str, Any] | None = None  # what the graph on screen was drawn from, once it is whole
        self._marked_on: dict[str, Any] | None = None  # what the last whole one was drawn from
        self._tested: Result | None = None
        self._keeping = False
        self._counted = count  # over how many neurons the dial's graphs are: as on screen when its rule was stated
        self._prompts = tuple(prompts) or _allowed(studied, PROMPTS)
        self._transcoders = tuple(transcoders)  # held here, since a study only names them
        self._refs = tuple(map(ref_of, transcoders))
        if studied is not None:
            transcoders_of(studied, self._refs)
        super().__init__(
            studied,
            title=title,
            shows="Which neurons acted on which, by straight-line steps with attention held as it was, and what happens"
            " when you change some.",
            hides="Why attention looked there, nor the neurons left out: the diamonds hold them."
            + (OF_FEATURES if transcoders else ""),
            **_first_question(studied, self._given, offered, prompt, answer, foil),
            count=count,
            other=other,
            rule=rule.model_dump(),
            predicted=predicted,
            examples=[{"label": label, **_question_wire(one)} for label, one in offered.items()],
            counts=list(COUNTS),
            coverage=coverage_wire(self._prompts, None),
        )
        if self._given is not None:
            self._open(self._given)
        self._foresee()
        self.observe(self._another_graph, names=DRAWN_FROM)
        self.observe(self._only_what_can_be_asked, names=["tests"])
        self.on_msg(self._hear_person)
        self.observe(self._ask_changed_lanes, names=["stated", "graph"])
        self._begin()

    # -- what is drawn: observers set traits, and run no model ---------------------------------------------------------

    @property
    def _drawn_from(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in DRAWN_FROM}

    def _another_graph(self, change: dict[str, Any]) -> None:
        """A file's graph goes where another is asked for. A position in one prompt is that of any other token in the
        next, so nothing that was marked in it stays."""
        if self._model is None or (self._file is not None and self._file.drawn_from == self._drawn_from):
            return
        self._file, self.problem = None, ""
        if change["name"] == "prompt":
            self.pinned, self.groups, self.tests, self.chosen = [], [], [], ""
        self._foresee()

    def _foresee(self) -> None:
        """What drawing will take, where the prompt can be read."""
        try:
            self.estimate = None if self._model is None else self._draw(self._model).estimate(self._model).model_dump()
        except MikitError:
            self.estimate = None  # the study says what is wrong

    def _leave_out(self, ids: set[str]) -> None:
        """Marks and tests of nodes that another graph of the same prompt does not have."""
        self.pinned = [id for id in self.pinned if id in ids]
        groups = [{**group, "nodes": [id for id in group["nodes"] if id in ids]} for group in self.groups]
        self.groups = [group for group in groups if group["nodes"]]
        self.tests = [test for test in self.tests if ids.issuperset(test["nodes"])]
        if self.chosen not in ids | {group["name"] for group in self.groups}:
            self.chosen = ""

    @traitlets.observe("chosen")
    def _same_neuron(self, _: object) -> None:
        """What a neuron does in ordinary text is the same at all of its positions."""
        if self.detail is not None and _neuron_of(self.detail["id"]) == _neuron_of(self.chosen):
            self.detail = {**self.detail, "id": self.chosen}

    @traitlets.validate("tests")
    def _well_formed(self, proposal: dict[str, Any]) -> list[dict[str, Any]]:
        tests: list[dict[str, Any]] = proposal["value"]
        try:
            list(map(_refused, tests))
        except ValidationError as error:
            found = error.errors()[0]
            raise traitlets.TraitError(f"A test cannot be asked: {found['loc']}: {found['msg']}.") from None
        return tests

    def _only_what_can_be_asked(self, change: dict[str, Any]) -> None:
        """A test that names nothing goes, with its reason, and every test of a file that cannot be tested. What was
        said of an earlier one goes with the next."""
        if len(self.tests) > len(change["old"]):
            self.problem = ""
        reasons = [(self._file.untested if self._file else "") or _refused(test) for test in self.tests]
        if any(reasons):
            self.problem = next(filter(None, reasons))
            self.tests = [test for test, reason in zip(self.tests, reasons, strict=True) if not reason]

    # -- what a person says -------------------------------------------------------------------------------------------

    def _hear_person(self, _: object, message: dict[str, Any], buffers: Sequence[Any]) -> None:
        do = message.get("do", "")
        try:
            if do == "file":
                self._open(read_file(str(message["name"]), bytes(buffers[0]), self._model))
            elif do == "keep":
                self.keep()
            elif do == "state":
                self.state(Rule(**message["rule"]))
            elif do == "forget":
                self.tests = []
        except MikitError as error:
            self.problem = str(error)
        except ValidationError:
            self.problem = "A rule has three shares, each from 0 to 1: replacement, completeness, agreement."

    def read(self, graph: str | Path) -> None:
        """Draw a graph file of circuit-tracer's form, given as its path or its text. Raises GraphUnusable."""
        self._open(read_file(*path_or_text(graph), self._model))

    def _open(self, file: GraphFile) -> None:
        drawn, about = file_wire(file)
        with self.hold_sync():
            with self.hold_trait_notifications():
                self._file, self._tested = file, None
                for name, value in ({} if file.untested else file.drawn_from).items():
                    setattr(self, name, value)
                self.pinned, self.groups, self.tests, self.chosen = file.pins, file.groups, [], ""
            self._put(drawn, about, self._drawn_from)
            self.problem = file.untested

    def keep(self) -> None:
        """Write the graph with its pins and groups to a file beside the notebook, in circuit-tracer's form."""
        self._keeping = True
        request = self._lanes.renew("keep", None)
        WORKER.submit(self, "keep", None, request, self._model)  # where it is no longer remembered, it is drawn again

    def _write_kept(self) -> None:
        self._keeping = False
        if self._put_from is None or (self._put_from != self._drawn_from and self._model is not None):
            self.note = "There is no whole graph to keep yet. Wait until it is drawn."
            return
        path = free_path("mikit-graph", "json")
        self._save(path, lambda: write_file(path, *self._document()))

    def _document(self) -> tuple[Drawing, list[str], list[dict[str, Any]], dict[str, Any]]:
        """What stands on screen, as a file holds it."""
        if self._file is not None:
            return self._file.drawing, self.pinned, self.groups, self._file.drawn_from
        model = self._studied
        return self._draw(model).drawing(model), self.pinned, self.groups, self._drawn_from

    def state(self, rule: Rule) -> None:
        """Fix the dial's rule, and begin to count. It is stated once: what is moved later is another rule, found when
        the numbers were there. Said again, it goes on with what was stopped."""
        if not self._prompts:
            self.problem = "There are no prompts to count over. Give some: prompts=[...]."
        elif self.stated is None:
            self._counted = self.count
            self.stated = self.rule = rule.model_dump()
        elif "cover" in self._lanes.unfinished():
            self._lanes.forget("cover", self._lanes.asked()["cover"])
            self._ask_changed_lanes()

    def _reset(self) -> None:
        self._file = None
        super()._reset()
        if self._given is not None:
            self._open(self._given)
        self._ask_changed_lanes()

    # -- asking -------------------------------------------------------------------------------------------------------

    @property
    def _studied(self) -> Model:
        assert self._model is not None
        return self._model

    def ask(self, lane: str) -> Study | None:
        model = self._model
        if model is None:
            return None
        if lane == "cover" and self.stated is not None and self._prompts:
            rule = Rule(**self.stated)
            return GraphCoverage(
                model=model.ref, prompts=self._prompts, rule=rule, count=self._counted, transcoders=self._refs
            )
        if lane == "examples" and not self._refs and not (self._file and self._file.untested):
            return self._examples_of(model, self.chosen)
        if lane == "test" and self.tests and self._put_from == self._drawn_from:
            tests = tuple(Intervention.model_validate(test) for test in self.tests)
            return TestGraph(**self._fields(model), interventions=tests)
        if lane in ("graph", "levels") and self._file is None:
            return self._draw(model) if lane == "graph" else TestLevels(**self._fields(model))
        return None

    def _draw(self, model: Model) -> DrawGraph:
        return DrawGraph(**self._fields(model))

    def _fields(self, model: Model) -> dict[str, Any]:
        return {"model": model.ref, **self._drawn_from, "foil": self.foil or None, "transcoders": self._refs}

    def _examples_of(self, model: Model, id: str) -> NeuronExamples | None:
        """Of a node that is a single neuron of the model."""
        layer, neuron = _neuron_of(id) or (model.spec.layers, 0)
        if layer >= model.spec.layers or neuron >= model.spec.d_mlp:
            return None
        return NeuronExamples(model=model.ref, layer=layer, neuron=neuron)

    # -- showing ------------------------------------------------------------------------------------------------------

    def show(self, lane: str, result: Result) -> None:
        if lane == "graph" and self._file is None:
            self._put(*result_wire(result, self._studied), _source(result))
        elif lane == "levels":
            self._tested = result
            self._level()
        elif lane == "test":
            self._show_tests(result)
        elif lane == "examples":
            self.detail = detail_wire(result, self.chosen)
        elif lane == "cover":
            self.coverage = coverage_wire(self._prompts, result)

    def _put(self, drawn: Drawn, about: dict[str, Any], drawn_from: dict[str, Any]) -> None:
        """Put a graph on screen. ``drawn_from``: what tests have to be asked of to be about it."""
        self._drawn, self._put_from = drawn, drawn_from if about["done"] else None
        if about["done"]:
            if self._marked_on not in (None, drawn_from):
                self._leave_out({node.id for node in drawn.nodes})
            self._marked_on = drawn_from
        self.graph = graph_wire(drawn, about)
        self._level()

    def _level(self) -> None:
        """The levels of the graph on screen, with what was tested of them."""
        mine = self._tested is not None and self._file is None and _source(self._tested) == self._put_from
        self.levels = levels_wire(self._drawn, self._tested if mine else None) if self._put_from else None

    def _show_tests(self, result: Result) -> None:
        """Those that were answered before stay until they are answered again."""
        found = {_key(one): one for one in [*self.outcome, *outcome_wire(result)]}
        self.outcome = [found[key] for key in map(_key, self.tests) if key in found]

    def clear(self, lane: str) -> None:
        if lane == "levels":
            self._tested = None
            self._level()
        elif lane == "test":
            self.outcome = []
        elif lane == "examples":
            self.detail = None
        elif lane == "cover":
            self.coverage = coverage_wire(self._prompts, None)
        elif lane == "keep" and self._keeping:
            self._write_kept()

    def work_failed(self, lane: str, request: int, sentence: str) -> None:
        """A test that cannot be run goes, with its reason: those after it could not be run either."""
        super().work_failed(lane, request, sentence)
        if lane == "test" and self._lanes.newest(lane, request):
            answered = [_key(one) for one in self.outcome]
            self.tests = [test for test in self.tests if _key(test) in answered]
            self.problem = sentence

    def work_ended(self, lane: str, request: int, end: State) -> None:
        """A dial that was stopped goes on when it is asked to, not at the next click."""
        super().work_ended(lane, request, end)
        here = self._lanes.newest(lane, request)
        if lane == "cover" and here is not None and here.study is not None:
            here.settled = True

    def _state_for_page(self) -> dict[str, Any]:
        return {**super()._state_for_page(), "problem": ""}

    # -- the static picture -------------------------------------------------------------------------------------------

    def picture(self) -> str:
        return picture(self.graph, self.levels, self.level, self.outcome) if self.graph else ""


def _first_question(
    model: Model | None,
    file: GraphFile | None,
    offered: Mapping[str, Question],
    prompt: str | None,
    answer: str | None,
    foil: str | None,
) -> dict[str, str]:
    """What is asked to begin with: what was given, what the file was drawn from, or the first example."""
    if prompt is not None:
        if answer is None:
            raise BadPair("A prompt needs the token that is traced back: give answer=' Paris', or whatever comes next.")
        if model is not None:
            asked(model, prompt, answer, foil)
        return {"prompt": prompt, "answer": answer, "foil": foil or ""}
    if offered:
        return _question_wire(next(iter(offered.values())))
    if file is not None:
        return {"prompt": "", "answer": "", "foil": ""}
    if model is None:
        raise GraphUnusable("Without a model there is only a graph file to look at: give graph='mikit-graph-1.json'.")
    raise BadPair(f"No example here is one that {model.ref.name}'s tokens allow: give a prompt and an answer.")


def _allowed(model: Model | None, questions: Iterable[Question]) -> tuple[Question, ...]:
    """Those whose answers are tokens of the model."""
    return tuple(one for one in questions if model is not None and _readable(model, one))


def _readable(model: Model, one: Question) -> bool:
    try:
        asked(model, one.prompt, one.answer, one.foil)
    except MikitError:
        return False
    return True


def _question_wire(one: Question) -> dict[str, str]:
    return {"prompt": one.prompt, "answer": one.answer, "foil": one.foil or ""}


def _source(result: Result) -> dict[str, Any]:
    """What a result's graph was drawn from, as the traits call it."""
    study = result.study
    assert isinstance(study, GraphStudy)
    return {**{name: getattr(study, name) for name in DRAWN_FROM}, "foil": study.foil or ""}


def _refused(test: dict[str, Any]) -> str:
    """Why a test says nothing, or "". Raises ValidationError for what is no test."""
    try:
        Intervention.model_validate(test)
    except MikitError as error:
        return str(error)
    return ""


def _neuron_of(id: str) -> tuple[int, int] | None:
    """Layer and neuron, where a node is called as one is."""
    named = re.fullmatch(r"(\d+)_(\d+)_\d+", id)
    return None if named is None else (int(named[1]), int(named[2]))


def _key(test: dict[str, Any]) -> tuple[Any, ...]:
    """What makes a test the same as another."""
    return (test["name"], tuple(test["nodes"]), test["how"], test["other"])
