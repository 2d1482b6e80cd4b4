"""`make gallery`: every view in every state, theme and width, on one contact sheet, build/gallery/sheet.png.

The numbers on the pages are made up: this is for looking, not for measuring. Each page also goes through axe where
`npm ci` in widgets/ has put it; its findings are printed, and the exit status is then 1.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FloatRect, Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from mikit.widgets import freeze  # noqa: E402
from mikit.widgets.base import STATIC, static_text  # noqa: E402
from tests.gallery_samples import FRAME, MORE, PRESS, STATES, VIEWS  # noqa: E402

OUT = ROOT / "build" / "gallery"
AXE = ROOT / "widgets" / "node_modules" / "axe-core" / "axe.min.js"
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
WIDTHS = (800, 500)
GAP = 24
CAPTION = 20


@dataclass(frozen=True)
class Shot:
    """One picture of the contact sheet."""

    view: str
    state: str
    theme: Theme
    width: int

    @property
    def name(self) -> str:
        return f"{self.view}-{self.state}-{self.theme}-{self.width}"

    @property
    def path(self) -> Path:
        return OUT / f"{self.name}.png"


def shots(views: list[str], states: list[str]) -> Iterator[Shot]:
    """Each view in the states that it has; in all of them where none is named."""
    for view in views:
        of_view = [*STATES, *MORE.get(view, {})]
        for state, theme, width in itertools.product(states or of_view, THEMES, WIDTHS):
            if state in of_view:
                yield Shot(view, state, theme, width)


def write_page(view: str, state: str) -> Path:
    """The host page of a saved view, with traits of our own: nothing answers, and nothing needs to."""
    traits = FRAME | VIEWS[view](state) | (STATES | MORE.get(view, {}))[state]
    path = OUT / f"{view}-{state}.html"
    html = freeze.page(f"{view} {state}", traits, static_text(f"{view}.js"), static_text(f"{view}.css"))
    path.write_text(html, encoding="utf-8")
    return path


def open_page(browser: Browser, shot: Shot, scale: int) -> Page:
    """The view on screen, drawn."""
    page = browser.new_page(
        viewport={"width": shot.width + 32, "height": 1000},
        color_scheme=shot.theme,
        device_scale_factor=scale,
    )
    page.on("pageerror", lambda error: print(f"{shot.name}: {error}", file=sys.stderr))
    page.goto(write_page(shot.view, shot.state).as_uri())
    root = page.locator(".mikit")
    root.wait_for()
    if shot.state == "gone":
        page.evaluate("document.getElementById('view').classList.add('jupyter-widgets-disconnected')")
        page.locator(".mikit[data-gone]").wait_for()
    if button := PRESS.get((shot.view, shot.state)):
        page.get_by_role("button", name=button).click()
    # Two frames: the size is known after the first, the picture for that size stands after the second.
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page


def around(page: Page) -> FloatRect:
    """The view with 16 pixels of page around it."""
    box = page.locator(".mikit").bounding_box()
    assert box is not None
    return {"x": 0, "y": box["y"] - 16, "width": box["width"] + 32, "height": box["height"] + 32}


def findings(page: Page, shot: Shot) -> list[str]:
    """What axe has to say. Old numbers are faint on purpose: their contrast does not count."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    off = ["color-contrast"] if shot.state == "old" else []
    found: list[dict[str, Any]] = page.evaluate(
        "(off) => axe.run('.mikit', {rules: Object.fromEntries(off.map((id) => [id, {enabled: false}]))})"
        ".then((result) => result.violations)",
        off,
    )
    return [f"{shot.name}: {one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]}" for one in found]


def sheet(taken: list[Shot], path: Path) -> None:
    """All pictures of a view in rows of one state: light and dark at 800, light and dark at 500."""
    rows = [list(row) for _, row in itertools.groupby(taken, key=lambda shot: (shot.view, shot.state))]
    pictures = {shot: Image.open(shot.path).convert("RGB") for shot in taken}
    heights = [max(pictures[shot].height for shot in row) + CAPTION + GAP for row in rows]
    widest = max(sum(pictures[shot].width + GAP for shot in row) for row in rows)
    board = Image.new("RGB", (widest + GAP, sum(heights) + GAP), "#C9CDD2")
    draw = ImageDraw.Draw(board)
    y = GAP
    for row, height in zip(rows, heights, strict=True):
        x = GAP
        for shot in row:
            draw.text((x, y), shot.name, fill="#1B2330")
            board.paste(pictures[shot], (x, y + CAPTION))
            x += pictures[shot].width + GAP
        y += height
    board.save(path)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    built = [view for view in VIEWS if (STATIC / f"{view}.js").exists()]
    parser.add_argument("--view", choices=built, action="append", help="only this view (can be given again)")
    every = sorted({*STATES, *itertools.chain(*MORE.values())})
    parser.add_argument("--state", choices=every, action="append", help="only this state (can be given again)")
    parser.add_argument("--scale", type=int, default=1, help="device pixels a CSS pixel")
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    taken = list(shots(options.view or built, options.state or []))
    found: list[str] = []
    with sync_playwright() as playwright:
        chromium = os.environ.get("MIKIT_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        for shot in taken:
            page = open_page(browser, shot, options.scale)
            page.screenshot(path=shot.path, clip=around(page), full_page=True)
            if AXE.exists():
                found += findings(page, shot)
            page.close()
        browser.close()
    sheet(taken, OUT / "sheet.png")
    sheet_grey = Image.open(OUT / "sheet.png").convert("L")
    sheet_grey.save(OUT / "sheet-grey.png")
    print(f"{len(taken)} pictures on {(OUT / 'sheet.png').relative_to(ROOT)}, in grey on sheet-grey.png")
    print("\n".join(found) or ("axe: no findings" if AXE.exists() else "axe: not run (npm ci in widgets/ fetches it)"))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
