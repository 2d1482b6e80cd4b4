"""The study of smallest circuits against plain searches of the networks it trains."""

from __future__ import annotations

from functools import cache
from itertools import combinations, islice
from math import comb

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from mikit.circuits.minimal import Layer, smallest
from mikit.errors import ShapeMismatch
from mikit.models.units import inputs, trained
from mikit.studies.base import Result, run_study, stream
from mikit.studies.minimal_circuits import FEWEST, HOW, MOST, PROJECTED, MinimalCircuits
from mikit.studies.record import Record

SIZE = 8


@pytest.fixture(scope="module")
def result():
    return run_study(MinimalCircuits(units=SIZE, seed=0))


def numbers(result, grid):
    return result.grids[grid].values.numpy()


network_of = cache(trained)


def kept_by_hand(count, seed, units):
    """The share of decisions that stays when the other units are held at their mean: one forward pass."""
    network, (x, _) = network_of(count, seed), inputs(seed)
    hidden = torch.relu(x @ network.W_in + network.b_in)
    held = hidden.mean(0).repeat(len(x), 1)
    held[:, list(units)] = hidden[:, list(units)]
    yes, whole = (h @ network.w_out + network.b_out > 0 for h in (held, hidden))
    return float((yes == whole).float().mean())


def test_circuits_are_those_of_a_plain_search(result):
    tested = 0
    for size in range(SIZE + 1):
        sets = list(combinations(range(SIZE), size))
        tested += len(sets)
        if circuits := [one for one in sets if kept_by_hand(SIZE, 0, one) >= 0.9]:
            break
    found = [tuple(np.flatnonzero(row)) for row in numbers(result, "circuit")]
    assert found == circuits and len(circuits) > 1
    assert numbers(result, "tested")[0] == tested and numbers(result, "size")[0] == size
    np.testing.assert_allclose(numbers(result, "kept")[:-1], [kept_by_hand(SIZE, 0, one) for one in circuits])
    taken = np.flatnonzero(numbers(result, "greedy"))
    assert len(taken) == numbers(result, "size")[1]
    assert (
        numbers(result, "kept")[-1] == pytest.approx(kept_by_hand(SIZE, 0, taken))
        and numbers(result, "kept")[-1] >= 0.9
    )
    one, other = map(set, circuits[:2])
    assert numbers(result, "overlap")[0, 1] == pytest.approx(len(one & other) / len(one | other))


def test_cost_grows_with_size_and_never_beyond_the_closed_form(result):
    growth, at_most = result.grids["growth"], numbers(result, "at most")
    assert growth.axes == {"units": ("4", "5", "6", "7", "8"), "how": HOW}
    every, greedy = growth.values.numpy().T
    assert list(every) == sorted(every) and tuple(numbers(result, "tested")) == (every[-1], greedy[-1])
    sizes = np.arange(FEWEST, PROJECTED + 1)
    assert at_most[0].tolist() == [2**4, 10] and at_most[:, 0].tolist() == [2**n for n in sizes.tolist()]
    assert at_most[:, 1].tolist() == [comb(n + 1, 2) for n in sizes.tolist()]
    assert (growth.values.numpy() <= at_most[: SIZE - FEWEST + 1]).all()
    assert numbers(result, "speed")[0] > 1000


def test_random_sets_of_the_same_size_keep_less(result):
    (control,) = result.controls
    grid = control.grids["kept"]
    low, value, high = (float(part.numpy()[0]) for part in (grid.low, grid.values, grid.high))
    assert low < value < high and value < 0.85 < numbers(result, "kept").min()
    size = int(numbers(result, "size")[0])
    shares = [kept_by_hand(SIZE, 0, one) for one in combinations(range(SIZE), size)]
    assert value == pytest.approx(np.mean(shares), abs=0.03) and f"sets of {size} units" in control.why


def test_greedy_ends_at_more_units_than_needed_in_some_network():
    result = run_study(MinimalCircuits(seed=0))
    assert numbers(result, "size").tolist() == [6, 9]
    assert numbers(result, "circuit").shape == (1, 12)


def test_by_default_there_are_several_smallest_circuits():
    result = run_study(MinimalCircuits())
    assert numbers(result, "circuit").shape == (5, 12) and numbers(result, "overlap").min() < 1


def test_a_larger_share_needs_more_units(result):
    other = run_study(MinimalCircuits(units=SIZE, share=1.0, seed=0))
    assert numbers(other, "size")[0] > numbers(result, "size")[0] and numbers(other, "kept").min() == 1


def test_it_streams_by_size_and_stops():
    results = list(stream(MinimalCircuits(units=6)))
    assert [len(one.grids["growth"].axes["units"]) for one in results] == [1, 2, 3]
    assert [one.done for one in results] == pytest.approx([1 / 3, 2 / 3, 1])
    assert list(islice(stream(MinimalCircuits(units=6), cancelled=lambda: True), 2)) == []


def test_it_survives_json_and_replay(result):
    assert Result.model_validate_json(result.model_dump_json()) == result
    assert Record.of([result], result.study.open()).replay().within


def test_the_model_follows_from_the_fields():
    study = MinimalCircuits(units=5)
    assert study.model.name == "units-5-seed-1" and study == MinimalCircuits(units=5, share=0.9)
    assert len({MinimalCircuits(units=n, seed=s).model.sha256 for n in (5, 6) for s in (0, 1)}) == 4
    with pytest.raises(ShapeMismatch, match="it follows from the seed"):
        MinimalCircuits(units=6, model=study.model)
    for wrong in ({"units": FEWEST - 1}, {"units": MOST + 1}, {"share": 0}, {"share": 1.1}):
        with pytest.raises(ValidationError):
            MinimalCircuits(**wrong)


def test_training_passes_no_rounding_on():
    """Another machine rounds differently: the same circuits must be found with weights moved by a millionth."""
    for seed in range(3):
        network, (x, _) = trained(10, seed), inputs(seed)
        *_, here = smallest(Layer(*network.parts(x)), 0.9)
        with torch.no_grad():
            network.W_in.mul_(1 + 1e-6)
        *_, there = smallest(Layer(*network.parts(x)), 0.9)
        assert here == there
