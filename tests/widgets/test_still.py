from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import numpy as np
from PIL import Image

from mikit.widgets import still
from mikit.widgets.headmap import thumbnails, unpacked

SCALE_TS = Path(__file__).parents[2] / "widgets" / "src" / "shared" / "scale.ts"


def test_the_colours_are_those_of_the_browser() -> None:
    source = SCALE_TS.read_text()
    for name, stops in still.STOPS.items():
        block = re.search(rf"{name}: \{{\s*light: \"([^\"]+)\"", source)
        assert block is not None
        assert tuple(block[1].split()) == stops


def test_stops_are_met_and_zero_is_the_middle() -> None:
    for name, stops in still.STOPS.items():
        found = still.colours(np.linspace(0, 1, len(stops)), name)
        assert ["#" + bytes(rgb).hex().upper() for rgb in found] == list(stops)
    middle = still.colours(still.share(np.array([0.0]), "diverging", 3.0), "diverging")
    assert middle.tolist() == [[0xF3, 0xF3, 0xF1]]


def test_half_way_in_oklab() -> None:
    # OKLab interpolates lightness linearly in the cube root of light: black to white half way is 0.5 ** 3 of the light.
    lab = (still._oklab(np.zeros((1, 3))) + still._oklab(np.ones((1, 3)))) / 2
    linear = 0.5**3
    np.testing.assert_allclose(still._rgb(lab), np.full((1, 3), 1.055 * linear ** (1 / 2.4) - 0.055), atol=1e-6)


def test_beyond_the_scale_is_its_end_and_nan_is_grey() -> None:
    rgb = still.colours(np.array([-1.0, 2.0, np.nan]), "sequential")
    assert rgb.tolist() == [[0xFB, 0xFB, 0xF7], [0x1D, 0x23, 0x52], list(still.NO_NUMBER)]


def test_a_cell_is_a_square_of_its_colour() -> None:
    html = still.cells(np.array([[0.0, 1.0]]), "sequential", 1.0, side=3, alt='a "b"')
    data = re.search(r"base64,([^\"]+)", html)
    assert data is not None
    image = np.asarray(Image.open(io.BytesIO(base64.b64decode(data[1]))).convert("RGB"))
    assert image.shape == (3, 6, 3)
    assert image[1, 1].tolist() == [0xFB, 0xFB, 0xF7] and image[1, 4].tolist() == [0x1D, 0x23, 0x52]
    assert "a &quot;b&quot;" in html


def test_words_stay_readable() -> None:
    html = still.words(["light", "dark"], np.array([0.0, 1.0]), "sequential", 1.0)
    inks = re.findall(r"color: (#\w+)\">(\w+)", html)
    assert inks == [("#000000", "light"), ("#FFFFFF", "dark")]


def test_a_stripe_survives_in_a_thumbnail() -> None:
    size = 40
    square = np.zeros((1, size, size), np.uint8)
    square[0, np.arange(2, size), np.arange(1, size - 1)] = 255  # previous token
    square[0, :, 0] = 255  # the sink, which is cut away
    triangles = square[:, *np.tril_indices(size)]
    np.testing.assert_array_equal(unpacked(triangles), square)
    small = thumbnails(triangles, 10)[0]
    assert (np.diagonal(small) == 255).all()
    assert small[5:, 0].max() == 0
