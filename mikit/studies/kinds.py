"""All kinds of study; importing this module registers them for replay."""

from mikit.studies.attention import AttentionPatterns
from mikit.studies.attribution import Attribution
from mikit.studies.be_the_head import AttendEach, PlaceAttention
from mikit.studies.beat_circuit import BeatCircuit
from mikit.studies.circuit_curve import CircuitCurve
from mikit.studies.claim import CheckClaim
from mikit.studies.direct_attribution import DirectAttribution
from mikit.studies.dose import Dose
from mikit.studies.draw_graph import DrawGraph
from mikit.studies.evaluate_dictionary import EvaluateDictionary
from mikit.studies.feature_effect import FeatureEffect
from mikit.studies.features_on_text import FeaturesOnText
from mikit.studies.find_direction import FindDirection
from mikit.studies.fit_dictionary import FitDictionary
from mikit.studies.graph_coverage import GraphCoverage
from mikit.studies.head_scores import HeadScores
from mikit.studies.index_features import IndexFeatures
from mikit.studies.intruder import Intruder
from mikit.studies.lens import LogitLens
from mikit.studies.minimal_circuits import MinimalCircuits
from mikit.studies.mute_heads import MuteHeads
from mikit.studies.neuron_examples import NeuronExamples
from mikit.studies.patch_sweep import PatchSweep
from mikit.studies.path_patch import PathPatch
from mikit.studies.phase_diagram import PhaseDiagram
from mikit.studies.planted_circuit import GradeMethods
from mikit.studies.rank_edges import RankEdges
from mikit.studies.rate_blind import RateBlind
from mikit.studies.score_label import ScoreLabel
from mikit.studies.self_repair import SelfRepair
from mikit.studies.steer_dose import SteerDose
from mikit.studies.steer_text import SteerText
from mikit.studies.superposition import Superposition
from mikit.studies.test_circuit import TestCircuit
from mikit.studies.test_graph import TestGraph
from mikit.studies.test_levels import TestLevels
from mikit.studies.train_dictionary import TrainDictionary
from mikit.studies.train_planted import TrainPlanted
from mikit.studies.train_toy import TrainToy

__all__ = [
    "AttendEach",
    "AttentionPatterns",
    "Attribution",
    "BeatCircuit",
    "CheckClaim",
    "CircuitCurve",
    "DirectAttribution",
    "Dose",
    "DrawGraph",
    "EvaluateDictionary",
    "FeatureEffect",
    "FeaturesOnText",
    "FindDirection",
    "FitDictionary",
    "GradeMethods",
    "GraphCoverage",
    "HeadScores",
    "IndexFeatures",
    "Intruder",
    "LogitLens",
    "MinimalCircuits",
    "MuteHeads",
    "NeuronExamples",
    "PatchSweep",
    "PathPatch",
    "PhaseDiagram",
    "PlaceAttention",
    "RankEdges",
    "RateBlind",
    "ScoreLabel",
    "SelfRepair",
    "SteerDose",
    "SteerText",
    "Superposition",
    "TestCircuit",
    "TestGraph",
    "TestLevels",
    "TrainDictionary",
    "TrainPlanted",
    "TrainToy",
]
