"""Finding a direction: against plain hooks, as scripts print it, and the attention sink in the real model."""

from __future__ import annotations

import re
import runpy

import numpy as np
import pytest
import torch

from mikit.errors import BadDirection
from mikit.sae.labels import wilson
from mikit.studies import find_direction
from mikit.studies.base import run_study, stream
from mikit.studies.contrasts import FORMALITY
from mikit.studies.directions import PairDirection, texts
from mikit.studies.find_direction import FindDirection
from mikit.studies.record import Record
from mikit.studies.texts import ORDINARY
from mikit.trace.checks import load
from tests import tiny as tiny_models
from tests.studies import small_dictionary

PLUS = ("w1 w3 w5 w2", "w7 w9 w11", "w13 w2 w5 w8 w1")
MINUS = ("w2 w4 w6", "w8 w10 w12 w14", "w3 w6 w9 w1 w7")
PAIRS = PairDirection(name="odd", plus=PLUS, minus=MINUS)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "llama"
    tiny_models.weights("llama", seed=7).save_pretrained(folder)
    tiny_models.tokenizer().save_pretrained(folder)
    return load(folder)


def streams(model, text):
    """[layer, position, d_model] by hooks."""
    ids = model.tokens(text).ids
    return torch.stack([small_dictionary.stream(model, ids, layer)[0] for layer in range(model.spec.layers)])


@pytest.mark.parametrize("first", [0, 1])
def test_length_sink_and_held_out_pairs_by_plain_hooks(tiny, first):
    result = run_study(FindDirection(model=tiny.ref, direction=PAIRS.model_copy(update={"first": first})), tiny)
    sides = [[streams(tiny, text) for text in side] for side in (PLUS, MINUS)]
    sink = torch.stack([x[:, 0] for side in sides for x in side]).mean(0)
    norms = torch.cat([streams(tiny, text)[:, 1:].norm(dim=2) for text in ORDINARY[:4]], 1).mean(1)
    for row, since in enumerate((0, 1)):
        plus, minus = (torch.stack([x[:, since:].mean(1) for x in side]) for side in sides)
        apart = plus.mean(0) - minus.mean(0)
        length = (apart.norm(dim=1) / norms).numpy()
        cosine = ((apart * sink).sum(1) / apart.norm(dim=1) / sink.norm(dim=1)).abs().numpy()
        np.testing.assert_allclose(result.grids["length"].values.numpy()[row], length, rtol=1e-4)
        np.testing.assert_allclose(result.grids["sink"].values.numpy()[row], cosine, atol=1e-5)
        if since == first:
            right = np.zeros(tiny.spec.layers)
            for pair in range(3):
                rest = [i for i in range(3) if i != pair]
                arrow = (plus[rest] - minus[rest]).mean(0)
                right += ((plus[pair] * arrow).sum(1) > (minus[pair] * arrow).sum(1)).numpy()
            told = result.grids["told apart"]
            np.testing.assert_allclose(told.values.numpy(), right / 3, atol=1e-6)
            ends = np.stack([wilson(int(n), 3) for n in right], axis=1)
            np.testing.assert_allclose([told.low.numpy(), told.high.numpy()], ends, atol=1e-6)


def test_the_interval_of_a_length_leaves_out_a_pair_at_a_time(model):
    whole = run_study(FindDirection(model=model.ref, direction=PAIRS), model).grids["length"]
    left_out = []
    for pair in range(3):
        kept = {
            "plus": tuple(t for i, t in enumerate(PLUS) if i != pair),
            "minus": tuple(t for i, t in enumerate(MINUS) if i != pair),
        }
        fewer = FindDirection(model=model.ref, direction=PAIRS.model_copy(update=kept))
        left_out.append(run_study(fewer, model).grids["length"].values.numpy())
    half = 4.302653 * np.sqrt(2 * np.var(left_out, axis=0))  # Student's t of 2 degrees of freedom
    np.testing.assert_allclose(whole.high.numpy(), whole.values.numpy() + half, rtol=1e-3)
    np.testing.assert_allclose(whole.low.numpy(), (whole.values.numpy() - half).clip(0), atol=1e-3)


def test_the_control_has_the_same_grids_and_another_seed_other_numbers(model):
    result = run_study(FindDirection(model=model.ref, direction=PAIRS), model)
    (control,) = result.controls
    assert control.name == "shuffled pairs"
    assert {k: g.axes for k, g in control.grids.items()} == {k: g.axes for k, g in result.grids.items()}
    for grid in control.grids.values():
        low, value, high = grid.low.numpy(), grid.values.numpy(), grid.high.numpy()
        assert (low <= value + 1e-6).all() and (value <= high + 1e-6).all()
    other = run_study(FindDirection(model=model.ref, direction=PAIRS, seed=1), model).controls[0]
    assert other.grids["length"].values != control.grids["length"].values
    assert result.grids == run_study(FindDirection(model=model.ref, direction=PAIRS, seed=1), model).grids


def test_the_control_of_a_principal_component_holds_no_contrast(model, monkeypatch):
    """A swap turns a pair's difference round, which leaves the line of a first component as it is."""
    made, of = [], find_direction.of_activations
    monkeypatch.setattr(find_direction, "of_activations", lambda *a: made.append(a[1:]) or of(*a))
    line = PAIRS.model_copy(update={"how": "pca"})
    result = run_study(FindDirection(model=model.ref, direction=line), model)
    formal = torch.stack([streams(model, text)[-1, 1:].mean(0) for text in PLUS])

    def is_plus(rows):
        return [bool((row - formal).norm(dim=1).min() < 1e-4) for row in rows]

    last = made[-6 * len(PLUS) :]  # after the last layer: leaving out each pair, as they are and in five draws
    for n, (one, other) in enumerate(last):
        crosses = [a != b for a, b in zip(is_plus(one), is_plus(other), strict=True)]
        assert crosses == [n < len(PLUS)] * 2
    assert len({tuple(one.flatten().tolist()) for one, _ in last}) > 6  # dealt anew
    (control,) = result.controls
    assert "one side" in control.why and np.isfinite(control.grids["told apart"].values.numpy()).all()
    fewer = PairDirection(name="two", plus=PLUS[:2], minus=MINUS[:2], how="pca")
    two = run_study(FindDirection(model=model.ref, direction=fewer), model)
    assert np.isnan(two.controls[0].grids["told apart"].values.numpy()).all()
    assert np.isfinite(two.grids["told apart"].values.numpy()).all()


def test_a_record_of_it_can_be_replayed(model):
    result = run_study(FindDirection(model=model.ref, direction=PAIRS.model_copy(update={"how": "probe"})), model)
    assert Record.model_validate_json(Record.of([result], model).model_dump_json()).replay(model).within


def test_it_can_be_stopped_after_each_text(model):
    fresh = tiny_models.model("llama", seed=12)
    steps = list(FindDirection(model=fresh.ref, direction=PAIRS).steps(fresh))
    assert len(steps) > len(texts(PAIRS)) + fresh.spec.layers and steps[-1] is not None
    assert not list(stream(FindDirection(model=fresh.ref, direction=PAIRS), fresh, cancelled=lambda: True))


def test_one_pair_cannot_be_tried_on_another(model):
    with pytest.raises(BadDirection, match="single pair"):
        FindDirection(model=model.ref, direction=PairDirection(name="one", plus=("w1 w2",), minus=("w3 w4",)))


@pytest.mark.parametrize("flavour", ["mikit", "nnsight"])
@pytest.mark.parametrize("change", [{}, {"first": 0, "how": "pca"}, {"how": "probe"}])
def test_the_scripts_print_the_same_numbers(model, tmp_path, capsys, flavour, change):
    study = FindDirection(model=model.ref, direction=PAIRS.model_copy(update=change))
    script = tmp_path / "script.py"
    script.write_text(study.code(flavour, model), encoding="utf-8")
    runpy.run_path(str(script), run_name="__main__")
    printed = capsys.readouterr().out
    found = [float(x) for x in re.findall(r"(?<![\w.])-?\d+\.?\d*(?:e-?\d+)?(?![\w.])", printed)]
    for name, grid in run_study(study, model).grids.items():
        missing = [x for x in grid.values.numpy().ravel() if not np.isclose(found, x, atol=2e-6, rtol=1e-4).any()]
        assert not missing, (name, printed)


def test_in_the_real_model_position_0_is_the_direction_from_layer_12_up_and_without_it_it_is_not(smollm):
    result = run_study(FindDirection(model=smollm.ref, direction=FORMALITY), smollm)
    sink, length, told = (result.grids[name].values.numpy() for name in ("sink", "length", "told apart"))
    shuffled = result.controls[0].grids
    np.set_printoptions(precision=2, suppress=True)
    print(f"\nsink L14: {sink[:, 14]}, shuffled {shuffled['sink'].values.numpy()[:, 14]}; length {length[:, 14]}")
    print(f"told apart L14: {told[14]:.2f}, shuffled {shuffled['told apart'].values.numpy()[14]:.2f}")
    assert (sink[0, 12:28] > 0.8).all() and (sink[1, 12:] < 0.3).all()
    assert sink[0, 10] < 0.3  # below, position 0 is no such sink
    assert (length[0, 12:19] > 3 * length[1, 12:19]).all()
    assert shuffled["sink"].values.numpy()[0, 12:19].min() > 0.7  # it needs no contrast
    assert told[14] == 1 > shuffled["told apart"].high.numpy()[14]
    assert length[1, 14] > shuffled["length"].high.numpy()[1, 14]
