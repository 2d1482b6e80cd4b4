"""An attribution graph of a 20-token prompt on the real model: what drawing and testing it takes of one core and of
memory, beside what was said before.

Writes what it measured to graphs.json. `make bench OPTIONS="-k test_graphs"` takes it alone."""

from __future__ import annotations

import json
import os
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pytest
import torch

from mikit.models.model import Model
from mikit.studies import cost
from mikit.studies.base import Result
from mikit.studies.draw_graph import DrawGraph
from mikit.studies.test_levels import TestLevels
from tests.bench.test_steer_dose import PEAK, memory

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

REPORT = Path(__file__).with_name("graphs.json")
PROMPT = "When Mary and John went to the store this morning, John found an old apple and gave it to"
COUNT = 1500
"""The most that the view offers."""
SECONDS, BYTES = 60, 1.6e9


@pytest.fixture(scope="module")
def report(smollm: Model) -> dict[str, Any]:
    torch.set_num_threads(1)  # on a shared machine only the CPU seconds of one thread can be compared
    assert smollm.tokens(PROMPT).ids.shape[1] == 20
    asked: dict[str, Any] = {"model": smollm.ref, "prompt": PROMPT, "answer": " Mary", "foil": " John", "count": COUNT}
    if PEAK.exists():
        PEAK.write_text("5")  # the highest use of memory counts from here
    drawn, drawing = taken(DrawGraph(**asked), smollm)
    tested, testing = taken(TestLevels(**asked), smollm)
    report = {
        "machine": {"cores": os.cpu_count(), "threads": 1, "load": round(os.getloadavg()[0], 1)},
        "model": smollm.ref.chip,
        "tokens": 20,
        "neurons": COUNT,
        "share": [round(x, 3) for x in drawn.grids["share"].values.numpy().tolist()],
        "share of random neurons": [round(x, 4) for x in drawn.controls[0].grids["share"].values.numpy().tolist()],
        "kept neurons and edges": drawn.grids["kept"].values.numpy().astype(int).tolist(),
        "predicted": [round(x, 2) for x in tested.grids["predicted"].values.numpy().tolist()],
        "measured": [round(x, 2) for x in tested.grids["measured"].values.numpy().tolist()],
        "drawing": drawing,
        "testing": testing,
        "gigabytes": round(memory("VmHWM") / 1e9, 2),
    }
    print("\n" + json.dumps(report, indent=1))
    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return report


def taken(study: DrawGraph | TestLevels, model: Model) -> tuple[Result, dict[str, float]]:
    """The result, and what it took of one core; a graph that is remembered is not drawn again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cost, "perf_counter", process_time)
        said = study.estimate(model)
    moments, results = [process_time()], []
    for result in study.steps(model):
        moments.append(process_time())
        results += [result] if result else []
    return results[-1], {
        "cpu seconds": round(moments[-1] - moments[0], 1),
        "said": round(said.seconds, 1),
        "longest step": round(float(np.diff(moments).max()), 2),
    }


def test_it_fits_into_a_minute_and_into_memory(report: dict[str, Any]) -> None:
    assert report["drawing"]["cpu seconds"] < SECONDS
    assert report["gigabytes"] * 1e9 < BYTES


def test_the_estimate_is_within_a_factor_of_two(report: dict[str, Any]) -> None:
    assert 0.5 < report["drawing"]["said"] / report["drawing"]["cpu seconds"] < 2
