"""One file over HTTP into an open file: resumed where it stopped, begun anew where the server can't do that."""

from __future__ import annotations

import errno
import http.client
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from importlib.metadata import PackageNotFoundError, version
from typing import IO
from urllib.parse import urlsplit

from grader.errors import DataError, OtherFileError
from grader.i18n import both
from grader.schema import Text

#: Bytes received so far, and all bytes where the server says how many.
Progress = Callable[[int, int | None], None]

#: Seconds without a byte.
TIMEOUT = 30.0
_CHUNK = 64 * 1024
#: How often in a row a connection may break before anybody is told.
_ATTEMPTS = 5
#: A connection that brought this much was not in vain: counting begins anew.
_WORTHWHILE = 1024 * 1024
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG}


class _BrokenError(Exception):
    """The connection ended too early; what arrived is in the file."""


class _NoDowngrade(urllib.request.HTTPRedirectHandler):
    """Follows redirections, but not from HTTPS to anything else."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> urllib.request.Request | None:
        if req.type == "https" and not newurl.lower().startswith("https:"):
            raise urllib.error.URLError(f"HTTPS -> {urlsplit(newurl).scheme}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


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
                    both(
                        "The connection to {host} broke again and again ({reason}). What has arrived is kept: "
                        "run the command again to continue.",
                        host=_host(url),
                        reason=str(broken),
                    )
                ) from broken
            sleep(min(2.0 ** (failures - 1), 8.0))
        else:
            return


def _transfer(url: str, file: IO[bytes], have: int, limit: int, progress: Progress | None) -> None:
    """One connection. ``_BrokenError``: it ended too early, or has to be made again from the start."""
    request = urllib.request.Request(url, headers={"User-Agent": _agent(), "Accept-Encoding": "identity"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    opener = urllib.request.build_opener(_NoDowngrade)
    try:
        response = opener.open(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        with error:
            if error.code != 416 or not have:
                raise DataError(_refused(url, error.code)) from error
            if _whole(error.headers.get("Content-Range")) == have:
                return  # nothing was lacking
            _empty(file)
            raise _BrokenError("416") from error
    except (OSError, http.client.HTTPException) as error:
        raise DataError(_unreachable(url, error)) from error
    with response:
        if have and response.status != 206:
            _empty(file)  # the server sends all of it
            have = 0
        elif response.status == 206 and _first(response.headers.get("Content-Range")) != have:
            _empty(file)
            raise _BrokenError("Content-Range")
        length = response.headers.get("Content-Length", "")
        total = have + int(length) if length.isdecimal() else None
        if total is not None and total > limit:
            raise OtherFileError(_other_file(url))
        while True:
            if progress is not None:
                progress(have, total)
            try:
                chunk = response.read(_CHUNK)
            except (OSError, http.client.HTTPException) as error:
                raise _BrokenError(_reason(error)) from error
            if not chunk:
                break
            if have + len(chunk) > limit:
                raise OtherFileError(_other_file(url))
            _append(file, chunk)
            have += len(chunk)
    if total is not None and have < total:
        raise _BrokenError(f"{have} / {total}")


def disk_full(name: str, size: int) -> DataError:
    """No room for ``size`` more bytes of ``name``."""
    return DataError(
        both(
            "The disk is too full for {file}: {size} more are needed. What has arrived is kept: make room, then "
            "run the command again.",
            file=name,
            size=human(size),
        )
    )


def human(size: float) -> str:
    """Bytes for people, in decimal units as file managers and browsers show them: 35 kB, 170.5 MB."""
    if size < 1_000_000:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:,.1f} MB"


def _append(file: IO[bytes], chunk: bytes) -> None:
    rest = memoryview(chunk)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as error:
        if error.errno in _FULL:
            raise DataError(
                both(
                    "The disk is full. What has arrived of {file} is kept: make room, then run the command again.",
                    file=str(file.name),
                )
            ) from error
        raise DataError(
            both("{file} cannot be written: {reason}", file=str(file.name), reason=_reason(error))
        ) from error


def _empty(file: IO[bytes]) -> None:
    file.seek(0)
    file.truncate()


def _whole(content_range: str | None) -> int | None:
    """The size in ``bytes */SIZE``."""
    match = re.fullmatch(r"bytes \*/(\d+)", content_range or "")
    return int(match[1]) if match else None


def _first(content_range: str | None) -> int | None:
    """Where the bytes of a partial answer begin."""
    match = re.match(r"bytes (\d+)-", content_range or "")
    return int(match[1]) if match else None


def _agent() -> str:
    try:
        return f"vision-grader/{version('vision-grader')}"
    except PackageNotFoundError:
        return "vision-grader"


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _reason(error: BaseException) -> str:
    inner = getattr(error, "reason", error)  # what URLError wraps
    return str(getattr(inner, "strerror", None) or inner or type(error).__name__)


def _refused(url: str, status: int) -> Text:
    return both(
        "{host} does not hand out {file} (HTTP {status}). Try again later; what has arrived is kept.",
        host=_host(url),
        file=urlsplit(url).path.rsplit("/", 1)[-1],
        status=status,
    )


def _unreachable(url: str, error: Exception) -> Text:
    if isinstance(getattr(error, "reason", error), ssl.SSLCertVerificationError):
        return both(
            "{host} could not be recognised by its certificate ({reason}), so nothing was downloaded. Check this "
            "computer's clock, and whether Python knows the system's certificates.",
            host=_host(url),
            reason=str(getattr(getattr(error, "reason", error), "verify_message", "SSL")),
        )
    return both(
        "No connection to {host} ({reason}). Check the network, then run the command again; what has arrived is "
        "kept. Without these files the exercises use the built-in samples.",
        host=_host(url),
        reason=_reason(error),
    )


def _other_file(url: str) -> Text:
    return both(
        "{host} sends more than {file} has: this is another file. Nothing was kept of it.",
        host=_host(url),
        file=urlsplit(url).path.rsplit("/", 1)[-1],
    )
