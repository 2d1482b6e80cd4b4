"""`make lessons`: every lesson, solved and at full pace, in kernels of a Jupyter server that has one core.

Two passes: all lessons at half a core, each alone; then all at a whole core, one after the other, the lesson before
left open. Writes lessons/measured.json, which the lessons and the site quote, and ends with status 1 above a limit.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from jupyter_client import BlockingKernelClient

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from mikit.course.build.__main__ import LESSONS  # noqa: E402
from mikit.course.build.notebooks import is_lesson, notebook, sources  # noqa: E402
from mikit.course.plan import HOUSE_MODEL  # noqa: E402
from mikit.models.cache import cache_dir  # noqa: E402

FILE = LESSONS / "measured.json"
MOST_EACH, MOST_TOGETHER = 1.6, 2.0
"""GB: of one kernel; of the server and two kernels, as of a learner who has gone on to the next lesson. Binder gives
2 GB."""

CELL_SECONDS = 1800
SAMPLED_EVERY_S = 0.5
PAUSE_S = 0.05

ALL_VIEWS_SETTLE = f"""
import ipywidgets, mikit.widgets.base, tests.widgets.waiting as waiting
waiting.PATIENCE_S = {CELL_SECONDS}
for view in list(ipywidgets.widgets.widget._instances.values()):
    if isinstance(view, mikit.widgets.base.View):
        waiting.until(view, lambda: view.status["state"] not in ("busy", "waiting"))
"""
"""Views compute beside the cells: a lesson is over when the last one is."""


@dataclass
class Kernel:
    """A kernel of the server, as measured. Memory in bytes; ``running`` is the share of time it was let run."""

    id: str
    client: BlockingKernelClient
    process: psutil.Process
    peak: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    running: float = 1.0


@dataclass(eq=False)
class Server(threading.Thread):
    """A Jupyter server with its kernels; as a thread, it watches how much memory they take. Close it after use."""

    process: psutil.Process
    address: str
    token: str
    runtime: Path
    kernels: list[Kernel] = field(default_factory=list)
    peak: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        while not self.over.wait(SAMPLED_EVERY_S):
            each = [memory(kernel.process) for kernel in self.kernels]
            for kernel, used in zip(self.kernels, each, strict=False):
                kernel.peak = max(kernel.peak, used)
            self.peak = max(self.peak, memory(self.process))

    def open(self) -> Kernel:
        """Start one more kernel."""
        started = self._ask("POST", "/api/kernels")
        client = BlockingKernelClient(connection_file=str(self.runtime / f"kernel-{started['id']}.json"))
        client.load_connection_file()
        client.start_channels()
        client.hb_channel.time_to_dead = CELL_SECONDS  # on a busy core a heartbeat may be late
        client.wait_for_ready(timeout=120)
        (process,) = (one for one in self.process.children() if any(started["id"] in part for part in one.cmdline()))
        self.kernels.append(Kernel(started["id"], client, process))
        return self.kernels[-1]

    def shut(self, kernel: Kernel) -> None:
        """End a kernel."""
        kernel.client.stop_channels()
        self._ask("DELETE", f"/api/kernels/{kernel.id}")
        self.kernels.remove(kernel)

    def _ask(self, method: str, path: str) -> Any:
        request = urllib.request.Request(self.address + path, method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=120) as reply:
            return json.loads(reply.read() or "null")


def memory(process: psutil.Process) -> int:
    """PSS of a process and its children, in bytes: pages that several share count once between them."""
    total = 0
    with suppress(psutil.Error):  # one ended meanwhile
        for one in [process, *process.children(recursive=True)]:
            total += one.memory_full_info().pss
    return total


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """JupyterLab in a folder, on one core, with settings, runtime files and weights of its own.

    Kernels map the weights into memory: pages shared with a stranger's process would count by half.
    """
    shutil.copytree(cache_dir() / HOUSE_MODEL, folder / ".models" / HOUSE_MODEL)
    places = {f"JUPYTER_{name}_DIR": str(folder / f".{name.lower()}") for name in ("CONFIG", "DATA", "RUNTIME")}
    environment = os.environ | places | {"IPYTHONDIR": str(folder / ".ipython"), "PYTHONPATH": str(ROOT)}
    environment |= {"MIKIT_CACHE": str(folder / ".models")}
    as_on_binder = ["bash", str(ROOT / "binder" / "start"), sys.executable, "-m", "jupyterlab"]
    options = ["--no-browser", "--ServerApp.port=0", "--LabApp.news_url="]
    if os.geteuid() == 0:
        options.append("--allow-root")
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(mine)})  # a process starts on its parent's cores
    try:
        with (folder / "server.log").open("w") as log:
            started = subprocess.Popen([*as_on_binder, *options], cwd=folder, env=environment, stdout=log, stderr=log)
    finally:
        os.sched_setaffinity(0, mine)
    runtime = folder / ".runtime"
    told = runtime / f"jpserver-{started.pid}.json"
    while not told.exists():
        with suppress(subprocess.TimeoutExpired):
            started.wait(timeout=0.2)
            raise SystemExit(f"JupyterLab ended at once:\n{(folder / 'server.log').read_text()[-2000:]}")
    info = json.loads(told.read_text())
    made = Server(psutil.Process(started.pid), info["url"].rstrip("/"), info["token"], runtime)
    made.start()
    try:
        yield made
    finally:
        made.over.set()
        made.join()
        for kernel in list(made.kernels):
            made.shut(kernel)
        started.terminate()
        started.wait(timeout=60)


@contextmanager
def half_a_core(kernel: Kernel) -> Iterator[None]:
    """Stop the kernel for as long as it ran, twenty times a second in all."""
    over = threading.Event()
    ran = stopped = 0.0

    def pause() -> None:
        nonlocal ran, stopped
        while not over.is_set():
            began = time.monotonic()
            over.wait(PAUSE_S)
            kernel.process.suspend()
            middle = time.monotonic()
            over.wait(middle - began)
            kernel.process.resume()
            ran, stopped = ran + middle - began, stopped + time.monotonic() - middle

    pausing = threading.Thread(target=pause)
    pausing.start()
    try:
        yield
    finally:
        over.set()
        pausing.join()
        kernel.running = ran / (ran + stopped)


def teach(kernel: Kernel, name: str) -> None:
    """Run a lesson, solved, from top to bottom, until its views have settled."""
    cells = notebook(sources(LESSONS)[name], "solved", "full")["cells"]
    began = time.monotonic()
    for cell in [*cells, {"cell_type": "code", "id": "settle", "source": ALL_VIEWS_SETTLE}]:
        if cell["cell_type"] != "code":
            continue
        reply = kernel.client.execute_interactive(
            cell["source"], timeout=CELL_SECONDS, allow_stdin=False, output_hook=lambda message: None
        )["content"]
        if reply["status"] != "ok":
            raise SystemExit(f"{name}, cell {cell['id']}:\n" + "\n".join(reply.get("traceback", [reply["status"]])))
    kernel.seconds = time.monotonic() - began
    used = kernel.process.cpu_times()
    kernel.cpu_seconds = used.user + used.system


def main() -> int:
    names = [name for name in sources(LESSONS) if is_lesson(name)]
    found: dict[str, Any] = {
        "machine": f"{platform.machine()}, one core of {os.cpu_count()}, Python {platform.python_version()}",
        "load_before": round(os.getloadavg()[0], 1),
        "lessons": {name: {} for name in names},
    }
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        with server(Path(temporary) / "half") as lab:
            for name in names:
                kernel = lab.open()
                with half_a_core(kernel):
                    teach(kernel, name)
                lab.shut(kernel)
                found["lessons"][name] |= {
                    "minutes_half_core": minutes(kernel.seconds),
                    "share_of_core": round(kernel.running, 2),
                    "memory_gb": gigabytes(kernel.peak),
                }
                print(name, found["lessons"][name], flush=True)
        with server(Path(temporary) / "whole") as lab:
            before: list[Kernel] = []
            for name in names:
                kernel = lab.open()
                teach(kernel, name)
                for left in before:
                    lab.shut(left)
                before = [kernel]
                found["lessons"][name] |= {
                    "minutes": minutes(kernel.seconds),
                    "cpu_minutes": minutes(kernel.cpu_seconds),
                }
                print(name, found["lessons"][name], flush=True)
        found["together_gb"] = gigabytes(lab.peak)
    found["load_after"] = round(os.getloadavg()[0], 1)
    print(
        f"two kernels open, with the server: {found['together_gb']} GB; load {found['load_before']} before,"
        f" {found['load_after']} after"
    )
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    each = max(lesson["memory_gb"] for lesson in found["lessons"].values())
    return int(each >= MOST_EACH or found["together_gb"] >= MOST_TOGETHER)


def minutes(seconds: float) -> float:
    return round(seconds / 60, 1)


def gigabytes(size: int) -> float:
    return round(size / 1e9, 2)


if __name__ == "__main__":
    sys.exit(main())
