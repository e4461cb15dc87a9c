"""Exceptions of a student's code as records: what happened and on which of the student's own lines."""

from __future__ import annotations

import linecache
import re
from pathlib import Path
from types import TracebackType
from typing import Any

from grader.wire.description import Description
from grader.wire.sanitise import plain


class MissingFunction(AttributeError):
    """The student's module has no such name."""

    def __init__(self, name: str, near: str = "") -> None:
        super().__init__(f"{name} is not defined")
        self.name = name
        self.near = near


class BadReturn(Exception):
    """The student's code gave back something that can't be right."""

    def __init__(self, expected: Description, actual: Description, name: str = "") -> None:
        super().__init__(f"expected {expected.record()}, got {actual.record()}")
        self.expected = expected
        self.actual = actual
        self.name = name


class Recorded(Exception):
    """A finding whose record is made already."""

    def __init__(self, record: dict[str, Any]) -> None:
        super().__init__(record.get("message", ""))
        self.record = record


class NotPython(Recorded):
    """The student's text does not compile."""


class Overwritten(Recorded):
    """A variable of the student's has taken the name of a function."""


class InputNotAvailable(EOFError):
    """``input()`` was called where nobody can answer."""

    def __init__(self) -> None:
        super().__init__("input() can't be used: nobody is at the keyboard while your code is graded.")


class ProbeFault(Exception):
    """The probe used its tools wrongly. Steps let it through: it is our mistake, not the student's."""


MAX_FRAMES = 20
MAX_TEXT = 2000

#: Where the useful part of TensorFlow's messages ends.
_TAIL = re.compile(
    r"\n\s*(?:Detected at node|Stack trace for op definition|Original stack trace|Call arguments received"
    r"|Arguments received by|\[\[\{?\{?node|\t ?\[\[|Function call stack:|Errors may have originated)"
)


def error_record(error: BaseException, source_name: str) -> dict[str, Any]:
    """``error`` with the fields of ``StepError`` in the grader's schema.

    Args:
        source_name: the file name that the student's code was compiled under; other files' frames are left out.
    """
    if isinstance(error, Recorded):
        return error.record
    if isinstance(error, MissingFunction):
        return {"kind": "missing_function", "name": error.name, "near": error.near}
    if isinstance(error, BadReturn):
        expected, actual = error.expected.record(), error.actual.record()
        return {"kind": "bad_return", "name": error.name, "expected": expected, "actual": actual}
    frames = student_frames(error.__traceback__, source_name)
    record: dict[str, Any] = {
        "kind": "exception",
        "type": type(error).__name__[:100],
        "message": short_message(error),
        "frames": frames,
    }
    if issubclass(type(error), SystemExit):
        record["kind"] = "arguments" if _passes(error.__traceback__, "argparse.py") else "exit"
    elif issubclass(type(error), InputNotAvailable):
        record["kind"] = "input"
    elif type(error) is ModuleNotFoundError:
        record["kind"] = "missing_module"
        record["name"] = error.name[:100] if isinstance(error.name, str) else ""
    elif type(error) is NameError:
        record["unknown"] = error.name[:100] if isinstance(error.name, str) else ""
    elif needs_network(error):
        record["kind"] = "network"
    elif issubclass(type(error), NotImplementedError):
        record["kind"] = "not_implemented"
        function = frames[-1]["function"] if frames else ""
        record["name"] = "" if function == "<module>" else function
    said = vars(error).get("words")  # of the probe, to a student's call
    if type(said) is dict:
        record["words"] = {"kind": "words", **said}
    return record


def syntax_record(error: Exception, source_name: str) -> dict[str, Any]:
    """A source text that does not compile: one frame, the line, and the column (from 1)."""
    record: dict[str, Any] = {"kind": "syntax", "type": type(error).__name__, "message": str(error), "frames": []}
    if isinstance(error, SyntaxError):
        record["message"] = str(error.msg)
        record["column"] = error.offset
        if error.lineno:
            text = linecache.getline(source_name, error.lineno) or error.text or ""
            record["frames"] = [
                {"file": source_name, "line": error.lineno, "function": "", "text": text.rstrip()[:200]}
            ]
    return record


def student_frames(traceback: TracebackType | None, source_name: str) -> list[dict[str, Any]]:
    """The student's own lines of ``traceback``, innermost last; the last :data:`MAX_FRAMES` of them."""
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename == source_name:
            line = traceback.tb_lineno or code.co_firstlineno
            text = linecache.getline(source_name, line).strip()[:200]
            frames.append({"file": source_name, "line": line, "function": code.co_name[:100], "text": text})
            del frames[:-MAX_FRAMES]
        traceback = traceback.tb_next
    return frames


def needs_network(error: BaseException) -> bool:
    """Whether ``error``, or what it was raised for, is about a network that is not there."""
    seen: BaseException | None = error
    for _ in range(10):
        if seen is None:
            return False
        names = {kind.__name__ for kind in type(seen).__mro__}
        if names & {"URLError", "gaierror", "ConnectionError", "HTTPError", "ConnectTimeout"}:
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _passes(traceback: TracebackType | None, file: str) -> bool:
    """Whether ``traceback`` goes through a file of that name."""
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename.endswith(file):
            return True
        traceback = traceback.tb_next
    return False


def _cause(message: str) -> str:
    """What TensorFlow's error of a graph says after the places where it was defined: there is the cause."""
    lines = message[-4 * MAX_TEXT :].splitlines()
    places = [i for i, line in enumerate(lines) if line.startswith("  ") or "(most recent call last)" in line]
    return "\n".join(lines[places[-1] + 1 :] if places else lines)


def short_message(error: BaseException) -> str:
    """The part of an exception's message that a person reads, at most :data:`MAX_TEXT` characters."""
    try:
        message = str(error)
    except BaseException:  # a __str__ of the student's own
        return ""
    if message.startswith("Graph execution error"):
        message = _cause(message)
    message = message.replace(f"{Path.cwd()}/", "")  # the student wrote a name, not our folder
    message = plain(message, limit=MAX_TEXT * 4)
    tail = _TAIL.search(message)
    if tail is not None and message[: tail.start()].strip():
        message = message[: tail.start()]
    lines = [line.rstrip() for line in message.splitlines() if line.strip()]
    return plain("\n".join(lines), limit=MAX_TEXT)
