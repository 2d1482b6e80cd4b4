"""The committed front end: fresh, small, and inside the wheel. Needs no Node."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "widgets"
STATIC = ROOT / "mikit" / "widgets" / "static"
REBUILD = "Run `npm ci` once and `npm run build` in widgets/, then commit mikit/widgets/static."
BUDGET = 60_000
"""Bytes of a bundle: it travels once for every view on a page."""

BUNDLES = sorted(path.stem for path in STATIC.glob("*.js"))


def sha(path: Path) -> str:
    """The hash that build.mjs takes: line ends as on Linux."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


@pytest.fixture(scope="module")
def manifest() -> dict[str, dict[str, str]]:
    read: dict[str, dict[str, str]] = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    return read


def test_bundles_are_built_from_the_sources_as_they_are(manifest: dict[str, dict[str, str]]) -> None:
    now = {file: sha(SOURCES / file) if (SOURCES / file).exists() else "gone" for file in manifest["sources"]}
    assert now == manifest["sources"], REBUILD


def test_bundles_are_as_the_build_left_them(manifest: dict[str, dict[str, str]]) -> None:
    now = {path.name: sha(path) for path in STATIC.iterdir() if path.suffix in (".js", ".css")}
    assert now == manifest["outputs"], f"A bundle was changed by hand. {REBUILD}"


def test_every_view_has_a_bundle() -> None:
    views = sorted(path.parent.name for path in SOURCES.glob("src/*/index.ts"))
    assert views == BUNDLES, REBUILD


@pytest.mark.parametrize("name", BUNDLES)
def test_bundle_is_small(name: str) -> None:
    assert (STATIC / f"{name}.js").stat().st_size <= BUDGET


@pytest.mark.parametrize("name", BUNDLES)
def test_bundle_has_several_lines(name: str) -> None:
    """anywidget takes one line of text for the path of a file."""
    assert (STATIC / f"{name}.js").read_text(encoding="utf-8").count("\n") > 1


@pytest.mark.parametrize("name", BUNDLES)
def test_bundle_asks_the_network_for_nothing(name: str) -> None:
    text = "".join((STATIC / f"{name}{ending}").read_text(encoding="utf-8") for ending in (".js", ".css"))
    addresses = set(re.findall(r"https?://[^\s\"'`)]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"}
    assert "@import" not in text and not re.search(r"\bimport\s*\(|\bfetch\s*\(", text)


@pytest.mark.parametrize("name", BUNDLES)
def test_styles_stay_inside_the_view(name: str) -> None:
    css = re.sub(r"/\*.*?\*/", "", (STATIC / f"{name}.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    css = re.sub(r"@(media|supports|container)[^{]*\{", "", css)
    selectors = [one.strip() for group in re.findall(r"([^{}]+)\{", css) for one in group.split(",") if one.strip()]
    outside = [one for one in selectors if not one.startswith(".mikit") and one not in ("from", "to")]
    assert selectors and not outside
