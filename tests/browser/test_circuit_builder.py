"""The circuit builder by keys alone in JupyterLab: parts are ticked, an adversary is started and stopped in the middle.
And a saved page, whose slider goes to the sizes that were measured."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

import mikit
from mikit.models.model import Model
from mikit.studies.base import run_study
from mikit.studies.circuits import PartsCircuit
from mikit.studies.kinds import TestCircuit
from mikit.studies.pairs import PromptPair
from mikit.widgets.circuit_builder import CircuitBuilder
from mikit.widgets.wire import decode
from tests import tiny
from tests.browser.conftest import ROOT, screenshot
from tests.browser.notebook import Notebook

PAIR = PromptPair(clean="w1 w2 w3 w4 w5", corrupt="w1 w2 w9 w4 w5", answer="w7", foil="w8")
AXE = ROOT / "widgets" / "node_modules" / "axe-core" / "axe.min.js"

SETUP = """
import threading
import mikit
from mikit.studies.beat_circuit import BeatCircuit
from mikit.widgets.wire import decode
from tests import tiny

gate, steps = threading.Event(), BeatCircuit.steps

def slowly(self, model):
    for result in steps(self, model):
        yield result
        while result and result.texts["out"] and not gate.wait(0.02):
            yield None

BeatCircuit.steps = slowly
model = mikit.load(tiny.weights("llama"), tokenizer=tiny.tokenizer())
"""
VIEW = f"""
view = mikit.CircuitBuilder(
    model, clean={PAIR.clean!r}, corrupt={PAIR.corrupt!r}, answer="w7", foil="w8", parts=[], predicted=0.5
)
view
"""


@pytest.fixture(scope="module")
def model() -> Model:
    return mikit.load(tiny.weights("llama"), tokenizer=tiny.tokenizer())


def shown(share: float) -> str:
    """A share as the page writes it."""
    return f"{share:.2f}".replace("-", "\N{MINUS SIGN}") if abs(share) >= 0.005 else "0.00"


def kept(model: Model, *parts: str) -> str:
    study = TestCircuit(model=model.ref, pairs=(PAIR,), circuit=PartsCircuit(parts=parts))
    return shown(float(run_study(study, model).grids["faithfulness"].values.numpy()[0]))


def number(view: Locator) -> Locator:
    return view.locator(".mikit-number-value")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def settled(view: Locator) -> None:
    expect(view).to_have_attribute("data-status", "idle")
    expect(view).not_to_have_attribute("data-old", "")


def no_findings(page: Page) -> None:
    """What axe has to say, where `npm ci` has put it."""
    if AXE.exists():
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("() => axe.run('.mikit').then((result) => result.violations.map((one) => one.help))")
        assert found == []


def test_parts_are_ticked_by_keys_and_the_adversary_stops(notebook: Notebook, page: Page, model: Model) -> None:
    notebook.open(SETUP, VIEW, "gate.set()", "view.tested['parts'], view.status['state']")
    notebook.run(0)
    notebook.run(1)
    view = notebook.output(1).locator(".mikit-circuitbuilder")
    expect(view).to_contain_text("the faithfulness of nothing is 0")

    view.get_by_role("button", name="all", exact=True).focus()
    press(page, "Tab", "ArrowDown", "ArrowRight", " ")
    expect(view.get_by_role("checkbox", name=re.compile("^L1H1:"))).to_be_checked()
    settled(view)
    expect(number(view)).to_have_text(kept(model, "L1H1"))
    press(page, *["ArrowDown"] * 3, "Space", "ArrowLeft", "Space")
    settled(view)
    expect(view.locator(".mikit-number-label")).to_contain_text("3 parts")
    expect(number(view)).to_have_text(kept(model, "L1H1", "L1 MLP", "L0 MLP"))
    assert "random circuits of" in view.locator(".mikit-number-below").inner_text()
    press(page, "Space")
    expect(view.locator(".mikit-number-label")).to_contain_text("2 parts")
    settled(view)
    assert eval(notebook.run(3)) == (["L1H1", "L1 MLP"], "idle")

    view.get_by_role("button", name="all", exact=True).press("Enter")
    expect(number(view)).to_have_text("1.00")
    settled(view)
    view.get_by_role("button", name="Beat it").press("Enter")
    rounds = view.locator(".mikit-cb-rounds")
    expect(rounds).to_have_attribute("aria-label", re.compile("without L"))
    view.get_by_role("button", name="Stop").press("Enter")
    expect(view).to_have_attribute("data-status", "stopped")
    expect(view).to_contain_text("So far: without")
    stopped = rounds.get_attribute("aria-label")
    notebook.run(2)
    assert rounds.get_attribute("aria-label") == stopped
    view.get_by_role("button", name="Beat it").press("Enter")
    settled(view)
    expect(view).to_contain_text("after 4 parts drawn blindly")
    no_findings(page)
    view.scroll_into_view_if_needed()
    screenshot(page, "lab-circuit-builder")


def test_a_saved_page_goes_to_the_measured_sizes(page: Page, tmp_path: Path, model: Model) -> None:
    view = CircuitBuilder(model, PAIR, mode="edges", predicted=0.5).run()
    curve = view.curve
    page.set_viewport_size({"width": 532, "height": 1000})
    page.goto(view.freeze(tmp_path / "page.html").as_uri())
    root = page.locator(".mikit-circuitbuilder")
    slider = root.get_by_role("slider", name="How many of the strongest edges")
    sizes = decode(curve["sizes"]).tolist()
    found = decode(curve["found"])[:, 0]
    slider.focus()
    press(page, *["ArrowLeft"] * len(sizes))
    for size in sorted(set(sizes)):
        expect(root.locator(".mikit-cb-here")).to_contain_text(f"{size} of {sizes[-1]} edges")
        if size != view.tested["edges"]:
            expect(number(root)).to_have_text(shown(float(found[sizes.index(size)])))
        press(page, "ArrowRight")
    root.get_by_role("button", name="Every size").click()
    expect(root.locator(".mikit-cb-curve")).to_be_visible()
    no_findings(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    screenshot(page, "page-circuit-builder-narrow")
