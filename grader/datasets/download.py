"""One file over HTTP into an open file: resumed where it stopped, begun anew where the server can't do that."""

from __future__ import annotations

import contextlib
import re
import ssl
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from grader.errors import DataError, OtherFileError
from grader.files import is_full
from grader.text import format_size

if TYPE_CHECKING:
    import httpx

#: Bytes received so far, and all bytes where the server says how many.
Progress = Callable[[int, int | None], None]

#: Seconds without a byte.
TIMEOUT = 30.0
#: How often in a row a connection may break before anybody is told.
_ATTEMPTS = 5
#: A connection that brought this much was not in vain: counting begins anew.
_WORTHWHILE = 1024 * 1024
#: Redirections followed.
_MOVES = 10


class _BrokenError(Exception):
    """The connection ended too early; what arrived is in the file."""


def download(
    url: str,
    file: IO[bytes],
    *,
    limit: int,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Complete ``file`` with what it lacks of ``url``.

    Args:
        file: open for appending, unbuffered; what it holds is taken for the beginning of the file.
        limit: most bytes that the whole may have.
        progress: told after each piece.
        sleep: waits between attempts.

    Raises:
        OtherFileError: more than ``limit`` bytes.
        DataError: no connection, a refusal, a connection that broke again and again, a full disk. What has arrived
            stays in ``file``.
        OSError: ``file`` can't be written for another reason.
    """
    failures = 0
    while True:
        before = file.seek(0, 2)
        try:
            _transfer(url, file, before, limit, progress)
        except _BrokenError as broken:
            after = file.seek(0, 2)
            failures = 1 if after - before >= _WORTHWHILE else failures + 1
            if failures >= _ATTEMPTS:
                raise DataError(
                    "The connection to {host} kept breaking ({reason}). What has arrived is kept: run the "
                    "command again to continue.",
                    reason=str(broken),
                    **_about(url),
                ) from broken
            sleep(min(2.0 ** (failures - 1), 8.0))
        else:
            return


def _transfer(url: str, file: IO[bytes], have: int, limit: int, progress: Progress | None) -> None:
    """One connection. ``_BrokenError``: it ended too early, or has to be made again from the start."""
    import httpx  # here: commands that download nothing start without it

    headers = {"User-Agent": _agent(), "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    # The system's certificates, not a list of httpx's own: a university's network may need one of its own.
    with httpx.Client(headers=headers, timeout=TIMEOUT, verify=ssl.create_default_context()) as client:
        try:
            response = follow(client, client.build_request("GET", url))
        except httpx.HTTPError as error:
            raise _unreachable(url, error) from error
        with contextlib.closing(response):
            try:
                _receive(response, url, file, have, limit, progress)
            except httpx.HTTPError as error:
                raise _BrokenError(_reason(error)) from error


def follow(client: httpx.Client, request: httpx.Request) -> httpx.Response:
    """The answer to ``request``, its body unread: redirections are followed, but not from HTTPS to anything else.

    Raises:
        httpx.HTTPError: no connection, too many redirections, or one away from HTTPS.
    """
    import httpx

    for _ in range(_MOVES):
        response = client.send(request, stream=True)
        if response.next_request is None:
            return response
        response.close()
        before, request = request.url.scheme, response.next_request
        if before == "https" and request.url.scheme != "https":
            raise httpx.UnsupportedProtocol(f"HTTPS -> {request.url.scheme}", request=request)
    raise httpx.TooManyRedirects("too many redirections", request=request)


def _receive(
    response: httpx.Response, url: str, file: IO[bytes], have: int, limit: int, progress: Progress | None
) -> None:
    """Append the body of ``response`` to ``file``, which has ``have`` bytes of the whole."""
    if response.status_code == 416 and have:
        if _number(r"bytes \*/(\d+)$", response) == have:
            return  # nothing was lacking
        _empty(file)
        raise _BrokenError("416")
    if not response.is_success:
        raise DataError(
            "{host} does not hand out {file} (HTTP {status}). Try again later; what has arrived is kept.",
            status=response.status_code,
            **_about(url),
        )
    if have and response.status_code != 206:
        _empty(file)  # the server sends all of it
        have = 0
    elif response.status_code == 206 and _number(r"bytes (\d+)-", response) != have:
        _empty(file)
        raise _BrokenError("Content-Range")
    length = response.headers.get("Content-Length", "")
    total = have + int(length) if length.isdecimal() else None
    if total is not None and total > limit:
        raise _other_file(url)
    if progress is not None:
        progress(have, total)
    for chunk in response.iter_raw():
        if have + len(chunk) > limit:
            raise _other_file(url)
        _append(file, chunk)
        have += len(chunk)
        if progress is not None:
            progress(have, total)


def disk_full(name: str, size: int) -> DataError:
    """No room for ``size`` more bytes of ``name``."""
    return DataError(
        "The disk is too full for {file}: {size} more are needed. What has arrived is kept: make room, then "
        "run the command again.",
        file=name,
        size=format_size(size),
    )


def _append(file: IO[bytes], chunk: bytes) -> None:
    rest = memoryview(chunk)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as error:
        if not is_full(error):
            raise
        raise DataError(
            "The disk is full. What has arrived of {file} is kept: make room, then run the command again.",
            file=str(file.name),
        ) from error


def _empty(file: IO[bytes]) -> None:
    file.seek(0)
    file.truncate()


def _number(pattern: str, response: httpx.Response) -> int | None:
    """The number that ``pattern`` finds in the header ``Content-Range``."""
    match = re.match(pattern, response.headers.get("Content-Range") or "")
    return int(match[1]) if match else None


def _agent() -> str:
    try:
        return f"vision-grader/{version('vision-grader')}"
    except PackageNotFoundError:
        return "vision-grader"


def _about(url: str) -> dict[str, str]:
    """Whose file it is, and its name, for a message."""
    parts = urlsplit(url)
    return {"host": parts.netloc, "file": parts.path.rsplit("/", 1)[-1]}


def _reason(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _unreachable(url: str, error: Exception) -> DataError:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    if cause is not None:
        return DataError(
            "{host} could not be recognised by its certificate ({reason}), so nothing was downloaded. Check this "
            "computer's clock, and whether Python knows the system's certificates.",
            reason=cause.verify_message,
            **_about(url),
        )
    return DataError(
        "No connection to {host} ({reason}). Check the network, then run the command again; what has arrived is "
        "kept. Without these files the exercises use the built-in samples.",
        reason=_reason(error),
        **_about(url),
    )


def _other_file(url: str) -> OtherFileError:
    return OtherFileError(
        "{host} sends more than {file} has: this is another file. Nothing was kept of it.", **_about(url)
    )
