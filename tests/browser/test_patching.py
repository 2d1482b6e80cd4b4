"""Patching with a real pointer: in JupyterLab while a cell is running, and in a saved page without a kernel. Every
number on the page is compared with plain PyTorch hooks."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import mikit
from mikit.models.model import Model
from mikit.studies.base import run_study
from mikit.studies.kinds import PatchSweep
from mikit.studies.pairs import PromptPair
from mikit.widgets.patching import PatchingView
from tests import tiny
from tests.browser.conftest import screenshot
from tests.browser.notebook import Notebook
from tests.widgets.patched import difference, kl, restored, straight_line

PAIR = PromptPair(clean="w1 w2 w3 w4 w5", corrupt="w1 w2 w9 w4 w5", answer="w7", foil="w8")

MODEL = """
import mikit
from tests import tiny
model = mikit.load(tiny.weights("llama"), tokenizer=tiny.tokenizer())
"""
VIEW = f"""
view = mikit.PatchingView(model, clean={PAIR.clean!r}, corrupt={PAIR.corrupt!r}, answer="w7", foil="w8")
view
"""
TRACES = """
from pathlib import Path
from mikit.trace.engine import capture
from mikit.trace.sites import Site

print("started", flush=True)
while not Path("dragged").exists():
    capture(model, model.tokens("w3 w4"), [Site(name="resid_post", layer=1)])
print("ended")
"""


@pytest.fixture(scope="module")
def model() -> Model:
    return mikit.load(tiny.weights("llama"), tokenizer=tiny.tokenizer())


def settled(view: Locator) -> None:
    expect(view).to_have_attribute("data-status", "idle")
    expect(view).not_to_have_attribute("data-old", "")


def number(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-"))


def figures(text: str) -> list[float]:
    """Every number with decimals in a line, in order."""
    minus = "\N{MINUS SIGN}"
    return [number(found) for found in re.findall(rf"[+{minus}]?\d+\.\d+(?:e{minus}\d+)?", text)]


def near(shown: float, true: float) -> bool:
    """Equal up to the two decimals that are shown."""
    return abs(shown - true) < 0.0051


def choose(page: Page, view: Locator, layer: int, position: int, layers: int) -> None:
    """Click a cell; layers go up."""
    plot = view.locator(".mikit-pat-plot")
    box = plot.bounding_box()
    assert box is not None
    x, y = (position + 0.5) * box["width"] / 5, (layers - layer - 0.5) * box["height"] / layers
    plot.click(position={"x": x, "y": y})
    page.mouse.move(0, 0)


def check_map(view: Locator, model: Model) -> None:
    """The table under the map, cell by cell, and how the approximate map is said to do."""
    changed_run = difference(model, PAIR, restored(model, PAIR, 0, 0))
    exact = np.array(
        [
            [difference(model, PAIR, restored(model, PAIR, row, column)) - changed_run for column in range(5)]
            for row in range(model.spec.layers)
        ]
    )
    view.get_by_role("button", name="Read as a table").click()
    shown = [row.locator("td").all_inner_texts() for row in view.locator(".mikit-twin tbody tr").all()]
    view.get_by_role("button", name="Read as a table").click()
    assert np.array(shown).shape == exact.shape
    for texts, truths in zip(shown, exact, strict=True):
        assert all(near(number(text), truth) for text, truth in zip(texts, truths, strict=True))
    approx = straight_line(model, PAIR).numpy()
    words = view.locator(".mikit-pat-agreement").inner_text()
    correlation = np.corrcoef(approx[:, 2:].ravel(), exact[:, 2:].ravel())[0, 1]
    assert near(figures(words.split("correlate")[1])[0], correlation)
    row, column = np.unravel_index(np.abs(approx - exact).argmax(), exact.shape)
    assert f"disagree most at L{row} w{column + 1} ({column})" in words
    assert near(figures(words)[-2], approx[row, column]) and near(figures(words)[-1], exact[row, column])


def check_number(view: Locator, model: Model, layer: int, position: int) -> None:
    """THE number, and its random sites."""
    base = difference(model, PAIR, restored(model, PAIR, 0, 0))

    def effect(layer: int, position: int) -> float:
        return difference(model, PAIR, restored(model, PAIR, layer, position)) - base

    expect(view.locator(".mikit-number-label")).to_contain_text(f"L{layer} w{position + 1} ({position})")
    assert near(number(view.locator(".mikit-number-value").inner_text()), effect(layer, position))
    control = run_study(PatchSweep(model=model.ref, pairs=(PAIR,)), model).controls[0].grids["resid_pre"]
    places = [re.fullmatch(r"L(\d+) (\d+):.*", label) for label in control.axes["position"]]
    drawn = [effect(int(place[1]), int(place[2])) for place in places if place]
    shown = figures(view.locator(".mikit-number-below").inner_text())
    for found, true in zip(shown, (median(drawn), min(drawn), max(drawn)), strict=True):
        assert near(found, true)


def check_dose(view: Locator, model: Model, layer: int, position: int) -> int:
    """Everything that stands beside the slider, at the dose where it stands; that dose's index."""
    at = int(view.get_by_role("slider", name="Dose").input_value())
    logits, base = (restored(model, PAIR, layer, position, dose) for dose in (at / 16, 0))
    value, low = difference(model, PAIR, logits), difference(model, PAIR, base)
    high = difference(model, PAIR, restored(model, PAIR, 0, 2))
    dose, shown = figures(view.locator(".mikit-pat-here").inner_text())
    assert near(dose, at / 16) and near(shown, value)

    ticks = [number(text) for text in view.locator(".mikit-pat-tick").all_text_contents() if "." in text]
    assert near(ticks[0], low) and near(ticks[1], high)
    levels = [float(line.get_attribute("y1") or "nan") for line in view.locator(".mikit-pat-level").all()]
    dot = float(view.locator(".mikit-pat-dot").get_attribute("cy") or "nan")
    share = (value - low) / (high - low)
    assert dot == pytest.approx(levels[0] + share * (levels[1] - levels[0]), abs=0.5)

    for row in view.locator(".mikit-pat-row").all():
        token = model.tokens(row.locator(".mikit-pat-token").inner_text()).ids[0, 0]
        before, now = row.locator(".mikit-pat-figures").inner_text().split(" → ")
        for text, run in ((before, base), (now, logits)):
            share = 100 * float(run.softmax(-1)[token])
            assert share < 0.51 if text == "<1 %" else abs(int(text.split()[0]) - share) < 0.51

    own, *others = figures(view.locator(".mikit-pat-key").last.inner_text())
    assert near(own, kl(base, logits))
    places = re.findall(r"L(\d+) w\d+ \((\d+)\)", view.locator(".mikit-pat-key").first.inner_text())
    assert len(places) == len(others) == 3
    for (row, column), shown in zip(places, others, strict=True):
        assert near(shown, kl(base, restored(model, PAIR, int(row), int(column), at / 16)))
    return at


def test_a_cell_is_clicked_and_its_dose_dragged_while_a_cell_runs(
    notebook: Notebook, page: Page, lab: tuple[str, Path], model: Model
) -> None:
    notebook.open(MODEL, VIEW, TRACES)
    notebook.run(0)
    notebook.run(1)
    view = notebook.output(1).locator(".mikit-patching")
    settled(view)
    check_map(view, model)

    choose(page, view, 0, 4, model.spec.layers)  # JupyterLab's second thread is there from the first message on
    expect(view.locator(".mikit-pat-site")).to_have_text("Dose of L0 w5 (4)")
    notebook.start(2)
    expect(notebook.output(2)).to_contain_text("started")
    for layer, position in ((1, 2), (2, 3)):
        choose(page, view, layer, position, model.spec.layers)
        expect(view.locator(".mikit-pat-site")).to_have_text(f"Dose of L{layer} w{position + 1} ({position})")
        settled(view)
        check_number(view, model, layer, position)
        check_dose(view, model, layer, position)
        slider = view.get_by_role("slider", name="Dose")
        seen = []
        for part in np.linspace(1, 0, 9):
            pull(page, slider, float(part))
            seen.append(check_dose(view, model, layer, position))
        assert seen == list(range(16, -1, -2))
        page.mouse.up()
        pull(page, slider, 1.0)
        page.mouse.up()
    screenshot(page, "lab-patching")
    assert "ended" not in notebook.output(2).inner_text()
    (lab[1] / "dragged").touch()
    expect(notebook.output(2)).to_contain_text("ended")

    view.get_by_label("original").fill("w1 w2")
    page.keyboard.press("Enter")
    expect(view.locator(".mikit-error")).to_contain_text("as many tokens")
    expect(view.locator(".mikit-chip-mark", has_text="old")).to_be_visible()
    expect(view.locator(".mikit-pat-left")).to_have_css("opacity", "0.45")
    view.get_by_label("changed").fill("w1 w6")
    page.keyboard.press("Enter")
    settled(view)
    expect(view.locator(".mikit-pat-tokens text")).to_have_text(["w1", "w2", "w1", "w6"])


def pull(page: Page, slider: Locator, part: float) -> None:
    """Press the pointer on a slider, or move it while pressed, to a share of its length."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 8 + part * (box["width"] - 16), box["y"] + box["height"] / 2)
    page.mouse.down()


FROM_HAND_TO_PICTURE = """(slider) => {
    const took = [];
    for (let dose = 0; dose <= 16; dose++) {
        const from = performance.now();
        slider.value = dose;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        slider.closest(".mikit").getBoundingClientRect();
        took.push(performance.now() - from);
    }
    return took;
}"""


def test_a_saved_page_keeps_the_slider(page: Page, tmp_path: Path, model: Model) -> None:
    view = PatchingView(model, PAIR).run()
    layer, position = view.selected
    page.set_viewport_size({"width": 532, "height": 900})
    page.goto(view.freeze(tmp_path / "page.html").as_uri())
    root = page.locator(".mikit-patching")
    expect(root).to_have_attribute("data-width", "narrow")
    slider = root.get_by_role("slider", name="Dose")
    slider.focus()
    for _ in range(8):
        page.keyboard.press("ArrowLeft")
    assert check_dose(root, model, layer, position) == 8
    choose(page, root, 0, 1, model.spec.layers)
    assert check_dose(root, model, layer, position) == 8
    assert median(slider.evaluate(FROM_HAND_TO_PICTURE)) < 50
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    screenshot(page, "page-patching-narrow")
