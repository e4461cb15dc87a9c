"""The worker's side: one process that grades what it is sent, and ends when its coordinator does."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import connection
from pathlib import Path
from typing import Literal

from grader import bounds
from grader.datasets.cache import cache_dir
from grader.errors import GraderError
from grader.files import is_full
from grader.sandbox import Door, wall_in
from grader.schema import Text
from grader.workflows.batch.store import StudentRecord, sync_tree
from grader.workflows.batch.tasks import Done, MakeWorker, Task, Worker, disk_full

#: In a worker's own folder: where it was when its watchdog ended it.
TRACE = "trace.txt"
_GRACE_SECONDS = 10.0


@dataclass(frozen=True)
class Failed:
    """``stop``: nothing more can be graded by anyone; ``fault``: this one could not, for a reason of ours."""

    kind: Literal["stop", "fault"]
    text: Text | None
    detail: str


Answer = Done | Failed


@dataclass(frozen=True)
class Working:
    """``part`` of the grader's own work begins; "": nothing of it runs now."""

    part: str


def answer_to(worker: Worker, task: Task) -> Answer:
    """Grade one task; what went wrong becomes a value. The new folder, if any, is on the disk afterwards."""
    try:
        done = worker.grade(task)
        if task.out.is_dir():
            StudentRecord.of(task.download).write(task.out)
            sync_tree(task.out)
        return done
    except Exception as error:
        if is_full(error):
            return _no_room(task.out, traceback.format_exc())
        return failed(error)


def failed(error: Exception) -> Failed:
    """What went wrong, as a value: an error for people stops the batch, a fault of ours costs one submission."""
    if isinstance(error, GraderError):
        return Failed("stop", error.text, traceback.format_exc())
    return Failed("fault", None, traceback.format_exc())


def _no_room(out: Path, detail: str) -> Failed:
    shutil.rmtree(out, ignore_errors=True)  # gives back what little room it took
    return Failed("stop", disk_full(), detail)


def serve(
    channel: connection.Connection,
    make_worker: MakeWorker,
    scratch: Path,
    door: Door | None,
    writable: Sequence[Path],
) -> None:
    """The life of a worker process: tasks in, answers out; None, or the coordinator's end, is the end.

    With a zygote behind ``door`` it needs no rights to confine anything, and gives up its own: it reads strangers'
    bytes within a wall of the kernel's, where there is one.
    """
    # Ctrl-C reaches the whole group of a terminal; the coordinator decides what it means for us. A handler, unlike
    # "ignore", is not inherited by programs that we start.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, _leave)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_coordinator, daemon=True).start()
    folder = scratch / f"worker-{os.getpid()}"
    worker: Worker | None = None
    try:
        folder.mkdir(parents=True)
        tempfile.tempdir = str(folder)
        if door is not None:
            cache = cache_dir()
            wall_in(door, (scratch, *writable, *([cache] if cache is not None else [])))
        trace = os.open(folder / TRACE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        bounds.listen(lambda part: channel.send(Working(part)), trace)
        while (task := channel.recv()) is not None:
            try:
                worker = worker or make_worker(door)
            except Exception as error:
                channel.send(failed(error))
                continue
            channel.send(answer_to(worker, task))
    except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        pass
    finally:
        try:
            if worker is not None:
                worker.close()
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _leave(*_: object) -> None:
    signal.signal(signal.SIGTERM, lambda *_: None)
    # An exception that a handler raises can get lost in a callback of the interpreter: then the end comes hard.
    threading.Thread(target=_end_in_the_end, daemon=True).start()
    raise KeyboardInterrupt


def _end_with_coordinator() -> None:
    """However the coordinator ends, kill -9 included, nothing of ours stays: the sandbox ends when we do."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    connection.wait([parent.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
    _end_in_the_end()


def _end_in_the_end() -> None:
    threading.Event().wait(_GRACE_SECONDS)
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
