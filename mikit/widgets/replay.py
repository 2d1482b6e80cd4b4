"""ReplayView: choose a record, run its studies again, and read how far the numbers are from the recorded ones."""

from __future__ import annotations

import html
import tempfile
from pathlib import Path
from typing import Any, ClassVar, Self

import traitlets

from mikit.errors import MikitError
from mikit.studies.base import Result, Study
from mikit.studies.claim import CheckClaim
from mikit.studies.record import Environment, Record
from mikit.studies.replay import Replay
from mikit.trace.checks import load
from mikit.widgets.base import View, refuse_unknown

NOTHING: dict[str, Any] = {}
NO_RECORD = "Save record is off: a replay leaves no record of its own; keep the one that it replays."


class ReplayView(View):
    """Replay a record by clicks: one that lies beside the notebook, or a file from elsewhere.

    Args:
        path: a record (.json) or a saved page (.html) that is chosen from the start.
        title: the view's heading.

    Raises:
        RecordUnusable: a ``path`` that is no record.
        TypeError: a keyword that does not exist.
    """

    kind: ClassVar[str] = "replay"
    lanes: ClassVar[dict[str, type[Study]]] = {"replay": Replay}
    inputs: ClassVar[tuple[str, ...]] = ("chosen", "started")

    files = traitlets.List(traitlets.Unicode()).tag(sync=True)
    chosen = traitlets.Unicode().tag(sync=True)
    started = traitlets.Bool(False).tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    recorded = traitlets.Dict().tag(sync=True)
    environment = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)
    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    outcome = traitlets.Dict().tag(sync=True)

    def __init__(self, path: str | Path | None = None, *, title: str = "Replay a record", **unknown: object) -> None:
        refuse_unknown(type(self), unknown)
        self._replay: Replay | None = None
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        super().__init__(
            title=title,
            shows="Whether this machine finds the recorded numbers again, within the tolerance that each states.",
            hides="Whether the claim is true, or the prompts were a fair choice: the same mistake replays as well.",
            note=NO_RECORD,
        )
        self.look()
        self.on_msg(self._hear_buttons)
        if path is not None:
            self.choose(path)
        self._begin()

    def look(self) -> None:
        """List the records and saved pages beside the notebook."""
        here = [*Path().glob("*.json"), *Path().glob("*.html")]
        self.files = sorted(path.name for path in here if path.name.startswith("mikit-"))

    def choose(self, path: str | Path, name: str = "") -> None:
        """Read a record and show what it holds; nothing runs yet. Raises RecordUnusable."""
        record = Record.read(path)
        study = record.results[0].study
        with self.hold_trait_notifications():
            self._replay = Replay(model=study.model, path=str(path), digest=record.digest)
            self.started = False
            self.chip, self.chosen = study.model.chip, name or Path(path).name
            self.recorded, self.environment = _recorded(record), []
        self.status = self._lanes.status(self.ready())

    def run(self) -> Self:
        self.started = True
        return super().run()

    def ask(self, lane: str) -> Study | None:
        return self._replay if self.started else None

    def show(self, lane: str, result: Result) -> None:
        study = result.study
        assert isinstance(study, Replay)
        found, tolerance = (result.grids[name] for name in ("difference", "tolerance"))
        self.rows = [
            {"where": where, "difference": _number(value), "unit": unit, "tolerance": float(f"{allowed:g}")}
            for where, value, unit, allowed in zip(
                found.axes["number"],
                found.values.numpy(),
                result.texts["unit"],
                tolerance.values.numpy(),
                strict=True,
            )
        ]
        if result.done == 1:
            self.environment = _environments(
                Record.read(study.path).environment, Environment.here(load(study.model.handle))
            )
            self.outcome = _outcome(self.rows, result)

    def clear(self, lane: str) -> None:
        self.rows, self.outcome, self.environment = [], NOTHING, []

    def ready(self) -> str:
        if not self.chosen:
            return "choose a record"
        return "replayed" if self.started else "read: nothing has run yet"

    def picture(self) -> str:
        lines = [*self.recorded.get("lines", []), *filter(None, [self.outcome.get("sentence", "")])]
        return "".join(f"<p>{html.escape(line)}</p>" for line in lines)

    def _hear_buttons(self, _: object, message: dict[str, Any], buffers: list[memoryview]) -> None:
        action = message.get("do")
        if action == "look":
            self.look()
        if action not in ("choose", "file"):
            return
        self.problem = ""
        try:
            if action == "choose":
                self.choose(Path(message["name"]).name)
            else:
                self.choose(self._kept(message["name"], bytes(buffers[0])), message["name"])
        except MikitError as error:
            self.problem = str(error)

    def _kept(self, name: str, content: bytes) -> Path:
        """A file that came through the browser, in a folder that goes when the view goes."""
        self._temporary = tempfile.TemporaryDirectory(prefix="mikit-replay-")
        path = Path(self._temporary.name) / Path(name).name
        path.write_bytes(content)
        return path


def _recorded(record: Record) -> dict[str, Any]:
    """What a record holds, in words."""
    lines = []
    for result in record.results:
        study = result.study
        if isinstance(study, CheckClaim):
            lines.append(f"Claim: {study.claim}")
            lines.append(f"Rule, locked {study.locked_at}: {study.rule.says}. Access: {study.access}.")
            lines += [f"Recorded: {line}." for line in result.texts.get("cells", ())]
            lines += [f"Recorded verdict: {verdict}." for verdict in result.texts.get("verdict", ())]
            lines += [
                f"Locked before it on the same page, {one.locked_at}: {one.claim} ({one.verdict})"
                for one in study.earlier
            ]
        else:
            lines.append(f"A study of kind '{study.kind}': {', '.join(result.grids)}.")
    return {"lines": lines}


def _environments(then: Environment, now: Environment) -> list[list[str]]:
    rows = [[name, then.versions.get(name, "?"), now.versions.get(name, "?")] for name in then.versions]
    fields = ("python", "system", "threads", "device", "dtype", "attention")
    return [*rows, *([name, str(getattr(then, name)), str(getattr(now, name))] for name in fields)]


def _outcome(rows: list[dict[str, Any]], result: Result) -> dict[str, Any]:
    """The replay in a sentence, with the grid that moved most in units of its tolerance."""
    recorded, now = (list(result.texts[key]) for key in ("recorded", "found now"))
    if not rows:
        return {
            "sentence": "Nothing was run when this was recorded, so there is nothing to find again.",
            "within": True,
        }
    shares = [float("inf") if row["difference"] is None else row["difference"] / row["tolerance"] for row in rows]
    largest = max(shares)
    worst = rows[shares.index(largest)]
    within = largest <= 1
    head = "Found again" if within else "Not found again"
    moved = f"differs by {worst['difference']:.2g} {worst['unit']}" if largest < float("inf") else "cannot be compared"
    sentence = (
        f"{head}: of {len(rows)} sets of numbers, {worst['where']} moved most; it {moved}, its tolerance is"
        f" {worst['tolerance']:g}."
        if largest > 0
        else f"{head}: of {len(rows)} sets of numbers, none moved in any digit."
    )
    if recorded:
        sentence += f" Verdict recorded: {', '.join(recorded)}. Verdict now: {', '.join(now)}."
    return {"sentence": sentence, "within": within, "largest": None if largest == float("inf") else largest}


def _number(value: float) -> float | None:
    """JSON has no infinity."""
    return float(value) if value < float("inf") else None
