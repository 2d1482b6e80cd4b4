"""Which features fire on a text, against plain hooks and TopK by its formula."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mikit.errors import DictionaryUnusable, EmptyText, UnknownSite
from mikit.sae.formats import write
from mikit.sae.index import Index, build
from mikit.sae.library import load_dictionary, ref_of
from mikit.studies.base import run_study, stream
from mikit.studies.features_on_text import ORDERS, STRONGEST, FeaturesOnText
from mikit.studies.record import Record
from tests import tiny as tiny_models
from tests.studies import small_dictionary

TEXT = "w5 w6 w7 w8 w9 w10"


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("llama", seed=3)


@pytest.fixture(scope="module")
def dictionary(model):
    return small_dictionary.drawn(model)


def by_hooks(model, dictionary, ids):
    """Activations [position - 1, feature]."""
    return small_dictionary.encoded(dictionary, small_dictionary.stream(model, ids[None])[0, 1:])


def study(model, dictionary, **fields):
    return FeaturesOnText(model=model.ref, dictionary=ref_of(dictionary), text=TEXT, **fields)


def test_the_strongest_features_by_hooks(tiny):
    dictionary = small_dictionary.drawn(tiny)
    result = run_study(study(tiny, dictionary, features=(3, 3, 39)), tiny)
    own = by_hooks(tiny, dictionary, tiny.tokens(TEXT).ids[0])
    most = own.amax(0)
    strongest = [f for f in most.argsort(descending=True)[:STRONGEST].tolist() if most[f] > 0 and f not in (3, 39)]
    chosen = [3, 39, *strongest]
    grid = result.grids["activation"]
    assert grid.axes["feature"] == tuple(map(str, chosen))
    assert np.isnan(grid.values.numpy()[:, 0]).all()
    np.testing.assert_allclose(grid.values.numpy()[:, 1:], own[:, chosen].T, atol=1e-4)
    np.testing.assert_allclose(result.grids["strength"].values.numpy(), most[chosen], atol=1e-4)
    ranked = own.sort(descending=True).values[:, :5]
    firing = result.grids["firing"].values.numpy()
    np.testing.assert_allclose(np.nan_to_num(firing[1:]), ranked, atol=1e-4)
    named = np.array(result.texts["firing"]).reshape(firing.shape)
    assert (named[0] == "").all()
    for row, names, values in zip(own, named[1:], firing[1:], strict=True):
        assert [float(row[int(f)]) for f in names if f] == pytest.approx(values[np.isfinite(values)].tolist(), abs=1e-4)


def test_the_control_reads_each_token_wherever_it_went(model, dictionary):
    first, *_, last = stream(study(model, dictionary, seed=4), model)
    assert first.controls == () and last.done == 1
    own, *orders = last.study.inputs(model)
    assert len(orders) == ORDERS and len({tuple(ids.tolist()) for ids in orders}) == ORDERS
    draws = []
    for ids in orders:
        assert ids[0] == own[0] and sorted(ids.tolist()) == sorted(own.tolist())
        at = {int(token): row for token, row in zip(ids[1:], by_hooks(model, dictionary, ids), strict=True)}
        draws.append(torch.stack([at[int(token)] for token in own[1:]]))
    chosen = [int(f) for f in last.grids["activation"].axes["feature"]]
    control = last.controls[0].grids
    mean = torch.stack(draws).mean(0)[:, chosen].T
    np.testing.assert_allclose(control["activation"].values.numpy()[:, 1:], mean, atol=1e-4)
    strength = torch.stack([draw.amax(0)[chosen] for draw in draws])
    np.testing.assert_allclose(control["strength"].values.numpy(), strength.mean(0), atol=1e-4)
    assert (control["strength"].low.numpy() < control["strength"].high.numpy()).any()
    assert control["activation"].axes == last.grids["activation"].axes


def test_with_an_index_the_peak_decides(model, tmp_path):
    write(small_dictionary.drawn(model, seed=1), tmp_path / "mine")
    dictionary = load_dictionary(tmp_path / "mine")
    plain = study(model, dictionary)
    assert plain.index == "" and "no index" in run_study(plain, model).texts["notes"][1]
    generator = torch.Generator().manual_seed(0)
    texts = [" ".join(f"w{i}" for i in torch.randint(0, 90, (60,), generator=generator)) for _ in range(6)]
    *_, index = build(model, dictionary, {"words": texts})
    assert isinstance(index, Index)
    indexed = study(model, dictionary)
    result = run_study(indexed, model)
    assert indexed.index == index.digest
    own = by_hooks(model, dictionary, model.tokens(TEXT).ids[0])
    peak = torch.from_numpy(index.peak)
    share = own.amax(0) / peak.clamp(min=1e-9) * (peak > 0)
    strength = result.grids["strength"]
    np.testing.assert_allclose(strength.values.numpy(), share.sort(descending=True).values[:STRONGEST], atol=1e-4)
    assert strength.unit == "share of its peak"
    assert "built in this session" in indexed.unrecordable
    with pytest.raises(DictionaryUnusable, match=f"the index 0000.*here is {index.digest[:8]}"):
        run_study(study(model, dictionary, index="0000"), model)


def test_a_record_replays(model, dictionary, tmp_path):
    assert "lies in no file" in study(model, dictionary).unrecordable
    write(dictionary, tmp_path / "mine")
    result = run_study(study(model, load_dictionary(tmp_path / "mine")), model)
    path = Record.of([result], model).save(tmp_path / "record.json")
    assert Record.read(path).replay(model).within


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"text": "w1"}, EmptyText, "single token"),
        ({"features": (40,)}, UnknownSite, "no feature 40.*0 to 39"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(model, dictionary, change, error, words):
    with pytest.raises(error, match=words):
        run_study(study(model, dictionary).model_copy(update=change), model)


def test_a_dictionary_of_another_model_is_refused(model, dictionary):
    other = tiny_models.model("llama", seed=5)
    with pytest.raises(DictionaryUnusable, match="made for"):
        run_study(study(other, dictionary), other)
