"""Files of ours: there whole or not at all, and why one cannot be written."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
from pathlib import Path

from grader.errors import OutputError
from grader.i18n import both
from grader.schema import Json

_NO_SPACE = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_READ_ONLY = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_FOLDER = {errno.ENOTDIR, errno.EEXIST, errno.EISDIR}


def is_full(error: BaseException | None) -> bool:
    """Whether ``error``, or what caused it, is a disk (or a quota) without room."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _NO_SPACE:
            return True
        error = error.__cause__ or error.__context__
    return False


def explain_write(path: Path, error: OSError) -> OutputError:
    """``error`` of writing ``path`` as a sentence that says what to do."""
    if error.errno in _READ_ONLY:
        text = both("{file} cannot be written: its folder is read-only. Choose another folder.", file=str(path))
    elif error.errno in _NO_SPACE:
        text = both("{file} cannot be written: the disk is full. Make room and try again.", file=str(path))
    elif error.errno in _NO_FOLDER:
        text = both("{file} cannot be written: there is a file where its folder should be.", file=str(path))
    else:
        text = both("{file} cannot be written: {reason}.", file=str(path), reason=error.strerror or repr(error))
    return OutputError(text)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write ``content`` (text as UTF-8, line ends as they are) atomically: readers see the old file or the new.

    Folders on the way are made.

    Raises:
        OutputError: it cannot be written; the old file, if any, is untouched.
    """
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not tempfile: its files are for their owner only, and a report is for whoever may read the folder.
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105 (the same call, but the one that tests intercept)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise explain_write(path, error) from error


def write_json(path: Path, content: Json) -> None:
    """Write ``content`` as JSON; see :func:`write_whole`."""
    write_whole(path, json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
