"""Lesson 07: checks reject what they should, measures are what plain hooks give, and what the text says is so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
import torch

from mikit.course.lessons import l07_arrow, l07_doses, l07_feature, l07_score, l07_without
from mikit.course.lessons.l07 import LESSON
from mikit.course.lessons.l07_arrow import DOSE, LAYER, our_arrow, our_as_often
from mikit.course.lessons.l07_texts import CHEERFUL_GLUM, FORMAL_CASUAL
from mikit.course.lessons.l07_without import ALL, CONTROL, ONE, WAYS
from mikit.course.plan import Context
from mikit.methods.intervals import mean_interval
from mikit.studies.contrasts import FORMALITY, FORMALITY_SCORE, MOOD
from mikit.studies.directions import residual_norms, vector
from mikit.studies.texts import ORDINARY
from mikit.trace.engine import capture
from mikit.trace.sites import Site
from tests.course.steps import (  # noqa: F401  # run here
    test_a_typical_wrong_answer_is_told_why,
    test_every_step_has_three_wrong_answers_that_are_told_different_things,
    test_our_answer_passes,
)

REAL = ("E4", "E5", "E6", "E7", "E8")


@pytest.fixture(scope="module")
def context(smollm):
    return Context(seed=0, pace="ci", lesson=LESSON)


@contextmanager
def hooks(model, change) -> Iterator[None]:
    """Plain PyTorch: {layer: what becomes of the stream from position 1 on, [position, d_model]}."""

    def hook(layer):
        def changed(module, inputs, output):
            output = output.clone()
            output[:, 1:] = change[layer](output[:, 1:])
            return output

        return model.hf.model.layers[layer].register_forward_hook(changed)

    handles = [hook(layer) for layer in change]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def plain_likelier(model, text, change, context=""):
    """The mean log-probability of a text's tokens after a context, by the model's own forward pass."""
    ids = model.tokens(context + text).ids
    first = model.tokens(context).ids.shape[1] if context else 1
    with torch.no_grad(), hooks(model, change):
        logprob = model.hf(ids).logits[0].log_softmax(-1)
    return float(logprob[first - 1 : -1].gather(1, ids[0, first:, None]).mean())


@pytest.mark.parametrize("answer", [None, -7, "two", [], {}, float("nan"), object(), lambda *_: None, lambda *_: "x"])
def test_an_answer_of_any_other_kind_is_not_passed(exercise, answer, context):
    """A check may raise: the course then says that the answer could not be used."""
    with suppress(TypeError, ValueError, RuntimeError, AttributeError):
        assert not exercise.check(answer, context).passed


@pytest.mark.parametrize("seed", range(10))
def test_every_learner_can_solve_what_is_drawn(seed):
    learner = Context(seed=seed, pace="ci", lesson=LESSON)
    for id in REAL:
        step = LESSON.exercise(id)
        assert step.check(step.ours(learner), learner).passed
        for wrong in step.wrong:
            verdict = step.check(wrong.answer(learner), learner)
            assert not verdict.passed and wrong.says in verdict.sentence, (id, verdict)


def test_learners_fool_other_notes():
    assert len({l07_score.drawn(Context(seed=seed)) for seed in range(30)}) > 20


# -- the arrow --------------------------------------------------------------------------------------------------------


def test_the_arrow_is_what_plain_hooks_give(context, smollm):
    streams = {}
    hook = smollm.hf.model.layers[LAYER].register_forward_hook(lambda _, args, out: streams.update(x=out))
    sides = []
    for side in (FORMALITY.plus, FORMALITY.minus):
        sides.append([])
        for text in side:
            with torch.no_grad():
                smollm.hf(smollm.tokens(text).ids)
            sides[-1].append(streams["x"][0].double().numpy())
    hook.remove()
    np.testing.assert_allclose(our_arrow(*sides), vector(FORMALITY, smollm, LAYER).numpy(), atol=1e-5)
    for plain, read in zip(sides, l07_arrow.activations(context, FORMALITY), strict=True):
        for i, stream in enumerate(read):
            np.testing.assert_allclose(stream, plain[i], atol=0.02, rtol=1e-4)


def test_position_0_swallows_the_arrow_from_layer_11_on(smollm):
    grids = l07_arrow.found(smollm).grids
    length, sink = grids["length"].values.numpy(), grids["sink"].values.numpy()
    assert abs(length[0, 10] / length[1, 10] - 1) < 0.1
    assert length[0, LAYER] > 6 * length[1, LAYER] and sink[0, LAYER] > 0.98
    assert sink[1, 10:].max() < 0.2
    assert (grids["told apart"].values.numpy() == 1).all()
    assert len(list(l07_arrow.by_layer(smollm))) == 12


def test_the_sink_is_as_long_as_the_text_says(smollm):
    site, times = Site(name="resid_post", layer=LAYER), []
    for text in ORDINARY:
        length = capture(smollm, smollm.tokens(text), [site])[site][0].double().norm(dim=-1)
        times.append(float(length[0] / length[1:].mean()))
    assert f"{min(times):.0f} to {max(times):.0f} times as long" in _source() and len(times) == 8


def test_words_of_the_score_that_the_arrow_was_made_from():
    made = set(re.findall(r"[a-z]+", " ".join(FORMALITY.plus).lower()))
    assert {"inform", "requested", "kindly", "attend", "grateful"} <= made & set(FORMALITY_SCORE.plus)


def test_no_text_that_measures_made_an_arrow():
    made = {*FORMALITY.plus, *FORMALITY.minus, *MOOD.plus, *MOOD.minus}
    assert not made & {text for pair in FORMAL_CASUAL + CHEERFUL_GLUM for text in pair}


def test_a_push_is_what_plain_hooks_give(context, smollm):
    own, others = l07_arrow.beside(context)
    push = DOSE * residual_norms(smollm)[LAYER] * vector(FORMALITY, smollm, LAYER)
    pair = l07_arrow.pairs_of(context)[0]
    pushed, as_is = (
        [plain_likelier(smollm, text, change) for text in pair] for change in ({LAYER: lambda x: x + push}, {})
    )
    assert own[0] == pytest.approx((pushed[0] - pushed[1]) - (as_is[0] - as_is[1]), abs=1e-4)
    assert others["random"].shape == (9, len(own))


def test_no_random_arrow_does_as_much_and_another_layer_does(context):
    own, others = l07_arrow.beside(context)
    random = others["random"].mean(1)
    assert random.max() < 0.5 * own.mean() and random.max() - random.min() > 0.5
    assert np.abs(others["shuffled pairs"].mean(1)).max() < np.abs(random).max()
    assert others["another layer"].mean() > 0.8 * own.mean()
    assert our_as_often(own.mean(), random) == pytest.approx(0.1)


def test_each_arrow_moves_its_own_pairs_most(context):
    found = l07_arrow.crossed(context)
    assert found["formality", "formal"] > 2 * abs(found["formality", "cheerful"])
    assert found["mood", "cheerful"] > found["formality", "cheerful"]


def test_how_often_by_counting():
    others = [0.3, -1.0, 0.5, 0.5, 2.0]
    assert our_as_often(0.5, others) == pytest.approx((1 + 3) / 6)
    assert our_as_often(9.0, others) == pytest.approx(1 / 6)


# -- the score --------------------------------------------------------------------------------------------------------


def test_a_trick_keeps_its_note_or_says_one_word():
    found = l07_score.tricks(l07_score.our_formality)
    for kind in ("one word over and over", "formal words thrown in"):
        for (_, note), text in zip(FORMAL_CASUAL, found[kind], strict=True):
            assert text.startswith(note)
    assert all(len(set(text.split())) == 1 for text in found["no sentence at all"])
    assert sum(map(len, found.values())) == 32


def test_a_first_score_falls_for_tricks_and_a_mended_one_does_not():
    first, mended = (l07_score.withstood(score) for score in (l07_score.our_formality, l07_score.our_mended))
    assert max(first.values()) <= 0.5 and min(mended.values()) >= l07_score.WITHSTOOD


def test_a_score_that_withstands_everything_need_not_be_fooled():
    """A learner whose first score is mended already goes on with any text that keeps the note."""
    learner = Context(seed=1, lesson=LESSON, answers={"E5": lambda text: float(text in {a for a, _ in FORMAL_CASUAL})})
    note, _ = l07_score.drawn(learner)
    verdict = LESSON.exercise("E7").check(note + " kindly", learner)
    assert verdict.passed and "withstands" in verdict.sentence


def test_the_score_that_comes_with_mikit_has_as_many_terms_as_the_text_says():
    text = _source()
    assert f"it counts {len(FORMALITY_SCORE.plus)} formal terms and {len(FORMALITY_SCORE.minus)} casual ones" in text


# -- text by dose, and a feature --------------------------------------------------------------------------------------


def test_tables_name_every_dose(context):
    result = l07_doses.doses(context)
    doses = l07_doses.doses_of(result)
    assert 0.0 in doses and {DOSE, 2 * DOSE} <= set(doses)
    assert len(list(l07_doses.price(result))) == 2 + len(doses)
    assert len(list(l07_doses.some(result))) == len(doses)
    rows = list(l07_doses.scores(result, {"length": len}))
    mean = np.mean([len(text) for text in l07_doses.texts(result, DOSE)])
    assert float(rows[1 + doses.index(DOSE)].split()[1]) == pytest.approx(mean, abs=0.01)
    assert "(" not in rows[1 + doses.index(0.0)] and "(" in rows[1 + doses.index(DOSE)]


def test_the_price_grows_faster_than_the_dose_and_random_arrows_pay_it_too(context):
    result = l07_doses.doses(context)
    at = l07_doses.doses_of(result).index(DOSE)
    own, chance = (grids["kl"].values.numpy() for grids in (result.grids, l07_doses.by_chance(result).grids))
    assert l07_doses.growth(context) > 2.8
    assert chance[at] > own[at] > 0.3


def test_a_feature_writes_other_words_than_it_fires_on(context):
    found = l07_feature.chances(context)
    as_is, along, *random = found
    assert along[2] - as_is[2] > 1 > 0.2 > along[1] - as_is[1]
    assert along[2] > 2 * max(as_is[2], *(one[2] for one in random))
    assert len(list(l07_feature.texts(context))) == 1 + len(l07_feature.KINDS)
    assert {"since", "years"} <= set(l07_feature.fires_on())


# -- without the arrow ------------------------------------------------------------------------------------------------


def test_without_the_arrow_is_what_plain_hooks_give(context, smollm):
    arrow = vector(FORMALITY, smollm, LAYER)

    def out(x):
        return x - (x @ arrow)[..., None] * arrow

    (formal, casual), (next_formal, next_casual) = FORMAL_CASUAL[:2]
    found = l07_without.after(context)[0]
    for way, layers in ((ONE, [LAYER]), (ALL, range(smollm.spec.layers))):
        change = dict.fromkeys(layers, out)
        for begin, value in zip((formal, casual), found[:, WAYS.index(way)], strict=True):
            likelier = [
                plain_likelier(smollm, f" {text}", change, context=begin) for text in (next_formal, next_casual)
            ]
            assert value == pytest.approx(likelier[0] - likelier[1], abs=2e-4)


def test_no_text_stands_in_two_pairs(monkeypatch, smollm):
    """An interval over pairs asks for pairs that share nothing."""
    asked = []

    def likelier(model, rows, text, context):
        asked.append((context, text.strip()))
        return np.zeros(len(rows))

    monkeypatch.setattr(l07_without, "likelier", likelier)
    assert l07_without._after.__wrapped__(smollm, 6).shape == (6, 2, len(WAYS))
    pairs = [set(sum(asked[i : i + 4], ())) for i in range(0, len(asked), 4)]
    assert [len(texts) for texts in pairs] == [4] * 6
    assert set.union(*pairs) == {text for pair in FORMAL_CASUAL for text in pair}


def test_one_layer_leaves_much_and_all_layers_less_at_a_price(context):
    left = {way: l07_without.left(context, way) for way in WAYS}
    assert 50 < left[ONE] < 80 and 0 < left[ALL] < 33 and left[CONTROL] == pytest.approx(100, abs=10)
    _, low, high = mean_interval(l07_without.effect(context))
    assert low[0] > 0 and all(low[WAYS.index(way)] < 0 < high[WAYS.index(way)] for way in (ONE, ALL))
    cost = dict(zip(WAYS, l07_without.cost(context), strict=True))
    assert cost[ALL] > 0.3 > 0.1 > cost[CONTROL]
    assert l07_without.after(context).mean(0)[:, WAYS.index(ALL)].max() < -0.5
    assert len(list(l07_without.remains(context))) == 1 + len(WAYS)


def test_predictions_come_out_as_the_text_says(context):
    _, price, random, feature, without = (question.truth(context) for question in LESSON.predictions)
    assert price == l07_doses.PRICE_CHOICES[2]
    assert 15 < random < 50
    assert feature == l07_feature.CHOICES[2]
    assert without == pytest.approx(l07_without.left(context, ONE))


def _source() -> str:
    lines = (Path(__file__).parents[2] / "lessons" / "src" / "07_steering.py").read_text().splitlines()
    return " ".join(line.removeprefix("# ") for line in lines)
