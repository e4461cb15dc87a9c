"""The same under pytest, a fresh one for each submission; paths come in the environment."""

import os
from pathlib import Path

import checks_06


def test_structure() -> None:
    """One test: splitting it would build the network again."""
    student = checks_06.load(Path(os.environ["BENCH_SUBMISSION"]))
    checks_06.check(student, checks_06.reference_of(os.environ["BENCH_REFERENCE"]))
