"""Writing, reading and hashing weights: the hash is of the numbers, not of a file."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from mikit.models import weights
from tests import tiny


def test_the_hash_is_name_shape_and_bytes_by_name() -> None:
    class Small(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.b = nn.Parameter(torch.tensor([[1.0, -2.5]]))
            self.a = nn.Parameter(torch.tensor(0.5))
            self.tied = self.b

    by_hand = b"a ()\n" + struct.pack("<f", 0.5) + b"b (1, 2)\n" + struct.pack("<ff", 1.0, -2.5)
    assert weights.weights_hash(Small()) == hashlib.sha256(by_hand).hexdigest()  # type: ignore[arg-type]


def test_the_hash_changes_with_one_bit() -> None:
    hf = tiny.weights("gpt2")
    before = weights.weights_hash(hf)
    bits = next(hf.parameters()).data.view(torch.int32)
    bits[0, 0] ^= 1
    assert weights.weights_hash(hf) != before


@pytest.mark.parametrize("family", tiny.CONFIGS)
def test_a_model_survives_writing_and_reading(family: str, tmp_path: Path) -> None:
    hf, ids = tiny.weights(family).eval(), torch.tensor([[5, 6, 7, 8]])
    weights.write_folder(hf, tiny.tokenizer(), tmp_path, "fp32")
    again = weights.read_weights(tmp_path, "fp32").eval()
    assert weights.weights_hash(again) == weights.weights_hash(hf)
    hf.set_attn_implementation("eager")
    with torch.no_grad():
        assert torch.equal(again(ids).logits, hf(ids).logits)


def test_tied_weights_are_written_once_and_hash_alike_when_a_file_repeats_them(tmp_path: Path) -> None:
    hf = tiny.weights("llama")
    weights.write_folder(hf, tiny.tokenizer(), tmp_path, "fp32")
    file = tmp_path / "model.safetensors"
    stored = load_file(file)
    assert "lm_head.weight" not in stored
    save_file(stored | {"lm_head.weight": stored["model.embed_tokens.weight"].clone()}, file, {"format": "pt"})
    assert weights.weights_hash(weights.read_weights(tmp_path, "fp32")) == weights.weights_hash(hf)


@pytest.mark.parametrize("dtype", ["fp32", "bf16"])
def test_weights_stay_memory_mapped(tmp_path: Path, dtype: weights.Dtype) -> None:
    """A converted copy would cost its size in private memory for every open kernel."""
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("needs /proc")
    weights.write_folder(tiny.weights("llama"), tiny.tokenizer(), tmp_path, dtype)
    hf = weights.read_weights(tmp_path, dtype)
    ranges = [line.split()[0] for line in maps.read_text().splitlines() if line.endswith("model.safetensors")]
    spans = [tuple(int(end, 16) for end in span.split("-")) for span in ranges]
    assert all(any(start <= weight.data_ptr() < stop for start, stop in spans) for weight in hf.parameters())


def test_nothing_reaches_the_learners_screen(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    weights.write_folder(tiny.weights("gpt2"), tiny.tokenizer(), tmp_path, "fp32")
    weights.read_weights(tmp_path, "fp32")
    assert capfd.readouterr() == ("", "")
