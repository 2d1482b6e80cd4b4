"""A learner with one lesson still running is told before the next one dies."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from mikit.course.crowded import NEEDED, crowded


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Iterator[psutil.Process]:
    """The only other kernel that there is: a process with a kernel's command line."""
    script = "import sys; print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", script, "ipykernel_launcher"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    monkeypatch.setattr(psutil, "process_iter", lambda: [psutil.Process(), psutil.Process(process.pid)])
    yield psutil.Process(process.pid)
    process.kill()
    process.communicate()


def test_it_says_who_holds_what(kernel: psutil.Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEM_LIMIT", str(NEEDED + 1_000_000))
    assert crowded().startswith("Another notebook is still running, taking 0.0 of the 1.6 GB")
    monkeypatch.setenv("MEM_LIMIT", str(NEEDED + 4_000_000_000))
    assert crowded() == ""


@pytest.mark.parametrize("limit", ["", "none"])
def test_nobody_is_told_where_there_is_no_limit(
    kernel: psutil.Process, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setenv("MEM_LIMIT", limit)
    assert crowded() == ""


def test_nobody_is_told_of_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "process_iter", lambda: [psutil.Process()])
    monkeypatch.setenv("MEM_LIMIT", "1000000000")
    assert crowded() == ""
