"""The README's table of what a graph says and what the model does, run again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mikit.circuits.influence import adjacency, influence
from mikit.studies.base import run_study
from mikit.studies.draw_graph import DrawGraph
from mikit.studies.test_graph import Intervention, TestGraph

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SAID = " ".join(README.split())
ASKED = {"prompt": "A dog is an animal. A rose is a", "answer": " flower", "foil": " animal"}


def canon(name):
    numbers = json.loads((ROOT / "mikit" / "course" / "canon.json").read_text(encoding="utf-8"))
    (entries,) = numbers.values()
    return entries[name]["value"]


def figures(line):
    """The numbers of a row's last three columns."""
    found = re.findall(r"[−+]?\d+\.\d+", " ".join(line.split("|")[2:]))
    return [float(one.replace("−", "-")) for one in found]


def test_the_table_of_the_graph(smollm):
    study = DrawGraph(model=smollm.ref, **ASKED)
    *_, graph = study.drawn(smollm)
    late = tuple(f"{x}_{n}_{at}" for x, at, n in graph.neurons.tolist() if x >= 24 and at == 9)
    layer, position, neuron = graph.neurons[int(influence(adjacency(graph))[: len(graph.neurons)].argmax())].tolist()
    changes = (
        Intervention(name="plant", nodes=("25_111_9", "29_307_9")),
        Intervention(name="late", nodes=late),
        Intervention(name="doubled", nodes=late, how="boost"),
        Intervention(name="top", nodes=(f"{layer}_{neuron}_{position}",)),
    )
    found = run_study(TestGraph(model=smollm.ref, interventions=changes, **ASKED), smollm)
    random = found.controls[0].grids["measured"]
    columns = [found.grids["predicted"].values, found.grids["measured"].values, random.low, random.high]
    rows = [line for line in README.splitlines() if re.match(r"\| (two late|all 346|the same 346|the neuron of)", line)]
    assert len(rows) == len(changes)
    for n, row in enumerate(rows):
        assert figures(row) == pytest.approx([float(column.numpy()[n]) for column in columns], abs=0.006)
    assert f"all {len(late)} late" in SAID
    shares = run_study(study, smollm)
    own, control = (one.grids["share"].values.numpy()[0] for one in (shares, shares.controls[0]))
    assert f"hold {100 * own:.1f} % of the effect on the answer; 600 at random hold {100 * control:.1f} %" in SAID


def test_what_is_said_of_circuits_is_what_the_lesson_found():
    assert f"keeps {canon('circuit-keeps'):.0f} % of the answer on two other prompts" in SAID
    assert f"is {canon('circuit-beaten'):.1f} logits away" in SAID
    assert f"share {canon('circuit-overlap'):.0f} % of their edges" in SAID
