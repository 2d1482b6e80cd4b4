"""The self-repair study against whole passes with plain hooks, and what it says of the real model."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
import torch

from mikit.errors import BadPair, NotOneToken, UnknownSite
from mikit.studies import self_repair
from mikit.studies.base import Result, run_study, stream
from mikit.studies.names import name_pair
from mikit.studies.pairs import PromptPair
from mikit.studies.record import Record
from mikit.studies.self_repair import DRAWS, LATER, RANDOM_PAIRS, SelfRepair
from tests import tiny as tiny_models
from tests.methods.test_lens import ANSWER, FOIL
from tests.methods.test_repair import plain, switched
from tests.trace import reference

WORDS = {"answer": tiny_models.WORDS[ANSWER], "foil": tiny_models.WORDS[FOIL]}
PAIR = PromptPair(clean="w1 w2 w5 w3 w9", corrupt="w7 w2", **WORDS)
OTHER = PromptPair(clean="w4 w6 w2", corrupt="w4 w8 w2", **WORDS)


def numbers(result, grid, control=None):
    grids = result.grids if control is None else next(c for c in result.controls if c.name == control).grids
    return grids[grid].values.numpy()


def lost(model, text, brought, heads):
    """What switching heads off costs the logit difference: two whole passes with hooks."""
    ids = model.tokens(text).ids
    return plain(model, ids)[1] - plain(model, ids, switched(model, brought, heads))[1]


def written(model, text):
    """What heads write, [position, layer, head, d_head], by hooks."""
    kept, s = [], model.spec
    modules = [reference.projection(model, layer) for layer in range(s.layers)]
    handles = [m.register_forward_pre_hook(lambda _, inputs: kept.append(inputs[0][0].detach())) for m in modules]
    reference.logits(model.hf, model.tokens(text).ids)
    for handle in handles:
        handle.remove()
    return torch.stack(kept, 1).view(-1, s.layers, s.heads, s.d_head)


def every_head(model, text, brought):
    s = model.spec
    return [[lost(model, text, brought, [(layer, head)]) for head in range(s.heads)] for layer in range(s.layers)]


def parts_add_up(result):
    back, by = numbers(result, "back"), result.grids["back"].axes["by"]
    direct, total = numbers(result, "direct"), numbers(result, "total")
    rows = [tuple(map(int, name[1:].split("H"))) for name in result.grids["back"].axes["head"]]
    between = [direct[row] - total[row] for row in rows]
    assert by[-1] == "sum"
    np.testing.assert_allclose(back[:, -1], between, atol=1e-3)
    np.testing.assert_allclose(back[:, :-1].sum(1), between, atol=1e-3)
    return back, by


def test_what_comes_back_is_direct_less_total_and_total_is_that_of_hooks(tiny):
    result = run_study(SelfRepair(model=tiny.ref, pairs=(PAIR,), brought="zero"), tiny)
    back, by = parts_add_up(result)
    s = tiny.spec
    assert back.shape == (s.layers * s.heads, len(by)) and by[-2] == "norms" and f"L{s.layers - 1} MLP" in by
    assert np.abs(back[:, -1]).max() > 0.01
    zeros = torch.zeros(s.layers, s.heads, s.d_head)
    np.testing.assert_allclose(numbers(result, "total"), every_head(tiny, PAIR.clean, zeros), atol=1e-5)
    pairs = result.grids["pair"].axes["pair"]
    for name, found in list(zip(pairs, numbers(result, "pair"), strict=True))[:3]:
        both = [tuple(map(int, head[1:].split("H"))) for head in name.split(" + ")]
        apart = sum(lost(tiny, PAIR.clean, zeros, [head]) for head in both)
        assert found == pytest.approx(lost(tiny, PAIR.clean, zeros, both) - apart, abs=1e-5)
    assert numbers(result, "logit difference")[0] == pytest.approx(
        plain(tiny, tiny.tokens(PAIR.clean).ids)[1], abs=1e-5
    )


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("llama")


@pytest.fixture
def ordinary(monkeypatch):
    """Texts in words that the small tokenizer has."""
    texts = tuple(" ".join(f"w{(7 * n + i * i) % 96}" for i in range(6)) for n in range(4))
    monkeypatch.setattr(self_repair, "ORDINARY", texts)
    return texts


def test_what_heads_are_set_to(model, ordinary):
    pool = torch.cat([written(model, text)[1:] for text in ordinary])
    for how, brought in {"mean": pool.mean(0), "other prompt": written(model, PAIR.corrupt)[-1]}.items():
        result = run_study(SelfRepair(model=model.ref, pairs=(PAIR,), brought=how), model)
        np.testing.assert_allclose(numbers(result, "total"), every_head(model, PAIR.clean, brought), atol=1e-5)
    first, again, other = (
        run_study(SelfRepair(model=model.ref, pairs=(PAIR,), brought="resample", seed=n), model) for n in (0, 0, 1)
    )
    assert (numbers(first, "total") == numbers(again, "total")).all()
    assert np.abs(numbers(first, "total") - numbers(other, "total")).max() > 1e-3
    parts_add_up(first)


def test_several_prompts_give_a_mean_and_an_interval(model):
    together = run_study(SelfRepair(model=model.ref, pairs=(PAIR, OTHER), brought="other prompt"), model)
    alone = [
        run_study(SelfRepair(model=model.ref, pairs=(pair,), brought="other prompt"), model) for pair in (PAIR, OTHER)
    ]
    for name in ("direct", "total"):
        each = np.stack([numbers(one, name) for one in alone])
        np.testing.assert_allclose(numbers(together, name), each.mean(0), atol=1e-5)
        half = 12.7062 * each.std(0, ddof=1) / np.sqrt(2)  # Student's t, one degree of freedom
        low = together.grids[name].low.numpy()
        np.testing.assert_allclose(numbers(together, name) - low, half, rtol=1e-3, atol=1e-5)
        assert alone[0].grids[name].low is None
    parts_add_up(together)


def test_the_heads_asked_for_are_split_and_paired_first(model):
    asked = ((2, 1), (0, 3), (2, 1))
    result = run_study(SelfRepair(model=model.ref, pairs=(PAIR,), heads=asked), model)
    assert result.grids["back"].axes["head"] == ("L2H1", "L0H3")
    assert result.grids["pair"].axes["pair"][0] == "L0H3 + L2H1" and len(result.grids["pair"].axes["pair"]) == 15
    back, by = parts_add_up(result)
    later = [i for i, name in enumerate(by) if "H" in name]
    assert 0 < len(later) <= LATER and np.abs(back[0, later]).max() == 0, "no head is after those of the last layer"


def test_pairs_are_of_six_heads_however_many_were_asked_for(model):
    asked = tuple((layer, head) for layer in range(model.spec.layers) for head in range(model.spec.heads))
    assert len(asked) > 6
    result = run_study(SelfRepair(model=model.ref, pairs=(PAIR,), heads=asked), model)
    assert len(result.grids["pair"].axes["pair"]) == 15
    assert len(result.grids["back"].axes["head"]) == len(asked)


def test_it_is_shown_every_ordinary_text(model, ordinary):
    shown = SelfRepair(model=model.ref, pairs=(PAIR,), brought="zero").inputs(model)
    assert len(shown) == 1 + len(self_repair.ORDINARY)


def test_the_controls(model, ordinary):
    result = run_study(SelfRepair(model=model.ref, pairs=(PAIR, OTHER)), model)
    draws, random = result.controls
    assert (draws.name, random.name) == ("other draws", "random pairs") and "seed 0" in draws.why + random.why
    for name in ("direct", "total"):
        grid = draws.grids[name]
        low, high, value = (part.numpy() for part in (grid.low, grid.high, grid.values))
        assert grid.axes == result.grids[name].axes
        np.testing.assert_allclose((low + high) / DRAWS, value, atol=1e-6)
        assert (high - low).max() > 1e-3
    assert random.grids["pair"].values.shape == (RANDOM_PAIRS,)


def test_it_grows_and_stops(model):
    study = SelfRepair(model=model.ref, pairs=(PAIR, OTHER))
    results = list(stream(study, model))
    done = [result.done for result in results]
    assert done == sorted(done) and done[-1] == 1 and len(done) > 6
    assert "back" not in results[0].grids and "back" in results[-1].grids
    assert len(list(islice(stream(study, model, cancelled=lambda: True), 2))) <= 1
    assert Result.model_validate_json(results[-1].model_dump_json()) == results[-1]
    assert Record.of([results[-1]], model).replay(model).within


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"heads": ((3, 0),)}, UnknownSite, "no layer 3"),
        ({"heads": ((0, 4),)}, UnknownSite, "heads are 0 to 3"),
        ({"pairs": ()}, BadPair, "no prompt pair"),
        ({"pairs": (PAIR.model_copy(update={"answer": "w1 w2"}),)}, NotOneToken, "2 tokens"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(model, change, error, words):
    with pytest.raises(error, match=words):
        run_study(SelfRepair(**{"model": model.ref, "pairs": (PAIR,)} | change), model)


def test_a_later_head_of_the_real_model_takes_less_away(smollm):
    """L23H0 writes the name to the logits, and the model loses next to nothing without it."""
    study = SelfRepair(model=smollm.ref, pairs=(name_pair(smollm, "Mary", "John"),), brought="zero", heads=((23, 0),))
    result = next(found for found in stream(study, smollm) if "back" in found.grids)
    (back,), by = parts_add_up(result)
    found = dict(zip(by, back, strict=True))
    print(f"\ndirect {numbers(result, 'direct')[23, 0]:+.2f}, total {numbers(result, 'total')[23, 0]:+.2f}: {found}")
    assert numbers(result, "direct")[23, 0] > 0.5 and abs(numbers(result, "total")[23, 0]) < 0.3
    assert found["L24H4"] == max(value for name, value in found.items() if name != "sum") > 0.3
    assert np.abs(numbers(result, "pair", "random pairs")).mean() < 0.1 < numbers(result, "pair").max()
