"""Running a model on some of its edges only, to see what is left of a behaviour.

Along the edges of a circuit goes what their senders write in that very run, along all others what they wrote in
another prompt's (as Conmy et al. 2023 cut edges, arXiv:2304.14997), or a mean or a draw over other texts. With all
edges kept it is the prompt's own run, with none the other's. Values before the position at which the two first differ
are the same in both, and are not computed again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import torch
from torch import Tensor

from mikit.circuits.edges import first_apart, sender_values
from mikit.errors import EmptyText
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.trace.engine import Past, remember, rerun_edges
from mikit.trace.graph import graph_of

Measure = Callable[[Tensor], Tensor]
"""Logits [rows, vocab] -> [rows]."""

BYTES = 2**26
"""Most that one trace's rows may hold of what senders write."""
COST = 2.5
"""How many times as long as a plain pass over as many tokens one with streams of its own takes (measured: 0.064 s of
one core against 0.027 s for a row of five tokens of smollm2-135m)."""


@dataclass(frozen=True)
class Setting:
    """A prompt's run, and what goes along edges that are cut: ``other`` [sender, position, d_model], positions
    ``since`` on."""

    past: Past
    other: Tensor
    since: int


def against_prompt(model: Model, clean: Tokens, corrupt: Tokens) -> Setting:
    """Cut edges carry the corrupt prompt's values. Raises ShapeMismatch, BadPair, WrongDtype, Busy."""
    since = first_apart(clean, corrupt)
    return Setting(remember(model, clean), sender_values(model, corrupt)[:, since:].clone(), since)


def against_texts(
    model: Model, clean: Tokens, reference: Sequence[Tokens], how: Literal["mean", "resample"], seed: int = 0
) -> Iterator[Setting]:
    """Cut edges carry values of other texts: the mean over all their positions, or for each position of the prompt
    those of one drawn at random, the same for all senders. Position 0, an attention sink, is left out of the texts and
    stays as it is in the prompt. Yields after each text; the last is whole. Raises EmptyText for a prompt of one token
    or texts without a second, WrongDtype, Busy."""
    length = clean.ids.shape[1]
    sizes = torch.tensor([text.ids.shape[1] - 1 for text in reference])
    if length < 2 or not sizes.sum():
        raise EmptyText("Position 0 is left out, so the prompt and the other texts need two tokens or more.")
    past = remember(model, clean)
    weights = torch.zeros(length - 1, int(sizes.sum()))
    if how == "mean":
        weights += 1 / weights.shape[1]
    else:
        drawn = torch.randint(weights.shape[1], (length - 1,), generator=torch.Generator().manual_seed(seed))
        weights[torch.arange(length - 1), drawn] = 1
    size = (len(graph_of(model.spec).senders), length - 1, model.spec.d_model)
    other = torch.zeros(size, device=model.hf.device)
    for text, share in zip(reference, torch.split(weights, sizes.tolist(), dim=1), strict=True):
        if share.any():
            other += torch.einsum("pt,std->spd", share.to(other), sender_values(model, text)[:, 1:])
        yield Setting(past, other, since=1)


def circuit_logits(model: Model, setting: Setting, circuits: Iterable[Tensor], *, budget: float) -> Iterator[Tensor]:
    """The last logits [rows, vocab] of each set of kept edges [receiver, sender], in order, as many to a trace as fit:
    yields after each trace. ``budget``: tokens times layers of one trace. Raises ShapeMismatch, WrongDtype, Busy."""
    one = setting.other.numel() * setting.other.element_size()
    work = COST * model.spec.layers * setting.other.shape[1]
    rows = max(1, min(int(budget / work), BYTES // one))
    waiting = iter(circuits)
    while group := list(islice(waiting, rows)):
        yield rerun_edges(model, setting.past, torch.stack(group), setting.other, since=setting.since)


def measured(
    model: Model, setting: Setting, measure: Measure, budget: float, circuits: Iterable[Tensor]
) -> Iterator[float]:
    """The measure of each set of kept edges, in order; at most one trace between two of them."""
    for logits in circuit_logits(model, setting, circuits, budget=budget):
        yield from measure(logits).tolist()
