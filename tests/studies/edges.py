"""Pairs for the studies of edges, and what they should find: by plain PyTorch, every receiver with an input of its
own."""

from __future__ import annotations

import torch

from mikit.models import planted
from mikit.studies.pairs import PromptPair
from mikit.trace.graph import graph_of
from tests.circuits import split

PAIR = PromptPair(clean="w1 w2 w3 w4 w5", corrupt="w1 w2 w9 w4 w5", answer="w7", foil="w8")
LONGER = PromptPair(clean="w6 w1 w2 w3 w4 w5", corrupt="w6 w1 w2 w9 w4 w11", answer="w9", foil="w4")
FRUIT = tuple(
    PromptPair(
        clean=clean,
        corrupt=corrupt,
        answer=planted.answer(clean.split()),
        foil=planted.answer(corrupt.split()),
    )
    for clean, corrupt in (
        ("apple lemon lime plum apple", "apple fig lime plum apple"),  # another fruit came after it
        ("apple lemon lime plum apple", "apple lemon lime plum lime"),  # another is asked for
        ("and apple lemon lime plum apple", "and lime lemon apple plum apple"),  # it came elsewhere
    )
)


def measured(model, pair, circuits, other=None):
    """The logit difference of each set of kept edges; cut edges carry ``other`` [sender, T, d], or the changed
    prompt's values."""
    read = pair.read(model)
    with torch.no_grad():
        other = split.run(model, read.corrupt.ids)[1] if other is None else other
        logits = torch.stack([split.run(model, read.clean.ids, kept=kept, other=other)[0] for kept in circuits])
    return (logits[:, read.answer] - logits[:, read.foil]).numpy()


def edges_of(model, named):
    """Edges named as in ``mikit.models.planted``, as a set [receiver, sender]."""
    graph = graph_of(model.spec)
    senders, receivers = ([str(site) for site in sites] for sites in (graph.senders, graph.receivers))
    found = torch.zeros_like(graph.edges)
    for sender, receiver in named:
        found[receivers.index(receiver), senders.index(sender)] = True
    return found
