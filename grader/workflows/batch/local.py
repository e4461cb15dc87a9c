"""Workers on this machine: N processes, each with a sandbox of its own, each driven by a thread of ours."""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.errors import BatchStopped
from grader.schema import Text
from grader.workflows.batch.store import discard
from grader.workflows.batch.tasks import Done, Finished, Lost, MakeWorker, Outcome, Started, Task
from grader.workflows.batch.worker import Answer, Failed, serve

#: How often a submission is tried before it is left ungraded: a worker may have died of something else.
TRIES = 2
_CLOSE_SECONDS = 30.0

_START = threading.Lock()


class WorkerDied(Exception):
    """The process is gone and did not answer."""


class Slot:
    """One worker process."""

    def __init__(self, make_worker: MakeWorker, scratch: Path) -> None:
        # Spawned, not forked: a child that imports nothing of ours by chance, on any system.
        context = multiprocessing.get_context("spawn")
        self._channel, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, make_worker, scratch), daemon=True)
        with _START, _sigint_blocked():
            self._process.start()
        theirs.close()

    def ask(self, task: Task) -> Answer:
        """Raises WorkerDied."""
        try:
            self._channel.send(task)
            answer: Answer = self._channel.recv()
        except (EOFError, OSError) as error:
            self._process.join(5)
            raise WorkerDied(f"the worker process ended with code {self._process.exitcode}") from error
        return answer

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


_Event = tuple[str, Task | None, Outcome | Failed | BaseException | None, float]


class LocalExecutor:
    """``jobs`` workers on this machine."""

    def __init__(self, make_worker: MakeWorker, *, jobs: int, scratch: Path) -> None:
        self._make_worker = make_worker
        self._jobs = jobs
        self._scratch = scratch
        self._events: queue.SimpleQueue[_Event] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._slots: set[Slot] = set()
        self._next = threading.Lock()

    def run(self, tasks: Iterable[Task], started: Started, finished: Finished) -> None:
        """See :class:`grader.workflows.batch.tasks.Executor`."""
        todo = iter(tasks)
        drivers = [threading.Thread(target=self._drive, args=(todo,), daemon=True) for _ in range(self._jobs)]
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
            for slot in list(self._slots):
                slot.terminate()
            for driver in drivers:
                driver.join()

    def _drive(self, todo: Iterator[Task]) -> None:
        """One slot's thread: the next task, a worker that is alive, an answer."""
        slot: Slot | None = None
        problem: BaseException | None = None
        try:
            while not self._stopping.is_set():
                with self._next:
                    task = next(todo, None)
                if task is None:
                    break
                began = time.perf_counter()
                self._events.put(("start", task, None, 0.0))
                outcome: Outcome | Failed = Lost("")
                for _ in range(TRIES):
                    slot = slot or self._new_slot()
                    outcome = self._once(slot, task)
                    if self._stopping.is_set() or not isinstance(outcome, Lost):
                        break
                    discard(task.out)
                    self._drop(slot)
                    slot = None
                if self._stopping.is_set():
                    break
                self._events.put(("finish", task, outcome, time.perf_counter() - began))
        except BaseException as error:
            problem = error
        finally:
            if slot is not None:
                self._drop(slot)
            self._events.put(("end", None, problem, 0.0))

    def _once(self, slot: Slot, task: Task) -> Outcome | Failed:
        try:
            answer = slot.ask(task)
        except WorkerDied as error:
            return Lost(str(error))
        if isinstance(answer, Failed) and answer.kind == "fault":
            return Lost(answer.detail)
        return answer

    def _new_slot(self) -> Slot:
        slot = Slot(self._make_worker, self._scratch)
        self._slots.add(slot)
        if self._stopping.is_set():
            slot.terminate()
        return slot

    def _drop(self, slot: Slot) -> None:
        slot.close()
        self._slots.discard(slot)


def _unknown() -> Text:
    from grader.i18n import both

    return both("The batch was stopped by a fault of the grader.")
