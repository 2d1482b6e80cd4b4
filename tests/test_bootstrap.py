"""Set-up with a runner that makes what the real commands would make, so that each case takes milliseconds."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from mikit import bootstrap
from mikit.bootstrap import SetUp, SetUpFailed

REPOSITORY = Path(bootstrap.__file__).resolve().parent.parent
BIN = "Scripts" if os.name == "nt" else "bin"


class Machine:
    """A pretend machine: runs no command, remembers each, and fails or is interrupted where told."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.commands: list[list[str]] = []
        self.stop_at: Callable[[list[str]], bool] = lambda command: False
        self.stop_with: int | BaseException = 1

    def run(self, command: Sequence[str], folder: Path | None = None, quiet: bool = False) -> int:
        command = list(command)
        self.commands.append(command)
        if self.stop_at(command):
            if isinstance(self.stop_with, BaseException):
                raise self.stop_with
            return self.stop_with
        if "venv" in command:
            python = self.root / ".venv" / BIN / "python"
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()
            (self.root / ".venv" / "pyvenv.cfg").write_text("version = {}.{}.9\n".format(*sys.version_info[:2]))
            (self.root / ".venv" / "pip").touch()
        if command[-2:] == ["pip", "--version"]:
            return 0 if Path(command[0]).exists() and (self.root / ".venv" / "pip").exists() else 1
        return 0

    def set_up(self, reachable: bool = True) -> SetUp:
        return SetUp(self.root, run=self.run, reachable=lambda address: reachable)

    def installs(self) -> list[list[str]]:
        return [command[command.index("install") + 1 :] for command in self.commands if "install" in command]

    def made_venvs(self) -> int:
        return sum("venv" in command for command in self.commands)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    for name in ("constraints.txt", "pyproject.toml"):
        (tmp_path / name).write_bytes((REPOSITORY / name).read_bytes())
    return Machine(tmp_path)


def test_first_run_says_what_it_costs_and_second_runs_nothing(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.set_up().prepare("lab")
    said = capsys.readouterr().out
    assert "360 MB of packages" in said and "93 MB of model" in said and "minutes" in said
    assert machine.made_venvs() == 1 and len(machine.installs()) == 3

    machine.commands.clear()
    machine.set_up().prepare("lab")
    assert machine.commands == []
    assert capsys.readouterr().out == ""


def test_torch_comes_alone_and_first(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "has_nvidia_driver", lambda: False)
    monkeypatch.setattr(bootstrap.sys, "platform", "linux")
    machine.set_up().prepare("test")
    first, *rest = machine.installs()
    assert first[-4:] == ["--no-deps", "--index-url", bootstrap.CPU_INDEX, "torch==2.13.0"]
    assert all("--constraint" in install and "--index-url" not in install for install in rest)
    assert rest[-1][-1] == f"{machine.root}[dev]"


@pytest.mark.parametrize(
    ("platform", "driver", "reachable"), [("linux", True, True), ("linux", False, False), ("darwin", False, True)]
)
def test_the_configured_index_otherwise(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, platform: str, driver: bool, reachable: bool
) -> None:
    monkeypatch.setattr(bootstrap, "has_nvidia_driver", lambda: driver)
    monkeypatch.setattr(bootstrap.sys, "platform", platform)
    machine.set_up(reachable).prepare("lab")
    assert not any("--index-url" in install for install in machine.installs())


def test_what_tests_need_is_enough_for_the_lab_but_not_the_other_way(machine: Machine) -> None:
    machine.set_up().prepare("lab")
    assert not machine.set_up().is_ready("test")
    machine.set_up().prepare("test")
    assert machine.set_up().is_ready("lab") and machine.set_up().is_ready("test")


@pytest.mark.parametrize("name", ["constraints.txt", "pyproject.toml"])
def test_new_pins_install_again_into_the_same_environment(machine: Machine, name: str) -> None:
    machine.set_up().prepare("lab")
    with (machine.root / name).open("a") as file:
        file.write("# changed\n")
    machine.set_up().prepare("lab")
    assert machine.made_venvs() == 1 and len(machine.installs()) == 6


@pytest.mark.parametrize("stop_with", [KeyboardInterrupt(), 1])
def test_stopped_in_the_middle_of_pip_it_goes_on(machine: Machine, stop_with: int | BaseException) -> None:
    machine.stop_at = lambda command: "hatchling" in command
    machine.stop_with = stop_with
    with pytest.raises(SetUpFailed if stop_with == 1 else KeyboardInterrupt):
        machine.set_up().prepare("lab")
    assert not machine.set_up().is_ready("lab")

    machine.stop_at = lambda command: False
    machine.set_up().prepare("lab")
    assert machine.set_up().is_ready("lab")
    assert machine.made_venvs() == 1, "the environment was whole and is kept"


@pytest.mark.parametrize("missing", ["pip", "pyvenv.cfg", f"{BIN}/python"])
def test_a_half_made_environment_is_made_anew(machine: Machine, missing: str) -> None:
    machine.set_up().prepare("lab")
    (machine.root / ".venv" / missing).unlink()
    (machine.root / ".venv" / "mikit-lab-ready").unlink()
    machine.set_up().prepare("lab")
    assert machine.made_venvs() == 2 and machine.set_up().is_ready("lab")


def test_a_package_that_was_half_written_is_not_kept(machine: Machine) -> None:
    machine.set_up().prepare("lab")
    (machine.root / ".venv" / "mikit-lab-ready").unlink()
    package = machine.root / ".venv" / "lib" / "python3.11" / "site-packages" / "numpy-2.4.6.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").touch()
    machine.set_up().prepare("lab")
    assert machine.made_venvs() == 2

    (machine.root / ".venv" / "mikit-lab-ready").unlink()
    (package / "RECORD").touch()
    machine.set_up().prepare("lab")
    assert machine.made_venvs() == 2, "whole packages are kept"


def test_an_environment_of_another_python_is_made_anew(machine: Machine) -> None:
    machine.set_up().prepare("lab")
    (machine.root / ".venv" / "pyvenv.cfg").write_text("version = 3.10.4\n")
    (machine.root / ".venv" / "mikit-lab-ready").write_text("of another Python")
    machine.set_up().prepare("lab")
    assert machine.made_venvs() == 2


def test_without_the_venv_module_the_sentence_names_the_package(machine: Machine) -> None:
    machine.stop_at = lambda command: "venv" in command
    with pytest.raises(SetUpFailed, match="sudo apt install python3-venv"):
        machine.set_up().prepare("lab")


def test_a_model_that_cannot_be_fetched_stops_with_a_sentence(machine: Machine) -> None:
    machine.stop_at = lambda command: "fetch" in command
    machine.stop_with = 2
    with pytest.raises(SetUpFailed, match=r"smollm2-135m could not be fetched .* same command again"):
        machine.set_up().fetch_model()


def test_too_old_a_python_gets_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "sys", SimpleNamespace(version_info=(3, 8, 18), stderr=sys.stderr))
    assert bootstrap.main(["lab"]) == 2
    said = capsys.readouterr().err
    assert "needs Python 3.11 or newer; this is Python 3.8" in said and said.count("\n") == 1


@pytest.mark.parametrize("name", ["bootstrap.py", "__init__.py"])
def test_an_old_python_can_read_what_it_runs(name: str) -> None:
    import ast

    ast.parse((REPOSITORY / "mikit" / name).read_text(), feature_version=(3, 7))


@pytest.mark.parametrize("arguments", [[], ["dance"]])
def test_unknown_goal_shows_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main(arguments) == 2
    assert "lab | test" in capsys.readouterr().err


@pytest.mark.parametrize(("module", "status"), [("json", 0), ("no_such_module", 1)])
def test_call_returns_the_exit_status(module: str, status: int) -> None:
    assert bootstrap.call([sys.executable, "-c", f"import {module}"], quiet=True) == status


def test_call_of_a_missing_program() -> None:
    assert bootstrap.call(["no-such-program-anywhere"]) == 127


@pytest.mark.skipif(os.name == "nt", reason="a process cannot be replaced on Windows")
def test_hand_over_becomes_the_command(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import os; print(os.getcwd()); raise SystemExit(5)"]
    script = f"import pathlib, mikit.bootstrap as b; b.hand_over({command}, pathlib.Path({str(tmp_path)!r}))"
    ended = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout.strip()) == (5, str(tmp_path.resolve()))


class FrontEnd(Machine):
    """A clone with a front end whose tools are not fetched yet."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        (root / "widgets" / "node_modules").mkdir(parents=True)
        (root / "widgets" / "package-lock.json").write_text("{}")

    def npm_commands(self) -> list[str]:
        return [" ".join(command[1:]) for command in self.commands if "npm" in command[0]]


def test_front_end_fetches_its_tools_once(tmp_path: Path) -> None:
    front_end = FrontEnd(tmp_path)
    assert bootstrap.check_front_end(tmp_path, front_end.run, major=20) == 0
    assert front_end.npm_commands() == ["ci --no-audit --no-fund", "run check", "test", "run build"]
    assert front_end.commands[-1][:2] == ["git", "diff"]

    front_end.commands.clear()
    bootstrap.check_front_end(tmp_path, front_end.run, major=20)
    assert front_end.npm_commands() == ["run check", "test", "run build"]


@pytest.mark.parametrize("failing", ["ci", "check", "test", "build", "diff"])
def test_every_front_end_step_can_fail(tmp_path: Path, failing: str) -> None:
    front_end = FrontEnd(tmp_path)
    front_end.stop_at = lambda command: failing in command
    assert bootstrap.check_front_end(tmp_path, front_end.run, major=22) == 1


@pytest.mark.parametrize("major", [0, 18])
def test_without_node_the_front_end_is_left_out_and_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], major: int
) -> None:
    front_end = FrontEnd(tmp_path)
    assert bootstrap.check_front_end(tmp_path, front_end.run, major) == 0
    assert front_end.commands == []
    assert "left out" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("pytest_status", "front_end_status", "expected"), [(0, 0, 0), (5, 1, 5), (0, 1, 1), (1, 0, 1)]
)
def test_status_is_pytests_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytest_status: int, front_end_status: int, expected: int
) -> None:
    monkeypatch.setattr(bootstrap, "check_front_end", lambda root, run: front_end_status)
    machine = Machine(tmp_path)
    machine.stop_at, machine.stop_with = (lambda command: "pytest" in command), pytest_status
    assert bootstrap.run_tests(tmp_path, Path("python"), ["-x"], machine.run) == expected
    assert machine.commands == [["python", "-m", "pytest", "--durations=15", *bootstrap.SHARED_OUT, "-x"]]
