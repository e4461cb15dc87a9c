"""A whole class: parallel, crash-safe, resumable. What grades one submission is passed in."""

from grader.workflows.batch.cluster import DaskExecutor
from grader.workflows.batch.local import LocalExecutor
from grader.workflows.batch.running import Summary, run_batch
from grader.workflows.batch.store import (
    BatchRecord,
    ClassEntries,
    Store,
    is_class,
    read_batch,
    read_entries,
    read_similar,
    student_folders,
    write_similar,
)
from grader.workflows.batch.tasks import Cell, Done, Executor, Lost, Outcome, Task, Worker

__all__ = [
    "BatchRecord",
    "Cell",
    "ClassEntries",
    "DaskExecutor",
    "Done",
    "Executor",
    "LocalExecutor",
    "Lost",
    "Outcome",
    "Store",
    "Summary",
    "Task",
    "Worker",
    "is_class",
    "read_batch",
    "read_entries",
    "read_similar",
    "run_batch",
    "student_folders",
    "write_similar",
]
