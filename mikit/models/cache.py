"""The user's cache of models and dictionaries: one folder for each, which is either whole or not there."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import platformdirs
from filelock import FileLock, Timeout
from pydantic import BaseModel, ValidationError

from mikit.errors import FetchFailed, NoDisk, WeightsBroken

Say = Callable[[str], None]
_CARD = "mikit.json"
_LOCKS = ".locks"
_LOOK_EVERY = 0.5  # seconds


class Origin(BaseModel, frozen=True):
    """What stands beside cached files: what they were asked for as, and where they came from."""

    name: str
    licence: str
    origin: str

    def write(self, folder: Path) -> None:
        """Put it into the files' folder."""
        (folder / _CARD).write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """That of a folder, None where it has none. Raises WeightsBroken."""
        file = folder / _CARD
        if not file.is_file():
            return None
        try:
            return cls.model_validate_json(file.read_bytes())
        except ValidationError as error:
            raise WeightsBroken(f"{file} is damaged. Remove the folder and fetch again.") from error


class Card(Origin, frozen=True):
    """What stands beside the weights of a cached model: which they are and where they came from."""

    quantisation: str
    sha256: str
    tokenizer_sha256: str


def cache_dir() -> Path:
    """Where fetched models live: the folder MIKIT_CACHE, else the user's cache folder of this platform."""
    named = os.environ.get("MIKIT_CACHE")
    return Path(named).expanduser() if named else platformdirs.user_cache_path("mikit") / "models"


def build(folder: Path, need: int, fill: Callable[[Path, Path], None], say: Say) -> Path:
    """Make a model's folder by ``fill(work, model)``: all of it or nothing, by one process at a time.

    ``fill`` writes the model into the empty folder ``model`` and may use the empty folder ``work``; ``need`` is the
    number of bytes that both will hold. Leftovers of an interrupted run are cleared first. Raises NoDisk, FetchFailed.
    """
    try:
        (folder.parent / _LOCKS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FetchFailed(f"mikit cannot write to its cache: {error}. Set MIKIT_CACHE to a folder of yours.") from error
    partial = folder.with_name(folder.name + ".partial")
    with _one_at_a_time(folder, say):
        if folder.is_dir():  # another process made it while this one waited
            return folder
        shutil.rmtree(partial, ignore_errors=True)
        _check_disk(folder.parent, need)
        work, model = partial / "work", partial / "model"
        work.mkdir(parents=True)
        model.mkdir()
        try:
            fill(work, model)
            os.replace(model, folder)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                _check_disk(folder.parent, need)
            raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return folder


@contextmanager
def _one_at_a_time(folder: Path, say: Say) -> Iterator[None]:
    lock = FileLock(folder.parent / _LOCKS / f"{folder.name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say(f"Another process is making {folder.name}; waiting for it.")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _check_disk(place: Path, need: int) -> None:
    free = shutil.disk_usage(place).free
    if free < need:
        raise NoDisk(
            f"{megabytes(need)} of free disk are needed in {place}, {megabytes(free)} are there. Free some space, or "
            "set the environment variable MIKIT_CACHE to a folder on another disk."
        )


@contextmanager
def progress(folder: Path, total: int, say: Say) -> Iterator[None]:
    """Say how much of ``total`` bytes has arrived in a folder, a line every further tenth."""
    done = threading.Event()

    def watch() -> None:
        said = 0
        while not done.wait(_LOOK_EVERY):
            arrived = folder_bytes(folder)
            if (tenth := 10 * arrived // max(total, 1)) > said and arrived < total:
                said = tenth
                say(f"  {megabytes(arrived)} of {megabytes(total)}")

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def folder_bytes(folder: Path) -> int:
    """Bytes of all files under a folder; files may come and go meanwhile."""
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.stat().st_size if file.is_file() else 0
        except OSError:
            continue
    return total


def file_hash(file: Path) -> str:
    """sha256 of a file's bytes."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def megabytes(count: int) -> str:
    """A number of bytes for people.

    >>> megabytes(92_871_040)
    '93 MB'
    """
    return f"{count / 1e6:.0f} MB"
