"""What this machine can do, for ``grader doctor``. Imports no TensorFlow."""

from __future__ import annotations

from typing import Literal

from grader.schema import Text
from grader.schema.base import Frozen


class Finding(Frozen):
    """One fact about this machine, and what to do about it where something can be done."""

    id: str
    status: Literal["ok", "missing", "limited"]
    text: Text
    remedy: Text | None = None


def probe_host() -> list[Finding]:
    return []
