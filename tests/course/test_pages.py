"""Saved pages for a room without kernels: what is in the zip, that it asks nobody for anything, and its size."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from mikit.course import pages
from mikit.course.pages import MOST_BYTES, NAME, WORKSHOP, SavedPage, ZipTooLarge, pack, write
from mikit.models.model import Model
from mikit.studies.directions import PairDirection
from mikit.studies.record import Record
from mikit.widgets import steering
from mikit.widgets.attention import AttentionView
from mikit.widgets.be_the_head import BeTheHead
from mikit.widgets.steering import SteeringPanel
from mikit.widgets.steering_offers import SCALES
from mikit.widgets.training import TrainingView
from tests import tiny as tiny_models

TEXT = "w1 w2 w3 w1 w2"
ODD = PairDirection(name="odd", plus=("w1 w3 w5", "w7 w9 w11 w13"), minus=("w2 w4 w6", "w8 w10 w12 w14"))
VIEWS = {
    "two-names": lambda model: AttentionView(model, text=TEXT),
    "be-the-head": lambda model: BeTheHead(model, head=(1, 1), text=TEXT, answer="w3", foil="w4", revealed=True),
    "training": lambda model: TrainingView(updates=10),
    "eight-heads-off": lambda model: AttentionView(model, mode="repeat", muted=[(0, 1)]),
    "steering": lambda model: SteeringPanel(model, direction=ODD, prompt=TEXT),
}
"""The workshop's pages as a model of four heads can draw them."""

ROOM = 500_000
"""Bytes for the texts and numbers of a steering panel's doses: a page takes 145,000 for them, before it is packed."""


@pytest.fixture(scope="module")
def model() -> Model:
    return tiny_models.model("llama")


@pytest.fixture(scope="module")
def small() -> list[SavedPage]:
    return [replace(page, view=VIEWS[page.file]) for page in WORKSHOP]


@pytest.fixture(scope="module")
def files(small: list[SavedPage], model: Model, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write(small, model, tmp_path_factory.mktemp("pages"))


def test_the_index_says_what_each_page_shows(files: list[Path]) -> None:
    index = files[0].read_text(encoding="utf-8")
    assert files[0].name == "index.html" and "{{" not in index
    assert re.findall(r'href="([^"]+)"', index) == [file.name for file in files[1:]]
    for page in WORKSHOP:
        assert page.title in index and page.shows.split(";")[0] in index


def test_no_page_may_ask_an_address(files: list[Path]) -> None:
    for file in files:
        assert "default-src 'none'" in file.read_text(encoding="utf-8"), file.name


def test_every_page_holds_its_record(files: list[Path]) -> None:
    kinds = [sorted(result.study.kind for result in Record.read(file).results) for file in files[1:]]
    assert kinds[1:3] == [["attend-each", "place-attention"], ["train-toy"]]
    assert all("attention" in of_page and "mute-heads" in of_page for of_page in (kinds[0], kinds[3]))
    assert kinds[4] == ["find-direction", "steer-text"]


def test_the_zip_is_one_folder(files: list[Path], tmp_path: Path) -> None:
    packed = pack(files, tmp_path / "pages.zip")
    assert zipfile.ZipFile(packed).namelist() == [f"{NAME}/{file.name}" for file in files]
    assert packed.stat().st_size < MOST_BYTES == 5_000_000


def test_the_zip_of_the_real_model(smollm: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `make planb` hands out, but for the steering panel's doses: one text at each of three, where the zip has
    eight at each of nine. They are words and a few numbers, for which there is room."""
    monkeypatch.setattr(steering, "PROMPTS", 1)
    monkeypatch.setattr(steering, "TEXTS", 1)
    monkeypatch.setitem(SCALES, "add", SCALES["add"]._replace(measured=(-0.4, 0.0, 0.4)))
    build = Path(__file__).parents[2] / "build"
    files = write(WORKSHOP, smollm, build / NAME)
    packed = pack(files, build / f"{NAME}.zip")
    assert 1_000_000 < packed.stat().st_size < MOST_BYTES - ROOM
    kinds = [result.study.kind for result in Record.read(files[-1]).results]
    assert files[-1].name == "steering.html" and "steer-dose" in kinds


def test_a_zip_that_is_too_large_is_refused(files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_BYTES", 1000)
    with pytest.raises(ZipTooLarge, match=r"pages\.zip has 0\.\d MB; 0 MB is the most"):
        pack(files, tmp_path / "pages.zip")
