"""A record replayed step by step, so that a view can show how far it is and stop it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
from torch import Tensor

from mikit.errors import RecordUnusable
from mikit.models.model import Model
from mikit.studies.base import Cost, Flavour, Grid, Method, Result, Study, stream
from mikit.studies.record import Difference, Record, differences, model_of
from mikit.trace.arrays import Array


class Replay(Study):
    """Run every study of the record at ``path`` again; ``digest`` is the record's. What ``Record.replay`` does, in
    short steps.

    Grids [number]: ``difference``, the largest of each recorded grid, in its own unit (texts ``unit``), and
    ``tolerance``. Texts: ``recorded`` and ``found now``, the verdicts of checked claims."""

    kind: Literal["replay"] = "replay"
    path: str
    digest: str

    @property
    def unrecordable(self) -> str:
        return "A replay leaves no record of its own: the record it replays is the one to keep."

    def estimate(self, model: Model) -> Cost:
        costs = [result.study.estimate(model) for result in self._record().results]
        return Cost(seconds=sum(one.seconds for one in costs), bytes=max(one.bytes for one in costs))

    def inputs(self, model: Model) -> list[Tensor]:
        return [ids for result in self._record().results for ids in result.study.inputs(model)]

    def method(self, model: Model) -> Method:
        return Method(sites=(), metric="largest difference from the recorded numbers")

    def steps(self, model: Model) -> Iterator[Result]:
        record = self._record()
        found: list[Difference] = []
        verdicts: list[str] = []
        for i, entry in enumerate(record.entries):
            again = entry.result
            for again in stream(entry.result.study, model_of(entry, model)):
                if again.done < 1:
                    yield self._result(record, found, verdicts, (i + again.done) / len(record.entries))
            kind = entry.result.study.kind
            found += [one._replace(where=f"{kind} / {one.where}") for one in differences(entry, again)]
            verdicts += again.texts.get("verdict", ())
            yield self._result(record, found, verdicts, (i + 1) / len(record.entries))

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "nnsight":
            return ""
        return f"import mikit\n\nfor line in mikit.Record.read({self.path!r}).replay().lines:\n    print(line)\n"

    def _record(self) -> Record:
        record = Record.read(self.path)
        if record.digest != self.digest:
            raise RecordUnusable(f"{self.path} is another record now than when it was chosen. Choose it again.")
        return record

    def _result(self, record: Record, found: Sequence[Difference], verdicts: Sequence[str], done: float) -> Result:
        axes = {"number": tuple(one.where for one in found)}

        def grid(values: list[float], unit: str) -> Grid:
            return Grid(values=Array.of(np.array(values, np.float32)), axes=axes, unit=unit)

        return Result(
            study=self,
            grids={
                "difference": grid([one.value for one in found], "each in its own unit"),
                "tolerance": grid([one.tolerance for one in found], "each in its own unit"),
            },
            texts={
                "unit": tuple(one.unit for one in found),
                "recorded": tuple(v for result in record.results for v in result.texts.get("verdict", ())),
                "found now": tuple(verdicts),
            },
            done=done,
        )
