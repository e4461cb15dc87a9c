"""``grader validate``: the proof that a course holds."""

from __future__ import annotations

import typer

from grader.cli import options
from grader.cli.screen import fail, say
from grader.cli.training import live_progress
from grader.i18n import ui, user_lang
from grader.schema import Level

HELP = ui("Prove the course: stubs fail, solutions pass, wrong answers fail as declared.")


def run(
    context: typer.Context,
    exercise: list[str] = options.exercises,
    isolation: Level = options.isolation,
    jobs: int = typer.Option(1, "--jobs", min=1, help=ui("Exercises to validate in parallel.")),
    lint_only: bool = typer.Option(False, "--lint-only", help=ui("Check the content without running anything.")),
) -> None:
    """Exit code 1 where something does not hold; every finding names exercise and file."""
    from grader.workflows.finding import find_exercises
    from grader.workflows.prove import prove_course

    course = options.open_course(context)
    wanted = find_exercises(course, exercise or [])
    with live_progress(user_lang()) as progress:
        findings, graded = prove_course(
            course, wanted, isolation=isolation, jobs=jobs, lint_only=lint_only, progress=progress
        )
    if not lint_only:
        say(ui("{n} submissions graded.", n=graded))
    for finding in findings:
        text = f"{finding.exercise} · {finding.subject}: {finding.problem.get(user_lang())}"
        say(ui("Warning: {text}", text=text) if finding.warning else text)
    if failed := [finding for finding in findings if not finding.warning]:
        fail(ui("{n} findings.", n=len(failed)), 1)
    say(ui("No problems found."))
