"""Muting against plain hooks, on tiny models and, in nats, on the real one."""

from __future__ import annotations

import numpy as np
import pytest
from torch.nn.functional import cross_entropy

from mikit.errors import TooLong, UnknownSite
from mikit.studies.base import run_study
from mikit.studies.mute_heads import MuteHeads
from mikit.studies.prompts import RepeatPrompt, TextPrompt
from tests.trace import reference
from tests.trace.reference import changed


def test_numbers_are_those_of_plain_hooks(tiny):
    study = MuteHeads(model=tiny.ref, prompt=RepeatPrompt(length=6), heads=((0, 1), (2, 3)), draws=2)
    result = run_study(study, tiny)
    ids = study.inputs(tiny)[0]
    sets = [[], list(study.heads), *study.draw(tiny)]
    found = np.concatenate(
        [result.grids["mean surprise"].values.numpy(), result.controls[0].grids["mean surprise"].values.numpy()]
    )
    for value, heads in zip(found, sets, strict=True):
        with changed(*(reference.head_off(tiny, *head) for head in heads)):
            logits = reference.logits(tiny.hf, ids[None])[0]
        nats = cross_entropy(logits[6:-1], ids[7:], reduction="none")
        assert value == pytest.approx(nats.mean().item(), abs=1e-5)
    assert np.isnan(result.grids["surprise"].values.numpy()[:, :7]).all()


def test_draws_are_as_many_other_heads_and_differ(tiny):
    study = MuteHeads(model=tiny.ref, prompt=RepeatPrompt(length=6), heads=((0, 1), (2, 3)), draws=8)
    draws = study.draw(tiny)
    assert len(set(draws)) > 1
    for heads in draws:
        assert len(set(heads)) == 2
        assert not set(heads) & set(study.heads)


def test_nothing_muted_is_one_row_and_no_control(tiny):
    result = run_study(MuteHeads(model=tiny.ref, prompt=TextPrompt(text="w1 w2 w3")), tiny)
    assert result.grids["guessed"].axes == {"run": ("as is",)}
    assert result.controls == ()


def test_what_cannot_be_muted_or_scored_is_a_sentence(tiny):
    everyone = tuple((layer, head) for layer in range(tiny.spec.layers) for head in range(tiny.spec.heads))
    for heads, words in [(((9, 0),), "no layer 9"), (((0, 9),), "no head 9"), (everyone, "cannot be drawn")]:
        with pytest.raises(UnknownSite, match=words):
            run_study(MuteHeads(model=tiny.ref, prompt=RepeatPrompt(length=6), heads=heads), tiny)
    with pytest.raises(TooLong, match="a single token"):
        run_study(MuteHeads(model=tiny.ref, prompt=TextPrompt(text="w1")), tiny)


def test_the_top_eight_of_the_real_model_matter_and_random_eight_do_not(smollm, head_scores):
    scores = head_scores.grids["induction"].values.numpy()
    top = [tuple(map(int, divmod(i, smollm.spec.heads))) for i in np.argsort(-scores, axis=None)[:8]]
    result = run_study(MuteHeads(model=smollm.ref, prompt=RepeatPrompt(length=50), heads=tuple(top)), smollm)
    as_is, muted = result.grids["mean surprise"].values.numpy()
    draws = result.controls[0].grids["mean surprise"].values.numpy()
    guessed = [*result.grids["guessed"].values.numpy(), np.median(result.controls[0].grids["guessed"].values.numpy())]
    print(f"\nnats a token: as is {as_is:.2f}, top 8 off {muted:.2f}, random 8 off {np.sort(draws).round(2)}")
    print(f"guessed {result.grids['guessed'].unit}: as is, top 8 off, random 8 off (median) {guessed}")
    assert len(draws) == 8
    assert muted - np.median(draws) > 4
    assert guessed[1] < 5 < guessed[2]
