"""Saved pages in a real browser: offline, without a kernel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import mikit
from mikit.widgets.attention import AttentionView
from mikit.widgets.base import View
from mikit.widgets.heatmap import ActivationHeatmap
from mikit.widgets.tokens import TokenStrip
from tests import tiny
from tests.browser.conftest import screenshot

TEXTS = ["a", " b", "</script><script>window.stolen = 1</script>"]


def attention() -> View:
    model = mikit.load(tiny.weights("llama"), tokenizer=tiny.tokenizer(chat=True))
    return AttentionView(model, text="w1 w2 w3 w1 w2", muted=[(0, 1)]).run()


MAKE: dict[str, Callable[[], View]] = {
    "attention": attention,
    "heatmap": lambda: ActivationHeatmap(np.array([[1.0, -2.0, np.nan]]), cols=TEXTS, tokens_on_x=True),
    "tokens": lambda: TokenStrip(TEXTS, [0.1, 0.5, 0.9], unit="nats"),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder: Path = tmp_path_factory.mktemp("pages")
    return {name: make().freeze(folder / f"{name}.html").as_uri() for name, make in MAKE.items()}


@pytest.mark.parametrize("context", ["light", "dark"], indirect=True)
@pytest.mark.parametrize("kind", MAKE)
def test_opens_offline_in_both_themes(
    page: Page, pages: dict[str, str], kind: str, request: pytest.FixtureRequest
) -> None:
    asked: list[str] = []
    page.on("request", lambda call: asked.append(call.url))
    page.goto(pages[kind])
    root = page.locator(f".mikit-{kind}")
    theme = "dark" if "dark" in request.node.name else "light"
    expect(root).to_have_attribute("data-theme", theme)
    expect(root).to_contain_text("A saved page")
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
    assert page.evaluate("() => window.stolen") is None
    screenshot(page, f"page-{kind}-{theme}")


@pytest.mark.parametrize("kind", MAKE)
def test_nothing_sticks_out_on_a_narrow_page(page: Page, pages: dict[str, str], kind: str) -> None:
    page.set_viewport_size({"width": 532, "height": 900})
    page.goto(pages[kind])
    expect(page.locator(f".mikit-{kind}")).to_have_attribute("data-width", "narrow")
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    screenshot(page, f"page-{kind}-narrow")


def test_the_browser_refuses_requests_from_a_page(page: Page, pages: dict[str, str]) -> None:
    page.goto(pages["tokens"])
    expect(page.locator(".mikit-tokens")).to_be_visible()
    refused = page.evaluate(
        """() => new Promise((tell) => {
            document.addEventListener("securitypolicyviolation", (event) => tell(event.effectiveDirective));
            fetch("https://example.org").then(() => tell("sent"), () => {});
        })"""
    )
    assert refused == "connect-src"


def test_a_saved_heatmap_still_answers(page: Page, pages: dict[str, str]) -> None:
    page.goto(pages["heatmap"])
    page.get_by_role("button", name="Read as a table").click()
    expect(page.get_by_role("table")).to_contain_text("−2.00")


def test_a_saved_attention_view_locks_and_offers_its_record(page: Page, pages: dict[str, str]) -> None:
    page.goto(pages["attention"])
    expect(page.get_by_text("guessed, L0H1 off")).to_be_visible()
    page.get_by_role("application", name="The text, token by token").get_by_text("w3").click()
    expect(page.locator(".mikit-att-locked")).to_have_text("w3")
    expect(page.get_by_role("switch")).to_be_disabled()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save record").click()
    saved = download.value.path().with_suffix(".json")
    download.value.save_as(saved)
    assert [r.study.kind for r in mikit.Record.read(saved).results] == ["attention", "mute-heads", "head-scores"]
