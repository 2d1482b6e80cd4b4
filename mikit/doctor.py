"""``mikit doctor``: what on this machine would stop a lesson, and how to mend it.

Gathering (``examine`` and the functions it calls first) is apart from judging (the ``*_line`` functions, plain values
in, one Line out).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil
from packaging.version import Version

from mikit.bootstrap import MODEL, NEEDS_PYTHON

GB = 1e9
NEEDS_MEMORY_GB = 2.0
NEEDS_DISK_GB = 1.0
NEEDS_LAB = Version("4.4")
# The JavaScript half of ipywidgets has a version of its own: major of ipywidgets -> major of jupyterlab_widgets.
MANAGER_OF = {7: 1, 8: 3}
PROBED = ("https://pypi.org/simple/", "https://huggingface.co/")
PROBE_SECONDS = 2.0

# Run by another environment's Python, so it may import nothing but the standard library and what it asks about.
ASK_ENVIRONMENT = """
import importlib.metadata, json, sys
versions = {}
for name in ("jupyterlab", "jupyterlab_widgets", "ipywidgets", "anywidget", "mikit"):
    try:
        versions[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
try:
    from jupyter_client.kernelspec import KernelSpecManager
    kernel = KernelSpecManager().get_kernel_spec("python3").argv[0]
except Exception:
    kernel = "python"
if kernel in ("python", "python3", "python%d.%d" % sys.version_info[:2]):
    kernel = sys.executable
print(json.dumps({"python": sys.executable, "versions": versions, "kernel": kernel}))
"""


@dataclass(frozen=True)
class Line:
    """One finding: what was looked at, whether it will do, what was found, and the mend if it will not do."""

    name: str
    ok: bool
    value: str
    mend: str = ""

    def __str__(self) -> str:
        line = f"{'ok  ' if self.ok else 'MEND'}  {self.name:<15} {self.value}"
        return line if self.ok else f"{line}\n      {'->':<15} {self.mend}"


@dataclass(frozen=True)
class Environment:
    """A Python with its packages: the one that serves JupyterLab, or the one that runs the notebooks' cells."""

    python: str
    versions: Mapping[str, str]
    kernel: str = ""


def examine() -> list[Line]:
    """Look at everything a lesson needs; takes a few seconds, most of them importing PyTorch."""
    lines = [python_line(sys.version_info[:2])]
    for python in server_pythons():
        server = ask_environment(python)
        kernel = ask_environment(server.kernel)
        lines += [lab_line(server), kernel_line(kernel), widgets_line(server, kernel)]
    return [
        *lines,
        memory_line(free_memory()),
        torch_line(),
        models_line(models_here()),
        disk_line(free_disk()),
        network_line(reachable(PROBED), bool(os.environ.get("HF_HUB_OFFLINE"))),
    ]


def python_line(found: tuple[int, ...]) -> Line:
    wanted = ".".join(map(str, NEEDS_PYTHON))
    return Line(
        "Python",
        found >= NEEDS_PYTHON,
        f"{'.'.join(map(str, found))} ({sys.executable})",
        f"install Python {wanted} or newer, remove .venv, and run `make lab` again",
    )


def lab_line(server: Environment) -> Line:
    found = server.versions.get("jupyterlab")
    return Line(
        "JupyterLab",
        found is not None and Version(found) >= NEEDS_LAB,
        f"{found or 'not installed'} ({server.python})",
        f"`{server.python} -m pip install 'jupyterlab>={NEEDS_LAB}'`",
    )


def kernel_line(kernel: Environment) -> Line:
    found = kernel.versions.get("mikit")
    return Line(
        "Kernel",
        found is not None,
        f"mikit {found or 'not installed'} ({kernel.python})",
        f"JupyterLab's kernel `python3` is another Python than mikit's: start Lab with `mikit lab` from mikit's "
        f"environment, or install mikit there: `{kernel.python} -m pip install mikit`",
    )


def widgets_line(server: Environment, kernel: Environment) -> Line:
    """Views need both halves: the browser's comes from the server's environment, Python's from the kernel's."""
    halves = {
        "server": {name: server.versions.get(name, "") for name in ("anywidget", "jupyterlab_widgets")},
        "kernel": {name: kernel.versions.get(name, "") for name in ("anywidget", "ipywidgets")},
    }
    value = "; ".join(
        f"{where} " + ", ".join(f"{name} {found or 'missing'}" for name, found in half.items())
        for where, half in halves.items()
    )
    fitting = all(found for half in halves.values() for found in half.values()) and (
        Version(halves["server"]["anywidget"]).release[:2] == Version(halves["kernel"]["anywidget"]).release[:2]
        and MANAGER_OF.get(Version(halves["kernel"]["ipywidgets"]).major)
        == Version(halves["server"]["jupyterlab_widgets"]).major
    )
    wanted = " ".join(f"{name}=={found}" for name, found in halves["kernel"].items() if found) or "anywidget ipywidgets"
    return Line(
        "Widgets",
        fitting,
        value,
        f"give the server what the kernel has, `{server.python} -m pip install {wanted}`, restart JupyterLab and "
        "reload its page",
    )


def memory_line(free: float) -> Line:
    return Line(
        "Memory",
        free >= NEEDS_MEMORY_GB * GB,
        f"{free / GB:.1f} GB free of the {NEEDS_MEMORY_GB:.0f} GB a lesson needs",
        "shut down other kernels (JupyterLab: Kernel, Shut Down All Kernels) and close other programs",
    )


def torch_line() -> Line:
    try:
        import torch
    except (ImportError, OSError) as error:
        pinned = "`make lab` again, or `python -m pip install --force-reinstall torch`"
        return Line("PyTorch", False, f"does not import: {error}", pinned)
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    value = f"{version('torch')} on {device}, {torch.get_num_threads()} threads of {os.cpu_count()} cores"
    return Line("PyTorch", True, value)


def models_line(here: Mapping[str, int]) -> Line:
    """``here``: name -> bytes of each model on this machine."""
    value = ", ".join(f"{name} ({size / 1e6:,.0f} MB)" for name, size in here.items())
    return Line("Models", MODEL in here, value or "none on this machine", f"`mikit models fetch {MODEL}`")


def disk_line(free: float) -> Line:
    return Line(
        "Disk",
        free >= NEEDS_DISK_GB * GB,
        f"{free / GB:.1f} GB free where models are kept",
        f"free {NEEDS_DISK_GB:.0f} GB, remove a model (`mikit models remove NAME`), or keep models elsewhere by "
        "setting MIKIT_CACHE",
    )


def network_line(answers: Mapping[str, bool], told_offline: bool) -> Line:
    """Never amiss: what is on the machine works without a network."""
    if told_offline:
        return Line("Network", True, "the hub is not asked: HF_HUB_OFFLINE is set")
    found = [address.split("/")[2] for address, answered in answers.items() if answered]
    if not found:
        return Line("Network", True, "offline; models already on this machine work, others cannot be fetched")
    return Line("Network", True, "online: " + ", ".join(found))


def server_pythons() -> list[str]:
    """The Python of every JupyterLab running here; when none runs, ours, which `mikit lab` would start."""
    from jupyter_server.serverapp import list_running_servers

    pythons = []
    for server in list_running_servers():
        try:
            python = psutil.Process(server["pid"]).cmdline()[0]
        except (psutil.Error, IndexError):
            continue
        if Path(python).is_absolute() and python not in pythons:
            pythons.append(python)
    return pythons or [sys.executable]


def ask_environment(python: str) -> Environment:
    """What a Python has installed; empty when it cannot be run."""
    try:
        answer = subprocess.run([python, "-c", ASK_ENVIRONMENT], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return Environment(python, {}, python)
    return Environment(**json.loads(answer.stdout))


def free_memory() -> float:
    """Bytes free to a new process; inside a container its own limit counts too, not only the host's memory."""
    free = float(psutil.virtual_memory().available)
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return free
    return free if limit == "max" else min(free, float(limit))


def free_disk() -> float:
    """Bytes free where models are kept. The folder itself may not exist yet."""
    from mikit.models.sources import cache_dir

    folder = cache_dir()
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return shutil.disk_usage(existing).free


def models_here() -> dict[str, int]:
    from mikit.models import sources

    return {entry.name: size for entry, folder, size in sources.status() if folder is not None}


def reachable(addresses: Iterable[str], seconds: float = PROBE_SECONDS) -> dict[str, bool]:
    """Which addresses answer within ``seconds``; all are asked at once."""
    answers = dict.fromkeys(addresses, False)

    def ask(address: str) -> None:
        try:
            urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=seconds).close()
        except urllib.error.HTTPError:
            pass  # A refusal is an answer too.
        except OSError:
            return
        answers[address] = True

    # Daemon threads: looking a name up can outlast the timeout, and must not hold up the rest.
    threads = [threading.Thread(target=ask, args=(address,), daemon=True) for address in answers]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return dict(answers)
