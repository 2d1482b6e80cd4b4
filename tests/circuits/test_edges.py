"""Edge scores against autograd through a pass in which every receiver has an input of its own, on four families."""

from __future__ import annotations

import pytest
import torch

from mikit.circuits.edges import edge_scores, receiver_slopes, sender_values
from mikit.errors import BadPair, ShapeMismatch
from mikit.trace.engine import capture, value_and_grad
from mikit.trace.graph import graph_of
from mikit.trace.sites import Site
from tests import tiny as tiny_models
from tests.circuits import split

CLEAN, CORRUPT, FIRST = [5, 6, 7, 8, 9, 10, 11], [5, 6, 40, 8, 41, 10, 11], 2
METRIC = lambda logits: logits[..., 7] - logits[..., 9]  # noqa: E731


@pytest.fixture
def pair(tiny):
    return tuple(tiny.tokens_from(torch.tensor([ids])) for ids in (CLEAN, CORRUPT))


def by_autograd(model, tokens, embedding=None):
    """d(metric) / d(what each receiver reads), [receiver, T, d]."""
    graph = graph_of(model.spec)
    push = torch.zeros(len(graph.receivers), tokens.ids.shape[1], model.spec.d_model, requires_grad=True)
    logits, _ = split.run(model, tokens.ids, push=push, embedding=embedding)
    return torch.autograd.grad(METRIC(logits), push)[0]


def slopes(model, tokens, **kwargs):
    found = list(receiver_slopes(model, tokens, METRIC, **kwargs))
    assert [where.start for where, _ in found[1:]] == [where.stop for where, _ in found[:-1]]
    return torch.cat([slope for _, slope in found])


def test_the_parts_and_their_order(tiny):
    """Who can read whom, by names."""
    senders, receivers = split.order(tiny)
    graph = graph_of(tiny.spec)
    names = {"resid_pre": "embedding", "z": "head", "mlp_out": "mlp", "mlp_in": "mlp"}
    named = [
        [(names.get(s.name, s.name), s.layer, s.head) for s in sites] for sites in (graph.senders, graph.receivers)
    ]
    assert named[0][0] == ("embedding", 0, None)
    assert named[0][1:] == senders[1:] and named[1] == receivers
    for r, receiver in enumerate(receivers):
        assert [senders[s] for s in graph.edges[r].nonzero().ravel()] == split.before(tiny, receiver)


def test_what_senders_write(tiny, pair):
    _, expected = split.run(tiny, pair[0].ids)
    torch.testing.assert_close(sender_values(tiny, pair[0]), expected.detach(), atol=1e-5, rtol=0)


def test_slopes_against_autograd_with_split_inputs(tiny, pair):
    expected = by_autograd(tiny, pair[0])
    assert expected.flatten(1).abs().amax(1).min() > 1e-6, "every receiver must matter, or nothing is compared"
    torch.testing.assert_close(slopes(tiny, pair[0]), expected, atol=1e-5, rtol=1e-4)


def test_slopes_above_a_layer_add_up_to_the_stream(tiny, pair):
    graph = graph_of(tiny.spec)
    found = slopes(tiny, pair[0])
    for layer in range(tiny.spec.layers):
        site = Site(name="resid_post", layer=layer)
        stream = value_and_grad(tiny, pair[0], [site], METRIC)[site][1][0]
        above = torch.tensor([receiver.layer is None or receiver.layer > layer for receiver in graph.receivers])
        torch.testing.assert_close(found[above].sum(0), stream, atol=1e-5, rtol=0)


@pytest.mark.parametrize("steps", [1, 3])
def test_scores_against_autograd(tiny, pair, steps):
    (_, own), (_, other) = (split.run(tiny, tokens.ids) for tokens in pair)
    edges, total = graph_of(tiny.spec).edges, 0
    for k in range(1, steps + 1):
        embedding = other[0] + k / steps * (own[0] - other[0])
        total = total + torch.einsum("rtd,std->rs", by_autograd(tiny, pair[0], embedding.detach()), own - other)
    *_, found = edge_scores(tiny, *pair, METRIC, steps=steps)
    torch.testing.assert_close(found, torch.where(edges, total / steps, 0.0).detach(), atol=1e-5, rtol=1e-4)
    if steps > 1:
        (eap,) = edge_scores(tiny, *pair, METRIC)
        torch.testing.assert_close(next(edge_scores(tiny, *pair, METRIC, steps=steps)), eap)
        assert (found - eap).abs().max() > 1e-4


def test_a_small_step_against_a_finite_difference(tiny, pair):
    """Cutting one edge into the logits a little: no autograd on the other side."""
    graph, (clean, corrupt) = graph_of(tiny.spec), pair
    (scores,) = edge_scores(tiny, clean, corrupt, METRIC)
    own, other = sender_values(tiny, clean), sender_values(tiny, corrupt)
    sender, step = 2, 0.05
    site = Site(name="resid_post", layer=tiny.spec.layers - 1)
    last = capture(tiny, clean, [site])[site]
    change = step * (own - other)[sender]

    def read(stream):
        with torch.no_grad():
            normed = split.final_norm(tiny)(stream)
            return METRIC(tiny.hf.get_output_embeddings()(normed)[0, -1]).item()

    slope = (read(last + change) - read(last - change)) / (2 * step)
    assert slope == pytest.approx(scores[len(graph.receivers) - 1, sender].item(), abs=1e-3)
    assert abs(slope) > 1e-3


def test_pairs_that_cannot_be_compared():
    model = tiny_models.model("gpt2")
    clean, corrupt = (model.tokens_from(torch.tensor([ids])) for ids in (CLEAN, CORRUPT))
    with pytest.raises(BadPair, match="the same"):
        next(edge_scores(model, clean, clean, METRIC))
    with pytest.raises(ShapeMismatch, match=r"\(1, 7\) and \(1, 4\)"):
        next(edge_scores(model, clean, model.tokens_from(corrupt.ids[:, :4]), METRIC))
    with pytest.raises(ShapeMismatch, match="2 were given"):
        sender_values(model, model.tokens_from(torch.cat([clean.ids, corrupt.ids])))
