"""What every study shares: grids, frames, refusal, cancelling, kinds."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

import mikit
from mikit.errors import RecordUnusable, ShapeMismatch, TooCostly, UnknownSite, WrongDtype
from mikit.studies.base import KINDS, Cost, Grid, Result, refuse_if_too_costly, run_study, stream
from mikit.studies.kinds import AttentionPatterns, HeadScores, MuteHeads
from mikit.studies.prompts import RepeatPrompt, TextPrompt
from mikit.trace.arrays import Array
from tests import tiny as tiny_models


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("llama", chat=True)


@pytest.fixture(scope="module")
def studies(model):
    ref = model.ref
    return [
        AttentionPatterns(model=ref, prompt=TextPrompt(text="w1 w2 w3 w1 w2")),
        MuteHeads(model=ref, prompt=RepeatPrompt(length=6), heads=((1, 2), (0, 0)), draws=3),
        HeadScores(model=ref, length=6, seeds=3),
    ]


def test_labels_must_fit_the_numbers():
    with pytest.raises(ShapeMismatch, match=r"\(2, 2\).*\(2, 3\)"):
        Grid(values=Array.of(np.zeros((2, 3))), axes={"layer": ("0", "1"), "head": ("0", "1")}, unit="nats")


def test_every_study_and_result_survives_json(model, studies):
    for study in studies:
        result = run_study(study, model)
        again = Result.model_validate_json(result.model_dump_json())
        assert again == result
        assert type(again.study) is type(study)
        assert result.done == 1


def test_done_grows_and_the_last_is_the_whole(model, studies):
    for study in studies:
        shares = [result.done for result in stream(study, model)]
        assert shares == sorted(shares)
        assert shares[-1] == 1


def test_equal_seeds_give_equal_numbers_and_others_do_not(model, studies):
    mute = studies[1]
    assert run_study(mute, model) == run_study(mute, model)
    other = mute.model_copy(update={"seed": 1})
    assert other.draw(model) != mute.draw(model)


def test_the_frame_holds_the_effect_and_its_control(model, studies):
    frame = run_study(studies[1], model).frame("guessed")
    assert frame["run"].tolist() == ["as is", "switched off", "draw 1", "draw 2", "draw 3"]
    assert frame["from"].tolist() == ["effect"] * 2 + ["random heads"] * 3
    with pytest.raises(UnknownSite, match="Did you mean 'guessed'"):
        run_study(studies[1], model).frame("gessed")


def test_cancelling_stops_between_steps(model, studies):
    seen = list(stream(studies[1], model, cancelled=lambda: True))
    assert len(seen) == 1
    assert seen[0].done < 1


def test_a_study_refuses_another_model(model, studies):
    with pytest.raises(ShapeMismatch, match="about weights"):
        run_study(studies[0], tiny_models.model("llama", seed=1))


def test_bf16_is_refused(model, studies, monkeypatch):
    monkeypatch.setattr(model, "ref", model.ref.model_copy(update={"dtype": "bf16"}))
    with pytest.raises(WrongDtype, match="measured in fp32"):
        run_study(studies[0], model)


def test_what_cannot_fit_is_refused_before_it_runs():
    with pytest.raises(TooCostly, match=r"need about 1000000\.0 GB"):
        refuse_if_too_costly(Cost(seconds=1, bytes=10**15))


def test_estimates_grow_with_the_text(model):
    short, long = (AttentionPatterns(model=model.ref, prompt=TextPrompt(text="w1 " * n)) for n in (4, 40))
    assert long.estimate(model).bytes > short.estimate(model).bytes
    assert long.estimate(model).seconds > short.estimate(model).seconds


def test_unknown_kinds_and_fields_are_refused(model, studies):
    data = json.loads(run_study(studies[0], model).model_dump_json())
    data["study"]["kind"] = "attentoin"
    with pytest.raises(RecordUnusable, match="Did you mean 'attention'"):
        Result.model_validate(data)
    with pytest.raises(ValueError, match="heds"):
        MuteHeads(model=model.ref, prompt=RepeatPrompt(), heds=())


def test_the_kinds_of_this_version():
    assert set(KINDS) >= {"attention", "head-scores", "mute-heads"}
    assert mikit.HeadScores is HeadScores


def test_random_prompts_hold_no_special_token_and_no_token_twice(model):
    ids = RepeatPrompt(length=30, seed=3).tokens(model).ids[0]
    assert ids[:30].equal(ids[30:])
    assert len(set(ids.tolist())) == 30
    assert not set(ids.tolist()) & set(model.tokenizer.all_special_ids)
    assert not torch.equal(ids, RepeatPrompt(length=30, seed=4).tokens(model).ids[0])
