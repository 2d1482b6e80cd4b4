"""The scripts of self-repair and of smallest circuits: what each flavour prints, in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mikit.studies.base import run_study
from mikit.studies.minimal_circuits import MinimalCircuits
from mikit.studies.pairs import PromptPair
from mikit.studies.self_repair import SelfRepair
from mikit.trace.checks import load
from tests import tiny as tiny_models

ROOT = Path(__file__).resolve().parents[2]
PAIR = PromptPair(clean="w1 w2 w3 w4", corrupt="w1 w9", answer="w7", foil="w8")
UNITS = MinimalCircuits(units=6, seed=1, share=0.85)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    made = []
    for family in ("gpt2", "gemma3_text"):
        folder = tmp_path_factory.mktemp("models") / family
        tiny_models.weights(family, seed=7).save_pretrained(folder)
        tiny_models.tokenizer().save_pretrained(folder)
        made.append(load(folder))
    return made


def test_the_scripts_print_the_same_numbers(models, tmp_path):
    scripts = {}
    for model, brought in zip(models, ("mean", "other prompt"), strict=True):
        study = SelfRepair(model=model.ref, pairs=(PAIR,), brought=brought)
        scripts |= {f"{model.ref.name} {flavour}": (study, model, flavour) for flavour in ("mikit", "nnsight")}
    scripts |= {f"units {flavour}": (UNITS, UNITS.open(), flavour) for flavour in ("mikit", "nnsight")}
    for name, (study, model, flavour) in scripts.items():
        (tmp_path / name).write_text(study.code(flavour, model), encoding="utf-8")
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
    for name, printed in zip(parts[::2], parts[1::2], strict=True):
        study, model, flavour = scripts[name]
        result = run_study(study, model)
        grids = result.grids
        if study is UNITS and flavour == "mikit":
            frames = [result.frame(grid).to_string() for grid in ("tested", "size", "circuit", "kept")]
            assert printed == "\n".join([*frames, ""])
            continue
        if study is UNITS:
            circuits = [tuple(np.flatnonzero(row).tolist()) for row in grids["circuit"].values.numpy()]
            assert f"circuits {circuits}" in printed
            expected = grids["tested"].values.numpy()
        else:
            total = grids["total"].values.numpy().ravel()
            expected = total[:3] if flavour == "mikit" else total  # pandas prints the first and last rows
        found = [float(x) for x in re.findall(r"(?<![\w.])-?\d+\.?\d*(?:e-?\d+)?(?![\w.])", printed)]
        missing = [x for x in expected if not np.isclose(found, x, atol=2e-6, rtol=1e-4).any()]
        assert not missing, (name, missing, printed)


def test_what_plain_nnsight_has_no_script_for(models):
    study = SelfRepair(model=models[0].ref, pairs=(PAIR,), brought="resample")
    for other in (study, study.model_copy(update={"pairs": (PAIR, PAIR), "brought": "zero"})):
        assert other.code("nnsight", models[0]) == ""
        assert "mikit.run_study" in other.code("mikit", models[0])
    assert not re.search(r"^\s*(import|from) mikit", UNITS.code("nnsight", UNITS.open()), re.MULTILINE)
