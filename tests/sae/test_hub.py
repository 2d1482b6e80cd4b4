"""Dictionaries from a hub on localhost."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import save

from mikit.errors import DictionaryUnusable, FetchFailed
from mikit.sae import hub
from mikit.sae.formats import read, write
from tests.models.fake_hub import COMMIT, FakeHub, serve, use
from tests.sae.test_formats import GEMMA, LENS, Bomb

RES = "gemma-scope-2b-pt-res"
PLACE = "layer_20/width_16k/average_l0_71"
NAME = f"google/{RES}:{PLACE}"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("MIKIT_CACHE", str(folder))
    return folder


@pytest.fixture
def running(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A repository of two dictionaries, beside things that mikit must not fetch."""
    here = {f"{PLACE}/params.npz": (GEMMA / RES / PLACE / "params.npz").read_bytes()}
    here |= {
        f"blocks.5/{name}": (LENS / "jumprelu" / name).read_bytes() for name in ("cfg.json", "sae_weights.safetensors")
    }
    here |= {f"{PLACE}/notes.bin": b"pickle", "blocks.5/sparsity.safetensors": b"x", "README.md": b"words"}
    with serve(FakeHub(repo=f"google/{RES}", files=here)) as found:
        use(found.url, monkeypatch)
        yield found


def quietly(name: str) -> Path:
    return hub.fetch(name, say=lambda _: None)


def files(cache: Path) -> set[str]:
    return {path.name for path in cache.rglob("*") if path.is_file() and path.suffix != ".lock"}


def test_a_folder_arrives_with_its_path_and_nothing_beside_it(running, cache):
    said = []
    folder = hub.fetch(NAME, said.append)
    assert files(cache) == {"params.npz", "mikit.json"} and running.asked == [f"{PLACE}/params.npz"]
    assert folder.as_posix().endswith(PLACE)
    place = read(folder).place  # model, site and L0 stand in the path alone
    assert (place.model, str(place.site), place.declared) == ("gemma-2-2b", "L20 resid_post", {"l0": 71})
    assert said[0].startswith(f"Fetching {NAME}") and "licence: mit" in said[0]


def test_a_configuration_comes_along(running, cache):
    folder = quietly(f"google/{RES}:blocks.5@main")
    assert {file.name for file in folder.iterdir()} == {"cfg.json", "sae_weights.safetensors"}
    assert read(folder).config == read(LENS / "jumprelu").config


def test_what_is_here_is_not_fetched_again(running, monkeypatch):
    first = quietly(NAME)
    use("http://127.0.0.1:1", monkeypatch)
    assert quietly(NAME) == quietly(f"{NAME}@{COMMIT}") == first


def test_one_file_by_name(running):
    """circuit-tracer's sets keep a layer in each file of one folder."""
    zeros = {"W_enc": (12, 8), "W_dec": (12, 8), "b_enc": (12,), "b_dec": (8,)}
    made = save({name: torch.zeros(shape) for name, shape in zeros.items()})
    running.files |= {f"set/layer_{n}.safetensors": made for n in (6, 7)}
    file = quietly(f"google/{RES}:set/layer_7.safetensors")
    assert str(read(file).place.target) == "L7 mlp_out" and running.asked == ["set/layer_7.safetensors"]


def test_a_dictionary_in_the_repositorys_root(running, cache, tmp_path):
    write(read(LENS / "topk"), tmp_path / "mine")
    running.files = {file.name: file.read_bytes() for file in (tmp_path / "mine").iterdir()}
    assert read(quietly(f"google/{RES}:.")).config.k == 3


def test_what_is_not_there_is_said(running, cache):
    for name, message in [
        (
            f"google/{RES}:layer_20/width_16k/average_l0_17",
            "has no folder 'layer_20/width_16k/average_l0_17'. Did you mean",
        ),
        ("no/such:folder", "no repository 'no/such'"),
        (f"{NAME}@v9", "no revision 'v9'"),
        ("org/repo", "write org/repo:folder or org/repo:folder@revision"),
    ]:
        with pytest.raises(DictionaryUnusable, match=message):
            quietly(name)
    running.files |= {f"many/layer_{n}/ae.pt": b"" for n in range(40)}
    with pytest.raises(DictionaryUnusable, match=r"no folder 'xyz'. It has 42 dictionaries, among them blocks.5, "):
        quietly(f"google/{RES}:xyz")
    running.files["odd/weights.bin"] = b"pickle"
    with pytest.raises(DictionaryUnusable, match=r"holds no dictionary that mikit knows \(weights.bin\).*params.npz"):
        quietly(f"google/{RES}:odd")
    assert running.asked == [] and files(cache) == set()


def test_one_too_big_to_be_opened_is_not_fetched(running, monkeypatch):
    monkeypatch.setattr(hub, "BIGGEST", 100)
    with pytest.raises(DictionaryUnusable, match="up to 16 GB"):
        quietly(NAME)
    assert running.asked == []


def test_wrong_bytes_are_refused(running, cache):
    whole = running.files[f"{PLACE}/params.npz"]
    running.announced[f"{PLACE}/params.npz"] = whole
    running.files[f"{PLACE}/params.npz"] = whole[:-1] + bytes([whole[-1] ^ 1])
    with pytest.raises(FetchFailed, match="arrived with other bytes"):
        quietly(NAME)
    assert "params.npz" not in files(cache)
    running.files[f"{PLACE}/params.npz"] = whole
    assert (quietly(NAME) / "params.npz").read_bytes() == whole


def test_a_transfer_that_broke_off_goes_on_where_it_was(running, monkeypatch):
    file = f"{PLACE}/params.npz"
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 100)
    running.drops[file] = 1
    folder = quietly(NAME)
    assert (folder / "params.npz").read_bytes() == running.files[file]
    half = len(running.files[file]) // 2
    assert half <= running.sent[file] < half + 100  # what came before is not asked for again


def test_a_connection_that_stays_down_leaves_nothing(running, cache):
    running.drops[f"{PLACE}/params.npz"], running.dead_after_drop = 1, True
    with pytest.raises(FetchFailed, match="could not be fetched"):
        quietly(NAME)
    assert files(cache) == set()


def test_offline(running, cache, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(FetchFailed, match="is not on this machine, and HF_HUB_OFFLINE forbids"):
        quietly(NAME)


def test_a_pickle_among_the_weights_is_refused_when_read(running, capsys):
    """It is fetched as bytes, and never opened."""
    made = io.BytesIO()
    torch.save({"encoder.weight": Bomb()}, made)
    config = {"trainer": {"dict_class": "AutoEncoder"}}
    running.files |= {"bad/ae.pt": made.getvalue(), "bad/config.json": json.dumps(config).encode()}
    with pytest.raises(DictionaryUnusable, match="could run code"):
        read(quietly(f"google/{RES}:bad"))
    assert "ran" not in capsys.readouterr().out
