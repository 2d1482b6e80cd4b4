"""Every number that the README and the first notebook quote, measured again and looked up in their text."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mikit.models.catalog import CATALOG
from mikit.models.model import Model
from mikit.studies.base import Result, run_study
from mikit.studies.kinds import AttentionPatterns, MuteHeads
from mikit.studies.prompts import RepeatPrompt, TextPrompt

ROOT = Path(__file__).resolve().parent.parent


def readme() -> str:
    return " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())


def first_lesson() -> str:
    cells = json.loads((ROOT / "lessons" / "00_start_here.ipynb").read_text(encoding="utf-8"))["cells"]
    return " ".join(" ".join("".join(cell["source"]) for cell in cells).split())


@pytest.fixture(scope="module")
def top(head_scores: Result) -> list[tuple[int, int]]:
    values = head_scores.grids["induction"].values.numpy()
    return sorted((int(i) // values.shape[1], int(i) % values.shape[1]) for i in np.argsort(-values, axis=None)[:8])


def test_eight_heads_off(smollm: Model, top: list[tuple[int, int]]) -> None:
    result = run_study(MuteHeads(model=smollm.ref, prompt=RepeatPrompt(), heads=tuple(top)), smollm)
    n = int(np.isfinite(result.grids["surprise"].values.numpy()[0]).sum())
    as_is, muted = result.grids["guessed"].values.numpy()
    middle = int(np.median(result.controls[0].grids["guessed"].values.numpy()))
    print(f"\nguessed of {n}: as is {as_is}, top 8 off {muted}, 8 random heads off {middle} (median)")
    assert f"guesses {as_is} of the {n} tokens" in readme()
    assert f"induction heads it guesses {muted}." in readme()
    assert f"the middle draw still guesses {middle}." in readme()
    assert muted == 0
    assert f"As it is, the model guesses {as_is} of {n}. Without the eight heads it guesses none." in first_lesson()
    assert f"how many of the {n} tokens" in first_lesson()
    assert f"top8 = ({', '.join(map(str, top))})" in first_lesson()


def test_one_head_on_two_kinds_of_text(head_scores: Result) -> None:
    repeated, text = (head_scores.grids[name].values.numpy()[18, 6] for name in ("induction", "induction on text"))
    assert f"scores {repeated:.2f} on this test and {text:.2f} on eight ordinary paragraphs" in first_lesson()


def test_mary(smollm: Model) -> None:
    prompt = TextPrompt(text="When Mary and John went to the store, John gave a drink to")
    following = run_study(AttentionPatterns(model=smollm.ref, prompt=prompt), smollm).grids["next"]
    assert f'"{following.axes["token"][0]}", {following.values.numpy()[0]:.0%}'.replace("%", " %") in first_lesson()


def test_measures(smollm: Model) -> None:
    spec = smollm.spec
    assert f"has {spec.layers} layers. In each, {spec.heads} **attention heads**" in first_lesson()
    assert f"a fixed list of {spec.vocab:,}" in first_lesson()
    assert f"all {spec.layers * spec.heads} heads" in readme()


def test_models_and_their_licences() -> None:
    for entry in CATALOG.values():
        row = next(line for line in readme().split("| `") if line.startswith(entry.name))
        assert entry.licence.split()[0] in row
