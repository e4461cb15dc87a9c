"""Workers on a Dask cluster: submissions and results travel as bytes, lost workers are replaced."""

from __future__ import annotations

import atexit
import contextlib
import importlib
import logging
import multiprocessing
import pickle
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from grader.errors import BatchError, BatchStopped
from grader.i18n import both
from grader.workflows.batch.local import TRIES, Tries
from grader.workflows.batch.store import discard, sync_tree
from grader.workflows.batch.tasks import Done, Finished, Lost, MakeWorker, Outcome, Started, Task
from grader.workflows.batch.transfer import Parcel, Reply, pack, pack_task, unpack, unpack_task
from grader.workflows.batch.worker import Failed

#: How long to wait for the first worker of a cluster that is just being started.
WORKER_SECONDS = 120
#: Submissions per worker that are on their way or waiting, so that no worker waits for the network.
AHEAD = 2

_warm: dict[bytes, Tries] = {}
#: A cluster's worker may have several threads; its process for grading is one.
_one_at_a_time = threading.Lock()


def grade_parcel(made: bytes, parcel: Parcel) -> Reply:
    """On a cluster's worker: grade in the one warm process that it has for this, limited as it is anywhere."""
    with _one_at_a_time:
        tries = _tries(made)
    folder = Path(tempfile.mkdtemp(prefix="parcel-", dir=tries.scratch))  # its worker may write nowhere else
    try:
        task = unpack_task(parcel, folder)
        with _one_at_a_time:
            answer = tries.answer(task)
        kept = isinstance(answer, Done) and task.out.is_dir()
        return Reply(answer, pack([(task.out, "out")]) if kept else None)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tries(made: bytes) -> Tries:
    if made not in _warm:
        # Dask's workers are daemons, which may start no process; ours ends with its parent by itself.
        multiprocessing.current_process().daemon = False
        scratch = Path(tempfile.mkdtemp(prefix="grader-worker-"))
        make_worker: MakeWorker = pickle.loads(made)
        zygote = make_worker.zygote()
        _warm[made] = Tries(make_worker, scratch, zygote=zygote)
        atexit.register(shutil.rmtree, scratch, ignore_errors=True)
        if zygote is not None:
            atexit.register(zygote.close)
        atexit.register(_warm[made].close)
    return _warm[made]


def _distributed() -> Any:
    """The package, which has types for hardly anything that is used here."""
    return importlib.import_module("distributed")


class DaskExecutor:
    """The workers of the cluster at ``scheduler``; without one, ``jobs`` worker processes on this machine."""

    def __init__(self, make_worker: MakeWorker, *, jobs: int, scheduler: str | None, scratch: Path) -> None:
        """Raises BatchError where Dask is not installed."""
        try:
            _distributed()
            importlib.import_module("cryptography")
        except ImportError as error:
            raise BatchError(
                "Dask is not installed here. Install it with: pip install distributed cryptography"
            ) from error
        self._made = pickle.dumps(make_worker)
        self._jobs = jobs
        self._scheduler = scheduler
        self._scratch = scratch

    def run(self, tasks: Iterable[Task], started: Started, finished: Finished) -> None:
        """See :class:`grader.workflows.batch.tasks.Executor`."""
        with self._client() as client:
            self._run(client, tasks, started, finished)

    def _run(self, client: Any, tasks: Iterable[Task], started: Started, finished: Finished) -> None:
        todo = iter(tasks)
        waiting = _distributed().as_completed(raise_errors=False)
        flying: dict[str, tuple[Task, int, float]] = {}

        def send(task: Task, tries: int) -> None:
            future = client.submit(grade_parcel, self._made, pack_task(task), pure=False)
            flying[future.key] = (task, tries, time.perf_counter())
            waiting.add(future)

        def send_next() -> None:
            task = next(todo, None)
            if task is not None:
                started(task)
                send(task, 1)

        for _ in range(AHEAD * max(1, len(client.scheduler_info(n_workers=-1)["workers"]))):
            send_next()
        for future in waiting:
            task, tries, began = flying.pop(future.key)
            if future.exception() is not None and tries < TRIES:
                send(task, tries + 1)
                continue
            outcome = self._outcome(future, task)
            future.release()
            if isinstance(outcome, Failed):
                text = outcome.text or both("The batch was stopped by a fault of the grader.")
                raise BatchStopped(text, outcome.detail)
            finished(task, outcome, time.perf_counter() - began)
            send_next()

    def _outcome(self, future: Any, task: Task) -> Outcome | Failed:
        """What came back, its folder unpacked. Dask itself has moved the work away from workers that died."""
        error = future.exception()
        if error is not None:
            return Lost(f"{type(error).__name__}: {error}")
        reply: Reply = future.result()
        if isinstance(reply.answer, Failed | Lost):
            return reply.answer
        if reply.out is not None:
            # Unpacked under another name first: a folder at ``out`` is a whole result.
            unpack(reply.out, task.out.with_name(f"{task.out.name}.parcel"))
            discard(task.out)
            (task.out.with_name(f"{task.out.name}.parcel") / "out").rename(task.out)
            discard(task.out.with_name(f"{task.out.name}.parcel"))
            sync_tree(task.out)
        return reply.answer

    @contextlib.contextmanager
    def _client(self) -> Iterator[Any]:
        distributed = _distributed()
        with contextlib.ExitStack() as stack:
            logging.getLogger("distributed").setLevel(logging.ERROR)
            if self._scheduler is None:
                temporary = self._scratch / "dask"
                temporary.mkdir()
                # A key of this run alone, in memory: whoever else is on this machine can neither ask nor listen.
                security = distributed.Security.temporary()
                cluster = stack.enter_context(
                    distributed.LocalCluster(
                        n_workers=self._jobs,
                        threads_per_worker=1,
                        processes=True,
                        memory_limit=0,
                        dashboard_address=None,
                        silence_logs=logging.ERROR,
                        local_directory=str(temporary),
                        env={"TMPDIR": str(temporary)},
                        security=security,
                    )
                )
                yield stack.enter_context(distributed.Client(cluster))
                return
            try:
                client = stack.enter_context(distributed.Client(self._scheduler, timeout="20s"))
                client.wait_for_workers(1, timeout=WORKER_SECONDS)
            except (OSError, TimeoutError, TypeError, ValueError) as error:  # TypeError: TLS without a certificate
                raise BatchStopped(
                    "There is no Dask cluster with workers at {address} ({reason}).",
                    address=self._scheduler,
                    reason=str(error) or type(error).__name__,
                ) from error
            yield client
