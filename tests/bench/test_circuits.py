"""Ranking all edges of the real model for one pair, and a ten-point curve beside random circuits: what they take of one
core, beside plain passes over the same prompt, and beside what was said before.

Writes what it measured to circuits.json. `make bench OPTIONS="-k test_circuits"` takes it alone."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pytest
import torch

from mikit.models.model import Model
from mikit.studies import circuits, cost
from mikit.studies.base import Study
from mikit.studies.kinds import CircuitCurve, RankEdges
from mikit.studies.names import name_pair

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

REPORT = Path(__file__).with_name("circuits.json")
SECONDS = {"rank": 60, "curve": 180}
"""What each may take on two cores."""
SPEEDUP = 1.6
"""Of the same work on two free cores, at least."""
PLAIN = {"rank": 70, "curve": 110}
"""Most plain passes in whose time each is done: the ranking is 5 slopes and 24 edges cut, the curve 5 slopes and 54
circuits."""


@pytest.fixture(scope="module")
def report(smollm: Model) -> dict[str, Any]:
    torch.set_num_threads(1)  # on a shared machine only the CPU seconds of one thread can be compared
    pair = name_pair(smollm, "Mary", "John")
    tokens = pair.read(smollm).clean
    plain = float(np.median([seconds(lambda: smollm.hf(tokens.ids, use_cache=False)) for _ in range(9)]))
    found: dict[str, Any] = {
        "machine": {"cores": os.cpu_count(), "threads": 1, "load": round(os.getloadavg()[0], 1)},
        "model": smollm.ref.chip,
        "tokens": tokens.ids.shape[1],
        "plain pass, cpu seconds": round(plain, 3),
    }
    for name, study in {
        "rank": RankEdges(model=smollm.ref, pairs=(pair,)),
        "curve": CircuitCurve(model=smollm.ref, pairs=(pair,)),
    }.items():
        found[name] = measured(study, smollm, plain)
    print("\n" + json.dumps(found, indent=1))
    REPORT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def measured(study: Study, model: Model, plain: float) -> dict[str, Any]:
    """A whole study, its scores included."""
    circuits._SCORES.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cost, "perf_counter", process_time)
        said = study.estimate(model).seconds
    moments = [process_time()]
    for _ in study.steps(model):
        moments.append(process_time())
    took, bits = moments[-1] - moments[0], np.diff(moments)
    return {
        "cpu seconds": round(took, 1),
        "said": round(said, 1),
        "plain passes": round(took / plain),
        "trace, cpu seconds": {"median": round(float(np.median(bits)), 2), "longest": round(float(bits.max()), 2)},
    }


def seconds(work: Callable[[], object]) -> float:
    began = process_time()
    with torch.no_grad():
        work()
    return process_time() - began


@pytest.mark.parametrize("name", SECONDS)
def test_it_fits_on_two_cores(report: dict[str, Any], name: str) -> None:
    assert report[name]["cpu seconds"] / SPEEDUP < SECONDS[name]
    assert report[name]["plain passes"] < PLAIN[name]


@pytest.mark.parametrize("name", SECONDS)
def test_the_estimate_is_within_a_factor_of_two(report: dict[str, Any], name: str) -> None:
    assert 0.5 < report[name]["said"] / report[name]["cpu seconds"] < 2
