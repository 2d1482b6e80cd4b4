"""Every number of an index against plain loops over dense activations, which hooks read from the same windows."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from mikit.errors import DictionaryUnusable, EmptyText, ShapeMismatch, UnknownSite
from mikit.sae import index as indexing
from mikit.sae import labels, library
from mikit.sae.describe import shapes
from mikit.sae.dictionary import Config, Dictionary
from mikit.sae.firings import STRONGEST_WINDOWS, Firings
from tests import tiny as tiny_models
from tests.sae import firing
from tests.trace import reference

FEATURES, K = 40, 4
TEXTS = {
    "a": [" ".join(f"w{(7 * i + j * j + i * j) % 90}" for j in range(150)) for i in range(6)],
    "b": [" ".join(f"w{(3 * i + 5 * j) % 17}" for j in range(length)) for i, length in enumerate((40, 9, 3, 64, 70))],
}


def built(model, dictionary, texts=TEXTS, **more):
    *shares, found = indexing.build(model, dictionary, texts, **more)
    assert all(isinstance(share, float) for share in shares)
    assert shares == sorted(shares)
    assert shares[-1] <= 1.0
    return found


def dense(model, dictionary, tokens):
    """Activations [positions of the pool, F], by hooks, one window at a time; NaN where nothing counts."""
    found = np.full((tokens.size, dictionary.config.features), np.nan, np.float32)
    for row, ids in enumerate(tokens):
        ids = torch.from_numpy(ids[ids >= 0].astype(np.int64))
        seen = []
        hook = reference.blocks(model)[1].register_forward_hook(
            lambda _m, _i, out, seen=seen: seen.append(out[0] if isinstance(out, tuple) else out)
        )
        with torch.no_grad():
            model.hf(ids[None])
        hook.remove()
        z = (seen[0][0] - dictionary.b_dec) @ dictionary.W_enc + dictionary.b_enc
        least = z.sort(dim=1, descending=True).values[:, K - 1 : K]
        kept = torch.where(z >= least, z, 0).relu().numpy()
        first = row * tokens.shape[1]
        found[first + 1 : first + len(ids)] = kept[1:]
    return found


@pytest.fixture(scope="module")
def llama():
    return tiny_models.model("llama")


@pytest.fixture(scope="module")
def dictionary(llama):
    return firing.dictionary_of(llama, FEATURES, k=K)


@pytest.fixture(scope="module")
def index(llama, dictionary):
    return built(llama, dictionary)


@pytest.fixture(scope="module")
def activations(llama, dictionary, index):
    return dense(llama, dictionary, index.tokens)


def test_the_pool_is_the_texts_own_windows(llama, index):
    expected = []
    for kind, texts in TEXTS.items():
        for text in texts:
            ids = llama.tokenizer(text)["input_ids"]
            expected += [(kind, tuple(ids[first : first + 64])) for first in range(0, len(ids), 64)]
    found = [(kind, tuple(row[row >= 0].tolist())) for kind, row in zip(index.kinds, index.tokens, strict=True)]
    assert sorted(found) == sorted(one for one in expected if len(one[1]) >= 8)
    assert abs(int(index.testing.sum()) - len(found) / 2) < 1


def test_kinds_take_turns(llama, dictionary):
    found = built(llama, dictionary, windows=6)
    assert sorted(found.kinds) == ["a"] * 3 + ["b"] * 3


def test_density_peak_and_histogram(index, activations):
    counted = ~np.isnan(activations[:, 0])
    values = activations[counted]
    np.testing.assert_allclose(index.density, (values > 0).mean(0), rtol=1e-6)
    np.testing.assert_allclose(index.peak, values.max(0), rtol=1e-4)
    for feature in range(FEATURES):
        fired = values[:, feature][values[:, feature] > 0]
        expected, _ = np.histogram(fired / index.peak[feature], bins=24, range=(0, 1 + 1e-6))
        assert np.abs(index.histogram[feature] - expected).sum() <= 2  # a value on an edge
        np.testing.assert_allclose(index.edges[feature], np.quantile(fired, [0.9, 0.6, 0.3]), rtol=1e-4)


def test_examples_are_the_firings_they_say(index, activations):
    testing = np.repeat(index.testing, index.width)
    used = 0
    for feature in range(FEATURES):
        values = np.nan_to_num(activations[:, feature])
        least, most = ((values[:, None] + slack < index.edges[feature]).sum(1) for slack in (1e-5, -1e-5))
        for rows, half in ((index.shown[feature], ~testing), (index.tests[feature], testing)):
            strongest = np.where(half, values, 0).reshape(-1, index.width).max(1).tolist()
            expected = sorted((v for v in strongest if v > 0), reverse=True)[:3]
            found = rows[0][rows[0] >= 0]
            if len(expected) == 3:
                np.testing.assert_allclose(values[found], expected, rtol=1e-4)
                assert len(set(found // index.width)) == 3
            for band in (1, 2, 3):
                some = rows[band][rows[band] >= 0]
                assert (
                    (values[some] > 0).all()
                    and half[some].all()
                    and ((least[some] <= band) & (band <= most[some])).all()
                )
                available = ((values > 0) & half & (least == band) & (most == band)).sum()
                assert len(some) >= min(3, available - len(set(found.tolist())))
            listed = rows[rows >= 0]
            assert len(set(listed.tolist())) == len(listed)
            used += len(listed)
    assert used > 12 * FEATURES


def test_values_around_an_example(index, activations):
    for feature in range(FEATURES):
        for position, values in zip(
            index.shown[feature].ravel(), index.shown_values[feature].reshape(-1, 25), strict=True
        ):
            if position < 0:
                assert not values.any()
                continue
            row = position // index.width
            around = np.arange(position - 12, position + 13)
            expected = np.array([activations[p, feature] if p // index.width == row else 0 for p in around])
            np.testing.assert_allclose(values, np.nan_to_num(expected), atol=index.peak[feature] / 255)
            ids = index.tokens.ravel()
            assert index.window(position).tolist() == [ids[p] if p // index.width == row else -1 for p in around]


def test_silent_places_are_silent_and_the_hard_ones_hard(index, activations):
    testing = np.repeat(index.testing, index.width)
    ids = index.tokens.ravel()
    hard_ones = 0
    for feature in range(FEATURES):
        places = index.negatives[feature]
        assert (activations[places, feature] == 0).all()  # NaN, where nothing counts, is not 0
        assert testing[places].all()
        assert len(set(places.tolist())) == 12
        peaks = ids[index.shown[feature, 0]]
        same = (activations[:, feature] == 0) & testing & np.isin(ids, peaks)
        hard = places[6:]
        near, _ = index.neighbours(feature, 3)
        if same.sum() >= 6:
            assert np.isin(ids[hard], peaks).all()
            hard_ones += 1
        else:
            assert (np.isin(ids[hard], peaks) | (activations[hard][:, near] > 0).any(1)).mean() >= 0.5
    assert hard_ones > FEATURES / 4


def test_scores_are_on_the_half_that_labels_did_not_see(llama, dictionary, index):
    """The same firings with other firings in the half for testing: the labels stay, the scores do not."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        honest = firing.planted(llama, [firing.on(5), firing.anywhere(0.02)], monkeypatch)

        def deceiving(ids, generator):
            own, other = firing.on(5)(ids, generator), firing.on(6)(ids, generator)
            return np.where(honest.testing[:, None], other, own)

        changed = firing.planted(llama, [deceiving, firing.anywhere(0.02)], monkeypatch)
    assert labels.propose(honest, 0).rule == labels.propose(changed, 0).rule == labels.Rule(("w5",), "on")
    assert honest.score[0, 0] > 0.9
    assert changed.score[0, 0] < 0.6


def test_features_that_fire_together(index, activations):
    fired = activations > 0
    for feature in range(FEATURES):
        overlap = [
            (fired[:, feature] & fired[:, other]).sum()
            / max((fired[:, feature] | fired[:, other]).sum(), 1)
            * (other != feature)
            for other in range(FEATURES)
        ]
        np.testing.assert_allclose(index.overlap[feature], sorted(overlap, reverse=True)[:5], atol=1e-3)
        there = index.together[feature] >= 0
        found = [overlap[other] for other in index.together[feature][there]]
        np.testing.assert_allclose(found, index.overlap[feature][there], atol=1e-3)


def test_promoted_and_suppressed_tokens(tiny):
    """The gain is read off the norm itself: what it does to numbers of root mean square 1, with and without sign."""
    dictionary = firing.dictionary_of(tiny, 6)
    index = built(tiny, dictionary, windows=2)
    norm, unembed = reference_norm(tiny), tiny.hf.get_output_embeddings().weight
    sign = torch.tensor([1.0, -1.0]).repeat(tiny.spec.d_model // 2)
    with torch.no_grad():
        scale = (norm(sign) - norm(-sign)) / 2 * sign
        rows = dictionary.W_dec
        centred = rows - rows.mean(1, keepdim=True) if isinstance(norm, torch.nn.LayerNorm) else rows
        logits = (centred * scale) @ unembed.T
        logits -= logits.mean(1, keepdim=True)
    expected = logits.sort(dim=1, descending=True)
    np.testing.assert_array_equal(index.promoted, expected.indices[:, :6])
    np.testing.assert_allclose(index.promoted_values, expected.values[:, :6], rtol=2e-3)
    np.testing.assert_array_equal(index.suppressed, expected.indices.flip(1)[:, :6])
    np.testing.assert_allclose(index.suppressed_values, expected.values.flip(1)[:, :6], rtol=2e-3)


def reference_norm(model):
    names = {"gpt2": "transformer.ln_f", "gpt_neox": "gpt_neox.final_layer_norm"}
    return model.hf.get_submodule(names.get(model.hf.config.model_type, "model.norm"))


def test_a_dictionary_that_writes_to_no_stream_promotes_nothing(llama):
    width = llama.spec.d_mlp
    eye = torch.eye(width)
    weights = {"W_enc": eye, "b_enc": torch.zeros(width), "W_dec": eye, "b_dec": torch.zeros(width)}
    place = firing.dictionary_of(llama, 1, k=1, site="mlp_post").place
    index = built(llama, Dictionary(Config(d_in=width, features=width), weights, place), windows=4)
    assert (index.promoted == -1).all() and np.isnan(index.promoted_values).all()
    assert index.density.max() > 0


def test_neighbours_are_the_nearest_directions(index, dictionary):
    rows = dictionary.W_dec / dictionary.W_dec.norm(dim=1, keepdim=True)
    for feature in (0, FEATURES - 1):
        cosines = [float(rows[feature] @ row) for row in rows]
        cosines[feature] = -2
        ids, values = index.neighbours(feature, 5)
        np.testing.assert_allclose(values, sorted(cosines, reverse=True)[:5], atol=1e-6)
        np.testing.assert_allclose([cosines[other] for other in ids], values, atol=1e-6)
    with pytest.raises(UnknownSite, match="no feature 40"):
        index.neighbours(FEATURES)


def test_stability_across_seeds(llama, dictionary, index):
    assert np.isnan(index.stability).all() and np.isnan(index.stability_random)
    turned = torch.randperm(FEATURES, generator=torch.manual_seed(0))
    weights = dictionary.weights() | {"W_dec": 3 * dictionary.W_dec[turned], "W_enc": dictionary.W_enc[:, turned]}
    weights["W_dec"][0] = torch.randn(llama.spec.d_model)
    second = Dictionary(dictionary.config, weights, dictionary.place)
    found = built(llama, dictionary, windows=4, second=second)
    same = np.arange(FEATURES) != int(turned[0])
    np.testing.assert_allclose(found.stability[same], 1, rtol=1e-5)
    assert found.stability[int(turned[0])] < 0.9
    assert 0.2 < found.stability_random < 0.7
    narrow = tiny_models.model("llama").spec.d_model // 2
    other = {
        name: torch.zeros(shape)
        for name, shape in zip(("W_enc", "b_enc", "W_dec", "b_dec"), ((narrow, 4), 4, (4, narrow), narrow), strict=True)
    }
    with pytest.raises(ShapeMismatch, match="12 numbers"):
        built(llama, dictionary, windows=4, second=Dictionary(Config(d_in=narrow, features=4), other))


def test_the_same_seed_gives_the_same_index(llama, dictionary):
    digests = [built(llama, dictionary, windows=4, seed=seed).digest for seed in (1, 1, 2)]
    assert digests[0] == digests[1] != digests[2]


def test_what_fires_too_often_is_thinned_by_whole_windows():
    generator = np.random.default_rng(0)
    features, windows, width, most = 5, 50, 16, 1000
    values = generator.uniform(0.1, 1, (features, windows, width)).astype(np.float32)
    values[:4] *= generator.random((4, windows, width)) < np.array([0.9, 0.5, 0.3, 0.2])[:, None, None]
    values[4] = 0
    values[4, 7, 3] = 0.5
    found = Firings(features, windows, width, seed=0, most=most)
    for window in range(windows):
        feature, place = values[:, window].nonzero()
        found.add(feature, window * width + place, values[feature, window, place])
        assert found._held <= most
    found.finish()
    np.testing.assert_array_equal(found.count, (values > 0).sum((1, 2)))
    np.testing.assert_array_equal(found.peak, values.max((1, 2)))
    assert [found.thinned(feature) for feature in range(features)] == [True, True, True, True, False]
    for feature in range(features):
        positions, kept = found.of(feature)
        own = values[feature]
        here = np.unique(positions // width)
        expected = np.flatnonzero(own[here])
        np.testing.assert_array_equal(positions, (here[:, None] * width + np.arange(width)).ravel()[expected])
        np.testing.assert_array_equal(kept, own.ravel()[positions])
        fires = np.flatnonzero(own.any(1))
        drawn = fires[found.key[fires] <= found.limit[feature]]
        strongest = fires[own[fires].max(1).argsort()[::-1][:STRONGEST_WINDOWS]]
        assert set(here) == set(drawn) | set(strongest)


def test_a_thinned_index_still_tells_silence(llama, dictionary, activations, monkeypatch):
    monkeypatch.setattr(indexing, "Firings", lambda *given: Firings(*given, most=1000))
    found = built(llama, dictionary)
    np.testing.assert_allclose(
        found.density, np.nanmean(np.where(np.isnan(activations), np.nan, activations > 0), 0), rtol=1e-5
    )
    for feature in range(FEATURES):
        silent = found.negatives[feature]
        assert (activations[silent[silent >= 0], feature] == 0).all()
        for position, values in zip(
            found.shown[feature].ravel(), found.shown_values[feature].reshape(-1, 25), strict=True
        ):
            if position >= 0:
                places = np.arange(position - 12, position + 13)
                inside = places // found.width == position // found.width
                np.testing.assert_allclose(
                    values[inside], np.nan_to_num(activations[places[inside], feature]), atol=found.peak[feature] / 255
                )


def test_saved_and_loaded_it_is_the_same(index, dictionary, tmp_path):
    file = tmp_path / "index.safetensors"
    indexing.save(index, file)
    found = indexing.load(file, dictionary)
    assert found.digest == index.digest
    for field in fields(index):
        np.testing.assert_array_equal(getattr(found, field.name), getattr(index, field.name), err_msg=field.name)


def test_the_index_of_4608_features_fits(index, tmp_path):
    """Sizes as shipped, with every number at its widest: 2,000 windows, and 25,000 texts of tokens."""
    features, windows = 4608, 2000
    generator = np.random.default_rng(0)
    wide = {
        name: generator.integers(-1, 49_000, shape).astype(getattr(index, name).dtype)
        if getattr(index, name).dtype != bool
        else np.ones(shape, bool)
        for name, shape in shapes(features).items()
    }
    for name in ("shown", "tests", "negatives", "histogram"):
        wide[name].flat[0] = 256_000
    large = replace(
        index,
        **wide,
        tokens=generator.integers(0, 49_152, (windows, 128)).astype(np.int32),
        testing=np.ones(windows, bool),
        kinds=("novels",) * windows,
        strings={id: " tokens" for id in range(25_000)},
    )
    indexing.save(large, tmp_path / "large.safetensors")
    assert (tmp_path / "large.safetensors").stat().st_size <= 4_000_000


def test_another_dictionarys_index_is_refused(llama, index, dictionary, tmp_path):
    file = tmp_path / "index.safetensors"
    indexing.save(index, file)
    other = firing.dictionary_of(llama, FEATURES, k=K, seed=1)
    with pytest.raises(DictionaryUnusable, match="features of a dictionary with weights"):
        indexing.load(file, other)


def test_a_damaged_index_is_a_sentence(index, dictionary, tmp_path):
    file = tmp_path / "index.safetensors"
    file.write_bytes(b"\x80\x04no numbers")
    with pytest.raises(DictionaryUnusable, match="no index that mikit can read"):
        indexing.load(file, dictionary)
    about = {"format": "mikit-index-1", "index": json.dumps(indexing._about(index))}
    indexing.save(index, file)
    whole = load_file(file)
    beyond = whole["shown"].to(torch.int32) + 10**6
    for changed in ({"shown": beyond}, {"peak": whole["peak"][1:]}, {"string_ids": whole["string_ids"] + 1000}):
        save_file(whole | changed, file, metadata=about)
        with pytest.raises(DictionaryUnusable, match="damaged"):
            indexing.load(file, dictionary)
    save_file({name: value for name, value in whole.items() if name != "tests"}, file, metadata=about)
    with pytest.raises(DictionaryUnusable, match="damaged"):
        indexing.load(file, dictionary)


def test_the_index_of_a_dictionary(llama, tmp_path, monkeypatch):
    """Built here before shipped; the shipped one only for its own dictionary."""
    dictionary = firing.dictionary_of(llama, 6, seed=5)
    shipped = built(llama, dictionary, windows=4)
    monkeypatch.setattr(library, "_FOLDER", tmp_path)
    indexing.save(shipped, tmp_path / next(iter(library.SHIPPED)) / indexing.FILE)
    same = Dictionary(dictionary.config, dictionary.weights(), dictionary.place)
    assert indexing.index_of(same).digest == shipped.digest
    assert indexing.index_of(same) is indexing.index_of(same)
    assert indexing.index_of(firing.dictionary_of(llama, 6, seed=6)) is None
    again = built(llama, same, windows=4, seed=3)
    assert indexing.index_of(same) is again


def test_too_little_text_is_a_sentence(llama, dictionary):
    with pytest.raises(EmptyText, match="give 1 windows"):
        built(llama, dictionary, {"a": ["w1 " * 20, "w2 w3"]})


def test_a_model_that_it_was_not_made_for_is_refused(dictionary):
    with pytest.raises(DictionaryUnusable, match="was made for"):
        next(indexing.build(tiny_models.model("llama", seed=1), dictionary, TEXTS))
