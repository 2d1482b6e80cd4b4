"""What a widget must keep apart for each thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class PerThread:
    """An attribute with a value of its own in each thread.

    ipywidgets notes on the widget what it is holding back and what the browser just sent, as if one thread used it.
    JupyterLab delivers the browser's messages on a second kernel thread, and the worker is a third: kept per thread,
    none sees another's half-finished message.
    """

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, widget: object, owner: type | None = None) -> Any:
        if widget is None:
            return self
        here = self._here(widget)
        if self._name not in here:
            here[self._name] = self._make()
        return here[self._name]

    def __set__(self, widget: object, value: object) -> None:
        self._here(widget)[self._name] = value

    @staticmethod
    def _here(widget: object) -> dict[str, Any]:
        here: dict[str, Any] = widget.__dict__.setdefault("_per_thread", threading.local()).__dict__
        return here
