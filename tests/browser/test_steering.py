"""Steering with a real pointer: the real model in JupyterLab, dragged while it writes; and a saved page without a
kernel."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

import mikit
from mikit.widgets.steering import SteeringPanel
from tests import tiny
from tests.browser.conftest import screenshot
from tests.browser.notebook import Notebook
from tests.widgets.test_steering import DOSES, ODD, PROMPT, WORDS, shorten

LENGTH = 16
FIRST = "Hi, about the party on Saturday:"

SETUP = f"""
import json
from functools import partial
import mikit
from mikit.models.weights import weights_hash
from mikit.studies.contrasts import FORMALITY, MOOD
from mikit.studies.prompts import TextPrompt
from mikit.studies.steer_text import SteerText
from mikit.widgets import steering

model = mikit.load("smollm2-135m")
before = weights_hash(model.hf)
steering.SteerText = partial(SteerText, length={LENGTH})
"""
ONE = f"one = mikit.SteeringPanel(model, prompt={FIRST!r}); one"
OTHER = 'other = mikit.SteeringPanel(model, direction="mood", prompt="The soup today was"); other'
CHECK = f"""
def written(direction, prompt, dose):
    steered = mikit.Steering(direction=direction, layers=(14,))
    study = SteerText(model=model.ref, prompt=TextPrompt(text=prompt), steering=steered, dose=dose, length={LENGTH})
    found = mikit.run_study(study, model).texts
    return [found["unsteered 0"], found["steered 0"]]

print(json.dumps([one.dose, other.dose, written(FORMALITY, {FIRST!r}, one.dose),
                  written(MOOD, "The soup today was", other.dose)]))
"""
UNCHANGED = "weights_hash(model.hf) == before"


def settled(view: Locator) -> None:
    expect(view).to_have_attribute("data-status", "idle")
    expect(view).not_to_have_attribute("data-old", "")


def drawn(view: Locator, column: str) -> list[str]:
    return view.locator(f".mikit-st-{column} .mikit-token").all_text_contents()


def marked(tokens: list[str]) -> list[str]:
    """Tokens as the page draws them."""
    return [re.sub("^ +", lambda spaces: "·" * len(spaces[0]), token).replace("\n", "⏎") for token in tokens]


def title(view: Locator) -> Locator:
    """What the steered column says of its strength."""
    return view.locator(".mikit-st-changed .mikit-st-title")


def signed(dose: float) -> str:
    return f"{dose:+.2f}".replace("-", "\N{MINUS SIGN}") if dose else "0.00"


class Drag:
    """The pointer on the slider's thumb."""

    def __init__(self, page: Page, view: Locator) -> None:
        self._mouse, self._slider = page.mouse, view.get_by_role("slider", name="Strength")
        self._slider.scroll_into_view_if_needed()
        self._box = self._slider.bounding_box()
        self._ends = [float(self._slider.get_attribute(name)) for name in ("min", "max")]
        self._mouse.move(*self._at(float(self._slider.input_value())))
        self._mouse.down()

    def to(self, dose: float) -> None:
        self._mouse.move(*self._at(dose))
        expect(self._slider).to_have_value(f"{dose:g}")

    def drop(self) -> None:
        self._mouse.up()

    def _at(self, dose: float) -> tuple[float, float]:
        low, high = self._ends
        thumb = 16
        along = (dose - low) / (high - low) * (self._box["width"] - thumb) + thumb / 2
        return self._box["x"] + along, self._box["y"] + self._box["height"] / 2


def test_a_drag_while_text_is_written(notebook: Notebook, page: Page) -> None:
    notebook.open(SETUP, ONE, OTHER, CHECK, UNCHANGED)
    notebook.run(0)
    notebook.run(1)
    one = notebook.output(1).locator(".mikit-steering")
    expect(one.locator(".mikit-st-changed .mikit-token").nth(1)).to_be_visible()
    drag = Drag(page, one)
    for step in range(10):
        dose = round(-0.5 + step / 10, 2)
        drag.to(dose)
        expect(one).to_have_attribute("data-status", "busy")
        if step % 3 == 0:
            expect(title(one)).to_contain_text(signed(dose))  # its first token stands there: the next drag cuts it off
    drag.drop()

    notebook.run(2)
    other = notebook.output(2).locator(".mikit-steering")
    Drag(page, other).to(-0.4)
    page.mouse.up()
    Drag(page, one).to(0.5)
    page.mouse.up()
    settled(one)
    settled(other)
    shown = [[drawn(view, "plain"), drawn(view, "changed")] for view in (one, other)]
    one.scroll_into_view_if_needed()
    screenshot(page, "lab-steering")
    *doses, expected, beside = json.loads(notebook.run(3))
    assert doses == [0.5, -0.4]
    assert shown == [[marked(text) for text in texts] for texts in (expected, beside)]
    expect(title(one)).to_contain_text(signed(0.5))

    one.get_by_role("slider", name="Strength").press("ArrowLeft")
    expect(title(one)).to_contain_text(signed(0.45))
    one.get_by_role("button", name="Stop").click()
    expect(one).to_have_attribute("data-status", "stopped")
    stopped = drawn(one, "changed")
    assert 0 < len(stopped) < LENGTH
    assert notebook.run(4).strip() == "True"
    assert drawn(one, "changed") == stopped


def test_a_saved_page_goes_to_the_measured_strengths(page: Page, tmp_path: Path, monkeypatch) -> None:
    shorten(monkeypatch)
    model = mikit.load(tiny.weights("llama"), tokenizer=tiny.tokenizer())
    view = SteeringPanel(model, direction=ODD, prompt=PROMPT)
    view.words, view.measuring, view.dose = WORDS, True, 0.25
    texts = [marked(text["tokens"]) for text in view.run().measured["texts"]]
    page.set_viewport_size({"width": 532, "height": 1000})
    page.goto(view.freeze(tmp_path / "page.html").as_uri())
    root = page.locator(".mikit-steering")
    streamed = marked(view.stream["samples"][0]["steered"]["tokens"])
    assert drawn(root, "changed") == streamed  # what was on screen when it was saved
    slider = root.get_by_role("slider", name="Strength")
    for key, at in (("ArrowLeft", 1), ("ArrowLeft", 0), ("ArrowRight", 1), ("ArrowRight", 2)):
        slider.press(key)
        expect(title(root)).to_contain_text(signed(DOSES[at]))
        assert (drawn(root, "plain"), drawn(root, "changed")) == (texts[1], texts[at])
    expect(root).to_contain_text("the slider goes to the 3 measured strengths")
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    screenshot(page, "page-steering-narrow")
