"""Toys of superposition in JupyterLab: started by hand, redrawn while they train, stopped, read, saved."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
from playwright.sync_api import Locator, Page, expect

from mikit.studies.record import Record
from mikit.widgets.superposition import SuperpositionView
from tests.browser.conftest import screenshot
from tests.browser.notebook import Notebook

VIEW = 'import mikit\nview = mikit.SuperpositionView(updates=600, sparsity=0, title="Five facts, two slots"); view'
NUMBERS = "import json; print(json.dumps([view.figures, view.step, view.chosen, view.status['state']]))"

PICTURES_OF = """(view) => {
    window.seen = new Set();
    const note = () => window.seen.add(view.querySelector(".mikit-sp-picture").innerHTML);
    new MutationObserver(note).observe(view.querySelector(".mikit-sp-picture"), { childList: true });
}"""
"""Keeps every picture of the large figure that is drawn from now on."""


def slider_of(view: Locator) -> Locator:
    return view.get_by_role("slider", name="sparsity")


def test_toys_train_before_your_eyes(notebook: Notebook, page: Page, lab: tuple[str, Path]) -> None:
    notebook.open(VIEW, NUMBERS)
    notebook.run(0)
    view = notebook.output(0).locator(".mikit-superposition")
    expect(view).to_contain_text("not trained yet: press Start")
    view.evaluate(PICTURES_OF)

    view.get_by_role("button", name="Start").click()
    expect(view.locator(".mikit-sp-facts")).to_contain_text(re.compile(r"^[1-9]\d* updates"))
    view.get_by_role("button", name="Stop").click()
    expect(view).to_have_attribute("data-status", "stopped")
    stopped = json.loads(notebook.run(1))[1]
    assert 0 < stopped < 600

    view.get_by_role("button", name="Train again").click()
    expect(view.locator(".mikit-sp-facts")).to_contain_text("600 updates")
    expect(view).to_have_attribute("data-status", "idle")
    assert page.evaluate("window.seen.size") > 8, "the figure is redrawn while the toys train"

    figures, step, _, state = json.loads(notebook.run(1))
    assert (step, state) == (600, "idle")
    slider_of(view).focus()
    named = []
    for index in range(7):
        if index:
            page.keyboard.press("ArrowRight")
        named.append(view.locator(".mikit-sp-caption").inner_text())
    assert named == figures and "pentagon" in named and "two antipodal pairs" in named
    expect(view.locator(".mikit-number-label")).to_contain_text("sparsity 0.99")
    expect(view.locator(".mikit-number-value")).to_have_text("5")
    assert json.loads(notebook.run(1))[2] == 6
    arrows = view.locator(".mikit-sp-picture")
    expect(arrows).to_have_attribute("aria-label", "Features as arrows at sparsity 0.99: pentagon, 5 of 5 represented")
    screenshot(page, "lab-superposition")

    view.get_by_role("button", name="Code").click()
    expect(view).to_contain_text("mikit.Superposition(updates=600)")
    view.get_by_role("button", name="Save record").click()
    expect(view).to_contain_text("Saved mikit-record-")
    (saved,) = (lab[1]).glob("mikit-record-*.json")
    train, phase = Record.read(saved).results
    assert tuple(figures) == train.texts["figure"] and phase.study.kind == "phase-diagram"
    saved.unlink()

    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    expect(view).to_have_attribute("data-theme", "dark")
    screenshot(page, "lab-superposition-dark")


def test_a_saved_page_keeps_the_slider_and_the_map(page: Page, tmp_path: Path) -> None:
    view = SuperpositionView(updates=40, sparsity=0.99).run()
    page.set_viewport_size({"width": 532, "height": 900})
    page.goto(view.freeze(tmp_path / "page.html").as_uri())
    root = page.locator(".mikit-superposition")
    expect(root).to_have_attribute("data-width", "narrow")
    expect(root.locator(".mikit-sp-caption")).to_have_text(view.figures[6])
    slider_of(root).focus()
    page.keyboard.press("Home")
    expect(root.locator(".mikit-sp-caption")).to_have_text(view.figures[0])
    expect(root.get_by_role("button", name="Train again")).to_be_disabled()

    shares = np.frombuffer(view.phase["data"], np.float32).reshape(view.phase["shape"])
    root.locator(".mikit-sp-board canvas").focus()
    page.keyboard.press("ArrowUp")
    words = root.locator(".mikit-sp-read").inner_text()
    assert any(f"{share:.2f}" in words for share in shares.ravel()), words
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    screenshot(page, "page-superposition-narrow")
