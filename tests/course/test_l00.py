"""Lesson 00: our answers pass for any learner, typical wrong ones are rejected with their sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from mikit.course.lessons.l00 import LESSON
from mikit.course.lessons.l00_names import HEAD, PAIRS, names
from mikit.course.plan import Context
from mikit.models.model import Model
from mikit.trace.arrays import Array
from mikit.trace.edits import Patch
from mikit.trace.engine import run
from mikit.trace.sites import Site


@pytest.fixture(scope="module")
def context(smollm: Model) -> Context:
    return Context(seed=11, pace="ci", lesson=LESSON)


@pytest.mark.parametrize("exercise", LESSON.exercises, ids=lambda exercise: exercise.id)
def test_our_answer_passes(exercise, context: Context) -> None:
    verdict = exercise.check(exercise.ours(context), context)
    assert verdict.passed, f"{verdict.property}: {verdict.sentence}"


WRONG = [(exercise, wrong) for exercise in LESSON.exercises for wrong in exercise.wrong]


@pytest.mark.parametrize(("exercise", "wrong"), WRONG, ids=[f"{e.id}-{w.says}" for e, w in WRONG])
def test_a_wrong_answer_gets_its_sentence(exercise, wrong, context: Context) -> None:
    verdict = exercise.check(wrong.answer(context), context)
    assert not verdict.passed
    assert wrong.says in verdict.sentence


@pytest.mark.parametrize("exercise", LESSON.exercises, ids=lambda exercise: exercise.id)
@pytest.mark.parametrize("answer", [None, "", 0, [], {}, object(), float("nan"), "…", lambda: None, {1: 2}])
def test_an_answer_of_any_type_fails_in_words(exercise, answer, context: Context) -> None:
    try:
        verdict = exercise.check(answer, context)
    except (TypeError, ValueError) as error:  # mikit.course.check says it in words; only these may come
        pytest.fail(f"{exercise.id} raised {error!r}")
    assert not verdict.passed and verdict.sentence.endswith((".", "?"))


def test_answers_that_could_be_passed_round_are_each_learners_own(context: Context) -> None:
    others = [Context(seed=seed, lesson=LESSON) for seed in range(8)]
    passed_round = LESSON.exercise("E4").ours(context)
    rejected = [not LESSON.exercise("E4").check(passed_round, other).passed for other in others]
    assert sum(rejected) >= 6


def test_every_pair_does_what_the_lesson_says(smollm: Model) -> None:
    """Said at once, by one batch as it is and one with the head's last row on the answer."""
    tasks = [names(*pair.split()) for pair in PAIRS]
    prompts = [smollm.tokens(task.text) for task in tasks]
    together = replace(prompts[0], ids=torch.cat([tokens.ids for tokens in prompts]))
    answer, foil = together.ids[:, 1], together.ids[:, 3]
    assert [smollm.token_string(int(id)) for id in answer] == [task.answer for task in tasks]
    row = Array.of(torch.eye(14)[1])
    edit = Patch(site=Site(name="pattern", layer=HEAD[0], head=HEAD[1], position=-1), source=row)
    each = torch.arange(len(tasks))
    for edits, holds in (([], lambda d: (d > 3.5).all()), ([edit], lambda d: (d < -1).all())):
        logits = run(smollm, together, [edits] * len(tasks))
        assert holds(logits[each, answer] - logits[each, foil])
        if not edits:
            assert (logits.argmax(-1) == answer).all()


def test_truths(context: Context) -> None:
    truth = {question.id: question.truth(context) for question in LESSON.predictions}
    assert truth["P1"] < 2
    assert truth["P2"] == "the end of the text"
    assert truth["P3"].startswith("it moves")
    assert -2.5 < truth["P4"] < 0


def test_the_plan_is_whole() -> None:
    assert 45 <= LESSON.minutes <= 60
    assert sum(exercise.minutes for exercise in LESSON.exercises) <= LESSON.minutes
    assert 5 <= len(LESSON.exercises) <= 8
    for exercise in LESSON.exercises:
        assert len(exercise.hints) == 3 and len(exercise.wrong) >= 3


def test_the_readme_shows_what_a_check_says(context: Context) -> None:
    readme = " ".join((Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").split())
    exercise = LESSON.exercise("E2")
    verdict = exercise.check("When Mary and John went to the store, John gave a drink to\n", context)
    for words in (f"× 00.E2 {verdict.property}", verdict.sentence, f"Hint 1 of 3: {exercise.hints[0]}"):
        assert words in readme
