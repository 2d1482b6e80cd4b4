"""The memory that a sweep is said to need, against what a process of its own took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

MEASURE = """
import ctypes, gc, json, re, sys
from pathlib import Path
import torch
from transformers import LlamaConfig, LlamaForCausalLM
from mikit.models.model import open_model
from mikit.studies.base import run_study
from mikit.studies.pairs import PromptPair
from mikit.studies.patch_sweep import PatchSweep
from tests import tiny

length, vocab, layers = map(int, sys.argv[1:])
torch.set_num_threads(1)
hf = LlamaForCausalLM(LlamaConfig(vocab_size=vocab, hidden_size=64, num_hidden_layers=layers, num_attention_heads=4,
                                  intermediate_size=256, max_position_embeddings=1024))
model = open_model(hf, tokenizer=tiny.tokenizer())

def used(what):
    return 1024 * int(re.search(what + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

def study(length):
    words = [f"w{i % 90}" for i in range(length)]
    other = words[:2] + ["w95"] + words[3:]
    pair = PromptPair(clean=" ".join(words), corrupt=" ".join(other), answer="w1", foil="w2")
    return PatchSweep(model=model.ref, pairs=(pair,), cells=tuple((0, t) for t in range(2, min(length, 14))))

run_study(study(4), model)  # what any sweep needs, once
said = study(length).estimate(model).bytes
gc.collect()
ctypes.CDLL(None).malloc_trim(0)  # memory that was freed goes back
Path("/proc/self/clear_refs").write_text("5")  # the highest use of memory counts from here
before = used("VmRSS")
run_study(study(length), model)
print(json.dumps([said, used("VmHWM") - before]))
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="counts memory as Linux does")
@pytest.mark.parametrize(("length", "vocab", "layers"), [(400, 200, 4), (20, 60000, 4), (200, 200, 24)])
def test_memory_is_estimated_within_a_factor_of_one_and_a_half(length, vocab, layers):
    """Long prompts (attention), large vocabularies (logits), many layers (keys and values)."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MEASURE, *map(str, (length, vocab, layers))],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env=os.environ | {"MALLOC_MMAP_THRESHOLD_": "65536"},  # what is freed goes back at once: live bytes
    )
    assert done.returncode == 0, done.stderr
    said, took = json.loads(done.stdout.splitlines()[-1])
    assert took / 1.5 <= said <= took * 1.5, f"said {said / 1e6:.0f} MB, took {took / 1e6:.0f} MB"
