"""PathPatch: its map, its control, sets of pairs, and what it refuses. The method is held against hooks in
tests/methods/test_paths.py."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from mikit.errors import UnknownSite
from mikit.studies.base import run_study, stream
from mikit.studies.kinds import PatchSweep, PathPatch
from mikit.studies.names import name_pair
from mikit.studies.pairs import PromptPair
from mikit.studies.record import Record
from mikit.trace.sites import Site

PAIR = PromptPair(clean="w1 w2 w3 w4 w5 w6", corrupt="w1 w2 w9 w4 w5 w6", answer="w7", foil="w8")
LONGER = PromptPair(clean="w3 w1 w2 w3 w4 w5 w6", corrupt="w3 w1 w2 w9 w4 w5 w6", answer="w7", foil="w8")
TO_A_HEAD = Site(name="k", layer=2, head=1)


def path(result):
    return result.grids["path"].values.numpy()


@pytest.mark.parametrize("direction", ["denoise", "noise"])
def test_the_last_layers_heads_have_no_other_way(tiny, direction):
    direct = run_study(PathPatch(model=tiny.ref, pairs=(PAIR,), direction=direction), tiny)
    whole = run_study(PatchSweep(model=tiny.ref, pairs=(PAIR,), site="z", by="head", direction=direction), tiny)
    assert direct.grids["path"].axes == whole.grids["z"].axes
    np.testing.assert_allclose(path(direct)[-1], whole.grids["z"].values.numpy()[-1], atol=1e-4)
    assert np.abs(path(direct)[0] - whole.grids["z"].values.numpy()[0]).max() > 1e-3
    both = (result.grids["baseline"].values.numpy() for result in (direct, whole))
    np.testing.assert_allclose(*both, atol=1e-5)


def test_senders_are_below_the_receiver(tiny):
    grid = run_study(PathPatch(model=tiny.ref, pairs=(PAIR,), receiver=TO_A_HEAD), tiny).grids["path"]
    assert grid.axes == {"layer": ("0", "1"), "head": tuple(map(str, range(tiny.spec.heads)))}
    assert np.isfinite(grid.values.numpy()).all()
    assert np.abs(grid.values.numpy()).max() > 1e-4


@pytest.mark.parametrize("receiver", [Site(name="logits"), TO_A_HEAD], ids=str)
def test_it_grows_from_the_last_layer_down(tiny, monkeypatch, receiver):
    monkeypatch.setattr("mikit.studies.cost.budget", lambda spec: 12.0)
    study = PathPatch(model=tiny.ref, pairs=(PAIR,), receiver=receiver)
    results = list(stream(study, tiny))
    there = [np.isfinite(path(result)) for result in results]
    assert len(there) > 2
    assert there[0][-1].any()
    assert not there[0][0].any()
    assert all((later >= earlier).all() for earlier, later in pairwise(there))
    assert there[-1].all()
    assert results[-1].done == 1


def test_a_set_is_the_mean_of_its_pairs(tiny):
    both = run_study(PathPatch(model=tiny.ref, pairs=(PAIR, LONGER), receiver=TO_A_HEAD), tiny)
    each = [path(run_study(PathPatch(model=tiny.ref, pairs=(p,), receiver=TO_A_HEAD), tiny)) for p in (PAIR, LONGER)]
    np.testing.assert_allclose(path(both), np.mean(each, axis=0), atol=1e-5)
    assert (both.grids["path"].low.numpy() <= np.minimum(*each) + 1e-6).all()


def test_some_senders_and_the_random_ones_beside_them(tiny):
    every = run_study(PathPatch(model=tiny.ref, pairs=(PAIR,)), tiny)
    few = run_study(PathPatch(model=tiny.ref, pairs=(PAIR,), senders=((1, 2), (2, 0))), tiny)
    assert np.argwhere(np.isfinite(path(few))).tolist() == [[1, 2], [2, 0]]
    assert path(few)[1, 2] == pytest.approx(path(every)[1, 2], abs=1e-5)
    control = few.controls[0].grids["path"]
    drawn = dict(zip(control.axes["head"], control.values.numpy()[0], strict=True))
    assert not {"L1H2", "L2H0"} & set(drawn)
    for label, value in drawn.items():
        layer, head = label[1:].split("H")
        assert value == pytest.approx(path(every)[int(layer), int(head)], abs=1e-5)


def test_refusals(tiny):
    def study(**fields):
        return PathPatch(model=tiny.ref, pairs=(PAIR,), **fields)

    with pytest.raises(UnknownSite, match="L1 z is none of these"):
        study(receiver=Site(name="z", layer=1))
    with pytest.raises(UnknownSite, match="give L1 q a head"):
        study(receiver=Site(name="q", layer=1))
    with pytest.raises(UnknownSite, match="No head is below L0H0 q"):
        run_study(study(receiver=Site(name="q", layer=0, head=0)), tiny)
    with pytest.raises(UnknownSite, match="L2H0 cannot send to L2H1 k"):
        run_study(study(receiver=TO_A_HEAD, senders=((2, 0),)), tiny)
    with pytest.raises(UnknownSite, match="no head 9"):
        run_study(study(senders=((1, 9),)), tiny)
    with pytest.raises(UnknownSite, match=f"heads are 0 to {tiny.spec.kv_heads - 1}"):
        run_study(study(receiver=Site(name="v", layer=1, head=tiny.spec.kv_heads)), tiny)


def test_a_function_as_metric_has_no_record(tiny):
    own = run_study(PathPatch(model=tiny.ref, pairs=(PAIR,), metric=lambda logits: logits[:, 11] - logits[:, 12]), tiny)
    np.testing.assert_allclose(path(own), path(run_study(PathPatch(model=tiny.ref, pairs=(PAIR,)), tiny)), atol=1e-5)
    assert "holds no code" in own.study.unrecordable
    assert own.study.code("mikit", tiny) == ""


def test_a_record_replays(tiny, tmp_path):
    receivers = (Site(name="logits"), TO_A_HEAD)
    results = [run_study(PathPatch(model=tiny.ref, pairs=(PAIR, LONGER), receiver=r), tiny) for r in receivers]
    Record.of(results, tiny).save(tmp_path / "record.json")
    assert Record.read(tmp_path / "record.json").replay(tiny).within


def test_the_heads_that_write_the_name(smollm):
    """L23H3 puts the receiver's name into the last stream itself; L24H4 and L29H0 write against it."""
    result = run_study(PathPatch(model=smollm.ref, pairs=(name_pair(smollm, "Mary", "John"),)), smollm)
    order = np.argsort(-np.abs(path(result)), axis=None)[:5]
    assert [divmod(int(i), smollm.spec.heads) for i in order] == [(23, 3), (29, 1), (24, 4), (29, 0), (23, 0)]
    assert path(result).ravel()[order] == pytest.approx([7.977, 3.078, -2.506, -2.360, 2.133], abs=5e-3)
    assert np.median(np.abs(result.controls[0].grids["path"].values.numpy())) < 0.01
