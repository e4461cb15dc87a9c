"""What a value is, in fields. The run says it, the trusted side puts it into words, and no text is parsed back.

A description crosses as a JSON object with ``kind`` and those of the other fields that are not empty, such as
``{"kind": "array", "shape": [3, 3], "dtype": "float64"}``. It is a claim: :meth:`Description.of` takes anything.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from grader.wire.sanitise import clean_line

MAX_TEXT = 500
_MAX_DIMENSIONS = 64
_MAX_COUNT = 1 << 63

#: Everything that a description can be of, with the fields that go with it.
KINDS = {
    # values
    "constant": ("name",),  # None, True, False
    "number": ("name", "dtype"),  # ``name`` as it is written; ``dtype`` of a NumPy scalar
    "bits": ("count",),  # a whole number too long to write
    "text": ("name",),  # a short text itself
    "array": ("shape", "dtype"),
    "tensor": ("shape", "dtype"),
    "symbolic_tensor": ("shape", "dtype"),
    "list": ("count",),
    "tuple": ("count",),
    "dict": ("count",),
    "set": ("count",),
    "bytes": ("count",),
    "string": ("count",),  # a text of a class of the student's own
    "ragged": ("count", "name"),  # items of a list or tuple (``name``) that do not make an array
    "function": ("name",),
    "class": ("name",),
    "generator": (),
    "module": (),
    "model": ("name",),
    "layer": ("name",),
    "object": ("name",),
    # what was asked for, and what stood in its way
    "numbers": (),
    "array_at_most": ("count",),  # MiB
    "any_model": (),
    "small_value": (),
    "large_value": (),
    "json": (),
    "keys": (),
    "keras_file": (),
    "file_at_most": ("count",),  # MiB
    "file_size": ("count",),  # bytes
    "no_file": (),
    "folder": (),
    "something_else": (),
    # a probe's own words
    "words": ("ko", "en"),
}


@dataclass(frozen=True)
class Description:
    """One value, or one thing that was asked for."""

    kind: str
    """One of :data:`KINDS`."""
    name: str = ""
    count: int | None = None
    shape: tuple[int | None, ...] | None = None
    dtype: str = ""
    ko: str = ""
    en: str = ""

    def record(self) -> dict[str, Any]:
        """The JSON object."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None and value != ""}

    @classmethod
    def of(cls, claim: object) -> Description | None:
        """From a JSON value; None where it is no description. Its texts are clean, its numbers bounded."""
        if not isinstance(claim, dict):
            return None
        kind = claim.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            return None
        values: dict[str, Any] = {name: _checked(name, claim.get(name)) for name in KINDS[kind]}
        if any(value is None for value in values.values()):
            return None
        return cls(kind, **values)


def words(ko: str, en: str) -> Description:
    """A description in a probe's own words."""
    return Description("words", ko=ko, en=en)


def _checked(name: str, value: object) -> object:
    """The field's value, or None where it is not of its type."""
    if name == "count":
        whole = isinstance(value, int) and not isinstance(value, bool)
        return value if whole and 0 <= value < _MAX_COUNT else None  # type: ignore[operator]
    if name == "shape":
        if not isinstance(value, list | tuple) or len(value) > _MAX_DIMENSIONS:
            return None
        sizes = [size for size in value if size is None or _checked("count", size) is not None]
        return tuple(sizes) if len(sizes) == len(value) else None
    if value is None and name == "dtype":
        return ""
    return clean_line(value, MAX_TEXT) if isinstance(value, str) else None
