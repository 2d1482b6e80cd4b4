"""Two rules that keep numbers right: only the engine opens traces, and nobody indexes a block's output as if it were
a tuple."""

from __future__ import annotations

import re
from pathlib import Path

import mikit

PACKAGE = Path(mikit.__file__).parent
SOURCES = [p for p in PACKAGE.rglob("*.py")]


def test_only_the_engine_opens_a_trace():
    opened = {p.name for p in SOURCES if re.search(r"with [^\n]*\.(trace|generate|edit|session)\(", code_of(p))}
    assert opened == {"engine.py"}


def test_no_output_is_indexed_as_a_tuple_but_attentions():
    """In transformers 5 a block's output is a tensor: block.output[0] = x runs, and corrupts row 0."""
    found = [(p.name, m.group()) for p in SOURCES for m in re.finditer(r"\S+\.output\[[^\]]*\]", code_of(p))]
    assert {name for name, _ in found} <= {"values.py"}
    assert [text for _, text in found] == ["arch.attn).output[1]"]


def code_of(path: Path) -> str:
    """The file less its docstrings and the scripts it holds as text."""
    return re.sub(r'""".*?"""', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
