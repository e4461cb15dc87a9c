"""What a confined entry point is given: its folders and what it is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Exit code of an entry point that came to its end. It is a claim (a student's process can leave with it too):
#: it only chooses words, never marks.
COMPLETED = 87

#: ``module`` and function of each :class:`Job` entry, called with a :class:`Box` in the confined process.
ENTRIES = {
    "student": "grader.confined.student.run",
    "inspect": "grader.confined.inspector",
}


@dataclass(frozen=True)
class Box:
    """The world of one run. Each entry module defines ``main(box: Box) -> None``."""

    in_dir: Path
    """Read-only input files."""
    out_dir: Path
    """Empty; what is left here is collected after the process is dead."""
    work_dir: Path
    """Empty, writable, the current folder; thrown away."""
    request: dict[str, Any]
    threads: int
    seed: int
