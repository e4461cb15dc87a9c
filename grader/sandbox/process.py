"""Level ``process``: a fresh interpreter for each run, for machines without namespaces.

It holds back mistakes, not malice: time, memory, output and processes are limited and everything is killed at the
end, but the run has the user's own rights to files and the network. What it can't do is look into the grader's own
memory or environment.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from grader.sandbox.base import OpenSandbox, limits_of
from grader.sandbox.cgroup import Group
from grader.sandbox.receive import WorkerLost, harness_fault, outcome_of
from grader.sandbox.spool import remove
from grader.sandbox.visible_paths import environment, package_folders, package_root
from grader.schema import EvidenceFile, RunOutcome
from grader.schema.base import Isolation
from grader.schema.evidence import Verdict
from grader.schema.run import Job
from grader.wire import protocol
from grader.wire.collect import Collector
from grader.wire.entry import COMPLETED

_SET_DUMPABLE = 4
_MARK = "VISION_GRADER_RUN"
_END_SECONDS = 15.0
_TAIL = 64 << 10


class _Folders:
    """The writable folders of one run."""

    def __init__(self, base: Path, run: str) -> None:
        self.base = base / f"box-{run}"
        self.out, self.work, self.home, self.tmp = (self.base / name for name in ("out", "work", "home", "tmp"))
        for folder in (self.base, self.out, self.work, self.home, self.tmp):
            folder.mkdir(mode=0o700)

    def seen(self, inputs: Path) -> dict[str, str]:
        """The folders of a :class:`~grader.wire.task.Task`."""
        return {"in_dir": str(inputs), "out_dir": str(self.out), "work_dir": str(self.work)}

    def environment(self, run: str) -> dict[str, str]:
        """The worker's environment, with this run's folders."""
        kept = {name: os.environ[name] for name in ("SYSTEMROOT", "SYSTEMDRIVE") if name in os.environ}
        return {
            **kept,
            **environment(),
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            "TMPDIR": str(self.tmp),
            "TEMP": str(self.tmp),
            "TMP": str(self.tmp),
            "KERAS_HOME": str(self.home / ".keras"),
            _MARK: run,
        }


def _command(*arguments: str) -> list[str]:
    script = Path(package_root()) / "confined" / "process" / "process_run.py"
    return [
        sys.executable,
        "-I",
        "-B",
        "-X",
        "utf8",
        str(script),
        *arguments,
        *package_folders(),
    ]


def open_process(threads: int = 1) -> OpenSandbox:
    """The level ``process`` of this system."""
    if sys.platform == "linux":
        # Nobody of our own uid may read our memory or environment; a child that starts a program is itself again.
        import ctypes

        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    return PlainSandbox(threads) if sys.platform == "win32" else ProcessSandbox(threads)


class ProcessSandbox(OpenSandbox):
    """Linux without namespaces, and macOS: the run has a supervisor and a PID 1, as at level ``namespace``."""

    isolation: Isolation = "process"
    setup_seconds = 180.0

    def _confined(self, job: Job, folder: Path, evidence_dir: Path, group: Group | None) -> RunOutcome:
        box = _Folders(self._spool.base, folder.name)
        ours, theirs = socket.socketpair()
        try:
            with ours:
                with theirs, self._spool.log.open("wb") as log:
                    passed = [theirs.fileno(), *(group.descriptors if group else ())]
                    process = subprocess.Popen(
                        _command(",".join(map(str, passed))),
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                        cwd=box.work,
                        env=box.environment(folder.name),
                        pass_fds=passed,
                        start_new_session=True,
                    )
                try:
                    protocol.send(ours, "run", **asdict(self._task(job, folder.name, **box.seen(folder))))
                    return outcome_of(ours, job, evidence_dir, self.isolation, self._within(job), self.on_epoch)
                except (WorkerLost, ConnectionError) as error:
                    return self._lost(process, error)
                finally:
                    ours.close()
                    _end(process, folder.name)
        finally:
            remove(box.base)

    def _lost(self, process: subprocess.Popen[bytes], error: Exception) -> RunOutcome:
        """The supervisor vanished. Here the student's code may kill it; by itself it does not die of a signal."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(1)
        code = process.poll()
        if code is not None and code < 0:
            return RunOutcome(
                verdict="crashed", isolation=self.isolation, signal=-code, detail="the supervisor was ended"
            )
        log = self._spool.log.read_bytes()[-2000:].decode("utf-8", "replace")
        return harness_fault(self.isolation, f"{error}; {log}")


def _end(process: subprocess.Popen[bytes], run: str) -> None:
    """The supervisor leaves when we hang up; what it could not take along is found by its environment."""
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.returncode == 0 or sys.platform != "linux":
        return
    mark = f"{_MARK}={run}".encode()
    for _ in range(20):
        left = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and mark in _environment_of(pid)]
        if not left:
            return
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def _environment_of(pid: str) -> list[bytes]:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/environ", "rb") as file:
        return file.read().split(b"\0")
    return []


class PlainSandbox(OpenSandbox):
    """Windows, or anything that can't fork: one interpreter, watched from here, wall time and output limited."""

    isolation: Isolation = "process"
    setup_seconds = 30.0

    def _confined(self, job: Job, folder: Path, evidence_dir: Path, group: Group | None) -> RunOutcome:
        box = _Folders(self._spool.base, folder.name)
        out, err = box.base / "stdout", box.base / "stderr"
        began = time.monotonic()
        task = asdict(self._task(job, folder.name, **box.seen(folder)))
        try:
            with out.open("wb") as stdout, err.open("wb") as stderr:
                process = subprocess.Popen(
                    _command("plain", json.dumps(task)),
                    stdin=subprocess.DEVNULL,
                    stdout=stdout,
                    stderr=stderr,
                    cwd=box.work,
                    env=box.environment(folder.name),
                    start_new_session=True,
                )
            try:
                killed = self._watch(process, job, (out, err), began)
            finally:
                _kill_tree(process)
            return self._outcome(process, job, box, evidence_dir, killed, began)
        finally:
            remove(box.base)

    def _watch(
        self, process: subprocess.Popen[bytes], job: Job, logs: tuple[Path, Path], began: float
    ) -> Verdict | None:
        """Until the process ends; the limit that it went over. The import's time is not charged."""
        while True:
            try:
                process.wait(0.05)
                return None
            except subprocess.TimeoutExpired:
                pass
            if time.monotonic() - began > job.limits.wall_seconds + self.setup_seconds:
                return "timeout"
            if sum(log.stat().st_size for log in logs) > job.limits.log_kb << 10:
                return "output"

    def _outcome(
        self,
        process: subprocess.Popen[bytes],
        job: Job,
        box: _Folders,
        evidence_dir: Path,
        killed: Verdict | None,
        began: float,
    ) -> RunOutcome:
        code = process.returncode
        verdict: Verdict = "crashed" if code < 0 else "completed" if code == COMPLETED else "exited"
        size = limits_of(job).output_bytes
        collector = Collector(size, size)
        files = [
            _take(name, descriptor, evidence_dir) for name, descriptor, _ in collector.files(os.fspath(box.out))
        ]
        if verdict == "completed" and collector.broken:
            verdict = "disk"
        return RunOutcome(
            verdict=killed or verdict,
            isolation=self.isolation,
            exit_code=code if code >= 0 and killed is None else None,
            signal=-code if code < 0 and killed is None else None,
            wall_seconds=time.monotonic() - began,
            stdout=(box.base / "stdout").read_bytes()[-_TAIL:].decode("utf-8", "replace"),
            stderr=(box.base / "stderr").read_bytes()[-_TAIL:].decode("utf-8", "replace"),
            files=tuple(files),
            refused=tuple(collector.refused),
        )


def _take(name: str, descriptor: int, folder: Path) -> EvidenceFile:
    import hashlib

    with os.fdopen(os.dup(descriptor), "rb") as file:
        data = file.read()
    (folder / name).write_bytes(data)
    return EvidenceFile(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
