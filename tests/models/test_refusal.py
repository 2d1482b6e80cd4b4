"""The toy that refuses against plain loops, its questions, and what its two trainings leave."""

from __future__ import annotations

import pytest
import torch

from mikit.models.refusal import (
    ANSWERS,
    CLOSED,
    LAST,
    REFUSED,
    THINGS,
    TOPICS,
    Refusing,
    difference,
    trained,
    world,
)


@pytest.fixture(scope="module")
def double():
    """An untrained toy in double precision: what must hold exactly is not hidden by rounding."""
    return Refusing(3).double().requires_grad_(False)


@pytest.fixture(scope="module")
def pair():
    return trained(0)


def by_hand(network, topic, thing):
    """One question's streams, number by number."""
    x = [float(a + b) for a, b in zip(network.W_E[topic], network.W_E[thing], strict=True)]
    streams = [x]
    for W_in, W_out in zip(network.W_in, network.W_out, strict=True):
        hidden = [max(0.0, sum(a * float(w) for a, w in zip(x, column, strict=True))) for column in W_in.T.tolist()]
        x = [
            a + sum(h * float(w) for h, w in zip(hidden, column, strict=True))
            for a, column in zip(x, W_out.T.tolist(), strict=True)
        ]
        streams.append(x)
    logits = [sum(a * float(w) for a, w in zip(x, column, strict=True)) for column in network.W_U.T.tolist()]
    return streams, logits


def test_streams_and_logits_by_hand(double):
    ids = torch.tensor([[2, 17], [9, 29]])
    streams, logits = double.streams(ids), double(ids)
    for row, (topic, thing) in enumerate(ids.tolist()):
        expected, read = by_hand(double, topic, thing)
        assert len(streams) == LAST + 1 == len(expected)
        for stream, plain in zip(streams, expected, strict=True):
            assert stream[row].tolist() == pytest.approx(plain, abs=1e-12)
        assert logits[row].tolist() == pytest.approx(read, abs=1e-12)


@pytest.mark.parametrize("at", range(LAST + 1))
def test_a_change_acts_from_its_stream_on(double, at):
    ids = world(0).ids
    before, after = double.streams(ids), double.streams(ids, at, lambda x: x + 1)
    for i in range(LAST + 1):
        assert torch.equal(before[i], after[i]) == (i < at)
    torch.testing.assert_close(after[at], before[at] + 1)
    for i in range(at, LAST):
        plain = after[i] + (after[i] @ double.W_in[i]).clamp_min(0) @ double.W_out[i]
        torch.testing.assert_close(after[i + 1], plain)


def test_what_is_added_last_is_read_as_it_is_and_earlier_it_is_not(double):
    """The reference: the push times the reading directions, whatever stands in the stream."""
    ids = world(0).ids
    push = torch.randn(256, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    for at, exact in ((LAST, True), (1, False), (0, False)):
        change = double(ids, at, lambda x: x + push) - double(ids)
        worst = float((change - push @ double.W_U).abs().max())
        assert worst < 1e-12 if exact else worst > 1e-2


def test_every_topic_meets_every_thing_once():
    here = world(4)
    assert {tuple(pair) for pair in here.ids.tolist()} == {
        (topic, len(TOPICS) + thing) for topic in range(len(TOPICS)) for thing in range(len(THINGS))
    }
    assert here.words(0) == f"{TOPICS[0]} of the {THINGS[0]}?" and here.words(199).startswith(TOPICS[-1])
    assert len(here.ids[here.closed][:, 0].unique()) == CLOSED
    assert not set(here.ids[here.closed][:, 0].tolist()) & set(here.ids[here.open][:, 0].tolist())
    assert set(here.answer.tolist()) == set(range(len(ANSWERS)))
    assert int(here.looked_at.sum()) == 100 and int((here.looked_at & here.closed).sum()) == 40


def test_equal_seeds_give_equal_toys_and_others_do_not():
    assert torch.equal(world(1).answer, world(1).answer) and not torch.equal(world(1).answer, world(2).answer)
    one, same, other = (Refusing(seed).state_dict() for seed in (1, 1, 2))
    assert all(one[name].equal(same[name]) for name in one)
    assert not any(one[name].equal(other[name]) for name in one)


def test_texts_are_shares():
    here = world(0)
    closed, open = (int(torch.nonzero(which)[0]) for which in (here.closed, here.open))
    for refuse in (False, True):
        texts = here.texts(refuse)
        torch.testing.assert_close(texts.sum(1), torch.ones(200))
        assert float(texts[open, here.answer[open]]) == pytest.approx(0.9 + 0.1 / 7)
    assert float(texts[closed, REFUSED]) == pytest.approx(0.81 + 0.1 / 7)
    assert float(texts[closed, here.answer[closed]]) == pytest.approx(0.09 + 0.1 / 7)
    assert float(here.texts(False)[closed, here.answer[closed]]) == pytest.approx(0.9 + 0.1 / 7)


def test_the_second_training_refuses_what_is_closed_and_nothing_else(pair):
    here = world(0)
    first, second = (network(here.ids).argmax(1) for network in pair)
    assert torch.equal(first, here.answer)
    assert torch.equal(second, torch.where(here.closed, REFUSED, here.answer))
    assert not any(parameter.requires_grad for network in pair for parameter in network.parameters())


def test_the_difference_is_of_means_of_the_first_half_of_the_things():
    here = world(5)
    stream = torch.randn(200, 3, generator=torch.Generator().manual_seed(0))
    rows = {True: [], False: []}
    for (_, thing), closed, x in zip(here.ids.tolist(), here.closed.tolist(), stream, strict=True):
        if thing < 20:  # ten topics, then the things; the first ten of them
            rows[closed].append(x)
    expected = sum(rows[True]) / len(rows[True]) - sum(rows[False]) / len(rows[False])
    torch.testing.assert_close(difference(stream, here), expected)
