"""The views in a real JupyterLab, on a small random model. One notebook a test."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import screenshot
from tests.browser.notebook import Notebook

MODEL = """
import mikit
from tests import tiny
model = mikit.load(tiny.weights("llama"), tokenizer=tiny.tokenizer(chat=True))
"""
GONE = "The kernel is gone. The picture stays; run cell [2] again"
VIEW = 'view = mikit.AttentionView(model, text="w1 w2 w3 w1 w2"); view'


def shown(notebook: Notebook, cell: int) -> Locator:
    """The view in a cell's output, ready."""
    root = notebook.output(cell).locator(".mikit-attention")
    expect(root).to_have_attribute("data-status", "idle")
    return root


def test_typing_muting_locking_and_keys(notebook: Notebook, page: Page) -> None:
    notebook.open(
        MODEL,
        VIEW,
        "print([t['text'] for t in view.tokens], view.muted, view.locked, view.effect['muted']['n'])",
    )
    notebook.run(0)
    notebook.run(1)
    view = shown(notebook, 1)
    screenshot(page, "lab-light")

    view.get_by_label("Text", exact=True).fill("w5 w6 w7 w5")
    line = view.get_by_role("application", name="The text, token by token")
    expect(line).to_have_text("w5w6w7w5")

    view.get_by_role("switch").click()
    expect(view.get_by_text("guessed, L0H0 off")).to_be_visible()
    expect(view.get_by_text("n = 8 of 8 draws")).to_be_visible()

    line.get_by_text("w7").click()
    shown(notebook, 1)
    assert notebook.run(2).strip() == "['w5', 'w6', 'w7', 'w5'] [(0, 0)] 2 3"

    cells = notebook.cells()
    view.get_by_role("application", name="Head map").focus()
    for key in ("d", "d", "x", "ArrowDown", "b"):
        page.keyboard.press(key)
    assert notebook.cells() == cells

    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    expect(view).to_have_attribute("data-theme", "dark")
    screenshot(page, "lab-dark")


def test_reload_kernel_gone_and_reopened_without_it(notebook: Notebook, page: Page) -> None:
    notebook.open(MODEL, VIEW, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    notebook.run(0)
    notebook.run(1)
    shown(notebook, 1)
    still = notebook.output(1).locator(".mikit-still")
    expect(still).to_contain_text("Likeliest next tokens")
    expect(still).to_be_hidden()

    notebook.save()
    notebook.load()
    view = shown(notebook, 1)
    expect(still).to_be_hidden()
    view.get_by_label("Text", exact=True).fill("w8 w9")
    expect(view.get_by_role("application", name="The text, token by token")).to_have_text("w8w9")

    notebook.start(2)
    expect(view).to_contain_text(GONE)  # nobody touched it
    expect(page.locator(".jp-Dialog")).to_be_visible()  # JupyterLab says that the kernel died
    page.keyboard.press("Enter")
    expect(view.get_by_label("Text", exact=True)).to_be_disabled()
    expect(view.get_by_role("application", name="Head map")).to_be_visible()
    screenshot(page, "lab-kernel-gone")

    notebook.load()
    expect(notebook.output(1)).to_contain_text("model not found")
    expect(still).to_be_visible()
    expect(still.locator("img")).to_have_js_property("complete", True)
    assert still.locator("img").evaluate("image => image.naturalWidth") > 20
    screenshot(page, "lab-reopened")


TYPED = 25
"""Texts typed while a cell runs its traces."""

HOLD = """
from pathlib import Path
with mikit.exclusive():
    print("held")
    Path("go").read_text()  # a pipe: blocks until the test writes
"""

TRACES = """
import torch
from mikit.trace.engine import capture
from mikit.trace.sites import Site

site, tokens, kept = Site(name="resid_post", layer=1), model.tokens("w3 w4 w5 w6"), []
hook = model.hf.model.layers[1].register_forward_hook(lambda module, args, out: kept.append(out))
with torch.no_grad():
    model.hf(tokens.ids)
hook.remove()
seen = []
view.observe(lambda change: seen.append(([t["text"] for t in view.tokens], change.new)), "patterns")
print("started", flush=True)
count = wrong = 0
while count < 1000 or not Path("enough").exists():
    wrong += not torch.allclose(capture(model, tokens, [site])[site], kept[0], atol=1e-6)
    count += 1
print("a thousand traces or more:", count >= 1000, "wrong traces:", wrong)
"""

COMPARE = """
from mikit.widgets.wire import decode, lower_triangles
def differs(words, patterns):
    ids = torch.tensor([model.tokenizer.convert_tokens_to_ids(words)])
    with torch.no_grad():
        reference = torch.stack(model.hf(ids, output_attentions=True).attentions)
    ours = decode(patterns).astype(int)
    return abs(ours - lower_triangles(reference.numpy())).max() > 1  # of 255: rounding
print("pictures:", len(seen), "wrong pictures:", sum(differs(*each) for each in seen))
"""


def test_view_and_cell_share_the_model(notebook: Notebook, page: Page, lab: tuple[str, Path]) -> None:
    notebook.open(MODEL, VIEW, HOLD, TRACES, COMPARE)
    notebook.run(0)
    notebook.run(1)
    view = shown(notebook, 1)
    text = view.get_by_label("Text", exact=True)
    line = view.get_by_role("application", name="The text, token by token")

    gate = lab[1] / "go"
    os.mkfifo(gate)
    notebook.start(2)
    expect(notebook.output(2)).to_contain_text("held")
    text.fill("w5 w6")
    expect(view).to_contain_text("waiting for your cell")
    gate.write_text("go")
    expect(line).to_have_text("w5w6")

    notebook.start(3)
    expect(notebook.output(3)).to_contain_text("started")
    for length in range(1, TYPED + 1):
        words = [f"w{length + i}" for i in range(length)]
        text.fill(" ".join(words))
        expect(line).to_have_text("".join(words))
    (lab[1] / "enough").touch()
    expect(notebook.output(3)).to_contain_text("a thousand traces or more: True wrong traces: 0")
    assert notebook.run(4).strip() == f"pictures: {TYPED} wrong pictures: 0"
