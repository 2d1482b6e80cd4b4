"""Runs on some edges only against a pass in which every receiver has an input of its own, on four families."""

from __future__ import annotations

import pytest
import torch

from mikit.circuits.run_edges import against_prompt, against_texts, circuit_logits, measured
from mikit.circuits.sets import by_sender, random_circuits
from mikit.errors import EmptyText, ShapeMismatch
from mikit.trace.engine import remember, rerun_edges
from mikit.trace.graph import graph_of
from tests import tiny as tiny_models
from tests.circuits import split
from tests.trace import reference

CLEAN, CORRUPT = [5, 6, 7, 8, 9, 10, 11], [5, 6, 40, 8, 41, 10, 11]
LATE = [5, 6, 7, 8, 9, 50, 11]
"""Differs only where the tiny Gemma's window of 4 no longer reaches the start."""
CLOSE = {"atol": 1e-5, "rtol": 0}


def tokens_of(model, *texts):
    return tuple(model.tokens_from(torch.tensor([ids])) for ids in texts)


def logits_of(model, setting, circuits, budget=1e9):
    return torch.cat(list(circuit_logits(model, setting, circuits, budget=budget)))


@pytest.mark.parametrize("corrupt", [CORRUPT, LATE], ids=["early", "late"])
def test_all_edges_are_the_clean_run_and_none_the_corrupt_one(tiny, corrupt):
    clean, other = tokens_of(tiny, CLEAN, corrupt)
    edges = graph_of(tiny.spec).edges
    found = logits_of(tiny, against_prompt(tiny, clean, other), [edges, torch.zeros_like(edges)])
    whole, none = (reference.logits(tiny.hf, tokens.ids)[0, -1] for tokens in (clean, other))
    assert (whole - none).abs().max() > 1e-3
    torch.testing.assert_close(found, torch.stack([whole, none]), **CLOSE)


@pytest.mark.parametrize("family", [f for f in tiny_models.CONFIGS if f not in ("gpt2", "gpt_neox", "llama")])
def test_the_ends_of_every_other_family(family):
    model = tiny_models.model(family)
    clean, other = tokens_of(model, CLEAN, LATE)
    edges = graph_of(model.spec).edges
    found = logits_of(model, against_prompt(model, clean, other), [edges, torch.zeros_like(edges)])
    torch.testing.assert_close(
        found, torch.cat([reference.logits(model.hf, t.ids)[:, -1] for t in (clean, other)]), **CLOSE
    )


def test_any_set_of_edges_against_split_inputs(tiny):
    clean, other = tokens_of(tiny, CLEAN, CORRUPT)
    graph = graph_of(tiny.spec)
    circuits = [next(random_circuits(graph, int(share * graph.size), 1, n)) for n, share in enumerate((0.2, 0.5, 0.9))]
    found = logits_of(tiny, against_prompt(tiny, clean, other), circuits)
    with torch.no_grad():
        _, values = split.run(tiny, other.ids)
        expected = torch.stack([split.run(tiny, clean.ids, kept=kept, other=values)[0] for kept in circuits])
    torch.testing.assert_close(found, expected, **CLOSE)
    assert (expected[0] - expected[2]).abs().max() > 1e-3


def test_a_knocked_out_head_at_its_mean(tiny):
    """Every edge from one head cut, so its output is a mean over other texts; position 0 stays, and is left out."""
    clean, *texts = tokens_of(tiny, CLEAN, CORRUPT, [20, 21, 22, 23])
    graph, head = graph_of(tiny.spec), (1, 2)
    sender = graph.sent_by("z", head[0]).start + head[1]
    without = graph.edges & ~by_sender(graph.edges)[sender]
    *_, setting = against_texts(tiny, clean, texts, "mean")
    found = logits_of(tiny, setting, [without])[0]
    with torch.no_grad():
        values = [split.run(tiny, text.ids)[1] for text in texts]
        mean = torch.cat([each[:, 1:] for each in values], 1).mean(1)
        torch.testing.assert_close(setting.other, mean[:, None].expand_as(setting.other), **CLOSE)
        own = split.run(tiny, clean.ids)[1]
        brought = torch.cat([own[:, :1], setting.other], 1)
        expected = split.run(tiny, clean.ids, kept=without, other=brought)[0]
    torch.testing.assert_close(found, expected, **CLOSE)


def test_a_draw_brings_one_position_of_one_text():
    model = tiny_models.model("llama")
    clean, *texts = tokens_of(model, CLEAN, CORRUPT, [20, 21, 22, 23])
    pool = torch.cat([split.run(model, text.ids)[1].detach()[:, 1:] for text in texts], 1)
    one, again, other = ([*against_texts(model, clean, texts, "resample", seed)][-1].other for seed in (0, 0, 1))
    apart = torch.stack([(pool - each[:, None]).abs().amax((0, 2)) for each in one.unbind(1)])
    assert apart.amin(1).max() < 1e-5, "every sender from the same place"
    assert len(set(apart.argmin(1).tolist())) > 1, "each position from a place of its own"
    torch.testing.assert_close(one, again)
    assert not torch.allclose(one, other)


def test_many_to_a_trace_or_one_by_one(tiny):
    clean, other = tokens_of(tiny, CLEAN, CORRUPT)
    setting, graph = against_prompt(tiny, clean, other), graph_of(tiny.spec)
    circuits = list(random_circuits(graph, 60, 5, 0))
    together = list(circuit_logits(tiny, setting, circuits, budget=1e9))
    apart = list(circuit_logits(tiny, setting, circuits, budget=1.0))
    assert [len(rows) for rows in (together, apart)] == [1, 5]
    torch.testing.assert_close(torch.cat(together), torch.cat(apart), **CLOSE)
    values = list(measured(tiny, setting, lambda x: x[:, 7] - x[:, 9], 1.0, circuits))
    assert values == pytest.approx((together[0][:, 7] - together[0][:, 9]).tolist(), abs=1e-5)


def test_what_was_remembered_does_not_change():
    model = tiny_models.model("gemma3_text")
    clean, other = tokens_of(model, CLEAN, CORRUPT)
    setting, edges = against_prompt(model, clean, other), graph_of(model.spec).edges
    assert torch.equal(*(logits_of(model, setting, [torch.zeros_like(edges)]) for _ in range(2)))


def test_shapes_that_do_not_fit():
    model = tiny_models.model("llama")
    (clean,) = tokens_of(model, CLEAN)
    past, graph = remember(model, clean), graph_of(model.spec)
    other = torch.zeros(len(graph.senders), 5, model.spec.d_model)
    kept = graph.edges[None]
    for wrong in (kept[0], kept[:, 1:], kept.float(), kept[:0]):
        with pytest.raises(ShapeMismatch, match="receivers, senders"):
            rerun_edges(model, past, wrong, other, since=2)
    with pytest.raises(ShapeMismatch, match="senders, positions from 3 on"):
        rerun_edges(model, past, kept, other, since=3)
    with pytest.raises(ShapeMismatch, match="the prompt has 7 tokens"):
        rerun_edges(model, past, kept, other, since=7)
    with pytest.raises(EmptyText, match="two tokens"):
        next(against_texts(model, clean, tokens_of(model, [5]), "mean"))
