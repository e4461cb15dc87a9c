"""Which of a student's hand-ins hold the same work."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from grader.schema import ClassEntry


def work_hashes(entry: ClassEntry) -> dict[str, str]:
    """SHA-256 by exercise.

    Of the exercise's own files where ``submission.json`` lists them. A student who hands in everything again to
    add one exercise has not made new attempts at the others, and is not late with them.
    Else of the whole submission.
    """
    whole = entry.result.submission.sha256
    hashes = dict.fromkeys((exercise.id for exercise in entry.result.exercises), whole)
    hashes |= _own_files(entry.folder / "submission.json", whole)
    return {exercise.id: hashes[exercise.id] for exercise in entry.result.exercises}


def _own_files(stored: Path, whole: str) -> dict[str, str]:
    try:
        submission = json.loads(stored.read_bytes())
        if submission["sha256"] != whole:  # of another run
            return {}
        return {files["exercise"]: _together(files) for files in submission["exercises"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _together(files: dict[str, object]) -> str:
    parts = [files["source"], *files["models"]] if files["source"] else list(files["models"])  # type: ignore[misc, call-overload]
    names = sorted((str(part["name"]), str(part["sha256"])) for part in parts)
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()
