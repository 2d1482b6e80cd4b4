"""The predict view from Python: what can be locked, and that the first lock counts."""

from __future__ import annotations

from typing import Any

import pytest

from mikit.errors import MikitError
from mikit.widgets.predict import PredictView


def view(kept: list[tuple[Any, int]], **settings: Any) -> PredictView:
    def keep(value: float | str, sure: int) -> tuple[float | str, int]:
        kept.append((value, sure))
        return value, sure

    return PredictView(
        "98.P2", "How long?", **{"low": 0.0, "high": 4.0, "step": 0.5, "unit": "m", **settings}, on_lock=keep
    )


def press(shown: PredictView, **message: object) -> None:
    """The browser's Lock in."""
    shown._handle_custom_msg({"do": "lock", **message}, [])


def test_the_first_lock_counts() -> None:
    kept: list[tuple[Any, int]] = []
    shown = view(kept)
    press(shown, value=1.4, sure=80)
    press(shown, value=3.0, sure=100)
    assert kept == [(1.5, 80)]  # on the slider's grid
    assert shown.locked == {"value": 1.5, "sure": 80}
    assert "◇ you: 1.5 m, 80 % sure" in shown.picture()


@pytest.mark.parametrize(
    ("value", "sure"),
    [
        (9, 80),
        (-0.1, 80),
        (float("nan"), 80),
        ("2", 80),
        (True, 80),
        (None, 80),
        (2, 49),
        (2, 101),
        (2, "80"),
        (2, None),
    ],
)
def test_what_cannot_be_locked_is_a_sentence(value: Any, sure: Any) -> None:
    kept: list[tuple[Any, int]] = []
    shown = view(kept)
    press(shown, value=value, sure=sure)
    assert shown.error and kept == [] and shown.locked is None
    with pytest.raises(MikitError):
        shown.lock(value, sure)


def test_a_choice_is_one_of_those_offered() -> None:
    kept: list[tuple[Any, int]] = []
    shown = view(kept, choices=("comma", "space"))
    press(shown, value="commas", sure=80)
    assert shown.error == "'commas' is not among the choices. Did you mean 'comma'?"
    press(shown, value="comma", sure=80)
    assert shown.error == "" and kept == [("comma", 80)]


def test_the_picture_shows_the_truth_once_revealed_and_escapes_text() -> None:
    shown = view([], choices=("<b>", "x"))
    shown.lock("<b>", 60)
    assert "measured" not in shown.picture()
    shown.revealed = {"truth": "x", "right": False, "brier": 0.36}
    assert "◆ measured: x (Brier score 0.36)" in shown.picture()
    assert "<b>" not in shown.picture()


def test_a_saved_page_holds_the_prediction(tmp_path: Any) -> None:
    shown = view([])
    shown.lock(2, 70)
    page = shown.freeze(tmp_path / "page.html").read_text(encoding="utf-8")
    assert '"locked": {"value": 2.0, "sure": 70}' in page
