"""Which change makes stored facts, and which only marks, out of date."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.catalog import Fingerprint, fingerprint, load_course
from tests.catalog.conftest import TOML, MakeCourse

FILES = {
    "exercises/01_area/inputs.py": "def make(seed): return {}\n",
    "exercises/01_area/given.keras": "bytes",
    "reference/01_area/reference.json": "{}",
    "reference/01_area/hidden_checks.py": "",
    "reference/01_area/hidden_inputs.py": "def make(seed): return {}\n",
}
FULL = 'given = ["given.keras"]\n' + TOML + '\n[hints.area]\nko = "힌트"\nen = "hint"\n'


def taken(root: Path) -> Fingerprint:
    return fingerprint(load_course(root).exercises[0])


@pytest.mark.parametrize(
    ("file", "evidence", "marks"),
    [
        ("exercises/01_area/probe.py", True, False),
        ("exercises/01_area/inputs.py", True, False),
        ("exercises/01_area/given.keras", True, False),
        ("reference/01_area/hidden_inputs.py", True, False),
        ("exercises/01_area/checks.py", False, True),
        ("reference/01_area/hidden_checks.py", False, True),
        ("reference/01_area/reference.json", False, True),
        ("exercises/01_area/README.md", False, False),
        ("solutions/01_area/area.py", False, False),
    ],
)
def test_files(make_course: MakeCourse, file: str, evidence: bool, marks: bool) -> None:
    root = make_course(FULL, FILES)
    before = taken(root)
    assert taken(root) == before
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + "\n")
    after = taken(root)
    assert (after.evidence != before.evidence, after.marks != before.marks) == (evidence, marks)


@pytest.mark.parametrize(
    ("old", "new", "evidence", "marks"),
    [
        ('en = "hint"', 'en = "better hint"', False, True),
        ('en = "Area"', 'en = "Areas"', False, True),
        ("points = 5", "points = 6", False, True),
        ("points = 5", 'points = 5\nmodels = ["a.keras"]', True, False),
        ("[title]", "[limits]\nwall_seconds = 9\n[title]", True, False),
        ("[title]", "# a comment\n[title]", False, False),
    ],
)
def test_keys(make_course: MakeCourse, old: str, new: str, evidence: bool, marks: bool) -> None:
    before = taken(make_course(FULL, FILES))
    after = taken(make_course(FULL.replace(old, new), FILES))
    assert (after.evidence != before.evidence, after.marks != before.marks) == (evidence, marks)


def test_where_the_course_is_does_not_matter(make_course: MakeCourse, tmp_path: Path) -> None:
    import shutil

    root = make_course(FULL, FILES)
    moved = tmp_path / "moved"
    for place in ("exercises", "reference"):
        shutil.copytree(root / place, moved / place)
    assert taken(moved) == taken(root)
