from __future__ import annotations

import numpy as np
import pytest
import torch

from mikit.errors import ShapeMismatch
from mikit.widgets.wire import decode, encode, lower_triangles


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (np.array([[1.5, np.nan]]), "float32"),
        (torch.tensor([0.5, -2.0], dtype=torch.bfloat16), "float32"),
        (torch.tensor([0.5, -2.0], requires_grad=True), "float32"),
        ([1, 2, 3], "int32"),
        (np.array([True, False]), "uint8"),
        (np.arange(6, dtype=np.float64).reshape(2, 3).T, "float32"),  # not contiguous
    ],
)
def test_every_array_comes_back(values: object, dtype: str) -> None:
    wire = encode(values)
    expected = values.detach().float().numpy() if isinstance(values, torch.Tensor) else np.asarray(values)
    assert wire["dtype"] == dtype
    assert wire["shape"] == list(expected.shape)
    assert len(wire["data"]) == expected.size * {"float32": 4, "int32": 4, "uint8": 1}[dtype]
    np.testing.assert_allclose(decode(wire), expected)


def test_triangles_run_row_by_row() -> None:
    patterns = np.array([[[[1.0, 0, 0], [0.25, 0.75, 0], [0.2, 0.3, 0.5]]]])
    assert lower_triangles(patterns).tolist() == [[255, 64, 191, 51, 76, 128]]


def test_triangle_of_an_oblong_says_both_numbers() -> None:
    with pytest.raises(ShapeMismatch, match="3 x 4"):
        lower_triangles(np.zeros((1, 3, 4)))


def test_a_keystroke_stays_below_600_kb() -> None:
    assert lower_triangles(np.zeros((30, 9, 64, 64), np.float32)).nbytes < 600_000
