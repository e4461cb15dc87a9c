"""``grader batch``: a folder of downloads into marks, reasons and a picture of the class."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from grader.cli.app import EXIT_INTERRUPTED, EXIT_UNGRADED, app, fail
from grader.cli.common import chosen_lang, console, find_exercises, open_course
from grader.cli.staff import (
    budget_option,
    check_level,
    data_option,
    db_option,
    isolation_option,
    lang_option,
    make_options,
)
from grader.i18n import tr, trn, ui

if TYPE_CHECKING:
    from grader.schema import Downloads, Exercise, Lang
    from grader.workflows.batch import Done, Executor, Store, Summary
    from grader.workflows.class_workers import MakeGrader

#: A worker's own memory (TensorFlow in the zygote, the grader) beside what a run may use, in MiB.
_WORKER_MB = 1024

Watch = Callable[["Done | None", str], None]


@app.command(
    help=ui("Grade a folder of submissions: folders, zips, or a download from Moodle, Canvas or nbgrader.")
)
def batch(
    context: typer.Context,
    submissions: Path = typer.Argument(help=ui("Folder (or zip) with everybody's work.")),
    out: Path = typer.Option(..., "--out", help=ui("Folder for the reports.")),
    jobs: int | None = typer.Option(None, "--jobs", min=1, help=ui("Workers; by default one for each core.")),
    executor: str = typer.Option("local", "--executor", help=ui("local, or dask for a cluster.")),
    scheduler: str | None = typer.Option(
        None, "--scheduler", help=ui("Address of a Dask scheduler; by default a cluster on this machine.")
    ),
    resume: bool = typer.Option(False, "--resume", help=ui("Go on where an earlier batch stopped.")),
    roster: Path | None = typer.Option(None, "--roster", help=ui("CSV file with id, name and e-mail.")),
    db: str | None = db_option,
    exercise: list[str] = typer.Option([], "--exercise", help=ui("Grade this exercise (repeatable).")),
    data: Path | None = data_option,
    lang: str | None = lang_option,
    isolation: str = isolation_option,
    budget: str = budget_option,
    seed: int = typer.Option(0, "--seed", help=ui("Seed of the training.")),
    threads: int | None = typer.Option(None, "--threads", min=1, help=ui("TensorFlow threads.")),
) -> None:
    """Exit code 0: all graded, whatever the marks. 2: the batch could not be done. 3: something is ungraded."""
    from grader.errors import BatchStopped
    from grader.intake import find_downloads
    from grader.workflows import usable_cores
    from grader.workflows.batch import BatchRecord, Store, run_batch
    from grader.workflows.class_workers import MakeGrader
    from grader.workflows.publish import publish

    check_level(isolation)
    if executor not in ("local", "dask"):
        fail(ui("--executor is one of {choices}, not “{value}”.", choices="local, dask", value=executor))
    if scheduler is not None and executor != "dask":
        fail(ui("--scheduler goes with --executor dask."))
    language = chosen_lang(lang)
    course = open_course(context)
    wanted = find_exercises(course, exercise)
    jobs = jobs or default_jobs(wanted or course.exercises)
    threads = threads or max(1, usable_cores() // jobs)
    options = make_options(budget=budget, data=data, seed=seed, threads=threads)
    only = tuple(e.id for e in wanted)
    level = safe_level(isolation, remote=scheduler is not None)
    make_worker = MakeGrader(context.find_root().obj, options, level, only, language)
    began = time.perf_counter()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a cluster's way of saying Ctrl-C
    with Store(out, resume=resume) as store:
        downloads = find_downloads(submissions, course, roster, work_dir=store.scratch / "submissions")
        try:
            with watching(language, len(downloads.students)) as watch:
                summary = run_batch(
                    downloads,
                    store,
                    choose_executor(executor, make_worker, jobs, scheduler, store),
                    course=course,
                    lang=language,
                    only=only,
                    watch=watch,
                )
            BatchRecord(lang=language, reused=tuple(summary.reused), downloads=downloads).write(out)
            report = publish(out, course, language, downloads, db)
        except KeyboardInterrupt:
            fail(
                ui("Interrupted. What was finished is stored: run the same command again with --resume."),
                EXIT_INTERRUPTED,
            )
        except BatchStopped as stopped:
            if stopped.detail:
                print(stopped.detail, file=sys.stderr)
            fail(stopped.text.get(language))
    show(summary, downloads, language, time.perf_counter() - began, report)
    if summary.ungraded:
        raise SystemExit(EXIT_UNGRADED)


def default_jobs(exercises: Sequence[Exercise]) -> int:
    """One worker for each core, but no more than have room for the largest run that a submission may make."""
    from grader.workflows import usable_cores
    from grader.workflows.class_workers import memory_mb

    memory = memory_mb()
    needed = max(e.limits.memory_mb for e in exercises) + _WORKER_MB
    return usable_cores() if memory is None else max(1, min(usable_cores(), int(memory // needed)))


def safe_level(isolation: str, *, remote: bool) -> Literal["namespace", "process"]:
    """The level for other people's code: weaker than ``namespace`` only when told so explicitly."""
    from grader.errors import SandboxUnavailable
    from grader.sandbox import open_sandbox

    if isolation == "process":
        return "process"
    if not remote:
        try:
            open_sandbox("namespace").close()
        except SandboxUnavailable as error:
            fail(
                error.text.get(chosen_lang(None))
                + " "
                + ui(
                    "A batch runs other people's code, so it does not fall back to a weaker level by itself. See "
                    "`grader doctor` for what this machine needs, or add --isolation process if you trust every "
                    "submission."
                )
            )
    return "namespace"


def choose_executor(
    name: str, make_worker: MakeGrader, jobs: int, scheduler: str | None, store: Store
) -> Executor:
    """Workers here, or on a cluster."""
    from grader.workflows.batch import DaskExecutor, LocalExecutor

    if name == "local":
        return LocalExecutor(make_worker, jobs=jobs, scratch=store.scratch)
    return DaskExecutor(make_worker, jobs=jobs, scheduler=scheduler, scratch=store.scratch)


@contextmanager
def watching(lang: Lang, total: int) -> Iterator[Watch]:
    """A bar on stderr with who is being graded and how long it will take; what went wrong is always said."""
    from rich.markup import escape
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from grader.text import for_terminal

    screen = console(stderr=True)
    now: list[str] = []
    with Progress(
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn(tr(lang, "left:")),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
        console=screen,
        transient=True,
        disable=not screen.is_terminal,
    ) as bar:
        task = bar.add_task("", total=total)

        def watch(line: Done | None, student: str) -> None:
            if line is None:
                now.append(student)
            else:
                if student in now:
                    now.remove(student)
                bar.advance(task)
                if line.ungraded:
                    name = escape(for_terminal(student))
                    message = tr(lang, "{name}: the grader failed; this has no mark yet.", name=name)
                    screen.print(f"[bold magenta]?[/] {message}", highlight=False, soft_wrap=True)
            bar.update(task, description=escape(for_terminal(", ".join(now))))

        yield watch


def show(summary: Summary, downloads: Downloads, lang: Lang, seconds: float, report: Path) -> None:
    """The table of the class, what was done, who is missing, and where the report is."""
    from rich.text import Text as Rich

    from grader.cli.tables import class_lines
    from grader.text import for_terminal

    screen = console()
    class_lines(screen, summary.lines, lang)
    n = len(summary.lines)
    screen.print(tr(lang, "{n} submissions graded in {seconds:.0f} s.", n=n, seconds=seconds), soft_wrap=True)
    screen.print(
        tr(
            lang,
            "Exercises run: {run} · scored again from stored facts: {rescored} · taken over unchanged: {reused}",
            run=summary.count("run"),
            rescored=summary.count("rescored"),
            reused=summary.count("reused"),
        ),
        soft_wrap=True,
    )
    absent, strangers = downloads.without_submission, downloads.not_on_roster
    for people, heading in (
        (
            absent,
            trn(
                lang,
                "{n} student on the roster handed in nothing:",
                "{n} students on the roster handed in nothing:",
                len(absent),
            ),
        ),
        (
            strangers,
            trn(
                lang,
                "{n} submission is from nobody on the roster:",
                "{n} submissions are from nobody on the roster:",
                len(strangers),
            ),
        ),
    ):
        if people:
            names = ", ".join(f"{p.id} ({p.name})" if p.name and p.name != p.id else p.id for p in people)
            screen.print(Rich(f"{heading} {for_terminal(names)}"), soft_wrap=True)
    for problem in downloads.problems:
        text = f"· {for_terminal(problem.file)} {for_terminal(problem.message.get(lang))}"
        screen.print(Rich(text, style="dim"), soft_wrap=True)
    screen.print(
        Rich(tr(lang, "Class report:") + " ", style="dim").append(str(report), style="not dim underline"),
        soft_wrap=True,
    )
