"""``grader batch``: a folder of downloads into marks, reasons and a picture of the class."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.choices import words_of
from grader.cli import options
from grader.cli.screen import EXIT_INTERRUPTED, EXIT_UNGRADED, console, fail, say
from grader.i18n import tr, trn, ui
from grader.schema import BudgetName, ExecutorName, Lang, Level
from grader.text import format_number

if TYPE_CHECKING:
    from grader.schema import Downloads
    from grader.workflows.batch import Done
    from grader.workflows.grade_class import GradedClass, Watch

HELP = ui("Grade a folder of submissions: folders, zips, or a download from Moodle, Canvas or nbgrader.")


def run(
    context: typer.Context,
    submissions: Path = typer.Argument(help=ui("Folder (or zip) with everybody's work.")),
    out: Path = options.out,
    jobs: int | None = typer.Option(None, "--jobs", min=1, help=ui("Workers; by default one for each core.")),
    executor: ExecutorName = options.choice(
        "--executor", words_of(ExecutorName), "local", ui("On this machine, or on a Dask cluster.")
    ),
    scheduler: str | None = typer.Option(
        None, "--scheduler", help=ui("Address of a Dask scheduler; by default a cluster on this machine.")
    ),
    trust_network: bool = typer.Option(
        False,
        "--trust-network",
        help=ui("Use a scheduler without TLS: anyone who can reach its port can change all marks."),
    ),
    resume: bool = typer.Option(False, "--resume", help=ui("Resume an earlier batch.")),
    roster: Path | None = typer.Option(None, "--roster", help=ui("CSV file with id, name and e-mail.")),
    db: str | None = options.db,
    exercise: list[str] = options.exercise,
    data: Path | None = options.data,
    lang: Lang | None = options.lang,
    isolation: Level = options.isolation,
    budget: BudgetName = options.budget,
    seed: int = options.seed,
    threads: int | None = options.threads,
) -> None:
    """Exit code 0: all graded, whatever the marks. 2: the batch could not be done. 3: something is ungraded."""
    from grader.errors import BatchStopped
    from grader.workflows import Options, usable_cores
    from grader.workflows.finding import find_exercises
    from grader.workflows.grade_class import ClassRequest, default_jobs, grade_class

    language = options.language(lang)
    course = options.open_course(context)
    wanted = find_exercises(course, exercise)
    jobs = jobs or default_jobs(wanted or course.exercises)
    threads = threads or max(1, usable_cores() // jobs)
    request = ClassRequest(
        submissions=submissions,
        out=out,
        lang=language,
        options=Options(budget=budget, data_dir=data, seed=seed, threads=threads),
        isolation=isolation,
        only=tuple(e.id for e in wanted),
        root=options.course_root(context),
        jobs=jobs,
        executor=executor,
        scheduler=scheduler,
        trust_network=trust_network,
        resume=resume,
        roster=roster,
        db=db,
    )
    began = time.perf_counter()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a cluster's way of saying Ctrl-C
    try:
        done = grade_class(request, course, partial(watching, language))
    except KeyboardInterrupt:
        again = ui("Interrupted. What was finished is stored: run the same command again with --resume.")
        fail(again, EXIT_INTERRUPTED)
    except BatchStopped as stopped:
        if stopped.detail:
            print(stopped.detail, file=sys.stderr)
        raise
    show(done, language, time.perf_counter() - began)
    if done.summary.ungraded:
        raise SystemExit(EXIT_UNGRADED)


@contextmanager
def watching(lang: Lang, downloads: Downloads) -> Iterator[Watch]:
    """A bar on stderr with who is graded and how long it will take; in a log file a line for each student."""
    from rich.markup import escape
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from grader.cli.class_table import class_line
    from grader.text import for_terminal

    screen = console(stderr=True)
    names = {one.student.id: one.student.name for one in downloads.students}
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
        task = bar.add_task("", total=len(downloads.students))

        def watch(line: Done | None, student: str) -> None:
            if line is None:
                now.append(student)
            else:
                if student in now:
                    now.remove(student)
                bar.advance(task)
                if not screen.is_terminal:
                    count = f"{format_number(bar.tasks[0].completed, 0)}/{len(downloads.students)}  "
                    screen.print(class_line(line, names.get(student, ""), lang, before=count), soft_wrap=True)
                elif line.ungraded:
                    name = escape(for_terminal(student))
                    message = tr(lang, "{name}: the grader failed; this has no mark yet.", name=name)
                    screen.print(f"[bold magenta]?[/] {message}", highlight=False, soft_wrap=True)
            bar.update(task, description=escape(for_terminal(", ".join(now))))

        yield watch


def show(done: GradedClass, lang: Lang, seconds: float) -> None:
    """The table of the class, what was done, who is missing, and where the report is."""
    from rich.text import Text as Rich

    from grader.cli.class_table import class_lines
    from grader.text import for_terminal

    summary, downloads = done.summary, done.downloads
    screen = console()
    class_lines(screen, summary.lines, lang, {one.student.id: one.student.name for one in downloads.students})
    say(
        tr(lang, "{n} submissions graded in {seconds} s.", n=len(summary.lines), seconds=format_number(seconds, 1))
    )
    say(
        tr(
            lang,
            "Exercises run: {run} · scored again from stored facts: {rescored} · reused unchanged: {reused}",
            run=summary.count("run"),
            rescored=summary.count("rescored"),
            reused=summary.count("reused"),
        )
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
            say(f"{heading} {for_terminal(names)}")
    for problem in downloads.problems:
        say(f"· {for_terminal(problem.file)} {for_terminal(problem.message.get(lang))}", "dim")
    line = Rich(tr(lang, "Class report:") + " ", style="dim")
    screen.print(line.append(str(done.report), style="not dim underline"), soft_wrap=True)
