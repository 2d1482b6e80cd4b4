"""The claim's page as somebody uses it who writes no code: only clicks and typing, in a real JupyterLab."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from mikit.studies.record import Record
from tests import tiny
from tests.browser.conftest import screenshot
from tests.browser.notebook import Notebook

VIEWS = """
import mikit
from mikit.studies.claim import NameList
names = [NameList(name=f"list {i}", names=[f"w{k}" for k in range(20 * i + 20, 20 * i + 26)]) for i in (0, 1)]
mikit.ClaimView("tiny", wordings=["w1 {IO} w2 {S} w3 {S} w4"], names=names, n=8)
"""


@pytest.fixture
def model(lab: tuple[str, Path]) -> None:
    """Weights in the notebook's folder, so that the record can name them."""
    tiny.weights("llama", seed=5).save_pretrained(lab[1] / "tiny")
    tiny.tokenizer().save_pretrained(lab[1] / "tiny")


def step(view: Locator, name: str) -> None:
    view.get_by_role("button", name=name, exact=True).click()


@pytest.mark.usefixtures("model")
def test_from_a_claim_to_its_page_and_back(notebook: Notebook, page: Page, lab: tuple[str, Path]) -> None:
    notebook.open(VIEWS, "mikit.ReplayView()")
    notebook.run(0)
    view = notebook.output(0).locator(".mikit-claim")
    expect(view).to_contain_text("not locked yet")
    step(view, "4 Run")
    expect(view).to_contain_text("Lock the rule first")

    step(view, "1 Claim")
    view.get_by_label("The claim").fill("It names the second word.")
    step(view, "2 Words and names")
    expect(view).to_contain_text("will be stamped “one wording”")
    view.get_by_label("Add a wording").select_option(label="an empty line to write into")
    view.get_by_label("Wording 2", exact=True).fill("{S} w1 w2 w3")
    step(view, "3 Rule")
    view.get_by_label("At least, %").fill("90")
    step(view, "Lock the rule")
    expect(view).to_contain_text("lacks {IO}")
    step(view, "2 Words and names")
    view.get_by_label("Wording 2", exact=True).fill("{S} w1 w2 {IO} w3")
    step(view, "3 Rule")
    expect(view).to_contain_text("at least 90 % of the prompts are right")
    step(view, "Lock the rule")

    expect(view).to_contain_text("locked: nothing has run yet")
    step(view, "Run")
    expect(view.locator(".mikit-claim-word")).to_have_text("rule not met")
    expect(view.locator(".mikit-claim-figures")).to_have_count(4)
    screenshot(page, "claim-run")
    step(view, "3 Rule")
    expect(view.get_by_label("At least, %")).to_be_disabled()
    step(view, "5 The page")
    dosed = view.locator(".mikit-claim-dosed")
    expect(dosed).to_contain_text("dose 1.00")
    view.get_by_label("Dose, from changed to original").fill("4")
    expect(dosed).to_contain_text("dose 0.25")
    view.get_by_role("button", name="Save record").click()
    expect(view).to_contain_text("Saved mikit-record-claim-1.json")
    view.get_by_role("button", name="Save page").click()
    expect(view).to_contain_text("Saved mikit-page-claim-1.html")
    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    expect(view).to_have_attribute("data-theme", "dark")
    screenshot(page, "claim-page-dark")
    view.screenshot(path=str(Path("build/screenshots/claim-page-dark-view.png")))

    notebook.run(1)
    replay = notebook.output(1).locator(".mikit-replay")
    replay.get_by_label("A record beside this notebook").select_option("mikit-record-claim-1.json")
    expect(replay).to_contain_text("Claim: It names the second word.")
    replay.get_by_role("button", name="Replay", exact=True).click()
    expect(replay).to_contain_text("Found again: of ")
    expect(replay).to_contain_text("Verdict recorded: rule not met. Verdict now: rule not met.")
    screenshot(page, "claim-replayed")
    replay.get_by_label("A record from this computer").set_input_files(
        files=[{"name": "notes.json", "mimeType": "application/json", "buffer": b"[]"}]
    )
    expect(replay).to_contain_text("notes.json is JSON, but no record")
    replay.get_by_label("A record from this computer").set_input_files(lab[1] / "mikit-page-claim-1.html")
    replay.get_by_role("button", name="Replay", exact=True).click()
    expect(replay).to_contain_text("Found again: of ")

    step(view, "3 Rule")
    step(view, "Start over with a new claim")
    expect(view.get_by_label("The claim")).to_be_enabled()
    expect(view).to_contain_text("not locked yet")
    step(view, "3 Rule")
    step(view, "Lock the rule")
    step(view, "Run")
    expect(view.locator(".mikit-claim-word")).to_have_text("rule not met")
    view.get_by_role("button", name="Save record").click()
    expect(view).to_contain_text("Saved mikit-record-claim-2.json")
    study = Record.read(lab[1] / "mikit-record-claim-2.json").results[0].study
    (before,) = study.earlier  # type: ignore[attr-defined]
    assert before.claim == "It names the second word." and before.verdict == "rule not met"

    page.goto((lab[1] / "mikit-page-claim-1.html").as_uri())
    saved = page.locator(".mikit-claim")
    expect(saved.locator(".mikit-claim-word")).to_have_text("rule not met")
    expect(saved).to_contain_text("Does not show")
    saved.get_by_label("Dose, from changed to original").fill("8")
    expect(saved.locator(".mikit-claim-dosed")).to_contain_text("dose 0.50")
    saved.screenshot(path=str(Path("build/screenshots/claim-saved-view.png")))
    with page.expect_download() as download:
        saved.get_by_role("button", name="Save record").click()
    content = json.loads(Path(download.value.path()).read_text())
    assert [entry["result"]["study"]["kind"] for entry in content["entries"]] == ["claim", "dose"]
