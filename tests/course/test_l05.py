"""Lesson 05: our answers pass, each typical wrong one is told what is wrong with it, and what the text says is so."""

from __future__ import annotations

import contextlib
import math

import numpy as np
import pytest
import torch
from scipy.optimize import linear_sum_assignment

from mikit.course.lessons import l05_real
from mikit.course.lessons.l05 import LESSON
from mikit.course.lessons.l05_code import by_hand, small
from mikit.course.lessons.l05_place import HOLD, KINDS, letters, our_recovered, sentences
from mikit.course.lessons.l05_real import (
    LARGE,
    SHIPPED,
    SMALL,
    compared,
    cores,
    folder,
    real,
    stream,
    streams,
    surprise_with,
    texts,
    trained,
)
from mikit.course.lessons.l05_toy import lookalikes, our_came_back, our_choice, outcome, planted, toy
from mikit.course.plan import Context
from mikit.sae.evaluate import cross_entropy, fvu, recovered
from mikit.sae.library import hash_of, load_dictionary
from mikit.studies.train_dictionary import TrainDictionary
from tests.course.steps import (  # noqa: F401  # run here
    test_a_typical_wrong_answer_is_told_why,
    test_every_step_has_three_wrong_answers_that_are_told_different_things,
    test_our_answer_passes,
)


@pytest.fixture(scope="module")
def context():
    return Context(seed=5, pace="ci", lesson=LESSON)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        7,
        "two",
        [],
        {},
        {"A": None},
        float("nan"),
        object(),
        (1,),
        (math.nan, 1),
        (-1, 99),
        lambda *_: None,
        "ABCDEF",
    ],
)
def test_an_answer_of_any_other_kind_is_not_passed(exercise, answer, context):
    """A check may raise: the course then says that the answer could not be used."""
    with contextlib.suppress(TypeError, ValueError, RuntimeError):
        assert not exercise.check(answer, context).passed


@pytest.mark.parametrize("seed", range(12))
def test_every_learner_can_solve_what_is_drawn(seed):
    learner = Context(seed=seed, pace="ci", lesson=LESSON)
    for id in ("E1", "E2", "E4", "E5", "E6", "E8"):
        step = LESSON.exercise(id)
        assert step.check(step.ours(learner), learner).passed
        for wrong in step.wrong:
            verdict = step.check(wrong.answer(learner), learner)
            assert not verdict.passed and wrong.says in verdict.sentence, (step.id, verdict)


def test_learners_have_their_own_toys_and_numbers():
    learners = [Context(seed=seed) for seed in range(6)]
    assert {toy(learner).seed for learner in learners} == {0, 1, 2}
    assert len({float(planted(learner)[0][0, 0]) for learner in learners}) == 6
    assert len({tuple(letters(learner).values()) for learner in learners}) > 3


def test_another_right_answer_passes_too(context):
    """Checks look at properties: loops, arrays and other ways to the same numbers."""

    def in_loops(x, output):
        mean = x.mean(0)
        left = sum(float((a - b) @ (a - b)) for a, b in zip(x, output, strict=True))
        return left / sum(float((a - mean) @ (a - mean)) for a in x)

    def by_variance(x, output):
        return (x - output).square().mean(0).sum() / x.var(0).sum()

    def counted(truth, decoder):
        best = [max(float(torch.cosine_similarity(t, d, dim=0)) for d in decoder) for t in truth]
        return np.int64(sum(one > 0.9 for one in best))

    def topk_by_sorting(x, d):
        z = (x - d.b_dec) @ d.W_enc + d.b_enc
        least = z.sort(dim=-1, descending=True).values[:, d.config.k - 1 : d.config.k]
        return torch.where(z >= least, z, 0).clamp(min=0) @ d.W_dec + d.b_dec

    def l0_and_dead(features):
        return np.count_nonzero(features) / len(features), [float(column.max()) for column in features.T].count(0) / 20

    def only_after_the_first(x, d):
        return torch.cat([x[:1], d.reconstruct(x[1:])])

    answers = {"E1": (in_loops, by_variance), "E2": (counted,), "E4": (topk_by_sorting,), "E5": (l0_and_dead,)}
    answers |= {"E6": (only_after_the_first,), "E8": ([one for one, kind in letters(context).items() if kind in HOLD],)}
    for id, given in answers.items():
        for answer in given:
            assert LESSON.exercise(id).check(answer, context).passed, id


def test_the_planted_directions_are_as_described(context):
    """The reference: cosines pair by pair, and mikit's own count, in which each feature has one partner."""
    truth, decoder = lookalikes(context)
    cosine = torch.cosine_similarity(truth[:, None], decoder[None], dim=-1)
    assert our_came_back(truth, decoder) == 3 and int((cosine > 0.9).sum()) == 6
    assert sorted(round(float(row.max()), 2) for row in cosine[3:7]) == [0.85] * 4
    unit = torch.nn.functional.normalize(decoder, dim=1)
    rows, columns = linear_sum_assignment((truth @ unit.T).numpy(), maximize=True)
    assert ((truth @ unit.T)[rows, columns] > 0.9).sum() == 3


def test_our_five_lines_are_the_dictionarys(context):
    d, x = small(context)
    assert torch.allclose(by_hand(x, d), d.reconstruct(x), atol=1e-5)


def test_nearly_all_is_given_back_by_wrong_directions(context):
    """At ci pace the toy is trained briefly: the same order, less far apart."""
    prices, left_out, found = outcome(context)
    assert left_out[0] < 0.025 < left_out[2] and found[0] + 4 <= found[2] and found[0] <= 6
    assert our_choice(context) == {"without the truth": prices[0], "with the truth": prices[2]}
    assert LESSON.question("P1").truth(context) == found[0]


def test_the_truth_is_that_of_the_study(context):
    study = toy(context)
    counts = [recovered(study.world.directions, d)[0] for d in study.dictionaries()]
    assert counts == outcome(context)[2]


def test_a_share_is_1_at_the_models_own_and_0_where_broken():
    assert our_recovered(3.0, 3.0, 9.0) == 1 and our_recovered(3.0, 9.0, 9.0) == 0


# -- the real model ---------------------------------------------------------------------------------------------------


def test_a_tiny_training_is_kept_beside_the_notebook(context, smollm):
    mine = trained(context)
    study = real(context)
    assert folder(study).is_dir() and mine is trained(context)
    assert hash_of(mine) == hash_of(study.dictionary())
    assert mine.config.k == 32 and mine.place.site == l05_real.SITE


def test_texts_are_not_those_trained_on(context, smollm):
    _, pieces = real(context).pieces()
    assert not any(text in piece for text in texts(context) for piece in pieces)
    assert len(texts(context)) >= 2 and streams(context).shape[1] == 576


def test_what_stands_in_is_what_mikit_measures(context, smollm):
    """Surprise by hand against `mikit.sae.evaluate`, which measures the same in one batch of four."""
    d, text = load_dictionary(SHIPPED), texts(context)[0]
    x = stream(smollm, text)
    mean = x[1:].mean(0)
    found = cross_entropy(smollm, d, [smollm.tokens(text)], mean)
    step = LESSON.exercise("E6").ours(context)
    assert surprise_with(smollm, text) == pytest.approx(found.own, abs=1e-3)
    assert surprise_with(smollm, text, step(x, d)) == pytest.approx(found.spliced, abs=1e-3)
    broken = torch.cat([x[:1], mean.expand_as(x)[1:]])
    assert surprise_with(smollm, text, broken) == pytest.approx(found.mean, abs=1e-3)


def test_the_table_holds_three_dictionaries_and_its_sentences_their_numbers(context, smollm):
    table = compared(context)
    assert list(table.index) == ["random directions", "yours", SHIPPED]
    assert table.loc[SHIPPED, "left out"] < 0.6 * table.loc["random directions", "left out"]
    assert table.loc[SHIPPED, "recovered from zeros"] > table.loc["random directions", "recovered from zeros"] + 0.1
    assert LESSON.question("P3").truth(context) == pytest.approx(
        table.loc["random directions", "recovered from zeros"], abs=0.006
    )
    assert 0.2 < LESSON.question("P3").truth(context) < 0.9
    assert 0.6 < LESSON.question("P2").truth(context) < 0.95
    says = sentences(context)
    assert len(says) == len(KINDS) == len(set(says.values()))
    assert f"{table.loc[SHIPPED, 'nats lost']:.2f} nats" in " ".join(says.values())


def test_fvu_is_that_of_the_stream(context, smollm):
    x = streams(context)
    assert float(LESSON.exercise("E1").ours(context)(x, x.mean(0).expand_as(x))) == pytest.approx(1)
    assert fvu(x, x) == 0


def test_on_one_core_the_training_is_smaller(monkeypatch, tmp_path, smollm):
    learner = Context(seed=0, lesson=LESSON)
    for quota, size in (("100000 100000", SMALL), ("50000 100000", SMALL), ("max 100000", LARGE), (None, LARGE)):
        file = tmp_path / "cpu.max"
        file.unlink(missing_ok=True)
        if quota:
            file.write_text(quota + "\n")
        monkeypatch.setattr(l05_real, "CPU_QUOTA", file)
        monkeypatch.setattr(l05_real.os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
        assert real(learner).features == size["features"], quota
    monkeypatch.setattr(l05_real.os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert cores() == 1 and real(learner).updates == SMALL["updates"]
    assert TrainDictionary(model=smollm.ref, site=l05_real.SITE, **LARGE).estimate(smollm).seconds < 2 * 240
