"""``grader gradebook``: what counts and why, attempts and adjustments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.cli import gradebook_decide, options
from grader.cli.gradebook_decide import bring_up_to_date, plain_line, print_marks, zoned
from grader.cli.screen import console, fail, say
from grader.i18n import tr, ui
from grader.schema import Lang
from grader.text import format_change, format_number, format_score

if TYPE_CHECKING:
    from rich.console import Console

    from grader.gradebook import Adjustment, Attempt, Policy

app = typer.Typer(
    name="gradebook",
    help=ui("Marks over time: attempts, late penalties, adjustments. Nothing in it is ever deleted."),
    no_args_is_help=True,
    rich_markup_mode=None,
)
_out = typer.Argument(None, help=ui("Folder of `grader batch --out`, with gradebook.db in it."))
_db = typer.Option(None, "--db", help=ui("SQLAlchemy address of the gradebook, instead of OUT."))
_student = typer.Option(..., "--student", help=ui("The student: id, name or e-mail."))


@app.command(help=ui("What counts: points after lateness and adjustments."))
def show(
    context: typer.Context,
    out: Path | None = _out,
    db: str | None = _db,
    policy: Path | None = typer.Option(
        None, "--policy", help=ui("TOML file to try, instead of the policy in force.")
    ),
    student: str | None = typer.Option(None, "--student", help=ui("This student only: id, name or e-mail.")),
    lang: Lang | None = options.lang,
) -> None:
    """A line for each student and exercise."""
    from grader.workflows.gradebook import known_policy, open_known

    language = options.language(lang)
    with open_known(out, db) as book:
        student = book.find(student) if student is not None else None
        names = {known.id: known.name for known in book.students()}
        rules = known_policy(policy, book, options.open_course(context)) if policy is not None else book.policy()
        marks = [mark for mark in book.marks(rules) if student in (None, mark.student)]
    print_marks(console(), marks, names, language)
    say(_in_words(rules, language), "dim")


@app.command(help=ui("Everything that happened to one student's marks."))
def history(
    out: Path | None = _out, db: str | None = _db, student: str = _student, lang: Lang | None = options.lang
) -> None:
    """Attempts, scorings and adjustments in the order in which they were recorded."""
    from grader.workflows.gradebook import open_known

    language = options.language(lang)
    with open_known(out, db) as book:
        lines = book.history(student)
    _print_history(console(), lines, language)


@app.command(
    "record", help=ui("Put the results of a graded class into a gradebook. Doing it twice changes nothing.")
)
def record_class(
    out: Path = options.graded, db: str | None = options.db, lang: Lang | None = options.lang
) -> None:
    """``grader batch`` does this by itself."""
    from grader.workflows.gradebook import record

    language = options.language(lang)
    done = record(out, db)
    text = tr(
        language,
        "New attempts: {new}, scored again: {rescored}, unchanged: {unchanged}.",
        new=done.new,
        rescored=done.rescored,
        unchanged=done.unchanged,
    )
    say(text)


@app.command(help=ui("Show the policies so far; with a file, put a new one in force."))
def policy(
    context: typer.Context,
    out: Path | None = _out,
    db: str | None = _db,
    file: Path | None = typer.Option(None, "--set", help=ui("TOML file with deadlines and penalties.")),
    author: str | None = typer.Option(None, "--author", help=ui("Who decided it; needed with --set.")),
    lang: Lang | None = options.lang,
) -> None:
    """Marks are worked out when they are read, so the new policy holds for what is there already."""
    from grader.workflows.gradebook import known_policy, open_known

    language = options.language(lang)
    with open_known(out, db) as book:
        if file is not None:
            if author is None:
                fail(ui("--set needs --author: who decided it."))
            course = options.open_course(context)
            book.set_policy(known_policy(file, book, course), author)
        for when, who, rules in book.policies():
            say(f"{zoned(when)}  {plain_line(who)}")
            say(f"  {_in_words(rules, language)}")
        if not book.policies():
            say(_in_words(book.policy(), language))
    if file is not None:
        bring_up_to_date(context, out, db, language)


def _in_words(policy: Policy, lang: Lang) -> str:
    parts = [
        tr(lang, "The best attempt counts.") if policy.counts == "best" else tr(lang, "The last attempt counts.")
    ]
    if policy.deadline is not None:
        parts.append(tr(lang, "Deadline: {time}.", time=zoned(policy.deadline)))
    parts += [f"{name}: {zoned(due)}." for name, due in sorted(policy.deadlines.items())]
    if policy.late_percent_per_day:
        parts.append(
            tr(
                lang,
                "Late: {percent}% of the points for each day begun, at most {most}%.",
                percent=format_number(policy.late_percent_per_day),
                most=format_number(policy.late_percent_max),
            )
        )
        if policy.grace_minutes:
            parts.append(
                tr(lang, "The first {grace} minutes are free.", grace=format_number(policy.grace_minutes))
            )
    parts += [
        tr(lang, "Extension for {student}: {time}.", student=plain_line(name), time=zoned(due))
        for name, due in sorted(policy.extensions.items())
    ]
    return " ".join(parts)


def _print_history(screen: Console, lines: list[Attempt | Adjustment], lang: Lang) -> None:
    from rich.text import Text as Rich

    from grader.cli.render import quiet_table
    from grader.report import words
    from grader.workflows.gradebook import Attempt

    table = quiet_table(
        (tr(lang, "Time"), "left"),
        (tr(lang, "Exercise"), "left"),
        (tr(lang, "What"), "left"),
        (tr(lang, "Points"), "right"),
        (tr(lang, "Details"), "left"),
    )
    table.columns[0].no_wrap = table.columns[1].no_wrap = True
    for line in lines:
        if isinstance(line, Attempt):
            what = tr(lang, "attempt {number}", number=line.number)
            if line.version > 1:
                what = tr(lang, "attempt {number}, scored again", number=line.number)
            points = format_score(line.points, line.max_points)
            details = tr(lang, "handed in {time}", time=zoned(line.submitted_at)) if line.submitted_at else ""
            badge = words.status_badge(line.status)
            if badge is not None:
                details = " · ".join(part for part in (badge.word.get(lang), details) if part)
            when = line.recorded_at
        else:
            what, points, when = tr(lang, "by hand"), format_change(line.delta), line.time
            details = f"{plain_line(line.comment)} ({plain_line(line.author)})"
        table.add_row(zoned(when), Rich(line.exercise), what, points, Rich(details))
    screen.print(table)


for _name, _command, _help in gradebook_decide.COMMANDS:
    app.command(_name, help=_help, short_help=_help)(_command)
