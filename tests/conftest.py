"""Models that many tests share. Nothing may change their weights."""

from __future__ import annotations

import pytest

import mikit
from mikit.models.model import Model
from mikit.studies.base import Result, run_study
from mikit.studies.head_scores import HeadScores
from tests import tiny as tiny_models


@pytest.fixture(scope="session")
def smollm() -> Model:
    """The real model, from the user's cache (or MIKIT_CACHE), fetched if it is not there."""
    return mikit.load("smollm2-135m")


@pytest.fixture(scope="session")
def head_scores(smollm: Model) -> Result:
    """The real model's head scores, taken once: they cost a few seconds."""
    return run_study(HeadScores(model=smollm.ref), smollm)


@pytest.fixture(scope="session", params=["gpt2", "gpt_neox", "llama", "gemma3_text"])
def tiny(request: pytest.FixtureRequest) -> Model:
    """A small random model of each family that differs in its addresses."""
    return tiny_models.model(request.param)
