"""Real browsers: a headless Chromium, and one JupyterLab server with a configuration of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.notebook import Notebook

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
PATIENCE_MS = 60_000

SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}


def screenshot(page: Page, name: str) -> None:
    """Keep what the page looks like, for eyes: tests look at conditions."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = os.environ.get("MIKIT_CHROMIUM") or shutil.which("chromium")
    if program is None:
        reason = "no Chromium: install Debian's 'chromium', or name one in MIKIT_CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(params=["light"])
def context(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A window of its own at twice the pixels; parametrize it indirectly with "dark" for the dark scheme."""
    viewport = {"width": 1280, "height": 900}
    made = chromium.new_context(viewport=viewport, device_scale_factor=2, color_scheme=request.param)
    made.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS / 2)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test on any script error."""
    made = context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    yield made
    assert not errors, errors


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """(address, folder) of a JupyterLab that shares nothing with the developer's own."""
    home = tmp_path_factory.mktemp("lab")
    work = home / "work"
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "IPYTHONDIR": "ipython",
    }
    for folder in ["work", *places.values()]:
        (home / folder).mkdir()
    (home / "config" / "labconfig").mkdir()
    (home / "config" / "labconfig" / "default_setting_overrides.json").write_text(json.dumps(SETTINGS))
    port = _free_port()
    options = [
        "--no-browser",
        f"--port={port}",
        "--ip=127.0.0.1",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        "--ServerApp.password=",
        "--ServerApp.disable_check_xsrf=True",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.news_url=",
        f"--ServerApp.root_dir={work}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    environment = os.environ | {name: str(home / folder) for name, folder in places.items()} | {"PYTHONPATH": str(ROOT)}
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(server, address, home / "server.log")
        yield address, work
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


def _wait_for(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Until the server answers. Each try waits on the socket, so there is nothing to sleep for."""
    for _ in range(600):
        if server.poll() is not None:
            pytest.fail(f"JupyterLab ended at once:\n{log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{address}/api/status", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            with suppress(subprocess.TimeoutExpired):
                server.wait(timeout=0.1)
    pytest.fail(f"JupyterLab never answered:\n{log.read_text()[-2000:]}")


@pytest.fixture
def notebook(page: Page, lab: tuple[str, Path], request: pytest.FixtureRequest) -> Iterator[Notebook]:
    """A notebook named after the test; its kernel goes when the test ends."""
    address, folder = lab
    opened = Notebook(page, address, folder, f"{request.node.name.replace('[', '-').rstrip(']')}.ipynb")
    yield opened
    opened.shut_down()
