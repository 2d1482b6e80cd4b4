from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from mikit import doctor
from mikit.doctor import Environment, Line

FITTING = {
    "jupyterlab": "4.6.6",
    "jupyterlab_widgets": "3.0.17",
    "ipywidgets": "8.1.9",
    "anywidget": "0.11.0",
    "mikit": "0.1.0",
}


def environment(**changed: str | None) -> Environment:
    versions = {name: found for name, found in {**FITTING, **changed}.items() if found is not None}
    return Environment("/env/bin/python", versions, "/env/bin/python")


@pytest.mark.parametrize(
    ("line", "ok", "words"),
    [
        (lambda: doctor.python_line((3, 11)), True, "3.11"),
        (lambda: doctor.python_line((3, 10)), False, "install Python 3.11"),
        (lambda: doctor.lab_line(environment()), True, "4.6.6 (/env/bin/python)"),
        (lambda: doctor.lab_line(environment(jupyterlab="4.3.9")), False, "jupyterlab>=4.4"),
        (lambda: doctor.lab_line(environment(jupyterlab=None)), False, "not installed"),
        (lambda: doctor.kernel_line(environment()), True, "mikit 0.1.0"),
        (lambda: doctor.kernel_line(environment(mikit=None)), False, "/env/bin/python -m pip install mikit"),
        (lambda: doctor.memory_line(2.1e9), True, "2.1 GB"),
        (lambda: doctor.memory_line(1.9e9), False, "shut down other kernels"),
        (lambda: doctor.models_line({"smollm2-135m": 540_000_000}), True, "smollm2-135m (540 MB)"),
        (lambda: doctor.models_line({"gpt2": 1}), False, "mikit models fetch smollm2-135m"),
        (lambda: doctor.disk_line(1.1e9), True, "1.1 GB"),
        (lambda: doctor.disk_line(0.9e9), False, "MIKIT_CACHE"),
        (lambda: doctor.network_line({"https://a.org/": True}, False), True, "online: a.org"),
        (lambda: doctor.network_line({"https://a.org/": False}, False), True, "offline"),
        (lambda: doctor.network_line({"https://a.org/": True}, True), True, "HF_HUB_OFFLINE"),
    ],
)
def test_each_line_judges_and_says_the_mend(line: Callable[[], Line], ok: bool, words: str) -> None:
    found = line()
    assert found.ok == ok and words in str(found)
    assert ("->" in str(found)) == (not ok)


@pytest.mark.parametrize(
    ("server", "kernel", "ok"),
    [
        ({}, {}, True),
        ({"anywidget": "0.11.3"}, {}, True),
        ({"anywidget": "0.10.0"}, {}, False),
        ({"anywidget": None}, {}, False),
        ({"jupyterlab_widgets": "1.1.11"}, {}, False),
        ({"jupyterlab_widgets": None}, {}, False),
        ({}, {"ipywidgets": "7.8.1"}, False),
        ({"jupyterlab_widgets": "1.1.11"}, {"ipywidgets": "7.8.1"}, True),
        ({}, {"ipywidgets": "9.0.0"}, False),
        ({}, {"anywidget": None}, False),
    ],
)
def test_both_halves_of_the_widgets_are_compared(
    server: dict[str, str | None], kernel: dict[str, str | None], ok: bool
) -> None:
    assert doctor.widgets_line(environment(**server), environment(**kernel)).ok == ok


def test_the_mend_gives_the_server_what_the_kernel_has() -> None:
    line = doctor.widgets_line(environment(anywidget="0.9.1"), environment())
    assert "/env/bin/python -m pip install anywidget==0.11.0 ipywidgets==8.1.9" in line.mend
    assert "anywidget 0.9.1" in line.value and "anywidget 0.11.0" in line.value


def test_this_environment_is_read_by_asking_its_python() -> None:
    found = doctor.ask_environment(sys.executable)
    assert found.python == sys.executable
    assert {"jupyterlab", "jupyterlab_widgets", "ipywidgets", "anywidget"} <= found.versions.keys()
    assert Path(found.kernel).exists()


def test_a_python_that_is_gone_gives_an_empty_answer() -> None:
    found = doctor.ask_environment("/nowhere/python")
    assert found.versions == {} and not doctor.lab_line(found).ok


def test_a_broken_torch_is_a_line_and_not_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    line = doctor.torch_line()
    assert not line.ok and "force-reinstall" in line.mend


def test_torch_says_device_and_threads() -> None:
    import torch

    assert f"{torch.get_num_threads()} threads" in doctor.torch_line().value


def test_free_disk_is_asked_where_models_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIKIT_CACHE", str(tmp_path / "not" / "made" / "yet"))
    assert doctor.free_disk() > 0


class Answer(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_response(404 if self.path == "/refused" else 200)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


def test_what_answers_is_reachable_and_what_hangs_does_not_hold_the_rest_up() -> None:
    with HTTPServer(("127.0.0.1", 0), Answer) as server, socket.create_server(("127.0.0.1", 0)) as silent:
        thread = Thread(target=server.serve_forever)
        thread.start()
        here = f"http://127.0.0.1:{server.server_port}"
        hangs = f"http://127.0.0.1:{silent.getsockname()[1]}"
        started = time.monotonic()
        found = doctor.reachable([f"{here}/", f"{here}/refused", hangs, "http://127.0.0.1:1"], seconds=0.5)
        took = time.monotonic() - started
        server.shutdown()
        thread.join()
    assert list(found.values()) == [True, True, False, False]
    assert took < 1.0


def test_the_whole_examination_names_every_subject(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "reachable", lambda addresses: dict.fromkeys(addresses, False))
    monkeypatch.setattr(doctor, "server_pythons", lambda: [sys.executable])
    names = [line.name for line in doctor.examine()]
    assert names == [
        "Python", "JupyterLab", "Kernel", "Widgets", "Memory", "PyTorch", "Models", "Disk", "Network",
    ]  # fmt: skip
