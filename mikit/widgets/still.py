"""The static picture that stays in a cell's output beside the view.

A notebook opened without its kernel cannot draw a widget; this second output can always be drawn: plain HTML, tokens
as tinted words, cells as a PNG. While a live view stands in the same output the picture is hidden. The colours are
those of the front end's ``scale.ts``, light theme.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    from mikit.widgets.base import View

STOPS: dict[str, tuple[str, ...]] = {
    "diverging": ("#8A3B06", "#C4661F", "#E39B5F", "#F4CFAE", "#F3F3F1", "#B9D4EC", "#74A9DA", "#2F78C0", "#0B4A8F"),
    "sequential": ("#FBFBF7", "#E3EBD9", "#B7D5CB", "#7DB8BE", "#4892AE", "#2E6A97", "#27447A", "#1D2352"),
}
NO_NUMBER = (195, 202, 211)

HIDDEN_BESIDE_A_LIVE_VIEW = ".jp-OutputArea:has(.mikit) .mikit-still { display: none; }\n"

_RGB_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LMS_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def show(view: View) -> None:
    """Put the picture of a view below it."""
    if _in_notebook():
        put(_bundle(view), display_id=_display_id(view))


def update(view: View) -> None:
    """Redraw the picture of a view wherever it was shown."""
    if _in_notebook():
        put(_bundle(view), display_id=_display_id(view), update=True)


def put(bundle: dict[str, str], metadata: dict[str, Any] | None = None, **where: Any) -> None:
    """Publish an output that is rendered already."""
    display(bundle, metadata=metadata, raw=True, **where)  # type: ignore[no-untyped-call]


def _in_notebook() -> bool:
    """A terminal would print the picture's text, and print it again for every update."""
    return InteractiveShell.initialized() and hasattr(InteractiveShell.instance(), "kernel")


def _display_id(view: View) -> str:
    return f"mikit-still-{view.model_id}"


def _bundle(view: View) -> dict[str, str]:
    return {"text/html": page(view.title, view.chip, view.picture()), "text/plain": f"{view.title} {view.chip}".strip()}


def page(title: str, chip: str, body: str) -> str:
    """The picture with its title and the model's name. ``body`` is HTML, the rest is text."""
    head = f"<strong>{html.escape(title)}</strong> {html.escape(chip)}".strip()
    return f'<div class="mikit-still"><p>{head}</p>{body or "<p>No numbers yet.</p>"}</div>'


def colours(shares: NDArray[np.floating[Any]], scale: str) -> NDArray[np.uint8]:
    """RGB [..., 3] of positions [...] on a scale, 0 to 1, interpolated in OKLab. NaN is grey."""
    stops = _oklab(np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in STOPS[scale]]) / 255)
    at = np.nan_to_num(shares).clip(0, 1) * (len(stops) - 1)
    between = np.stack([np.interp(at, np.arange(len(stops)), stops[:, axis]) for axis in range(3)], axis=-1)
    rgb: NDArray[np.uint8] = np.rint(_rgb(between) * 255).astype(np.uint8)
    rgb[np.isnan(shares)] = NO_NUMBER
    return rgb


def share(values: NDArray[np.floating[Any]], scale: str, limit: float) -> NDArray[np.floating[Any]]:
    """Where values lie on a scale that ends at ``limit``: 0 to 1, zero in the middle of a diverging one."""
    part = values / (limit or 1.0)
    return (part + 1) / 2 if scale == "diverging" else part


def ends(scale: str, limit: float) -> str:
    """The numbers at the two ends of a scale."""
    return f"\N{MINUS SIGN}{limit:.2f} to +{limit:.2f}" if scale == "diverging" else f"0 to {limit:.2f}"


def cells(values: NDArray[np.floating[Any]], scale: str, limit: float, *, side: int, alt: str) -> str:
    """An <img> with one square of ``side`` pixels a number."""
    rgb = colours(share(values, scale, limit), scale)
    rows, columns = values.shape
    return png(Image.fromarray(rgb).resize((columns * side, rows * side), Image.Resampling.NEAREST), alt)


def png(image: Image.Image, alt: str) -> str:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", optimize=True)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    size = f'width="{image.width}" height="{image.height}"'
    return f'<img alt="{html.escape(alt)}" {size} src="data:image/png;base64,{data}">'


def words(texts: Sequence[str], values: NDArray[np.floating[Any]] | None, scale: str, limit: float) -> str:
    """Tokens as running text, each on the colour of its number."""
    if values is None:
        return "<p>" + "".join(html.escape(text) for text in texts) + "</p>"
    return "<p>" + "".join(map(_word, texts, colours(share(values, scale, limit), scale).tolist())) + "</p>"


def _word(text: str, rgb: Sequence[int]) -> str:
    red, green, blue = rgb
    ink = "#FFFFFF" if _luminance(rgb) < 0.179 else "#000000"  # where black and white contrast alike
    return f'<span style="background-color: rgb({red}, {green}, {blue}); color: {ink}">{html.escape(text)}</span>'


def _luminance(rgb: Sequence[int]) -> float:
    return float(_linear(np.array(rgb) / 255) @ np.array([0.2126, 0.7152, 0.0722]))


def _linear(rgb: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _oklab(rgb: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    lms: NDArray[np.floating[Any]] = np.cbrt(_linear(rgb) @ _RGB_TO_LMS.T) @ _LMS_TO_LAB.T
    return lms


def _rgb(lab: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    linear = ((lab @ np.linalg.inv(_LMS_TO_LAB).T) ** 3) @ np.linalg.inv(_RGB_TO_LMS).T
    linear = linear.clip(0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
