"""Path patching against hooks that hold every head, as Wang et al. 2022 describe it, and identities that close."""

from __future__ import annotations

import pytest
import torch

from mikit.methods.patching import exact, patches, values_and_logits
from mikit.methods.paths import arrivals, paths, sent
from mikit.trace.engine import capture, remember, rerun
from mikit.trace.sites import Site
from tests.trace.reference import blocks, changed, logits, projection

BASE, OTHER = [5, 6, 7, 8, 9, 10, 11], [5, 6, 40, 8, 41, 10, 11]
FIRST, DIFFERS = 2, (2, 4)
BUDGET = 60.0


@pytest.fixture
def both(tiny):
    return tuple(tiny.tokens_from(torch.tensor([ids])) for ids in (BASE, OTHER))


def last(model):
    return torch.randn(model.spec.vocab, generator=torch.Generator().manual_seed(0))


def together(chunks):
    return dict(pair for chunk in chunks for pair in chunk)


def reader(model, name, layer, head):
    """The module that makes q, k or v, and a function that shows one head's part of its output, by hand."""
    block, size = blocks(model)[layer], model.spec.d_head
    kind, part = model.hf.config.model_type, "qkv".index(name)
    if kind == "gpt2":
        column = part * model.spec.heads + head
        return block.attn.c_attn, slice(column * size, (column + 1) * size)
    if kind == "gpt_neox":
        column = 3 * head + part
        return block.attention.query_key_value, slice(column * size, (column + 1) * size)
    return getattr(block.self_attn, f"{name}_proj"), slice(head * size, (head + 1) * size)


def heads_of(model, ids):
    """The input of every output projection [1, T, heads * d_head]."""
    found = {}

    def keep(layer):
        def look(z):
            found[layer] = z.clone()
            return z

        return look

    with changed(*((projection(model, layer), "input", keep(layer)) for layer in range(model.spec.layers))):
        logits(model.hf, ids)
    return found


def held(model, base, other, senders):
    """Changes that hold all heads at their values in ``base``, but the senders, which get those of ``other``."""
    own, brought, size = heads_of(model, base), heads_of(model, other), model.spec.d_head

    def hold(layer):
        value = own[layer].clone()
        for sender, head in senders:
            if sender == layer:
                part = slice(head * size, (head + 1) * size)
                value[..., part] = brought[layer][..., part]
        return lambda z: value

    return [(projection(model, layer), "input", hold(layer)) for layer in range(model.spec.layers)]


def by_hooks(model, base, other, sender, receiver):
    """The last logits, the path from one sender patched: two passes, every position in both."""
    changes = held(model, base, other, [sender])
    if receiver.name == "logits":
        with changed(*changes):
            return logits(model.hf, base)[0, -1]
    module, part = reader(model, receiver.name, receiver.layer, receiver.head)
    kept = []
    with changed(*changes, (module, "output", lambda out: kept.append(out.clone()) or out)):
        logits(model.hf, base)

    def put(out):
        out = out.clone()
        out[..., part] = kept[0][..., part]
        return out

    with changed((module, "output", put)):
        return logits(model.hf, base)[0, -1]


RECEIVERS = [
    Site(name="logits"),
    *(Site(name=name, layer=layer, head=1) for name in "qkv" for layer in (1, 2)),
]


@pytest.mark.parametrize("receiver", RECEIVERS, ids=str)
def test_every_sender_against_hooks(tiny, both, receiver):
    base, other = both
    found = paths(tiny, remember(tiny, base), other, receiver, first=FIRST)
    effects = together(sent(tiny, found, found.senders, lambda x: x @ last(tiny), budget=BUDGET))
    top = tiny.spec.layers if receiver.layer is None else receiver.layer
    assert set(effects) == {(layer, head) for layer in range(top) for head in range(tiny.spec.heads)}
    for sender, effect in effects.items():
        expected = by_hooks(tiny, base.ids, other.ids, sender, receiver) @ last(tiny)
        assert effect == pytest.approx(float(expected), abs=2e-4), sender


def test_a_path_differs_from_a_patch_where_there_are_heads_between(tiny, both):
    base, other = both
    past = remember(tiny, base)
    found = paths(tiny, past, other, Site(name="logits"), first=FIRST)
    own = float(past.logits @ last(tiny))
    on_path = together(sent(tiny, found, found.senders, lambda x: x @ last(tiny), budget=BUDGET))
    cells = patches("z", "head", values_and_logits(tiny, other, "z")[0], columns=(), since=FIRST)
    whole = together(exact(tiny, past, cells, lambda x: x @ last(tiny), since=FIRST, budget=BUDGET))
    top = tiny.spec.layers - 1
    for head in range(tiny.spec.heads):
        assert on_path[top, head] == pytest.approx(whole[top, head], abs=1e-4)
    assert max(abs(on_path[0, head] - whole[0, head]) for head in range(tiny.spec.heads)) > 1e-3
    assert max(abs(value - own) for value in on_path.values()) > 1e-3


def test_all_senders_at_once_bring_the_other_run_to_the_logits(tiny, both):
    """The last token is the same in both, so with every head's output the last stream is the other's."""
    base, other = both
    past = remember(tiny, base)
    found = paths(tiny, past, other, Site(name="logits"), first=FIRST)
    got = rerun(tiny, past, [found.edits(found.senders)], since=found.since)[0]
    torch.testing.assert_close(got, remember(tiny, other).logits, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", ["q", "k", "v"])
def test_all_senders_at_once_bring_the_other_run_to_a_head(tiny, both, name):
    """Where the tokens are the same; where they differ, the embedding is still the base's."""
    base, other = both
    receiver = Site(name=name, layer=2, head=0)
    found = paths(tiny, remember(tiny, base), other, receiver, first=FIRST)
    got = arrivals(tiny, found, [found.senders])[0]
    expected = capture(tiny, other, [receiver])[receiver][0, FIRST:]
    same = [t - FIRST for t in range(FIRST, len(BASE)) if t not in DIFFERS]
    torch.testing.assert_close(got[same], expected[same], atol=1e-4, rtol=1e-4)
    assert not torch.allclose(got[0], expected[0], atol=1e-2)


def test_a_run_sends_itself_nothing(tiny, both):
    base, _ = both
    past = remember(tiny, base)
    for receiver in (Site(name="logits"), Site(name="v", layer=2, head=1)):
        found = paths(tiny, past, base, receiver, first=FIRST)
        for chunk in sent(tiny, found, found.senders, lambda x: (x - past.logits).abs().amax(-1), budget=BUDGET):
            assert max(value for _, value in chunk) < 1e-4
