"""All kinds of study; importing this module registers them for replay."""

from mikit.studies.attention import AttentionPatterns
from mikit.studies.be_the_head import AttendEach, PlaceAttention
from mikit.studies.direct_attribution import DirectAttribution
from mikit.studies.head_scores import HeadScores
from mikit.studies.lens import LogitLens
from mikit.studies.mute_heads import MuteHeads
from mikit.studies.train_toy import TrainToy

__all__ = [
    "AttendEach",
    "AttentionPatterns",
    "DirectAttribution",
    "HeadScores",
    "LogitLens",
    "MuteHeads",
    "PlaceAttention",
    "TrainToy",
]
