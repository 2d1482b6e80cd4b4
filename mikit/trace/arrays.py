"""Numbers with their hash, as they travel in studies and records."""

from __future__ import annotations

import hashlib
import math
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializationInfo,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from mikit.errors import ShapeMismatch

INLINE_BYTES = 64 * 1024
"""Arrays above this size go to a file of their own beside a record, and stay out of its JSON."""

Dtype = Literal["float32", "uint8", "int32"]
_DTYPES: tuple[Dtype, ...] = ("float32", "uint8", "int32")


class Array(BaseModel):
    """A frozen array. ``data`` is little-endian C order, or None where the numbers live in a file named by ``sha256``.

    In JSON the data is a flat list of plain numbers, shortest form that reads back to the same bits; NaN and
    infinities are the strings "nan", "inf" and "-inf"."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    dtype: Dtype
    shape: tuple[int, ...]
    data: bytes | None = Field(default=None, repr=False)

    @classmethod
    def of(cls, values: ArrayLike) -> Array:
        """Wrap an array, a tensor or nested lists: floats become float32, booleans uint8, integers int32."""
        found = np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)
        dtype = _wire_dtype(found.dtype)
        array = np.ascontiguousarray(found, dtype=np.dtype(dtype).newbyteorder("<"))
        if dtype == "float32":
            array = np.where(np.isnan(array), np.float32(np.nan), array)  # one NaN, so that hashes agree
        data = array.tobytes()
        return cls(sha256=_sha256(dtype, found.shape, data), dtype=dtype, shape=found.shape, data=data)

    def numpy(self) -> NDArray[Any]:
        """The numbers, read-only. Raises ShapeMismatch when they are kept elsewhere and were not loaded."""
        if self.data is None:
            raise ShapeMismatch(
                f"The numbers of array {self.sha256[:8]} are not here: they belong in a file beside the record."
            )
        return np.frombuffer(self.data, dtype=np.dtype(self.dtype).newbyteorder("<")).reshape(self.shape)

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * np.dtype(self.dtype).itemsize

    @property
    def intact(self) -> bool:
        """Whether the data still has the hash it was made with."""
        return self.data is not None and _sha256(self.dtype, self.shape, self.data) == self.sha256

    @model_validator(mode="after")
    def _size_fits(self) -> Array:
        if self.data is not None and len(self.data) != self.nbytes:
            raise ValueError(f"{len(self.data)} bytes do not fill an array of shape {self.shape} and type {self.dtype}")
        return self

    @field_validator("data", mode="before")
    @classmethod
    def _read_numbers(cls, data: object, info: ValidationInfo) -> object:
        if isinstance(data, list):
            return np.array([float(x) for x in data]).astype(np.dtype(info.data["dtype"]).newbyteorder("<")).tobytes()
        return data

    @field_serializer("data", when_used="json")
    def _write_numbers(self, data: bytes | None, info: SerializationInfo) -> list[float | int | str] | None:
        """Numbers; but a context that is a dict takes large arrays' bytes by their hash instead, to be kept
        elsewhere."""
        if data is None:
            return None
        if info.context is not None and len(data) > INLINE_BYTES:
            info.context[self.sha256] = data
            return None
        flat = np.frombuffer(data, dtype=np.dtype(self.dtype).newbyteorder("<"))
        if self.dtype != "float32":
            return cast("list[float | int | str]", flat.tolist())
        return [float(str(x)) if math.isfinite(x) else str(float(x)) for x in flat]


def _wire_dtype(dtype: np.dtype[Any]) -> Dtype:
    if dtype.kind == "f":
        return "float32"
    if dtype == np.uint8 or dtype.kind == "b":
        return "uint8"
    if dtype.kind in "iu":
        return "int32"
    raise ShapeMismatch(
        f"An array of type {dtype} holds no numbers that a record can keep. Use one of: {', '.join(_DTYPES)}."
    )


def _sha256(dtype: str, shape: tuple[int, ...], data: bytes) -> str:
    digest = hashlib.sha256(f"{dtype}{list(shape)}".encode())
    digest.update(data)
    return digest.hexdigest()
