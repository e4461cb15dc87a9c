"""The server on the loopback: for the browser of this computer, and for no other site."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from grader.errors import PictureError
from grader.i18n import both
from grader.playground import PageServer, Site
from grader.playground.serve import bring
from tests.conftest import ROOT, Command
from tests.playground.conftest import Open

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def serving(server: ThreadingHTTPServer) -> ThreadingHTTPServer:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def fetch(address: str) -> bytes:
    """Stands in for the network."""
    if "nowhere" in address:
        raise PictureError(both("There is no picture at that address, but something else, such as a web page."))
    return PNG + address.encode()


@pytest.fixture
def server(built: None) -> Iterator[PageServer]:
    made = PageServer(Site([], {"litert.wasm.gz": b"\x1f\x8b"}), "en", 0, fetch=fetch)
    serving(made)
    yield made
    made.shutdown()
    made.server_close()


Ask = Callable[..., tuple[int, dict[str, str], bytes]]


@pytest.fixture
def ask(server: PageServer) -> Ask:
    def ask(
        method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        found = answer.status, dict(answer.headers), answer.read()
        connection.close()
        return found

    return ask


def test_it_serves_the_page_and_its_files_and_nothing_else(ask: Ask) -> None:
    status, headers, page = ask("GET", "/")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"Try your network" in page
    assert ask("GET", "/litert.wasm.gz")[2] == b"\x1f\x8b"
    for path in ("/../etc/passwd", "/etc/passwd", "//litert.wasm.gz/..", "/site.py", "/%2e%2e/x", "/index.html/x"):
        assert ask("GET", path)[0] == 404, path


def test_its_policy_lets_the_page_ask_its_own_host_only(ask: Ask) -> None:
    _, headers, page = ask("GET", "/")
    policy = headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert "'unsafe-inline'" not in policy
    assert "'unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")
    assert re.search(rb'http-equiv="Content-Security-Policy"', page)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "", "127.0.0.1:1"])
def test_another_name_for_the_loopback_gets_nothing(ask: Ask, host: str) -> None:
    status, _, body = ask("GET", "/", Host=host)
    assert status == 421
    assert b"network" not in body


def test_it_brings_a_picture_for_the_page_only(ask: Ask, server: PageServer) -> None:
    body = json.dumps({"address": "https://example.org/a.png"}).encode()
    own = server.url.rstrip("/")
    status, _, data = ask("POST", "/picture", body, Content_Type="application/json", Origin=own)
    assert (status, data) == (200, PNG + b"https://example.org/a.png")
    for headers in (
        {"Content_Type": "application/json"},
        {"Content_Type": "application/json", "Origin": "https://evil.example"},
        {"Content_Type": "application/json", "Origin": "null"},
        {"Content_Type": "text/plain", "Origin": own},
    ):
        assert ask("POST", "/picture", body, **headers)[0] == 403, headers
    status, _, data = ask("POST", "/picture", b"[" * 5000, Content_Type="application/json", Origin=own)
    assert status == 400
    status, _, data = ask("POST", "/picture", b"x" * 9000, Content_Type="application/json", Origin=own)
    assert status == 403
    nowhere = json.dumps({"address": "https://example.org/nowhere"}).encode()
    status, _, data = ask("POST", "/picture", nowhere, Content_Type="application/json", Origin=own)
    assert status == 400
    assert json.loads(data)["en"].startswith("There is no picture")


class _Elsewhere(BaseHTTPRequestHandler):
    """Another host, with pictures, traps and redirections."""

    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(PNG if self.path == "/a.png" else b"<html>")

    def log_message(self, format: str, *args: Any) -> None:
        pass


def test_what_an_address_brings_is_a_picture_or_a_sentence(tmp_path: Path) -> None:
    other = serving(ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere))
    base = f"http://127.0.0.1:{other.server_port}"
    assert bring(f"{base}/a.png") == PNG
    secret = tmp_path / "secret.png"
    secret.write_bytes(PNG)
    for address in (
        f"{base}/page",
        f"{base}/away",
        secret.as_uri(),
        "ftp://example.org/a.png",
        "a.png",
        "http://127.0.0.1:1/a.png",
        "http://[::1/a.png",
        "http://example.org:99999/",
        "data:image/png;base64,AAAA",
    ):
        with pytest.raises(PictureError):
            bring(address)
    other.shutdown()
    other.server_close()


def test_the_page_brings_a_picture_by_its_address(
    kinds: Path, open_page: Open, built: None, command: Command
) -> None:
    """The real command serves, the browser asks the loopback alone, and Ctrl+C ends it."""
    other = serving(ThreadingHTTPServer(("127.0.0.1", 0), _Picture))
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "grader",
            "playground",
            str(kinds / "flat_sigmoid.keras"),
            "--no-browser",
            "--port",
            "0",
        ],
        cwd=ROOT,
        env={**os.environ, "GRADER_LANG": "en", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    try:
        assert process.stdout is not None
        match = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        assert match is not None
        page = open_page(match[0])
        page.page.get_by_label("Address of a picture").fill(f"http://127.0.0.1:{other.server_port}/cat.png")
        page.page.get_by_role("button", name="Load").click()
        page.wait("document.querySelector('.caption').textContent === 'cat.png'")
        page.ready()
        assert len(page.bars()) == 2
        assert not [r for r in page.requests if not r.startswith((match[0], "blob:", "data:"))]
        assert not page.problems
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        other.shutdown()
        other.server_close()


class _Picture(_Elsewhere):
    def do_GET(self) -> None:
        import io

        from PIL import Image

        stream = io.BytesIO()
        Image.new("RGB", (20, 24), (200, 10, 40)).save(stream, format="PNG")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(stream.getvalue())


def test_a_port_in_use_is_said(kinds: Path, built: None, command: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = command("playground", kinds / "grey.keras", "--no-browser", "--port", port)
    assert done.code == 2
    assert f"Port {port} is in use" in done.err
