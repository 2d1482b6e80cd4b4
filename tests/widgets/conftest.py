"""A model small enough to ask a hundred times."""

from __future__ import annotations

import pytest

import mikit
from mikit.models.model import Model
from tests import tiny


@pytest.fixture(scope="session")
def model() -> Model:
    """A small random Llama, opened as a learner opens one: checked."""
    return mikit.load(tiny.weights("llama"), tokenizer=tiny.tokenizer(chat=True))
