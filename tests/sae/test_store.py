"""What a store gives is what the model computes, each token once, position 0 never; and any batch can be had again."""

from __future__ import annotations

import pytest
import torch

from mikit.errors import EmptyText, MikitError, TooLong, UnknownSite
from mikit.sae.store import Store, packs, width, windows
from mikit.trace.sites import Site
from tests import tiny as tiny_models
from tests.trace import reference

SITE = Site(name="resid_post", layer=1)
TEXTS = [" ".join(f"w{(7 * i + j) % 90}" for j in range(length)) for i, length in enumerate((31, 5, 1, 12, 31, 5, 40))]
SMALL = {"batch": 8, "context": 12, "blocks_of": 3, "trace_tokens": 24}


@pytest.fixture(scope="module")
def llama():
    return tiny_models.model("llama")


def batches(store, count):
    found = []
    while len(found) < count:
        if store.ready():
            found.append(store.take())
    return found


def test_windows_hold_every_token_once(llama):
    found = list(windows(llama, TEXTS, 12))
    assert max(map(len, found)) == 12
    assert [id for ids in found for id in ids] == [id for text in TEXTS for id in llama.tokenizer(text)["input_ids"]]


def test_packs_never_pad_and_lose_no_window_of_two_tokens(llama):
    given = list(windows(llama, TEXTS, 12))
    found = [row for ids in packs(given, 24) for row in ids.tolist()]
    assert sorted(found) == sorted(ids for ids in given if len(ids) > 1)
    assert all(ids.numel() <= 24 for ids in packs(given, 24))


def test_a_window_begins_with_the_models_first_token_where_it_has_one(llama):
    class Bos:
        bos_token_id = 7

        def __call__(self, text, add_special_tokens=True):
            return {"input_ids": [7] * add_special_tokens + [int(word[1:]) + 4 for word in text.split() if word != "x"]}

    class WithBos:
        tokenizer = Bos()

    found = list(windows(WithBos(), ["w1 w2 w3 w4 w5"], 3))
    assert found == [[7, 5, 6], [7, 7, 8], [7, 9]]


def test_a_store_gives_the_models_own_activations(tiny):
    """One block holds the first 24 tokens that are not at position 0, in another order."""
    store = Store(tiny, TEXTS, SITE, **SMALL)
    x = torch.cat([batch.x for batch in batches(store, 3)])
    kept = []
    hook = reference.blocks(tiny)[1].register_forward_hook(lambda _m, _a, out: kept.append(out[:, 1:].flatten(0, 1)))
    for ids in packs(windows(tiny, TEXTS, 12), 24):
        reference.logits(tiny.hf, ids)
    hook.remove()
    wanted = torch.cat(kept)[:24]
    distance = torch.cdist(x.double(), wanted.double())
    assert sorted(distance.argmin(1).tolist()) == list(range(24))
    assert float(distance.min(1).values.max()) < 1e-4
    assert distance.argmin(1).tolist() != list(range(24))


def test_a_transcoders_store_gives_both_sides_in_step(llama):
    target = Site(name="mlp_out", layer=2)
    both = batches(Store(llama, TEXTS, SITE, target, **SMALL), 4)
    alone = batches(Store(llama, TEXTS, target, **SMALL), 4)
    assert all(torch.equal(a.target, b.x) for a, b in zip(both, alone, strict=True))
    assert not torch.equal(both[0].x, both[0].target)


@pytest.mark.parametrize("start", [0, 2, 3, 10, 40])
def test_any_batch_can_be_had_again(llama, start):
    whole = batches(Store(llama, TEXTS, SITE, **SMALL), 44)
    store = Store(llama, TEXTS, SITE, **SMALL)
    batches(store, 5)
    store.seek(start)
    assert all(torch.equal(a.x, b.x) for a, b in zip(batches(store, 4), whole[start : start + 4], strict=True))


def test_texts_start_again_when_they_are_through(llama):
    one_pass = sum(ids.shape[0] * (ids.shape[1] - 1) for ids in packs(windows(llama, TEXTS, 12), 24))
    store = Store(llama, TEXTS, SITE, batch=one_pass, context=12, blocks_of=1, trace_tokens=24)
    first, second = batches(store, 2)
    assert torch.equal(first.x.sort(0).values, second.x.sort(0).values)
    assert not torch.equal(first.x, second.x)


def test_memory_is_one_block(llama):
    assert Store(llama, TEXTS, SITE, **SMALL).nbytes == 8 * 3 * llama.spec.d_model * 4


def test_heads_stand_side_by_side(llama):
    store = Store(llama, TEXTS, Site(name="z", layer=0), **SMALL)
    assert batches(store, 1)[0].x.shape == (8, llama.spec.heads * llama.spec.d_head)
    assert width(llama.spec, Site(name="k", layer=0)) == llama.spec.kv_heads * llama.spec.d_head
    assert width(llama.spec, Site(name="mlp_post", layer=0)) == llama.spec.d_mlp


def test_what_a_store_refuses(llama):
    for texts, error, message in [
        ([], EmptyText, "no text of two tokens"),
        (["", "w1"], EmptyText, "no text of two tokens"),
        ("w1 w2 w3", MikitError, "list of texts.*str"),
        (iter(TEXTS), MikitError, "iterated anew"),
        ([None, *TEXTS], MikitError, "one of these is a NoneType: None"),
    ]:
        with pytest.raises(error, match=message):
            Store(llama, texts, SITE, **SMALL).ready()
    with pytest.raises(TooLong, match="65 tokens"):
        Store(llama, TEXTS, SITE, context=65)
    with pytest.raises(UnknownSite, match="no layer 9"):
        Store(llama, TEXTS, Site(name="resid_post", layer=9), **SMALL)
    with pytest.raises(UnknownSite, match="cannot be a dictionary's place"):
        Store(llama, TEXTS, Site(name="pattern", layer=0), **SMALL)


def test_half_characters_are_put_together_or_marked(llama):
    """As json.loads leaves them; a tokenizer takes whole characters alone."""
    assert [*windows(llama, ["w1 \ud83e\udd16 w2 \ud83e w3"], 8)] == [
        *windows(llama, ["w1 \U0001f916 w2 \ufffd w3"], 8)
    ]


def test_odd_characters_are_text_like_any_other(llama):
    odd = ["w1 <script> w2 \x00 \x1b[31m w3 \u202e w4 w5", *TEXTS]
    assert torch.isfinite(batches(Store(llama, odd, SITE, **SMALL), 3)[0].x).all()
