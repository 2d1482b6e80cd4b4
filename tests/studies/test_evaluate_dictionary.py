"""A dictionary's numbers against plain hooks, and a fit beside what was declared."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from mikit.errors import DictionaryUnusable
from mikit.sae.dictionary import Config, Dictionary
from mikit.sae.evaluate import fvu
from mikit.sae.library import Shipped, ref_of
from mikit.studies import evaluate_dictionary
from mikit.studies.base import run_study, stream
from mikit.studies.evaluate_dictionary import EvaluateDictionary
from mikit.studies.fit_dictionary import FitDictionary
from tests import tiny as tiny_models
from tests.sae.test_evaluate import at_layer, identity
from tests.studies import small_dictionary
from tests.trace import reference


def words(seed: int, count: int = 20) -> str:
    generator = torch.Generator().manual_seed(seed)
    return " ".join(f"w{i}" for i in torch.randint(0, 90, (count,), generator=generator))


TEXTS = {"first": tuple(map(words, range(4))), "second": tuple(map(words, range(4, 8)))}


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("llama", seed=3)


@pytest.fixture(scope="module")
def dictionary(model):
    """Halves what it reads, and leaves the smaller half of it out."""
    whole = identity(model.spec.d_model, at_layer(model), gain=0.5)
    config = Config(d_in=24, features=48, activation="topk", k=12)
    return Dictionary(config, whole.weights(), whole.place)


def halved(x):
    kept = x.abs().topk(12, dim=-1).indices
    return torch.zeros_like(x).scatter(-1, kept, x.gather(-1, kept)) / 2


@pytest.fixture(scope="module")
def result(model, dictionary):
    return run_study(EvaluateDictionary(model=model.ref, dictionary=ref_of(dictionary), texts=TEXTS), model)


def value(result, grid):
    found = result.grids[grid]
    return dict(zip(found.axes["kind"], found.values.numpy(), strict=True))


def test_by_kind_and_over_all_by_hooks(model, result):
    texts = {kind: [model.tokens(text).ids for text in some] for kind, some in TEXTS.items()}
    every = [ids for some in texts.values() for ids in some]
    read = {
        kind: torch.cat([small_dictionary.stream(model, ids)[0, 1:] for ids in some]) for kind, some in texts.items()
    }
    read["all"] = torch.cat(list(read.values()))
    for kind, x in read.items():
        assert value(result, "fvu")[kind] == pytest.approx(fvu(x, halved(x)), rel=1e-4)
        signed = torch.cat([x, -x], 1).where(torch.cat([halved(x), -halved(x)], 1) > 0, 0)
        assert value(result, "l0")[kind] == pytest.approx(float((signed > 0).sum(1).float().mean()))
        assert value(result, "dead")[kind] == pytest.approx(float((signed == 0).all(0).float().mean()))
    np.testing.assert_allclose(result.grids["density"].values.numpy(), (signed > 0).float().mean(0), atol=1e-6)

    first = {int(ids.sum()): small_dictionary.stream(model, ids)[0, 1:].sum(0) for ids in every}
    losses = {kind: [] for kind in texts}
    for kind, some in texts.items():
        for ids in some:
            others = torch.stack([total for key, total in first.items() if key != int(ids.sum())])
            mean = others.sum(0) / (19 * len(others))
            changes = [lambda v: v, halved, torch.zeros_like, lambda v, mean=mean: mean.expand_as(v)]
            losses[kind].append([spliced(model, ids, change) for change in changes])
    losses["all"] = [*losses["first"], *losses["second"]]
    for kind, found in losses.items():
        own, replaced, zero, mean = wanted = np.mean(found, axis=0)
        np.testing.assert_allclose(value(result, "cross entropy")[kind], wanted, atol=1e-4)
        shares = [(zero - replaced) / (zero - own), (mean - replaced) / (mean - own)]
        np.testing.assert_allclose(value(result, "recovered")[kind], shares, rtol=2e-2)


def spliced(model, ids, change):
    """Mean surprise from token 2 on, position 0 untouched."""

    def but_first(v):
        return torch.cat([v[:, :1], change(v[:, 1:])], dim=1)

    with reference.changed((reference.blocks(model)[small_dictionary.LAYER], "output", but_first)):
        logits = reference.logits(model.hf, ids)[0]
    return float(functional.cross_entropy(logits[1:-1], ids[0, 2:]))


def test_intervals_come_from_windows(model, dictionary, result):
    for name in ("fvu", "cross entropy"):
        grid = result.grids[name]
        low, middle, high = (one.numpy() for one in (grid.low, grid.values, grid.high))
        assert (low < middle).all() and (middle < high).all()
    one = {"all": (words(1),) * 6}
    same = run_study(EvaluateDictionary(model=model.ref, dictionary=ref_of(dictionary), texts=one), model)
    grid = same.grids["fvu"]
    np.testing.assert_allclose(grid.low.numpy(), grid.high.numpy(), rtol=1e-6)  # windows that are all the same
    two = run_study(EvaluateDictionary(model=model.ref, dictionary=ref_of(dictionary), texts=one, windows=2), model)
    assert np.isnan(two.grids["fvu"].low.numpy()).all() and np.isfinite(two.grids["fvu"].values.numpy()).all()


def test_the_random_dictionary_stands_in_too(model, dictionary, result):
    (control,) = result.controls
    assert control.name == "random dictionary"
    assert value(control, "l0")["all"] == pytest.approx(value(result, "l0")["all"], abs=1)
    own, replaced, *_ = value(control, "cross entropy")["all"]
    assert own == value(result, "cross entropy")["all"][0] and replaced != value(result, "cross entropy")["all"][1]
    assert control.grids.keys() == result.grids.keys()


def test_another_k_and_a_dictionary_without_one(model, dictionary):
    study = EvaluateDictionary(model=model.ref, dictionary=ref_of(dictionary), texts=TEXTS, windows=2)
    assert value(run_study(study.model_copy(update={"k": 3}), model), "l0")["all"] == 3
    relu = identity(model.spec.d_model, at_layer(model))
    with pytest.raises(DictionaryUnusable, match=r"Only a TopK.*relu"):
        run_study(study.model_copy(update={"k": 3, "dictionary": ref_of(relu)}), model)


def test_the_random_model_is_quoted_where_there_is_one(model, dictionary, monkeypatch):
    """As if the dictionary came with mikit, and one of scrambled weights beside it."""
    scrambled = small_dictionary.drawn(model, declared={"fvu": 0.75, "l0": 12.0, "other": 1.0})
    monkeypatch.setitem(evaluate_dictionary.SHIPPED, "mine-random", Shipped("mine-random", "", "", ""))
    monkeypatch.setattr(evaluate_dictionary, "load_dictionary", {"mine-random": scrambled}.__getitem__)
    ref = ref_of(dictionary).model_copy(update={"name": "mine"})
    study = EvaluateDictionary(model=model.ref, dictionary=ref, texts=TEXTS, windows=2)
    control = run_study(study, model).controls[1]
    assert control.name == "random model" and "not here" in control.why
    assert {name: float(grid.values.numpy()[0]) for name, grid in control.grids.items()} == {"fvu": 0.75, "l0": 12.0}


def test_a_fit_stands_beside_what_was_declared(model):
    gain = 0.8
    dictionary = identity(model.spec.d_model, at_layer(model, declared={"fvu": 0.05}), gain=gain)
    study = FitDictionary(model=model.ref, dictionary=ref_of(dictionary), texts=TEXTS["first"])
    first, last = stream(study, model)
    x = torch.cat([small_dictionary.stream(model, model.tokens(text).ids)[0, 1:] for text in TEXTS["first"]])
    measured, declared = last.grids["fvu"].values.numpy()
    assert measured == pytest.approx(fvu(x, gain * x), rel=1e-4) and declared == pytest.approx(0.05)
    assert last.grids["l0"].values.numpy()[0] == pytest.approx(24) and np.isnan(last.grids["l0"].values.numpy()[1])
    assert last.texts["place"] == ("L1 resid_post",)
    assert last.controls[0].grids["fvu"].values.numpy()[0] > 2 * measured and first.controls == ()


def test_one_that_does_not_fit_is_refused_with_the_reason(model):
    dictionary = identity(model.spec.d_model, at_layer(model, declared={"l0": 2.0}))
    with pytest.raises(DictionaryUnusable, match=r"24\.0 features fire on a token; 2 were declared"):
        run_study(FitDictionary(model=model.ref, dictionary=ref_of(dictionary), texts=TEXTS["first"]), model)


def test_the_shipped_names_that_are_read():
    """The random model's dictionary has the name that the study looks for."""
    assert {f"{name}-random" for name in evaluate_dictionary.SHIPPED} & set(evaluate_dictionary.SHIPPED)
