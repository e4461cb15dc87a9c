"""The page on this computer's own loopback address: for its browser, and for nobody else.

Other sites can reach a server on the loopback through the browser of whoever visits them; so every request must
name this host (a stranger's name that was made to mean 127.0.0.1 does not), and what does something must come from
the page.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from grader.errors import PictureError
from grader.playground.site import Site, policy
from grader.schema import Lang

MAX_BYTES = 32 << 20
_SECONDS = 20.0
#: How the files begin that browsers show as pictures: JPEG, PNG, GIF, BMP, and WebP (within a RIFF file).
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"RIFF")


def bring(address: str) -> bytes:
    """The picture file at ``address``.

    Raises:
        PictureError: no http or https address; nothing there; too large, too slow, or no picture.
    """
    if not address.startswith(("http://", "https://")):
        raise PictureError("An address begins with https:// or http://.")
    deadline = time.monotonic() + _SECONDS
    data = bytearray()
    try:
        request = urllib.request.Request(address, headers={"User-Agent": "vision-grader", "Accept": "image/*"})
        with _opener().open(request, timeout=_SECONDS) as answer:
            while part := answer.read(1 << 16):
                data += part
                if len(data) > MAX_BYTES:
                    raise PictureError("What is at that address is larger than 32 MB.")
                if time.monotonic() > deadline:
                    raise PictureError("That host is too slow.")
    except (OSError, ValueError, HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise PictureError("That address can't be loaded ({reason}).", reason=str(reason)[:200]) from error
    if not data.startswith(_BEGINNINGS):
        raise PictureError("There is no picture at that address, but something else, such as a web page.")
    return bytes(data)


def _opener() -> urllib.request.OpenerDirector:
    """Follows http and https only: a redirection must not lead to a file."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    return opener


ADDRESS = "127.0.0.1"
_TYPES = {".gz": "application/gzip", ".png": "image/png", ".jpg": "image/jpeg"}
_MAX_BODY = 8192


class PageServer(ThreadingHTTPServer):
    """Serves one page until it is closed."""

    daemon_threads = True

    def __init__(self, site: Site, lang: Lang, port: int, *, fetch: Callable[[str], bytes] = bring) -> None:
        """Listen on ``port`` of the loopback, 0 for any free one.

        Args:
            fetch: brings a picture by its address.

        Raises:
            OSError: the port is taken.
        """
        super().__init__((ADDRESS, port), _Handler)
        self.site = site
        self.page = site.html(lang, server=True)
        self.policy = policy(self.page) + "; frame-ancestors 'none'"
        self.fetch = fetch

    @property
    def url(self) -> str:
        """What to open."""
        return f"http://{ADDRESS}:{self.server_port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is no event."""


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    server_version = "vision-grader"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        if not self._known_host():
            return
        path = self.path.split("?", 1)[0].lstrip("/")
        if path in ("", "index.html"):
            self._send(HTTPStatus.OK, self.server.page.encode(), "text/html; charset=utf-8")
        elif path in self.server.site.files:
            kind = _TYPES.get(path[path.rfind(".") :], "application/octet-stream")
            self._send(HTTPStatus.OK, self.server.site.files[path], kind)
        else:
            self._send(HTTPStatus.NOT_FOUND, b"not found", "text/plain")

    do_HEAD = do_GET

    def do_POST(self) -> None:
        if not self._known_host():
            return
        length = int(self.headers.get("Content-Length") or 0) if self._from_page() else -1
        if self.path != "/picture" or not 0 < length <= _MAX_BODY:
            self.close_connection = True
            self._send(HTTPStatus.FORBIDDEN, b"forbidden", "text/plain")
            return
        try:
            wanted = json.loads(self.rfile.read(length))
            address = wanted["address"]
            picture = self.server.fetch(str(address))
        except PictureError as error:
            self._send(HTTPStatus.BAD_REQUEST, error.text.model_dump_json().encode(), "application/json")
        except (ValueError, KeyError, TypeError, RecursionError):
            self._send(HTTPStatus.BAD_REQUEST, b"{}", "application/json")
        else:
            self._send(HTTPStatus.OK, picture, "application/octet-stream")

    def _hosts(self) -> set[str]:
        return {f"{name}:{self.server.server_port}" for name in (ADDRESS, "localhost")}

    def _known_host(self) -> bool:
        if self.headers.get("Host") in self._hosts():
            return True
        self.close_connection = True
        self._send(HTTPStatus.MISDIRECTED_REQUEST, b"unknown host", "text/plain")
        return False

    def _from_page(self) -> bool:
        """Whether the page itself asks, and not another site through the same browser."""
        kind = (self.headers.get("Content-Type") or "").split(";")[0].strip()
        length = self.headers.get("Content-Length") or ""
        origins = {f"http://{host}" for host in self._hosts()}
        return kind == "application/json" and length.isdigit() and self.headers.get("Origin") in origins

    def _send(self, status: HTTPStatus, data: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(data))),
            ("Content-Security-Policy", self.server.policy),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(self), microphone=(), geolocation=()"),
            ("Cache-Control", "no-store"),
        ):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the terminal belongs to the command."""
