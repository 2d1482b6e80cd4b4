"""View: a widget over studies. What every view has: lanes, status, Code, saving, Reset, the static picture."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self, get_args

import anywidget
import traitlets

from mikit.errors import MikitError, nearest
from mikit.models.model import Model
from mikit.studies.base import Flavour, Result, Study, run_study
from mikit.studies.record import Record
from mikit.widgets import freeze, still
from mikit.widgets.lanes import WORDS, Lanes, State
from mikit.widgets.threads import PerThread
from mikit.widgets.worker import WORKER

STATIC = Path(__file__).parent / "static"

NO_STUDY = "Save record is off: these numbers were handed to the view; no study stands behind them to be run again."


@cache
def static_text(file: str) -> str:
    """A built front-end file as text. (Given as a Path, anywidget would watch it and keep every instance alive.)"""
    return (STATIC / file).read_text(encoding="utf-8")


class View(anywidget.AnyWidget):
    """Base of all views. A subclass names its ``kind``, ``lanes``, ``inputs`` and ``choices``.

    It writes ``ask``, ``show``, ``clear`` and ``picture``. Traits change on whatever thread changes them; an observer
    only submits. All numbers arrive on the worker's thread, except in ``run``.
    """

    kind: ClassVar[str]
    """Names the front-end bundle and the saved files."""
    lanes: ClassVar[dict[str, type[Study]]] = {}
    """Independent questions of the view; the newest request of each wins."""
    inputs: ClassVar[tuple[str, ...]] = ()
    """Traits that ``ask`` reads."""
    choices: ClassVar[tuple[str, ...]] = ()
    """Traits that a person sets and that only the picture reads."""

    _holding_sync = PerThread(bool)
    _states_to_send = PerThread(set)
    _property_lock = PerThread(dict)

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    chip = traitlets.Unicode().tag(sync=True)
    shows = traitlets.Unicode().tag(sync=True)
    hides = traitlets.Unicode().tag(sync=True)
    status = traitlets.Dict({"state": "idle", "text": "ready", "done": 1.0}).tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)
    asked = traitlets.Dict().tag(sync=True)
    code = traitlets.Dict().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    can_save = traitlets.Bool(False).tag(sync=True)
    frozen = traitlets.Bool(False).tag(sync=True)

    @traitlets.default("_esm")
    def _bundle(self) -> str:
        return static_text(f"{self.kind}.js")

    @traitlets.default("_css")
    def _styles(self) -> str:
        return static_text(f"{self.kind}.css") + still.HIDDEN_BESIDE_A_LIVE_VIEW

    def __init__(self, model: Model | None = None, **traits: Any) -> None:
        self._model = model
        self._lanes = Lanes(self.lanes)
        super().__init__(chip=model.ref.chip if model else "", can_save=model is not None, **traits)
        self._first = {name: getattr(self, name) for name in self.inputs + self.choices}
        self.on_msg(self._heard)

    # -- what a subclass writes ---------------------------------------------------------------------------------------

    def ask(self, lane: str) -> Study | None:
        """The study that the traits ask for now; None when this lane has nothing to show. Runs no model."""
        raise NotImplementedError

    def show(self, lane: str, result: Result) -> None:
        """Write a result, whole or partial, into the traits."""
        raise NotImplementedError

    def clear(self, lane: str) -> None:
        """Take a lane's numbers off the screen, because ``ask`` returned None."""
        raise NotImplementedError

    def picture(self) -> str:
        """HTML of what is on screen, for a page without a kernel and without this view; "" while there is nothing."""
        raise NotImplementedError

    def ready(self) -> str:
        """The status line when every lane is answered."""
        return "ready"

    def model_of(self, lane: str) -> Model | None:
        """The model that a lane's studies speak of; they load their own where this is None."""
        return self._model

    # -- what a person calls ------------------------------------------------------------------------------------------

    def run(self) -> Self:
        """Compute every lane now, on this thread: for scripts and notebooks that run without a browser.

        Raises what the studies raise.
        """
        for lane in self.lanes:
            WORKER.stop(self)  # also what the lane before has set going
            study = self.ask(lane)  # now, since it may lean on what the lane before has shown
            request = self._lanes.renew(lane, study)
            self.work_began(lane, request)
            if study is not None:
                self.work_shows(lane, request, run_study(study, self.model_of(lane)))
            self.work_ended(lane, request, "idle")
        self.work_rests()
        return self

    def record(self) -> Record:
        """A record of the numbers on screen.

        Raises MikitError where no study stands behind them, and while they are not complete.
        """
        if self._model is None:
            raise MikitError(NO_STUDY)
        if unfinished := self._lanes.unfinished():
            raise MikitError(
                f"The numbers are not complete yet ({', '.join(unfinished)}). Save once the view is ready."
            )
        return Record.of(self._results(), self._model)

    def freeze(self, path: str | Path) -> Path:
        """Save the view as one HTML file that works offline, without a kernel.

        It holds the record, where the numbers on screen are complete and a study stands behind them.
        """
        try:
            record = self.record().embedded()
        except MikitError:
            record = ""  # the page is still a picture
        path = Path(path)
        page = freeze.page(self.title, self._state_for_page(), str(self._esm), str(self._css), record)
        path.write_text(page, encoding="utf-8")
        return path

    def close(self) -> None:
        """Stop computing and take the view off the page."""
        WORKER.stop(self)
        super().close()

    # -- requests -----------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Ask every lane, now and whenever an input changes. The last line of a subclass' ``__init__``."""
        self.status = {"state": "busy", "text": WORDS["busy"], "done": 0.0}
        self.observe(self._ask_changed_lanes, names=[*self.inputs, "asked"])
        self._ask_changed_lanes()

    def _ask_changed_lanes(self, _: object = None) -> None:
        """Submit each lane whose study is another than before, or that the browser gave a new number."""
        for lane in self.lanes:
            study = self.ask(lane)
            request = self._lanes.number(lane, study, self.asked.get(lane, 0))
            if request is not None:
                WORKER.submit(self, lane, study, request, self.model_of(lane))
        self.asked = self._lanes.asked()  # the browser's numbers may be older than ours

    # -- answers: called by the worker, or by ``run`` -----------------------------------------------------------------

    def work_began(self, lane: str, request: int) -> None:
        """A lane starts on its newest request."""
        if (here := self._lanes.newest(lane, request)) is None:
            return
        with self.hold_sync():
            here.error = ""
            if here.study is None:
                here.result, here.answered = None, request
                self.clear(lane)
            self._tell(lane, "busy")

    def work_waits(self, lane: str, request: int) -> None:
        """A cell holds the model."""
        if self._lanes.newest(lane, request):
            self._tell(lane, "waiting")

    def work_shows(self, lane: str, request: int, result: Result) -> None:
        """Numbers of a lane, whole or partial."""
        if (here := self._lanes.newest(lane, request)) is None:
            return
        with self.hold_sync():
            self.show(lane, result)
            here.result, here.answered = result, request
            self._tell(lane, "busy")

    def work_failed(self, lane: str, request: int, sentence: str) -> None:
        """A lane has no numbers for its newest request; what it showed before stays, marked old."""
        if here := self._lanes.newest(lane, request):
            here.error = sentence
            self._tell(lane, "error")

    def work_ended(self, lane: str, request: int, end: State) -> None:
        """A lane is through, or was stopped."""
        if self._lanes.newest(lane, request) is None:
            return
        if end == "stopped":
            self._lanes.forget(lane, request)
        with self.hold_sync():
            self.code = self._code()
            if self._model is not None:
                self.can_save = not (refused := self._unrecordable())
                self.note = f"Save record is off. {refused}" if refused else self.note
            self._tell(lane, end)

    def work_rests(self) -> None:
        """Nothing more was asked for a while: the static picture, which is not small, is drawn anew."""
        still.update(self)

    def _tell(self, lane: str, state: State) -> None:
        self._lanes.set_state(lane, state)
        self.asked, self.answers = self._lanes.asked(), self._lanes.answers()
        self.error = self._lanes.error()
        self.status = self._lanes.status(self.ready())

    # -- the buttons of the frame -------------------------------------------------------------------------------------

    def _results(self) -> list[Result]:
        return self._lanes.results()

    def _code(self) -> dict[str, str]:
        """The scripts that give the numbers on screen, by flavour."""
        if self._model is None:
            return {}
        studies = [result.study for result in self._results()]
        scripts = {flavour: [study.code(flavour, self._model) for study in studies] for flavour in get_args(Flavour)}
        return {flavour: "\n\n".join(filter(None, found)) for flavour, found in scripts.items() if any(found)}

    def _unrecordable(self) -> str:
        """Why the numbers on screen cannot be recorded, or ""."""
        return next((reason for result in self._results() if (reason := result.study.unrecordable)), "")

    def _heard(self, _: object, message: dict[str, Any], buffers: object) -> None:
        actions = {"record": self._save_record, "page": self._save_page, "stop": self._stop, "reset": self._reset}
        if action := actions.get(message.get("do", "")):
            action()

    def _stop(self) -> None:
        WORKER.stop(self)

    def _reset(self) -> None:
        with self.hold_trait_notifications():
            for name, value in self._first.items():
                setattr(self, name, value)

    def _save_record(self) -> None:
        path = free_path(f"mikit-record-{self.kind}", "json")
        self._save(path, lambda: self.record().save(path))

    def _save_page(self) -> None:
        path = free_path(f"mikit-page-{self.kind}", "html")
        self._save(path, lambda: self.freeze(path))

    def _save(self, path: Path, write: Callable[[], object]) -> None:
        try:
            write()
            self.note = f"Saved {path.name} beside this notebook."
        except MikitError as error:
            self.note = str(error)
        except OSError as error:
            self.note = f"Could not write {path.name}: {error.strerror}. Is the folder writable, the disk full?"

    def _state_for_page(self) -> dict[str, Any]:
        state: dict[str, Any] = self.get_state()
        ours = {k: v for k, v in state.items() if not k.startswith("_") and k not in ("layout", "tabbable", "tooltip")}
        return {**ours, "frozen": True, "note": ""}

    def _ipython_display_(self, **_: object) -> None:
        """The widget, and below it the static picture: all that is left where the kernel is gone."""
        if self.comm is None:
            print(f"This {type(self).__name__} was closed. Make a new one.")
            return
        bundle, metadata = self._repr_mimebundle_() or ({}, {})
        still.put(bundle, metadata)
        still.show(self)


def refuse_unknown(view: type[View], unknown: dict[str, object]) -> None:
    """Raise TypeError for a keyword that a view does not have, naming the nearest that it has."""
    known = [p.name for p in inspect.signature(view).parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    for name in unknown:
        raise TypeError(f"{view.__name__} has no argument '{name}'.{nearest(name, known)}")


def free_path(stem: str, suffix: str) -> Path:
    """The first of stem-1.suffix, stem-2.suffix ... that is not there yet: a save never overwrites."""
    number = 1
    while (path := Path(f"{stem}-{number}.{suffix}")).exists():
        number += 1
    return path
