"""All kinds of study; importing this module registers them for replay."""

from mikit.studies.attention import AttentionPatterns
from mikit.studies.head_scores import HeadScores
from mikit.studies.mute_heads import MuteHeads

__all__ = ["AttentionPatterns", "HeadScores", "MuteHeads"]
