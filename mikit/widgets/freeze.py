"""One offline page from a view: its traits, its front end and its record in a single HTML file."""

from __future__ import annotations

import base64
import html
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from mikit.studies.record import SCRIPT_ID

HOST = Path(__file__).with_name("freeze.html")


@cache
def _host() -> str:
    return HOST.read_text(encoding="utf-8")


def page(title: str, traits: dict[str, Any], module: str, css: str, record: str = "") -> str:
    """The page. ``traits`` may hold bytes at any depth; ``record`` is a record's JSON, or "" for none."""
    plain, buffers = split_buffers(traits)
    parts = {
        "title": html.escape(title),
        "css": css.replace("</", "<\\/"),
        "record": f'<script type="application/json" id="{SCRIPT_ID}">{_inside_script(record)}</script>'
        if record
        else "",
        "state": _inside_script(json.dumps({"traits": plain, "buffers": buffers})),
        "module": _inside_script(json.dumps(module)),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], _host())


def split_buffers(value: Any) -> tuple[Any, list[dict[str, Any]]]:
    """The value without its bytes, and each of those as ``{path, base64}``."""
    buffers: list[dict[str, Any]] = []

    def strip(part: Any, path: list[str | int]) -> Any:
        if isinstance(part, bytes | bytearray | memoryview):
            buffers.append({"path": path, "base64": base64.b64encode(part).decode("ascii")})
            return None
        if isinstance(part, dict):
            return {key: strip(item, [*path, key]) for key, item in part.items()}
        if isinstance(part, list | tuple):
            return [strip(item, [*path, index]) for index, item in enumerate(part)]
        return part

    return strip(value, []), buffers


def _inside_script(text: str) -> str:
    """JSON that cannot end its script element: a token may well be "</script>"."""
    return text.replace("<", "\\u003c")
