"""The scripts behind "Code" of the studies of edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mikit.models.model import Model
from mikit.studies.base import Flavour
from mikit.studies.code import mikit_script

if TYPE_CHECKING:
    from mikit.studies.beat_circuit import BeatCircuit
    from mikit.studies.circuit_curve import CircuitCurve
    from mikit.studies.rank_edges import RankEdges
    from mikit.studies.test_circuit import TestCircuit

SHOW_CHECK = 'print(result.frame("check").to_string())'
SHOW_TEST = """\
print(result.frame("measure").to_string())
print(result.frame("faithfulness").to_string())"""
SHOW_BEATEN = """\
print(*result.texts["out"], sep=", ")
print(result.frame("reaction").to_string())"""
SHOW_CURVE = """\
print(result.frame("faithfulness").to_string())
print(result.frame("area").to_string())"""


def rank_edges_script(study: RankEdges, model: Model, flavour: Flavour) -> str:
    return mikit_script(study, model, SHOW_CHECK) if flavour == "mikit" else ""


def test_circuit_script(study: TestCircuit, model: Model, flavour: Flavour) -> str:
    return mikit_script(study, model, SHOW_TEST) if flavour == "mikit" else ""


def beat_circuit_script(study: BeatCircuit, model: Model, flavour: Flavour) -> str:
    return mikit_script(study, model, SHOW_BEATEN) if flavour == "mikit" else ""


def circuit_curve_script(study: CircuitCurve, model: Model, flavour: Flavour) -> str:
    return mikit_script(study, model, SHOW_CURVE) if flavour == "mikit" else ""
