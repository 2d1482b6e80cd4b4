"""A model hub on localhost: the few answers of its API that fetching needs, and ways to misbehave."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from huggingface_hub import close_session, constants

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class FakeHub:
    """``files`` of the one repository; ``announced`` overrides what the API says of a file's bytes."""

    repo: str = "tiny/llama"
    files: dict[str, bytes] = field(default_factory=dict)
    announced: dict[str, bytes] = field(default_factory=dict)
    drops: dict[str, int] = field(default_factory=dict)  # file: how many times its transfer breaks off half way
    dead_after_drop: bool = False
    asked: list[str] = field(default_factory=list)  # files whose bytes were asked for
    sent: dict[str, int] = field(default_factory=dict)  # how many bytes of each file went out whole
    url: str = ""

    def info(self) -> dict[str, object]:
        siblings = []
        for name, content in (self.files | self.announced).items():
            sibling: dict[str, object] = {"rfilename": name, "size": len(content)}
            if name.endswith((".safetensors", ".bin")):
                digest = hashlib.sha256(content).hexdigest()
                sibling["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 100}
            else:
                sibling["blobId"] = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            siblings.append(sibling)
        return {"id": self.repo, "sha": COMMIT, "siblings": siblings, "cardData": {"license": "mit"}, "tags": []}


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        path = self.path.split("?")[0]
        if re.fullmatch(rf"/api/models/{self.hub.repo}(/revision/({COMMIT}|main))?", path):
            self._send(json.dumps(self.hub.info()).encode(), {"Content-Type": "application/json"}, body)
        elif path.startswith(f"/api/models/{self.hub.repo}/revision/"):
            self._refuse("RevisionNotFound")
        elif (match := re.fullmatch(rf"/{self.hub.repo}/resolve/{COMMIT}/(.+)", path)) and match[1] in self.hub.files:
            self._file(match[1], body)
        else:
            self._refuse("RepoNotFound")

    def _file(self, name: str, body: bool) -> None:
        content = self.hub.files[name]
        etag = hashlib.sha256(content).hexdigest()
        headers = {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        if body:
            self.hub.asked.append(name)
        if body and self.hub.drops.get(name, 0) > 0:
            self.hub.drops[name] -= 1
            self.send_response(200)
            for key, value in (headers | {"Content-Length": str(len(content))}).items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
            if self.hub.dead_after_drop:
                self.server.socket.close()
            return
        if wanted := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")):
            start = int(wanted[1])
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            content, status = content[start:], 206
        else:
            status = 200
        self._send(content, headers, body, status)
        if body:
            self.hub.sent[name] = len(content)

    def _send(self, content: bytes, headers: dict[str, str], body: bool, status: int = 200) -> None:
        self.send_response(status)
        for key, value in (headers | {"Content-Length": str(len(content))}).items():
            self.send_header(key, value)
        self.end_headers()
        if body:
            self.wfile.write(content)

    def _refuse(self, code: str) -> None:
        self.send_response(404)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@contextmanager
def serve(hub: FakeHub) -> Iterator[FakeHub]:
    """Run the hub on a free port of localhost; its address is ``hub.url``."""
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        close_session()


def use(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What HF_ENDPOINT does; the client reads that variable once, at its import."""
    close_session()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda _: None)  # between its attempts
