"""What is shipped, what it needs, and the rules every file of mikit keeps."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import mikit

REPOSITORY = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """mikit's wheel, built with nothing on PATH: neither Node nor a compiler."""
    folder = tmp_path_factory.mktemp("dist")
    built = run("-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), PATH="")
    assert built.returncode == 0, built.stdout
    (wheel,) = folder.glob("*.whl")
    return wheel


def tracked(*patterns: str) -> set[str]:
    listed = subprocess.check_output(["git", "ls-files", *patterns], cwd=REPOSITORY, text=True)
    return set(listed.splitlines())


def test_wheel_fits_every_machine(wheel: Path) -> None:
    assert wheel.name == f"mikit-{mikit.__version__}-py3-none-any.whl"


def test_wheel_holds_every_file_of_the_package_and_the_lessons(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    if not (REPOSITORY / ".git").exists():
        pytest.skip("not a git checkout: no list of the files that belong to the package")
    lessons = {f"mikit/{lesson}" for lesson in tracked("lessons/*.ipynb")}
    assert tracked("mikit") | lessons <= held
    assert {"mikit/py.typed", "mikit/widgets/static/manifest.json"} <= held
    strangers = {name for name in held if not name.startswith("mikit/") or "__pycache__" in name}
    assert strangers == set()


def test_wheel_holds_every_built_file(wheel: Path) -> None:
    """A wheel that lacks one bundle imports well and draws nothing."""
    static = REPOSITORY / "mikit" / "widgets" / "static"
    built = {f"mikit/widgets/static/{file.relative_to(static).as_posix()}" for file in static.rglob("*.*")}
    assert any(name.endswith(".js") for name in built)
    assert built <= set(zipfile.ZipFile(wheel).namelist())


def test_wheel_carries_both_licences(wheel: Path) -> None:
    names = {Path(name).name for name in zipfile.ZipFile(wheel).namelist() if "/licenses/" in name}
    assert names == {"LICENSE", "LICENSE-text"}


def test_importing_needs_the_standard_library_only(wheel: Path) -> None:
    """-S leaves out all installed packages, -I everything from the environment and the current folder."""
    script = (
        f"import sys; sys.path.insert(0, {str(wheel)!r}); import mikit, mikit.errors, mikit.bootstrap; "
        "print(mikit.__file__, 'load' in dir(mikit), mikit.__version__)"
    )
    ended = run("-I", "-S", "-c", script)
    assert ended.stdout.split() == [f"{wheel / 'mikit' / '__init__.py'}", "True", mikit.__version__]


def test_a_misspelt_name_is_answered_without_any_package(wheel: Path) -> None:
    ended = run("-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(wheel)!r}); import mikit; mikit.Atention")
    assert "AttributeError: mikit has no 'Atention'" in ended.stdout


def test_every_package_that_mikit_imports_is_declared() -> None:
    """A transitive dependency can vanish with its parent's next version."""
    declared = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    builder = declared | {canonicalize_name(Requirement(line).name) for line in PROJECT["optional-dependencies"]["dev"]}
    distributions = packages_distributions()
    undeclared = {}
    for file in (REPOSITORY / "mikit").rglob("*.py"):
        here = builder if file.parent == REPOSITORY / "mikit" / "course" / "build" else declared
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            modules = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                modules = [node.module or ""]
            for top in {module.split(".")[0] for module in modules} - sys.stdlib_module_names - {"mikit"}:
                owners = {canonicalize_name(name) for name in distributions.get(top, [top])}
                if not owners & here:
                    undeclared[top] = file.relative_to(REPOSITORY).as_posix()
    assert undeclared == {}


def test_pins_fit_the_declared_ranges() -> None:
    lines = (REPOSITORY / "constraints.txt").read_text().splitlines()
    pins = {canonicalize_name(pin.name): pin for pin in map(Requirement, filter(lambda line: line[:1] != "#", lines))}
    for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]:
        wanted = Requirement(line)
        (pinned,) = pins[canonicalize_name(wanted.name)].specifier
        assert pinned.operator == "==" and wanted.specifier.contains(pinned.version), line


def test_pins_name_no_machine_and_no_cuda() -> None:
    text = (REPOSITORY / "constraints.txt").read_text().lower()
    assert "torch==2.13.0\n" in text
    assert not re.search(r"file:|@|nvidia|triton|\+cpu", text)


def test_one_version_everywhere() -> None:
    assert f"\nversion: {mikit.__version__}\n" in (REPOSITORY / "CITATION.cff").read_text()
    assert f"## [{mikit.__version__}]" in (REPOSITORY / "CHANGELOG.md").read_text()


def test_imports_go_one_way() -> None:
    ended = run("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache")
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("tool", [["ruff", "check", "."], ["mypy"]], ids=["ruff", "mypy"])
def test_the_code_keeps_the_rules(tool: list[str]) -> None:
    ended = run("-m", *tool)
    assert ended.returncode == 0, ended.stdout
