"""The site: every public name is on it, and no page of it asks an outside address."""

from __future__ import annotations

import html.parser
import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import mikit
import mikit.course

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "docs" / "site"
OUTSIDE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
"""How an address begins that is not on the site."""

needs_sphinx = pytest.mark.skipif(
    importlib.util.find_spec("myst_nb") is None, reason="`make site` installs Sphinx; tests do without"
)


class Asked(html.parser.HTMLParser):
    """Collects what a browser fetches for a page; a link that waits for a click is not among it."""

    FETCHED = ("src", "srcset", "data", "poster")

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = (*self.FETCHED, "href") if tag in ("link", "image", "use") else self.FETCHED
        self.addresses += [value for name, value in attrs if value and name in names]


def outside(text: str) -> list[str]:
    """Outside addresses that this page, or this style sheet, makes a browser fetch."""
    asked = Asked()
    asked.feed(text)
    in_styles = re.findall(r"""(?:url\(|@import)\s*["']?([^"')\s]+)""", text)
    return [address for address in asked.addresses + in_styles if OUTSIDE.match(address)]


def test_outside_addresses_are_found() -> None:
    """The test's own test: fetched addresses count, links and addresses of the site do not."""
    assert outside('<script src="https://cdn.example.org/a.js"></script>') == ["https://cdn.example.org/a.js"]
    assert outside('<link rel="stylesheet" href="//example.org/a.css">') == ["//example.org/a.css"]
    assert outside("<style>@import 'https://example.org/a.css';</style>") == ["https://example.org/a.css"]
    assert outside('<a href="https://example.org">x</a> <img src="../a.png"> <style>a{b:url(data:x)}</style>') == []


def test_every_public_name_is_on_the_page_of_names() -> None:
    page = (SITE / "api.md").read_text(encoding="utf-8")
    described = set(re.findall(r"\.\. auto\w+:: (mikit\.[\w.]+)", page))
    public = {f"mikit.{name}" for name in mikit.__all__} | {f"mikit.course.{name}" for name in mikit.course.__all__}
    assert public - described == {"mikit.__version__", "mikit.course"}


def test_pins_fit_the_declared_ranges() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [line for line in (SITE / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    pins = {canonicalize_name(pin.name): pin for pin in map(Requirement, lines)}
    for line in project["optional-dependencies"]["site"]:
        wanted = Requirement(line)
        (pinned,) = pins[canonicalize_name(wanted.name)].specifier
        assert pinned.operator == "==" and wanted.specifier.contains(pinned.version), line


@needs_sphinx
def test_no_page_asks_an_outside_address(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "-c", SITE, "-d", tmp_path / "trees", ROOT, tmp_path / "site"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert built.returncode == 0, built.stdout
    shutil.rmtree(tmp_path / "trees")
    pages = {file: file.read_text(encoding="utf-8") for file in (tmp_path / "site").rglob("*.html")}
    assert {"README.html", "00_start_here.html", "api.html", "saved-pages.html", "architecture.html"} <= {
        file.name for file in pages
    }
    styles = {file: file.read_text(encoding="utf-8") for file in (tmp_path / "site").rglob("*.css")}
    asked = {file.name: found for file, text in (pages | styles).items() if (found := outside(text))}
    assert asked == {}
