"""``result.json`` of Classroom 50 (``classroom50/result/v1``), as its published schema and collector want it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from grader.choices import pick
from grader.errors import ExportError
from grader.export.decided import Marks
from grader.export.github import to_github
from grader.schema import ClassEntry, Result

SCHEMA = "classroom50/result/v1"
#: Key of the file -> variable that Classroom 50's runner sets; all of them are needed.
NEEDED = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}
#: Two more of the newer schema. The runner puts them in itself where an autograder does not.
OPTIONAL = {"assignment_type": "ASSIGNMENT_TYPE", "owner": "OWNER"}


def entry_to_classroom50(
    entry: ClassEntry, given: Mapping[str, str], marks: Marks | None = None
) -> dict[str, Any]:
    """One student's file. What is not ``given`` comes from Classroom 50's runner, where this is one.

    Args:
        given: values by key; ``{student}`` in them stands for the student's id.

    Raises:
        ChoiceError: a key is not known. ExportError: more are needed.
    """
    keys = {**NEEDED, **OPTIONAL}
    for key in given:
        pick(key, keys, "--meta")
    known = {key: os.environ.get(variable, "") for key, variable in keys.items()}
    known |= {key: value.replace("{student}", entry.student.id) for key, value in given.items()}
    if missing := [key for key in NEEDED if not known[key] and key != "review"]:
        example = " ".join(f"--meta {key}=…" for key in missing)
        raise ExportError("Classroom 50 needs to know more. Add: {example}", example=example)
    when = entry.submitted_at or datetime.fromtimestamp((entry.folder / "result.json").stat().st_mtime, UTC)
    return to_classroom50(entry.result, known, when, marks)


def to_classroom50(
    result: Result, meta: Mapping[str, str], when: datetime, marks: Marks | None = None
) -> dict[str, Any]:
    """``result`` as Classroom 50's ``result.json``.

    Points are whole, and the same as in :func:`grader.export.github.to_github`: one test for each check, without
    its name where it is hidden from students. What is ungraded scores 0 of its full points and is named.

    Args:
        meta: the keys of :data:`NEEDED`, and of :data:`OPTIONAL` where they are known; others are ignored. An
            empty or missing ``review`` is the commit's address.
        when: the instant of submission, with a time zone.
        marks: what counts, by exercise, where a gradebook knows it.

    Raises:
        ValueError: one of the needed keys is missing or empty, or ``when`` has no time zone.
    """
    if when.tzinfo is None:
        raise ValueError("the instant of submission needs a time zone")
    values = {key: meta.get(key) or "" for key in NEEDED}
    values["review"] = values["review"] or values["commit"]
    if missing := [key for key, value in values.items() if not value]:
        raise ValueError(f"not given: {', '.join(missing)}")
    tests = [
        {
            "test-name": test["name"] or "check",
            "passed": test["status"] == "pass",
            "score": test["score"],
            "max-score": test["max_score"],
            **({"message": test["message"]} if test["message"] else {}),
        }
        for test in to_github(result, "en", marks)["tests"]
    ]
    return {
        "schema": SCHEMA,
        **values,
        **{key: meta[key] for key in OPTIONAL if meta.get(key)},
        "datetime": when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
