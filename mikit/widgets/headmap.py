"""All heads' patterns as one small picture, for the static copy of the attention view."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mikit.widgets import still

SIDE, GAP = 14, 2
PAPER = 255


def image(triangles: NDArray[np.uint8], layers: int, heads: int) -> Image.Image:
    """Lower triangles [layers x heads, T(T+1)/2] as a map: layers to the right, heads down, one thumbnail each."""
    small = thumbnails(triangles, SIDE)
    pitch = SIDE + GAP
    page = np.full((heads * pitch, layers * pitch, 3), PAPER, np.uint8)
    for index, rgb in enumerate(still.colours(small / 255, "sequential")):
        layer, head = divmod(index, heads)
        page[head * pitch :, layer * pitch :][:SIDE, :SIDE] = rgb
    return Image.fromarray(page)


def thumbnails(triangles: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """[H, T(T+1)/2] -> [H, side, side]: position 0 cut away, each pixel the strongest weight below it."""
    square = unpacked(triangles)[:, 1:, 1:]
    inner = square.shape[-1]
    if inner == 0:
        return np.zeros((len(square), side, side), np.uint8)
    first = np.arange(side) * inner // side
    last = np.maximum(-(-np.arange(1, side + 1) * inner // side), first + 1)
    windows = [slice(a, b) for a, b in zip(first, last, strict=True)]
    rows = np.stack([square[:, window].max(1) for window in windows], 1)
    return np.stack([rows[:, :, window].max(2) for window in windows], 2)


def unpacked(triangles: NDArray[Any]) -> NDArray[Any]:
    """[H, T(T+1)/2] -> [H, T, T], zero above the diagonal."""
    size = (int((8 * triangles.shape[1] + 1) ** 0.5) - 1) // 2
    square = np.zeros((len(triangles), size, size), triangles.dtype)
    square[:, *np.tril_indices(size)] = triangles
    return square
