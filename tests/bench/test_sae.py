"""Training a dictionary, gathering its activations and describing its features, beside SAELens, sae-dashboard and plain
PyTorch: how much sooner; and what a training takes of a small machine's memory.

Writes what it measured to sae.json, which the README quotes. `make bench OPTIONS="-k test_sae"` takes it alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import torch
from torch.nn import functional

from mikit.models.model import Model
from mikit.models.sources import find
from mikit.sae.dictionary import Config, Dictionary, Place
from mikit.sae.formats import CONFIG, write
from mikit.trace.sites import Site
from tests.bench.turns import ROOT, Contender, contenders, interpreter, ratio, versions

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

REPORT = Path(__file__).with_name("sae.json")
SCRIPT = Path(__file__).with_name("sae_contenders.py")
THREADS = 1
"""Binder has one core; and a training is one process of many on a machine that is shared."""
ROUNDS = 3
CONTEXT, ROWS = 128, 8
WINDOWS = {"harvest": 16, "dashboard": 64}
FEATURES = 1000
SHAPE = {"features": 4608, "k": 32, "batch": 1024}
BINDER_GB = 2.0

Turns = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def texts(smollm: Model) -> list[tuple[str, list[int]]]:
    """Windows of mikit's own pages that are 128 tokens again when they are read back."""
    pages = "\n".join(page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs").rglob("*.md")))
    ids = smollm.tokenizer(pages, add_special_tokens=False)["input_ids"]
    found = []
    for first in range(0, len(ids) - CONTEXT, CONTEXT):
        window = ids[first : first + CONTEXT]
        text = smollm.tokenizer.decode(window)
        if smollm.tokenizer(text, add_special_tokens=False)["input_ids"] == window:
            found.append((text, window))
    assert len(found) >= max(WINDOWS.values())
    return found


@pytest.fixture(scope="module")
def running() -> Iterator[dict[str, Contender]]:
    interpreters = {"sae_lens": interpreter("sae_lens"), "mikit": None, "plain": None}
    with contenders(SCRIPT, interpreters, find("smollm2-135m").folder, THREADS) as found:
        yield found


def dictionary(folder: Path, model: Model) -> Path:
    """1,000 random directions of which 32 count on a token: for timing, any will do."""
    width = model.spec.d_model
    rows = functional.normalize(torch.randn(FEATURES, width, generator=torch.Generator().manual_seed(0)), dim=1)
    zero = {"b_enc": torch.zeros(FEATURES), "b_dec": torch.zeros(width)}
    place = Place(model=model.ref.name, model_sha256=model.ref.sha256, site=Site(name="resid_post", layer=9))
    config = Config(d_in=width, features=FEATURES, activation="topk", k=32)
    write(Dictionary(config, {"W_enc": rows.T, "W_dec": rows, **zero}, place), folder)
    about = json.loads((folder / CONFIG).read_text())
    # sae-dashboard asks for this; rows have length 1, so it changes nothing
    (folder / CONFIG).write_text(json.dumps({**about, "rescale_acts_by_decoder_norm": True}))
    return folder


@pytest.fixture(scope="module")
def report(
    smollm: Model,
    running: dict[str, Contender],
    texts: list[tuple[str, list[int]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    """Everything measured, printed and written down before anything is held against it."""
    found: dict[str, Any] = {
        "machine": {"cores": os.cpu_count(), "threads": THREADS, "load": round(os.getloadavg()[0], 1)}
        | versions("sae_lens", "sae-lens", "sae-dashboard", "transformer-lens"),
        "model": smollm.ref.chip,
        "rounds": ROUNDS,
        "windows": WINDOWS["dashboard"],
    }
    task = {"do": "train", "updates": 4, **SHAPE}
    for activation in ("topk", "relu"):
        turns = take_turns(running, {name: {**task, "activation": activation} for name in ("sae_lens", "mikit")})
        found[f"training step, {activation}"] = compared(turns, task["updates"], "seconds an update")
        if activation == "topk":  # in ReLU the price of firing decides, and that is not the same
            found[f"training step, {activation}"]["fvu"] = {who: round(of[-1]["fvu"], 3) for who, of in turns.items()}

    some = texts[: WINDOWS["harvest"]]
    task = {
        "do": "harvest",
        "context": CONTEXT,
        "rows": ROWS,
        "texts": [t for t, _ in some],
        "ids": [i for _, i in some],
    }
    task["tokens"] = len(some) * (CONTEXT - 1)
    turns = take_turns(
        running,
        {
            "sae_lens": {**task, "through": "TransformerLens"},
            "sae_lens, transformers": {**task, "through": "transformers"},
            "mikit": task,
            "plain": task,
        },
    )
    found["harvest"] = compared(turns, task["tokens"] / 1000, "seconds for 1,000 tokens") | {
        "deviation": {who: deviation(turns, who, "mean") for who in turns if who != "mikit"}
    }

    some = texts[: WINDOWS["dashboard"]]
    folder = dictionary(tmp_path_factory.mktemp("dictionary"), smollm)
    task = {"do": "dashboard", "rows": ROWS, "loop": 50, "dictionary": str(folder)}
    task |= {"texts": [t for t, _ in some], "ids": [i for _, i in some]}
    turns = take_turns(running, dict.fromkeys(("sae_lens", "mikit", "plain"), task), rounds=1)
    found["dashboard"] = compared(turns, 1, f"seconds for {FEATURES} features") | {
        "deviation": {who: deviation(turns, who, "density") for who in turns if who != "mikit"}
    }

    task = {"do": "memory", **SHAPE, "updates": 20, "blocks_of": 8, "texts": [t for t, _ in texts]}
    with contenders(SCRIPT, {"mikit": None}, find("smollm2-135m").folder, THREADS) as fresh:
        found["memory"] = {"gigabytes": round(fresh["mikit"].ask(task)["gigabytes"], 2)} | SHAPE

    print_table(found)
    REPORT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def take_turns(running: dict[str, Contender], tasks: dict[str, dict[str, Any]], rounds: int = ROUNDS) -> Turns:
    """A-B-C-A-B-C; before them one turn of each, to warm up, unless there is one round alone. What stands after a comma
    in a name is another way of the same contender."""
    if rounds > 1:
        for who, task in tasks.items():
            running[who.partition(",")[0]].ask(task)
    turns: Turns = {who: [] for who in tasks}
    for _ in range(rounds):
        for who, task in tasks.items():
            turns[who].append(running[who.partition(",")[0]].ask(task))
    return turns


def compared(turns: Turns, pieces: float, unit: str) -> dict[str, Any]:
    """CPU seconds a piece of each, and theirs over ours."""
    cpu = {who: [turn["cpu"] for turn in of] for who, of in turns.items()}
    return {
        "unit": unit,
        "cpu": {who: round(median(of) / pieces, 4) for who, of in cpu.items()},
        "ratio": {who: round(ratio(of, cpu["mikit"]), 2) for who, of in cpu.items() if who != "mikit"},
    }


def deviation(turns: Turns, who: str, what: str) -> float:
    pairs = zip(turns[who][0][what], turns["mikit"][0][what], strict=True)
    return max(abs(theirs - ours) for theirs, ours in pairs)


def print_table(found: dict[str, Any]) -> None:
    machine = found["machine"]
    print(f"\n\ndictionaries, {machine['threads']} thread, load {machine['load']}, CPU seconds, {ROUNDS} rounds")
    for name, of in found.items():
        if isinstance(of, dict) and "cpu" in of:
            cells = (f"{who} {took:.3f} ({of['ratio'].get(who, 1):.2f} x)" for who, took in of["cpu"].items())
            print(f"{name:24}{of['unit']:28}{'  '.join(cells)}")
    print(f"{'memory':24}{found['memory']['gigabytes']} GB")


def test_training_is_no_slower(report: dict[str, Any]) -> None:
    assert report["training step, topk"]["ratio"]["sae_lens"] >= 2
    assert report["training step, relu"]["ratio"]["sae_lens"] >= 1
    left = report["training step, topk"]["fvu"]
    assert left["mikit"] < left["sae_lens"]  # nothing is won by learning less


def test_harvest_is_a_plain_forward_pass(report: dict[str, Any]) -> None:
    """There is nothing to win: the layers' matrix products are all but all of it, for every tool."""
    assert report["harvest"]["ratio"]["plain"] >= 0.9
    assert all(of >= 0.9 for of in report["harvest"]["ratio"].values())
    assert max(report["harvest"]["deviation"].values()) < 1e-3


def test_features_are_described_sooner(report: dict[str, Any]) -> None:
    """With a tested label of each, which the others do not give. Reading the text is most of it, the same for all."""
    assert report["dashboard"]["ratio"]["plain"] >= 1.5
    assert report["dashboard"]["ratio"]["sae_lens"] >= 1
    assert max(report["dashboard"]["deviation"].values()) < 1e-4


def test_a_training_fits_on_binder(report: dict[str, Any]) -> None:
    assert report["memory"]["gigabytes"] < BINDER_GB
