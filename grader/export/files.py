"""Files that are there whole or not at all, and why one is not."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from pathlib import Path

from grader.i18n import both
from grader.schema import Json, Text


class ExportError(Exception):
    """An export cannot be made or written; ``text`` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def write_file(path: Path, content: str) -> None:
    """Write ``content`` (UTF-8, line ends as they are) so that a reader sees the old file or the new one.

    Raises:
        ExportError: it cannot be written; the old file, if any, is untouched.
    """
    temporary = path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(content.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise ExportError(
            both("{file} cannot be written: {reason}.", file=str(path), reason=error.strerror or repr(error))
        ) from error


def write_json(path: Path, content: Json) -> None:
    """Write ``content`` as JSON; see :func:`write_file`."""
    write_file(path, json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
