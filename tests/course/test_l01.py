"""Lesson 01: our answers pass, each typical wrong one is told what is wrong with it, and what the text says is so."""

from __future__ import annotations

import pytest
import torch

from mikit.course.lessons.l01 import LESSON, P2_CHOICES, P4_CHOICES
from mikit.course.lessons.l01_real import EIGHT, FAMOUS, NONSENSE, best, broken_draw, guessed, real_scores
from mikit.course.lessons.l01_toy import SEEDS, irregular, our_score, puzzle, training
from mikit.course.plan import Context
from mikit.methods.heads import induction_pairs, score
from mikit.studies.base import run_study
from mikit.studies.mute_heads import MuteHeads
from mikit.studies.prompts import TextPrompt
from tests.course.steps import (  # noqa: F401  # run here
    test_a_typical_wrong_answer_is_told_why,
    test_our_answer_passes,
)

ON_TOYS = ("E1", "E2", "E3", "E4")


@pytest.fixture(scope="module")
def context():
    return Context(seed=4, pace="ci", lesson=LESSON)


def test_every_step_has_three_wrong_answers_and_a_few_minutes(exercise):
    assert len(exercise.wrong) >= 3
    assert all(exercise.hints)
    assert exercise.minutes <= 10


@pytest.mark.parametrize(
    "answer", [None, 7, "L0H1", [], {}, {"previous": None}, float("nan"), object(), (1,), (-1, 99)]
)
def test_an_answer_of_any_other_kind_is_not_passed(exercise, answer, context):
    assert not exercise.check(answer, context).passed


def test_learners_have_their_own_puzzle_and_their_own_toy():
    learners = [Context(seed=seed) for seed in range(len(SEEDS))]
    assert len({tuple(puzzle(learner)) for learner in learners}) == len(learners)
    assert {training(learner).seed for learner in learners} == set(SEEDS)
    assert len({LESSON.exercise("E1").ours(learner) for learner in learners}) == len(learners)


@pytest.mark.parametrize("seed", range(5))
def test_the_planted_texts_repeat_at_different_gaps(seed):
    ids = irregular(Context(seed=seed))
    queries, keys = induction_pairs(ids)
    assert len(set((queries - keys).tolist())) > 4
    assert (queries - keys).min() >= 3


def test_our_score_is_the_one_of_the_studies(context):
    ids = irregular(context)
    pattern = torch.rand(len(ids), len(ids)).tril()
    pattern = pattern / pattern.sum(-1, keepdim=True)
    assert our_score(pattern, ids) == pytest.approx(float(score(pattern, induction_pairs(ids))), abs=1e-6)


def test_the_toys_outcomes_are_those_of_the_text(context):
    loss, without = (question.truth(context) for question in LESSON.predictions[:2])
    assert loss < 0.5
    assert without == P2_CHOICES[2]


def test_the_real_models_outcomes_are_those_of_the_text(context):
    assert guessed(context.model(), NONSENSE, EIGHT) == (19, 0)
    assert LESSON.question("P3").truth(context) == 0
    assert LESSON.question("P4").truth(context) == P4_CHOICES[2]
    assert len(set(EIGHT) & set(best(real_scores(context)["induction"]))) >= 7
    assert (16, 0) in broken_draw(context)


def test_random_heads_cost_the_famous_sentence_more_than_the_eight(context):
    model = context.model()
    result = run_study(MuteHeads(model=model.ref, prompt=TextPrompt(text=FAMOUS), heads=EIGHT), model)
    as_is, muted = result.grids["mean surprise"].values.numpy()
    draws = result.controls[0].grids["mean surprise"].values.numpy()
    print(f"\nfamous sentence: as is {as_is:.2f}, eight off {muted:.2f}, random {draws.round(2)} nats a token")
    assert muted - as_is < 0.05
    assert draws.min() > muted
