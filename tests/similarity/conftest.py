"""Students' folders as a batch leaves them, with nothing in them but what similarity reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from grader.schema import ClassEntry, Result, Student, SubmissionId, WeightFact

Entry = Callable[..., ClassEntry]


@pytest.fixture
def entry(tmp_path: Path) -> Entry:
    """``entry(id, {exercise: code}, {exercise: {plan: weights}})``"""

    def make(
        student: str,
        codes: dict[str, str] | None = None,
        models: dict[str, dict[str, Sequence[WeightFact]]] | None = None,
    ) -> ClassEntry:
        folder = tmp_path / student
        folder.mkdir()
        files = [
            {"exercise": name, "source": {"name": "x.py", "code": code, "sha256": ""}, "models": []}
            for name, code in (codes or {}).items()
        ]
        (folder / "submission.json").write_text(json.dumps({"id": student, "exercises": files}), encoding="utf-8")
        for exercise, plans in (models or {}).items():
            facts = folder / "facts" / exercise
            facts.mkdir(parents=True)
            stored = {
                name: {"name": name, "file": f"{name}.keras", "weights": [w.model_dump() for w in weights]}
                for name, weights in plans.items()
            }
            (facts / "facts.json").write_text(json.dumps({"models": stored}), encoding="utf-8")
        return ClassEntry(
            student=Student(id=student),
            folder=folder,
            result=Result(
                grader_version="0",
                isolation="process",
                submission=SubmissionId(id=student, sha256=""),
                points=0,
                max_points=0,
                exercises=(),
            ),
        )

    return make
