"""The README's timings are those that the benchmarks wrote down. Nothing is measured here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mikit.sae.index import index_of
from mikit.sae.library import folder_of, load_dictionary

ROOT = Path(__file__).resolve().parents[1]
REPORT: dict[str, Any] = json.loads((ROOT / "tests" / "bench" / "patching.json").read_text(encoding="utf-8"))
SAE: dict[str, Any] = json.loads((ROOT / "tests" / "bench" / "sae.json").read_text(encoding="utf-8"))
STEERING: dict[str, Any] = json.loads((ROOT / "tests" / "bench" / "steering.json").read_text(encoding="utf-8"))
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


def cell(what: str, who: str) -> str:
    of = SAE[what]
    share = "" if who == "mikit" else f" ({of['ratio'][who]:.1f} ×)"
    return f"{of['cpu'][who]:.2f} s{share}"


@pytest.mark.parametrize(
    ("what", "title", "others"),
    [
        ("training step, topk", "an update, TopK", ["{sae_lens}", "-"]),
        ("training step, relu", "an update, ReLU", ["{sae_lens}", "-"]),
        (
            "harvest",
            "1,000 tokens' activations after layer 9",
            [
                "{sae_lens} through TransformerLens, {sae_lens, transformers} through transformers",
                "{plain}: the layers alone",
            ],
        ),
        ("dashboard", "what a dashboard shows of 1,000 features", ["{sae_lens}: sae-dashboard", "{plain}: a loop"]),
    ],
)
def test_a_row_of_the_table_of_dictionaries(what: str, title: str, others: list[str]) -> None:
    cells = [cell(what, "mikit")]
    for text in others:
        for who in SAE[what]["ratio"]:
            text = text.replace(f"{{{who}}}", cell(what, who))
        cells.append(text)
    assert f"| {title} | {' | '.join(cells)} |" in README


def test_what_the_table_of_dictionaries_says_of_itself() -> None:
    machine, memory, said = SAE["machine"], SAE["memory"], " ".join(README.split())
    short = {name: machine[name].rpartition(".")[0] for name in ("sae-lens", "sae-dashboard")}
    assert f"SAELens {short['sae-lens']}" in said and f"sae-dashboard {short['sae-dashboard']}" in said
    assert f"{memory['features']:,} features, {memory['k']} a token, batches of {memory['batch']:,}" in said
    assert f"{SAE['windows']} windows of 128 tokens" in said
    assert f"such a training takes {memory['gigabytes']:.1f} GB of memory" in said
    assert machine["threads"] == 1


def test_the_report_of_dictionaries_names_no_machine() -> None:
    assert set(SAE["machine"]) == {
        "cores", "threads", "load", "torch", "transformers", "nnsight", "sae-lens", "sae-dashboard", "transformer-lens"
    }  # fmt: skip


def test_what_is_said_of_steered_writing() -> None:
    said, machine = " ".join(README.split()), STEERING["machine"]
    assert STEERING["same tokens"]
    assert (
        f"Writing {STEERING['tokens']} tokens with and without a push takes {STEERING['ratio cpu']:.2f} times" in said
    )
    assert f"its first token after {STEERING['first token ms'] / 1000:.2f} s" in said
    assert f"{STEERING['tokens a second']:.0f} tokens a second" in said
    assert set(machine) == {"cores", "threads", "load"} and machine["threads"] == 2


def test_what_is_said_of_the_dictionary_is_in_its_index_and_its_numbers() -> None:
    index = index_of(load_dictionary("smollm2-135m-l9"))
    numbers = json.loads((folder_of("smollm2-135m-l9") / "numbers.json").read_text(encoding="utf-8"))
    assert index is not None
    said = " ".join(README.split())
    label, other = np.nanmean(index.score[:, 0]), np.nanmean(index.shuffled)
    assert f"a balanced accuracy of {label:.2f}; another feature's label, {other:.2f}" in said
    left = [kind["fvu at 32"] for kind in numbers["kinds"].values()]
    assert f"leaves out {100 * min(left):.0f} to {100 * max(left):.0f} % of the variance" in said
