"""What every comparison with another library needs: its environment, and contenders in processes of their own that take
turns, so that whatever else a machine does falls on all of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from mikit.bootstrap import SetUp

ROOT = Path(__file__).resolve().parents[2]


def requirements(library: str) -> Path:
    return ROOT / "tests" / "references" / f"{library}.txt"


def interpreter(library: str) -> Path:
    """The interpreter of a library's own environment, made when it is missing or its pins have changed."""
    home = ROOT / "build" / "references" / library
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp, pins = home / "mikit-ready", requirements(library).read_text(encoding="utf-8")
    fingerprint = sha256(pins.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return python
    print(f"\nsetting up {home.relative_to(ROOT)}: some hundred MB of packages", flush=True)
    venv.create(home, with_pip=True, clear=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    torch = next(line for line in pins.splitlines() if line.startswith("torch=="))
    cpu_only = SetUp(ROOT).torch_index()
    subprocess.run([*pip, *(["--no-deps", *cpu_only] if cpu_only else []), torch], check=True)
    subprocess.run([*pip, "--no-deps", "--requirement", str(requirements(library))], check=True)  # all are listed
    stamp.write_text(fingerprint)
    return python


class Contender:
    """A process that does a job when asked and sleeps in between."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._line()

    def ask(self, job: Mapping[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self._line())
        return found

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"{self.process.args} ended early"
        return line


@contextmanager
def contenders(
    script: Path, interpreters: Mapping[str, Path | None], folder: Path, threads: int
) -> Iterator[dict[str, Contender]]:
    """All of them, ready: models loaded, threads set to the same number, OpenMP's waiting passive for all. None: this
    environment."""
    environment = os.environ | {"OMP_WAIT_POLICY": "passive", "HF_HUB_OFFLINE": "1", "TQDM_DISABLE": "1"}
    environment |= {"PYTHONWARNINGS": "ignore"}
    with ExitStack() as stack:
        found = {}
        for name, python in interpreters.items():
            command = [str(python or sys.executable), str(script), name, str(folder), str(threads)]
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            found[name] = Contender(process)
        yield found


def ratio(theirs: list[float], ours: list[float]) -> float:
    """Each turn against ours of the same round; the middle one."""
    return median(one / other for one, other in zip(theirs, ours, strict=True))


def versions(library: str, *named: str) -> dict[str, str]:
    """Of what is installed here, and of the ``named`` ones in a library's environment."""
    lines = requirements(library).read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if "==" in line)
    here = {name: version(name) for name in ("torch", "transformers", "nnsight")}
    return here | {name: pins[name] for name in named}
