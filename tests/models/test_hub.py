"""Fetching a hub repository, against a hub on localhost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from huggingface_hub import close_session, constants

from mikit.errors import FetchFailed, UnknownModel, UnsupportedModel
from mikit.models import sources
from mikit.models.cache import Card, file_hash
from mikit.models.catalog import CATALOG, Entry, HubFile, Package
from mikit.models.model import open_model
from mikit.models.weights import weights_hash
from tests import tiny
from tests.models import tiny_gguf
from tests.models.fake_hub import COMMIT, FakeHub, serve, use


@pytest.fixture
def hub(folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A hub with one repository, a small Llama, beside things that mikit must not fetch."""
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    files |= {"pytorch_model.bin": b"pickle", "README.md": b"words", "onnx/model.onnx": b"onnx"}
    with serve(FakeHub(files=files)) as running:
        use(running.url, monkeypatch)
        yield running


def _cache_is_empty(cache: Path) -> bool:
    return [path.name for path in cache.iterdir() if not path.name.startswith(".")] == []


def test_a_repository_arrives_whole(
    hub: FakeHub, cache: Path, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = sources.fetch(hub.repo, say=said.append)
    fetched = {"config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "model.safetensors"}
    assert {file.name for file in folder.iterdir()} == fetched | {"mikit.json"}
    assert "pytorch_model.bin" not in hub.asked
    card = Card.read(folder)
    assert card and (card.name, card.licence, card.origin) == (hub.repo, "mit", f"{hub.repo}@{COMMIT}")
    assert said[0].startswith("Fetching tiny/llama") and "licence: mit" in said[0]
    assert capsys.readouterr() == ("", "")  # no bars, no warnings

    model = open_model(hub.repo)
    ids = torch.tensor([[5, 6, 7]])
    torch.testing.assert_close(model.hf(ids).logits, tiny.weights("llama").eval()(ids).logits, atol=1e-6, rtol=1e-5)
    assert (model.ref.name, model.ref.source) == (hub.repo, f"{hub.repo}@{COMMIT}")


def test_what_is_here_is_not_fetched_again(hub: FakeHub) -> None:
    first = sources.fetch(hub.repo, say=lambda _: None)
    hub.asked.clear()
    assert sources.fetch(hub.repo, say=lambda _: None) == first
    assert sources.folder_of(f"{hub.repo}@{COMMIT}") == first
    assert hub.asked == []


def test_other_bytes_than_announced_are_refused(hub: FakeHub, cache: Path) -> None:
    wrong = bytearray(hub.files["model.safetensors"])
    wrong[-1] ^= 1
    hub.announced["model.safetensors"] = bytes(wrong)
    with pytest.raises(FetchFailed, match=r"'model.safetensors' of 'tiny/llama' arrived with other bytes"):
        sources.fetch(hub.repo, say=lambda _: None)
    assert _cache_is_empty(cache)


def test_a_changed_config_is_refused(hub: FakeHub, cache: Path) -> None:
    hub.announced["config.json"] = hub.files["config.json"].replace(b"3", b"4")
    with pytest.raises(FetchFailed, match=r"'config.json' of 'tiny/llama' arrived with other bytes"):
        sources.fetch(hub.repo, say=lambda _: None)
    assert _cache_is_empty(cache)


def test_a_dropped_connection_is_taken_up_again(hub: FakeHub) -> None:
    hub.drops["model.safetensors"] = 1
    folder = sources.fetch(hub.repo, say=lambda _: None)
    assert (folder / "model.safetensors").read_bytes() == hub.files["model.safetensors"]
    assert hub.asked.count("model.safetensors") == 2


def test_a_connection_that_stays_down_leaves_nothing(hub: FakeHub, cache: Path) -> None:
    hub.drops["model.safetensors"], hub.dead_after_drop = 1, True
    with pytest.raises(FetchFailed, match=r"could not be fetched from http://127.0.0.1:\d+: .+ fetch again"):
        sources.fetch(hub.repo, say=lambda _: None)
    assert _cache_is_empty(cache)


def test_no_network(hub: FakeHub, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use("http://127.0.0.1:1", monkeypatch)
    with pytest.raises(
        FetchFailed, match=r"'tiny/llama' could not be fetched from http://127.0.0.1:1: .*Check the network"
    ):
        open_model("tiny/llama")


def test_offline_mode_says_so(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    close_session()
    with pytest.raises(FetchFailed, match="HF_HUB_OFFLINE"):
        open_model("tiny/llama")


def test_a_catalog_name_falls_back_to_the_hub(
    hub: FakeHub, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gguf = tiny_gguf.write(tmp_path / "tiny.gguf")
    hub.files["tiny.gguf"] = gguf.read_bytes()
    absent, there = Package("no_such_package", "gemma"), HubFile(hub.repo, COMMIT, "tiny.gguf")
    entry = Entry(
        name="tiny",
        about="",
        licence="MIT",
        quantisation="F32",
        download_mb=1,
        disk_mb=1,
        gguf_sha256=file_hash(gguf),
        weights_sha256=weights_hash(tiny_gguf.reference()),
        sources=(absent, there),
    )
    monkeypatch.setitem(CATALOG, "tiny", entry)
    card = Card.read(sources.fetch("tiny", say=lambda _: None))
    assert card and card.origin == f"hub {hub.repo}@{COMMIT[:12]}"

    sources.remove("tiny")
    monkeypatch.setitem(CATALOG, "tiny", replace(entry, sources=(HubFile(hub.repo, COMMIT, "other.gguf"),)))
    with pytest.raises(FetchFailed, match=r"holds no file 'other\.gguf'"):
        sources.fetch("tiny", say=lambda _: None)


def test_an_unknown_repository(hub: FakeHub) -> None:
    with pytest.raises(UnknownModel, match=r"no repository 'no/such'.*no folder of that name"):
        sources.fetch("no/such", say=lambda _: None)
    with pytest.raises(UnknownModel, match="no revision 'v9'"):
        sources.fetch(f"{hub.repo}@v9", say=lambda _: None)


def test_an_unsupported_model_is_refused_before_its_weights_come(hub: FakeHub) -> None:
    hub.files["config.json"] = b'{"model_type": "bert"}'
    with pytest.raises(UnsupportedModel, match="type 'bert'"):
        sources.fetch(hub.repo, say=lambda _: None)
    assert "model.safetensors" not in hub.asked


def test_a_repository_with_pickle_only(hub: FakeHub) -> None:
    del hub.files["model.safetensors"]
    with pytest.raises(FetchFailed, match=r"no safetensors weights \(\.bin, \.onnx\).*opening one runs code"):
        sources.fetch(hub.repo, say=lambda _: None)
    assert hub.asked == []
