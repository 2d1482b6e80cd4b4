"""The self-checks pass on good addresses and fail on wrong ones; load gives one object a model."""

from __future__ import annotations

from dataclasses import replace

import pytest

import mikit
from mikit.errors import CheckFailed
from mikit.studies.base import run_study
from mikit.studies.kinds import MuteHeads
from mikit.studies.prompts import RepeatPrompt
from mikit.trace.checks import CHECKS, check_model, failed
from tests import tiny as tiny_models


def test_all_pass_on_every_family(tiny):
    table = check_model(tiny)
    assert list(table["check"]) == list(CHECKS)
    assert table["ok"].all(), table


@pytest.mark.parametrize(
    ("family", "wrong", "check"),
    [
        ("gemma3_text", {"mlp_out": "mlp"}, "residual identity"),
        ("gemma3_text", {"attn_out": "self_attn", "attn_out_index": 0}, "residual identity"),
        ("llama", {"o_proj": "mlp.down_proj"}, "heads sum"),
        ("llama", {"final_norm": "model.layers.0.input_layernorm"}, "lens at last layer"),
    ],
)
def test_a_wrong_address_is_found(family, wrong, check):
    model = tiny_models.model(family)
    model.arch = replace(model.arch, **wrong)
    table = check_model(model).set_index("check")
    assert not table.loc[check, "ok"]


def test_dropout_left_on_is_found():
    model = tiny_models.model("gpt2")
    model.hf.train()
    model.checks = check_model(model)
    assert "traced is raw" in failed(model)


def test_a_study_that_needs_a_failed_check_refuses():
    model = tiny_models.model("llama")
    model.arch = replace(model.arch, final_norm="model.layers.0.input_layernorm")
    model.checks = check_model(model)
    study = MuteHeads(model=model.ref, prompt=RepeatPrompt(length=4))
    assert run_study(study, model).done == 1  # it does not lean on the lens
    model.checks.loc[model.checks["check"] == "heads sum", "ok"] = False
    with pytest.raises(CheckFailed, match="'heads sum', which mute-heads needs"):
        run_study(study, model)


def test_the_same_model_is_the_same_object(tmp_path):
    hf = tiny_models.weights("llama")
    hf.save_pretrained(tmp_path / "one")
    tiny_models.tokenizer().save_pretrained(tmp_path / "one")
    first = mikit.load(tmp_path / "one")
    assert mikit.load(str(tmp_path / "one")) is first
    (tmp_path / "one").rename(tmp_path / "two")
    assert mikit.load(tmp_path / "two") is first  # the same bytes elsewhere
    assert mikit.load(hf, tokenizer=tiny_models.tokenizer()) is first
    assert first.check()["ok"].all()
