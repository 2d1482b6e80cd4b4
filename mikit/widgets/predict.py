"""PredictView: a question, an answer, how sure; locked before the result shows."""

from __future__ import annotations

import html
import math
from collections.abc import Callable
from typing import Any, ClassVar

import traitlets

from mikit.errors import MikitError, nearest
from mikit.widgets import still
from mikit.widgets.base import View

LEAST_SURE, MOST_SURE = 50, 100


class PredictView(View):
    """Ask for a prediction: one of a few choices, or a number on a slider, and how sure one is.

    Args:
        name: of the question, as "01.P1".
        question: its text.
        choices: what can be chosen; None for a number.
        low, high, step, unit: of the slider.
        within: how far a number may be from what is measured and still count as right.
        on_lock: gets the value and how sure (per cent) when they are locked, and returns what counts: an earlier
            prediction stays.

    The trait ``locked`` is {"value", "sure"} or None, ``revealed`` {"truth", "right", "brier"} or None.
    """

    kind: ClassVar[str] = "predict"

    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode(), allow_none=True, default_value=None).tag(sync=True)
    low = traitlets.Float(0.0).tag(sync=True)
    high = traitlets.Float(1.0).tag(sync=True)
    step = traitlets.Float(0.01).tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    within = traitlets.Float(0.0).tag(sync=True)
    locked = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    revealed = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)

    def __init__(
        self,
        name: str,
        question: str,
        *,
        choices: tuple[str, ...] | None = None,
        low: float = 0.0,
        high: float = 1.0,
        step: float = 0.01,
        unit: str = "",
        within: float = 0.0,
        on_lock: Callable[[float | str, int], tuple[float | str, int]],
    ) -> None:
        self._on_lock = on_lock
        super().__init__(
            title=f"Predict {name}",
            question=question,
            options=None if choices is None else list(choices),
            low=low,
            high=high,
            step=step,
            unit=unit,
            within=within,
        )
        self.on_msg(self._hear_lock)
        self.observe(lambda _: still.update(self), names=["locked", "revealed"])

    def lock(self, value: float | str, sure: int) -> None:
        """Lock a prediction, as the button does; one that is locked already stays.

        Raises MikitError for a value that is no choice, off the slider, or a certainty outside 50 to 100 %.
        """
        if self.locked is None:
            value, sure = self._on_lock(self._allowed(value), _allowed_sure(sure))
            self.locked = {"value": value, "sure": sure}

    def _allowed(self, value: float | str) -> float | str:
        if self.options is not None:
            if value not in self.options:
                raise MikitError(f"'{value}' is not among the choices.{nearest(str(value), self.options)}")
            return value
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not self.low <= float(value) <= self.high:  # NaN is outside too
            raise MikitError(f"A prediction lies between {self.low:g} and {self.high:g} {self.unit}, not at {value!r}.")
        return float(f"{self.low + round((float(value) - self.low) / self.step) * self.step:.6g}")

    def _hear_lock(self, _: object, message: dict[str, Any], buffers: object) -> None:
        if message.get("do") != "lock":
            return
        try:
            self.error = ""
            self.lock(message.get("value", math.nan), message.get("sure", -1))
        except MikitError as error:
            self.error = str(error)

    def picture(self) -> str:
        lines = [self.question]
        if self.locked is not None:
            lines.append(f"◇ you: {self._written(self.locked['value'])}, {self.locked['sure']} % sure")
        if self.revealed is not None:
            brier = self.revealed["brier"]
            lines.append(f"◆ measured: {self._written(self.revealed['truth'])} (Brier score {brier:.2f})")
        return "".join(f"<p>{html.escape(line)}</p>" for line in lines)

    def _written(self, value: float | str) -> str:
        return value if isinstance(value, str) else f"{value:.4g} {self.unit}".strip()


def _allowed_sure(sure: int) -> int:
    if isinstance(sure, bool) or not isinstance(sure, int | float) or not LEAST_SURE <= sure <= MOST_SURE:
        raise MikitError(f"How sure goes from {LEAST_SURE} to {MOST_SURE} %, not {sure!r}.")
    return int(sure)
