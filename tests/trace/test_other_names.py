"""The table of names in lessons/src/your_own_question.py: each line, in all three of its columns, is the same value.

TransformerLens' values come from tests/references/transformer_lens_names.py, run in an environment of its own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import nnsight
import pytest
import torch
from safetensors import safe_open
from transformers import LlamaConfig, LlamaForCausalLM

import mikit
from mikit.course.build.__main__ import LESSONS
from mikit.trace.engine import capture, exclusive
from mikit.trace.sites import Site, SiteName
from tests import tiny

FIXTURE = Path(__file__).with_name("fixtures") / "transformer_lens_names.safetensors"
PAGE = (LESSONS / "src" / "your_own_question.py").read_text(encoding="utf-8")
ROWS = re.findall(r"^# \| `(\w+)` \| `([\w.]+)` \| `(lm\.[^`]+)` \|$", PAGE, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def theirs():
    """A small Llama, its values by TransformerLens' names, the layer and the prompt."""
    with safe_open(FIXTURE, framework="pt") as file:
        said = file.metadata()
        found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # safe_open is no dict
    hf = LlamaForCausalLM(LlamaConfig(**json.loads(said["config"])))
    weights = {name.removeprefix("weights."): value for name, value in found.items() if name.startswith("weights.")}
    hf.load_state_dict(weights, strict=False)
    model = mikit.load(hf, tokenizer=tiny.tokenizer())
    return model, found, int(said["layer"]), torch.tensor([json.loads(said["ids"])])


def test_every_value_of_mikit_has_a_line():
    assert [name for name, *_ in ROWS] == list(get_args(SiteName))


@pytest.mark.parametrize(("name", "hook", "expression"), ROWS)
def test_the_three_names_are_of_one_value(theirs, name, hook, expression):
    model, found, layer, ids = theirs
    site = Site(name=name, layer=None if name == "logits" else layer)
    ours = capture(model, model.tokens_from(ids), [site])[site]
    torch.testing.assert_close(ours, found[hook], atol=1e-5, rtol=1e-4)
    lm, L = model.lm, layer  # as the table has it
    with exclusive(), torch.no_grad(), lm.trace(ids, use_cache=False):
        value = nnsight.save(eval(expression, {"lm": lm, "L": L}).clone())
    torch.testing.assert_close(value.reshape(ours.shape), ours, atol=1e-6, rtol=1e-5)


def test_mikits_verbs_exist():
    import mikit.trace.edits
    import mikit.trace.engine

    lines = PAGE[PAGE.index("| to ... |") :].splitlines()
    named = {word for line in lines[2:] for word in re.findall(r"\w+", line.split("|")[2])} - {"name", "text"}
    named -= {"mikit", "model", "tokens", "sites", "site", "direction"}
    homes = (mikit, mikit.trace.engine, mikit.trace.edits)
    assert [word for word in named if not any(hasattr(home, word) for home in homes)] == []
    assert len(named) >= 8
