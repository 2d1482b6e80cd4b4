"""Every script runs in another process and prints the study's numbers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mikit.studies.base import run_study
from mikit.studies.kinds import (
    AttendEach,
    AttentionPatterns,
    DirectAttribution,
    HeadScores,
    LogitLens,
    MuteHeads,
    PathPatch,
    PlaceAttention,
    SteerText,
)
from mikit.studies.pairs import PromptPair
from mikit.studies.prompts import ChatPrompt, RepeatPrompt, TextPrompt
from mikit.studies.steering import Steering
from mikit.trace.checks import load
from mikit.trace.sites import Site
from tests import tiny as tiny_models
from tests.studies.steered import PAIRS as STEERED_BY

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", params=["llama", "gpt2"])
def model(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / request.param
    tiny_models.weights(request.param, seed=7).save_pretrained(folder)
    tiny_models.tokenizer(chat=True).save_pretrained(folder)
    return load(folder)


PAIRS = (
    PromptPair(clean="w5 w6 w7", corrupt="w5 w2 w7", answer="w8", foil="w9"),
    PromptPair(clean="w3 w1", corrupt="w3 w2", answer="w4", foil="w6"),
)

STEERING = Steering(direction=STEERED_BY, layers=(0, 2))


def studies(model):
    head = {"model": model.ref, "prompt": TextPrompt(text="w5 w6 w7"), "layer": 1, "head": 2}
    return {
        "attend-each": AttendEach(**head, answer="w8", foil="w9"),
        "path-to-head": PathPatch(model=model.ref, pairs=PAIRS[:1], receiver=Site(name="v", layer=2, head=1)),
        "path-to-logits": PathPatch(model=model.ref, pairs=PAIRS[:1], direction="noise"),
        "place-attention": PlaceAttention(**head, answer="w8", foil="w9", shares=(0.25, 0.75, 0.0)),
        "attention": AttentionPatterns(model=model.ref, prompt=ChatPrompt(text="w5 w6 w7")),
        "direct-attribution": DirectAttribution(model=model.ref, pairs=PAIRS, neurons=3),
        "head-scores": HeadScores(model=model.ref, length=6, seeds=2, seed=3),
        "lens": LogitLens(model=model.ref, prompt="w5 w6 w7", control="w5 w2", answer="w8", foil="w9"),
        "mute-heads": MuteHeads(
            model=model.ref, prompt=RepeatPrompt(length=6, seed=2), heads=((0, 1), (2, 3)), draws=1
        ),
        "steer-text": SteerText(
            model=model.ref, prompt=TextPrompt(text="w5 w6 w7"), steering=STEERING, dose=0.9, length=6, seed=2
        ),
    }


def numbers(result):
    """The numbers that the plain script prints, in its order."""
    if result.study.kind == "attention":
        return result.grids["next"].values.numpy()
    if result.study.kind == "attend-each":
        return result.grids["logit difference"].values.numpy()
    if result.study.kind == "place-attention":
        both = [*result.grids["logit difference"].values.numpy(), *result.grids["next"].values.numpy()]
        return np.array([*both, *(c.grids["logit difference"].values.numpy()[0] for c in result.controls)])
    if result.study.kind == "lens":
        grids = [result.grids, *(control.grids for control in result.controls)]
        return np.concatenate([grid["logit difference"].values.numpy()[:, -1] for grid in grids])
    if result.study.kind == "direct-attribution":
        return np.append(result.grids["layer"].values.numpy(), result.grids["logit difference"].values.numpy())
    if result.study.kind == "path-patch":
        return result.grids["path"].values.numpy().ravel()
    if result.study.kind == "head-scores":
        return -np.sort(-result.grids["induction"].values.numpy(), axis=None)[:8]
    means, guessed = result.grids["mean surprise"].values.numpy(), result.grids["guessed"].values.numpy()
    return np.stack([means, guessed], axis=1).ravel()


KINDS = [
    "attend-each",
    "attention",
    "direct-attribution",
    "head-scores",
    "lens",
    "mute-heads",
    "path-to-head",
    "path-to-logits",
    "place-attention",
]

RUN = """
import runpy, sys
for script in sys.argv[1:]:
    print("== " + script)
    runpy.run_path(script, run_name="__main__")
"""
"""Each script starts with nothing but its own names; torch is imported once for all."""


@pytest.fixture(scope="module", params=["mikit", "nnsight"])
def printed(request, model, tmp_path_factory):
    """What each study's script prints, by kind, in another process than this one."""
    folder = tmp_path_factory.mktemp("scripts")
    for kind, study in studies(model).items():
        (folder / kind).write_text(study.code(request.param, model), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUN, *studies(model)],
        capture_output=True,
        text=True,
        timeout=200,
        cwd=folder,
        env=os.environ | {"COLUMNS": "200", "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    parts = re.split(r"^== (.*)\n", done.stdout, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_the_script_prints_the_same_numbers(model, printed, kind):
    expected = numbers(run_study(studies(model)[kind], model))
    found = [float(x) for x in re.findall(r"(?<![\w.])-?\d+\.?\d*(?:e-?\d+)?(?![\w.])", printed[kind])]
    missing = [x for x in expected if not np.isclose(found, x, atol=2e-6, rtol=1e-4).any()]
    assert not missing, printed[kind]


def test_the_script_writes_the_same_texts(model, printed):
    texts = run_study(studies(model)["steer-text"], model).texts
    assert texts["unsteered 0"] != texts["steered 0"]
    for name in ("unsteered 0", "steered 0"):
        (line,) = re.findall(rf"^{name} (.*)$", printed["steer-text"], re.MULTILINE)
        assert re.findall(r"w\d+", line) == [word for word in texts[name] if re.fullmatch(r"w\d+", word)]


def test_the_plain_script_uses_nothing_of_ours_but_lock_and_folder(model):
    for study in studies(model).values():
        code = study.code("nnsight", model)
        assert re.findall(r"mikit[\w.]*", code) == ["mikit", "mikit.models.sources", "mikit.exclusive"]
