"""Patching against plain PyTorch hooks, one whole run a cell, on four families."""

from __future__ import annotations

import pytest
import torch

from mikit.errors import UnknownSite
from mikit.methods.patching import as_map, attribution, exact, groups, patches, source_values, values_and_logits
from mikit.trace.engine import capture, remember
from mikit.trace.sites import WITH_HEADS, Site
from tests.trace import reference

LENGTH, FIRST = 8, 3
METRIC = lambda logits: logits[..., 7] - logits[..., 9]  # noqa: E731


@pytest.fixture
def pair(tiny):
    clean = torch.arange(20, 20 + LENGTH)
    corrupt = clean.clone()
    corrupt[FIRST] = 50
    return tiny.tokens_from(clean), tiny.tokens_from(corrupt)


def exact_map(model, clean, corrupt, name, by, budget=1e9):
    source = values_and_logits(model, clean, name)[0]
    cells = patches(name, by, source, columns=range(LENGTH), since=FIRST)
    found = {}
    for chunk in exact(model, remember(model, corrupt), cells, METRIC, since=FIRST, budget=budget):
        found.update(chunk)
    return found


def by_hooks(model, clean, corrupt, layer, *, position=slice(None), head=None):
    """The metric with the clean stream entering ``layer``, or one head's output, put in at some positions."""
    block = reference.blocks(model)[layer] if head is None else reference.projection(model, layer)
    kept = {}

    def keep(_, args, kwargs):
        kept["value"] = (args[0] if args else kwargs["hidden_states"]).clone()

    handle = block.register_forward_pre_hook(keep, with_kwargs=True)
    reference.logits(model.hf, clean.ids)
    handle.remove()
    part = slice(None)
    if head is not None:
        size = kept["value"].shape[-1] // model.spec.heads
        part = slice(head * size, (head + 1) * size)

    def put(value):
        value = value.clone()
        value[:, position, part] = kept["value"][:, position, part]
        return value

    with reference.changed((block, "input", put)):
        return float(METRIC(reference.logits(model.hf, corrupt.ids)[0, -1]))


def test_the_stream_by_position(tiny, pair):
    found = exact_map(tiny, *pair, "resid_pre", "position")
    assert len(found) == tiny.spec.layers * LENGTH
    for (layer, t), value in found.items():
        assert value == pytest.approx(by_hooks(tiny, *pair, layer, position=t), abs=1e-4), (layer, t)


def test_heads_over_all_positions(tiny, pair):
    for (layer, head), value in exact_map(tiny, *pair, "z", "head").items():
        assert value == pytest.approx(by_hooks(tiny, *pair, layer, head=head), abs=1e-4), (layer, head)


def test_heads_by_position(tiny, pair):
    for (layer, head, t), value in exact_map(tiny, *pair, "z", "head and position").items():
        assert value == pytest.approx(by_hooks(tiny, *pair, layer, position=t, head=head), abs=1e-4)


@pytest.mark.parametrize("name", ["q", "k", "v", "pattern", "attn_out", "mlp_out", "resid_post", "mlp_in", "mlp_post"])
def test_a_value_that_is_the_same_changes_nothing(tiny, pair, name):
    """Patched with the run's own values every cell is the run itself; patched with the other's, some cell is not."""
    clean, corrupt = pair
    for by in ("position", "head") if name in WITH_HEADS else ("position",):
        same = exact_map(tiny, corrupt, corrupt, name, by)
        own = float(METRIC(reference.logits(tiny.hf, corrupt.ids)[0, -1]))
        assert all(value == pytest.approx(own, abs=1e-5) for value in same.values())
        assert any(abs(value - own) > 1e-4 for value in exact_map(tiny, clean, corrupt, name, by).values())


def test_one_cell_a_trace_gives_the_same(tiny, pair):
    small, large = (exact_map(tiny, *pair, "z", "position", budget=budget) for budget in (1, 1e9))
    assert small == {index: pytest.approx(value, abs=1e-5) for index, value in large.items()}


def test_the_last_cell_is_the_other_run(tiny, pair):
    clean, _ = pair
    found = exact_map(tiny, *pair, "resid_post", "position")
    expected = float(METRIC(reference.logits(tiny.hf, clean.ids)[0, -1]))
    assert found[(tiny.spec.layers - 1, LENGTH - 1)] == pytest.approx(expected, abs=1e-4)


def test_cells_come_from_the_last_layer_down_within_the_budget(tiny, pair):
    source = values_and_logits(tiny, pair[0], "resid_pre")[0]
    cells = patches("resid_pre", "position", source, columns=range(LENGTH), since=FIRST)
    budget = 40
    made = list(groups(cells, tiny.spec.layers, LENGTH, budget))
    assert [c for group in made for c in group] == cells
    assert cells[0].layer == tiny.spec.layers - 1
    for group in made:
        tokens = sum(LENGTH - cell.start for cell in group)
        assert len(group) == 1 or tokens * (tiny.spec.layers - group[-1].layer) <= budget


def test_attribution_is_the_slope_of_the_exact_patch(tiny, pair):
    """Moving a small way from base to other, exact and straight line agree: finite differences with plain hooks."""
    clean, corrupt = pair
    scores = attribution(tiny, corrupt, clean, ["resid_pre", "z"], lambda _: METRIC)
    assert scores["resid_pre"].shape == (tiny.spec.layers, LENGTH)
    assert scores["z"].shape == (tiny.spec.layers, LENGTH, tiny.spec.heads)
    layer, t, h = 1, FIRST, 1e-2
    site = Site(name="resid_pre", layer=layer)
    step = h * (capture(tiny, clean, [site])[site] - capture(tiny, corrupt, [site])[site])[0, t]
    moved = []
    for sign in (1, -1):

        def put(value, sign=sign):
            value = value.clone()
            value[:, t] += sign * step
            return value

        with reference.changed((reference.blocks(tiny)[layer], "input", put)):
            moved.append(float(METRIC(reference.logits(tiny.hf, corrupt.ids)[0, -1])))
    assert float(scores["resid_pre"][layer, t]) == pytest.approx((moved[0] - moved[1]) / (2 * h), rel=2e-2, abs=2e-3)


def test_maps_of_attribution_add_up(tiny, pair):
    clean, corrupt = pair
    scores = attribution(tiny, corrupt, clean, ["z", "pattern"], lambda _: METRIC)
    for name in ("z", "pattern"):
        both = as_map(scores[name], name, "head and position", columns=range(LENGTH), since=FIRST)
        torch.testing.assert_close(as_map(scores[name], name, "head", columns=range(LENGTH), since=FIRST), both.sum(-1))
        torch.testing.assert_close(as_map(scores[name], name, "position", columns=range(LENGTH), since=0), both.sum(1))


def test_sources(tiny, pair):
    clean, corrupt = pair
    reference_texts = [clean, corrupt]
    own, _ = values_and_logits(tiny, clean, "z")
    mean = source_values(tiny, own, "z", "mean", reference_texts, 0)
    site = Site(name="z", layer=2)
    expected = torch.cat([capture(tiny, t, [site])[site][0, 1:] for t in reference_texts]).mean(0)
    torch.testing.assert_close(mean[2], expected.expand(LENGTH, -1, -1))
    assert not source_values(tiny, own, "z", "zero", [], 0).any()
    drawn = [source_values(tiny, own, "z", "resample", reference_texts, seed) for seed in (1, 1, 2)]
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


def test_what_cannot_be_patched(tiny, pair):
    clean, _ = pair
    own = {name: values_and_logits(tiny, clean, name)[0] for name in ("mlp_out", "pattern")}
    with pytest.raises(UnknownSite, match="not split into heads"):
        patches("mlp_out", "head", own["mlp_out"], columns=[0], since=0)
    with pytest.raises(UnknownSite, match="one share a token"):
        source_values(tiny, own["pattern"], "pattern", "mean", [clean], 0)
