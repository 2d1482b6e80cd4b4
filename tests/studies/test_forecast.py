"""What a model will need, beside what it then has, and without fetching its weights."""

from __future__ import annotations

import json

import pytest

from mikit.errors import UnknownModel, UnsupportedModel, WeightsBroken
from mikit.studies.forecast import WORKING, forecast
from tests import tiny
from tests.models.fake_hub import FakeHub, serve, use


def numbers(family):
    return sum({weight.data_ptr(): weight.numel() for weight in tiny.weights(family).parameters()}.values())


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Empty, and of this test alone."""
    monkeypatch.setenv("MIKIT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path):
    tiny.weights("llama").config.save_pretrained(tmp_path / "small")
    return tmp_path / "small"


@pytest.mark.parametrize("family", ["gpt2", "gpt_neox", "llama", "gemma3", "qwen3"])
def test_numbers_and_bytes_of_a_folder_without_weights(family, tmp_path):
    tiny.weights(family).config.save_pretrained(tmp_path)
    found = forecast(tmp_path)
    assert found.parameters == numbers(family)
    assert found.memory == 4 * found.parameters + WORKING
    assert found.download == 0 and found.fits and "It fits." in str(found)


def test_of_the_hub_only_the_description_is_fetched(folder, monkeypatch, cache):
    files = {"config.json": (folder / "config.json").read_bytes(), "model.safetensors": b"x" * 5_000_000}
    with serve(FakeHub(files=files)) as hub:
        use(hub.url, monkeypatch)
        found = forecast(hub.repo)
    assert set(hub.asked) == {"config.json"}
    assert found.parameters == numbers("llama")
    assert found.download == sum(map(len, files.values())) and "5 MB to fetch" in str(found)
    assert not list(cache.glob("*/mikit.json"))


def test_a_model_of_the_catalog_and_one_too_large(monkeypatch):
    found = forecast("gemma-3-270m")
    assert 250e6 < found.parameters < 300e6 and found.download > 200e6
    monkeypatch.setattr("psutil.virtual_memory", lambda: type("Memory", (), {"available": 10**9})())
    small = forecast("gemma-3-270m")
    assert not small.fits and "It does not fit: take a smaller model." in str(small)


@pytest.mark.parametrize(
    ("config", "error", "words"),
    [
        (None, UnknownModel, "holds no model"),
        ({"model_type": "mamba"}, UnsupportedModel, "models of type 'mamba'"),
        ({"model_type": "llama", "hidden_size": "wide"}, WeightsBroken, "cannot be"),
    ],
)
def test_what_is_no_model_is_said_so(config, error, words, tmp_path):
    if config is not None:
        (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(error, match=words):
        forecast(tmp_path)


def test_a_name_that_is_nearly_right():
    with pytest.raises(UnknownModel, match="Did you mean 'smollm2-135m'"):
        forecast("smollm-135m")
