"""A record that was written in another environment replays in this one."""

from __future__ import annotations

from pathlib import Path

from mikit.studies.record import Record

RECORD = Path(__file__).parent / "records" / "patching.json"


def test_a_record_from_elsewhere_replays(smollm):
    record = Record.read(RECORD)
    assert {entry.result.study.kind for entry in record.entries} == {"attribution", "patch-sweep", "dose"}
    deviation = record.replay(smollm)
    assert deviation.within, deviation.lines
