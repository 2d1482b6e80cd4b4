"""Which request of each lane of a view is the newest, and what came of it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from mikit.studies.base import Result, Study

State = Literal["idle", "busy", "waiting", "error", "stopped"]

WORDS: dict[State, str] = {
    "waiting": "waiting for your cell",
    "busy": "computing",
    "error": "no new numbers",
    "stopped": "stopped: these are the numbers so far",
}
"""The status line in each state but idle; the first state that any lane is in is the view's."""


@dataclass
class Lane:
    """One lane: its newest request and that one's study, the request on screen and its numbers, and how it fares."""

    newest: int = 0
    study: Study | None = None
    settled: bool = False
    answered: int = 0
    result: Result | None = None
    state: State = "idle"
    error: str = ""

    @property
    def share(self) -> float:
        """The share of the newest request that is on screen."""
        return self.result.done if self.result is not None and self.answered == self.newest else 0.0


class Lanes:
    """The lanes of one view. Any thread may ask for numbers; what came of them is written by whoever computes."""

    def __init__(self, names: Iterable[str]) -> None:
        self._lanes = {name: Lane() for name in names}
        self._numbering = threading.RLock()

    def number(self, name: str, study: Study | None, raised: int = 0) -> int | None:
        """The next request's number; None when the newest has this study and the browser ``raised`` none above it."""
        lane = self._lanes[name]
        with self._numbering:
            same = lane.settled and lane.study == study and raised <= lane.newest
            return None if same else self.renew(name, study, raised)

    def renew(self, name: str, study: Study | None, raised: int = 0) -> int:
        """The next request's number, whatever the newest asks for."""
        lane = self._lanes[name]
        with self._numbering:
            lane.newest, lane.study, lane.settled = max(raised, lane.newest + 1), study, True
            return lane.newest

    def forget(self, name: str, request: int) -> None:
        """Let a lane ask for the same study again, unless another thread has asked for something newer meanwhile."""
        lane = self._lanes[name]
        with self._numbering:
            if request == lane.newest:
                lane.settled = False

    def newest(self, name: str, request: int) -> Lane | None:
        """The lane, if the request is its newest: an answer to any other is dropped."""
        lane = self._lanes[name]
        return lane if request == lane.newest else None

    def set_state(self, name: str, state: State) -> None:
        self._lanes[name].state = state

    def asked(self) -> dict[str, int]:
        return {name: lane.newest for name, lane in self._lanes.items()}

    def answers(self) -> dict[str, int]:
        return {name: lane.answered for name, lane in self._lanes.items()}

    def results(self) -> list[Result]:
        """What is on screen, in the order of the lanes."""
        return [lane.result for lane in self._lanes.values() if lane.result is not None]

    def unfinished(self) -> list[str]:
        """Lanes whose newest study is not wholly on screen."""
        return [name for name, lane in self._lanes.items() if lane.study is not None and lane.share < 1]

    def error(self) -> str:
        return next((lane.error for lane in self._lanes.values() if lane.error), "")

    def status(self, ready: str) -> dict[str, Any]:
        """The view's state, the words for it, and the share done of what is being computed."""
        states = [lane.state for lane in self._lanes.values()]
        state: State = next((state for state in WORDS if state in states), "idle")
        shares = [lane.share for lane in self._lanes.values() if lane.state in ("busy", "waiting")]
        return {"state": state, "text": WORDS.get(state, ready), "done": sum(shares) / len(shares) if shares else 1.0}
