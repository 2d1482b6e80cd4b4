from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from mikit.errors import MikitError
from mikit.trace.engine import exclusive
from mikit.widgets import worker as module
from mikit.widgets.worker import Worker

PATIENCE_S = 20.0


@dataclass
class Made:
    """A result: only what the worker looks at."""

    step: int
    done: float


@dataclass(eq=False)
class Script:
    """A study that takes a step when it is let; ``silent``: with nothing to show before the last."""

    count: int = 3
    silent: bool = False
    let: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(1000))
    before: Callable[[int], object] = lambda step: None
    began: list[int] = field(default_factory=list)

    def results(self, cancelled: Callable[[], bool]) -> Iterator[Made | None]:
        for step in range(self.count):
            assert self.let.acquire(timeout=PATIENCE_S)
            self.began.append(step)
            self.before(step)
            yield None if self.silent and step < self.count - 1 else Made(step, (step + 1) / self.count)
            if cancelled():
                return


class Screen:
    """Writes down what the worker says."""

    def __init__(self, name: str = "", heard: list[tuple[Any, ...]] | None = None) -> None:
        self.name = name
        self.heard = [] if heard is None else heard
        self._change = threading.Condition()

    def _hear(self, *news: Any) -> None:
        with self._change:
            self.heard.append(news)
            self._change.notify_all()

    def until(self, *news: Any) -> None:
        with self._change:
            assert self._change.wait_for(lambda: news in self.heard, PATIENCE_S), f"{news} never came: {self.heard}"

    def work_began(self, lane: str, request: int) -> None:
        self._hear("began", lane, request)

    def work_waits(self, lane: str, request: int) -> None:
        self._hear("waits", lane, request)

    def work_shows(self, lane: str, request: int, result: Made) -> None:
        self._hear("shows", lane, request, result.step)

    def work_failed(self, lane: str, request: int, sentence: str) -> None:
        self._hear("failed", lane, request, sentence)

    def work_ended(self, lane: str, request: int, end: str) -> None:
        self._hear("ended", lane, request, end)

    def work_rests(self) -> None:
        self._hear("rests")


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    monkeypatch.setattr(module, "turns", lambda study, model, cancelled: study.results(cancelled))
    monkeypatch.setattr(module, "SHOW_EVERY_S", 0.0)
    return Worker()


def test_shows_each_result_and_the_end(worker: Worker) -> None:
    screen = Screen()
    worker.submit(screen, "map", Script(2), 1, None)
    screen.until("ended", "map", 1, "idle")
    assert screen.heard == [
        ("began", "map", 1),
        ("shows", "map", 1, 0),
        ("shows", "map", 1, 1),
        ("ended", "map", 1, "idle"),
    ]


def test_rest_is_told_once_after_the_last_of_quick_requests(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    for request in range(1, 6):
        worker.submit(screen, "map", Script(1), request, None)
        screen.until("ended", "map", request, "idle")
    assert ("rests",) not in screen.heard
    monkeypatch.setattr(module, "REST_S", 0.01)
    worker.submit(screen, "map", Script(1), 6, None)
    screen.until("rests")
    other = Screen()
    worker.submit(other, "map", Script(1), 1, None)
    other.until("rests")
    assert screen.heard.count(("rests",)) == 1


def test_a_step_with_nothing_to_show_is_a_turn_too(worker: Worker) -> None:
    screen, order, both = Screen(), list[str](), threading.Event()
    slow = Script(6, silent=True, before=lambda _: (both.wait(PATIENCE_S), order.append("slow")))
    worker.submit(screen, "dose", slow, 1, None)
    worker.submit(screen, "text", Script(3, before=lambda _: order.append("text")), 1, None)
    both.set()
    screen.until("ended", "text", 1, "idle")
    screen.until("ended", "dose", 1, "idle")
    assert order[:6] == ["slow", "text"] * 3
    assert [news for news in screen.heard if news[:2] == ("shows", "dose")] == [("shows", "dose", 1, 5)]


def test_newest_request_of_a_lane_replaces_the_older(worker: Worker) -> None:
    screen, inside, go_on = Screen(), threading.Event(), threading.Event()
    old = Script(50, before=lambda step: (inside.set(), go_on.wait(PATIENCE_S)))
    worker.submit(screen, "map", old, 1, None)
    assert inside.wait(PATIENCE_S)
    for request in (2, 3, 4):
        worker.submit(screen, "map", Script(1), request, None)
    go_on.set()
    screen.until("ended", "map", 4, "idle")
    assert old.began == [0], "the older request went on"
    assert [news for news in screen.heard if news[0] == "shows"] == [("shows", "map", 4, 0)]
    assert ("began", "map", 2) not in screen.heard


def test_lanes_and_views_take_turns(worker: Worker) -> None:
    log: list[tuple[Any, ...]] = []
    slow, quick, inside = Screen("slow", log), Screen("quick", log), threading.Event()
    let = threading.Semaphore(0)
    worker.submit(slow, "sweep", Script(30, let=let, before=lambda step: inside.set()), 1, None)
    let.release()
    assert inside.wait(PATIENCE_S)
    worker.submit(quick, "map", Script(3), 7, None)
    for _ in range(29):
        let.release()
    slow.until("ended", "sweep", 1, "idle")
    order = [(news[1], news[3]) for news in log if news[0] == "shows"]
    between = [step for lane, step in order[: order.index(("map", 2))] if lane == "sweep"]
    assert len(between) <= 5, f"the quick view waited for {len(between)} steps of the slow one: {order}"


def test_partial_results_are_drawn_ten_times_a_second_and_the_last_always(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(n / 100 for n in range(1, 1_000_000))  # every look at the clock is 10 ms later
    monkeypatch.setattr(module, "monotonic", lambda: next(clock))
    monkeypatch.setattr(module, "SHOW_EVERY_S", 0.1)
    screen = Screen()
    worker.submit(screen, "map", Script(95), 1, None)
    screen.until("ended", "map", 1, "idle")
    shown = [news[3] for news in screen.heard if news[0] == "shows"]
    assert shown[0] == 0 and shown[-1] == 94
    assert 8 <= len(shown) <= 12, shown


def test_stop_keeps_what_there_is(worker: Worker) -> None:
    screen, let = Screen(), threading.Semaphore(0)
    script = Script(100, let=let)
    worker.submit(screen, "map", script, 1, None)
    let.release(2)
    screen.until("shows", "map", 1, 1)
    worker.stop(screen)
    let.release()  # the step it is in is taken to its end
    screen.until("ended", "map", 1, "stopped")
    assert len(script.began) <= 3
    worker.submit(screen, "map", Script(1), 2, None)
    screen.until("ended", "map", 2, "idle")


def test_stop_reaches_a_request_that_has_not_begun(worker: Worker) -> None:
    first, screen, inside, go_on = Screen(), Screen(), threading.Event(), threading.Event()
    busy = Script(1, before=lambda step: (inside.set(), go_on.wait(PATIENCE_S)))
    worker.submit(first, "map", busy, 1, None)
    assert inside.wait(PATIENCE_S)
    waiting = Script(1)
    worker.submit(screen, "map", waiting, 1, None)
    worker.stop(screen)
    go_on.set()
    screen.until("ended", "map", 1, "stopped")
    assert waiting.began == []


def test_a_foreseen_mistake_comes_as_its_sentence(worker: Worker) -> None:
    def fail(step: int) -> None:
        raise MikitError("The text is empty.")

    screen = Screen()
    worker.submit(screen, "map", Script(before=fail), 1, None)
    screen.until("failed", "map", 1, "The text is empty.")


def test_a_surprise_is_told_logged_and_survived(worker: Worker, caplog: pytest.LogCaptureFixture) -> None:
    def fail(step: int) -> None:
        raise ZeroDivisionError("by nothing")

    screen = Screen()
    worker.submit(screen, "map", Script(before=fail), 1, None)
    screen.until("failed", "map", 1, "Something unexpected happened: ZeroDivisionError: by nothing")
    assert "Traceback" in caplog.text
    worker.submit(screen, "map", Script(1), 2, None)
    screen.until("ended", "map", 2, "idle")


def test_a_forgotten_view_is_freed_and_not_computed_for(worker: Worker) -> None:
    let, closed = threading.Semaphore(0), threading.Event()

    class Closing(Script):
        def results(self, cancelled: Callable[[], bool]) -> Iterator[Made | None]:
            try:
                yield from super().results(cancelled)
            finally:
                closed.set()

    screen = Screen()
    script = Closing(100, let=let)
    worker.submit(screen, "map", script, 1, None)
    let.release()
    screen.until("shows", "map", 1, 0)
    ghost = weakref.ref(screen)
    del screen
    let.release()
    assert closed.wait(PATIENCE_S)
    gc.collect()
    assert ghost() is None
    assert len(script.began) <= 3


def test_says_when_a_cell_holds_the_model(worker: Worker) -> None:
    def work(step: int) -> None:
        with exclusive():
            pass

    screen = Screen()
    with exclusive():
        worker.submit(screen, "map", Script(1, before=work), 1, None)
        screen.until("waits", "map", 1)
        assert not any(news[0] == "shows" for news in screen.heard)
    screen.until("ended", "map", 1, "idle")


def test_a_lane_without_a_study_ends_at_once(worker: Worker) -> None:
    screen = Screen()
    worker.submit(screen, "map", None, 1, None)
    screen.until("ended", "map", 1, "idle")
    assert not any(news[0] == "shows" for news in screen.heard)


ENDS = """
import threading
import torch
from mikit.widgets import worker

begun = threading.Event()

def turns(*_):
    while True:
        begun.set()
        torch.rand(1200, 1200) @ torch.rand(1200, 1200)
        yield None

class Screen:
    def __getattr__(self, name):
        return lambda *news: None

worker.turns = turns
screen = Screen()
worker.WORKER.submit(screen, "map", object(), 1, None)
begun.wait()
"""


def test_python_ends_in_peace_while_a_turn_is_being_taken() -> None:
    """Without waiting for the turn the process aborts: 'terminate called without an active exception'."""
    done = subprocess.run([sys.executable, "-c", ENDS], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_closing_waits_for_the_turn_and_takes_no_more(worker: Worker) -> None:
    inside, go_on = threading.Event(), threading.Event()
    script = Script(3, before=lambda step: (inside.set(), go_on.wait(PATIENCE_S)))
    first, second = Screen(), Screen()
    worker.submit(first, "map", script, 1, None)
    worker.submit(second, "map", script, 1, None)
    assert inside.wait(PATIENCE_S)
    closing = threading.Thread(target=worker.close)
    closing.start()
    go_on.set()
    closing.join(PATIENCE_S)
    assert script.began == [0] and not closing.is_alive()
    assert worker._thread is not None and not worker._thread.is_alive()


def test_closing_lets_go_of_what_was_half_read(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A generator that is left to Python's own end takes tensors down with it, and the process aborts."""
    let_go, inside, go_on = list[str](), threading.Event(), threading.Event()

    def turns(*_: object) -> Iterator[None]:
        try:
            while True:
                inside.set()
                assert go_on.wait(PATIENCE_S)
                yield None
        finally:
            let_go.append(threading.current_thread().name)

    monkeypatch.setattr(module, "turns", turns)
    screen = Screen()
    worker.submit(screen, "map", Script(), 1, None)
    assert inside.wait(PATIENCE_S)
    closing = threading.Thread(target=worker.close)
    closing.start()
    go_on.set()
    closing.join(PATIENCE_S)
    assert let_go == ["mikit-worker"]
