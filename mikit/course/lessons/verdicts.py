"""What checks of answers have in common."""

from __future__ import annotations

from typing import Any

import numpy as np

from mikit.course.plan import Verdict
from mikit.studies.mute_heads import Head


def yes(property: str, sentence: str) -> Verdict:
    return Verdict(True, property, sentence)


def no(property: str, sentence: str) -> Verdict:
    return Verdict(False, property, sentence)


def one_number(given: Any) -> Verdict | None:
    """What is said where a function gives none, or many."""
    if given is None:
        return no("one number", "The function gives nothing back. Does it end in return?")
    many = np.asarray(given).size
    return None if many == 1 else no("one number", f"The function gives {many:,} numbers. Give one.")


def as_head(answer: Any, layers: int, heads: int) -> Head | None:
    """A pair (layer, head) that exists; None for anything else."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        return None
    if not all(isinstance(part, (int, np.integer)) and not isinstance(part, bool) for part in answer):
        return None
    layer, head = int(answer[0]), int(answer[1])
    return (layer, head) if 0 <= layer < layers and 0 <= head < heads else None
