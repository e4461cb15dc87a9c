"""Graded classes as they lie in a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.schema import ClassEntry, Result, Student
from tests.report.conftest import samples

#: Sample -> who handed it in; the names are what somebody might try.
STUDENTS = {
    "all_pass": Student(id="s01", name="김하나", email="one@example.org"),
    "mismatch": Student(id="s02", name='=HYPERLINK("http://evil.example";"click")', email="two@example.org"),
    "mixed": Student(id="s03", name="+1+cmd|' /C calc'!A0", email="three@example.org"),
    "hidden": Student(id="s04", name="Lee, Four", email="four@example.org"),
    "hostile": Student(id="s05", name="five\r\n=1+1", email="five@example.org"),
    "empty": Student(id="s06", name="Six", email="six@example.org"),
}


@pytest.fixture
def entries(tmp_path: Path) -> list[ClassEntry]:
    made = samples()
    return [
        ClassEntry(student=student, folder=tmp_path / "out" / student.id, result=made[name])
        for name, student in STUDENTS.items()
    ]


@pytest.fixture
def graded_class(tmp_path: Path, entries: list[ClassEntry]) -> Path:
    """The folder that ``grader batch`` leaves, as far as an export looks at it."""
    for entry in entries:
        entry.folder.mkdir(parents=True)
        (entry.folder / "result.json").write_text(entry.result.model_dump_json(), encoding="utf-8")
        record = '{"student": ' + entry.student.model_dump_json() + "}"
        (entry.folder / "student.json").write_text(record, encoding="utf-8")
    return tmp_path / "out"


@pytest.fixture(scope="session")
def sample() -> Callable[[str], Result]:
    made = samples()
    return lambda name: made[name]
