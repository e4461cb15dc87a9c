"""Workers on this machine: N processes, each with a sandbox of its own, each driven by a thread of ours."""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from grader.errors import BatchStopped
from grader.sandbox import Door, NamespaceSandbox
from grader.schema import Text
from grader.workflows.batch.store import discard
from grader.workflows.batch.tasks import Done, Finished, Lost, MakeWorker, Outcome, Started, Task
from grader.workflows.batch.worker import TRACE, Answer, Failed, Working, serve

#: How often a submission is tried before it is left ungraded: a worker may have died of something else.
TRIES = 2
_CLOSE_SECONDS = 30.0

_START = threading.Lock()


class WorkerDied(Exception):
    """The process is gone and did not answer."""

    def __init__(self, reason: str, part: str, *, watched: bool) -> None:
        super().__init__(reason)
        self.part = part
        """Of the grader's own work, in which that happened."""
        self.watched = watched
        """Whether the watchdog ended it."""


class Slot:
    """One worker process."""

    def __init__(
        self, make_worker: MakeWorker, scratch: Path, door: Door | None = None, writable: Sequence[Path] = ()
    ) -> None:
        # Spawned, not forked: a child that imports nothing of ours by chance, on any system.
        context = multiprocessing.get_context("spawn")
        self._channel, theirs = context.Pipe()
        self._scratch = scratch
        self._process = context.Process(
            target=serve, args=(theirs, make_worker, scratch, door, writable), daemon=True
        )
        with _START, _sigint_blocked():
            self._process.start()
        theirs.close()

    def ask(self, task: Task) -> Answer:
        """Raises WorkerDied."""
        part = ""
        try:
            self._channel.send(task)
            while isinstance(answer := self._channel.recv(), Working):
                part = answer.part
        except (EOFError, OSError) as error:
            self._process.join(5)
            reason = f"the worker process ended with code {self._process.exitcode}{part and f' while {part}'}"
            trace = self._trace()
            raise WorkerDied(f"{reason}\n{trace}".strip(), part, watched=bool(trace)) from error
        found: Answer = answer
        return found

    def _trace(self) -> str:
        """Where the process was when its watchdog ended it; empty where another thing did."""
        with contextlib.suppress(OSError):
            trace = self._scratch / f"worker-{self._process.pid}" / TRACE
            return trace.read_bytes()[-4000:].decode("utf-8", "replace")
        return ""

    def terminate(self) -> None:
        """Ask it to leave its work and end; from any thread."""
        if self._process.is_alive():
            self._process.terminate()

    def close(self) -> None:
        """Return when it and all it started are gone."""
        with contextlib.suppress(OSError, ValueError):
            self._channel.send(None)
        self._process.join(_CLOSE_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._channel.close()


@contextlib.contextmanager
def _sigint_blocked() -> Iterator[None]:
    """A process started in here does not show a traceback for a Ctrl-C that comes before it is ready for it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Tries:
    """One worker after the other: whatever ends one, the next submission finds another.

    A submission is tried :data:`TRIES` times. Where a part of the grader's own work took too long, or its workers
    ended in it twice, it is tried again without that part: once may be anybody's doing.
    """

    def __init__(
        self,
        make_worker: MakeWorker,
        scratch: Path,
        *,
        zygote: NamespaceSandbox | None = None,
        writable: Sequence[Path] = (),
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._make_worker = make_worker
        self.scratch = scratch
        self._zygote = zygote
        self._writable = writable
        self._stopping = stopping
        self._slot: Slot | None = None

    def answer(self, task: Task) -> Answer | Lost:
        """What came of ``task``, at the latest after the last try."""
        left = TRIES
        before = ""
        while True:
            left -= 1
            died, watched = "", False
            try:
                answer = self._open().ask(task)
                if not isinstance(answer, Failed) or answer.kind == "stop":
                    return answer
                lost = Lost(answer.detail)
            except WorkerDied as error:
                lost, died, watched = Lost(str(error)), error.part, error.watched
            if self._stopping():
                return lost
            discard(task.out)
            self.close()
            if died and died not in task.given_up and (watched or died == before):
                task = replace(task, given_up=task.given_up | {died})
            elif left <= 0:
                return lost
            before = died

    def _open(self) -> Slot:
        if self._slot is None:
            door = self._zygote.door() if self._zygote is not None else None
            self._slot = Slot(self._make_worker, self.scratch, door, self._writable)
            if self._stopping():
                self._slot.terminate()
        return self._slot

    def terminate(self) -> None:
        """Ask the worker to leave its work and end; from any thread."""
        if (slot := self._slot) is not None:
            slot.terminate()

    def close(self) -> None:
        """End the worker."""
        slot, self._slot = self._slot, None
        if slot is not None:
            slot.close()


_Event = tuple[str, Task | None, Outcome | Failed | BaseException | None, float]


class LocalExecutor:
    """``jobs`` workers on this machine."""

    def __init__(
        self,
        make_worker: MakeWorker,
        *,
        jobs: int,
        scratch: Path,
        zygote: NamespaceSandbox | None = None,
        writable: Sequence[Path] = (),
    ) -> None:
        """``zygote``: for all workers; without one, each starts its own. ``writable``: where results go."""
        self._events: queue.SimpleQueue[_Event] = queue.SimpleQueue()
        self._stopping = threading.Event()
        stopping = self._stopping.is_set
        self._workers = [
            Tries(make_worker, scratch, zygote=zygote, writable=writable, stopping=stopping) for _ in range(jobs)
        ]
        self._next = threading.Lock()

    def run(self, tasks: Iterable[Task], started: Started, finished: Finished) -> None:
        """See :class:`grader.workflows.batch.tasks.Executor`."""
        todo = iter(tasks)
        workers = self._workers
        drivers = [threading.Thread(target=self._drive, args=(todo, tries), daemon=True) for tries in workers]
        for driver in drivers:
            driver.start()
        try:
            running = len(drivers)
            while running:
                kind, task, value, seconds = self._events.get()
                if kind == "end":
                    running -= 1
                    if isinstance(value, BaseException):
                        raise value
                    continue
                assert task is not None
                if kind == "start":
                    started(task)
                elif isinstance(value, Failed):
                    raise BatchStopped(value.text or _unknown(), value.detail)
                elif isinstance(value, Done | Lost):
                    finished(task, value, seconds)
        finally:
            self._stopping.set()
            for tries in workers:
                tries.terminate()
            for driver in drivers:
                driver.join()

    def _drive(self, todo: Iterator[Task], tries: Tries) -> None:
        """One worker's thread: the next task, an answer."""
        problem: BaseException | None = None
        try:
            while not self._stopping.is_set():
                with self._next:
                    task = next(todo, None)
                if task is None:
                    break
                began = time.perf_counter()
                self._events.put(("start", task, None, 0.0))
                outcome = tries.answer(task)
                if self._stopping.is_set():
                    break
                self._events.put(("finish", task, outcome, time.perf_counter() - began))
        except BaseException as error:
            problem = error
        finally:
            tries.close()
            self._events.put(("end", None, problem, 0.0))


def _unknown() -> Text:
    from grader.i18n import both

    return both("The batch was stopped by a fault of the grader.")
