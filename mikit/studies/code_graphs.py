"""The scripts behind "Code" of the studies of attribution graphs; how such scripts are held to the truth stands in
``code``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mikit.models.model import Model
from mikit.studies.base import Flavour
from mikit.studies.code import mikit_script

if TYPE_CHECKING:
    from mikit.studies.draw_graph import DrawGraph
    from mikit.studies.graph_coverage import GraphCoverage
    from mikit.studies.neuron_examples import NeuronExamples
    from mikit.studies.test_graph import TestGraph
    from mikit.studies.test_levels import TestLevels


def draw_graph_script(study: DrawGraph, model: Model, flavour: Flavour) -> str:
    """The graph has no script in plain nnsight: it is weights multiplied, not a run."""
    if flavour == "nnsight":
        return ""
    show = 'for name in ("share", "score", "kept"):\n    print(result.frame(name).to_string())'
    return mikit_script(study, model, show)


def test_graph_script(study: TestGraph, model: Model, flavour: Flavour) -> str:
    return "" if flavour == "nnsight" else _predicted_and_measured(study, model)


def test_levels_script(study: TestLevels, model: Model, flavour: Flavour) -> str:
    return "" if flavour == "nnsight" else _predicted_and_measured(study, model)


def coverage_script(study: GraphCoverage, model: Model, flavour: Flavour) -> str:
    if flavour == "nnsight":
        return ""
    show = 'for name in ("agreement", "covered"):\n    print(result.frame(name).to_string())'
    return mikit_script(study, model, show)


def neuron_examples_script(study: NeuronExamples, model: Model, flavour: Flavour) -> str:
    if flavour == "nnsight":
        return ""
    show = 'print(result.grids["activation"].frame().to_string())\nprint(result.texts["promoted"])'
    return mikit_script(study, model, show)


def _predicted_and_measured(study: TestGraph | TestLevels, model: Model) -> str:
    show = 'for name in ("predicted", "measured"):\n    print(result.frame(name).to_string())'
    return mikit_script(study, model, show)
