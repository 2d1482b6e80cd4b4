"""The planted circuit and its decoy: the task, what a probe reads, what ablations and edge scores say."""

from __future__ import annotations

from itertools import permutations

import pytest
import torch

import mikit
from mikit.circuits.edges import edge_scores
from mikit.circuits.run_edges import against_prompt, measured
from mikit.circuits.sets import strongest
from mikit.models.planted import CIRCUIT, COLOURS, CONTEXT, DECOY, WORDS, answer, planted, tokenizer
from mikit.trace.arrays import Array
from mikit.trace.edits import Ablate
from mikit.trace.engine import capture, run
from mikit.trace.graph import graph_of
from mikit.trace.sites import Site

FRUITS = list(COLOURS)
PAIRS = [
    ("apple lemon lime plum apple", "apple fig lime plum apple"),  # another fruit came after it
    ("apple lemon lime plum apple", "apple lemon lime plum lime"),  # another is asked for
    ("apple lemon lime plum apple", "lime lemon apple plum apple"),  # it came elsewhere
]


@pytest.fixture(scope="module")
def model():
    return mikit.load(planted(), tokenizer=tokenizer())


@pytest.fixture(scope="module")
def prompts():
    """Every four fruits in every order, one of them again; ids and what should follow."""
    texts = [[*fruits, again] for fruits in permutations(FRUITS, 4) for again in fruits]
    ids = torch.tensor([[WORDS.index(word) for word in text] for text in texts])
    return ids, torch.tensor([WORDS.index(answer(text)) for text in texts])


def logits_of(model, ids):
    with torch.no_grad():
        return model.hf(ids, use_cache=False).logits[:, -1]


def edges_of(graph, pairs):
    """Named edges as a set [receiver, sender]."""
    names = [[str(site) for site in sites] for sites in (graph.senders, graph.receivers)]
    found = torch.zeros_like(graph.edges)
    for sender, receiver in pairs:
        found[names[1].index(receiver), names[0].index(sender)] = True
    assert (found & graph.edges).sum() == len(pairs)
    return found


def pair_of(model, texts):
    answers = [model.tokens(answer(text.split())).ids.item() for text in texts]
    return *map(model.tokens, texts), lambda logits: logits[..., answers[0]] - logits[..., answers[1]]


def test_every_self_check_holds(model):
    assert model.check()["ok"].all()
    assert answer(["lemon", "plum", "lime", "lemon"]) == "purple"


def test_the_task_is_done_on_every_prompt(model, prompts):
    ids, right = prompts
    logits = logits_of(model, ids)
    assert len(ids) == 6720 and torch.equal(logits.argmax(-1), right)
    said = logits.gather(1, right[:, None])
    assert said.min() > 18
    assert logits.scatter(1, right[:, None], 0).abs().max() < 1e-5


def test_and_on_long_ones_with_other_words_between(model):
    generator = torch.Generator().manual_seed(0)
    for _ in range(20):
        order = [FRUITS[i] for i in torch.randperm(8, generator=generator)]
        text = ["and", *order[:3], "then", "here", *order[3:], "there", "and", "and", order[1]]
        assert len(text) == CONTEXT
        tokens = model.tokens(" ".join(text))
        assert WORDS[logits_of(model, tokens.ids).argmax()] == COLOURS[order[2]] == answer(text)


def probe_accuracy(values, labels):
    """A linear probe by least squares on every other prompt, and its share of the rest."""
    wanted = torch.nn.functional.one_hot(labels).double()
    values = torch.cat([values, torch.ones(len(values), 1)], 1).double()
    weights = torch.linalg.lstsq(values[::2], wanted[::2], driver="gelsd").solution
    return ((values[1::2] @ weights).argmax(1) == labels[1::2]).double().mean().item()


def test_a_probe_reads_the_decoy_as_well_as_the_circuit(model, prompts):
    generator = torch.Generator().manual_seed(0)
    some = torch.randperm(len(prompts[0]), generator=generator)[:400]
    labels = prompts[1][some] - WORDS.index("red")
    heads = [Site(name="z", layer=1, head=head, position=-1) for head in (0, 1)]
    found = capture(model, model.tokens_from(prompts[0][some]), heads)
    assert [probe_accuracy(found[head], labels) for head in heads] == [1, 1]
    shuffled = labels[torch.randperm(len(labels), generator=generator)]
    assert probe_accuracy(found[heads[1]], shuffled) < 0.3


def test_ablating_the_decoy_changes_nothing(model):
    tokens, other = (model.tokens(text) for text in ("apple lemon lime plum apple", "fig mango peach fig peach"))
    heads = [Site(name="z", layer=layer, head=head) for head in (0, 1) for layer in (0, 1)]
    brought = capture(model, other, heads)
    rows = [[Ablate(site=head)] for head in heads]
    rows += [[Ablate(site=head, how="resample", source=Array.of(brought[head][0]))] for head in heads]
    rows += [[Ablate(site=head) for head in heads[2:]]]
    clean, changed = logits_of(model, tokens.ids), run(model, tokens, rows)
    unread = torch.tensor([2, 3, 6, 7, 8])
    torch.testing.assert_close(changed[unread], clean.expand(5, -1), atol=1e-5, rtol=0)
    assert (changed[[0, 1, 4, 5]] - clean).abs().amax(1).min() > 15


def test_edge_scores_rank_the_planted_edges_first_and_the_decoys_at_zero(model):
    graph = graph_of(model.spec)
    circuit, decoy = edges_of(graph, CIRCUIT), edges_of(graph, DECOY)
    for steps in (1, 3):
        scores = sum(list(edge_scores(model, *pair_of(model, texts), steps=steps))[-1].abs() for texts in PAIRS)
        assert torch.equal(strongest(graph, scores, len(CIRCUIT)), circuit)
        assert scores[circuit].min() > 1
        assert scores[~circuit].max() < 1e-5 and scores[decoy].max() < 1e-6


def test_the_planted_edges_alone_do_the_task_and_the_decoys_do_none_of_it(model):
    graph = graph_of(model.spec)
    circuit, decoy = edges_of(graph, CIRCUIT), edges_of(graph, DECOY)
    for texts in PAIRS:
        clean, corrupt, measure = pair_of(model, texts)
        setting = against_prompt(model, clean, corrupt)
        kept = [graph.edges, circuit, graph.edges & ~decoy, ~graph.edges, decoy, graph.edges & ~circuit]
        found = list(measured(model, setting, measure, 1e9, kept))
        assert found[:3] == pytest.approx([found[0]] * 3, abs=1e-4) and found[0] > 18
        assert found[3:] == pytest.approx([found[3]] * 3, abs=1e-4) and found[3] < -18
