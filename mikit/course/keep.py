"""Answers as JSON and back: plain values, arrays and tensors. Functions and other objects are not kept."""

from __future__ import annotations

import base64
import hashlib
import inspect
import io
import json
import math
import sys
from typing import Any

import numpy as np

LARGEST = 4_000_000
"""Characters of JSON that one value may take in the progress file."""


class CannotKeep(ValueError):
    """A value that JSON cannot hold, or one that is too large for the progress file."""


def pack(value: Any) -> Any:
    """The value as JSON. Raises CannotKeep."""
    packed = _pack(value)
    if len(json.dumps(packed)) > LARGEST:
        raise CannotKeep(f"A value of more than {LARGEST / 1e6:.0f} MB is not kept.")
    return packed


def _pack(value: Any) -> Any:
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": repr(value)}
    if isinstance(value, np.generic):
        return _pack(value.item())
    if isinstance(value, list):
        return [_pack(item) for item in value]
    if isinstance(value, tuple | set | frozenset):
        kind = "tuple" if isinstance(value, tuple) else "set"
        return {kind: [_pack(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[_pack(key), _pack(item)] for key, item in value.items()]}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufU":
        return {"array": _npy(value)}
    torch = sys.modules.get("torch")  # who never loaded it holds no tensor
    if torch is not None and isinstance(value, torch.Tensor) and value.dtype is not torch.bfloat16:
        return {"tensor": _npy(value.detach().cpu().numpy())}
    raise CannotKeep(f"A {type(value).__name__} cannot be kept.")


def unpack(packed: Any) -> Any:
    """The value again. Raises CannotKeep for JSON that ``pack`` did not write."""
    try:
        return _unpack(packed)
    except (KeyError, TypeError, ValueError, EOFError) as error:
        raise CannotKeep("This is not a value that was kept.") from error


def _unpack(packed: Any) -> Any:
    if isinstance(packed, list):
        return [_unpack(item) for item in packed]
    if not isinstance(packed, dict):
        return packed
    ((kind, content),) = packed.items()
    match kind:
        case "float":
            return float(content)
        case "tuple":
            return tuple(_unpack(item) for item in content)
        case "set":
            return {_unpack(item) for item in content}
        case "dict":
            return {_unpack(key): _unpack(item) for key, item in content}
        case "array":
            return _array(content)
        case "tensor":
            import torch

            return torch.from_numpy(_array(content))
    raise CannotKeep(f"'{kind}' is not a kind of value that is kept.")


def _npy(array: Any) -> str:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _array(text: str) -> Any:
    return np.load(io.BytesIO(base64.b64decode(text)), allow_pickle=False)


def fingerprint(answer: Any) -> str:
    """Short and the same for the same answer, so that a check run twice is not counted twice; "" where none is."""
    try:
        text = json.dumps(pack(answer))
    except CannotKeep:
        try:
            text = inspect.getsource(answer)
        except (TypeError, OSError):
            return ""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
