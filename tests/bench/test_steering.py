"""Writing with steering beside plain `generate` with a hook: the same tokens, and what the short traces cost.

Writes what it measured to steering.json, which the README quotes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM

from mikit.methods.writing import write
from mikit.models.model import Model
from mikit.models.sources import find
from mikit.studies.base import stream
from mikit.studies.contrasts import FORMALITY
from mikit.studies.prompts import TextPrompt
from mikit.studies.steer_text import SteerText
from mikit.studies.steering import Steering
from tests.bench.turns import ratio

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

REPORT = Path(__file__).with_name("steering.json")
PROMPT = "Hi, about the party on Saturday:"
LAYER, DOSE, TOKENS, ROUNDS, THREADS = 14, 0.4, 32, 7, 2


class Plain:
    """`generate` on a model of its own, which nothing wraps: row 0 as it is, row 1 with the arrow added by a hook."""

    def __init__(self, model: Model, push: Tensor) -> None:
        folder = find("smollm2-135m").folder
        self.hf = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
        self.ids, self.push = model.tokens(PROMPT).ids.repeat(2, 1), push

    def __call__(self) -> Tensor:
        def hook(_module: object, _args: object, out: Tensor) -> Tensor:
            out = out.clone()
            first = 1 if out.shape[1] > 1 else 0  # the prompt's position 0 is left alone
            out[1, first:] += self.push
            return out

        handle = self.hf.model.layers[LAYER].register_forward_hook(hook)
        try:
            with torch.no_grad():
                found = self.hf.generate(
                    self.ids, max_new_tokens=TOKENS, do_sample=False, pad_token_id=0, eos_token_id=None
                )
        finally:
            handle.remove()
        return found[:, self.ids.shape[1] :]


@pytest.fixture(scope="module")
def report(smollm: Model) -> dict[str, Any]:
    torch.set_num_threads(THREADS)
    steering = Steering(direction=FORMALITY, layers=(LAYER,))
    edits = steering.edits(smollm, DOSE)
    plain = Plain(smollm, torch.tensor(edits[0].direction.numpy()) * edits[0].dose)
    tokens = smollm.tokens(PROMPT)

    def ours() -> Tensor:
        plan = {"seeds": [0, 0], "reads": [None, None]}
        *_, last = write(smollm, tokens, [[], edits], length=TOKENS, temperature=0.0, **plan)
        return last.ids

    study = SteerText(
        model=smollm.ref, prompt=TextPrompt(text=PROMPT), steering=steering, dose=DOSE, length=TOKENS, temperature=0.0
    )
    texts = [plain(), ours()]  # also the first time, which warms up
    took: dict[str, list[tuple[float, float]]] = {"generate with a hook": [], "mikit": []}
    firsts, rates = [], []
    for _ in range(ROUNDS):
        took["generate with a hook"].append(timed(plain))
        took["mikit"].append(timed(ours))
        began = perf_counter()
        moments = [perf_counter() - began for _ in stream(study, smollm)]
        firsts.append(moments[0])
        rates.append(2 * len(moments) / moments[-1])
    cpu, wall = ({name: [turn[i] for turn in turns] for name, turns in took.items()} for i in (0, 1))
    found = {
        "machine": {"cores": os.cpu_count(), "threads": THREADS, "load": round(os.getloadavg()[0], 1)},
        "model": smollm.ref.chip,
        "tokens": TOKENS,
        "same tokens": bool(torch.equal(*texts)),
        "cpu_seconds": {name: round(median(turns), 2) for name, turns in cpu.items()},
        "ratio cpu": round(ratio(cpu["mikit"], cpu["generate with a hook"]), 2),
        "ratio wall": round(ratio(wall["mikit"], wall["generate with a hook"]), 2),
        "first token ms": round(1000 * median(firsts)),
        "tokens a second": round(median(rates), 1),
    }
    print("\n" + json.dumps(found, indent=1))
    REPORT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def timed(job: Any) -> tuple[float, float]:
    """CPU seconds and seconds."""
    cpu, wall = process_time(), perf_counter()
    job()
    return process_time() - cpu, perf_counter() - wall


def test_the_tokens_are_those_of_generate(report: dict[str, Any]) -> None:
    assert report["same tokens"]


def test_short_traces_cost_at_most_15_per_cent(report: dict[str, Any]) -> None:
    assert report["ratio cpu"] <= 1.15


def test_the_first_token_comes_soon_and_the_rest_at_reading_speed(report: dict[str, Any]) -> None:
    assert report["first token ms"] < 300
    assert report["tokens a second"] >= 15
