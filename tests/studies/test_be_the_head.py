"""Placing attention by hand against plain PyTorch on tiny models, and the lesson's head on the real one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional
from transformers.models.gpt2 import modeling_gpt2
from transformers.models.llama import modeling_llama

import mikit
from mikit.errors import NotOneToken, ShapeMismatch, UnknownSite
from mikit.models.model import Model
from mikit.studies.base import Result, run_study, stream
from mikit.studies.be_the_head import FIRST, UNIFORM, AttendEach, PlaceAttention
from mikit.studies.prompts import TextPrompt
from mikit.studies.record import Record
from tests import tiny as tiny_models
from tests.trace import reference

TEXT = "w1 w2 w3 w4 w5"
MARY = "When Mary and John went to the store, John gave a drink to"
LENGTH = 5
MODULES = {"llama": modeling_llama, "gpt2": modeling_gpt2}


@pytest.fixture(scope="module", params=["llama", "gpt2"])
def model(request: pytest.FixtureRequest) -> Model:
    return mikit.load(tiny_models.weights(request.param, seed=3), tokenizer=tiny_models.tokenizer())


def place(model: Model, shares: tuple[float, ...], head: tuple[int, int] = (1, 2), **more: object) -> PlaceAttention:
    fields = {"prompt": TextPrompt(text=TEXT), "answer": "w7", "foil": "w9"} | more
    return PlaceAttention(model=model.ref, layer=head[0], head=head[1], shares=shares, **fields)


def by_hand(model: Model, row: list[float], layer: int, head: int, monkeypatch: pytest.MonkeyPatch) -> torch.Tensor:
    """Last logits of the same weights, untouched by nnsight, with an attention function of our own, softmax and all."""
    family = model.hf.config.model_type
    hf = tiny_models.weights(family, seed=3).eval()
    hf.set_attn_implementation("eager")
    calls = iter(range(model.spec.layers))

    def attention(module, query, key, value, mask, scaling=None, dropout=0.0, **_):
        groups = query.shape[1] // key.shape[1]
        key, value = key.repeat_interleave(groups, 1), value.repeat_interleave(groups, 1)
        scores = query @ key.transpose(2, 3) * (query.shape[-1] ** -0.5)
        causal = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
        weights = functional.softmax(scores.masked_fill(~causal, -torch.inf), -1)
        if next(calls) == layer:
            weights[:, head, -1] = torch.tensor(row)
        return (weights @ value).transpose(1, 2).contiguous(), weights

    monkeypatch.setattr(MODULES[family], "eager_attention_forward", attention)
    return reference.logits(hf, model.tokens(TEXT).ids)[0, -1]


def difference(model: Model, logits: torch.Tensor) -> float:
    answer, foil = (model.tokens(word).ids[0, 0] for word in ("w7", "w9"))
    return float(logits[answer] - logits[foil])


@pytest.mark.parametrize("row", [[0.0, 0.0, 1.0, 0.0, 0.0], [0.1, 0.2, 0.3, 0.4, 0.0]])
def test_a_placed_row_is_what_the_model_uses(model: Model, row: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_study(place(model, tuple(row)), model)
    found, real = result.grids["logit difference"].values.numpy()
    assert real == pytest.approx(difference(model, reference.logits(model.hf, model.tokens(TEXT).ids)[0, -1]), abs=1e-5)
    logits = by_hand(model, row, 1, 2, monkeypatch)
    assert found == pytest.approx(difference(model, logits), abs=1e-5)
    assert found != pytest.approx(real, abs=1e-4)
    answer = int(model.tokens("w7").ids[0, 0])
    assert result.grids["probability"].values.numpy()[0, 0] == pytest.approx(
        float(logits.softmax(-1)[answer]), abs=1e-6
    )
    assert result.grids["next"].axes["token"][0] == model.token_string(int(logits.argmax()))


def test_the_heads_own_row_placed_by_hand_changes_nothing(model: Model) -> None:
    own = run_study(place(model, (1.0, 0, 0, 0, 0)), model).grids["attention"].values.numpy()[1]
    assert own.sum() == pytest.approx(1, abs=1e-5)
    placed, real = run_study(place(model, tuple(map(float, own))), model).grids["logit difference"].values.numpy()
    assert placed == pytest.approx(real, abs=1e-5)


def test_the_controls_are_the_two_plain_rows(model: Model) -> None:
    result = run_study(place(model, (0.2, 0.2, 0.2, 0.2, 0.2)), model)
    uniform, first = result.controls
    assert (uniform.name, first.name) == (UNIFORM, FIRST)
    value = lambda grids: grids["logit difference"].values.numpy()[0]  # noqa: E731
    assert value(uniform.grids) == pytest.approx(value(result.grids), abs=1e-5)
    again = run_study(place(model, (1.0, 0, 0, 0, 0)), model)
    assert value(first.grids) == pytest.approx(value(again.grids), abs=1e-5)
    assert set(uniform.grids) <= set(result.grids)


def test_each_token_in_turn_is_that_row_placed(model: Model) -> None:
    study = AttendEach(model=model.ref, prompt=TextPrompt(text=TEXT), layer=1, head=2, answer="w7", foil="w9")
    result = run_study(study, model)
    each = result.grids["logit difference"].values.numpy()
    for key in (0, 3):
        row = tuple(float(i == key) for i in range(LENGTH))
        placed = run_study(place(model, row), model).grids["logit difference"].values.numpy()[0]
        assert each[key] == pytest.approx(placed, abs=1e-5)
        other = run_study(place(model, row, head=(1, 3)), model).grids["logit difference"].values.numpy()[0]
        control = next(c for c in result.controls if c.name == "L1H3")
        assert control.grids["logit difference"].values.numpy()[key] == pytest.approx(other, abs=1e-5)
    assert {c.name for c in result.controls} == {"L1H0", "L1H1", "L1H3"}


def test_the_head_itself_comes_first_then_one_head_at_a_time(model: Model) -> None:
    study = AttendEach(model=model.ref, prompt=TextPrompt(text=TEXT), layer=2, head=1, answer="w7", foil="w9")
    steps: list[Result] = list(stream(study, model))
    assert [len(step.controls) for step in steps] == [0, 1, 2, 3]
    assert steps[-1].done == 1


@pytest.mark.parametrize(
    "shares", [(0.5, 0.6, 0, 0, 0), (20, 20, 20, 20, 20), (-0.5, 1.5, 0, 0, 0), (float("nan"),) * 5]
)
def test_shares_that_are_none(model: Model, shares: tuple[float, ...]) -> None:
    with pytest.raises((ShapeMismatch, ValueError), match="100 % of attention"):
        place(model, shares)


def test_one_share_a_token(model: Model) -> None:
    with pytest.raises(ShapeMismatch, match="4 shares of attention for 5 tokens"):
        run_study(place(model, (0.25,) * 4), model)


def test_a_word_of_several_tokens_cannot_be_compared(smollm: Model) -> None:
    study = place(smollm, (1.0,), answer=" Zbigniew", foil=" John", prompt=TextPrompt(text="When"))
    with pytest.raises(NotOneToken, match=r"' Zbigniew' is \d tokens"):
        run_study(study, smollm)


def test_a_head_that_is_not_there(model: Model) -> None:
    with pytest.raises(UnknownSite, match="no head 9"):
        run_study(place(model, (0.2,) * 5, head=(1, 9)), model)


def test_the_record_replays(model: Model, tmp_path: Path) -> None:
    each = AttendEach(model=model.ref, prompt=TextPrompt(text=TEXT), layer=1, head=2, answer="w7", foil="w9")
    record = Record.of([run_study(place(model, (0.0, 1.0, 0, 0, 0)), model), run_study(each, model)], model)
    assert Record.read(record.save(tmp_path / "record.json")).replay(model).within


def test_the_head_of_the_lesson_lowers_whatever_it_looks_at(smollm: Model) -> None:
    """L23H3: all of it on " Mary", and the model turns from " Mary" to " John"."""
    study = place(
        smollm, tuple(float(i == 1) for i in range(14)), head=(23, 3), prompt=TextPrompt(text=MARY), answer=" Mary",
        foil=" John",
    )  # fmt: skip
    result = run_study(study, smollm)
    placed, real = result.grids["logit difference"].values.numpy()
    attention = result.grids["attention"].values.numpy()[1]
    uniform, first = (control.grids["logit difference"].values.numpy()[0] for control in result.controls)
    print(f"\nlogit difference: placed {placed:.2f}, real head {real:.2f}, uniform {uniform:.2f}, first {first:.2f}")
    assert result.grids["next"].axes["token"][0] == " John"
    assert result.grids["next, real head"].axes["token"][0] == " Mary"
    assert np.argmax(attention) == 9, "the head itself looks at the second John"
    assert placed < 0 < min(uniform, first) < real
