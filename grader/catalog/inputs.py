"""The arrays of ``inputs.py`` and ``hidden_inputs.py``: trusted code of the course, called here."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import traceback
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.errors import CourseError
from grader.i18n import both
from grader.schema import Exercise

if TYPE_CHECKING:
    import numpy as np

#: Names that the grader itself gives to a data set's arrays.
TRAINING = frozenset({"x_train", "y_train", "x_val", "y_val"})
HIDDEN = "hidden."
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,80}")


def make_inputs(exercise: Exercise, *, staff: bool) -> dict[str, np.ndarray]:
    """The exercise's input arrays, in the order in which its modules make them.

    Each module is loaded and called once as long as its file stays the same; the arrays are read-only, because all
    callers share them.

    Args:
        staff: add those of ``hidden_inputs.py``, where this installation has them; their names start with
            ``hidden.``, and no other name does.

    Raises:
        CourseError: a module fails, or an array's name or dtype can't be used; names the file (and line).
    """
    arrays = _arrays(exercise.public_dir / "inputs.py", f"exercises/{exercise.id}/inputs.py", False)
    if staff and exercise.staff_dir is not None:
        file = exercise.staff_dir / "hidden_inputs.py"
        arrays |= _arrays(file, f"reference/{exercise.id}/hidden_inputs.py", True)
    reserved = {"test"} | (TRAINING if exercise.dataset else set())
    for name in arrays:
        if name in reserved:
            raise CourseError(
                "exercises/{slug}: the input name {name} is taken by the data set's arrays.",
                slug=exercise.id,
                name=name,
            )
    return arrays


def _arrays(file: Path, name: str, hidden: bool) -> dict[str, np.ndarray]:
    try:
        state = file.stat()
    except FileNotFoundError:
        return {}
    return dict(_cached(file, name, hidden, (state.st_mtime_ns, state.st_size)))


@lru_cache(maxsize=256)
def _cached(file: Path, name: str, hidden: bool, state: tuple[int, int]) -> dict[str, np.ndarray]:
    made = _call(file, name)
    if not isinstance(made, dict):
        raise CourseError(
            "{file}: make must return a dict of arrays, not {kind}.", file=name, kind=type(made).__name__
        )
    return {key: _usable(key, value, name, hidden) for key, value in made.items()}


def _usable(key: object, value: object, name: str, hidden: bool) -> np.ndarray:
    import numpy as np

    if not isinstance(key, str) or not _NAME.fullmatch(key):
        raise CourseError(
            "{file}: the array name “{name}” is not made of letters, digits, “_”, “.” and “-” (80 at most).",
            file=name,
            name=str(key),
        )
    if key.startswith(HIDDEN) != hidden:
        message = (
            both("{file}: the array name {name} must start with “hidden.”.", file=name, name=key)
            if hidden
            else both("{file}: only hidden_inputs.py may name an array {name}.", file=name, name=key)
        )
        raise CourseError(message)
    array = np.array(value, copy=True, order="C")
    if array.dtype.kind not in "biuf":
        raise CourseError(
            "{file}: the array {name} has dtype {dtype}; only booleans, integers and floats can be given.",
            file=name,
            name=key,
            dtype=str(array.dtype),
        )
    array.setflags(write=False)
    return array


def _call(file: Path, name: str) -> Any:
    """What ``make(seed=0)`` of the module at ``file`` returns."""
    # The path is part of the module's name, so that two courses, or two exercises, never share one.
    unique = f"_course_{file.stem}_{hashlib.sha256(str(file).encode()).hexdigest()[:16]}"
    spec = importlib.util.spec_from_file_location(unique, file)
    assert spec is not None and spec.loader is not None  # noqa: PT018  (a .py file always has both)
    module = importlib.util.module_from_spec(spec)
    try:
        # Compiled here rather than by the loader: its cache trusts whole seconds, and writes beside the course.
        exec(compile(file.read_bytes(), str(file), "exec"), module.__dict__)
        make: Callable[..., Any] = module.make
        return make(seed=0)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise CourseError("{file} failed: {reason}", file=f"{name}{_line(error, file)}", reason=reason) from error


def _line(error: Exception, file: Path) -> str:
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return f":{error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    return f":{lines[-1]}" if lines else ""
