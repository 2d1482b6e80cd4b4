"""Head scores of the real model, and that its control controls."""

from __future__ import annotations

import numpy as np
import torch

from mikit.studies.base import run_study
from mikit.studies.head_scores import HeadScores
from tests import tiny as tiny_models


def test_the_induction_head_comes_first(head_scores):
    values = head_scores.grids["induction"].values.numpy()
    layer, head = np.unravel_index(values.argmax(), values.shape)
    low = head_scores.grids["induction"].low.numpy()[layer, head]
    print(f"\nL{layer}H{head}: {values.max():.3f}, at least {low:.3f}; {head_scores.texts['protocol'][0]}")
    assert (layer, head) == (18, 6)
    assert low > 0.85


def test_on_tokens_that_do_not_repeat_no_head_looks_like_induction(head_scores):
    control = head_scores.controls[0].grids["induction"].values.numpy()
    assert np.nanmax(control) < 0.1


def test_previous_token_heads_look_back_with_or_without_a_repeat(head_scores):
    effect, control = (
        head_scores.grids["previous"].values.numpy(),
        head_scores.controls[0].grids["previous"].values.numpy(),
    )
    layer, head = np.unravel_index(effect.argmax(), effect.shape)
    assert effect[layer, head] > 0.8
    assert control[layer, head] > 0.8


def test_ordinary_text_tells_another_story(head_scores):
    """The best head on the test made for it is not the best on text: a score belongs to its data."""
    repeated, text = (
        head_scores.grids["induction"].values.numpy(),
        head_scores.grids["induction on text"].values.numpy(),
    )
    assert text[18, 6] < repeated[18, 6] / 2
    assert np.isfinite(text).all()


def test_every_grid_has_its_interval_and_its_control():
    model = tiny_models.model("gpt2")
    result = run_study(HeadScores(model=model.ref, length=8, seeds=3), model)
    assert set(result.grids) == set(result.controls[0].grids)
    for grid in result.grids.values():
        low, high = grid.low.numpy(), grid.high.numpy()
        known = np.isfinite(low)
        assert (low[known] <= grid.values.numpy()[known] + 1e-6).all()
        assert (high[known] >= grid.values.numpy()[known] - 1e-6).all()


def test_sequences_are_as_described():
    model = tiny_models.model("gpt2")
    study = HeadScores(model=model.ref, length=8, seeds=3)
    repeated, text, control = study.sequences(model, 0)
    assert repeated[:8].equal(repeated[8:])
    assert len(set(control.tolist())) == 16
    assert len(text) <= 16
    assert not torch.equal(study.sequences(model, 1)[0], repeated)
    assert len(study.inputs(model)) == 9
