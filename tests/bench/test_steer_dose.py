"""A whole dose-response of the real model at the panel's settings: what it takes of one core and of memory, beside what
was said before.

Writes what it measured to steer_dose.json. `make bench OPTIONS="-k test_steer_dose"` takes it alone."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pytest
import torch

from mikit.models.model import Model
from mikit.studies import cost
from mikit.studies.contrasts import FORMALITY, FORMALITY_PROMPTS, FORMALITY_SCORE
from mikit.studies.steer_dose import SteerDose, bounds, out_of_range
from mikit.studies.steering import Steering
from mikit.widgets.steering import PROMPTS, TEXTS

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

REPORT = Path(__file__).with_name("steer_dose.json")
STATUS, PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")
SECONDS = 120
"""What the panel's button may take on two cores: two texts after each prompt at each dose and along each arrow."""
SPEEDUP = 1.6
"""Of the same work on two free cores, at least: matrices gain nearly 2, reading the weights from memory little."""


@pytest.fixture(scope="module")
def report(smollm: Model) -> dict[str, Any]:
    torch.set_num_threads(1)  # on a shared machine only the CPU seconds of one thread can be compared
    study = SteerDose(
        model=smollm.ref,
        prompts=FORMALITY_PROMPTS,
        steering=Steering(direction=FORMALITY, layers=(14,)),
        samples=TEXTS // PROMPTS,
        score=FORMALITY_SCORE,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cost, "perf_counter", process_time)
        said = study.estimate(smollm)
    if PEAK.exists():
        PEAK.write_text("5")  # the highest use of memory counts from here
    before, moments, results = memory("VmRSS"), [process_time()], []
    for result in study.steps(smollm):
        moments.append(process_time())
        results += [result] if result else []
    found, bits, took = results[-1], np.diff(moments), moments[-1] - moments[0]
    report = {
        "machine": {"cores": os.cpu_count(), "threads": 1, "load": round(os.getloadavg()[0], 1)},
        "model": smollm.ref.chip,
        "texts": sum(len(words) > 0 for name, words in found.texts.items() if name != "prompts"),
        "cpu seconds": round(took, 1),
        "said": round(said.seconds, 1),
        "megabytes": round((memory("VmHWM") - before) / 1e6),
        "megabytes said": round(said.bytes / 1e6),
        "trace, cpu seconds": {"median": round(float(np.median(bits)), 2), "longest": round(float(bits.max()), 2)},
        "bounds": {name: round(bound, 2) for name, bound in bounds(found).items()},
        "out of range": [dose for dose, out in zip(study.doses, out_of_range(found), strict=True) if out],
    }
    print("\n" + json.dumps(report, indent=1))
    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return report


def memory(what: str) -> int:
    """Bytes, as Linux counts them."""
    found = re.search(what + r":\s+(\d+)", STATUS.read_text())
    assert found is not None
    return 1024 * int(found[1])


def test_it_fits_into_two_minutes_of_two_cores(report: dict[str, Any]) -> None:
    assert report["cpu seconds"] / SPEEDUP <= SECONDS


def test_the_estimate_is_within_a_factor_of_two(report: dict[str, Any]) -> None:
    assert 0.5 < report["said"] / report["cpu seconds"] < 2
    assert 0.5 < report["megabytes said"] / report["megabytes"] < 2


def test_weak_doses_are_in_range_and_the_strongest_are_not(report: dict[str, Any]) -> None:
    assert {-0.8, 0.8} <= set(report["out of range"]) and not {-0.2, 0.0, 0.2} & set(report["out of range"])
