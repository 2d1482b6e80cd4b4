from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from typer.testing import CliRunner, Result

import mikit
from mikit import cli
from mikit.doctor import Line
from mikit.errors import MikitError, RecordUnusable


def mikit_says(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments))


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The model store with one model here and one not; what is fetched and removed is noted in ``done``."""
    from mikit.models import sources

    here = tmp_path / "smollm2-135m"
    done: list[str] = []

    def folder_of(name: str) -> Path | None:
        return here if name == here.name else None

    def status() -> list[tuple[SimpleNamespace, Path | None, int]]:
        entries = [
            SimpleNamespace(name="smollm2-135m", licence="Apache-2.0", download_mb=93),
            SimpleNamespace(name="gemma-3-270m", licence="Gemma terms", download_mb=253),
        ]
        return [(entries[0], here, 540_000_000), (entries[1], None, 0)]

    def fetch(name: str, say: object = print) -> Path:
        assert callable(say)
        say(f"fetching {name}")
        done.append(f"fetch {name}")
        return here

    monkeypatch.setattr(sources, "folder_of", folder_of)
    monkeypatch.setattr(sources, "status", status)
    monkeypatch.setattr(sources, "fetch", fetch)
    monkeypatch.setattr(sources, "remove", lambda name: done.append(f"remove {name}"))
    monkeypatch.setattr(sources, "done", done, raising=False)
    return sources


def test_path_prints_only_the_folder(sources: ModuleType, tmp_path: Path) -> None:
    said = mikit_says("models", "path", "smollm2-135m")
    assert (said.exit_code, said.stdout, said.stderr) == (0, f"{tmp_path / 'smollm2-135m'}\n", "")


def test_path_of_a_model_that_is_not_here_says_how_to_fetch_it(sources: ModuleType) -> None:
    said = mikit_says("models", "path", "gemma-3-270m")
    assert said.exit_code == 2 and said.stdout == ""
    assert "mikit models fetch gemma-3-270m" in said.stderr


def test_path_of_an_unknown_name_says_the_nearest(sources: ModuleType) -> None:
    said = mikit_says("models", "path", "smolm2-135m")
    assert (said.exit_code, said.stdout) == (2, "")
    assert said.stderr == "'smolm2-135m' is not on this machine. Did you mean 'smollm2-135m'?\n"


def test_list_says_licence_size_and_what_is_here(sources: ModuleType) -> None:
    said = mikit_says("models", "list")
    first, second = said.stdout.splitlines()
    assert first.split() == ["smollm2-135m", "here,", "540", "MB", "Apache-2.0"]
    assert "not here, 253 MB to fetch" in second and second.endswith("Gemma terms")


def test_fetch_and_remove_reach_the_store(sources: ModuleType) -> None:
    said = mikit_says("models", "fetch", "gemma-3-270m")
    assert (said.exit_code, said.stdout) == (0, "fetching gemma-3-270m\n")
    assert mikit_says("models", "remove", "smollm2-135m").exit_code == 0
    assert sources.done == ["fetch gemma-3-270m", "remove smollm2-135m"]


def test_fetch_of_a_model_that_is_here_says_where(sources: ModuleType, tmp_path: Path) -> None:
    assert (
        mikit_says("models", "fetch", "smollm2-135m").stdout
        == f"smollm2-135m is already in {tmp_path / 'smollm2-135m'}.\n"
    )
    assert sources.done == []


@dataclass(frozen=True)
class FakeDeviation:
    within: bool
    largest: float = 0.2
    where: str = "head-scores / induction"
    lines: tuple[str, ...] = ("head-scores / induction: differs by 0.0002",)


class FakeRecord:
    """A record of three kinds, by the file's name."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def read(cls, path: Path) -> FakeRecord:
        if path.stem == "altered":
            raise RecordUnusable("altered.json was changed after it was saved: its digest does not fit.")
        return cls(path)

    def replay(self) -> FakeDeviation:
        return FakeDeviation(within=self.path.stem == "same")


@pytest.mark.parametrize(("name", "status"), [("same", 0), ("different", 1), ("altered", 2)])
def test_replay_answers_by_exit_status(monkeypatch: pytest.MonkeyPatch, name: str, status: int) -> None:
    from mikit.studies import record

    monkeypatch.setattr(record, "Record", FakeRecord)
    said = mikit_says("replay", f"{name}.json")
    assert said.exit_code == status
    verdict = {0: "Largest deviation: 0.2 of its tolerance (head-scores / induction), within.", 1: "outside."}
    assert verdict.get(status, "") in said.stdout
    assert ("was changed" in said.stderr) == (status == 2)


@pytest.mark.parametrize(("ok", "status"), [(True, 0), (False, 1)])
def test_doctor_prints_the_mend_of_what_is_amiss(monkeypatch: pytest.MonkeyPatch, ok: bool, status: int) -> None:
    monkeypatch.setattr(
        "mikit.doctor.examine", lambda: [Line("Disk", True, "20 GB"), Line("Memory", ok, "1 GB", "buy")]
    )
    said = mikit_says("doctor")
    assert said.exit_code == status
    assert "Disk" in said.stdout and ("buy" in said.stdout) == (not ok)


def test_version() -> None:
    assert mikit_says("--version").stdout == f"mikit {mikit.__version__}\n"


def test_other_mistakes_keep_their_traceback(monkeypatch: pytest.MonkeyPatch, sources: ModuleType) -> None:
    monkeypatch.setattr(sources, "remove", lambda name: 1 / 0)
    assert isinstance(mikit_says("models", "remove", "x").exception, ZeroDivisionError)


def test_copies_are_made_once_and_never_overwritten(tmp_path: Path) -> None:
    shipped, own = tmp_path / "lessons", tmp_path / "my-lessons"
    shipped.mkdir()
    (shipped / "00_start_here.ipynb").write_text("shipped")
    assert cli.copy_lessons(shipped, own) == [own / "00_start_here.ipynb"]

    (own / "00_start_here.ipynb").write_text("a learner's work")
    (shipped / "01_next.ipynb").write_text("new")
    assert sorted(cli.copy_lessons(shipped, own)) == [own / "00_start_here.ipynb", own / "01_next.ipynb"]
    assert (own / "00_start_here.ipynb").read_text() == "a learner's work"
    assert (own / "01_next.ipynb").read_text() == "new"
    assert sorted(path.name for path in own.iterdir()) == ["00_start_here.ipynb", "01_next.ipynb"]


def test_lab_opens_the_first_lesson_in_the_folder_one_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    for name in ("01_next", "00_start_here"):
        (shipped / f"{name}.ipynb").write_text("{}")
    started: list[list[str]] = []
    monkeypatch.setattr(cli, "lessons_folder", lambda: shipped)
    monkeypatch.setattr(cli, "hand_over", lambda command: started.append(command) or 0)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/of/the/learner")
    monkeypatch.chdir(tmp_path)

    said = mikit_says("lab", "--no-browser")
    assert said.exit_code == 0 and "00_start_here.ipynb" in said.stdout
    assert sorted(path.name for path in (tmp_path / "my-lessons").iterdir()) == ["00_start_here.ipynb", "01_next.ipynb"]
    (command,) = started
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert "--LabApp.default_url=/lab/tree/my-lessons/00_start_here.ipynb" in command and "--no-browser" in command
    own, defaults = os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert own == "/of/the/learner" and (Path(defaults) / "labconfig" / "default_setting_overrides.json").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no root on this system")
@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_root_is_allowed_only_where_one_is_root(monkeypatch: pytest.MonkeyPatch, user: int, allowed: bool) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert ("--allow-root" in cli.lab_command(Path("my-lessons/00.ipynb"), browser=True)) == allowed


@pytest.mark.parametrize("where", ["mikit/lessons", "lessons"])
def test_lessons_are_found_in_a_package_and_in_a_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    (tmp_path / where).mkdir(parents=True)
    (tmp_path / where / "00_start_here.ipynb").write_text("{}")
    monkeypatch.setattr(cli, "__file__", str(tmp_path / "mikit" / "cli.py"))
    assert cli.lessons_folder() == tmp_path / where


def test_missing_lessons_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "__file__", str(tmp_path / "mikit" / "cli.py"))
    with pytest.raises(MikitError, match="Install mikit again"):
        cli.lessons_folder()


def test_starting_imports_nothing_heavy() -> None:
    heavy = ("torch", "transformers", "nnsight", "pandas", "IPython", "huggingface_hub")
    script = f"import sys, mikit.cli; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == "[]"
