"""The short way round a prompt gives what the whole way gives, which test_engine holds against plain PyTorch hooks."""

from __future__ import annotations

import pytest
import torch

from mikit.errors import ShapeMismatch, UnknownSite
from mikit.trace.arrays import Array
from mikit.trace.edits import Ablate, Patch
from mikit.trace.engine import capture, remember, rerun, run
from mikit.trace.packing import pack
from mikit.trace.sites import WITH_HEADS, Site
from tests import tiny as tiny_models

LENGTH = 9
NAMES = ("resid_pre", "q", "k", "v", "z", "attn_out", "resid_mid", "mlp_in", "mlp_post", "mlp_out", "resid_post")


@pytest.fixture(scope="module", params=["gpt2", "gpt_neox", "llama", "mistral", "qwen2", "qwen3", "gemma2", "gemma3"])
def model(request):
    """Of these, mistral, gemma2 and gemma3 see only 4 tokens back in some layers."""
    return tiny_models.model(request.param)


@pytest.fixture
def tokens(model):
    return model.tokens_from(torch.arange(10, 10 + LENGTH))


def test_remembers_the_streams_and_the_logits(model, tokens):
    past = remember(model, tokens)
    sites = [Site(name="resid_pre", layer=layer) for layer in range(model.spec.layers)]
    torch.testing.assert_close(past.resid, torch.cat(list(capture(model, tokens, sites).values())))
    torch.testing.assert_close(past.logits, run(model, tokens, [[]])[0])


@pytest.mark.parametrize("name", NAMES)
def test_one_position_a_row(model, tokens, name):
    if name == "resid_mid" and model.spec.parallel:
        pytest.skip("a parallel model has no resid_mid")
    rows = []
    for layer in range(model.spec.layers):
        for position in (0, 3, 5, LENGTH - 1):
            site = Site(name=name, layer=layer, head=1 if name in WITH_HEADS else None, position=position)
            width = capture(model, tokens, [site])[site].shape[-1]
            rows.append([Patch(site=site, source=Array.of(torch.randn(width)))])
    torch.testing.assert_close(rerun(model, remember(model, tokens), rows, since=0), run(model, tokens, rows))


def test_an_edit_without_a_position_covers_those_since(model, tokens):
    since, site = 4, Site(name="z", layer=1, head=2)
    own = capture(model, tokens, [site])[site][0]
    other = own.clone()
    other[since:] = torch.randn(LENGTH - since, own.shape[-1])
    long = run(model, tokens, [[Patch(site=site, source=Array.of(other))], []])
    short = rerun(model, remember(model, tokens), [[Patch(site=site, source=Array.of(other[since:]))], []], since=since)
    torch.testing.assert_close(short, long)


def test_several_edits_in_a_row(model, tokens):
    rows = [
        [Ablate(site=Site(name="mlp_out", layer=2, position=6)), Ablate(site=Site(name="z", layer=1, position=-4))],
        [Ablate(site=Site(name="attn_out", layer=0, position=2))],
        [],
    ]
    torch.testing.assert_close(rerun(model, remember(model, tokens), rows, since=2), run(model, tokens, rows))


def test_what_was_remembered_does_not_change(model, tokens):
    past = remember(model, tokens)
    before = past.resid.clone(), [(k.clone(), v.clone()) for k, v in past.keys_and_values]
    rows = [[Ablate(site=Site(name="resid_pre", layer=0, position=1))]]
    first, again = (rerun(model, past, rows, since=1) for _ in range(2))
    assert torch.equal(first, again)
    assert torch.equal(past.resid, before[0])
    assert all(
        torch.equal(a, b)
        for kv, old in zip(past.keys_and_values, before[1], strict=True)
        for a, b in zip(kv, old, strict=True)
    )


def test_no_token_is_computed_twice():
    packed = pack([2, 4, 4], 6)
    assert packed.positions.tolist() == [2, 3, 4, 5, 4, 5, 4, 5]
    assert packed.rows.tolist() == [0, 0, 0, 0, 1, 1, 2, 2]
    assert packed.last.tolist() == [3, 5, 7]


def test_a_pattern_is_refused(model, tokens):
    with pytest.raises(UnknownSite, match="Use run"):
        rerun(model, remember(model, tokens), [[Ablate(site=Site(name="pattern", layer=1, head=0))]], since=0)


def test_one_prompt_at_a_time(model):
    with pytest.raises(ShapeMismatch, match="2 were given"):
        remember(model, model.tokens_from(torch.ones(2, 3)))
