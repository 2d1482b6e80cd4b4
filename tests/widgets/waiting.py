"""Waiting for a view without sleeping."""

from __future__ import annotations

import threading
from collections.abc import Callable

from mikit.widgets.base import View

PATIENCE_S = 60.0


def until(view: View, there: Callable[[], bool]) -> None:
    """Wait until ``there()`` holds; it is asked again whenever the view says anything new."""
    changed = threading.Condition()

    def look(_: object) -> None:
        with changed:
            changed.notify_all()

    names = ["status", "answers", "asked", "error", "note"]
    view.observe(look, names=names)
    with changed:
        assert changed.wait_for(there, PATIENCE_S), f"never came: {view.status} {view.error!r}"
    view.unobserve(look, names=names)


def until_settled(view: View) -> None:
    """Wait until every lane's newest request is answered."""
    until(view, lambda: view.status["state"] == "idle" and view.answers == view.asked)
