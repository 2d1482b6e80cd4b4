"""The graph studies' scripts: what each flavour prints, in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mikit.studies.base import run_study
from mikit.studies.graph_coverage import GraphCoverage, Question, Rule
from mikit.studies.kinds import DrawGraph, NeuronExamples, TestGraph, TestLevels
from mikit.studies.test_graph import Intervention
from mikit.trace.checks import load
from tests import tiny as tiny_models

ROOT = Path(__file__).resolve().parents[2]
ASKED = {"prompt": "w1 w2 w3 w4", "answer": "w7", "foil": "w9", "count": 20}


@pytest.fixture
def model(tmp_path):
    """Of the family with a softcap."""
    folder = tmp_path / "model"
    tiny_models.weights("gemma2", seed=7).save_pretrained(folder)
    tiny_models.tokenizer().save_pretrained(folder)
    return load(folder)


def studies(model):
    """Each study, and the grids whose numbers its mikit script prints."""
    asked = {"model": model.ref, **ASKED}
    nodes = [id for id in run_study(DrawGraph(**asked), model).grids["node"].axes["node"] if re.match(r"\d+_\d+_", id)]
    two, one = tuple(nodes[-3:-1]), tuple(nodes[:1])  # the last is the output
    tests = (
        Intervention(name="off", nodes=one),
        Intervention(name="twice", nodes=two, how="boost"),
        Intervention(name="in", nodes=(*two, *one), how="swap", other="w1 w5 w6 w4"),
    )
    prompts = (Question(prompt="w1 w2 w3", answer="w7"), Question(prompt="w4 w5", answer="w1", foil="w2"))
    rule = Rule(replacement=0.1, completeness=0.1, agreement=0.5)
    return {
        "draw": (DrawGraph(**asked), ("share", "score", "kept")),
        "test": (TestGraph(**asked, interventions=tests), ("predicted", "measured")),
        "levels": (TestLevels(**asked), ("predicted", "measured")),
        "cover": (GraphCoverage(model=model.ref, prompts=prompts, rule=rule, count=20), ("agreement", "covered")),
        "neuron": (
            NeuronExamples(model=model.ref, layer=1, neuron=3, texts=("w1 w2 w3", "w4 w5 w6 w7")),
            ("activation",),
        ),
    }


def plainly(name, result):
    """What the script in plain nnsight prints of a result."""
    return (
        result.grids["measured"].values.numpy() if name == "test" else result.grids["activation"].values.numpy()[:, 8]
    )


def test_the_scripts_print_the_same_numbers(model, tmp_path):
    asked = studies(model)
    scripts = {
        f"{flavour} {name}": text
        for flavour in ("mikit", "nnsight")
        for name, (study, _) in asked.items()
        if (text := study.code(flavour, model))
    }
    assert len(scripts) == len(asked) + 2
    for name, text in scripts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
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
    parts = re.split(r"^== (.*)\n", done.stdout, flags=re.MULTILINE)[1:]
    for script, printed in zip(parts[::2], parts[1::2], strict=True):
        flavour, name = script.split()
        study, grids = asked[name]
        result = run_study(study, model)
        if flavour == "nnsight":
            expected = plainly(name, result)
        else:
            expected = np.concatenate([result.frame(grid)["value"] for grid in grids])
        found = [float(x) for x in re.findall(r"(?<![\w.])-?\d+\.?\d*(?:e-?\d+)?(?![\w.])", printed)]
        missing = [x for x in expected[np.isfinite(expected)] if not np.isclose(found, x, atol=2e-6, rtol=1e-4).any()]
        assert not missing, (script, printed)
