"""Opening and writing dictionaries' files: numbers and JSON only. A pickle is refused, because opening one runs code;
what is written is there as a whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import pickle
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from mikit.errors import DictionaryUnusable, NoDisk

BIGGEST = 16 * 2**30
"""Bytes. A dictionary file above this is refused before it is opened."""


def read_json(file: Path, why: str) -> dict[str, Any]:
    """A JSON object. ``why`` says what it is needed for. Raises DictionaryUnusable."""
    if not file.is_file():
        raise DictionaryUnusable(f"{file.parent} has no {file.name}: without it {why} is not known.")
    try:
        found = json.loads(file.read_bytes())
    except ValueError as error:
        raise DictionaryUnusable(f"{file} is no JSON: {error}.") from error
    if not isinstance(found, dict):
        raise DictionaryUnusable(f"{file} should hold a JSON object; it holds a {type(found).__name__}.")
    return found


def read_tensors(file: Path) -> dict[str, Any]:
    """Tensors by name, from safetensors, npz or a PyTorch file; of the last also plain values. Raises
    DictionaryUnusable."""
    if not file.is_file():
        raise DictionaryUnusable(f"{file.parent} has no {file.name}, where its weights should be.")
    if (size := file.stat().st_size) > BIGGEST:
        raise DictionaryUnusable(f"{file} has {size / 2**30:.0f} GB; mikit opens dictionaries up to 16 GB.")
    try:
        if file.suffix == ".safetensors":
            return dict(load_file(file))
        if file.suffix == ".npz":
            with np.load(file, allow_pickle=False) as arrays:
                return {name: torch.from_numpy(arrays[name].astype(np.float32)) for name in arrays.files}
        found = torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise DictionaryUnusable(
            f"{file} holds more than numbers, and opening it could run code. Ask its makers for safetensors."
        ) from error
    except (SafetensorError, zipfile.BadZipFile, OSError, ValueError, RuntimeError, EOFError) as error:
        reason = str(error).strip().split("\n")[0]
        pickled = " It holds pickled objects, which mikit does not open." if "allow_pickle" in reason else ""
        raise DictionaryUnusable(f"{file} cannot be read: {reason}.{pickled}") from error
    if not isinstance(found, dict):
        raise DictionaryUnusable(f"{file} should hold weights by name; it holds a {type(found).__name__}.")
    return found


def part(weights: Mapping[str, Any], name: str, where: Path) -> Tensor:
    """One tensor of a file. Raises DictionaryUnusable where it is not there or is none."""
    found = weights.get(name)
    if not isinstance(found, Tensor):
        raise DictionaryUnusable(f"{where} has no weights '{name}'. It has: {', '.join(sorted(weights)) or 'nothing'}.")
    return found


def number(config: Mapping[str, Any], name: str, where: Path) -> int:
    """A positive whole number of a configuration. Raises DictionaryUnusable."""
    found = config.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise DictionaryUnusable(f"{where} says {name} = {found!r}, where a positive whole number is needed.")
    return found


def write_whole(files: Mapping[Path, Callable[[Path], None]]) -> None:
    """Write files, each by a function of a path, beside those that are there; then put all in place.

    Raises NoDisk, with the old files whole."""
    partial = {file: file.with_name(file.name + ".partial") for file in files}
    try:
        for file, write in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            write(partial[file])
        for file, written in partial.items():
            os.replace(written, file)
    except (OSError, SafetensorError) as error:
        if getattr(error, "errno", None) == errno.ENOSPC or "No space" in str(error):
            first = next(iter(files))
            raise NoDisk(f"There is no room for {first}: what was there before is whole. Free some space.") from error
        raise
    finally:
        for written in partial.values():
            written.unlink(missing_ok=True)


def tensors_to(tensors: Mapping[str, Tensor], about: Mapping[str, str]) -> Callable[[Path], None]:
    """Write tensors as safetensors, with words about them."""
    return lambda file: save_file({n: t.contiguous() for n, t in tensors.items()}, file, metadata=dict(about))


def json_to(data: Mapping[str, Any]) -> Callable[[Path], None]:
    """Write a JSON object for people to read too."""

    def write(file: Path) -> None:
        file.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")

    return write
