"""Scores on patterns whose answer is known."""

from __future__ import annotations

import pytest
import torch

from mikit.methods.heads import SCORES, score, sink_share

IDS = torch.tensor([7, 8, 9, 7, 8, 9])


def looking(offsets) -> torch.Tensor:
    """A pattern whose query q puts all attention on key offsets(q)."""
    pattern = torch.zeros(len(IDS), len(IDS))
    for query in range(len(IDS)):
        pattern[query, offsets(query)] = 1
    return pattern


@pytest.mark.parametrize(
    ("name", "looks_at"),
    [
        ("induction", lambda q: q - 2 if q >= 3 else 0),
        ("duplicate", lambda q: q - 3 if q >= 3 else 0),
        ("previous", lambda q: max(q - 1, 0)),
        ("first", lambda q: 0),
    ],
)
def test_a_perfect_head_scores_one_and_the_sink_is_no_target(name, looks_at):
    pattern = looking(looks_at)
    assert score(pattern, SCORES[name](IDS)) == 1
    sink = score(looking(lambda q: 0), SCORES[name](IDS))
    assert sink == (1 if name == "first" else 0)


def test_pairs_by_hand():
    assert SCORES["induction"](IDS).T.tolist() == [[3, 1], [4, 2], [5, 3]]
    assert SCORES["duplicate"](IDS).T.tolist() == [[4, 1], [5, 2]]  # 3 -> 0 would be the sink
    assert SCORES["previous"](IDS).T.tolist() == [[2, 1], [3, 2], [4, 3], [5, 4]]


def test_the_newest_occurrence_counts():
    ids = torch.tensor([1, 5, 2, 5, 3, 5])
    assert SCORES["induction"](ids).T.tolist() == [[3, 2], [5, 4]]


def test_uniform_attention_scores_the_mean_of_one_over_its_length():
    pattern = torch.tril(torch.ones(6, 6))
    pattern = pattern / pattern.sum(-1, keepdim=True)
    assert score(pattern, SCORES["induction"](IDS)).item() == pytest.approx((1 / 4 + 1 / 5 + 1 / 6) / 3)
    assert sink_share(pattern).item() == pytest.approx((1 / 2 + 1 / 3 + 1 / 4 + 1 / 5 + 1 / 6) / 5)


def test_nothing_repeats_so_there_is_nothing_to_score():
    assert score(torch.ones(3, 3), SCORES["induction"](torch.tensor([1, 2, 3]))).isnan()
