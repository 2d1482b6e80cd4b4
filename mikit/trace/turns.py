"""The one lock of the process: first come, first served, and re-entrant.

A plain ``RLock`` lets a thread that releases it take it back at once, so that a cell full of traces would starve a
slider for as long as it runs. Here whoever has waited longest is next."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE_S = 0.3
"""A wait longer than this is worth telling a person about."""


class Turns:
    """A fair re-entrant lock that can tell a waiting thread's owner that it waits."""

    def __init__(self) -> None:
        self._gate = threading.Condition()
        self._queue: deque[int] = deque()
        self._owner: int | None = None
        self._depth = 0
        self._notices = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the lock for the body."""
        self._acquire()
        try:
            yield
        finally:
            self._release()

    @contextmanager
    def waiting(self, notice: Callable[[], None]) -> Iterator[None]:
        """Call ``notice`` once for every turn that this thread has to wait for longer than PATIENCE_S, inside the
        body."""
        before = getattr(self._notices, "call", None)
        self._notices.call = notice
        try:
            yield
        finally:
            self._notices.call = before

    def held(self) -> bool:
        """Whether this thread holds the lock."""
        return self._owner == threading.get_ident()

    def _acquire(self) -> None:
        me = threading.get_ident()
        with self._gate:
            if self._owner == me:
                self._depth += 1
                return
            self._queue.append(me)
            try:
                self._wait_for(me)
            except BaseException:  # an interrupt must not leave a ghost at the head of the queue
                self._queue.remove(me)
                self._gate.notify_all()
                raise
            self._queue.popleft()
            self._owner, self._depth = me, 1

    def _wait_for(self, me: int) -> None:
        def mine() -> bool:
            return self._owner is None and self._queue[0] == me

        if self._gate.wait_for(mine, timeout=PATIENCE_S):
            return
        notice = getattr(self._notices, "call", None)
        if notice is not None:
            notice()
        self._gate.wait_for(mine)

    def _release(self) -> None:
        with self._gate:
            self._depth -= 1
            if self._depth == 0:
                self._owner = None
                self._gate.notify_all()
