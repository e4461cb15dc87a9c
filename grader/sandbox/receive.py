"""The coordinator's end of a run's socket: evidence to files, the outcome to a :class:`RunOutcome`."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.schema import EvidenceFile, RunOutcome
from grader.schema.base import Isolation
from grader.schema.run import Job
from grader.wire import protocol
from grader.wire.collect import MAX_FILES, good_name
from grader.wire.task import RunLimits


class WorkerLost(Exception):
    """The run's socket ended, or went silent, before there was an outcome."""


def outcome_of(
    connection: socket.socket,
    job: Job,
    evidence_dir: Path,
    isolation: Isolation,
    seconds: float,
    on_epoch: Callable[[int, int], None] | None = None,
) -> RunOutcome:
    """Receive until the outcome. Sizes and names are judged again here: the sender shares a uid with a stranger.

    Raises WorkerLost, protocol.ProtocolError, and OSError where evidence can't be written.
    """
    limits = RunLimits.of(job.limits.model_dump())
    deadline = time.monotonic() + seconds
    files: list[EvidenceFile] = []
    total = 0
    while True:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            frame = protocol.receive(connection)
        except TimeoutError as error:
            raise WorkerLost(f"no outcome within {seconds:.0f} s") from error
        except ConnectionError as error:
            raise WorkerLost("the connection broke") from error
        if frame is None:
            raise WorkerLost("the connection ended")
        if frame["kind"] == "outcome":
            return _finished(frame, files, isolation)
        if frame["kind"] == "progress":
            if on_epoch is not None and job.entry == "student":
                on_epoch(int(frame["epoch"]), int(frame["epochs"]))
            continue
        if frame["kind"] != "file" or not isinstance(frame.get("size"), int):
            raise protocol.ProtocolError(f"unexpected {frame['kind']!r}")
        total += frame["size"]
        if len(files) >= MAX_FILES or frame["size"] < 0 or total > limits.output_bytes:
            raise protocol.ProtocolError("more evidence than the limits allow")
        files.append(_store(connection, str(frame["name"]), frame["size"], evidence_dir))


def _store(connection: socket.socket, name: str, size: int, folder: Path) -> EvidenceFile:
    """Write one announced file; an older one of that name is replaced, never followed."""
    if not good_name(name):
        raise protocol.ProtocolError(f"not an evidence file's name: {name!r}")
    target = folder / name
    with contextlib.suppress(FileNotFoundError):
        target.unlink()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    digest = hashlib.sha256()
    left = size
    with os.fdopen(os.open(target, flags, 0o644), "wb") as file:
        while left:
            part = connection.recv(min(left, protocol.CHUNK))
            if not part:
                raise WorkerLost("the connection ended within a file")
            digest.update(part)
            file.write(part)
            left -= len(part)
    return EvidenceFile(name=name, size=size, sha256=digest.hexdigest())


def _finished(frame: dict[str, Any], files: list[EvidenceFile], isolation: Isolation) -> RunOutcome:
    return RunOutcome(
        verdict=frame["verdict"],
        isolation=isolation,
        limited_by="cgroup" if frame["charged"] else "sampling",
        exit_code=frame["exit_code"],
        signal=frame["signal"],
        wall_seconds=frame["wall_seconds"],
        cpu_seconds=frame["cpu_seconds"],
        peak_memory_mb=frame["peak_memory_mb"],
        stdout=frame["stdout"],
        stderr=frame["stderr"],
        files=tuple(files),
        refused=tuple(frame["refused"]),
        detail=frame["detail"],
    )


def harness_fault(isolation: Isolation, detail: str) -> RunOutcome:
    """The outcome of a run that we failed."""
    return RunOutcome(verdict="harness", isolation=isolation, detail=detail)
