"""PatchSweep, Attribution and Dose: their maps against single patched runs, their controls, their refusals."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch

from mikit.errors import BadMetric, MikitError, TooCostly, UnknownSite
from mikit.studies import base
from mikit.studies.base import run_study, stream
from mikit.studies.kinds import Attribution, Dose, PatchSweep
from mikit.studies.pairs import PromptPair
from mikit.studies.record import Record
from mikit.trace.arrays import Array
from mikit.trace.edits import Patch
from mikit.trace.engine import capture, run
from mikit.trace.sites import Site

PAIR = PromptPair(
    clean="w1 w2 w3 w4 w5 w6", corrupt="w1 w2 w9 w4 w5 w6", answer="w7", foil="w8", positions={"name": 2, "verb": 4}
)
LONGER = PromptPair(
    clean="w3 w1 w2 w3 w4 w5 w6",
    corrupt="w3 w1 w2 w9 w4 w5 w6",
    answer="w7",
    foil="w8",
    positions={"name": 3, "verb": 5},
)


def alone(model, pair, site, direction="denoise"):
    """The logit difference of one run with one whole value swapped in."""
    read = pair.read(model)
    base, other = (read.corrupt, read.clean) if direction == "denoise" else (read.clean, read.corrupt)
    source = capture(model, other, [site])[site][0]
    logits = run(model, base, [[Patch(site=site, source=Array.of(source))], []])
    difference = logits[:, read.answer] - logits[:, read.foil]
    return float(difference[0] - difference[1])


@pytest.mark.parametrize("direction", ["denoise", "noise"])
def test_every_cell_is_one_patched_run(tiny, direction):
    result = run_study(PatchSweep(model=tiny.ref, pairs=(PAIR,), direction=direction, site="attn_out"), tiny)
    grid = result.grids["attn_out"]
    assert list(grid.axes) == ["layer", "position"]
    assert grid.exact.numpy().all()
    for (layer, t), value in np.ndenumerate(grid.values.numpy()):
        site = Site(name="attn_out", layer=layer, position=t)
        assert value == pytest.approx(alone(tiny, PAIR, site, direction), abs=1e-4)


@pytest.mark.parametrize("site", ["z", "q", "k", "v", "pattern"])
def test_heads(tiny, site):
    result = run_study(PatchSweep(model=tiny.ref, pairs=(PAIR,), site=site, by="head"), tiny)
    for (layer, head), value in np.ndenumerate(result.grids[site].values.numpy()):
        assert value == pytest.approx(alone(tiny, PAIR, Site(name=site, layer=layer, head=head)), abs=1e-4)


def test_the_baseline_and_the_metric(tiny):
    study = PatchSweep(model=tiny.ref, pairs=(PAIR,), site="resid_post", metric="normalised")
    result = run_study(study, tiny)
    assert result.grids["resid_post"].values.numpy()[-1, -1] == pytest.approx(1, abs=1e-4)
    assert result.grids["baseline"].values.numpy().tolist() == pytest.approx([1, 0], abs=1e-6)
    assert result.grids["resid_post"].unit == "share recovered"


def test_it_grows_from_the_last_layer_down(tiny, monkeypatch):
    monkeypatch.setattr("mikit.studies.cost.budget", lambda spec: 12.0)
    seen = [r.grids["resid_pre"].exact.numpy() for r in stream(PatchSweep(model=tiny.ref, pairs=(PAIR,)), tiny)]
    assert len(seen) > 3
    assert not seen[0][:, 2:].any()
    assert seen[1][-1, 2:].any()
    assert not seen[1][0, 2:].any()
    assert all((later >= earlier).all() for earlier, later in pairwise(seen))
    assert seen[-1].all()


def test_columns_before_the_first_difference_are_zero_and_not_run(tiny, monkeypatch):
    monkeypatch.setattr("mikit.methods.patching.run", None)
    values = run_study(PatchSweep(model=tiny.ref, pairs=(PAIR,)), tiny).grids["resid_pre"].values.numpy()
    assert (values[:, :2] == 0).all()
    assert (values[-1, 2:] != 0).any()


def test_a_set_has_names_intervals_and_a_random_position(tiny):
    result = run_study(PatchSweep(model=tiny.ref, pairs=(PAIR, LONGER), site="mlp_out"), tiny)
    grid = result.grids["mlp_out"]
    assert grid.axes["position"] == ("name", "verb", "end")
    for layer in range(tiny.spec.layers):
        for column, name in enumerate(grid.axes["position"]):
            sites = [Site(name="mlp_out", layer=layer, position=p.read(tiny).positions[name]) for p in (PAIR, LONGER)]
            each = [alone(tiny, p, site) for p, site in zip((PAIR, LONGER), sites, strict=True)]
            assert grid.values.numpy()[layer, column] == pytest.approx(np.mean(each), abs=1e-4)
            assert grid.low.numpy()[layer, column] <= np.mean(each) + 1e-6
            assert grid.high.numpy()[layer, column] >= np.mean(each) - 1e-6
    control = result.controls[0].grids["mlp_out"]
    assert control.axes["position"] == ("random",)
    assert np.isfinite(control.values.numpy()).all()


def test_only_some_cells(tiny):
    cells = ((1, "name"), (2, "end"))
    few = run_study(PatchSweep(model=tiny.ref, pairs=(PAIR, LONGER), cells=cells), tiny)
    every = run_study(PatchSweep(model=tiny.ref, pairs=(PAIR, LONGER)), tiny)
    values = few.grids["resid_pre"].values.numpy()
    assert np.isfinite(values).sum() == 2
    for layer, column in ((1, 0), (2, 2)):
        assert values[layer, column] == pytest.approx(every.grids["resid_pre"].values.numpy()[layer, column], abs=1e-5)
    with pytest.raises(UnknownSite, match="No position is called 'nam'"):
        run_study(PatchSweep(model=tiny.ref, pairs=(PAIR,), cells=((1, "nam"),)), tiny)
    with pytest.raises(UnknownSite, match="layer 7"):
        run_study(PatchSweep(model=tiny.ref, pairs=(PAIR,), cells=((7, "name"),)), tiny)


@pytest.mark.parametrize("source", ["zero", "mean", "resample"])
def test_switching_off(tiny, source):
    result = run_study(
        PatchSweep(model=tiny.ref, pairs=(PAIR,), site="z", by="head", direction="noise", source=source), tiny
    )
    assert np.isfinite(result.grids["z"].values.numpy()).all()
    again = run_study(result.study, tiny)
    assert np.array_equal(again.grids["z"].values.numpy(), result.grids["z"].values.numpy())


def test_zero_is_a_head_without_output(tiny):
    study = PatchSweep(model=tiny.ref, pairs=(PAIR,), site="mlp_out", direction="noise", source="zero")
    values = run_study(study, tiny).grids["mlp_out"].values.numpy()
    site = Site(name="mlp_out", layer=1, position=0)
    clean = PAIR.read(tiny).clean
    nothing = Patch(site=site, source=Array.of(torch.zeros(tiny.spec.d_model)))
    logits = run(tiny, clean, [[nothing], []])
    read = PAIR.read(tiny)
    difference = logits[:, read.answer] - logits[:, read.foil]
    assert values[1, 0] == pytest.approx(float(difference[0] - difference[1]), abs=1e-4)


def test_random_sites_are_cells_of_the_map(tiny):
    result = run_study(PatchSweep(model=tiny.ref, pairs=(PAIR,), seed=3), tiny)
    control = result.controls[0].grids["resid_pre"]
    grid = result.grids["resid_pre"]
    for label, value in zip(control.axes["position"], control.values.numpy()[0], strict=True):
        layer, position = label[1:].split(" ", 1)
        assert value == grid.values.numpy()[int(layer), grid.axes["position"].index(position)]


def test_attribution_has_the_same_axes_and_is_marked(tiny):
    sites = ("resid_pre", "mlp_out")
    approximate = run_study(Attribution(model=tiny.ref, pairs=(PAIR,), sites=sites), tiny)
    for site in sites:
        exact = run_study(PatchSweep(model=tiny.ref, pairs=(PAIR,), site=site), tiny)
        assert approximate.grids[site].axes == exact.grids[site].axes
        assert not approximate.grids[site].exact.numpy().any()


def test_attribution_of_a_set(tiny):
    both = run_study(Attribution(model=tiny.ref, pairs=(PAIR, LONGER)), tiny).grids["resid_pre"]
    first, second = (
        run_study(Attribution(model=tiny.ref, pairs=(p,)), tiny).grids["resid_pre"].values.numpy()[:, at]
        for p, at in ((PAIR, [2, 4, 5]), (LONGER, [3, 5, 6]))
    )
    np.testing.assert_allclose(both.values.numpy(), (first + second) / 2, atol=1e-5)


def test_kl_has_no_slope(tiny):
    with pytest.raises(BadMetric, match="its slope there is 0"):
        run_study(Attribution(model=tiny.ref, pairs=(PAIR,), metric="KL"), tiny)
    values = run_study(PatchSweep(model=tiny.ref, pairs=(PAIR,), metric="KL"), tiny).grids["resid_pre"].values.numpy()
    assert (values >= -1e-6).all()
    assert values.max() > 1e-3


def test_dose_runs_from_the_changed_run_to_the_whole_patch(tiny):
    result = run_study(Dose(model=tiny.ref, pair=PAIR, layer=1, position="name"), tiny)
    sweep = run_study(PatchSweep(model=tiny.ref, pairs=(PAIR,)), tiny)
    curve, baseline = result.grids["metric"].values.numpy(), sweep.grids["baseline"].values.numpy()
    assert curve[0] == pytest.approx(baseline[1], abs=1e-5)
    assert curve[-1] - curve[0] == pytest.approx(sweep.grids["resid_pre"].values.numpy()[1, 2], abs=1e-4)
    assert result.grids["kl"].values.numpy()[0] == pytest.approx(0, abs=1e-6)
    control = result.controls[0].grids["metric"].values.numpy()
    assert control.shape == (3, 17)
    np.testing.assert_allclose(control[:, 0], curve[0], atol=1e-5)
    assert not any(" 2:" in label for label in result.controls[0].grids["metric"].axes["site"])  # other tokens
    shares = result.grids["probability"]
    assert shares.axes["token"][:2] == ("w7", "w8")
    assert (shares.values.numpy().sum(1) <= 1 + 1e-5).all()


def test_half_a_dose_is_half_of_each(tiny):
    site = Site(name="z", layer=1, head=2)
    read = PAIR.read(tiny)
    clean, corrupt = (capture(tiny, t, [site])[site][0] for t in (read.clean, read.corrupt))
    logits = run(tiny, read.corrupt, [[Patch(site=site, source=Array.of((clean + corrupt) / 2))]])[0]
    curve = run_study(Dose(model=tiny.ref, pair=PAIR, site="z", layer=1, head=2), tiny).grids["metric"].values.numpy()
    assert curve[8] == pytest.approx(float(logits[read.answer] - logits[read.foil]), abs=1e-4)


def test_a_dose_needs_one_site(tiny):
    with pytest.raises(UnknownSite, match="needs one site"):
        run_study(Dose(model=tiny.ref, pair=PAIR, layer=1), tiny)
    with pytest.raises(UnknownSite, match="no layer 9"):
        run_study(Dose(model=tiny.ref, pair=PAIR, layer=9, position=2), tiny)


@pytest.mark.parametrize("kind", [PatchSweep, Attribution, Dose])
def test_a_function_as_metric_runs_and_has_no_record(tiny, kind):
    fields = {"pair": PAIR, "layer": 1, "position": 2} if kind is Dose else {"pairs": (PAIR,)}
    own = run_study(kind(model=tiny.ref, metric=lambda logits: logits[:, 11] - logits[:, 12], **fields), tiny)
    named = run_study(kind(model=tiny.ref, **fields), tiny)  # w7 and w8 are ids 11 and 12
    for name in named.grids:
        np.testing.assert_allclose(own.grids[name].values.numpy(), named.grids[name].values.numpy(), atol=1e-5)
    assert "holds no code" in own.study.unrecordable
    assert named.study.unrecordable == ""
    with pytest.raises(MikitError, match="holds no code"):
        Record.of([own], tiny)
    Record.of([named], tiny)


def test_a_metric_that_is_not_finite(tiny):
    with pytest.raises(BadMetric, match="gave nan"):
        run_study(PatchSweep(model=tiny.ref, pairs=(PAIR,), metric=lambda logits: logits[:, 0] * np.nan), tiny)


def test_a_sweep_that_would_not_fit_is_refused_with_its_estimate(tiny, monkeypatch):
    memory = type("Memory", (), {"available": 1000})
    monkeypatch.setattr(base.psutil, "virtual_memory", lambda: memory)
    with pytest.raises(TooCostly, match="GB of memory"):
        run_study(PatchSweep(model=tiny.ref, pairs=(PAIR,)), tiny)


def test_a_record_replays(tiny, tmp_path):
    results = [
        run_study(PatchSweep(model=tiny.ref, pairs=(PAIR, LONGER), source="resample", site="v", by="head"), tiny),
        run_study(Attribution(model=tiny.ref, pairs=(PAIR,)), tiny),
        run_study(Dose(model=tiny.ref, pair=PAIR, layer=1, position="name"), tiny),
    ]
    path = tmp_path / "record.json"
    Record.of(results, tiny).save(path)
    assert Record.read(path).replay(tiny).within
