"""Self-repair and the smallest circuits in JupyterLab and in saved pages: heads split, circuits compared."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

import mikit
from mikit.widgets.minimal import MinimalView
from mikit.widgets.repair import RepairView
from mikit.widgets.wire import decode
from tests import tiny
from tests.browser.conftest import ROOT, screenshot
from tests.browser.notebook import Notebook

AXE = ROOT / "widgets" / "node_modules" / "axe-core" / "axe.min.js"
VIEW = "import mikit\nview = mikit.MinimalView(units=6, seed=0); view"
NUMBERS = "import json; print(json.dumps([view.found['units'], view.found['tested'], view.status['state']]))"


def no_findings(page: Page) -> None:
    """What axe has to say, where `npm ci` has put it."""
    if AXE.exists():
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("() => axe.run('.mikit').then((result) => result.violations.map((one) => one.help))")
        assert found == []


def test_the_slider_trains_and_searches_and_keys_compare_circuits(notebook: Notebook, page: Page) -> None:
    notebook.open(VIEW, NUMBERS)
    notebook.run(0)
    view = notebook.output(0).locator(".mikit-minimal")
    expect(view.locator(".mikit-number-label")).to_have_text("to be sure, with 6 units")
    slider = view.get_by_role("slider", name="units of the network")
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(view.locator(".mikit-number-label")).to_have_text("to be sure, with 10 units")
    expect(view).to_have_attribute("data-status", "idle")
    units, (tested, _), state = json.loads(notebook.run(1))
    assert (units, state) == (10, "idle")
    expect(view.locator(".mikit-number-value")).to_have_text(f"{tested:,}")
    expect(view.locator("circle.mikit-min-every")).to_have_count(7)
    rows = view.get_by_role("radio")
    assert rows.count() > 3
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_have_attribute("aria-checked", "true")
    expect(rows.nth(1)).to_be_focused()
    no_findings(page)
    screenshot(page, "lab-minimal")


def test_saved_pages_split_another_head_and_keep_their_circuits(page: Page, tmp_path: Path) -> None:
    model = mikit.load(tiny.weights("llama"), tokenizer=tiny.tokenizer())
    made = RepairView(model, prompt="w1 w2 w5 w3", changed="w1 w2 w5 w4", answer="w7", foil="w9", brought="zero").run()
    page.set_viewport_size({"width": 532, "height": 900})
    page.goto(made.freeze(tmp_path / "repair.html").as_uri())
    root = page.locator(".mikit-repair")
    expect(root).to_have_attribute("data-width", "narrow")
    heads, back = made.found["split"]["heads"], decode(made.found["split"]["back"])[:, -1, 0]
    for name in heads[:3]:
        root.get_by_role("combobox", name="head that is split").select_option(name)
        value = float(np.round(back[heads.index(name)], 2))
        expect(root.locator(".mikit-number-value")).to_have_text(f"{value:+.2f}".replace("-", "\N{MINUS SIGN}"))
    first = root.locator("circle.mikit-rep-dot:not(.mikit-rep-ring)").last
    words = first.locator("title").text_content() or ""
    box = first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(root.locator(".mikit-rep-title").first).to_have_text(f"Without {words.split(':')[0]}, these change")
    expect(root.get_by_label("off: set to")).to_be_disabled()
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    no_findings(page)
    screenshot(page, "page-repair-narrow")

    small = MinimalView(units=7).run()
    page.goto(small.freeze(tmp_path / "minimal.html").as_uri())
    root = page.locator(".mikit-minimal")
    expect(root.get_by_role("radio")).to_have_count(len(decode(small.found["circuits"])))
    expect(root.get_by_role("slider")).to_be_disabled()
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
