"""A picture by its address, brought because somebody at this computer asked for exactly that one."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from http.client import HTTPException

from grader.errors import PictureError

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
