"""An empty cache, and a small model as a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from mikit.models import weights
from tests import tiny


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache of models: empty, and of this test alone."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("MIKIT_CACHE", str(folder))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small model in an ordinary safetensors folder called "mine"."""
    made = tmp_path / "mine"
    made.mkdir()
    weights.write_folder(tiny.weights("llama"), tiny.tokenizer(chat=True), made, "fp32")
    return made


@pytest.fixture
def said() -> list[str]:
    """What a fetch says, by ``say=said.append``."""
    return []
