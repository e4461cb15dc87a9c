"""``grader list``: the exercises, and in a working folder how far one is."""

from __future__ import annotations

import json

import typer

from grader.cli import options
from grader.cli.screen import console, say
from grader.i18n import tr, ui
from grader.schema import Lang

HELP = ui("The exercises, their points, and in a working folder your own status.")


def run(
    context: typer.Context,
    as_json: bool = typer.Option(False, "--json", help=ui("Machine-readable.")),
    lang: Lang | None = options.lang,
) -> None:
    """Status comes from the last ``grader check`` in this folder."""
    from grader.cli.standing import exercise_table
    from grader.workflows.workplace import Workplace

    course = options.open_course(context)
    place = Workplace.here()
    language = options.language(lang, place)
    standing = place.standing() if place else {}
    if as_json:
        rows = [
            {
                "id": e.id,
                "title": e.title.get(language),
                "file": e.file,
                "points": e.points,
                "functions": list(e.functions),
                **({"status": standing.get(e.id)} if place else {}),
            }
            for e in course.exercises
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    suffix = place.suffix if place else ".py"
    exercise_table(console(), course, standing if place else None, language, suffix=suffix)
    if place and not standing:
        say(tr(language, "Your points appear here after `grader check`."), "dim")
