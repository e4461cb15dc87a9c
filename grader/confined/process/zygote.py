"""The process that runs are forked from: jailed, without rights or secrets, warm when it has TensorFlow imported.

Started as ``python -I zygote.py DESCRIPTOR`` with an empty environment; the descriptor is a SOCK_SEQPACKET to the
coordinator. It gets one ``plan`` (with a control group to try, where there are any) and answers ``jailed`` (or
``unavailable``). Then anybody who holds the other side sends ``run`` messages, each with a socket of the run's
own, on which all answers go: workers share one zygote, and their runs are side by side. TensorFlow is imported
for the first run that wants it, or for a message of nothing but ``{}``, which says that there will be one. When
the last holder closes its side, this is the end of it and of all its runs.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import traceback
from typing import Any

if __name__ == "__main__":  # -I hides the folder that this package is in
    sys.path.insert(0, os.path.abspath(f"{os.path.dirname(__file__)}/../../.."))

from grader.confined.namespace import confine, jail, linux, seccomp
from grader.confined.process import launch, supervisor
from grader.confined.process.usage import Charge
from grader.wire.task import JailPlan, Task

MAX_MESSAGE = 1 << 17
#: A run's connection, and its control group in two hierarchies.
MAX_DESCRIPTORS = 4


def main(channel: socket.socket) -> None:
    """Serve runs until the coordinator is gone."""
    program: bytes | None = None
    try:
        data, descriptors, _, _ = socket.recv_fds(channel, MAX_MESSAGE, MAX_DESCRIPTORS)
        if not data:
            return
        plan: dict[str, Any] = json.loads(data)
        jail.enter(JailPlan.of(plan), channel.fileno())
        charged = confine.can_join(Charge.of(descriptors))
        for descriptor in descriptors:
            os.close(descriptor)
        program = seccomp.build(shared_memory=charged)
        world = confine.NamespaceWorld(program)
        confine.check(world, Task.of(plan["trial"]))
    except Exception as error:
        _say(
            channel,
            "unavailable",
            detail=str(error) or type(error).__name__,
            trace=traceback.format_exc(),
            seccomp=seccomp.available(),
        )
        return
    _say(channel, "jailed", seccomp=program is not None, charged=charged, uid=os.getuid())
    warm = False
    while True:
        data, descriptors, _, _ = socket.recv_fds(channel, MAX_MESSAGE, MAX_DESCRIPTORS)
        if not data:
            return
        if not warm:
            warm = not descriptors or _wants_tensorflow(data)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # what imports start is theirs to wait for
            launch.preload(tensorflow=warm)
            if warm:
                linux.collapse_memory()
            signal.signal(signal.SIGCHLD, lambda *_: _reap())
            _reap()
        if descriptors:
            _begin(channel, program, data, descriptors)


def _wants_tensorflow(data: bytes) -> bool:
    """Of a message that asks for a run; one that is malformed is the run's own failure."""
    try:
        return Task.of(json.loads(data)).tensorflow
    except (ValueError, KeyError, TypeError):
        return False


def _begin(channel: socket.socket, program: bytes | None, data: bytes, descriptors: list[int]) -> None:
    """One run in a fork of this process, which does not wait for it."""
    connection, group = socket.socket(fileno=descriptors[0]), descriptors[1:]
    _assert_one_thread()
    pid = os.fork()
    if pid == 0:
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            channel.close()
            task = Task.of(json.loads(data))
            supervisor.supervise(connection, task, confine.NamespaceWorld(program), Charge.of(group))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    connection.close()
    for descriptor in group:
        os.close(descriptor)


def _reap() -> None:
    """This process is PID 1 of its namespace: orphans are its own."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _assert_one_thread() -> None:
    """A fork copies one thread only: with a second one, its locks could stay locked for ever in the child."""
    count = len(os.listdir("/proc/self/task"))
    if count != 1:
        raise RuntimeError(f"the zygote has {count} threads; it must have one before a fork")


def _say(channel: socket.socket, kind: str, **fields: Any) -> None:
    channel.send(json.dumps({"kind": kind, **fields}).encode())


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main(socket.socket(fileno=int(sys.argv[1])))
    os._exit(0)
