"""Progress: one file in the folder of the notebooks, whatever these are called."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal, TypeVar

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

FILE = "mikit-progress.json"
LOCK_SECONDS = 5

T = TypeVar("T")

StepState = Literal["new", "tried", "passed", "ours"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=True)


class Step(_Part):
    """One exercise of one learner."""

    state: StepState = "new"
    wrong: int = Field(default=0, ge=0)
    """How many different wrong answers came so far: the next hint."""
    last: str = ""
    """Fingerprint of the last wrong answer."""
    answer: Any = None
    """The answer that passed, packed; None where it cannot be kept."""
    kept: bool = False
    """Whether ``answer`` holds it."""


class Prediction(_Part):
    """A locked prediction. ``sure``: per cent. ``right``: None until the truth was shown."""

    value: float | str
    sure: int = Field(ge=50, le=100)
    right: bool | None = None

    @property
    def brier(self) -> float | None:
        """Squared distance of how sure one was from how it came out: 0 is best, 1 is worst."""
        return None if self.right is None else (self.sure / 100 - self.right) ** 2

    def __str__(self) -> str:
        return f"you: {self.value if isinstance(self.value, str) else f'{self.value:g}'}"


class LessonState(_Part):
    """One lesson of one learner."""

    steps: dict[str, Step] = {}
    predictions: dict[str, Prediction] = {}
    results: dict[str, Any] = {}
    """What a lesson keeps of costly steps, packed."""

    def step(self, id: str) -> Step:
        return self.steps.get(id) or Step()


class Progress(_Part):
    """All of a learner's progress. ``seed`` is drawn once and makes the learner's answers their own."""

    mikit: Literal["progress 1"] = "progress 1"
    seed: int = Field(ge=0, lt=1 << 24)
    lessons: dict[str, LessonState] = {}

    def lesson(self, id: str) -> LessonState:
        return self.lessons.setdefault(id, LessonState())

    @property
    def begun(self) -> bool:
        """Whether anything would be lost with this file."""
        return any(
            lesson.predictions or any(step.state != "new" for step in lesson.steps.values())
            for lesson in self.lessons.values()
        )


def new_progress() -> Progress:
    return Progress(seed=secrets.randbits(24))


class ProgressFile:
    """The file, read anew for every change, so that two notebooks side by side lose nothing of each other.

    Where the folder cannot be written, and when the file is removed meanwhile, progress goes on in memory.
    ``tell`` gets a sentence when something is wrong.
    """

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self.path = folder / FILE
        self._tell = tell
        self._memory = new_progress()
        self._unsaved = False
        self._turn = threading.RLock()

    def read(self) -> Progress:
        """Progress as it is now. A damaged file is put aside, and told of."""
        if self._unsaved:
            return self._memory
        try:
            self._memory = Progress.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            pass
        except OSError as error:
            self._go_on_in_memory(error)
        except ValidationError:
            self._put_aside()
        return self._memory

    def update(self, change: Callable[[Progress], T]) -> T:
        """Apply a change and save."""
        with self._turn, ExitStack() as stack:
            try:
                stack.enter_context(FileLock(self._hidden("lock"), timeout=LOCK_SECONDS))
            except OSError as error:
                self._go_on_in_memory(error)
                return change(self._memory)
            progress = self.read()
            result = change(progress)
            try:
                self._write(progress)
            except OSError as error:
                self._go_on_in_memory(error)
            return result

    def _write(self, progress: Progress) -> None:
        """Whole or not at all: a kernel may be killed at any moment."""
        part = self._hidden("part")
        part.write_text(progress.model_dump_json(indent=1) + "\n", encoding="utf-8")
        part.replace(self.path)
        self._unsaved = False

    def _hidden(self, ending: str) -> Path:
        return self.path.with_name(f".{self.path.stem}.{ending}")

    def _put_aside(self) -> None:
        number = 1
        while (aside := self.path.with_name(f"{self.path.stem}-damaged-{number}.json")).exists():
            number += 1
        try:
            self.path.replace(aside)
        except OSError as error:
            self._go_on_in_memory(error)
            return
        self._tell(
            f"{self.path.name} cannot be read: it is damaged, or not from mikit. It is now {aside.name}, and a new "
            'file begins. Your code brings the ticks back: open the lesson with `code="..."`.'
        )

    def _go_on_in_memory(self, error: OSError) -> None:
        if not self._unsaved:
            self._unsaved = True
            self._tell(
                f"Progress cannot be saved in {self.path.parent} ({error.strerror or error}). It goes on in this "
                "kernel; copy your code, `lesson.code`, to come back."
            )
