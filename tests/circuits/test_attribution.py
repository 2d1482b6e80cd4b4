"""Attribution graphs against autograd through a pass with frozen norms, patterns and neurons, on four families."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from mikit import load
from mikit.circuits.attribution import attribution_graph, bytes_needed, neuron_effects
from mikit.circuits.frozen import Transcoder, freeze
from mikit.circuits.influence import adjacency, scores
from mikit.errors import BadCircuit, ShapeMismatch, UnknownSite
from mikit.models import planted
from mikit.trace.engine import run
from tests import tiny as tiny_models
from tests.circuits import replaced

IDS, ANSWER, FOIL, COUNT = [5, 6, 7, 8, 9, 10, 11], 7, 9, 24


@pytest.fixture
def tokens(tiny):
    return tiny.tokens_from(torch.tensor([IDS]))


def drawn(model, tokens, foil=FOIL, **kwargs):
    *_, graph = attribution_graph(model, tokens, ANSWER, foil, **{"count": COUNT, "budget": 1000.0} | kwargs)
    return graph


def by_autograd(graph, reference):
    """Rows of the neurons and the output, and their values, from the leaves' slopes."""
    logits, embedding, passed, made, _ = reference
    kept = [tuple(each) for each in graph.neurons.tolist()]
    targets = [made[layer][0, position, neuron] for layer, position, neuron in kept]
    rows, values = [], [*targets, logits[ANSWER] - logits[FOIL]]
    for value in values:
        slopes = torch.autograd.grad(value, [embedding, *passed], retain_graph=True, allow_unused=True)
        embedded, *each = (
            torch.zeros_like(leaf[0]) if slope is None else (slope * leaf)[0].detach()
            for slope, leaf in zip(slopes, [embedding, *passed], strict=True)
        )
        neurons = torch.stack(each)
        ours = torch.stack([neurons[node] for node in kept])
        for node in kept:
            neurons[node] = 0
        rows.append(torch.cat([ours, neurons.sum(-1).flatten(), embedded.sum(-1), torch.zeros(1)]))
    return torch.stack(rows), torch.stack(values).detach()


def test_every_edge_against_autograd(tiny, tokens):
    graph = drawn(tiny, tokens)
    assert graph.done and graph.neurons.shape == (COUNT, 3)
    reference = replaced.run(tiny, tokens.ids)
    torch.testing.assert_close(reference[0].detach(), run(tiny, tokens, [[]])[0], atol=1e-5, rtol=0)
    rows, values = by_autograd(graph, reference)
    targets = [*range(COUNT), graph.output]
    torch.testing.assert_close(graph.effects[targets], rows, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(torch.cat([graph.values, torch.tensor([graph.value])]), values, atol=1e-5, rtol=0)
    assert not graph.effects[COUNT : graph.output].any(), "nothing comes into a rest node or an embedding"
    assert graph.effects[:COUNT, :COUNT].any() and graph.effects[:, graph.rest].any(), "or nothing is compared"


@pytest.mark.parametrize("count", [1, COUNT, 10**6])
def test_what_comes_in_adds_up(tiny, tokens, count):
    """To each neuron's value and to the logit difference; where every neuron is kept, the rest is nothing."""
    if count == 10**6:
        count = tiny.spec.layers * len(IDS) * tiny.spec.d_mlp
        tokens = tiny.tokens_from(torch.tensor([IDS[:3]]))
    graph = drawn(tiny, tokens, count=count, budget=1e5)
    total = graph.effects.sum(1) + graph.constants
    logits = run(tiny, tokens, [[]])[0]
    assert float(total[graph.output]) == pytest.approx(float(logits[ANSWER] - logits[FOIL]), abs=1e-5)
    torch.testing.assert_close(total[: len(graph.values)], graph.values, atol=1e-5, rtol=1e-4)
    everything = len(graph.values) == tiny.spec.layers * graph.positions * tiny.spec.d_mlp
    assert bool(graph.effects[:, graph.rest].any()) != everything
    assert (graph.share == pytest.approx(1) and graph.direct_share == pytest.approx(1)) == everything


def transcoders(model, width=40, skip=True):
    """One a layer, of random weights: their errors are large."""
    d, generator = model.spec.d_model, torch.Generator().manual_seed(3)

    def draw(*shape):
        return 0.3 * torch.randn(*shape, generator=generator)

    def one():
        W_enc, b_enc = draw(d, width), draw(width)
        W_skip = draw(d, d) if skip else None
        return Transcoder(lambda x: torch.relu(x @ W_enc + b_enc), W_enc, b_enc, draw(width, d), draw(d), W_skip)

    return [one() for _ in range(model.spec.layers)]


@pytest.mark.parametrize("skip", [False, True])
def test_transcoders_in_place_of_neurons_against_autograd(tiny, tokens, skip):
    made = transcoders(tiny, skip=skip)
    graph = drawn(tiny, tokens, transcoders=made)
    reference = replaced.run(tiny, tokens.ids, transcoders=made)
    torch.testing.assert_close(reference[0].detach(), run(tiny, tokens, [[]])[0], atol=1e-5, rtol=0)
    rows, values = by_autograd(graph, reference)
    targets, others = [*range(COUNT), graph.output], [*range(COUNT), *range(graph.embeddings.start, graph.output)]
    torch.testing.assert_close(graph.effects[targets][:, others], rows[:, others], atol=1e-4, rtol=1e-4)
    total = (graph.effects.sum(1) + graph.constants)[targets]
    torch.testing.assert_close(total, values, atol=1e-4, rtol=1e-4)  # the errors, too, are in the rest
    assert (graph.effects[targets, graph.rest] - rows[:, graph.rest]).abs().max() > 0.01

    logits, _, passed, _, errors = replaced.run(tiny, tokens.ids, linear=True, transcoders=made)
    slopes = torch.autograd.grad(logits[ANSWER] - logits[FOIL], [*passed, *errors])
    sizes = [(s * value)[0].detach() for s, value in zip(slopes, [*passed, *errors], strict=True)]
    features, left = torch.stack(sizes[: len(made)]).abs(), torch.stack(sizes[len(made) :]).sum(-1).abs()
    held = sum(features[layer, position, n] for layer, position, n in graph.neurons.tolist())
    assert graph.share == pytest.approx(float(held / (features.sum() + left.sum())), rel=1e-4)


def _own(mlp):
    """The transcoder that is a GPT-2's ReLU MLP itself."""
    first, second = mlp.c_fc, mlp.c_proj
    return Transcoder(
        *(lambda x: torch.relu(x @ first.weight + first.bias), first.weight, first.bias, second.weight, second.bias)
    )


def test_a_perfect_transcoder_leaves_nothing_out():
    """That of a ReLU network is its own neurons: all scores are 1, and only what it does not give back counts as left
    out once it is broken."""
    model = load(planted.planted(), tokenizer=planted.tokenizer())
    tokens = model.tokens("lemon plum lime lemon")
    answer, foil = model.tokens("purple").ids[0, 0], model.tokens("green").ids[0, 0]
    made = [_own(block.mlp) for block in model.hf.transformer.h]
    count = 2 * 4 * planted.FRUITS
    *_, graph = attribution_graph(model, tokens, int(answer), int(foil), count=count, budget=1e3, transcoders=made)
    found = scores(adjacency(graph))
    assert (graph.share, found.replacement, found.completeness) == pytest.approx((1, 1, 1), abs=1e-6)

    broken = [replace(each, W_dec=0.5 * each.W_dec) for each in made]
    *_, worse = attribution_graph(model, tokens, int(answer), int(foil), count=count, budget=1e3, transcoders=broken)
    assert worse.share == pytest.approx(0.5, abs=1e-6)
    assert scores(adjacency(worse)).replacement < 0.99


def test_without_a_gate_it_adds_up_to_what_enters_the_activation_function():
    """The value is act(p), so the same row times p / act(p) adds up to p."""
    model = tiny_models.model("gpt2")
    tokens = model.tokens_from(torch.tensor([IDS]))
    before = {}
    hooks = [
        block.mlp.c_fc.register_forward_hook(lambda *a, n=n: before.__setitem__(n, a[-1][0]))
        for n, block in enumerate(model.hf.transformer.h)
    ]
    model.hf(tokens.ids)
    for hook in hooks:
        hook.remove()
    graph = drawn(model, tokens)
    p = torch.stack([before[layer][position, neuron] for layer, position, neuron in graph.neurons.tolist()])
    total = (graph.effects.sum(1) + graph.constants)[:COUNT] * p / graph.values
    torch.testing.assert_close(total, p, atol=1e-5, rtol=1e-4)


def test_neurons_are_chosen_by_their_effect_along_all_ways(tiny, tokens):
    logits, _, passed, *_ = replaced.run(tiny, tokens.ids, linear=True)
    slopes = torch.autograd.grad(logits[ANSWER] - logits[FOIL], passed)
    effects = torch.stack([(s * n)[0].detach() for s, n in zip(slopes, passed, strict=True)])
    logits, _, passed, *_ = replaced.run(tiny, tokens.ids)
    slopes = torch.autograd.grad(logits[ANSWER] - logits[FOIL], passed)
    direct = torch.stack([(s * n)[0].detach() for s, n in zip(slopes, passed, strict=True)])

    frozen = freeze(tiny, tokens)
    with torch.no_grad():
        found = neuron_effects(frozen, frozen.read_by_output(ANSWER, FOIL)[0])
    torch.testing.assert_close(found[0], effects, atol=1e-6, rtol=1e-4)
    torch.testing.assert_close(found[1], direct, atol=1e-6, rtol=1e-4)

    graph = drawn(tiny, tokens)
    best = effects.abs().flatten().sort(descending=True).indices[:COUNT]
    flat = [(layer * len(IDS) + t) * tiny.spec.d_mlp + n for layer, t, n in graph.neurons.tolist()]
    assert flat == sorted(best.tolist())
    for share, size in ((graph.share, effects.abs()), (graph.direct_share, direct.abs())):
        assert share == pytest.approx(float(size.flatten()[best].sum() / size.sum()), rel=1e-4)


@pytest.mark.parametrize("family", ["gpt_neox_sequential", "qwen2", "qwen3", "mistral", "gemma2", "gemma3"])
def test_other_families_add_up(family):
    model = tiny_models.model(family)
    tokens = model.tokens_from(torch.tensor([IDS]))
    graph = drawn(model, tokens, foil=None)
    total = graph.effects.sum(1) + graph.constants
    assert float(total[graph.output]) == pytest.approx(graph.value, abs=1e-5)
    torch.testing.assert_close(total[:COUNT], graph.values, atol=1e-5, rtol=1e-4)
    if family != "gemma2":  # whose logits are squeezed at the very end
        assert graph.value == pytest.approx(float(run(model, tokens, [[]])[0, ANSWER]), abs=1e-5)


def test_rows_come_one_after_another_and_the_output_first():
    model = tiny_models.model("llama")
    tokens = model.tokens_from(torch.tensor([IDS]))
    left = [
        graph.effects[:COUNT, -1].isnan().sum().item()
        for graph in attribution_graph(model, tokens, ANSWER, FOIL, count=COUNT, budget=1)
    ]
    assert left == list(range(COUNT, -1, -1))
    graph = next(attribution_graph(model, tokens, ANSWER, FOIL, count=COUNT, budget=1))
    assert not graph.done and not graph.effects[graph.output].isnan().any()
    torch.testing.assert_close(drawn(model, tokens, budget=1.0).effects, drawn(model, tokens, budget=1e6).effects)


def test_neurons_stand_in_order(tiny, tokens):
    assert all(a < b for a, b in pairwise(drawn(tiny, tokens).neurons.tolist()))


def test_what_is_refused():
    model = tiny_models.model("llama")
    tokens = model.tokens_from(torch.tensor([IDS]))
    with pytest.raises(BadCircuit, match="A graph of 0 neurons"):
        drawn(model, tokens, count=0)
    with pytest.raises(UnknownSite, match="no token 100"):
        drawn(model, tokens, foil=100)
    two, narrow = transcoders(model, 40)[:-1], [*transcoders(model, 40)[:-1], *transcoders(model, 39)[-1:]]
    with pytest.raises(ShapeMismatch, match=f"{len(two)} transcoders were given, the model has"):
        drawn(model, tokens, transcoders=two)
    with pytest.raises(ShapeMismatch, match=f"transcoder of layer {len(two)} reads"):
        drawn(model, tokens, transcoders=narrow)
    with pytest.raises(ShapeMismatch, match="2 were given"):
        drawn(model, model.tokens_from(torch.tensor([IDS, IDS])))


def test_the_estimate_covers_what_a_graph_holds():
    model = tiny_models.model("gpt2")
    tokens = model.tokens_from(torch.tensor([IDS]))
    graph, frozen = drawn(model, tokens), freeze(model, tokens)
    held = graph.effects.nbytes + sum(layer.neurons.nbytes + layer.pattern.nbytes for layer in frozen.layers)
    held += sum(reading.share.nbytes for layer in frozen.layers for reading in layer.readings)
    assert held < bytes_needed(model.spec, len(IDS), COUNT) < 6 * held
