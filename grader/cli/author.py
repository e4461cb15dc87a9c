"""Commands of course authors: ``sync``, ``validate``, ``calibrate``, ``new-exercise``."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import typer

from grader.cli.app import app, fail
from grader.cli.common import console, find_exercises, live_progress, open_course
from grader.cli.staff import check_level, data_option, isolation_option
from grader.i18n import ui, user_lang
from grader.schema import BudgetName, Exercise


def need_solutions(exercises: list[Exercise]) -> None:
    """These commands work on a checkout with solutions, not on what students install."""
    lacking = [e.id for e in exercises if e.solution_dir is None]
    if lacking:
        fail(
            ui(
                "No solutions here for {exercises}: this command needs the course's working copy (see --course).",
                exercises=", ".join(lacking),
            )
        )


@app.command(help=ui("Write stubs and notebooks from the solutions."))
def sync(
    context: typer.Context,
    check: bool = typer.Option(False, "--check", help=ui("Change nothing; fail where they differ.")),
) -> None:
    """With ``--check``, exit code 1 where a stub has drifted from its solution."""
    from grader.authoring import sync as synchronise

    course = open_course(context)
    need_solutions(list(course.exercises))
    drift = synchronise(course, check=check)
    screen = console()
    for entry in drift:
        screen.print(entry.text.get(user_lang()), soft_wrap=True)
    if not drift:
        screen.print(ui("All stubs and notebooks agree with their solutions."))
    if check and drift:
        fail(ui("Run `grader sync` to write them anew."), 1)


@app.command(help=ui("Prove the course: stubs fail, solutions pass, wrong answers fail as declared."))
def validate(
    context: typer.Context,
    exercise: list[str] = typer.Argument(None, help=ui("Only these exercises.")),
    isolation: str = isolation_option,
    jobs: int = typer.Option(1, "--jobs", min=1, help=ui("Exercises proved side by side.")),
    lint_only: bool = typer.Option(False, "--lint-only", help=ui("Check the content without running anything.")),
) -> None:
    """Exit code 1 where something does not hold; every finding names exercise and file."""
    from grader.authoring import lint
    from grader.award import list_checks
    from grader.catalog import make_inputs
    from grader.cli.proof import Proof

    check_level(isolation)
    course = open_course(context)
    wanted = find_exercises(course, exercise or [])
    ids = [e.id for e in wanted] or None
    need_solutions(wanted or list(course.exercises))
    screen = console()
    findings = list(lint(course, list_checks=list_checks, ids=ids, make_inputs=partial(make_inputs, staff=True)))
    if not lint_only:
        with (
            tempfile.TemporaryDirectory(prefix="grader-validate-") as folder,
            live_progress(user_lang()) as progress,
        ):
            proof = Proof(course, Path(folder), isolation=isolation, jobs=jobs, progress=progress)
            findings += proof.prove([e.id for e in (wanted or course.exercises)])
        screen.print(ui("{n} submissions graded.", n=proof.graded))
    findings = list(dict.fromkeys(findings))  # both say what keeps an answer from being graded
    for finding in findings:
        screen.print(f"{finding.exercise} · {finding.subject}: {finding.problem.get(user_lang())}", soft_wrap=True)
    if findings:
        fail(ui("{n} findings.", n=len(findings)), 1)
    screen.print(ui("Everything holds."))


@app.command(help=ui("Measure accuracy thresholds from the solutions' own runs."))
def calibrate(
    context: typer.Context,
    exercise: list[str] = typer.Argument(None, help=ui("Only these exercises.")),
    budget: list[str] = typer.Option([], "--budget", help=ui("Only these budgets (repeatable).")),
    seeds: int = typer.Option(10, "--seeds", min=5, help=ui("Runs for each threshold.")),
    data: Path | None = data_option,
    isolation: str = isolation_option,
) -> None:
    """Writes thresholds with their samples and seeds into ``reference.json``; without --data for ``builtin``."""
    from grader.authoring import calibrate as measure
    from grader.workflows import Trainer

    check_level(isolation)
    course = open_course(context)
    wanted = find_exercises(course, exercise or []) or [e for e in course.exercises if e.dataset]
    need_solutions(wanted)
    screen = console()
    for one in wanted:
        names: list[BudgetName] = [name for name in one.budgets if not budget or name in budget]
        with (
            Trainer(course, data_dir=data, builtin=data is None, isolation=isolation) as trainer,  # type: ignore[arg-type]
            live_progress(user_lang()) as progress,
        ):
            rows = measure(
                one,
                budgets=names,
                seeds=range(seeds),
                train=trainer.train,
                data=one.dataset or "builtin" if data is not None else "builtin",
                progress=lambda name, seed, one=one, progress=progress: progress("run", one),  # type: ignore[misc]
            )
        for row in rows:
            screen.print(row.describe(), soft_wrap=True)


@app.command("new-exercise", help=ui("Make the three folders of a new exercise, with a small working example."))
def new_exercise(
    context: typer.Context,
    slug: str = typer.Argument(help=ui("Number and name, such as 14_my_topic.")),
) -> None:
    """The example passes ``grader validate`` as it is; change it step by step."""
    from grader.authoring import scaffold
    from grader.catalog import course_root

    made = scaffold(course_root(context.find_root().obj), slug)
    screen = console()
    for path in made:
        screen.print(str(path), soft_wrap=True)
    screen.print(ui("Next: edit the solution, then `grader sync` and `grader validate {slug}`.", slug=slug))
