"""What the sandbox is asked to do."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

from pydantic import Field

from grader.schema.base import Frozen, Isolation, Json
from grader.schema.course import Limits
from grader.schema.evidence import RunOutcome


class Job(Frozen):
    """One confined run.

    The run sees ``files`` read-only in its input folder, ``request`` as ``job.json`` beside them, an empty
    writable working folder and an empty output folder; nothing else of the host but the interpreter, its
    packages and system libraries.
    """

    entry: Literal["student", "inspect"]
    """``student``: probe and student's code; ``inspect``: our code on untrusted bytes."""
    request: dict[str, Json]
    files: dict[str, Path] = Field(default_factory=dict)
    """Plain name in the input folder -> host path. Linked or copied, never moved."""
    limits: Limits
    threads: int = Field(1, gt=0)
    """TensorFlow's threads (intra-op); part of the CPU limit's arithmetic, not a cap on processes."""
    seed: int = 0
    tensorflow: bool = True
    """Have TensorFlow imported before the run begins; a run without that may import it itself, in its own time."""


class Sandbox(Protocol):
    """An open sandbox: one warm worker, used by one thread at a time."""

    @property
    def isolation(self) -> Isolation: ...

    def run(self, job: Job, evidence_dir: Path) -> RunOutcome:
        """Do ``job``; what it left in its output folder is collected into ``evidence_dir`` after its death.

        Never raises for anything the run does. A fault of ours is the verdict ``harness``.
        """
        ...

    def warm(self) -> None:
        """There will be runs with TensorFlow: it may be imported while the caller does something else."""
        ...

    def close(self) -> None:
        """End the worker and everything it started."""
        ...
