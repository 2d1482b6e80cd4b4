"""Record: results with all that is needed to get them again, and the replay that tries.

One JSON file (schema: docs/record.schema.json). Arrays above 64 kB lie beside it in <stem>.safetensors, or, in a
saved page, in the page."""

from __future__ import annotations

import base64
import hashlib
import json
import platform
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.json_schema import models_json_schema
from safetensors.numpy import load_file, save_file
from torch import Tensor

from mikit.errors import MikitError, RecordUnusable
from mikit.models.model import Model
from mikit.studies.base import DEFAULT_TOLERANCE, Grid, Method, Result, Study, model_for, run_study
from mikit.trace.arrays import Array

SCHEMA_ID = "mikit-record/1"
SCRIPT_ID = "mikit-record"
"""id of the <script> element that holds the record in a saved page."""

PACKAGES = ("mikit", "torch", "transformers", "nnsight", "tokenizers", "numpy")


class Environment(BaseModel):
    """What the numbers were computed with."""

    model_config = ConfigDict(frozen=True)

    python: str
    system: str
    versions: dict[str, str]
    threads: int
    device: str
    dtype: str
    attention: str

    @classmethod
    def here(cls, model: Model) -> Environment:
        hf = getattr(model, "hf", None)  # a toy that its study trains has none
        return cls(
            python=platform.python_version(),
            system=f"{platform.system()} {platform.machine()}",
            versions={name: version(name) for name in PACKAGES},
            threads=torch.get_num_threads(),
            device="cpu" if hf is None else str(hf.device),
            dtype=model.ref.dtype,
            attention="eager" if hf is None else str(hf.config._attn_implementation),
        )


class Entry(BaseModel):
    """One result, how it was measured, and the hash of every token id the model was shown."""

    model_config = ConfigDict(frozen=True)

    result: Result
    method: Method
    inputs_sha256: str


class Deviation(NamedTuple):
    """A replay's outcome. ``largest`` is in units of its grid's tolerance: up to 1 is within. ``lines`` say it grid
    by grid."""

    largest: float
    where: str
    within: bool
    lines: list[str]


class Difference(NamedTuple):
    """How far one grid came out from the recorded one, at its largest, in ``unit``."""

    where: str
    value: float
    unit: str
    tolerance: float


class Record(BaseModel):
    """Results on screen or from a script, replayable. ``digest`` covers everything but the bytes of arrays, which
    have their own hashes."""

    model_config = ConfigDict(frozen=True)

    schema_id: str = SCHEMA_ID
    entries: tuple[Entry, ...]
    environment: Environment
    digest: str = ""

    @classmethod
    def of(cls, results: list[Result], model: Model) -> Record:
        """Record finished results of one model. Raises RecordUnusable for none, for one that is not done or cannot be
        run from a record."""
        if not results:
            raise RecordUnusable("There is nothing to record yet: wait for a result.")
        if unfinished := [r.study.kind for r in results if r.done < 1]:
            raise RecordUnusable(f"'{unfinished[0]}' is not finished. Wait for it, then save the record.")
        if refused := [r.study.unrecordable for r in results if r.study.unrecordable]:
            raise RecordUnusable(refused[0])
        entries = tuple(
            Entry(result=r, method=r.study.method(model), inputs_sha256=inputs_hash(r.study.inputs(model)))
            for r in results
        )
        return cls(entries=entries, environment=Environment.here(model))

    @property
    def results(self) -> list[Result]:
        return [entry.result for entry in self.entries]

    def save(self, path: str | Path) -> Path:
        """Write the JSON, and <stem>.safetensors beside it where an array is large."""
        path = Path(path)
        content, large = self._content()
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
        if large:
            save_file(
                {key: np.frombuffer(data, dtype=np.uint8) for key, data in large.items()},
                path.with_suffix(".safetensors"),
            )
        return path

    def embedded(self) -> str:
        """The whole record as one JSON text, large arrays in base64: what a saved page holds."""
        content, large = self._content()
        return json.dumps(
            content | {"arrays": {key: base64.b64encode(data).decode() for key, data in large.items()}},
            ensure_ascii=False,
        )

    @classmethod
    def read(cls, path: str | Path) -> Record:
        """Read a .json record or a saved page. Raises RecordUnusable: not there, not a record, of another schema, or
        altered."""
        path = Path(path)
        content = _parse(path)
        if content.get("schema_id") != SCHEMA_ID:
            raise RecordUnusable(
                f"{path.name} is not a record this version can read: its schema is {content.get('schema_id')!r}, not"
                f" {SCHEMA_ID!r}."
            )
        large = {key: base64.b64decode(text) for key, text in content.pop("arrays", {}).items()}
        beside = path.with_suffix(".safetensors")
        if beside.exists():
            large |= {key: data.tobytes() for key, data in load_file(beside).items()}
        if content.get("digest") != _digest(content):
            raise RecordUnusable(
                f"{path.name} was altered after it was written: its digest does not fit its text. Ask for the original."
            )
        try:
            record = cls.model_validate(_filled(content, large))
        except ValidationError as error:
            raise RecordUnusable(
                f"{path.name} is not a whole record: {error.errors()[0]['msg']} at {error.errors()[0]['loc']}."
            ) from error
        for where, array in record._arrays():
            if array.data is None:
                raise RecordUnusable(f"The numbers of {where} are missing: {beside.name} belongs beside {path.name}.")
            if not array.intact:
                raise RecordUnusable(
                    f"{path.name} was altered after it was written: the numbers of {where} do not fit their hash."
                )
        return record

    def replay(self, model: Model | None = None) -> Deviation:
        """Run every study again and compare. Raises RecordUnusable where the model or its prompts are not the
        recorded ones."""
        lines = _environment_lines(self.environment)
        worst = (0.0, "nothing differs")
        for entry in self.entries:
            kind = entry.result.study.kind
            here = model_of(entry, model)
            for one in differences(entry, run_study(entry.result.study, here)):
                lines.append(
                    f"{kind} / {one.where}: differs by {one.value:.2g} {one.unit} (tolerance {one.tolerance:g})"
                )
                worst = max(worst, (one.value / one.tolerance, f"{kind} / {one.where}"))
        return Deviation(worst[0], worst[1], worst[0] <= 1, lines)

    def _content(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        large: dict[str, bytes] = {}
        content: dict[str, Any] = json.loads(self.model_dump_json(context=large))
        content["digest"] = _digest(content)
        return content, large

    def _arrays(self) -> list[tuple[str, Array]]:
        grids = [(f"{e.result.study.kind} / {n}", g) for e in self.entries for n, g in _all_grids(e.result)]
        parts = ((name, array) for name, grid in grids for array in (grid.values, grid.low, grid.high, grid.exact))
        return [(name, array) for name, array in parts if array is not None]


def model_of(entry: Entry, model: Model | None = None) -> Model:
    """The model of a recorded study, with its tokenizer. Raises RecordUnusable where it cannot be had, or makes other
    tokens of the recorded prompts."""
    study = entry.result.study
    here = _model(study, model)
    if inputs_hash(study.inputs(here)) != entry.inputs_sha256:
        raise RecordUnusable(
            f"The prompts of '{study.kind}' give other tokens here than when it was recorded: they cannot be compared."
        )
    return here


def differences(entry: Entry, again: Result) -> list[Difference]:
    """A recorded result against the same study run again, grid by grid. Raises RecordUnusable for a grid that is no
    longer computed."""
    tolerances = entry.result.study.tolerances
    return [
        Difference(
            where, _deviation(recorded, found), recorded.unit,
            tolerances.get(where.split(" / ")[-1], DEFAULT_TOLERANCE),
        )
        for where, recorded, found in _pairs(entry.result, again)
    ]  # fmt: skip


def json_schema() -> dict[str, Any]:
    """The published schema of a record: docs/record.schema.json, with every kind of study that this version has."""
    from mikit.studies import kinds

    studies = [getattr(kinds, name) for name in kinds.__all__]
    refs, defs = models_json_schema([(model, "serialization") for model in [Record, *studies]])
    schema: dict[str, Any] = defs["$defs"].pop("Record") | defs
    schema["$defs"].pop("Study", None)
    of_a_kind = [refs[study, "serialization"] for study in studies]
    schema["$defs"]["Result"]["properties"]["study"] = {"oneOf": of_a_kind, "discriminator": {"propertyName": "kind"}}
    return schema


def inputs_hash(inputs: list[Tensor]) -> str:
    digest = hashlib.sha256()
    for ids in inputs:
        digest.update(np.ascontiguousarray(ids.cpu().numpy(), dtype="<i8").tobytes() + b"|")
    return digest.hexdigest()


def _parse(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordUnusable(
            f"{path} cannot be read: {error}. Give a record (.json) or a saved page (.html)."
        ) from error
    if path.suffix.lower() in (".html", ".htm"):
        found = re.search(rf'<script[^>]*id="{SCRIPT_ID}"[^>]*>(.*?)</script>', text, re.DOTALL)
        if found is None:
            raise RecordUnusable(f"{path.name} holds no record: it was not saved from a mikit view with results.")
        text = found.group(1)
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise RecordUnusable(f"{path.name} is not JSON: {error}. It may have been cut off or edited.") from error
    if not isinstance(content, dict):
        raise RecordUnusable(f"{path.name} is JSON, but no record.")
    return content


def _digest(content: dict[str, Any]) -> str:
    kept = {key: value for key, value in content.items() if key not in ("digest", "arrays")}
    return hashlib.sha256(
        json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()


def _filled(content: Any, large: dict[str, bytes]) -> Any:
    """The content with the data of large arrays put back."""
    if isinstance(content, dict):
        if content.keys() >= {"sha256", "dtype", "shape", "data"} and content["data"] is None:
            return content | {"data": large.get(content["sha256"])}
        return {key: _filled(value, large) for key, value in content.items()}
    return [_filled(value, large) for value in content] if isinstance(content, list) else content


def _model(study: Study, model: Model | None) -> Model:
    try:
        here = model_for(study, model)
    except MikitError as error:
        raise RecordUnusable(f"The model of '{study.kind}', {study.model.chip}, cannot be had here. {error}") from error
    if here.ref.tokenizer_sha256 != study.model.tokenizer_sha256:
        raise RecordUnusable(
            f"The tokenizer of {study.model.name} is not the recorded one, so the tokens would differ."
        )
    return here


def _all_grids(result: Result) -> list[tuple[str, Grid]]:
    return [
        *result.grids.items(),
        *((f"{c.name} / {name}", grid) for c in result.controls for name, grid in c.grids.items()),
    ]


def _pairs(recorded: Result, found: Result) -> list[tuple[str, Grid, Grid]]:
    again = dict(_all_grids(found))
    if missing := [name for name, _ in _all_grids(recorded) if name not in again]:
        raise RecordUnusable(
            f"This version of mikit no longer computes '{missing[0]}' of {recorded.study.kind}: it cannot be compared."
        )
    return [(name, grid, again[name]) for name, grid in _all_grids(recorded)]


def _deviation(recorded: Grid, found: Grid) -> float:
    """Largest difference of values and interval ends; infinite where the labels, or the places without a number,
    differ."""
    if recorded.axes != found.axes:
        return float("inf")
    worst = 0.0
    for a, b in ((recorded.values, found.values), (recorded.low, found.low), (recorded.high, found.high)):
        if (a is None) != (b is None):
            return float("inf")
        if a is not None and b is not None:
            x, y = a.numpy().astype(np.float64), b.numpy().astype(np.float64)
            if not np.array_equal(np.isfinite(x), np.isfinite(y)):
                return float("inf")
            worst = max(worst, float(np.max(np.abs(x - y), where=np.isfinite(x), initial=0.0)))
    return worst


def _environment_lines(recorded: Environment) -> list[str]:
    """What differs between then and now, for whoever wonders about a deviation."""
    lines = []
    for name, then in recorded.versions.items():
        now = version(name) if name in PACKAGES else "unknown"
        if now != then:
            lines.append(f"{name} was {then} when recorded and is {now} here")
    if recorded.threads != torch.get_num_threads():
        lines.append(f"threads were {recorded.threads} when recorded and are {torch.get_num_threads()} here")
    return lines
