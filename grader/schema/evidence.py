"""What a run leaves behind. Everything below ``outcome`` is the student's process's claim."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from grader.schema.base import Frozen, Isolation, Json
from grader.wire.description import Description

Verdict = Literal[
    "completed",  # the entry point returned and said so through the trusted parent
    "exited",  # the process left early: sys.exit, os._exit
    "crashed",  # a signal ended it: segmentation fault, abort
    "timeout",  # wall time
    "cpu",  # CPU time
    "memory",
    "output",  # too much on stdout and stderr
    "disk",  # what it left is over the limits, or not plain files
    "evidence",  # to read what it left takes more than the grader's own work on a submission may
    "harness",  # our own fault: never the student's zero
]


class EvidenceFile(Frozen):
    """One collected file."""

    name: str
    size: int
    sha256: str


class RunOutcome(Frozen):
    """What the trusted parent saw of a run."""

    verdict: Verdict
    isolation: Isolation
    limited_by: Literal["cgroup", "sampling"] = "sampling"
    """What held memory and CPU time: the kernel's control group, or a look at all processes every 15 to 50 ms."""
    exit_code: int | None = None
    signal: int | None = None
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_mb: float = 0.0
    stdout: str = ""
    """The last 64 KiB, decoded with replacement; for people, never for marks."""
    stderr: str = ""
    files: tuple[EvidenceFile, ...] = ()
    refused: tuple[str, ...] = ()
    """Names of files that were left and not collected (a link, a device, over the limits), with why."""
    detail: str = ""
    """For staff: what went wrong when the verdict is ``harness``."""


class Frame(Frozen):
    """One line of a student's traceback."""

    file: str
    line: int
    function: str = ""
    text: str = ""
    cell: int | None = None
    """In a notebook: the cell's place among all cells, from 1."""
    label: int | None = None
    """The number that stands beside the cell (``[3]``), where no other has the same."""
    context: tuple[str, ...] = ()
    """The line with those around it, of the same cell, as they are written."""
    context_from: int = 0
    """Number of the first line of ``context``."""


class StepError(Frozen):
    """Why a step failed."""

    kind: Literal[
        "syntax",
        "exception",
        "missing_module",
        "not_implemented",
        "missing_function",
        "bad_return",
        "exit",
        "input",
        "network",
        "arguments",  # argparse read a command line that there is not
        "overwritten",  # a variable took a function's name
        "said_twice",
    ]
    type: str = ""
    """Exception class, such as ``ValueError``."""
    message: str = ""
    name: str = ""
    """The function asked for or called, or the module that is not there, where there is one."""
    near: str = ""
    """Of a missing function: the student's own name that was probably meant."""
    unknown: str = ""
    """Of a ``NameError``: the name."""
    binds: tuple[str, ...] = ()
    """Of a statement outside of functions: the names that it would have made; ``*`` for any."""
    expected: Description | None = None
    actual: Description | None = None
    words: Description | None = None
    """What a probe's stand-in says to the student's call, in both languages; ``message`` says it in English."""
    frames: tuple[Frame, ...] = ()
    """The student's own lines only, innermost last; for a syntax error its one line."""
    column: int | None = None


class Step(Frozen):
    """One named part of a probe."""

    name: str
    status: Literal["ok", "failed", "unfinished"]
    """``unfinished``: it began and the run ended before it did."""
    seconds: float = 0.0
    error: StepError | None = None


class Evidence(Frozen):
    """All that one run left: inert."""

    outcome: RunOutcome
    steps: tuple[Step, ...] = ()
    top_level: tuple[StepError, ...] = ()
    """Statements outside of functions that failed; the rest of the file ran."""
    values: dict[str, Json] = Field(default_factory=dict)
    arrays: tuple[str, ...] = ()
    """``name`` stands for the file ``name.npy``."""
    models: tuple[str, ...] = ()
    """``name`` stands for the file ``name.keras``."""
    architectures: tuple[str, ...] = ()
    """``name`` stands for ``name.architecture.json``: a model's configuration without weights."""
