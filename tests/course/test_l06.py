"""Lesson 06: our answers pass, each typical wrong one is told what is wrong with it, and what the text says is so."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
import torch
from scipy.stats import mannwhitneyu

from mikit.course.lessons.l06 import LESSON, P2_CHOICES, P4_CHOICES, well_labelled
from mikit.course.lessons.l06_controls import GOOD, game, guessed, label_scores, our_apart, pretty_examples, twins
from mikit.course.lessons.l06_effect import effect as effect_of
from mikit.course.lessons.l06_effect import effects, is_quiet, labelled, moved, prompt_of, raised
from mikit.course.lessons.l06_features import (
    NAME,
    SCRAMBLED,
    activations,
    dictionary,
    examples,
    index,
    labelled_features,
    own_rule,
    pretty,
    scored,
    seductive,
    subject,
    subjects,
)
from mikit.course.lessons.l06_labels import as_rule, blind, compared, on_text, our_hunt, our_label, our_share, outcome
from mikit.course.lessons.l06_toy import our_balanced, scores, toy
from mikit.course.plan import Context
from mikit.sae.labels import Rule
from tests.course.steps import (  # noqa: F401  # run here
    test_a_typical_wrong_answer_is_told_why,
    test_every_step_has_three_wrong_answers_that_are_told_different_things,
    test_our_answer_passes,
)


@pytest.fixture(scope="module")
def context(smollm):
    return Context(seed=0, pace="ci", lesson=LESSON)


@pytest.mark.parametrize(
    "answer",
    [None, -7, "two", [], {}, float("nan"), object(), (1,), ("on", []), ("on", [3]), {"holds": None}, lambda *_: None],
)
def test_an_answer_of_any_other_kind_is_not_passed(exercise, answer, context):
    """A check may raise: the course then says that the answer could not be used."""
    with suppress(TypeError, ValueError, RuntimeError):
        assert not exercise.check(answer, context).passed


@pytest.mark.parametrize("seed", range(12))
def test_every_learner_can_solve_what_is_drawn(seed):
    learner = Context(seed=seed, pace="ci", lesson=LESSON)
    for id in ("E1", "E2", "E3", "E7"):
        step = LESSON.exercise(id)
        assert step.check(step.ours(learner), learner).passed
        for wrong in step.wrong:
            verdict = step.check(wrong.answer(learner), learner)
            assert not verdict.passed and wrong.says in verdict.sentence, (id, verdict)


def test_learners_have_their_own_features_and_toys():
    learners = [Context(seed=seed) for seed in range(30)]
    assert {subject(learner) for learner in learners} > set(subjects()[:6])
    assert len({seductive(learner) for learner in learners}) > 4
    assert len({tuple(toy(learner).plan.values()) for learner in learners}) > 8


@pytest.mark.parametrize("seed", range(6))
def test_planted_labels_score_as_planted(seed):
    """Balanced accuracy of known labels: the planted one, one of the top ten only, one of another feature."""
    small = toy(Context(seed=seed))
    by_kind = {small.plan[name]: found for name, found in scores(small).items()}
    assert min(by_kind["holds"].values()) >= 0.9
    assert max(by_kind["top ten only"].values()) <= 0.6
    assert by_kind["nothing"]["drawn"] == pytest.approx(0.5, abs=0.05)
    assert by_kind["easy silence"]["drawn"] > 0.8 and by_kind["easy silence"]["hard"] == pytest.approx(0.5, abs=0.05)
    fits = {small.plan[name]: sum(map(label.says, small.strongest(10))) for name, label in small.labels.items()}
    assert fits == {"holds": 10, "top ten only": 10, "easy silence": 10, "nothing": 0}


def test_the_label_of_the_top_ten_loses_the_weak_firings():
    small = toy(Context(seed=2))
    name = next(name for name, kind in small.plan.items() if kind == "top ten only")
    firing = [(a, place) for a, place in zip(small.activation, small.places, strict=True) if a > 0]
    firing.sort(key=lambda pair: -pair[0])
    said = [small.labels[name].says(place) for _, place in firing]
    tenth = len(said) // 10
    assert np.mean(said[:tenth]) == 1
    assert np.mean(said[-len(said) // 3 :]) < 0.1


def test_balanced_by_counting():
    said, fires = np.array([1, 1, 0, 0, 1, 0, 0, 0], bool), np.array([1, 0, 1, 0, 0, 0, 0, 0], bool)
    found = sum(a and b for a, b in zip(said, fires, strict=True)) / 2
    left = sum(not a and not b for a, b in zip(said, fires, strict=True)) / 6
    assert our_balanced(said, fires) == pytest.approx((found + left) / 2)


def test_apart_is_mann_whitneys():
    generator = np.random.default_rng(1)
    ours, theirs = np.round(generator.normal(0.6, 0.1, 40), 1), np.round(generator.normal(0.5, 0.1, 70), 1)
    expected = mannwhitneyu(ours, theirs).statistic / (40 * 70)
    assert our_apart(ours, theirs) == pytest.approx(expected)


def test_features_are_chosen_by_what_was_measured():
    here = index()
    for feature in subjects():
        assert here.score[feature, 1] >= 0.65 and scored(here, feature, own_rule(here, feature))[1] > 0.5
        assert here.histogram[feature].sum() >= 100
    assert len(subjects()) >= 6 and len(pretty()) > 50
    for feature in pretty():
        assert here.recall[feature, 0] >= 0.9 and here.recall[feature, 0] - here.recall[feature, 3] >= 0.3 - 1e-6


def test_the_share_of_labels_that_lose_by_counting(context):
    top = lost = 0
    for strongest, _, _, lowest in index().recall.tolist():
        if strongest >= 0.9:  # NaN is not
            top += 1
            lost += strongest - lowest >= 0.3
    assert our_share(context) == pytest.approx(lost / top, abs=1e-3)


def test_where_it_fires_is_what_plain_hooks_give(context, smollm):
    """The stream after layer 9 from a PyTorch hook, through the dictionary's weights by hand."""
    feature, text = subject(context), our_hunt(context)["false negative"]
    kept = {}
    hook = smollm.hf.model.layers[9].register_forward_hook(lambda _, args, out: kept.update(x=out))
    tokens = smollm.tokens(text)
    with torch.no_grad():
        smollm.hf(tokens.ids)
    hook.remove()
    x = kept["x"] if isinstance(kept["x"], torch.Tensor) else kept["x"][0]
    book = dictionary()
    pre = torch.relu((x[0] - book.b_dec) @ book.W_enc + book.b_enc)
    strongest = pre.topk(32, dim=-1)
    plain = torch.zeros_like(pre).scatter(-1, strongest.indices, strongest.values)[1:, feature]
    strings, values = activations(smollm, text, feature)
    assert strings == tokens.strings and float(values[0]) == 0
    torch.testing.assert_close(values[1:], plain.detach(), atol=1e-3, rtol=1e-3)
    assert float(plain.max()) >= 0.1 * index().peak[feature]
    assert compared(context, text).misses


def test_a_label_after_a_token_is_read_so(context):
    rule = as_rule(("after", ["The", " sun"]))
    assert rule == Rule(("the", "sun"), "before")
    assert [as_rule(x) for x in (("on", "sun"), ("at", ["sun"]), ("on", [""]), 3)] == [None] * 4


def test_a_blind_test_has_the_score_of_the_rule(context):
    rule = as_rule(our_label(context))
    found = blind(context, rule)
    value = float(found.grids["accuracy"].values.numpy()[0])
    assert value == pytest.approx(scored(index(), subject(context), rule)[0], abs=1e-6)
    late = rule._replace(where="before")
    value = float(blind(context, late).grids["accuracy"].values.numpy()[0])
    assert value == pytest.approx(scored(index(), subject(context), late)[0], abs=1e-6) != 0.5
    assert 0.4 < float(found.controls[0].grids["accuracy"].values.numpy()[0]) < 0.6
    assert "predicts firing" in next(outcome(found))


def test_what_a_text_shows_has_a_control_beside_it(context):
    lines = list(on_text(context, our_hunt(context)["false positive"], our_label(context)))
    assert "other order" in lines[0] and "left out" in lines[1]
    assert any(line.endswith("fires") for line in lines)


def test_the_effect_stands_beside_others(context):
    own, others = moved(effect_of(context, subject(context)))
    assert own > 0 and len(others) == 4
    assert len(list(effects(context))) == 1 + len(labelled(context)) >= 4
    assert any(is_quiet(context, feature) for feature in labelled(context))
    assert prompt_of(context) and len(raised(context, subject(context))[0]) == 10


def test_predictions_come_out_as_the_text_says(context):
    weak, boosted, seeds, scrambled = (question.truth(context) for question in LESSON.predictions)
    assert 30 < weak < 65
    assert boosted == P2_CHOICES[2]
    assert 20 < seeds < 45 and seeds == pytest.approx(twins())
    assert scrambled == P4_CHOICES[2]
    assert well_labelled()[0] == pytest.approx(0.5, abs=0.06)


def test_labels_hold_as_well_for_features_that_another_seed_did_not_find():
    here = index()
    rows = labelled_features(here)
    assert abs(np.corrcoef(here.stability[rows], here.score[rows, 0])[0, 1]) < 0.1
    assert here.stability.mean() > 3 * here.stability_random


def test_scores_tell_the_scrambled_model_and_examples_do_not():
    trained, scrambled = label_scores(NAME), label_scores(SCRAMBLED)
    picked = [index(name).score[list(pretty_examples(name)), 0] for name in (NAME, SCRAMBLED)]
    assert our_apart(trained, scrambled) > 0.9 and our_apart(*picked) > 0.9
    assert (scrambled >= GOOD).mean() < 0.02
    for name in (NAME, SCRAMBLED):
        assert len(pretty_examples(name)) > 50


def test_the_game_hides_the_answer_and_counts(context):
    pairs, letters = game(context)
    assert len(set(pairs)) == len(letters) == 6 and set(letters) <= {"A", "B"}
    assert guessed(context, letters).startswith("Right in 6 of 6")
    assert "six letters" in guessed(context, "AB").replace("6", "six")
    lines = list(examples(pairs[0][1], SCRAMBLED, (0,)))
    assert lines[0] == "strongest:" and all("«" in line for line in lines[1:])
