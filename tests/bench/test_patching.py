"""The residual sweep beside TransformerLens and plain batched hooks: the same numbers, and how much sooner.

Writes what it measured to patching.json, which the README quotes."""

from __future__ import annotations

import json
import os
from time import perf_counter, process_time
from typing import Any

import numpy as np
import pytest

from mikit.models.model import Model
from mikit.models.sources import find
from mikit.studies.base import run_study
from mikit.studies.kinds import Attribution, PatchSweep
from tests.bench.patching import (
    PAIRS,
    REPORT,
    ROUNDS,
    THREADS,
    done,
    job,
    needed,
    ratio,
    running,
    speed,
    take_turns,
)
from tests.bench.turns import versions

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

TARGETS = {
    "differs at its first name": {"transformer_lens": 7.0, "hooks": 1.8},
    "differs at its last name": {"transformer_lens": 15.0, "hooks": 3.5},
}


@pytest.fixture(scope="module")
def report(smollm: Model) -> dict[str, Any]:
    """Everything measured, printed and written down before anything is held against it."""
    found: dict[str, Any] = {
        "machine": {"cores": os.cpu_count(), "threads": THREADS, "load": round(os.getloadavg()[0], 1)}
        | versions("transformer_lens", "transformer-lens"),
        "model": smollm.ref.chip,
        "rounds": ROUNDS,
        "pairs": {},
    }
    rates = [speed(smollm)]
    with running(find("smollm2-135m").folder) as processes:
        for name, pair in PAIRS.items():
            read = pair.read(smollm)
            length = read.clean.ids.shape[1]
            turns = take_turns(processes, job(pair, read))
            ours = turns["mikit"][0]
            rates.append(speed(smollm))
            floor, counted = needed(smollm.spec, length, read.first), done(smollm, length, read.first)
            cpu = {who: float(np.median([turn.cpu for turn in of])) for who, of in turns.items()}
            found["pairs"][name] = {
                "layers": len(ours.map),
                "tokens": length,
                "first difference": read.first,
                "cpu_seconds": {who: round(seconds, 2) for who, seconds in cpu.items()},
                "wall_seconds": {who: round(float(np.median([t.wall for t in of])), 2) for who, of in turns.items()},
                "ratio": {who: round(ratio(turns, who), 2) for who in TARGETS[name]},
                "deviation": {who: float(np.abs(turns[who][0].map - ours.map).max()) for who in TARGETS[name]},
                "floor_multiply_adds": floor,
                "our_multiply_adds": counted,
                "work_over_floor": round(counted / floor, 2),
                "time_over_floor": round(cpu["mikit"] / (floor / max(rates)), 2),
            }
    found |= in_this_process(smollm)
    print_table(found)
    REPORT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def in_this_process(model: Model) -> dict[str, Any]:
    """The approximate map, and the sweep's estimate beside what it took."""
    estimates, approximate = {}, {}
    for name, pair in PAIRS.items():
        study = PatchSweep(model=model.ref, pairs=(pair,))
        estimated = study.estimate(model).seconds
        began = perf_counter()
        run_study(study, model)
        estimates[name] = {"estimated": round(estimated, 2), "took": round(perf_counter() - began, 2)}
        wall, cpu = perf_counter(), process_time()
        run_study(Attribution(model=model.ref, pairs=(pair,)), model)
        approximate[name] = {"wall": round(perf_counter() - wall, 2), "cpu": round(process_time() - cpu, 2)}
    return {"estimate_seconds": estimates, "approximate_map_seconds": approximate}


def print_table(found: dict[str, Any]) -> None:
    machine = found["machine"]
    print(f"\n\nresid_pre sweep, {machine['threads']} threads, load {machine['load']}, CPU seconds, {ROUNDS} rounds")
    print(f"{'the pair':28}{'mikit':>8}{'hooks':>8}{'TL 4.3':>8}{'x hooks':>9}{'x TL':>7}  floor: work, time")
    for name, of in found["pairs"].items():
        cpu, ratios = of["cpu_seconds"], of["ratio"]
        print(
            f"{name:28}{cpu['mikit']:8.1f}{cpu['hooks']:8.1f}{cpu['transformer_lens']:8.1f}{ratios['hooks']:9.1f}"
            f"{ratios['transformer_lens']:7.1f}  {of['work_over_floor']:.2f} x, {of['time_over_floor']:.2f} x"
        )
        for who, target in TARGETS[name].items():
            if ratios[who] < target:
                print(f"{'':28}missed: {ratios[who]} x {who}, wanted {target}")


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("who", ["transformer_lens", "hooks"])
def test_the_same_numbers(report: dict[str, Any], name: str, who: str) -> None:
    assert report["pairs"][name]["deviation"][who] < 1e-4


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("who", ["transformer_lens", "hooks"])
def test_sooner(report: dict[str, Any], name: str, who: str) -> None:
    assert report["pairs"][name]["ratio"][who] >= TARGETS[name][who]


def test_the_approximate_map_is_there_at_once(report: dict[str, Any]) -> None:
    for seconds in report["approximate_map_seconds"].values():
        assert seconds["cpu"] / THREADS < 1
