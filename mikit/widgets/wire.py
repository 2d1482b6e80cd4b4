"""Arrays as they travel to the browser: ``{dtype, shape, data}`` with binary ``data``, little-endian C order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mikit.errors import ShapeMismatch
from mikit.trace.arrays import Array


def encode(values: ArrayLike | Array) -> dict[str, Any]:
    """Floats of any width go as float32, integers as int32, booleans and uint8 as uint8."""
    array = values if isinstance(values, Array) else Array.of(as_numpy(values))
    return {"dtype": array.dtype, "shape": list(array.shape), "data": array.numpy().tobytes()}


def decode(wire: dict[str, Any]) -> NDArray[Any]:
    """The array that ``encode`` was given, read-only."""
    return np.frombuffer(wire["data"], dtype=np.dtype(wire["dtype"]).newbyteorder("<")).reshape(wire["shape"])


def as_numpy(values: ArrayLike) -> NDArray[Any]:
    """A numpy array of an array, nested lists, or a tensor of any float type on any device."""
    if hasattr(values, "detach"):
        tensor = values.detach().cpu()
        return np.asarray(tensor.float() if tensor.is_floating_point() else tensor)
    return np.asarray(values)


def lower_triangles(patterns: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Attention patterns [..., T, T] as bytes [heads, T(T+1)/2]: the lower triangle row by row, 255 = all attention.

    The upper triangle of a causal model is zero and stays at home, which halves what a keystroke sends.
    """
    *_, rows, columns = patterns.shape
    if rows != columns:
        raise ShapeMismatch(f"An attention pattern is square; this one is {rows} x {columns}.")
    query, key = np.tril_indices(rows)
    flat = patterns.reshape(-1, rows, columns)[:, query, key]
    scaled: NDArray[np.uint8] = np.rint(flat * 255).clip(0, 255).astype(np.uint8)
    return scaled
