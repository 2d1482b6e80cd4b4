"""What a graph foretells, against a dense linear solve and against autograd through the linear replacement model."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from mikit.circuits.attribution import attribution_graph
from mikit.circuits.prediction import predicted, total_effects
from tests.circuits import replaced

IDS, ANSWER, FOIL, COUNT = [5, 6, 7, 8, 9], 7, 9, 40


@pytest.fixture
def tokens(tiny):
    return tiny.tokens_from(torch.tensor([IDS]))


def drawn(model, tokens, count=COUNT):
    *_, graph = attribution_graph(model, tokens, ANSWER, FOIL, count=count, budget=1e5)
    return graph


def solved(graph, ratios):
    """The change of the output when all values are solved for at once: each free value is the sum of what comes in, by
    edges as large as their source's value, and a constant; each held one is what it is held at."""
    own = torch.cat([graph.values, torch.tensor([graph.value])]).double()
    nodes = [*range(len(graph.values)), graph.output]
    inside = graph.effects[nodes][:, nodes].double() / own  # by unit of the source
    constant = own - inside @ own
    for n, ratio in ratios.items():
        inside[n], constant[n] = 0, ratio * own[n]
    found = torch.linalg.solve(torch.eye(len(own)).double() - inside, constant)
    return float(found[-1] - own[-1])


def test_against_a_dense_solve(tiny, tokens):
    graph = drawn(tiny, tokens)
    first, last = 0, len(graph.values) - 1
    for ratios in ({}, {first: 0.0}, {last: 2.0}, {first: 0.0, 3: -1.5, last: 0.3}, dict.fromkeys(range(COUNT), 0.0)):
        assert predicted(graph, ratios) == pytest.approx(solved(graph, ratios), abs=1e-5)
    assert predicted(graph, {}) == predicted(graph, {first: 1.0}) == 0
    assert abs(predicted(graph, {first: 0.0})) > 1e-4, "or nothing is compared"


def test_what_is_held_hears_nothing_from_below(tiny, tokens):
    """Held neurons add up: what runs from one into the other is cut."""
    graph = drawn(tiny, tokens)
    everything = dict.fromkeys(range(COUNT), 0.0)
    assert predicted(graph, everything) == pytest.approx(-float(graph.effects[graph.output, :COUNT].sum()), abs=1e-5)


def test_with_every_neuron_it_is_the_replacement_model_s_own_slope(tiny, tokens):
    size = tiny.spec.layers * len(IDS) * tiny.spec.d_mlp
    graph = drawn(tiny, tokens, count=size)
    logits, embedding, passed, *_ = replaced.run(tiny, tokens.ids, linear=True)
    slopes = torch.autograd.grad(logits[ANSWER] - logits[FOIL], [*passed, embedding])
    expected = [(slope * value)[0].detach() for slope, value in zip(slopes, [*passed, embedding], strict=True)]
    effects = total_effects(graph)
    torch.testing.assert_close(effects[:size], torch.stack(expected[:-1]).flatten(), atol=1e-5, rtol=1e-3)
    torch.testing.assert_close(effects[graph.embeddings], expected[-1].sum(-1), atol=1e-5, rtol=1e-3)
    assert float(effects[graph.output]) == graph.value


def test_the_total_effect_is_what_switching_off_takes_away(tiny, tokens):
    graph = drawn(tiny, tokens)
    taken = [-predicted(graph, {n: 0.0}) for n in range(COUNT)]
    torch.testing.assert_close(total_effects(graph)[:COUNT], torch.tensor(taken), atol=1e-6, rtol=1e-4)


def test_a_neuron_of_value_0_moves_nothing(tiny, tokens):
    graph = drawn(tiny, tokens)
    values, effects = graph.values.clone(), graph.effects.clone()
    values[0], effects[:, 0] = 0, 0
    silent = replace(graph, values=values, effects=effects)
    assert predicted(silent, {0: 5.0}) == 0
    assert torch.isfinite(total_effects(silent)).all()
