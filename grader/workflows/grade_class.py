"""A class from a folder of downloads to marks, gradebook and class report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from grader.catalog import load_course
from grader.errors import BatchError, SandboxUnavailable
from grader.i18n import both
from grader.intake import collect_files, find_downloads
from grader.sandbox import Door, NamespaceSandbox, open_sandbox
from grader.schema import Course, Downloads, ExecutorName, Exercise, Isolation, Lang, Level
from grader.workflows.batch import (
    BatchRecord,
    DaskExecutor,
    Done,
    Executor,
    LocalExecutor,
    Store,
    Summary,
    Task,
    run_batch,
)
from grader.workflows.gather import needs_tensorflow
from grader.workflows.grade import Grader
from grader.workflows.options import Options, memory_mb, usable_cores

#: Told when a student is begun (with None) and when they are done.
Watch = Callable[[Done | None, str], None]
#: A worker's own memory (the grader, and what a fork of TensorFlow copies) beside what a run may use, in MiB.
_WORKER_MB = 512


@dataclass(frozen=True)
class ClassRequest:
    """What is asked for."""

    submissions: Path
    out: Path
    lang: Lang
    options: Options
    isolation: Level = "auto"
    only: tuple[str, ...] = ()
    """Exercise ids that are graded for everybody; by default what each has handed in."""
    root: Path | None = None
    """Of the course, for workers that load it themselves; None: the one that comes with the grader."""
    jobs: int = 1
    executor: ExecutorName = "local"
    scheduler: str | None = None
    """Address of a Dask scheduler; None: a cluster on this machine."""
    trust_network: bool = False
    """Use a scheduler that does not prove who it is, nor asks us."""
    resume: bool = False
    roster: Path | None = None
    db: str | None = None
    """Address of the gradebook; None: ``OUT/gradebook.db``."""


@dataclass(frozen=True)
class GradedClass:
    """A class whose every result is stored."""

    summary: Summary
    downloads: Downloads
    report: Path
    """The class report."""


def grade_class(
    request: ClassRequest, course: Course, watching: Callable[[Downloads], AbstractContextManager[Watch]]
) -> GradedClass:
    """Grade everybody; each result is stored, whole, as soon as it is there.

    Args:
        watching: told what was found, shows who is graded.

    Raises:
        BatchError: it can't begin. BatchStopped, KeyboardInterrupt: it can't go on; what is finished is stored.
        SandboxUnavailable: this machine can't confine other people's code, and nothing weaker was asked for.
        IntakeError: there are no submissions; GradebookError, OutputError: something can't be written.
    """
    if request.scheduler is not None and request.executor != "dask":
        raise BatchError("--scheduler goes with --executor dask.")
    if request.scheduler is not None and not (request.scheduler.startswith("tls://") or request.trust_network):
        raise BatchError(
            "The scheduler {address} does not use TLS: everybody who reaches it could run programs on its "
            "workers, read all work and change marks. Set up Dask's TLS and give its address as tls://…, or, "
            "on a network that is yours alone, add --trust-network.",
            address=request.scheduler,
        )
    from grader.workflows.publish import publish  # a database, which workers import this module without

    level = safe_level(request.isolation, remote=request.scheduler is not None)
    make_worker = MakeGrader(request.root, request.options, level, request.only, request.lang)
    with Store(request.out, resume=request.resume) as store:
        downloads = find_downloads(
            request.submissions, course, request.roster, work_dir=store.scratch / "submissions"
        )
        with watching(downloads) as watch, _executor(request, make_worker, store, downloads, course) as executor:
            summary = run_batch(
                downloads,
                store,
                executor,
                course=course,
                lang=request.lang,
                only=request.only,
                watch=watch,
            )
        BatchRecord(lang=request.lang, reused=tuple(summary.reused), downloads=downloads).write(request.out)
        report = publish(request.out, course, request.lang, downloads, request.db)
    return GradedClass(summary, downloads, report)


def default_jobs(exercises: Sequence[Exercise]) -> int:
    """One worker for each core, but no more than have room for the largest run that a submission may make."""
    memory = memory_mb()
    needed = max(e.limits.memory_mb for e in exercises) + _WORKER_MB
    return usable_cores() if memory is None else max(1, min(usable_cores(), int(memory // needed)))


def safe_level(isolation: Level, *, remote: bool) -> Isolation:
    """The level for other people's code: weaker than ``namespace`` only when told so explicitly.

    Raises:
        SandboxUnavailable: this machine has no namespaces.
    """
    if isolation == "process":
        return "process"
    if not remote:
        try:
            open_sandbox("namespace").close()
        except SandboxUnavailable as error:
            text = both(
                "{reason} A batch runs other people's code, so it does not fall back to a weaker level by itself. "
                "See `grader doctor` for what this machine needs, or add --isolation process if you trust every "
                "submission.",
                reason=error.text,
            )
            raise SandboxUnavailable(text, error.detail) from error
    return "namespace"


@contextmanager
def _executor(
    request: ClassRequest, make_worker: MakeGrader, store: Store, downloads: Downloads, course: Course
) -> Iterator[Executor]:
    if request.executor == "dask":
        yield DaskExecutor(make_worker, jobs=request.jobs, scheduler=request.scheduler, scratch=store.scratch)
        return
    zygote = make_worker.zygote()
    with zygote or nullcontext():
        if zygote is not None and _wants_tensorflow(downloads, course):
            zygote.warm()  # while workers start and read
        yield LocalExecutor(
            make_worker, jobs=request.jobs, scratch=store.scratch, zygote=zygote, writable=(store.out,)
        )


def _wants_tensorflow(downloads: Downloads, course: Course) -> bool:
    """Whether the first submissions are seen to hold work that is run with it. Workers look closer."""
    files = {f"{e.file}{suffix}" for e in course.exercises if needs_tensorflow(e) for suffix in (".py", ".ipynb")}
    for download in downloads.students[:4]:
        for path, name in zip(download.paths, download.names, strict=False):
            inside = islice(path.glob("**/*"), 200) if path.is_dir() else ()
            if files & {name, path.name, *(one.name for one in inside)}:
                return True
    return False


@dataclass(frozen=True)
class MakeGrader:
    """Makes a worker of a batch in the worker's own process; everything in it can be pickled."""

    course: Path | None
    options: Options
    isolation: Isolation
    only: tuple[str, ...]
    lang: Lang

    def __call__(self, door: Door | None) -> GraderWorker:
        return GraderWorker(self, door)

    def zygote(self) -> NamespaceSandbox | None:
        """Of all workers of a machine; opened in the process that starts them."""
        return NamespaceSandbox() if self.isolation == "namespace" else None


class GraderWorker:
    """A warm grader that does a batch's tasks."""

    def __init__(self, made: MakeGrader, door: Door | None) -> None:
        self._made = made
        self._grader = Grader(load_course(made.course), made.options, isolation=made.isolation, door=door)

    def grade(self, task: Task) -> Done:
        """See :class:`grader.workflows.batch.Worker`."""
        graded = self._grader.update(
            partial(collect_files, task.download),
            task.out,
            name=task.download.student.id,
            student=task.download.student.name,
            given_up=task.given_up,
            earlier=task.earlier,
            only=self._made.only,
            lang=self._made.lang,
        )
        faults = [f"{e.id}: {e.staff_detail}" for e in graded.result.exercises if e.status == "ungraded"]
        return Done.of(
            graded.result,
            run=graded.run,
            rescored=graded.rescored,
            reused=graded.reused,
            nothing=graded.nothing,
            detail="\n".join(faults),
        )

    def close(self) -> None:
        """End the sandbox."""
        self._grader.close()
