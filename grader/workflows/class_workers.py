"""Workers of a batch: each makes a grader in its own process, and keeps it warm."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from grader.schema import Lang

if TYPE_CHECKING:
    from grader.workflows import Options
    from grader.workflows.batch import Done, Task


@dataclass(frozen=True)
class MakeGrader:
    """Makes a worker of a batch in the worker's own process; everything in it can be pickled."""

    course: Path | None
    """As given with ``--course``."""
    options: Options
    isolation: Literal["namespace", "process"]
    only: tuple[str, ...]
    lang: Lang

    def __call__(self) -> GraderWorker:
        return GraderWorker(self)


class GraderWorker:
    """A warm grader that does a batch's tasks."""

    def __init__(self, made: MakeGrader) -> None:
        from grader.catalog import load_course
        from grader.workflows import Grader

        self._made = made
        self._grader = Grader(load_course(made.course), made.options, isolation=made.isolation)

    def grade(self, task: Task) -> Done:
        """See :class:`grader.workflows.batch.Worker`."""
        from grader.intake import collect_files
        from grader.workflows.batch import Done

        with tempfile.TemporaryDirectory(prefix="handed-in-") as folder:
            path, notes = collect_files(task.download, Path(folder) / "files")
            graded = self._grader.update(
                path,
                task.out,
                name=task.download.student.id,
                student=task.download.student.name,
                notes=notes,
                earlier=task.earlier,
                only=self._made.only,
                lang=self._made.lang,
            )
        faults = [f"{e.id}: {e.staff_detail}" for e in graded.result.exercises if e.status == "ungraded"]
        return Done.of(
            graded.result,
            run=graded.run,
            rescored=graded.rescored,
            reused=graded.reused,
            nothing=graded.nothing,
            detail="\n".join(faults),
        )

    def close(self) -> None:
        """End the sandbox."""
        self._grader.close()


def memory_mb() -> float | None:
    """The memory that this process may use, in MiB: the machine's, or the container's share of it."""
    import os

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
