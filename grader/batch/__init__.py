"""A whole class: parallel, crash-safe, resumable. What grades one submission is passed in."""

from grader.batch.cluster import DaskExecutor
from grader.batch.local import LocalExecutor
from grader.batch.running import Summary, run_batch
from grader.batch.store import (
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
from grader.batch.tasks import BatchError, BatchStopped, Cell, Done, Executor, Lost, Outcome, Task, Worker

__all__ = [
    "BatchError",
    "BatchRecord",
    "BatchStopped",
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
