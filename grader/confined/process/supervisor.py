"""The trusted parent of one run: starts it, drains its output, ends it in time, collects what it left.

It stays outside of the run's PID namespace and is the only one that holds the coordinator's socket.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import selectors
import signal
import socket
import time
import traceback
from dataclasses import dataclass, field
from typing import Any

from grader.confined.process import pid1
from grader.confined.process.usage import Charge
from grader.confined.process.world import World
from grader.wire import protocol
from grader.wire.collect import Collector
from grader.wire.entry import COMPLETED
from grader.wire.task import Task

TAIL = 64 << 10
#: What Keras prints when an epoch begins. From the student's process: for people to look at, nothing else.
_EPOCH = re.compile(rb"\bEpoch (\d{1,5})/(\d{1,5})\b")
#: Seconds between two reports of progress, so that a flood of them costs nothing.
_PROGRESS_SECONDS = 0.2
#: Seconds for PID 1 to be gone after it was killed.
_GRACE = 15.0


@dataclass
class _State:
    """What is known of the run so far."""

    ready: float | None = None
    verdict: str | None = None
    status: int | None = None
    detail: str = ""
    peak: int = 0
    student: int = 0
    charged: bool = False
    logged: int = 0
    epoch: tuple[int, int] = (0, 0)
    told: float = 0.0
    tails: dict[str, bytearray] = field(default_factory=lambda: {"stdout": bytearray(), "stderr": bytearray()})


class Abandoned(Exception):
    """The coordinator is gone: nobody wants the result."""


def supervise(connection: socket.socket, task: Task, world: World, charge: Charge | None) -> None:
    """Do ``task`` and send its evidence and its outcome over ``connection``. Never raises for what a run does.

    ``charge``: the control group that the run joins, where it has one.
    """
    state = _State()
    began = time.monotonic()
    pid = 0
    try:
        try:
            world.prepare(task)
            pid, streams, report = _start(connection, task, world, charge)
            _follow(connection, task, world, state, pid, streams, report)
        except Abandoned:
            raise
        except Exception:
            state.verdict = "harness"
            state.detail = traceback.format_exc()
        finally:
            if pid:
                world.kill(pid, state.student)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)
            world.sweep(state.student)
        ended = time.monotonic()
        collector = Collector(task.limits.output_bytes, task.limits.output_bytes)
        if state.ready is not None:
            _send_evidence(connection, task, collector)
        protocol.send(connection, "outcome", **_outcome(task, world, state, collector, began, ended))
    except (Abandoned, OSError):
        return  # the coordinator is gone


def _start(
    connection: socket.socket, task: Task, world: World, charge: Charge | None
) -> tuple[int, dict[str, int], int]:
    """Fork PID 1; return its pid, the read ends of the student's streams, and of the report pipe."""
    stdout, stdout_write = os.pipe()
    stderr, stderr_write = os.pipe()
    report, report_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            connection.close()
            for descriptor in (stdout, stderr, report):
                os.close(descriptor)
            pid1.run(task, world, charge, stdout_write, stderr_write, report_write)
        except BaseException:
            with contextlib.suppress(OSError):
                pid1.tell(report_write, "failed", detail=traceback.format_exc()[-3000:])
        finally:
            os._exit(0)
    for descriptor in (stdout_write, stderr_write, report_write):
        os.close(descriptor)
    return pid, {"stdout": stdout, "stderr": stderr}, report


def _follow(
    connection: socket.socket,
    task: Task,
    world: World,
    state: _State,
    pid: int,
    streams: dict[str, int],
    report: int,
) -> None:
    """Until the report pipe ends (PID 1 has its other end): drain, and kill what goes over a limit."""
    limit = world.setup_seconds
    deadline = time.monotonic() + limit
    pending = b""
    with selectors.DefaultSelector() as selector:
        for name, descriptor in streams.items():
            os.set_blocking(descriptor, False)
            selector.register(descriptor, selectors.EVENT_READ, name)
        os.set_blocking(report, False)
        selector.register(report, selectors.EVENT_READ, "report")
        selector.register(connection, selectors.EVENT_READ, "coordinator")
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                if state.verdict is not None:
                    raise TimeoutError("the run did not end after it was killed")
                if state.ready is None:
                    raise TimeoutError(f"the run was not ready within {world.setup_seconds} s")
                state.verdict = "timeout"
                world.kill(pid, state.student)
                deadline = time.monotonic() + _GRACE
                continue
            for key, _ in selector.select(left):
                if key.data == "coordinator":
                    raise Abandoned  # it never speaks during a run: this is its end
                if key.data == "report":
                    data = os.read(report, 65536)
                    if not data:
                        _drain_rest(streams, state, task)
                        return
                    *lines, pending = (pending + data).split(b"\n")
                    for line in lines:
                        _note(state, json.loads(line))
                    if state.ready is not None and limit != task.limits.wall_seconds:
                        limit = task.limits.wall_seconds
                        deadline = state.ready + limit
                elif not _drain(streams[key.data], key.data, state):
                    selector.unregister(key.fd)
                elif state.logged > task.limits.log_bytes and state.verdict is None:
                    state.verdict = "output"
                    world.kill(pid, state.student)
                    deadline = time.monotonic() + _GRACE
                elif key.data == "stdout":
                    _tell_epoch(connection, state)


def _note(state: _State, message: dict[str, Any]) -> None:
    """One line from PID 1, or from the student before it runs anything untrusted."""
    kind = message["kind"]
    if kind == "born":
        state.student = message["pid"]
    elif kind == "ready":
        state.ready, state.charged = time.monotonic(), message["charged"]
    elif kind == "failed":
        state.verdict, state.detail = "harness", message["detail"]
    else:
        state.peak = max(state.peak, message["peak"])
        if kind == "over":
            state.verdict = state.verdict or message["verdict"]
        elif kind == "end":
            state.status = message["status"]


def _drain(descriptor: int, name: str, state: _State) -> bool:
    """Take what is there, keep the tail; False at the stream's end."""
    try:
        data = os.read(descriptor, 1 << 18)
    except BlockingIOError:
        return True
    tail = state.tails[name]
    tail += data
    del tail[:-TAIL]
    state.logged += len(data)
    return bool(data)


def _tell_epoch(connection: socket.socket, state: _State) -> None:
    """Say which epoch the program says it is in, where that changed."""
    now = time.monotonic()
    if now - state.told < _PROGRESS_SECONDS:
        return
    found = _EPOCH.findall(state.tails["stdout"][-4096:])
    if not found or (epoch := (int(found[-1][0]), int(found[-1][1]))) == state.epoch:
        return
    state.epoch, state.told = epoch, now
    protocol.send(connection, "progress", epoch=epoch[0], epochs=epoch[1])


def _drain_rest(streams: dict[str, int], state: _State, task: Task) -> None:
    """What is still in the pipes. Bounded: at level ``process`` somebody may still hold and fill them."""
    for name, descriptor in streams.items():
        for _ in range(8):
            before = state.logged
            if not _drain(descriptor, name, state) or state.logged == before:
                break
        os.close(descriptor)
    if state.logged > task.limits.log_bytes and state.verdict is None:
        state.verdict = "output"


def _send_evidence(connection: socket.socket, task: Task, collector: Collector) -> None:
    try:
        folder = os.open(task.out_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:  # a run without namespaces may remove its own folder
        collector.refused.append(f"the output folder: {error.strerror}")
        collector.broken = True
        return
    try:
        for name, descriptor, size in collector.files(folder):
            protocol.send_file(connection, name, descriptor, size)
    finally:
        os.close(folder)


def _outcome(
    task: Task, world: World, state: _State, collector: Collector, began: float, ended: float
) -> dict[str, Any]:
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime
    code = ending = None
    if state.status is not None:
        if os.WIFSIGNALED(state.status):
            ending = os.WTERMSIG(state.status)
        else:
            code = os.WEXITSTATUS(state.status)
    verdict, detail = state.verdict, state.detail
    if verdict is None and state.ready is None:
        verdict, detail = "harness", "the run ended before it was ready"
    if verdict is None:
        verdict = _judge(task, state, code, ending, cpu)
    if verdict is None:
        verdict, detail = ("harness" if world.pid1_is_safe else "crashed"), "PID 1 was ended"
    if verdict == "completed" and collector.broken:
        verdict = "disk"
    return {
        "verdict": verdict,
        "exit_code": code,
        "signal": ending,
        "wall_seconds": max(0.0, ended - (state.ready or began)),
        "setup_seconds": (state.ready or ended) - began,
        "cpu_seconds": cpu,
        "charged": state.charged,
        "peak_memory_mb": state.peak / (1 << 20),
        "stdout": bytes(state.tails["stdout"]).decode("utf-8", "replace"),
        "stderr": bytes(state.tails["stderr"]).decode("utf-8", "replace"),
        "refused": collector.refused,
        "detail": detail,
    }


def _judge(task: Task, state: _State, code: int | None, ending: int | None, cpu: float) -> str | None:
    """The verdict of a run that nobody killed; None when its end was not seen."""
    if ending is None:
        return None if code is None else ("completed" if code == COMPLETED else "exited")
    if ending == signal.SIGXCPU:
        return "cpu"
    if ending == signal.SIGXFSZ:
        return "disk"
    if ending == signal.SIGKILL:  # the hard CPU limit, the kernel's out-of-memory killer, or its own doing
        if cpu >= task.limits.cpu_seconds:
            return "cpu"
        if state.peak >= 0.9 * task.limits.memory_mb * (1 << 20):
            return "memory"
    return "crashed"
