"""The scripts of the studies of edges: what each flavour prints, in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mikit.studies.base import run_study
from mikit.studies.circuits import EdgeCircuit, PartsCircuit, RankedCircuit
from mikit.studies.kinds import BeatCircuit, CircuitCurve, RankEdges, TestCircuit
from mikit.trace.arrays import Array
from mikit.trace.checks import load
from mikit.trace.graph import graph_of
from tests import tiny as tiny_models
from tests.studies.edges import LONGER, PAIR

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "llama"
    tiny_models.weights("llama", seed=7).save_pretrained(folder)
    tiny_models.tokenizer().save_pretrained(folder)
    return load(folder)


def studies(model):
    plain = {"model": model.ref, "pairs": (PAIR,)}
    parts = PartsCircuit(parts=("L0H1", "L0 MLP"))
    return {
        "check": RankEdges(**plain, ig_steps=2),
        "measure": TestCircuit(**plain, circuit=RankedCircuit(count=30, ig_steps=2), against="mean", draws=2),
        "reaction": BeatCircuit(**plain, circuit=parts, rounds=2, tries=2),
        "faithfulness": CircuitCurve(**plain, ig_steps=1, absolute=True, draws=2, shares=(0.1, 0.5, 1.0)),
    }


def test_the_scripts_print_the_same_numbers(model, tmp_path):
    scripts = {name: study.code("mikit", model) for name, study in studies(model).items()}
    plain = studies(model)["check"].code("nnsight", model)
    assert "[:12]:" in plain
    scripts["plain"] = plain.replace("[:12]:", ":")  # it has the scores of all edges
    for name, script in scripts.items():
        (tmp_path / name).write_text(script, encoding="utf-8")
    loop = "import runpy, sys\nfor s in sys.argv[1:]:\n    print('== ' + s)\n    runpy.run_path(s, run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", loop, *scripts],
        capture_output=True,
        text=True,
        timeout=200,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"},
    )
    assert done.returncode == 0, done.stderr
    found = re.split(r"^== (.*)\n", done.stdout, flags=re.MULTILINE)[1:]
    printed = dict(zip(found[::2], found[1::2], strict=True))
    for name, study in studies(model).items():
        expected = run_study(study, model).grids[name].values.numpy().ravel()
        numbers = [float(x) for x in re.findall(r"(?<![\w.])-?\d+\.\d*(?:e-?\d+)?(?![\w.])", printed[name])]
        assert all(np.isclose(numbers, x, atol=2e-6, rtol=1e-4).any() for x in expected), (name, printed[name])
    grids = run_study(studies(model)["check"], model).grids
    printed_plainly = [line.rsplit(" ", 1) for line in printed["plain"].splitlines()]
    assert {edge for edge, _ in printed_plainly[:12]} == set(grids["check"].axes["edge"])
    scores = grids["score"].values.numpy()
    receivers, senders = (grids["score"].axes[axis] for axis in ("receiver", "sender"))
    every = {f"{senders[s]} > {receivers[r]}": scores[r, s] for r, s in np.argwhere(np.isfinite(scores))}
    assert {edge: float(score) for edge, score in printed_plainly} == pytest.approx(every, abs=1e-5)


def test_what_has_no_script(model):
    for name, study in studies(model).items():
        assert (study.code("nnsight", model) != "") == (name == "check")
    assert RankEdges(model=model.ref, pairs=(PAIR, LONGER)).code("nnsight", model) == ""
    for family in ("gpt2", "gpt_neox", "gemma3_text"):
        other = tiny_models.model(family)
        assert RankEdges(model=other.ref, pairs=(PAIR,)).code("nnsight", other) == ""
    mask = EdgeCircuit(mask=Array.of(graph_of(model.spec).edges))
    assert TestCircuit(model=model.ref, pairs=(PAIR,), circuit=mask).code("mikit", model) == ""
