"""Models that many tests share, and one core for each of the processes that share the tests. Nothing may change the
models' weights."""

from __future__ import annotations

import os

if (worker := os.environ.get("PYTEST_XDIST_WORKER")) and hasattr(os, "sched_setaffinity"):
    # Before PyTorch is imported, which counts the cores then. What a test starts stays on the same core: lessons and
    # their kernels have what Binder gives them.
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[int(worker.removeprefix("gw")) % len(cores)]})

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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have to say beside yes or no, such as what a lesson took."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "took":
                terminalreporter.write_line(str(value))
