"""How a submission is to be graded: what the command line chose, in one value."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from grader.bounds import Bounds
from grader.errors import SandboxUnavailable
from grader.schema import BudgetName, Exercise

Stage = Literal["prepare", "run", "inspect", "rerun", "award", "done"]
Progress = Callable[[Stage, Exercise | None], None]
#: Epoch that runs now and how many there are, as the student's program prints them: for people, and a claim.
EpochProgress = Callable[[int, int], None]


def no_progress(stage: Stage, exercise: Exercise | None) -> None:
    """For callers that do not watch."""


def usable_cores() -> int:
    """Cores this process may use (a container's or a job's share, not the machine's)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_mb() -> float | None:
    """The memory that this process may use, in MiB: the machine's, or the container's share of it."""
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (AttributeError, ValueError, OSError):
        return None
    for name in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            total = min(total, int(Path(name).read_text(encoding="ascii")) / 2**20)
        except (OSError, ValueError):
            continue
    return total


def need_tensorflow() -> None:
    """Everything that runs a student's code needs it; looked for without importing it.

    Raises:
        SandboxUnavailable: it is not installed.
    """
    for name, label in (("tensorflow", "TensorFlow"), ("keras", "Keras")):
        try:
            found = find_spec(name) is not None
        except (ImportError, ValueError):
            found = False
        if not found:
            raise SandboxUnavailable(
                "{package} is not installed in this Python: run {command} and try again.",
                package=label,
                command=f"`python -m pip install {name}`",
            )


@dataclass(frozen=True)
class Options:
    """One way of grading; the same options and the same submission give the same facts, training noise aside."""

    budget: BudgetName = "standard"
    data_dir: Path | None = None
    """Where real data sets are; None: the ordinary caches, else the built-in images."""
    builtin: bool = False
    """The built-in images, whatever else is there: the same on every machine."""
    staff: bool = True
    """With hidden inputs and checks, where this installation has them."""
    threads: int = field(default_factory=usable_cores)
    seed: int = 0
    reruns: int = 2
    """How many more seeds a borderline accuracy gets before it fails."""
    train: bool = True
    """False: no training data, so that what can be said at once is; checks that need training wait."""
    bounds: Bounds = field(default_factory=Bounds)
    """On what the grader itself does for one submission."""
    playground: bool = False
    """Write a page on which each trained network runs in the browser; the reports link to it."""
    on_epoch: EpochProgress | None = field(default=None, compare=False, repr=False)
    """Told while a student's code trains."""
