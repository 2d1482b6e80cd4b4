"""Minimal circuits against sets tested one by one, layers whose circuits are known, and trained networks."""

from __future__ import annotations

from itertools import chain, combinations, pairwise
from math import comb

import pytest
import torch

from mikit.circuits import minimal
from mikit.circuits.minimal import Layer, greedy, overlap, smallest
from mikit.errors import BadCircuit, ShapeMismatch
from mikit.models.units import Units, inputs, trained

SHARE = 0.9


@pytest.fixture(scope="module")
def layers():
    """Trained networks by their size and seed, as layers."""
    every = [(units, seed) for units in (7, 12) for seed in range(2)]
    return {(units, seed): Layer(*trained(units, seed).parts(inputs(seed)[0])) for units, seed in every}


def all_found(layer, share):
    *_, found = smallest(layer, share)
    return found


def by_hand(network, x, present, share):
    """Whether a set of units is a circuit: the others at their mean, one forward pass."""
    with torch.no_grad():
        hidden = torch.relu(x @ network.W_in + network.b_in)
        held = hidden.mean(0).repeat(len(x), 1)
        held[:, list(present)] = hidden[:, list(present)]
        answers, whole = (h @ network.w_out + network.b_out for h in (held, hidden))
    return float(((answers > 0) == (whole > 0)).float().mean()) >= share


def test_the_smallest_circuits_are_those_of_a_plain_search():
    network, (x, _) = Units(7, seed=4), inputs(4)
    found = all_found(Layer(*network.parts(x)), SHARE)
    every = chain.from_iterable(combinations(range(7), size) for size in range(8))
    circuits = [each for each in every if by_hand(network, x, each, SHARE)]
    size = min(map(len, circuits))
    assert found.size == size and list(found.circuits) == [each for each in circuits if len(each) == size]


def test_two_units_that_say_the_same_are_two_circuits():
    """Units 0 and 1 are equal, 2 is small and 3 says nothing: either of the first decides alone."""
    sign = torch.tensor([1.0, -1.0, 1.0, -1.0])
    layer = Layer(torch.stack([sign, sign, 0.1 * sign.roll(1), 0 * sign], 1), base=0.0)
    found = all_found(layer, 1.0)
    assert found.circuits == ((0,), (1,)) and found.size == 1 and found.tested == 5
    assert overlap(*found.circuits) == 0 and overlap((0, 1), (1, 2)) == pytest.approx(1 / 3)
    assert len(greedy(layer, 1.0).circuit) == 1


def test_greedy_can_end_at_a_larger_circuit():
    """Unit 0 is enough alone, but as 1 and 2 are enough together, it can go; of equals the first goes."""
    layer = Layer(torch.tensor([[2.0, 3, -1], [-2, -3, 1], [2, -1, 3], [-2, 1, -3]]), base=0.0)
    assert all_found(layer, 1.0).circuits == ((0,),)
    found = greedy(layer, 1.0)
    assert found.circuit == (1, 2) and found.tested == 3 + 2


def test_nothing_present_is_a_circuit_where_the_decision_never_changes():
    found = all_found(Layer(torch.full((5, 3), 0.1), base=1.0), 1.0)
    assert found.circuits == ((),) and (found.size, found.tested) == (0, 1)
    assert overlap((), ()) == 1


def test_every_set_is_counted_and_every_circuit_holds(layers):
    for layer in layers.values():
        found = all_found(layer, SHARE)
        assert found.done and found.tested == sum(comb(layer.units, k) for k in range(found.size + 1))
        for circuit in found.circuits:
            present = torch.zeros(1, layer.units, dtype=torch.bool)
            present[0, list(circuit)] = True
            assert layer.kept(present) >= SHARE


def test_cost_explodes_with_size_and_not_for_the_greedy_search(layers):
    for seed in range(2):
        small, large = (layers[units, seed] for units in (7, 12))
        assert all_found(large, SHARE).tested > 8 * all_found(small, SHARE).tested
        assert greedy(large, SHARE).tested <= 12 * 13 / 2


def test_several_different_circuits_are_equally_small(layers):
    several = [all_found(layers[12, seed], SHARE).circuits for seed in range(2)]
    assert max(map(len, several)) >= 2
    for circuits in several:
        assert len(set(circuits)) == len(circuits)
        assert all(overlap(one, other) < 1 for one, other in combinations(circuits, 2))


def test_greedy_is_enough_and_not_smaller(layers):
    for layer in layers.values():
        found, circuit = all_found(layer, SHARE), greedy(layer, SHARE).circuit
        present = torch.zeros(1, layer.units, dtype=torch.bool)
        present[0, list(circuit)] = True
        assert layer.kept(present) >= SHARE
        assert found.size <= len(circuit)


def test_it_goes_in_steps_that_change_nothing(layers, monkeypatch):
    layer = layers[12, 0]
    whole = all_found(layer, SHARE)
    monkeypatch.setattr(minimal, "AT_ONCE", 100 * len(layer.adds))
    steps = list(smallest(layer, SHARE))
    assert steps[-1] == whole and not any(step.done for step in steps[:-1])
    assert max(b.tested - a.tested for a, b in pairwise(steps)) == 100


def test_what_is_refused():
    layer = Layer(torch.ones(3, 2), base=0.0)
    for share in (0, 1.5, float("nan")):
        with pytest.raises(BadCircuit, match="above 0 and at most 1"):
            greedy(layer, share)
        with pytest.raises(BadCircuit):
            next(smallest(layer, share))
    for shape in ((3,), (0, 2), (3, 0)):
        with pytest.raises(ShapeMismatch, match="inputs, units"):
            Layer(torch.ones(shape), base=0.0)
