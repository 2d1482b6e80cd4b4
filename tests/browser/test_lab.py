"""The views in a real JupyterLab."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import SCREENSHOTS
from tests.browser.notebook import Notebook

MAKE = """
import mikit
from tests import tiny
model = mikit.load(tiny.weights("llama"), tokenizer=tiny.tokenizer(chat=True))
"""
VIEW = 'view = mikit.AttentionView(model, text="w1 w2 w3 w1 w2"); view'


def test_renders(notebook: Notebook, page: Page) -> None:
    notebook.open(MAKE, VIEW, "print(view.status)")
    notebook.run(0)
    notebook.run(1)
    root = notebook.output(1).locator(".mikit-attention")
    root.wait_for()
    expect(root).to_have_attribute("data-status", "idle")
    print(notebook.run(2))
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "first.png")
