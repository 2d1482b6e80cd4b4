"""Pairs of texts for a blind rating, by plain hooks; and what a person's answers come to."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from mikit.errors import EmptyText, ShapeMismatch, TooLong
from mikit.models.weights import weights_hash
from mikit.studies.base import run_study
from mikit.studies.prompts import TextPrompt
from mikit.studies.rate_blind import RateBlind
from mikit.studies.steering import Steering
from tests import tiny as tiny_models
from tests.studies import steered

PROMPTS = ("w5 w6 w7 w8 w9", "w1 w2")
LAYER, DOSE, SEED = 1, 3.0, 4


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("llama", seed=3)


def study(model, **fields):
    given = {"rounds": 9, "length": 5, "temperature": 1.0, "seed": SEED, "question": "Which is odder?", **fields}
    return RateBlind(
        model=model.ref,
        prompts=tuple(TextPrompt(text=text) for text in given.pop("texts", PROMPTS)),
        steering=Steering(direction=steered.PAIRS, layers=(LAYER,)),
        dose=given.pop("dose", DOSE),
        **given,
    )


def drawn(asked, model):
    """The pairs, and how many bits they came in."""
    steps, bits = asked.pairs(model), 0
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value, bits
        bits += 1


def test_the_texts_by_hooks(tiny):
    asked = study(tiny)
    pairs, bits = drawn(asked, tiny)
    push = DOSE * steered.norm(tiny, LAYER) * steered.arrow(tiny, LAYER)
    seen = []
    for n, pair in enumerate(pairs):
        ids = tiny.tokens(PROMPTS[pair.prompt]).ids

        def text(push, ids=ids, n=n):
            pushed = steered.Push(tiny, LAYER, push)
            found, _ = steered.write(tiny, ids, pushed, seed=1000 * SEED + n, length=5, temperature=1.0)
            return tuple(map(tiny.token_string, found))

        changed, plain = (pair.a, pair.b) if pair.first else (pair.b, pair.a)
        assert plain == text(None)
        if pair.kind == "steered":
            assert changed == text(push)
        else:
            generator = torch.Generator().manual_seed(70_000 + 9 * SEED + n)  # one arrow for each pair
            arrow = torch.randn(tiny.spec.d_model, generator=generator)
            assert changed == text(push.norm() * arrow / arrow.norm())
        seen.append((pair.kind, pair.prompt))
    assert bits >= 5  # five tokens after each prompt
    assert {kind: sum(k == kind for k, _ in seen) for kind in ("steered", "random arrow")} == {
        "steered": 6,
        "random arrow": 3,
    }
    assert len(set(seen)) == 4  # each kind after each prompt


def test_nothing_of_the_truth_is_shown_before_the_answers(model):
    asked = study(model, rounds=60, length=1)
    pairs, _ = drawn(asked, model)
    kinds = np.array([pair.kind == "steered" for pair in pairs])
    first = np.array([pair.first for pair in pairs])
    assert stats.binomtest(int(first.sum()), 60).pvalue > 1e-3
    table = [[sum(first & kinds), sum(first & ~kinds)], [sum(~first & kinds), sum(~first & ~kinds)]]
    assert stats.fisher_exact(table)[1] > 1e-3
    assert np.diff(kinds.astype(int)).astype(bool).sum() > 8  # kinds are mixed, not one after the other
    after_first = np.array([pair.prompt == 0 for pair in pairs])
    assert sum(after_first & kinds) == 20 and sum(after_first & ~kinds) == 10  # each kind goes round the prompts
    other, _ = drawn(study(model, rounds=60, length=1, seed=5), model)
    assert [pair.first for pair in other] != first.tolist()
    result = run_study(asked, model)
    assert set(result.texts) == {f"{side} {n}" for side in "AB" for n in range(60)} | {"prompts"}
    for pair, n in zip(pairs, range(60), strict=True):
        assert (result.texts[f"A {n}"], result.texts[f"B {n}"]) == (pair.a, pair.b)
    for grids in (result.grids, result.controls[0].grids):
        assert np.isnan(grids["picked"].values.numpy()).all() and grids["answered"].values.numpy() == 0


def test_the_share_picked_by_kind_with_wilsons_interval(model):
    pairs, _ = drawn(study(model), model)
    steered_at = [n for n, pair in enumerate(pairs) if pair.kind == "steered"]
    wrong, none = steered_at[0], steered_at[1]
    answers = tuple(None if n == none else pair.first != (n == wrong) for n, pair in enumerate(pairs))
    result = run_study(study(model, answers=answers), model)
    for grids, kind, right, n in (
        (result.grids, "steered", 4, 5),
        (result.controls[0].grids, "random arrow", 3, 3),
    ):
        picked = grids["picked"]
        low, high = stats.binomtest(right, n).proportion_ci(method="wilson")
        numbers = [float(one.numpy()[0]) for one in (picked.values, picked.low, picked.high)]
        assert numbers == pytest.approx([right / n, low, high], abs=1e-6)
        assert grids["answered"].values.numpy() == n and picked.axes == {"kind": (kind,)}
    assert result.texts["kind"] == tuple(pair.kind for pair in pairs)
    assert result.texts["changed"] == tuple("A" if pair.first else "B" for pair in pairs)
    assert result.controls[0].name == "random arrow"


def test_more_prompts_than_pairs(model):
    pairs, _ = drawn(study(model, texts=("w1", "w2 w3", "w4", "w5"), rounds=3, length=1), model)
    assert len(pairs) == 3


@pytest.mark.parametrize(
    ("error", "says", "fields"),
    [
        (ShapeMismatch, "9 pairs and 1 answers", {"answers": (True,)}),
        (EmptyText, "no prompt", {"texts": ()}),
        (TooLong, "prompt has 5", {"length": 60}),
    ],
)
def test_what_cannot_be_rated_is_refused_in_words(model, error, says, fields):
    before = weights_hash(model.hf)
    with pytest.raises(error, match=says):
        run_study(study(model, **fields), model)
    assert weights_hash(model.hf) == before


def test_the_script_names_what_it_needs(model):
    code = study(model, answers=(True,) * 9).code("mikit", model)
    assert "mikit.RateBlind(" in code and "answers=(True, " in code
    assert study(model).code("nnsight", model) == ""
