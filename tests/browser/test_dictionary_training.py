"""Dictionaries on planted directions, trained in JupyterLab: one is stopped, another revealed."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import screenshot
from tests.browser.notebook import Notebook

VIEW = """
import mikit
view = mikit.DictionaryTrainingView(updates=10_000, sparsities=(0.02, 0.3), predicted=12)
view
"""
SHORT = """
short = mikit.DictionaryTrainingView(updates=300, sparsities=(0.02, 0.3), predicted=12, seed=1)
short
"""


def test_a_training_is_stopped_and_another_is_revealed(notebook: Notebook, page: Page) -> None:
    notebook.open(VIEW, SHORT, "print(short.recovered, short.revealed)")
    notebook.run(0)
    view = notebook.output(0).locator(".mikit-dictionarytraining")
    expect(view).to_have_attribute("data-status", "idle")
    view.get_by_role("button", name="Start").click()
    expect(view.locator(".mikit-number-below")).to_contain_text("random dictionary")
    view.get_by_role("button", name="Stop").click()
    expect(view.locator(".mikit-status-line")).to_contain_text("starting again begins anew")
    notebook.run(1)
    short = notebook.output(1).locator(".mikit-dictionarytraining")
    short.get_by_role("button", name="Start").click()
    expect(short.locator(".mikit-status-line")).to_contain_text("trained")
    expect(short.locator(".mikit-dt-marks")).to_have_count(0)
    short.get_by_role("button", name="Show the true directions").click()
    short.get_by_role("combobox").select_option(index=1)
    counts, revealed = notebook.run(2).strip().rsplit(" ", 1)
    expect(short.locator(".mikit-dt-count")).to_contain_text(
        f"{float(counts.strip('[]').split(',')[1]):.0f} of 20 came"
    )
    assert revealed == "True"
    short.scroll_into_view_if_needed()
    screenshot(page, "lab-dictionary-training-light")
    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    expect(short).to_have_attribute("data-theme", "dark")
    screenshot(page, "lab-dictionary-training-dark")
