"""What an exercise's files hash to, so that work that would come out the same need not be done again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.catalog.load import probe_file
from grader.schema import Exercise

#: Fields of ``exercise.toml`` that decide what is run and what is measured.
EVIDENCE_FIELDS = frozenset(
    {"id", "file", "functions", "models", "given", "dataset", "budgets", "limits", "inspect", "graded_model"}
)


@dataclass(frozen=True)
class Fingerprint:
    """Two SHA-256 hashes in hexadecimal; compare them only within one version of the grader."""

    evidence: str
    """Of what decides evidence and facts: probe, inputs, given files, budgets, limits, plans.

    When it changes, stored facts are out of date.
    """
    marks: str
    """Of what decides marks and messages: checks, reference, titles, hints, points.

    When it changes, stored facts can be scored again.
    """


def fingerprint(exercise: Exercise) -> Fingerprint:
    """Hash the exercise's files as they are now; runs none of them."""
    public, staff = exercise.public_dir, exercise.staff_dir
    evidence = [probe_file(exercise), public / "inputs.py", *(public / name for name in sorted(exercise.given))]
    marks = [public / "checks.py", public / "signatures.json"]
    if staff is not None:
        evidence.append(staff / "hidden_inputs.py")
        marks += [staff / "hidden_checks.py", staff / "hidden_signatures.json"]
    if exercise.reference_file is not None:
        marks.append(exercise.reference_file)
    return Fingerprint(
        evidence=_hash(exercise.model_dump(mode="json", include=set(EVIDENCE_FIELDS)), evidence),
        marks=_hash(exercise.model_dump(mode="json", exclude=set(EVIDENCE_FIELDS)), marks),
    )


def _hash(fields: dict[str, object], files: Iterable[Path]) -> str:
    digest = hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode())
    for file in files:
        content = file.read_bytes() if file.is_file() else None
        # Name and length first: else bytes could move from one file to the next without changing the hash.
        digest.update(f"\n{file.name}:{'-' if content is None else len(content)}\n".encode())
        digest.update(content or b"")
    return digest.hexdigest()
