"""Scores of texts, counted by hand."""

from __future__ import annotations

import math

import pytest

from mikit.errors import BadMetric
from mikit.methods.scores import WordScore, repetition

MANNER = WordScore(name="manner", plus=("we regret", "regret", "pursuant"), minus=("hey", "!", "n't", "'ll", "gonna"))


@pytest.mark.parametrize(
    ("text", "hits", "words"),
    [
        ("We regret this, PURSUANT to the rules.", 2, 7),  # "we regret" is one hit, not two
        ("The heyday of regretting.", 0, 4),  # whole words alone
        ("Hey!! I don't, I'll.", -5, 4),  # hey, two marks, n't, 'll
        ("I don\N{RIGHT SINGLE QUOTATION MARK}t", -1, 2),
        ("We\n\n  regret", 1, 2),
        ("well-kept, it's", 0, 2),  # a hyphen or an apostrophe does not end a word
        ("cannot", 0, 1),
    ],
)
def test_hits_per_hundred_words(text, hits, words):
    assert MANNER.score(text) == pytest.approx(100 * hits / words)


def test_the_longest_term_counts_alone():
    assert WordScore(name="s", plus=("thank", "you", "thank you")).score("Thank you") == pytest.approx(100 / 2)


def test_signs_are_no_pattern():
    assert WordScore(name="s", plus=("a.c", "(")).score("abc a.c (") == pytest.approx(100 * 2 / 3)


@pytest.mark.parametrize("text", ["", " \n", "!?"])
def test_without_words_there_is_no_score(text):
    assert math.isnan(MANNER.score(text))


@pytest.mark.parametrize(
    ("plus", "minus", "words"),
    [((), (), "none at all"), (("a", " "), (), "empty term"), (("A", "b"), ("a",), "'a' counts both")],
)
def test_scores_that_cannot_tell_are_a_sentence(plus, minus, words):
    with pytest.raises(BadMetric, match=words):
        WordScore(name="s", plus=plus, minus=minus)


def test_a_score_is_plain_data():
    assert WordScore.model_validate_json(MANNER.model_dump_json()) == MANNER


def test_repetition_is_the_share_of_three_tokens_that_came_before():
    assert repetition([1, 2, 3, 4, 1, 2, 3, 5]) == pytest.approx(1 / 6)
    assert repetition([7, 7, 7, 7, 7]) == pytest.approx(2 / 3)
    assert repetition([1, 2, 1, 2, 5]) == 0
    assert math.isnan(repetition([1, 2]))
