"""The dashboard with a real pointer: in JupyterLab, and in a saved page without a kernel."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import mikit
from mikit.sae import labels
from mikit.sae.index import build, index_of
from mikit.studies.fit_dictionary import FitDictionary
from mikit.widgets import features
from mikit.widgets.features import FeatureDashboard
from tests import tiny
from tests.browser.conftest import screenshot
from tests.browser.notebook import Notebook
from tests.widgets.test_features import PROMPT, TEXTS, fitting

SETUP = """
from functools import partial
import mikit
from mikit.sae.index import build, index_of
from mikit.studies.fit_dictionary import FitDictionary
from mikit.widgets import features
from tests import tiny
from tests.widgets.test_features import PROMPT, TEXTS, fitting

model = mikit.load(tiny.weights("llama"), tokenizer=tiny.tokenizer())
dictionary = fitting(model)
features.FitDictionary = partial(FitDictionary, texts=TEXTS["one"])
index = list(build(model, dictionary, TEXTS, windows=16))[-1]
"""
VIEW = "view = features.FeatureDashboard(dictionary, model, prompt=PROMPT); view"


@pytest.fixture(scope="module")
def here():
    """The same model, dictionary and index as in the notebook."""
    model = mikit.load(tiny.weights("llama"), tokenizer=tiny.tokenizer())
    dictionary = fitting(model)
    return model, dictionary, list(build(model, dictionary, TEXTS, windows=16))[-1]


def settled(view: Locator) -> None:
    expect(view).to_have_attribute("data-status", "idle")
    expect(view).not_to_have_attribute("data-old", "")


def head(index, feature: int) -> str:
    """The head line of a feature."""
    found = labels.propose(index, feature)
    if found is None:
        return f"{feature} no label · untested"
    return (
        f"{feature} {found.words} · blind score {found.score.value:.2f} [{found.score.low:.2f}, {found.score.high:.2f}]"
    )


def test_features_are_chosen_read_and_judged(notebook: Notebook, page: Page, here) -> None:
    _, _, index = here
    notebook.open(SETUP, VIEW, "print(sorted(view.own), view.feature, view.prompt)")
    notebook.run(0)
    notebook.run(1)
    view = notebook.output(1).locator(".mikit-features")
    settled(view)
    name, rows = view.locator(".mikit-fd-name"), view.locator(".mikit-fd-row")
    first = int(rows.first.get_attribute("data-id") or -1)
    expect(name).to_have_text(head(index, first))
    rows.nth(1).click()
    second = int(rows.nth(1).get_attribute("data-id") or -1)
    expect(name).to_have_text(head(index, second))
    page.keyboard.press("ArrowDown")
    third = int(rows.nth(2).get_attribute("data-id") or -1)
    expect(name).to_have_text(head(index, third))
    expect(view.locator(".mikit-fd-histogram")).to_have_attribute(
        "aria-label", re.compile(", ".join(map(str, index.histogram[third])))
    )
    settled(view)

    view.get_by_label("Text for the feature to read").fill("w1 w2 w3 w4")
    page.keyboard.press("Enter")
    expect(view.locator(".mikit-fd-strip").first.locator(".mikit-token")).to_have_text(["w1", "w2", "w3", "w4"])
    expect(view.locator(".mikit-fd-strip").first.locator(".mikit-token").first).to_have_class(
        re.compile("mikit-tint-out")
    )
    settled(view)

    view.get_by_role("button", name="Type a label").click()
    view.get_by_label("Your label").fill("<b>every</b> word")
    page.keyboard.press("Enter")
    expect(name).to_have_text(f"{third} <b>every</b> word (yours) · untested")
    view.get_by_role("button", name="Test it blind").click()
    choices = view.get_by_role("button", name="fires")
    expect(choices.first).to_be_visible()
    for row in range(choices.count()):
        choices.nth(row).click()
    expect(name).to_contain_text("blind score 0.50")  # who always says yes finds all and leaves nothing alone
    screenshot(page, "lab-features")
    assert notebook.run(2) == f"['{third}'] {third} w1 w2 w3 w4\n"


def test_a_saved_page_keeps_what_was_looked_at(page: Page, tmp_path: Path, here, monkeypatch) -> None:
    model, dictionary, _ = here
    monkeypatch.setattr(features, "FitDictionary", partial(FitDictionary, texts=TEXTS["one"]))
    view = FeatureDashboard(dictionary, model, prompt=PROMPT, feature=9).run()
    index = index_of(dictionary)
    page.set_viewport_size({"width": 532, "height": 1000})
    page.goto(view.freeze(tmp_path / "page.html").as_uri())
    root = page.locator(".mikit-features")
    expect(root).to_have_attribute("data-width", "narrow")
    expect(root.locator(".mikit-fd-panels")).to_be_visible()
    assert root.bounding_box()["height"] <= 900
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")

    strongest = int(np.argmax(index.peak))
    canvas = root.locator(".mikit-fd-scatter canvas")
    box = canvas.bounding_box()
    fired = index.density[index.density > 0]
    up = np.log(fired.max() / index.density[strongest]) / np.log(fired.max() / fired.min())
    canvas.click(position={"x": box["width"] - 5, "y": float(5 + up * (box["height"] - 26))})
    expect(root.locator(".mikit-fd-name")).to_have_text(head(index, strongest))
    kept = {9, *(one["id"] for one in view.opening)}
    if strongest not in kept:
        expect(root.locator(".mikit-fd-unseen")).to_contain_text("not among them")
    root.get_by_label("Search for").fill("9")
    root.locator(".mikit-fd-row").first.click()
    expect(root.locator(".mikit-fd-panels")).to_contain_text(f"{index.histogram[9].sum()} firings")
    slider = root.get_by_role("slider", name="Dose")
    slider.fill("8")
    expect(slider).to_have_attribute("aria-valuetext", "2.00 × part")
    root.get_by_role("button", name="Read as a table").click()
    expect(root.locator(".mikit-twin tbody tr").first).to_contain_text("9")
    screenshot(page, "page-features-narrow")
