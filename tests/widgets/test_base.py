from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from mikit.studies.head_scores import HeadScores
from mikit.widgets.base import static_text
from mikit.widgets.heatmap import ActivationHeatmap
from mikit.widgets.lanes import Lanes

STUDY = HeadScores.model_construct(kind="head-scores", seed=0)
OTHER = HeadScores.model_construct(kind="head-scores", seed=1)


def test_the_front_end_is_loaded_as_text() -> None:
    view = ActivationHeatmap(np.eye(2))
    assert view._esm == static_text("heatmap.js")
    assert type(view._esm) is str and view._css.startswith(static_text("heatmap.css"))
    assert "display: none" in view._css  # the static picture is hidden beside a live view


def test_threads_do_not_see_each_others_half_sent_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread holds its changes back while another makes a change: that one is sent at once, and nothing is lost."""
    view = ActivationHeatmap(np.eye(2))
    sent: list[tuple[str, Any]] = []
    monkeypatch.setattr(view, "_send", lambda message, buffers=None: sent.extend(message["state"].items()))
    holding, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with view.hold_sync():
            view.title = "held"
            holding.set()
            assert go_on.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    assert holding.wait(20)
    view.unit = "at once"
    assert sent == [("unit", "at once")]
    go_on.set()
    thread.join(20)
    assert sent == [("unit", "at once"), ("title", "held")]


def test_a_lane_is_asked_again_only_for_another_study_or_a_higher_number() -> None:
    lanes = Lanes(["map"])
    assert lanes.number("map", STUDY) == 1
    assert lanes.number("map", STUDY) is None
    assert lanes.number("map", OTHER) == 2
    assert lanes.number("map", OTHER, raised=7) == 7
    assert lanes.number("map", OTHER, raised=7) is None
    lanes.forget("map", 2)  # the end of an older request, heard late
    assert lanes.number("map", OTHER) is None
    lanes.forget("map", 7)
    assert lanes.number("map", OTHER) == 8
    assert lanes.newest("map", 7) is None and lanes.newest("map", 8) is not None


def test_the_most_urgent_lane_gives_the_status() -> None:
    lanes = Lanes(["a", "b"])
    assert lanes.status("ready") == {"state": "idle", "text": "ready", "done": 1.0}
    lanes.set_state("a", "error")
    lanes.set_state("b", "busy")
    assert lanes.status("ready") == {"state": "busy", "text": "computing", "done": 0.0}
    lanes.set_state("a", "waiting")
    assert lanes.status("ready")["text"] == "waiting for your cell"
