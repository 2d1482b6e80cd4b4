"""Set-up from a clone: ``python -m mikit.bootstrap lab | test``.

Standard library only, and kept readable to Python 3.6, so that an old Python can say in one sentence that it is too
old. Each step looks first whether its work is there already: a second run takes seconds, and a run that was
interrupted goes on where it stopped.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NEEDS_PYTHON = (3, 11)
NEEDS_NODE = 20
MODEL = "smollm2-135m"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"

# Each goal has what the one before it has: what `test` installs is enough for `lab`.
INSTALLS = {"lab": ".", "test": ".[dev]"}
PACKAGES_MB = {"lab": 360, "test": 450}
WEIGHTS_MB = 93

USAGE = """usage: python -m mikit.bootstrap lab | test

  lab    set up, then open JupyterLab on the first lesson; options go to `mikit lab` (--no-browser)
  test   set up, then run all tests; options go to pytest"""


class SetUpFailed(Exception):
    """A step that did not end well: a sentence for the person at the keyboard, and the exit status."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


def call(command: "Sequence[str]", folder: "Path | None" = None, quiet: bool = False) -> int:
    """Run a command and return its exit status; 127 when there is no such program."""
    out = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.call(list(command), cwd=str(folder) if folder else None, stdout=out, stderr=out)
    except OSError:
        return 127


def hand_over(command: "Sequence[str]", folder: "Path | None" = None) -> int:
    """Become the command, so that Ctrl-C reaches it alone. Where a process cannot be replaced, run it and wait."""
    if os.name == "nt":
        return call(command, folder)
    if folder:
        os.chdir(str(folder))
    sys.stdout.flush()
    os.execv(command[0], list(command))


def say(line: str) -> None:
    print("mikit: " + line, flush=True)


class SetUp:
    """The environment of one clone: ``.venv`` beside its ``pyproject.toml``.

    ``run`` executes a command and returns its exit status, ``reachable`` tells whether an address answers; tests put
    their own in.
    """

    def __init__(
        self,
        root: Path,
        run: "Callable[..., int]" = call,
        reachable: "Callable[[str], bool] | None" = None,
    ) -> None:
        self.root = root
        self.run = run
        self.reachable = reachable or answers
        self.venv = root / ".venv"
        self.python = self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def prepare(self, goal: str) -> None:
        """Make the environment fit for ``goal``. Raises SetUpFailed."""
        if self.is_ready(goal):
            return
        say(
            f"setting up .venv. It downloads about {PACKAGES_MB[goal]} MB of packages and {WEIGHTS_MB} MB of model "
            "weights, takes two to five minutes and 2.5 GB of disk. Interrupted, the same command goes on from there."
        )
        self.make_venv()
        self.install(goal)
        # Written last: whatever stops a run before this line, the next run looks at every step again.
        self.stamp(goal).write_text(self.fingerprint())

    def is_ready(self, goal: str) -> bool:
        goals = list(INSTALLS)
        return self.python.exists() and any(
            self.stamp(g).exists() and self.stamp(g).read_text() == self.fingerprint()
            for g in goals[goals.index(goal) :]
        )

    def stamp(self, goal: str) -> Path:
        return self.venv / ("mikit-" + goal + "-ready")

    def fingerprint(self) -> str:
        """Changes when the pinned versions, the package's own needs, its place or the Python change."""
        digest = hashlib.sha256(f"{sys.version} {self.root}".encode())
        for name in ("constraints.txt", "pyproject.toml"):
            digest.update((self.root / name).read_bytes())
        return digest.hexdigest()

    def make_venv(self) -> None:
        """Keep a whole environment of this Python, replace any other."""
        if self.venv_version() == sys.version_info[:2] and self.is_whole():
            return
        if self.venv.exists():
            say(".venv is incomplete or belongs to another Python: making it anew.")
        if self.run([sys.executable, "-m", "venv", "--clear", str(self.venv)]) != 0:
            raise SetUpFailed(
                f"{sys.executable} could not make a virtual environment in {self.venv}. On Debian and Ubuntu that part "
                "of Python is a package of its own: `sudo apt install python3-venv`, then run the same command again."
            )

    def venv_version(self) -> "tuple[int, ...] | None":
        config = self.venv / "pyvenv.cfg"
        found = re.search(r"^version *= *(\d+)\.(\d+)", config.read_text(), re.M) if config.exists() else None
        return tuple(int(part) for part in found.groups()) if found else None

    def is_whole(self) -> bool:
        """Whether pip runs and no package is half written: pip writes a package's RECORD last."""
        packages = [*self.venv.glob("lib/python*/site-packages/*.dist-info"), *self.venv.glob("Lib/*/*.dist-info")]
        return all((package / "RECORD").exists() for package in packages) and self.pip("--version", quiet=True) == 0

    def install(self, goal: str) -> None:
        """PyTorch alone first, so that nothing else can choose its build; then everything pinned."""
        pins = ["--constraint", str(self.root / "constraints.txt")]
        torch = re.search(r"^torch==\S+", (self.root / "constraints.txt").read_text(), re.M)
        assert torch, "constraints.txt pins torch"
        steps = [
            ["--no-deps", *self.torch_index(), torch.group()],
            # The build backend is pinned with the rest: no second, unpinned environment for building.
            [*pins, "hatchling"],
            [*pins, "--no-build-isolation", "--editable", str(self.root) + INSTALLS[goal][1:]],
        ]
        for step in steps:
            status = self.pip("install", "--disable-pip-version-check", *step)
            if status != 0:
                raise SetUpFailed(
                    f"pip stopped with exit status {status} (its last lines say why). What it has installed stays: "
                    "run the same command again and it goes on from here."
                )

    def torch_index(self) -> "list[str]":
        """Where PyTorch comes from: on Linux without an NVIDIA driver its CPU build, which spares gigabytes of CUDA."""
        if not sys.platform.startswith("linux") or has_nvidia_driver():
            return []
        if self.reachable(CPU_INDEX + "/torch/"):
            return ["--index-url", CPU_INDEX]
        say("PyTorch's index of CPU builds does not answer; taking PyTorch from your own package index.")
        return []

    def fetch_model(self) -> None:
        status = self.run([str(self.python), "-m", "mikit.cli", "models", "fetch", MODEL], self.root)
        if status != 0:
            raise SetUpFailed(f"{MODEL} could not be fetched (see above). Run the same command again.")

    def pip(self, *arguments: str, quiet: bool = False) -> int:
        return self.run([str(self.python), "-m", "pip", *arguments], self.root, quiet=quiet)


def has_nvidia_driver() -> bool:
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def answers(address: str) -> bool:
    """Whether an address answers within 3 seconds."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=3):
            return True
    except (OSError, ValueError):
        return False


def check_front_end(root: Path, run: "Callable[..., int]" = call, major: "int | None" = None) -> int:
    """Check, test and build the TypeScript half, and compare the build with the committed one."""
    major = node_major() if major is None else major
    if major < NEEDS_NODE:
        say(f"no Node {NEEDS_NODE} or newer here: the TypeScript tests are left out, Python's run.")
        return 0
    widgets = root / "widgets"
    npm = shutil.which("npm") or "npm"
    stamp = widgets / "node_modules" / "mikit-ready"
    lock = hashlib.sha256((widgets / "package-lock.json").read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != lock:
        say("fetching the front end's tools: about 60 MB, under a minute.")
        if run([npm, "ci", "--no-audit", "--no-fund"], widgets) != 0:
            return 1
        stamp.write_text(lock)
    for script in (["run", "check"], ["test"], ["run", "build"]):
        if run([npm, *script], widgets) != 0:
            return 1
    # Exit status 1 means a difference; anything else, that this is no git checkout.
    if run(["git", "diff", "--exit-code", "--stat", "--", "mikit/widgets/static"], root) == 1:
        say("mikit/widgets/static is not what widgets/src builds: commit the new build.")
        return 1
    return 0


def node_major() -> int:
    """Node's major version, 0 when there is none."""
    try:
        version = subprocess.check_output(["node", "--version"], stderr=subprocess.DEVNULL).decode()
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.match(r"v(\d+)", version)
    return int(found.group(1)) if found else 0


# One process a core, at most four: each holds a model, a server and a browser. A file's tests stay together.
SHARED_OUT = ("--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile")


def run_tests(root: Path, python: Path, options: "Sequence[str]", run: "Callable[..., int]" = call) -> int:
    """All tests; pytest's lines come last. Returns pytest's exit status, or 1 when only the front end failed."""
    front_end = check_front_end(root, run)
    status = run([str(python), "-m", "pytest", "--durations=15", *SHARED_OUT, *options], root)
    if front_end != 0:
        say("the front end's checks failed (above pytest's lines).")
    return status or front_end


def main(arguments: "Sequence[str]") -> int:
    if sys.version_info < NEEDS_PYTHON:
        wanted, found = (".".join(str(part) for part in version[:2]) for version in (NEEDS_PYTHON, sys.version_info))
        print(
            f"mikit needs Python {wanted} or newer; this is Python {found}. Install a newer one from python.org or "
            "your system's packages, then run this again with it.",
            file=sys.stderr,
        )
        return 2
    if not arguments or arguments[0] not in INSTALLS:
        print(USAGE, file=sys.stderr)
        return 2
    root = Path(__file__).resolve().parent.parent
    if not (root / "constraints.txt").exists():
        print("This mikit was installed with pip and needs no set-up: run `mikit lab`.", file=sys.stderr)
        return 2
    goal, options = arguments[0], arguments[1:]
    set_up = SetUp(root)
    try:
        set_up.prepare(goal)
        set_up.fetch_model()
        if goal == "test":
            return run_tests(root, set_up.python, options)
        return hand_over([str(set_up.python), "-m", "mikit.cli", "lab", *options], root)
    except SetUpFailed as failed:
        print(f"mikit: {failed}", file=sys.stderr)
        return failed.status
    except KeyboardInterrupt:
        print("\nmikit: stopped. The same command goes on from here.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
