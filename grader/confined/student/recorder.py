"""The probe's ``evidence``: steps, arrays, values and models, written as they come.

Each line is on disk before the student's next line runs, so a run that is killed leaves what was done, and a step
that began and did not end. Everything written here is a claim: the student's code runs in the same process.

Files in the output folder: ``steps.jsonl`` (``{"step", "event": "begin"}``, then ``{"step", "event": "end",
"ok", "seconds", "error"?}``, or ``{"fault"}``, or ``{"top_level": error}``), ``values.jsonl`` (``{"name",
"value"}``), ``<name>.npy``, ``<name>.keras``, ``<name>.architecture.json``.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import stat
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from grader.confined.student.convert import to_array, to_json
from grader.confined.student.describe import describe, is_a
from grader.confined.student.errors import BadReturn, ProbeFault, error_record
from grader.wire.description import Description, words
from grader.wire.npy import write_array

STEPS = "steps.jsonl"
VALUES = "values.jsonl"
NAME = re.compile(r"[A-Za-z0-9_.-]{1,80}")
MAX_FILE_BYTES = 1024**3


class StepContext:
    """One named part of a probe: ``with evidence.step("build_model") as step``.

    It records what the student's code raises, ``SystemExit`` included, and goes on after the block.
    """

    def __init__(self, recorder: Recorder, name: str) -> None:
        self.name = name
        self.ok = True
        """False once the step failed; look at it after the block."""
        self._recorder = recorder
        self._started = 0.0

    def __enter__(self) -> StepContext:
        self._recorder.begin(self.name)
        self._started = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        seconds = time.perf_counter() - self._started
        if isinstance(error, ProbeFault):
            return False
        if error is None:
            self._recorder.end(self.name, seconds)
            return False
        self.ok = False
        record = error_record(error, self._recorder.source_name)
        self._recorder.end(self.name, seconds, record)
        return True


class Recorder:
    """Writes evidence into ``out_dir``."""

    def __init__(self, out_dir: Path, source_name: str) -> None:
        self.source_name = source_name
        self._out = out_dir.absolute()

    def step(self, name: str) -> StepContext:
        """A step; what the student's code raises in it is recorded, and the probe goes on."""
        return StepContext(self, _checked(name))

    def array(self, name: str, value: object) -> None:
        """Keep a numeric array. Anything that isn't one fails the step as ``bad_return``."""
        path = self._out / f"{_checked(name)}.npy"
        write_array(path, to_array(value, name))

    def value(self, name: str, value: object) -> None:
        """Keep a JSON value. Anything that isn't one fails the step as ``bad_return``."""
        self._append(VALUES, {"name": _checked(name), "value": to_json(value, name)})

    def model(self, name: str, model: object) -> None:
        """Keep a Keras model as ``<name>.keras``. Anything that isn't one fails the step as ``bad_return``."""
        path = self._out / f"{_checked(name)}.keras"
        import keras

        if not is_a(model, keras.Model):
            raise BadReturn(Description("any_model"), describe(model), name)
        try:
            keras.Model.save(model, path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def architecture(self, name: str, model: object) -> None:
        """Keep a Keras model's configuration and compile settings without weights: for models of many MB."""
        path = self._out / f"{_checked(name)}.architecture.json"
        import keras

        if not is_a(model, keras.Model):
            raise BadReturn(Description("any_model"), describe(model), name)
        config = keras.saving.serialize_keras_object(model)
        config["compile_config"] = (
            keras.Model.get_compile_config(model) if getattr(model, "compiled", False) else None
        )
        path.write_text(json.dumps(config), encoding="utf-8")

    def file(self, name: str, path: Any) -> None:
        """Keep a ``.keras`` file that the student's code wrote, as bytes and unread."""
        target = self._out / f"{_checked(name)}.keras"
        expected = Description("keras_file")
        if not is_a(path, (str, os.PathLike)):
            raise BadReturn(expected, describe(path), name)
        source = Path(os.fsdecode(path))
        if source.suffix != ".keras":
            raise BadReturn(expected, describe(source.name), name)
        try:
            info = source.stat()
        except OSError:
            raise BadReturn(expected, Description("no_file"), name) from None
        if not stat.S_ISREG(info.st_mode):
            found = "folder" if stat.S_ISDIR(info.st_mode) else "something_else"
            raise BadReturn(expected, Description(found), name)
        if info.st_size > MAX_FILE_BYTES:
            raise BadReturn(
                Description("file_at_most", count=MAX_FILE_BYTES >> 20),
                Description("file_size", count=info.st_size),
                name,
            )
        shutil.copyfile(source, target)

    def require(self, condition: object, *, expected: object, actual: object, name: str = "") -> None:
        """Fail the step as ``bad_return`` unless ``condition``.

        Args:
            expected: words: one text for every language (``"keras.Model"``), or ``{"ko": …, "en": …}``.
            actual: words likewise, or any other value, which is then described.
        """
        if not condition:
            raise BadReturn(_words(expected), _words(actual), name)

    def begin(self, name: str) -> None:
        """Note that a step began."""
        self._append(STEPS, {"step": name, "event": "begin"})

    def end(self, name: str, seconds: float, error: dict[str, Any] | None = None) -> None:
        """Note that a step ended."""
        line: dict[str, Any] = {"step": name, "event": "end", "ok": error is None, "seconds": round(seconds, 6)}
        if error is not None:
            line["error"] = error
        for stream in (sys.stdout, sys.stderr):
            # Closed by the student: no reason to lose the record.
            with contextlib.suppress(Exception):
                stream.flush()
        self._append(STEPS, line)

    def top_level(self, record: dict[str, Any]) -> None:
        """Note a statement outside of functions that failed and was left out."""
        self._append(STEPS, {"top_level": record})

    def fault(self, error: BaseException) -> None:
        """Note that the probe itself failed. A claim like all else: it explains and never excuses."""
        self._append(STEPS, {"fault": f"{type(error).__name__}: {error}"[:2000]})

    def _append(self, file: str, line: dict[str, Any]) -> None:
        """One line, whole and at once; opened each time, so that closed descriptors lose nothing."""
        data = json.dumps(line, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n"
        descriptor = os.open(self._out / file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, data)
        finally:
            os.close(descriptor)


def _checked(name: str) -> str:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ProbeFault(f"{name!r} is no evidence name: letters, digits, '_', '.', '-', at most 80")
    return name


def _words(value: object) -> Description:
    """What a probe says of a value, or what the value is."""
    if type(value) is str:
        return words(value, value)
    if type(value) is dict and value.keys() == {"ko", "en"} and all(type(text) is str for text in value.values()):
        return words(**value)
    return describe(value)
