"""The one thread that computes for the views: the newest request of a (view, lane) wins, and lanes take turns.

A turn is one step of one lane's study, so a slow sweep never keeps another view waiting for longer than a step, and the
model is free between turns. Views are held weakly: one that is closed or forgotten stops being computed for.
"""

from __future__ import annotations

import atexit
import logging
import threading
import weakref
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Literal, Protocol

from mikit.errors import MikitError
from mikit.models.model import Model
from mikit.studies.base import Result, Study, turns
from mikit.trace.engine import waiting

log = logging.getLogger("mikit")

REST_S = 1.0
"""A pause this long in a view's work is a good time for what is not urgent."""

LAST_TURN_S = 5.0
"""How long the process' end waits for the turn that is being taken."""

SHOW_EVERY_S = 0.1
"""Partial results are drawn at most this often; the last one always."""


class Screen(Protocol):
    """What the worker tells a view, always on the worker's thread. A view ignores a request that is not its newest."""

    def work_began(self, lane: str, request: int) -> None: ...

    def work_waits(self, lane: str, request: int) -> None: ...

    def work_shows(self, lane: str, request: int, result: Result) -> None: ...

    def work_failed(self, lane: str, request: int, sentence: str) -> None: ...

    def work_ended(self, lane: str, request: int, end: Literal["idle", "stopped"]) -> None: ...

    def work_rests(self) -> None: ...


@dataclass(frozen=True)
class Ask:
    """One request: compute this study on this model; without a study the lane's numbers go."""

    request: int
    study: Study | None
    model: Model | None


@dataclass
class Run:
    """A request being computed, and its newest result that was not drawn yet."""

    request: int
    results: Iterator[Result | None]
    undrawn: Result | None = None
    drawn_at: float = float("-inf")


@dataclass(eq=False)
class Seat:
    """One lane of one view in the rotation. ``asked`` and ``stop`` are what other threads want of it."""

    screen: weakref.ref[Screen]
    lane: str
    asked: Ask | None = None
    stop: bool = False
    run: Run | None = None
    queued: bool = False

    def overtaken(self) -> bool:
        """Whether what runs is no longer wanted; studies poll it between their steps."""
        return self.asked is not None or self.stop or self.screen() is None


class Worker:
    """One daemon thread, started by the first request."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._seats: weakref.WeakKeyDictionary[Screen, dict[str, Seat]] = weakref.WeakKeyDictionary()
        self._rotation: deque[Seat] = deque()
        self._drawn: weakref.WeakSet[Screen] = weakref.WeakSet()
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit(self, screen: Screen, lane: str, study: Study | None, request: int, model: Model | None) -> None:
        """Ask for a study. An older request of the view's lane is dropped; its place in the rotation is kept."""
        with self._change:
            seat = self._seats.setdefault(screen, {}).setdefault(lane, Seat(weakref.ref(screen), lane))
            seat.asked = Ask(request, study, model)
            seat.stop = False
            self._queue(seat)

    def stop(self, screen: Screen) -> None:
        """Cancel every lane of a view. What it has drawn stays."""
        with self._change:
            for seat in self._seats.get(screen, {}).values():
                if seat.asked is not None or seat.run is not None:
                    seat.stop = True
                    self._queue(seat)

    def close(self) -> None:
        """Take no more turns, and wait for the one that is being taken: where Python ends beneath a thread that is
        inside PyTorch, the process aborts."""
        with self._change:
            self._closed = True
            self._change.notify()
        if self._thread is not None:
            self._thread.join(LAST_TURN_S)

    def _queue(self, seat: Seat) -> None:
        if not seat.queued:
            seat.queued = True
            self._rotation.append(seat)
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name="mikit-worker", daemon=True)
            self._thread.start()
        self._change.notify()

    def _loop(self) -> None:
        while self._rest():
            with self._change:
                seat = self._rotation.popleft()
                seat.queued = False
                asked, stopped = seat.asked, seat.stop
                seat.asked, seat.stop = None, False
            goes_on = _turn(seat, asked, stopped)
            with self._change:
                if goes_on:
                    self._queue(seat)
                else:
                    self._drawn.update(filter(None, [seat.screen()]))
            del seat, asked  # a waiting thread must not keep a model alive
        for seat in [seat for seats in list(self._seats.values()) for seat in seats.values()]:
            _drop(seat)  # while there is a Python: what a half-read graph holds cannot be let go beneath it

    def _rest(self) -> bool:
        """Wait for work; False once there is to be none. Views that had some are told once nothing more has come for a
        while."""
        while True:
            with self._change:
                wanted = self._change.wait_for(
                    lambda: self._rotation or self._closed, timeout=REST_S if self._drawn else None
                )
                if wanted:
                    return not self._closed
                drawn, self._drawn = self._drawn, weakref.WeakSet()
            _tell_rest(drawn)


def _tell_rest(screens: Iterable[Screen]) -> None:
    for screen in screens:
        try:
            screen.work_rests()
        except Exception:  # the thread serves every view
            log.exception("a view at rest")


def _turn(seat: Seat, asked: Ask | None, stopped: bool) -> bool:
    """Take one step for a seat; whether there is more to do."""
    try:
        if asked is not None:
            _begin(seat, asked)
        if stopped:
            _end(seat, "stopped")
        if seat.run is None or seat.screen() is None:
            _drop(seat)
            return False
        _step(seat, seat.run)
    except MikitError as error:
        _fail(seat, str(error))
    except Exception as error:  # the thread serves every view: one study's surprise must not end it
        log.exception("lane %s of a view", seat.lane)
        _fail(seat, f"Something unexpected happened: {type(error).__name__}: {error}")
    return seat.run is not None


def _begin(seat: Seat, asked: Ask) -> None:
    _drop(seat)
    results = iter(()) if asked.study is None else turns(asked.study, asked.model, seat.overtaken)
    seat.run = Run(asked.request, results)
    if (screen := seat.screen()) is not None:
        screen.work_began(seat.lane, asked.request)


def _step(seat: Seat, run: Run) -> None:
    try:
        with waiting(lambda: _tell_waiting(seat, run)):
            result = next(run.results)
    except StopIteration:
        if seat.asked is None and not seat.stop:
            _end(seat, "idle")
        return
    if seat.asked is not None:
        return
    run.undrawn = run.undrawn if result is None else result
    if monotonic() - run.drawn_at >= SHOW_EVERY_S:
        _draw(seat, run)


def _draw(seat: Seat, run: Run) -> None:
    screen = seat.screen()
    if screen is not None and run.undrawn is not None:
        screen.work_shows(seat.lane, run.request, run.undrawn)
        run.undrawn, run.drawn_at = None, monotonic()


def _tell_waiting(seat: Seat, run: Run) -> None:
    if (screen := seat.screen()) is not None:
        screen.work_waits(seat.lane, run.request)


def _end(seat: Seat, end: Literal["idle", "stopped"]) -> None:
    if (run := seat.run) is None:
        return
    _draw(seat, run)
    _drop(seat)
    if (screen := seat.screen()) is not None:
        screen.work_ended(seat.lane, run.request, end)


def _fail(seat: Seat, sentence: str) -> None:
    run = seat.run
    _drop(seat)
    screen = seat.screen()
    if screen is not None and run is not None:
        screen.work_failed(seat.lane, run.request, sentence)


def _drop(seat: Seat) -> None:
    """Close what runs here, on this thread: a generator must not be closed while another thread is inside it."""
    if seat.run is not None:
        close = getattr(seat.run.results, "close", None)
        seat.run = None
        if close is not None:
            close()


WORKER = Worker()
"""The process' worker. One thread is enough: the model serves one turn at a time."""
atexit.register(WORKER.close)
