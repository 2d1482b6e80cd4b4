"""mikit: look inside language models, in Jupyter.

Importing this module needs the standard library only; torch, transformers and nnsight arrive with the first name used.
"""

import importlib
import os

# PyTorch's threads wait for work by spinning. On two cores shared with JupyterLab and a browser that makes a pass of
# 0.2 s take up to 2 s; sleeping while they wait costs a few per cent. Only heard before torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

__version__ = "0.1.0"

_HOME = {
    "load": "mikit.trace.checks",
    "load_dictionary": "mikit.sae.library",
    "exclusive": "mikit.trace.engine",
    "run_study": "mikit.studies.base",
    "Chat": "mikit.models.tokens",
    "Site": "mikit.trace.sites",
    "HeadScores": "mikit.studies.head_scores",
    "AttentionPatterns": "mikit.studies.attention",
    "MuteHeads": "mikit.studies.mute_heads",
    "TrainToy": "mikit.studies.train_toy",
    "TrainPlanted": "mikit.studies.train_planted",
    "TrainDictionary": "mikit.studies.train_dictionary",
    "PlaceAttention": "mikit.studies.be_the_head",
    "AttendEach": "mikit.studies.be_the_head",
    "PromptPair": "mikit.studies.pairs",
    "name_pair": "mikit.studies.names",
    "name_pairs": "mikit.studies.names",
    "PatchSweep": "mikit.studies.patch_sweep",
    "PathPatch": "mikit.studies.path_patch",
    "Attribution": "mikit.studies.attribution",
    "Dose": "mikit.studies.dose",
    "LogitLens": "mikit.studies.lens",
    "DirectAttribution": "mikit.studies.direct_attribution",
    "SelfRepair": "mikit.studies.self_repair",
    "MinimalCircuits": "mikit.studies.minimal_circuits",
    "GradeMethods": "mikit.studies.planted_circuit",
    "CheckClaim": "mikit.studies.claim",
    "Superposition": "mikit.studies.superposition",
    "PhaseDiagram": "mikit.studies.phase_diagram",
    "FeaturesOnText": "mikit.studies.features_on_text",
    "FeatureEffect": "mikit.studies.feature_effect",
    "EvaluateDictionary": "mikit.studies.evaluate_dictionary",
    "IndexFeatures": "mikit.studies.index_features",
    "ScoreLabel": "mikit.studies.score_label",
    "Intruder": "mikit.studies.intruder",
    "FitDictionary": "mikit.studies.fit_dictionary",
    "PairDirection": "mikit.studies.directions",
    "FeatureDirection": "mikit.studies.directions",
    "TokenDirection": "mikit.studies.directions",
    "SumDirection": "mikit.studies.directions",
    "save_direction": "mikit.studies.direction_files",
    "load_direction": "mikit.studies.direction_files",
    "FindDirection": "mikit.studies.find_direction",
    "Steering": "mikit.studies.steering",
    "SteerText": "mikit.studies.steer_text",
    "SteerDose": "mikit.studies.steer_dose",
    "RateBlind": "mikit.studies.rate_blind",
    "forecast": "mikit.studies.forecast",
    "RankEdges": "mikit.studies.rank_edges",
    "TestCircuit": "mikit.studies.test_circuit",
    "BeatCircuit": "mikit.studies.beat_circuit",
    "CircuitCurve": "mikit.studies.circuit_curve",
    "RankedCircuit": "mikit.studies.circuits",
    "PartsCircuit": "mikit.studies.circuits",
    "EdgeCircuit": "mikit.studies.circuits",
    "DrawGraph": "mikit.studies.draw_graph",
    "TestGraph": "mikit.studies.test_graph",
    "TestLevels": "mikit.studies.test_levels",
    "GraphCoverage": "mikit.studies.graph_coverage",
    "NeuronExamples": "mikit.studies.neuron_examples",
    "Record": "mikit.studies.record",
    "ClaimView": "mikit.widgets.claim",
    "ReplayView": "mikit.widgets.replay",
    "AttentionView": "mikit.widgets.attention",
    "BeTheHead": "mikit.widgets.be_the_head",
    "CircuitBuilder": "mikit.widgets.circuit_builder",
    "ActivationHeatmap": "mikit.widgets.heatmap",
    "CircuitGraph": "mikit.widgets.circuit_graph",
    "DictionaryTrainingView": "mikit.widgets.dictionary_training",
    "FeatureDashboard": "mikit.widgets.features",
    "LensView": "mikit.widgets.lens",
    "PatchingView": "mikit.widgets.patching",
    "MinimalView": "mikit.widgets.minimal",
    "RepairView": "mikit.widgets.repair",
    "SteeringPanel": "mikit.widgets.steering",
    "SuperpositionView": "mikit.widgets.superposition",
    "TokenStrip": "mikit.widgets.tokens",
    "TrainingView": "mikit.widgets.training",
}

__all__ = ["__version__", "course", *_HOME]


def __getattr__(name: str) -> object:
    if name == "course":
        return importlib.import_module("mikit.course")
    if name not in _HOME:
        from mikit.errors import nearest

        raise AttributeError(f"mikit has no '{name}'.{nearest(name, __all__)}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> "list[str]":
    return sorted(__all__)
