"""Placing attention with a real pointer and real keys: in JupyterLab, and in a saved page without a kernel."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

import mikit
from mikit.widgets.be_the_head import BeTheHead
from tests import tiny
from tests.browser.conftest import screenshot
from tests.browser.notebook import Notebook

MODEL = """
import mikit
from tests import tiny
model = mikit.load(tiny.weights("llama"), tokenizer=tiny.tokenizer())
"""
VIEW = 'view = mikit.BeTheHead(model, head=(1, 2), text="w1 w2 w3 w4", answer="w7", foil="w9"); view'


def test_a_hand_places_and_the_model_answers(notebook: Notebook, page: Page) -> None:
    notebook.open(MODEL, VIEW, "print([round(s, 2) for s in view.shares], round(view.outcomes[0]['diff'], 2))")
    notebook.run(0)
    notebook.run(1)
    view = notebook.output(1).locator(".mikit-bethehead")
    expect(view).to_have_attribute("data-status", "idle")
    columns = view.get_by_role("slider")

    drag(page, columns.nth(2), to=0.7)
    settled(view)
    shares, diff = eval_pair(notebook.run(2))
    assert 0.6 < shares[2] < 0.8 and abs(sum(shares) - 1) < 0.02
    expect(view.locator(".mikit-number-value")).to_contain_text(f"{abs(diff):.2f}")

    columns.nth(2).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("End")
    settled(view)
    assert eval_pair(notebook.run(2))[0] == [0.0, 1.0, 0.0, 0.0]

    cells = notebook.cells()
    columns.nth(1).focus()
    for key in ("d", "d", "x", "b"):
        page.keyboard.press(key)
    assert notebook.cells() == cells

    view.get_by_role("button", name="Show the real head").click()
    expect(view.locator(".mikit-bth-rows")).to_contain_text("real head")
    view.get_by_role("button", name="Place as the real head").click()
    settled(view)
    values = view.locator(".mikit-bth-rows tbody .mikit-bth-value")
    assert values.nth(0).inner_text() == values.nth(1).inner_text()
    screenshot(page, "lab-be-the-head")


def test_a_saved_page_answers_for_single_tokens(page: Page, tmp_path: Path) -> None:
    model = mikit.load(tiny.weights("llama"), tokenizer=tiny.tokenizer())
    view = BeTheHead(model, head=(1, 2), text="w1 w2 w3 w4", answer="w7", foil="w9", revealed=True).run()
    result = view.record().results[1].grids["logit difference"].values.numpy()
    page.set_viewport_size({"width": 532, "height": 900})
    page.goto(view.freeze(tmp_path / "page.html").as_uri())
    root = page.locator(".mikit-bethehead")
    expect(root).to_have_attribute("data-width", "narrow")
    for token in (3, 1):
        root.locator(".mikit-bth-label").nth(token).click()
        expect(root.get_by_role("slider").nth(token)).to_have_attribute("aria-valuenow", "100")
        expect(root.locator(".mikit-number-value")).to_contain_text(f"{abs(result[token]):.2f}")
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    screenshot(page, "page-be-the-head-narrow")


def drag(page: Page, column: Locator, to: float) -> None:
    """Pull a bar from the bottom to a share of its height."""
    box = column.locator(".mikit-bth-track").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"]
    page.mouse.move(x, y - 2)
    page.mouse.down()
    for part in (0.3, 0.6, 1.0):
        page.mouse.move(x, y - part * to * box["height"])
    page.mouse.up()


def settled(view: Locator) -> None:
    expect(view).to_have_attribute("data-status", "idle")
    expect(view).not_to_have_attribute("data-old", "")


def eval_pair(printed: str) -> tuple[list[float], float]:
    """What the third cell prints: the shares, and the logit difference."""
    shares, _, diff = printed.strip().rpartition(" ")
    return [float(share) for share in shares.strip("[]").split(",")], float(diff)
