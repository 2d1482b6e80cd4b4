"""Sphinx's settings for `make site`. The sources are the repository's own files: README, lessons, docs."""

from __future__ import annotations

import html
import json
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.inspect import signature, stringify_signature

import mikit
from mikit.course.pages import NAME, WORKSHOP, SavedPage
from mikit.widgets.base import View

ROOT = Path(__file__).resolve().parents[2]

project = "mikit"
author = "The mikit contributors"
project_copyright = "the mikit contributors. Code: Apache-2.0. Lessons and text: CC BY 4.0"
version = release = mikit.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "README"
include_patterns = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/*.md",
    "docs/site/*.md",
    "lessons/[0-9]*.ipynb",
]
# The folders that Sphinx need not search.
exclude_patterns = [".*", "build", "dist", "my-lessons", "tests", "widgets", "mikit"]

# Lessons are shown as learners get them. Running them is what the tests do.
nb_execution_mode = "off"
# By default this fetches scripts from an outside address; without outputs there is nothing that needs them.
nb_ipywidgets_js: dict[str, object] = {}

myst_heading_anchors = 3
myst_enable_extensions = ["substitution"]
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = f"mikit {release}"
html_extra_path = ["index.html"]
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False

CONTENTS = """
```{toctree}
:hidden:

docs/site/lessons
docs/site/saved-pages
docs/site/api
docs/architecture
CONTRIBUTING
CHANGELOG
```
"""


def measured() -> str:
    """What the lessons take, as `make lessons` wrote it, as a Markdown table."""
    found = json.loads((ROOT / "lessons" / "measured.json").read_text())
    rows = [
        f"| {name[:2]} | {lesson['minutes']} | {lesson['minutes_half_core']} | {lesson['memory_gb']} GB |"
        for name, lesson in found["lessons"].items()
    ]
    return "\n".join(["| lesson | minutes on one core | on half a core | memory |", "|---|---|---|---|", *rows])


def embedded(page: SavedPage) -> str:
    """A saved page with what to do on it, alive in a frame, as Markdown."""
    frame = (
        f'<iframe class="saved" loading="lazy" src="../../{NAME}/{page.file}.html" title="{html.escape(page.title)}">'
    )
    return f"## {page.title}\n\n**Before you look.** {page.predict}\n\n{page.shows} {page.do}\n\n{frame}</iframe>"


myst_substitutions = {"measured": measured(), "pages": "\n\n".join(map(embedded, WORKSHOP))}


def with_contents(app: Sphinx, name: str, source: list[str]) -> None:
    """README is the first page; the table of contents is the site's alone."""
    if name == root_doc:
        source[0] += CONTENTS


def views_as_called(app: Sphinx, what: str, name: str, thing: object, *_: object) -> tuple[str, str] | None:
    """The signature of a view's __init__: Sphinx would show that of the traits' __new__."""
    if not (isinstance(thing, type) and issubclass(thing, View) and thing is not View):
        return None
    full = signature(thing.__init__, bound_method=True)
    known = [part for part in full.parameters.values() if part.kind is not part.VAR_KEYWORD]
    shown = full.replace(parameters=known, return_annotation=full.empty)
    return stringify_signature(shown, unqualified_typehints=True), ""


def setup(app: Sphinx) -> None:
    app.connect("autodoc-process-signature", views_as_called)
    app.connect("source-read", with_contents)
