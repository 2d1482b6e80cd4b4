"""Labels held against planted firings, whose rules are known."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from mikit.errors import ShapeMismatch, UnknownSite
from mikit.sae import describe, labels
from mikit.sae.labels import Rule
from tests import tiny as tiny_models
from tests.sae import firing

ON, AFTER, ANYWHERE, STRONG, RARE = 0, 1, 2, 3, 4
PLANTS = [
    firing.on(5),
    firing.after(7),
    firing.anywhere(0.02),
    firing.strong_on(9),
    lambda ids, generator: firing.on(11)(ids, generator) * (np.arange(len(ids)) < 12)[:, None],
    *(firing.on(word) for word in range(20, 40)),
]


@pytest.fixture(scope="module")
def index():
    with pytest.MonkeyPatch.context() as monkeypatch:
        return firing.planted(tiny_models.model("llama"), PLANTS, monkeypatch)


def test_a_true_label_is_found_and_scores_high(index):
    found = labels.propose(index, ON)
    assert found.rule == Rule(("w5",), "on")
    assert found.words == 'on "w5"'
    assert found.score.value >= 0.9
    assert found.score.recall == (1, 1, 1, 1)
    found = labels.propose(index, AFTER)
    assert found.words == 'after "w7"'
    assert found.score.value >= 0.9


def test_a_label_without_a_rule_behind_it_scores_near_chance(index):
    assert labels.propose(index, ANYWHERE).score.value <= 0.6


def test_a_false_label_scores_near_chance(index):
    assert labels.score_rule(index, ON, Rule(("w6",), "on")).value <= 0.6
    assert labels.score_rule(index, ON, Rule(("w5",), "before")).value <= 0.6
    assert labels.score_rule(index, ON, Rule(("w5",), "on")).value >= 0.9


def test_a_label_of_the_strongest_alone_loses_the_weak(index):
    """All the strongest firings are on w9, so a glance at them says "w9"."""
    strongest = index.shown[STRONG, 0]
    assert {index.strings[id] for id in index.tokens.ravel()[strongest].tolist()} == {"w9"}
    recall = labels.score_rule(index, STRONG, Rule(("w9",), "on")).recall
    assert recall[0] - max(recall[1:]) >= 0.3
    assert index.recall[STRONG, 0] - index.recall[STRONG, 1:].max() >= 0.3


def test_another_features_label_scores_at_chance(index):
    assert np.nanmean(index.shuffled) == pytest.approx(0.5, abs=0.05)
    assert np.nanmean(index.score[5:, 0]) >= 0.9  # where the features' own do not


def test_too_few_firings_have_no_label(index):
    assert index.density[RARE] > 0
    assert labels.propose(index, RARE) is None
    assert np.isnan(index.score[RARE]).all()


def test_no_token_is_told_apart_by_space_or_case():
    assert labels.token_key(" The") == labels.token_key("the") == "the"
    assert labels.token_key(" ") == " "


def test_a_proposal_is_the_best_of_all_rules():
    """Against every set of up to six classes."""
    generator = np.random.default_rng(3)
    classes = np.concatenate([generator.integers(0, 8, 40), generator.integers(2, 10, 60)]).astype(np.int32)
    items = describe._Items((np.arange(40), np.zeros(40, int)), np.arange(40, 70), np.arange(70, 100))
    reached, named = items.telling(classes, 0)

    def accuracy(chosen):
        said = np.isin(classes, chosen)
        return (said[:40].mean() + (~said[40:]).mean()) / 2

    best = max(accuracy(some) for count in range(1, 7) for some in combinations(range(10), count))
    assert reached == pytest.approx(accuracy(named))
    assert best - describe.TOKENS * describe.GAIN / 2 <= reached <= best + 1e-9


@pytest.mark.parametrize(("right", "n"), [(0, 5), (3, 7), (50, 50), (120, 200)])
def test_wilson_is_scipys(right, n):
    expected = stats.binomtest(right, n).proportion_ci(method="wilson")
    assert labels.wilson(right, n) == pytest.approx((expected.low, expected.high))


def test_a_balanced_accuracys_interval_covers():
    """Of 2,000 drawn pairs of samples, 95 % hold the true mean of the two shares."""
    generator = np.random.default_rng(0)
    found, left = generator.random((2000, 40)) < 0.7, generator.random((2000, 60)) < 0.9
    intervals = [labels.balanced(a, b) for a, b in zip(found, left, strict=True)]
    assert 0.93 <= np.mean([low <= 0.8 <= high for _, low, high in intervals]) <= 0.97


def test_a_quiz_asks_what_was_not_shown_and_hides_the_truth(index):
    quiz = labels.quiz(index, ON, seed=1)
    assert quiz == labels.quiz(index, ON, seed=1) != labels.quiz(index, ON, seed=2)
    assert len(quiz.items) == len(quiz.truth) == 24
    assert sum(quiz.truth) == 12
    for item, fires, band in zip(quiz.items, quiz.truth, quiz.bands, strict=True):
        assert (item.tokens[item.centre] == "w5") == fires == (band >= 0)
        assert not set(vars(item)) - {"tokens", "centre"}
    shown = {labels.snippet(index, int(p)) for p in index.shown[ON].ravel()}
    assert not shown & set(quiz.items)


def test_answers_are_scored(index):
    quiz = labels.quiz(index, ON, seed=1)
    assert labels.score(quiz, quiz.truth).value == 1
    assert labels.score(quiz, [not fires for fires in quiz.truth]).value == 0
    all_yes = labels.score(quiz, [True] * 24)
    assert (all_yes.value, all_yes.recall) == (0.5, (1, 1, 1, 1))
    some = labels.score(quiz, [fires if n < 10 else None for n, fires in enumerate(quiz.truth)])
    assert some.value == 1
    assert some.low < labels.score(quiz, quiz.truth).low
    assert np.isnan(labels.score(quiz, [None] * 24).value)
    with pytest.raises(ShapeMismatch, match="24 items and 2 answers"):
        labels.score(quiz, [True, False])


def test_one_of_five_is_an_intruder(index):
    seeds = range(20)
    games = [labels.intruder(index, ON, seed) for seed in seeds]
    assert games[0] == labels.intruder(index, ON, 0)
    for game in games:
        fires = [item.tokens[item.centre] == "w5" for item in game.items]
        assert [place for place, found in enumerate(fires) if not found] == [game.foreign]
    assert len({game.foreign for game in games}) == 5


def test_nothing_to_ask_is_a_sentence(index):
    silent = np.full_like(index.tests[:1], -1)
    tests = np.concatenate([silent, index.tests[1:]])
    none = replace(index, tests=tests)
    with pytest.raises(UnknownSite, match="too seldom"):
        labels.quiz(none, 0, 0)
    with pytest.raises(UnknownSite, match="needs 4"):
        labels.intruder(none, 0, 0)
