"""What a person answered, scored by hand; an index built as a study."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from mikit.errors import DictionaryUnusable, ShapeMismatch, UnknownSite
from mikit.sae import labels
from mikit.sae.formats import write
from mikit.sae.index import index_of
from mikit.sae.library import load_dictionary, ref_of
from mikit.studies.base import run_study, stream
from mikit.studies.index_features import IndexFeatures
from mikit.studies.intruder import Intruder
from mikit.studies.score_label import ScoreLabel
from tests import tiny as tiny_models
from tests.studies import small_dictionary


def words(seed: int) -> str:
    generator = torch.Generator().manual_seed(seed)
    return " ".join(f"w{i}" for i in torch.randint(0, 90, (60,), generator=generator))


TEXTS = {"one": tuple(map(words, range(6))), "two": tuple(map(words, range(6, 12)))}


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("llama", seed=3)


@pytest.fixture(scope="module")
def dictionary(model):
    return small_dictionary.drawn(model)


@pytest.fixture(scope="module")
def indexed(model, dictionary):
    study = IndexFeatures(model=model.ref, dictionary=ref_of(dictionary), texts=TEXTS, windows=10)
    return list(stream(study, model))


def test_the_index_is_at_hand_afterwards(model, dictionary, indexed):
    first, *_, last = indexed
    assert first.grids == {} and 0 < first.done < 1 and last.done == 1
    assert last.texts["index"] == (index_of(dictionary).digest,)
    inputs = last.study.inputs(model)
    assert len(inputs) == 10
    fired = torch.cat(
        [small_dictionary.encoded(dictionary, small_dictionary.stream(model, ids[None])[0, 1:]) for ids in inputs]
    )
    np.testing.assert_allclose(last.grids["density"].values.numpy(), (fired > 0).float().mean(0), atol=1e-6)
    np.testing.assert_allclose(last.grids["peak"].values.numpy(), fired.amax(0), atol=1e-4)
    score, chance = last.grids["score"].values.numpy(), last.controls[0].grids["score"].values.numpy()
    assert np.isfinite(score).any() and np.nanmean(score) > np.nanmean(chance)


@pytest.fixture(scope="module")
def feature(dictionary, indexed):
    """One with firings in every band to ask about."""
    return int((index_of(dictionary).tests >= 0).sum((1, 2)).argmax())


def scored(model, dictionary, feature, answers, **fields):
    study = ScoreLabel(
        model=model.ref, dictionary=ref_of(dictionary), feature=feature, label="any", answers=answers, **fields
    )
    return run_study(study, model)


def wilson(right, n):
    """From scipy, not from ours."""
    return tuple(stats.binomtest(right, n).proportion_ci(method="wilson"))


def test_answers_are_scored_by_band_beside_the_same_answers_shuffled(model, dictionary, feature):
    asked = labels.quiz(index_of(dictionary), feature, 5)
    answers = [truth if i % 5 else not truth for i, truth in enumerate(asked.truth)]
    answers[4] = None
    result = scored(model, dictionary, feature, tuple(answers), seed=5)
    right = result.grids["right"]
    columns = np.stack([a.numpy() for a in (right.values, right.low, right.high)], axis=1)
    shares = dict(zip(right.axes["band"], columns.tolist(), strict=True))
    for number, band in [*enumerate(labels.BANDS), (-1, "silent")]:
        here = [
            a == t for a, t, b in zip(answers, asked.truth, asked.bands, strict=True) if b == number and a is not None
        ]
        assert shares[band] == pytest.approx([np.mean(here), *wilson(sum(here), len(here))], abs=1e-6)
    firing, silent = (
        np.mean([a == t for a, t in zip(answers, asked.truth, strict=True) if t is kind and a is not None])
        for kind in (True, False)
    )
    accuracy = result.grids["accuracy"]
    assert accuracy.values.numpy()[0] == pytest.approx((firing + silent) / 2)
    assert accuracy.low.numpy()[0] < accuracy.values.numpy()[0] < accuracy.high.numpy()[0]
    control = result.controls[0].grids["accuracy"]
    assert control.values.numpy()[0] == pytest.approx(0.5, abs=0.02)
    # as many yes dealt out at random: a hypergeometric number of them on the places where it fires
    there = sum(t for t, a in zip(asked.truth, answers, strict=True) if a is not None)
    n, yes = sum(a is not None for a in answers), sum(a is True for a in answers)
    hits = stats.hypergeom(n, there, yes).ppf([0.025, 0.975])
    ends = [(h / there + 1 - (yes - h) / (n - there)) / 2 for h in hits]
    assert [control.low.numpy()[0], control.high.numpy()[0]] == pytest.approx(ends, abs=0.05)


def test_without_answers_there_is_no_number(model, dictionary, feature):
    asked = labels.quiz(index_of(dictionary), feature, 0)
    result = scored(model, dictionary, feature, (None,) * len(asked.items))
    assert np.isnan(result.grids["accuracy"].values.numpy()).all()
    assert result.texts["notes"][0].startswith("0 of")


def test_the_intruder_beside_guessing(model, dictionary, feature):
    index = index_of(dictionary)
    truth = [labels.intruder(index, feature, 7 + n).foreign for n in range(6)]
    choices = (*truth[:4], (truth[4] + 1) % 5, (truth[5] + 1) % 5)
    study = Intruder(model=model.ref, dictionary=ref_of(dictionary), feature=feature, choices=choices, seed=7)
    result = run_study(study, model)
    grid = result.grids["accuracy"]
    found = [float(one.numpy()[0]) for one in (grid.values, grid.low, grid.high)]
    assert found == pytest.approx([4 / 6, *wilson(4, 6)], abs=1e-6)
    assert result.controls[0].grids["accuracy"].values.numpy()[0] == pytest.approx(0.2)
    with pytest.raises(ShapeMismatch, match="one here is 5"):
        run_study(study.model_copy(update={"choices": (5,)}), model)


def test_what_cannot_be_scored_is_a_sentence(model, dictionary, feature, tmp_path):
    with pytest.raises(ShapeMismatch, match="and 1 answers"):
        scored(model, dictionary, feature, (True,))
    with pytest.raises(UnknownSite, match="no feature 40"):
        scored(model, dictionary, 40, (True,))
    other = small_dictionary.drawn(model, seed=9)
    with pytest.raises(DictionaryUnusable, match="has no index"):
        scored(model, other, feature, (True,))
    write(dictionary, tmp_path / "mine")
    held = load_dictionary(tmp_path / "mine")
    study = IndexFeatures(model=model.ref, dictionary=ref_of(held), texts=TEXTS)
    assert study.unrecordable == "" and "mikit.IndexFeatures" in study.code("mikit", model)
