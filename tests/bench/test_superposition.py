"""What a learner waits for in the superposition view: both trainings from Start to the end, on two cores."""

from __future__ import annotations

import time

import pytest
import torch

from mikit.models.superposition import World
from mikit.studies.base import run_study
from mikit.studies.phase_diagram import PhaseDiagram
from mikit.studies.superposition import BATCH, DRAWS, SPARSITIES, Superposition

pytestmark = pytest.mark.bench


def test_the_default_run() -> None:
    """Processor seconds: a busy machine stretches the clock, and training takes one thread."""
    run_study(Superposition(updates=20))
    took = []
    for study in (Superposition(), PhaseDiagram()):
        begun = time.process_time()
        run_study(study)
        took.append(time.process_time() - begun)
    print(f"\n{len(SPARSITIES)} sparsities x {DRAWS} draws: {took[0]:.1f} s; phase diagram: {took[1]:.1f} s")
    assert sum(took) < 10


def test_many_instances_in_one_batch_beat_a_loop() -> None:
    """The same toys, one after the other, each with its own optimiser: what a plain script does."""
    updates = 100
    study = Superposition(updates=updates)
    draws, world = study.draws(), study.world.times(DRAWS)
    begun = time.process_time()
    for _ in draws.learning():
        pass
    ours = time.process_time() - begun

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    begun = time.process_time()
    for toy in range(len(world.present)):
        plain(World(world.present[toy, None], world.importance[toy, None]), updates)
    loop = time.process_time() - begun
    torch.set_num_threads(threads)
    print(f"\n{updates} updates: {ours:.2f} s in one batch, {loop:.2f} s in a loop, {loop / ours:.1f} x")
    assert loop > 3 * ours


def plain(world: World, updates: int) -> None:
    features = world.importance.shape[-1]
    W, b = torch.nn.Parameter(torch.rand(features, 2) - 0.5), torch.nn.Parameter(torch.zeros(features))
    optimiser = torch.optim.Adam([W, b], lr=1e-2)
    generator = torch.Generator().manual_seed(0)
    for _ in range(updates):
        x = world.inputs(BATCH, generator)[0]
        loss = (world.importance * (x - torch.relu(x @ W @ W.T + b)).square()).mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
