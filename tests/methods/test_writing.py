"""Text written in rows, against plain passes over the whole text with hooks."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch

from mikit.errors import NotFinite, ShapeMismatch, TooLong
from mikit.methods.writing import write
from mikit.trace.arrays import Array
from mikit.trace.edits import Steer
from mikit.trace.sites import Site
from tests import tiny as tiny_models
from tests.trace import reference

PROMPT = "w5 w6 w7 w8 w9"
LAYER = 1


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("llama", seed=3)


def push(model, dose=1.0):
    direction = torch.randn(model.spec.d_model, generator=torch.Generator().manual_seed(1))
    return Steer(site=Site(name="resid_post", layer=LAYER), direction=Array.of(direction), dose=dose)


def written(model, rows, length=6, temperature=0.0, seeds=None, reads=None):
    plan = {"seeds": seeds or [0] * len(rows), "reads": reads or ()}
    steps = list(write(model, model.tokens(PROMPT), rows, length=length, temperature=temperature, **plan))
    return steps[-1]


def told(model, ids, change=None):
    """Log-probabilities [n] of the tokens after the prompt, by one plain pass over the whole text."""
    prompt = model.tokens(PROMPT).ids
    whole = torch.cat([prompt, ids[None]], dim=1)
    if change is None:
        logits = reference.logits(model.hf, whole)
    else:
        add = (
            reference.blocks(model)[LAYER],
            "output",
            lambda value: value + change.dose * torch.tensor(change.direction.numpy()),
        )
        with reference.changed(add):
            logits = reference.logits(model.hf, whole)
    return logits[0, prompt.shape[1] - 1 : -1].log_softmax(-1).gather(1, ids[:, None])[:, 0], logits[
        0, prompt.shape[1] - 1 : -1
    ]


def test_greedy_text_and_its_likelihoods_by_plain_passes(tiny):
    rows = [[], [push(tiny)]]
    found = written(tiny, rows)
    for row, change in ((0, None), (1, push(tiny))):
        logprob, logits = told(tiny, found.ids[row], change)
        assert torch.equal(logits.argmax(-1), found.ids[row])
        np.testing.assert_allclose(found.logprob[row], logprob, atol=2e-5)


def test_a_reading_row_says_how_likely_it_finds_the_other_rows_text(tiny):
    found = written(tiny, [[], [push(tiny)], [], [push(tiny)]], reads=[None, None, 1, 0])
    assert torch.equal(found.ids[2], found.ids[1]) and torch.equal(found.ids[3], found.ids[0])
    assert not torch.equal(found.ids[0], found.ids[1])
    np.testing.assert_allclose(found.logprob[2], told(tiny, found.ids[1])[0], atol=2e-5)
    np.testing.assert_allclose(found.logprob[3], told(tiny, found.ids[0], push(tiny))[0], atol=2e-5)


def test_rows_of_one_seed_share_their_luck_and_a_change_of_nothing_changes_nothing(model):
    found = written(model, [[], [push(model, 0.0)], []], temperature=1.0, seeds=[4, 4, 5])
    assert torch.equal(found.ids[0], found.ids[1])
    assert not torch.equal(found.ids[0], found.ids[2])
    again = written(model, [[]], temperature=1.0, seeds=[4])
    assert torch.equal(found.ids[0], again.ids[0])


def test_drawn_tokens_follow_the_softmax_at_the_temperature(model):
    rows = 400
    found = written(model, [[]] * rows, length=1, temperature=0.5, seeds=list(range(rows)))
    chances = (reference.logits(model.hf, model.tokens(PROMPT).ids)[0, -1] / 0.5).softmax(-1)
    counts = Counter(found.ids[:, 0].tolist())
    likely = chances.topk(3).indices.tolist()
    for token in likely:
        p = float(chances[token])
        assert abs(counts[token] / rows - p) < 4 * (p * (1 - p) / rows) ** 0.5


def test_a_text_ends_at_its_end_token_and_writing_stops_when_all_have_ended(model, monkeypatch):
    plain = written(model, [[], [push(model)]])
    end = int(plain.ids[0, 2])
    first = (plain.ids[0] == end).int().argmax()
    monkeypatch.setattr(type(model), "end_ids", lambda self: {end})
    found = written(model, [[], [push(model)]])
    assert int(found.lengths[0]) == int(first)
    alone = written(model, [[]], length=20)
    assert alone.ids.shape[1] == int(first) + 1


def test_what_cannot_be_written_is_refused_in_words(model):
    with pytest.raises(TooLong, match="5 tokens and"):
        written(model, [[]], length=model.spec.context)
    beyond = push(model, 1e25).model_copy(update={"direction": Array.of(torch.full((model.spec.d_model,), 1e25))})
    with pytest.raises(NotFinite, match="1 of 2 rows"):
        written(model, [[], [beyond]])
    with pytest.raises(ShapeMismatch, match="as many seeds"):
        written(model, [[], []], seeds=[0])
    with pytest.raises(ShapeMismatch, match="can read only a row that writes"):
        written(model, [[], []], reads=[1, 0])
