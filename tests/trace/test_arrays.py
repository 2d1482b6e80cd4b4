"""Arrays survive JSON bit by bit, and show when they were altered."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from mikit.errors import ShapeMismatch
from mikit.trace.arrays import INLINE_BYTES, Array


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(0).normal(size=(3, 4)).astype("f4"),
        np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45, 3.4e38], dtype="f4"),
        np.arange(6, dtype="u1").reshape(2, 3),
        np.array([-5, 2**30], dtype="i4"),
        np.zeros((0, 3), dtype="f4"),
        np.float32(2.5),
    ],
)
def test_json_keeps_every_bit(values):
    array = Array.of(values)
    again = Array.model_validate_json(array.model_dump_json())
    assert again == array
    assert again.intact
    assert again.numpy().tobytes() == np.asarray(values).tobytes()
    assert again.numpy().shape == np.asarray(values).shape


def test_a_reader_sees_plain_short_numbers():
    assert json.loads(Array.of([0.1, 0.92]).model_dump_json())["data"] == [0.1, 0.92]


def test_tensors_bools_and_doubles_find_their_type():
    assert Array.of(torch.ones(2, dtype=torch.float64, requires_grad=True)).dtype == "float32"
    assert Array.of([True, False]).dtype == "uint8"
    assert Array.of([1, 2]).dtype == "int32"
    with pytest.raises(ShapeMismatch, match="holds no numbers"):
        Array.of(["a"])


def test_an_altered_digit_shows():
    text = json.loads(Array.of([0.1, 0.92]).model_dump_json())
    text["data"][1] = 0.93
    assert not Array.model_validate(text).intact


def test_a_missing_number_is_refused():
    text = json.loads(Array.of([0.1, 0.92]).model_dump_json())
    del text["data"][1]
    with pytest.raises(ValueError, match="do not fill"):
        Array.model_validate(text)


def test_large_arrays_go_elsewhere_when_asked():
    small, large = Array.of(np.zeros(10, "f4")), Array.of(np.zeros(INLINE_BYTES // 4 + 1, "f4"))
    kept: dict[str, bytes] = {}
    assert json.loads(small.model_dump_json(context=kept))["data"] is not None
    assert json.loads(large.model_dump_json(context=kept))["data"] is None
    assert kept == {large.sha256: large.data}
    with pytest.raises(ShapeMismatch, match="not here"):
        Array.model_validate_json(large.model_dump_json(context=kept)).numpy()
