"""The circuit graph by keys alone in JupyterLab, and by a pointer in the page that is saved of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT, screenshot
from tests.browser.notebook import Notebook

AXE = ROOT / "widgets" / "node_modules" / "axe-core" / "axe.min.js"

SETUP = """
import json
import mikit
from mikit.studies.graph_coverage import Question
from mikit.widgets.circuit_graph import CircuitGraph
from tests import tiny
from tests.widgets.test_circuit_graph import ASKED

long = ["w5 w6 w7 w8 w1 w2 w3 w4", "w2 w8 w6 w4 w9 w7 w5 w3"]

model = mikit.load(tiny.weights("llama"), tokenizer=tiny.tokenizer())
"""
VIEW = (
    "view = CircuitGraph(model, **ASKED, prompts=[Question(prompt=one, answer='w9', foil='w3') for one in long]); view"
)
SAID = "print(json.dumps([view.groups, view.outcome, view.level, view.stated, view.rule, view.pinned]))"


def settled(view: Locator) -> None:
    expect(view).to_have_attribute("data-status", "idle")
    expect(view).not_to_have_attribute("data-old", "")


def findings(page: Page) -> list[str]:
    """What axe has to say of a view, where it is installed."""
    if not AXE.exists():
        return []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(
        "() => axe.run('.mikit').then(({violations}) => violations.map((one) => `${one.id} ${one.nodes[0].html}`))"
    )


def signed(value: float) -> str:
    return "0" if abs(value) < 0.005 else f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")


def walk_to_neuron(page: Page, readout: Locator) -> str:
    """Down the nodes by strength, to the next that is a neuron; what is said of it."""
    for _ in range(40):
        page.keyboard.press("PageDown")
        if found := re.match(r"L\d+ neuron \d+ at \S+ \(\d\)", readout.inner_text()):
            return found[0]
    raise AssertionError(readout.inner_text())


def test_a_graph_is_walked_grouped_tested_and_kept(notebook: Notebook, page: Page, lab: tuple[str, Path]) -> None:
    notebook.open(SETUP, VIEW, SAID)
    notebook.run(0)
    notebook.run(1)
    view = notebook.output(1).locator(".mikit-circuitgraph")
    settled(view)
    expect(view.locator(".mikit-number-value")).to_have_text(re.compile(r"^\d+\.\d %$"))
    keys, readout = page.keyboard, view.locator(".mikit-cg-readout")
    view.get_by_role("slider", name="Pruning").focus()
    keys.press("End")

    view.locator(".mikit-cg-plot").focus()
    keys.press("End")
    keys.press("ArrowDown")
    expect(readout).to_have_text(re.compile(r"logits [▲▼] toward w[39] · \d+ edges? lit"))
    names = [walk_to_neuron(page, readout)]
    keys.press("Enter")
    settled(view)
    expect(view.locator(".mikit-cg-title")).to_have_text(names[0])
    expect(view.locator(".mikit-cg-promoted")).to_have_count(8)
    names.append(walk_to_neuron(page, readout))
    assert names[1] != names[0]
    keys.press("Enter")
    expect(view.locator(".mikit-cg-name")).to_have_count(2)
    settled(view)

    keys.press("Tab")
    keys.type("both")
    keys.press("Enter")
    expect(view.locator(".mikit-cg-group")).to_have_text(re.compile("^[+−] both$"))
    expect(view.locator(".mikit-cg-plot")).to_be_focused()
    keys.press("Tab")  # Ungroup
    keys.press("Tab")
    expect(view.get_by_role("button", name="Switch off")).to_be_focused()
    keys.press("Enter")
    verdict = view.locator(".mikit-cg-verdict")
    expect(verdict).to_be_visible()
    settled(view)
    [group], [outcome], *_ = json.loads(notebook.run(2))
    assert (outcome["name"], outcome["nodes"], outcome["how"]) == ("both", group["nodes"], "ablate")
    expect(verdict).to_have_text(f"predicted {signed(outcome['predicted'])} · measured {signed(outcome['measured'])}")

    kept = view.locator(".mikit-cg-numbers")
    whole = kept.inner_text()
    view.get_by_role("slider", name="Pruning").press("Home")
    expect(kept).not_to_have_text(whole)

    moved = view.get_by_role("slider", name="Rule: replacement")
    moved.press("Home")
    view.get_by_role("button", name="State this rule").press("Enter")
    covered, stated = view.locator(".mikit-cg-covered"), view.locator(".mikit-cg-dial .mikit-cg-stated")
    expect(covered).to_contain_text("of 2")
    settled(view)
    before = stated.get_attribute("x1")
    moved.press("End")
    expect(covered).to_contain_text("covered 0 %")
    screenshot(page, "lab-circuit-graph")
    _, _, level, said, rule, pinned = json.loads(notebook.run(2))
    assert (level, said["replacement"], rule["replacement"], pinned) == (0, 0, 1, [])
    assert stated.get_attribute("x1") == before
    assert findings(page) == []

    view.get_by_role("button", name="Save page").press("Enter")
    note = view.locator(".mikit-note")
    expect(note).to_contain_text("Saved")
    saved = lab[1] / re.search(r"\S+\.html", note.inner_text())[0]
    page.goto(saved.as_uri())
    root = page.locator(".mikit-circuitgraph")
    root.get_by_role("slider", name="Pruning").press("End")
    box = root.locator(".mikit-cg-group")
    box.hover()
    expect(root.locator(".mikit-cg-readout")).to_have_text(re.compile(r"^both: 2 nodes as one · .* \d+ edges? lit"))
    box.click()
    root.get_by_role("button", name="Ungroup").click()
    label = root.locator(".mikit-cg-name")
    expect(label).to_have_count(2)
    x, y = label.first.evaluate("(e) => [parseFloat(e.style.left), parseFloat(e.style.top)]")
    beside = 9 if "mikit-cg-left" in label.first.get_attribute("class") else -9
    root.get_by_role("button", name="Unpin").click()
    expect(label).to_have_count(0)
    root.locator(".mikit-cg-plot").hover(position={"x": x + beside, "y": y})
    expect(root.locator(".mikit-cg-readout")).to_contain_text(re.compile("|".join(map(re.escape, names))))
    expect(root.locator(".mikit-cg-readout")).to_contain_text("lit")
    assert findings(page) == []
    screenshot(page, "page-circuit-graph")
