"""A cached model is whole or not there: interruptions, full disks, two processes at once."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace

import pytest

from mikit.errors import FetchFailed, NoDisk, WeightsBroken
from mikit.models import cache as cache_module
from mikit.models.cache import Card, build, cache_dir, progress

CARD = Card(name="a", licence="MIT", origin="here", quantisation="", sha256="0" * 64, tokenizer_sha256="1" * 64)


def _fill(work: Path, model: Path) -> None:
    (work / "download").write_bytes(b"x")
    (model / "weights").write_bytes(b"whole")


def test_a_build_leaves_the_model_alone(cache: Path, said: list[str]) -> None:
    folder = build(cache / "a", 1, _fill, said.append)
    assert [path.relative_to(cache).as_posix() for path in sorted(cache.glob("*")) if path.name[0] != "."] == ["a"]
    assert [file.name for file in folder.iterdir()] == ["weights"]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError("connection lost")])
def test_an_interrupted_build_leaves_nothing_and_can_be_repeated(
    cache: Path, said: list[str], interruption: BaseException
) -> None:
    def interrupted(work: Path, model: Path) -> None:
        _fill(work, model)
        raise interruption

    with pytest.raises(BaseException):  # noqa: B017  KeyboardInterrupt is no Exception
        build(cache / "a", 1, interrupted, said.append)
    assert not (cache / "a").exists() and not (cache / "a.partial").exists()
    assert (build(cache / "a", 1, _fill, said.append) / "weights").read_bytes() == b"whole"


def test_leftovers_of_a_killed_process_are_no_model(cache: Path, said: list[str]) -> None:
    leftover = cache / "a.partial" / "model"
    leftover.mkdir(parents=True)
    (leftover / "old").write_bytes(b"half")
    folder = build(cache / "a", 1, _fill, said.append)
    assert [file.name for file in folder.iterdir()] == ["weights"]


def test_a_full_disk_is_noticed_before_the_download(
    cache: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=5_000_000))
    with pytest.raises(NoDisk, match=r"700 MB of free disk are needed in .*cache, 5 MB are there.*MIKIT_CACHE"):
        build(cache / "a", 700_000_000, lambda *_: pytest.fail("it started anyway"), said.append)


def test_a_disk_that_fills_up_meanwhile(cache: Path, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    free = iter([10_000_000, 1_000])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=next(free)))

    def fill(work: Path, model: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(NoDisk, match="9 MB of free disk are needed"):
        build(cache / "a", 9_000_000, fill, said.append)
    assert not (cache / "a.partial").exists()


def test_a_cache_that_cannot_be_written(tmp_path: Path, said: list[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FetchFailed, match=r"cannot write to its cache.*MIKIT_CACHE"):
        build(tmp_path / "file" / "a", 1, _fill, said.append)


def test_a_second_process_waits_and_takes_the_first_ones_model(cache: Path) -> None:
    """The other process waits at the lock and says so; then it finds the model made and does not make it again."""
    script = (
        "import sys; from pathlib import Path; from mikit.models.cache import build;"
        "build(Path(sys.argv[1]), 1, lambda work, model: print('made twice'), lambda line: print(line, flush=True))"
    )
    waiting = []

    def fill_while_another_waits(work: Path, model: Path) -> None:
        command = [sys.executable, "-c", script, str(cache / "a")]
        other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
        assert other.stdout
        waiting.append((other, other.stdout.readline()))  # returns once the other has met the lock
        _fill(work, model)

    build(cache / "a", 1, fill_while_another_waits, print)
    (other, line), (rest, _) = waiting[0], waiting[0][0].communicate(timeout=60)
    assert line == "Another process is making a; waiting for it.\n"
    assert (rest, other.returncode) == ("", 0)


def test_a_card_survives_the_disk_and_a_damaged_one_is_noticed(tmp_path: Path) -> None:
    assert Card.read(tmp_path) is None
    CARD.write(tmp_path)
    assert Card.read(tmp_path) == CARD
    (tmp_path / "mikit.json").write_text('{"name": "a"')
    with pytest.raises(WeightsBroken, match="damaged"):
        Card.read(tmp_path)


def test_the_cache_is_the_users_or_the_named_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIKIT_CACHE", str(tmp_path))
    assert cache_dir() == tmp_path
    monkeypatch.delenv("MIKIT_CACHE")
    assert cache_dir().parts[-2:] == ("mikit", "models") and cache_dir().is_absolute()


def test_progress_is_a_few_plain_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = chain([0, 10_000_000, 12_000_000, 55_000_000], repeat(100_000_000))
    lines: list[str] = []
    finished = cache_module.threading.Event()

    def arrived(_: Path) -> int:
        size = next(sizes)
        if size == 100_000_000:
            finished.set()
        return size

    monkeypatch.setattr(cache_module, "folder_bytes", arrived)
    monkeypatch.setattr(cache_module, "_LOOK_EVERY", 0.001)
    with progress(tmp_path, 100_000_000, lines.append):
        finished.wait(10)
    assert lines == ["  10 MB of 100 MB", "  55 MB of 100 MB"]


def test_no_hidden_leftovers_are_listed_as_models(cache: Path) -> None:
    from mikit.models import sources

    (cache / "b.partial" / "model").mkdir(parents=True)
    CARD.write(cache / "b.partial" / "model")
    assert sources.folder_of("b") is None
    assert all(folder is None for _, folder, _ in sources.status())
    assert os.listdir(cache) == ["b.partial"]
