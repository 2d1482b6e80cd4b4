"""docs/architecture.md names every file of the house."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(p.relative_to(ROOT) for p in (ROOT / "mikit").rglob("*.py") if p.name != "__init__.py")


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_the_file_is_named(module: Path) -> None:
    house = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split("## Interfaces")[0]
    words = house.replace(":", " ").replace(",", " ").split()
    assert module.name in words
    assert all(f"{folder}/" in words for folder in module.parent.parts)


def test_no_file_is_named_that_is_not_there() -> None:
    house = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split("## Interfaces")[0]
    there = {p.name for p in ROOT.rglob("*.py") if ".venv" not in p.parts}
    named = {word for word in house.replace(":", " ").replace(";", " ").split() if word.endswith(".py")}
    assert named <= there
