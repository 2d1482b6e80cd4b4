"""The README's timings are those that the benchmark wrote down. Nothing is measured here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
REPORT: dict[str, Any] = json.loads((ROOT / "tests" / "bench" / "patching.json").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")


def row(name: str) -> str:
    of = REPORT["pairs"][name]
    cells = [f"{of['cpu_seconds']['mikit']:.1f} s"]
    for who in ("hooks", "transformer_lens"):
        cells.append(f"{of['cpu_seconds'][who]:.1f} s ({of['ratio'][who]:.1f} ×)")
    return f"| {name} | {' | '.join(cells)} | {of['work_over_floor']:.2f} × |"


@pytest.mark.parametrize("name", REPORT["pairs"])
def test_a_row_of_the_table(name: str) -> None:
    assert row(name) in README


def test_what_the_table_says_of_itself() -> None:
    machine, (pair, *_) = REPORT["machine"], REPORT["pairs"].values()
    said = " ".join(README.split())
    assert f"{pair['layers']} × {pair['tokens']} map" in said
    assert f"TransformerLens {machine['transformer-lens'].rpartition('.')[0]}" in said
    assert f"{machine['threads']} threads of a machine with {machine['cores']} cores" in said
    shares = (f"1 / {of['time_over_floor']:.2f}" for of in REPORT["pairs"].values())
    assert f"{' and '.join(shares)} of its time" in said
    assert max(d for p in REPORT["pairs"].values() for d in p["deviation"].values()) < 1e-4


def test_the_report_names_no_machine() -> None:
    assert set(REPORT["machine"]) == {
        "cores", "threads", "load", "torch", "transformers", "nnsight", "transformer-lens"
    }  # fmt: skip
