"""TOML files that people write: read into a type, their mistakes as sentences that name file, key and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from grader.choices import did_you_mean, nearest
from grader.errors import CourseError, GraderError
from grader.i18n import both
from grader.schema import Text

_Model = TypeVar("_Model", bound=BaseModel)


def read_toml(file: Path, name: str, raises: type[GraderError] = CourseError) -> dict[str, Any]:
    """The content of ``file``; ``name`` is what messages call it.

    Raises:
        raises: it can't be read, is not UTF-8, or is not TOML (with the line).
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise raises(
            both("{file} cannot be read: {reason}.", file=name, reason=error.strerror or str(error))
        ) from error
    except UnicodeDecodeError as error:
        raise raises(both("{file} is not UTF-8 text.", file=name)) from error
    except tomllib.TOMLDecodeError as error:
        # The line is in the parser's own words: "Expected '=' after a key (at line 3, column 6)".
        raise raises(both("{file} is not valid TOML: {reason}.", file=name, reason=str(error))) from error


def read_model(file: Path, name: str, model: type[_Model], raises: type[GraderError] = CourseError) -> _Model:
    """The content of ``file`` as a ``model``, whose unknown keys are errors.

    Raises:
        raises: as :func:`read_toml`, or a key or value is wrong.
    """
    table = read_toml(file, name, raises)
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise raises(explain(error, name, file.read_text(encoding="utf-8-sig"), model)) from error


def at(name: str, text: str, keys: Sequence[object] = ()) -> str:
    """``file`` or ``file:line`` of a key; a key that is not there gets its table's line."""
    path = [str(key) for key in keys]
    while path:
        line = line_of(text, path)
        if line is not None:
            return f"{name}:{line}"
        path.pop()
    return name


def line_of(text: str, keys: Sequence[str]) -> int | None:
    """The line (from 1) on which a dotted key or its table begins, as far as plain TOML goes."""
    wanted = [key for key in keys if not key.isdigit()]
    table: list[str] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        header = re.match(r"\[\[?\s*([^\]]+?)\s*\]\]?", line)
        if header and line.startswith("["):
            table = _parts(header[1])
            if table[: len(wanted)] == wanted:  # [a.b] also begins the table a
                return number
            continue
        key = re.match(r"([A-Za-z0-9_\-.\"' ]+?)\s*=", line)
        if key and table + _parts(key[1]) == wanted:
            return number
    return None


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]


def explain(
    error: ValidationError, name: str, text: str, model: type[BaseModel], hidden: Collection[str] = ()
) -> Text:
    """The first mistake that pydantic found, for people. ``hidden``: fields of ``model`` that are no keys."""
    first = error.errors()[0]
    keys = [key for key in first["loc"] if key != "[key]"]
    dotted = ".".join(str(key) for key in keys)
    where = at(name, text, keys)
    if first["type"] == "extra_forbidden":
        return unknown_key(where, dotted, [key for key in _known(model, keys[:-1]) if key not in hidden])
    if first["type"] == "missing":
        return both("{file}: the key {key} is missing.", file=where, key=dotted)
    if first["type"].startswith(("timezone", "datetime", "date")):
        return both(
            "{file}: {key} must be a date and time with its distance from UTC, such as {example}.",
            file=where,
            key=dotted,
            example="2026-03-15T23:59:00+09:00",
        )
    return both("{file}: {key}: {reason}.", file=where, key=dotted, reason=first["msg"])


def unknown_key(where: str, key: str, known: Iterable[str]) -> Text:
    """The message for a key that nobody reads, with the nearest one that somebody does."""
    text = both("{file}: unknown key {key}.", file=where, key=key)
    return did_you_mean(text, nearest(key.rpartition(".")[2], known, cutoff=0.6))


def _known(model: type[BaseModel], keys: Sequence[object]) -> list[str]:
    """The keys that may stand in the table at ``keys``."""
    for key in keys:
        field = model.model_fields.get(str(key))
        if field is None:
            continue  # the key of a mapping, such as a plan's name
        inner = _model_in(field.annotation)
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The pydantic model in ``dict[str, dict[str, Budget]]``, ``Text`` or ``FitPlan | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _model_in(part)
        if found is not None:
            return found
    return None
