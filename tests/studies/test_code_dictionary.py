"""The scripts of the studies over a dictionary: what each flavour prints, with nothing but its own names."""

from __future__ import annotations

import re
import runpy

import numpy as np
import pytest

from mikit.sae.formats import write
from mikit.sae.library import load_dictionary, ref_of
from mikit.studies.base import run_study
from mikit.studies.kinds import EvaluateDictionary, FeatureEffect, FeaturesOnText, FitDictionary
from mikit.trace.checks import load
from tests import tiny as tiny_models
from tests.studies import small_dictionary

TEXT = "w5 w6 w7 w8 w9 w10"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "llama"
    tiny_models.weights("llama", seed=7).save_pretrained(folder)
    tiny_models.tokenizer().save_pretrained(folder)
    return load(folder)


@pytest.fixture(scope="module")
def here(model, tmp_path_factory):
    """The fields that every study has."""
    folder = tmp_path_factory.mktemp("dictionaries") / "mine"
    write(small_dictionary.drawn(model), folder)
    return {"model": model.ref, "dictionary": ref_of(load_dictionary(folder))}


def studies(here):
    return {
        "activation": FeaturesOnText(**here, text=TEXT, features=(3,)),
        "kl": FeatureEffect(**here, prompt=TEXT, feature=7),
        "logit change": FeatureEffect(**here, prompt=TEXT, feature=7, how="boost"),
    }


def measures(here):
    """Of these plain nnsight has no script."""
    words = " ".join(f"w{i}" for i in range(12))
    return {
        "fvu": FitDictionary(**here, texts=(words, TEXT)),  # refuses one that was drawn
        "cross entropy": EvaluateDictionary(**here, texts={"mine": (words, words[::-1].replace("w", " w"))}, k=3),
    }


@pytest.mark.parametrize(
    ("flavour", "grid"),
    [
        *((flavour, grid) for flavour in ("mikit", "nnsight") for grid in ("activation", "kl", "logit change")),
        ("mikit", "cross entropy"),
    ],
)
def test_the_scripts_print_the_same_numbers(model, here, tmp_path, capsys, flavour, grid):
    study = (studies(here) | measures(here))[grid]
    script = tmp_path / "script.py"
    script.write_text(study.code(flavour, model), encoding="utf-8")
    runpy.run_path(str(script), run_name="__main__")
    printed = capsys.readouterr().out
    found = [float(x) for x in re.findall(r"(?<![\w.])-?\d+\.?\d*(?:e-?\d+)?(?![\w.])", printed)]
    expected = run_study(study, model).grids[grid].values.numpy().ravel()
    missing = [x for x in expected[np.isfinite(expected)] if not np.isclose(found, x, atol=2e-6, rtol=1e-4).any()]
    assert not missing, printed


def test_plain_nnsight_uses_nothing_of_ours_but_lock_and_folder(model, here):
    for study in studies(here).values():
        code = study.code("nnsight", model).replace(here["dictionary"].source, "")
        assert re.findall(r"mikit[\w.]*", code) == ["mikit", "mikit.models.sources", "mikit.exclusive"]


def test_what_another_session_cannot_run_has_no_script(model):
    dictionary = small_dictionary.drawn(model, seed=5)
    study = FeatureEffect(model=model.ref, dictionary=ref_of(dictionary), prompt=TEXT, feature=0)
    assert study.code("mikit", model) == study.code("nnsight", model) == ""


def test_what_plain_nnsight_has_no_script_for(model, tmp_path):
    write(small_dictionary.drawn(model, normalise="rms"), tmp_path / "scaled")
    dictionary = ref_of(load_dictionary(tmp_path / "scaled"))
    study = FeaturesOnText(model=model.ref, dictionary=dictionary, text=TEXT)
    for one in (study, *measures({"model": model.ref, "dictionary": dictionary}).values()):
        assert one.code("nnsight", model) == "" and "mikit.run_study" in one.code("mikit", model)
