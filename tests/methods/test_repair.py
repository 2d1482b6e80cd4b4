"""Self-repair against plain PyTorch: whole passes with hooks, norms written out by hand, on four families."""

from __future__ import annotations

from itertools import combinations

import pytest
import torch
from transformers import AutoModelForCausalLM

import mikit
from mikit.errors import ShapeMismatch, UnknownSite
from mikit.methods.lens import direct
from mikit.methods.patching import values_and_logits
from mikit.methods.repair import beyond_sum, case, losses, random_pairs, repair, strongest_pairs
from mikit.models import planted
from mikit.models.model import open_model
from tests import tiny as tiny_models
from tests.methods.test_lens import ANSWER, FOIL, everything, parts_of, seen, share
from tests.trace import reference

PROMPT, OTHER = "w1 w2 w5 w3 w9", "w7 w2 w8 w4 w6"
SETS = [frozenset(x) for x in ([(0, 1)], [(1, 2)], [(2, 0)], [(0, 0), (1, 3)], [(1, 0), (1, 1)])]
BUDGET = 1e9


def brought_of(model):
    return values_and_logits(model, model.tokens(OTHER), "z")[0][:, -1]


@pytest.fixture
def found(tiny):
    made = case(tiny, tiny.tokens(PROMPT), brought_of(tiny), ANSWER, FOIL)
    return made, list(repair(tiny, made, SETS, budget=BUDGET))


def switched(model, brought, heads):
    """Changes for ``reference.changed``: heads set at the last position."""

    def change(layer):
        def function(z):
            z = z.clone()
            for n, head in heads:
                if n == layer:
                    size = brought.shape[-1]
                    z[:, -1, head * size : (head + 1) * size] = brought[n, head]
            return z

        return reference.projection(model, layer), "input", function

    return [change(layer) for layer in {layer for layer, _ in heads}]


def plain(model, ids, changes=()):
    """What each layer's attention and MLP add at the last position [layer, 2, d], and the logit difference."""
    outs = [
        module
        for attn, mlp, attn_norm, mlp_norm in parts_of(model)[2]
        for module in (attn_norm or attn, mlp_norm or mlp)
    ]
    kept = {}
    handles = [m.register_forward_hook(lambda m, _, out: kept.__setitem__(m, out[0, -1].clone())) for m in outs]
    with reference.changed(*changes):
        logits = reference.logits(model.hf, ids)[0, -1]
    for handle in handles:
        handle.remove()
    values = torch.stack([kept[module] for module in outs])
    return values.view(-1, 2, values.shape[-1]), float(logits[ANSWER] - logits[FOIL])


def test_parts_account_for_all_that_comes_back(found):
    *_, whole = found[1]
    assert whole.unaccounted.abs().max() < 1e-4
    assert whole.back.abs().max() > 1e-2
    for part in (whole.heads.sum((1, 2)), whole.mlps.sum(1), whole.norm):
        assert part.abs().max() > 1e-3, "every part must matter, or nothing is accounted for"


def test_every_part_against_whole_passes_with_hooks(tiny, found):
    made, (*_, whole) = found
    ids = tiny.tokens(PROMPT).ids
    clean, difference = plain(tiny, ids)
    values, _ = seen(tiny.hf, everything(tiny), ids)
    for row, heads in enumerate(SETS):
        outs, changed = plain(tiny, ids, switched(tiny, made.brought, heads))
        assert whole.total[row] == pytest.approx(difference - changed, abs=1e-5)
        first = min(layer for layer, _ in heads)
        for layer in range(tiny.spec.layers):
            attn, mlp = (share(tiny, values, part) for part in outs[layer] - clean[layer])
            assert whole.mlps[row, layer] == pytest.approx(mlp, abs=1e-5)
            if layer <= first:
                assert not whole.heads[row, layer].any()
            elif all(layer != n for n, _ in heads):
                assert whole.heads[row, layer].sum() == pytest.approx(attn, abs=1e-5)
            for n, head in heads:
                assert whole.heads[row, n, head] == 0, "what is off brings nothing back"


def test_direct_effects_are_those_of_direct_attribution(tiny):
    tokens, spec = tiny.tokens(PROMPT), tiny.spec
    made = case(tiny, tokens, torch.zeros(spec.layers, spec.heads, spec.d_head), ANSWER, FOIL)
    torch.testing.assert_close(made.direct, direct(tiny, tokens, ANSWER, FOIL).heads, atol=1e-5, rtol=0)
    own = values_and_logits(tiny, tokens, "z")[0][:, -1]
    same = case(tiny, tokens, own, ANSWER, FOIL)
    *_, nothing = repair(tiny, same, SETS, budget=BUDGET)
    for part in (nothing.direct, nothing.total, nothing.heads, nothing.mlps, nothing.norm):
        torch.testing.assert_close(part, torch.zeros_like(part), atol=1e-5, rtol=0)


def test_direct_effects_where_a_bias_stands_before_a_second_norm():
    config = tiny_models.CONFIGS["gemma3_text"]()
    config.attention_bias = True
    torch.manual_seed(0)
    hf = AutoModelForCausalLM.from_config(config)
    torch.nn.init.normal_(hf.model.layers[1].self_attn.o_proj.bias)
    model = open_model(hf, tokenizer=tiny_models.tokenizer())
    tokens = model.tokens(PROMPT)
    made = case(model, tokens, torch.zeros(3, 4, 8), ANSWER, FOIL)
    torch.testing.assert_close(made.direct, direct(model, tokens, ANSWER, FOIL).heads, atol=1e-5, rtol=0)


def test_pairs_beyond_their_sum_against_hooks(tiny, found):
    made, _ = found
    heads = [(layer, head) for layer in range(3) for head in range(4)]
    total = torch.cat(list(losses(tiny, made, [frozenset([h]) for h in heads], budget=BUDGET))).view(3, 4)
    pairs = [frozenset([(0, 1), (2, 3)]), frozenset([(1, 0), (1, 1)])]
    measured = list(beyond_sum(tiny, made, total, pairs, budget=BUDGET))
    ids = tiny.tokens(PROMPT).ids
    clean = plain(tiny, ids)[1]

    def lost(off):
        return clean - plain(tiny, ids, switched(tiny, made.brought, off))[1]

    expected = [lost(pair) - sum(lost([head]) for head in pair) for pair in pairs]
    assert [pair for pair, _ in measured] == pairs
    assert [value for _, value in measured] == pytest.approx(expected, abs=1e-5)
    assert max(map(abs, expected)) > 1e-3


def test_it_goes_in_steps_that_change_nothing():
    model = tiny_models.model("llama")
    made = case(model, model.tokens(PROMPT), brought_of(model), ANSWER, FOIL)
    together, apart = (list(repair(model, made, SETS, budget=budget)) for budget in (BUDGET, 1.0))
    assert (len(together), len(apart)) == (1 + 3 + 1, 5 + 3 + 1)
    assert together[0].total.isnan().all() and together[1].heads[:, 1:].isnan().all()
    for name in ("direct", "total", "heads", "mlps", "norm"):
        one, other = (getattr(steps[-1], name) for steps in (together, apart))
        torch.testing.assert_close(one, other, atol=1e-5, rtol=0)


def test_the_planted_heads_work_through_the_mlp_and_the_decoy_not_at_all():
    model = mikit.load(planted.planted(), tokenizer=planted.tokenizer())
    tokens = model.tokens("apple lemon lime plum apple")
    answer, foil = (planted.WORDS.index(word) for word in ("yellow", "green"))
    made = case(model, tokens, torch.zeros(2, 2, planted.D_HEAD), answer, foil)
    heads = [frozenset([(layer, head)]) for layer in (0, 1) for head in (0, 1)]
    *_, whole = repair(model, made, heads, budget=BUDGET)
    clean = float(made.difference(made.past.logits))
    assert abs(whole.total[0]) < 0.05, "the planted head of layer 0 has done its work further left"
    torch.testing.assert_close(whole.total[1:], torch.tensor([0, clean, 0]), atol=1e-4, rtol=0)
    torch.testing.assert_close(whole.mlps[:, 1], -whole.total, atol=1e-4, rtol=0)
    for part in (whole.direct, whole.heads, whole.mlps[:, 0], whole.norm):
        torch.testing.assert_close(part, torch.zeros_like(part), atol=1e-4, rtol=0)


def test_which_pairs():
    effects = torch.tensor([[0.1, -3.0], [2.0, 0.0]])
    assert strongest_pairs(effects, 3) == [frozenset(pair) for pair in combinations([(0, 1), (1, 0), (0, 0)], 2)]
    drawn = random_pairs(3, 4, 20, seed=0)
    assert len(set(drawn)) == 20 and all(len(pair) == 2 for pair in drawn)
    assert drawn == random_pairs(3, 4, 20, seed=0) != random_pairs(3, 4, 20, seed=1)
    assert len(random_pairs(1, 3, 20, seed=0)) == 3


def test_what_is_refused():
    model = tiny_models.model("llama")
    tokens = model.tokens(PROMPT)
    with pytest.raises(ShapeMismatch, match=r"\(3, 4, 8\) is needed: layers, heads, d_head"):
        case(model, tokens, torch.zeros(3, 4, 5), ANSWER, FOIL)
    made = case(model, tokens, brought_of(model), ANSWER, FOIL)
    with pytest.raises(UnknownSite, match="at least one head"):
        next(repair(model, made, [frozenset()], budget=BUDGET))
    with pytest.raises(UnknownSite, match="heads are 0 to 3"):
        next(losses(model, made, [frozenset([(0, 4)])], budget=BUDGET))
