"""Driving a notebook in JupyterLab through its own commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

KERNEL = "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel"
CONTENT = "window.jupyterapp.shell.currentWidget.content"


class Notebook:
    """One notebook in the one tab of a JupyterLab."""

    def __init__(self, page: Page, address: str, folder: Path, name: str) -> None:
        self.page = page
        self._address = f"{address}/lab/tree/{name}"
        self._path = folder / name

    def open(self, *cells: str) -> None:
        """Write the cells to the file, open it, and wait for the kernel. Runs nothing."""
        code = [
            {
                "cell_type": "code",
                "id": f"cell{i}",
                "metadata": {},
                "outputs": [],
                "execution_count": None,
                "source": cell,
            }
            for i, cell in enumerate(cells)
        ]
        kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
        content = {"cells": code, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
        self._path.write_text(json.dumps(content))
        self.load()
        self.command("apputils:change-theme", theme="JupyterLab Light")  # the server keeps the last test's

    def load(self) -> None:
        """Open the file in a clean workspace and wait until its kernel is idle."""
        self.page.goto(f"{self._address}?reset")
        self.page.wait_for_function("() => typeof window.jupyterapp === 'object'")
        self.page.evaluate("async () => { await window.jupyterapp.started; }")
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")
        self.page.wait_for_function(f"() => {KERNEL}?.status === 'idle'")
        self.page.wait_for_function(f"() => {CONTENT}.model.cells.length > 0")

    def start(self, cell: int) -> None:
        """Start a cell and do not wait for its end."""
        go = "void window.jupyterapp.commands.execute('notebook:run-cell')"
        self.page.evaluate(f"(i) => {{ {CONTENT}.activeCellIndex = i; {go}; }}", cell)

    def run(self, cell: int) -> str:
        """Run a cell to its end; its plain text output. A cell that fails fails the test, with its traceback."""
        outputs = self.page.evaluate(
            f"""async (i) => {{
                const notebook = {CONTENT};
                notebook.activeCellIndex = i;
                await window.jupyterapp.commands.execute('notebook:run-cell');
                const outputs = notebook.widgets[i].model.outputs;
                return Array.from({{ length: outputs.length }}, (_, k) => outputs.get(k).toJSON());
            }}""",
            cell,
        )
        return "".join(_text(output) for output in outputs)

    def command(self, name: str, **arguments: Any) -> None:
        self.page.evaluate("([name, args]) => window.jupyterapp.commands.execute(name, args)", [name, arguments])

    def output(self, cell: int) -> Locator:
        return self.page.locator(f'.jp-Cell[data-windowed-list-index="{cell}"] .jp-OutputArea')

    def cells(self) -> int:
        return int(self.page.evaluate(f"() => {CONTENT}.model.cells.length"))

    def save(self) -> str:
        """Save, and give the file's text."""
        self.page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save'); }")
        return self._path.read_text()

    def shut_down(self) -> None:
        """End every kernel of the server, so that the next test has the machine to itself."""
        self.page.evaluate("async () => { await window.jupyterapp?.serviceManager.sessions.shutdownAll(); }")


def _text(output: dict[str, Any]) -> str:
    if output["output_type"] == "error":
        raise AssertionError("\n".join(output["traceback"]))
    if output["output_type"] == "stream":
        return str(output["text"])
    return str(output.get("data", {}).get("text/plain", ""))
