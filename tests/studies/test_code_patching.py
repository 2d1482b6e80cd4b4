"""The patching studies' scripts: what each flavour prints, in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mikit.studies.base import run_study
from mikit.studies.kinds import Attribution, Dose, PatchSweep
from mikit.studies.pairs import PromptPair
from mikit.trace.checks import load
from tests import tiny as tiny_models

ROOT = Path(__file__).resolve().parents[2]
PAIR = PromptPair(clean="w1 w2 w3 w4", corrupt="w1 w9 w3 w4", answer="w7", foil="w8", positions={"name": 1})


@pytest.fixture(scope="module", params=["gpt2", "gemma3_text"])
def model(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / request.param
    tiny_models.weights(request.param, seed=7).save_pretrained(folder)
    tiny_models.tokenizer().save_pretrained(folder)
    return load(folder)


def studies(model):
    return {
        "attn_out": PatchSweep(model=model.ref, pairs=(PAIR,), site="attn_out"),
        "resid_pre": PatchSweep(model=model.ref, pairs=(PAIR,), direction="noise"),
        "mlp_out": Attribution(model=model.ref, pairs=(PAIR,), sites=("mlp_out",)),
        "metric": Dose(model=model.ref, pair=PAIR, layer=1, position="name"),
    }


@pytest.mark.parametrize("flavour", ["mikit", "nnsight"])
def test_the_scripts_print_the_same_numbers(model, tmp_path, flavour):
    for name, study in studies(model).items():
        (tmp_path / name).write_text(study.code(flavour, model), encoding="utf-8")
    loop = "import runpy, sys\nfor s in sys.argv[1:]:\n    print('== ' + s)\n    runpy.run_path(s, run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", loop, *studies(model)],
        capture_output=True,
        text=True,
        timeout=200,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"},
    )
    assert done.returncode == 0, done.stderr
    parts = re.split(r"^== (.*)\n", done.stdout, flags=re.MULTILINE)[1:]
    for name, printed in zip(parts[::2], parts[1::2], strict=True):
        expected = run_study(studies(model)[name], model).grids[name].values.numpy()
        if flavour == "mikit":
            expected = expected.ravel()[:3]  # pandas prints the first and last rows
        found = [float(x) for x in re.findall(r"(?<![\w.])-?\d+\.?\d*(?:e-?\d+)?(?![\w.])", printed)]
        missing = [x for x in expected.ravel() if not np.isclose(found, x, atol=2e-6, rtol=1e-4).any()]
        assert not missing, (name, printed)


def test_what_plain_nnsight_has_no_script_for(model):
    plain = {"model": model.ref, "pairs": (PAIR,)}
    for study in (
        PatchSweep(**plain, site="z", by="head"),
        PatchSweep(**plain, source="zero"),
        Attribution(**plain, sites=("resid_pre", "z")),
        Dose(model=model.ref, pair=PAIR, layer=0, head=1, site="z"),
    ):
        assert study.code("nnsight", model) == ""
        assert "mikit.run_study" in study.code("mikit", model)


def test_a_function_has_no_script(model):
    study = PatchSweep(model=model.ref, pairs=(PAIR,), metric=lambda logits: logits[:, 0])
    assert study.code("mikit", model) == study.code("nnsight", model) == ""
