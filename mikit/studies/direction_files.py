"""Directions as small named files: one arrow in safetensors, with where it came from beside it."""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError, safe_open
from torch import Tensor

from mikit import __version__
from mikit.errors import BadDirection
from mikit.methods.directions import unit
from mikit.models.model import Model
from mikit.sae.files import tensors_to, write_whole
from mikit.studies.directions import DIRECTION, Direction, StoredDirection, vector
from mikit.trace.arrays import Array

_FORMAT = "mikit direction 1"
_VALUES = "direction"


def save_direction(direction: Direction, model: Model, layer: int, path: str | Path) -> Path:
    """Write the arrow of one layer to a safetensors file, whole or not at all: its values, and as metadata its name,
    the layer, the weights it is for, its recipe and mikit's version.

    Raises as ``vector`` does, and NoDisk."""
    file = Path(path).expanduser()
    arrow = vector(direction, model, layer)
    recipe = DIRECTION.dump_json(direction).decode()
    if isinstance(direction, StoredDirection):  # from a file itself: it stays what it was made as
        layer, recipe = direction.layer, direction.origin
    about = {
        "format": _FORMAT,
        "name": direction.name,
        "layer": str(layer),
        "model": model.ref.name,
        "model_sha256": model.ref.sha256,
        "recipe": recipe,
        "mikit": __version__,
    }
    write_whole({file: tensors_to({_VALUES: arrow}, about)})
    return file


def load_direction(path: str | Path) -> StoredDirection:
    """The direction in a file that ``save_direction`` wrote. It can be used with the weights it was made for.

    Raises BadDirection: no such file, no safetensors, cut short, no direction, NaN or zeros in it."""
    file = Path(path).expanduser()
    if not file.is_file():
        raise BadDirection(f"There is no file {file}. Directions lie where save_direction wrote them.")
    about, values = _read(file)
    layer = about.get("layer", "")
    if about.get("format") != _FORMAT or not layer.isdecimal() or not about.get("model_sha256"):
        raise BadDirection(
            f"{file} is no direction of mikit's: it does not say which layer of which weights it is for. Write one with"
            " mikit.save_direction."
        )
    if values is None or values.dim() != 1:
        shape = "no such array" if values is None else f"an array of shape {tuple(values.shape)}"
        raise BadDirection(f"{file} should hold one arrow, an array '{_VALUES}' with one axis; it holds {shape}.")
    try:
        arrow = unit(values.float())
    except BadDirection as error:
        raise BadDirection(f"{file} cannot be used. {error}") from error
    return StoredDirection(
        name=about.get("name") or file.stem,
        values=Array.of(arrow),
        model_sha256=about["model_sha256"],
        layer=int(layer),
        origin=about.get("recipe", ""),
    )


def _read(file: Path) -> tuple[dict[str, str], Tensor | None]:
    """The file's metadata, and its arrow where it has one."""
    try:
        with safe_open(file, framework="pt") as found:
            values: Tensor | None = found.get_tensor(_VALUES) if _VALUES in found.keys() else None  # noqa: SIM118
            return found.metadata() or {}, values
    except (OSError, SafetensorError) as error:
        reason = str(error).strip().split("\n")[0]
        raise BadDirection(
            f"{file} cannot be read as safetensors: {reason}. It is of another kind, or was cut short."
        ) from error
