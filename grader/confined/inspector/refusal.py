"""Why a model is not rebuilt."""

from __future__ import annotations


class Refused(Exception):
    """A file that will not be used; ``kind`` is a word of ``schema.Refusal``, ``detail`` names the part."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail[:300]
