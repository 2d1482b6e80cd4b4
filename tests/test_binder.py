"""binder/: what repo2docker reads, held against the traps that fail only on a learner's screen."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
BINDER = ROOT / "binder"
REQUIREMENTS = (BINDER / "requirements.txt").read_text(encoding="utf-8").splitlines()


def pins(lines: list[str]) -> dict[str, str]:
    """{"torch": "2.13.0"} of lines like torch==2.13.0+cpu."""
    found = (re.fullmatch(r"([\w.-]+)==([^+\s]+)(\+\w+)?", line) for line in lines)
    return {canonicalize_name(match[1]): match[2] for match in found if match}


def test_requirements_are_pinned_as_the_tests_run_with() -> None:
    constraints = pins((ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines())
    for name, version in pins(REQUIREMENTS).items():
        assert constraints[name] == version, name
    loose = [
        line for line in REQUIREMENTS if line and not line.startswith(("#", "--extra-index-url")) and "==" not in line
    ]
    assert loose == []


def test_every_dependency_of_mikit_is_there() -> None:
    """mikit itself is installed without its dependencies, so a missing one would show at the first import."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {canonicalize_name(Requirement(line).name): Requirement(line) for line in project["dependencies"]}
    here = pins(REQUIREMENTS)
    assert wanted.keys() <= here.keys()
    for name, requirement in wanted.items():
        assert requirement.specifier.contains(here[name]), name


def test_torch_is_the_cpu_build() -> None:
    """Without the local version pip would take the newest build of any index, and 2 GB of CUDA with it."""
    assert any(re.fullmatch(r"torch==[\d.]+\+cpu", line) for line in REQUIREMENTS)
    assert "--extra-index-url https://download.pytorch.org/whl/cpu" in REQUIREMENTS


def test_no_line_names_this_repository() -> None:
    assert [line for line in REQUIREMENTS if line.startswith(("-e", ".", "/", "file:"))] == []


def test_python_is_named_and_new_enough() -> None:
    """With a binder folder repo2docker does not read requires-python, and its own default is older."""
    named = re.fullmatch(r"python-(3\.\d+)", (BINDER / "runtime.txt").read_text(encoding="utf-8").strip())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert named and Requirement(f"python{project['requires-python']}").specifier.contains(named[1])


def test_a_failing_build_fails() -> None:
    lines = (BINDER / "postBuild").read_text(encoding="utf-8").splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands[0] == "set -euo pipefail"
    assert "mikit models fetch smollm2-135m" in commands


def test_start_sets_the_machine_and_hands_over(tmp_path: Path) -> None:
    shown = subprocess.run(
        [BINDER / "start", "env"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
    ).stdout.splitlines()
    assert {"OMP_NUM_THREADS=1", "HF_HUB_OFFLINE=1", "TOKENIZERS_PARALLELISM=false"} <= set(shown)
    last = (BINDER / "start").read_text(encoding="utf-8").strip().splitlines()[-1]
    assert last == 'exec "$@"', "repo2docker's own command must replace the script"


@pytest.mark.parametrize("script", ["postBuild", "start"])
def test_scripts_are_executable_and_parse(script: str) -> None:
    path = BINDER / script
    assert os.access(path, os.X_OK)
    assert path.read_text(encoding="utf-8").startswith("#!/bin/bash\n")
    subprocess.run(["bash", "-n", path], check=True)


@pytest.mark.skipif(shutil.which("jupyter-repo2docker") is None, reason="pip install jupyter-repo2docker")
def test_repo2docker_accepts_it(tmp_path: Path) -> None:
    for name in ("binder", "pyproject.toml"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    done = subprocess.run(
        ["jupyter-repo2docker", "--no-build", "--debug", tmp_path], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout + done.stderr
    assert "conda environment for python=3.11" in said
    assert "RUN ./binder/postBuild" in said and "R2D_ENTRYPOINT" in said
    before, _, _ = said.partition("pip install --no-cache-dir -r")
    assert "binder/requirements.txt ${REPO_DIR}" in before, "the packages' layer does not depend on the lessons"
