"""``grader gradebook``: what counts and why, attempts and adjustments."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.cli.app import app, fail
from grader.cli.common import chosen_lang, console, find_exercises, open_course
from grader.cli.staff import lang_option
from grader.i18n import tr, ui
from grader.text import format_number, format_points, format_score

if TYPE_CHECKING:
    from rich.console import Console

    from grader.gradebook import Adjustment, Attempt, Gradebook, Policy
    from grader.schema import Lang, Mark

gradebook = typer.Typer(
    name="gradebook",
    help=ui("Marks over time: attempts, late penalties, adjustments. Nothing in it is ever deleted."),
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(gradebook)

out_argument = typer.Argument(None, help=ui("Folder of `grader batch --out`, with gradebook.db in it."))
db_option = typer.Option(None, "--db", help=ui("SQLAlchemy address of the gradebook, instead of OUT."))
student_option = typer.Option(..., "--student", help=ui("The student's id."))
author_option = typer.Option(..., "--author", help=ui("Who decided it."))


def gradebook_address(out: Path | None, db: str | None) -> str | None:
    """``--db``, else the one in ``out``; None where there is none."""
    if db is not None:
        return db
    if out is not None and (out / "gradebook.db").is_file():
        return f"sqlite:///{(out / 'gradebook.db').resolve()}"
    return None


def _open(out: Path | None, db: str | None) -> Gradebook:
    from grader.gradebook import open_gradebook

    address = gradebook_address(out, db)
    if address is None and out is None:
        fail(ui("Which gradebook? Name the folder of `grader batch --out`, or --db ADDRESS."))
    if address is None:
        fail(ui("There is no gradebook.db in {folder}. `grader gradebook record` makes one.", folder=str(out)))
    return open_gradebook(address, create=False)


def read_known_policy(context: typer.Context, file: Path, book: Gradebook) -> Policy:
    """The policy in ``file``; a deadline for an exercise that does not exist is a typing error, not a wish."""
    from grader.gradebook import read_policy

    policy = read_policy(file)
    known = book.exercises().keys() | {exercise.id for exercise in open_course(context).exercises}
    if unknown := sorted(policy.deadlines.keys() - known):
        fail(
            ui(
                "{file}: no exercise is called {unknown}. There are: {known}",
                file=file.name,
                unknown=", ".join(unknown),
                known=", ".join(sorted(known)),
            )
        )
    if unknown := sorted(policy.extensions.keys() - {student.id for student in book.students()}):
        fail(ui("{file}: the gradebook knows no student “{student}”.", file=file.name, student=unknown[0]))
    return policy


@gradebook.command(help=ui("What counts: points after lateness and adjustments."))
def show(
    context: typer.Context,
    out: Path | None = out_argument,
    db: str | None = db_option,
    policy: Path | None = typer.Option(
        None, "--policy", help=ui("TOML file to try, instead of the policy in force.")
    ),
    student: str | None = typer.Option(None, "--student", help=ui("This student only.")),
    lang: str | None = lang_option,
) -> None:
    """A line for each student and exercise."""
    language = chosen_lang(lang)
    with _open(out, db) as book:
        rules = read_known_policy(context, policy, book) if policy is not None else book.policy()
        marks = [mark for mark in book.marks(rules) if student in (None, mark.student)]
        if student is not None and student not in {known.id for known in book.students()}:
            fail(ui("The gradebook knows no student “{student}”.", student=student))
    _print_marks(console(), marks, language)
    console().print(_in_words(rules, language), style="dim", markup=False, soft_wrap=True)


@gradebook.command(help=ui("Give or take points by hand, with a comment. To take it back, adjust the other way."))
def adjust(
    context: typer.Context,
    out: Path | None = out_argument,
    db: str | None = db_option,
    student: str = student_option,
    exercise: str = typer.Option(..., "--exercise", help=ui("The exercise: its name or number.")),
    points: float = typer.Option(..., "--points", help=ui("Points to add, such as +2 or -1.5.")),
    comment: str = typer.Option(..., "--comment", help=ui("Why; kept in the history.")),
    author: str = author_option,
    lang: str | None = lang_option,
) -> None:
    """Kept for good; the mark afterwards is shown."""
    language = chosen_lang(lang)
    with _open(out, db) as book:
        if exercise not in book.exercises():
            exercise = find_exercises(open_course(context), [exercise])[0].id
        book.adjust(student, exercise, points, comment, author)
        marks = [mark for mark in book.marks() if (mark.student, mark.exercise) == (student, exercise)]
    _print_marks(console(), marks, language)
    if marks[0].points is None:
        text = tr(language, "This exercise is not graded yet. The adjustment counts as soon as it is.")
        console().print(text, style="magenta", markup=False, soft_wrap=True)


@gradebook.command(help=ui("Everything that happened to one student's marks."))
def history(
    out: Path | None = out_argument,
    db: str | None = db_option,
    student: str = student_option,
    lang: str | None = lang_option,
) -> None:
    """Attempts, scorings and adjustments in the order in which they were recorded."""
    with _open(out, db) as book:
        lines = book.history(student)
    _print_history(console(), lines, chosen_lang(lang))


@gradebook.command(help=ui("Put the results of a graded class into a gradebook. Doing it twice changes nothing."))
def record(
    out: Path = typer.Argument(help=ui("Folder of `grader batch --out` or `grader grade --out`.")),
    db: str | None = typer.Option(
        None, "--db", help=ui("SQLAlchemy address of the gradebook; by default OUT/gradebook.db.")
    ),
    lang: str | None = lang_option,
) -> None:
    """``grader batch`` does this by itself."""
    from grader.cli.marks import class_entries
    from grader.gradebook import open_gradebook

    entries = class_entries(out)
    address = db or f"sqlite:///{(out / 'gradebook.db').resolve()}"
    with open_gradebook(address) as book:
        done = book.record(entries)
    text = tr(
        chosen_lang(lang),
        "New attempts: {new}, scored again: {rescored}, unchanged: {unchanged}.",
        new=done.new,
        rescored=done.rescored,
        unchanged=done.unchanged,
    )
    console().print(text, markup=False, soft_wrap=True)


@gradebook.command(help=ui("Show the policies so far; with a file, put a new one in force."))
def policy(
    context: typer.Context,
    out: Path | None = out_argument,
    db: str | None = db_option,
    file: Path | None = typer.Option(None, "--set", help=ui("TOML file with deadlines and penalties.")),
    author: str | None = typer.Option(None, "--author", help=ui("Who decided it; needed with --set.")),
    lang: str | None = lang_option,
) -> None:
    """Marks are worked out when they are read, so the new policy holds for what is there already."""
    language = chosen_lang(lang)
    screen = console()
    with _open(out, db) as book:
        if file is not None:
            if author is None:
                fail(ui("--set needs --author: who decided it."))
            book.set_policy(read_known_policy(context, file, book), author)
        for when, who, rules in book.policies():
            screen.print(f"{_time(when)}  {_plain(who)}", markup=False, soft_wrap=True)
            screen.print(f"  {_in_words(rules, language)}", markup=False, soft_wrap=True)
        if not book.policies():
            screen.print(_in_words(book.policy(), language), markup=False, soft_wrap=True)


def _plain(text: str) -> str:
    from grader.text import for_terminal, plain

    return for_terminal(plain(text, limit=500, one_line=True))


def _time(when: datetime | None) -> str:
    return "–" if when is None else when.astimezone().strftime("%Y-%m-%d %H:%M")


def _in_words(policy: Policy, lang: Lang) -> str:
    parts = [
        tr(lang, "The best attempt counts.") if policy.counts == "best" else tr(lang, "The last attempt counts.")
    ]
    if policy.deadline is not None:
        parts.append(tr(lang, "Deadline: {time}.", time=_time(policy.deadline)))
    parts += [f"{name}: {_time(due)}." for name, due in sorted(policy.deadlines.items())]
    if policy.late_percent_per_day:
        parts.append(
            tr(
                lang,
                "Late: {percent}% of the points for each day begun, at most {most}%; {grace} minutes are free.",
                percent=f"{policy.late_percent_per_day:g}",
                most=f"{policy.late_percent_max:g}",
                grace=f"{policy.grace_minutes:g}",
            )
        )
    parts += [
        tr(lang, "Extension for {student}: {time}.", student=_plain(name), time=_time(due))
        for name, due in sorted(policy.extensions.items())
    ]
    return " ".join(parts)


def _print_marks(screen: Console, marks: list[Mark], lang: Lang) -> None:
    from rich.text import Text as Rich

    from grader.cli.render import quiet_table

    table = quiet_table(
        (tr(lang, "Student"), "left"),
        (tr(lang, "Exercise"), "left"),
        (tr(lang, "Points"), "right"),
        (tr(lang, "Graded"), "right"),
        (tr(lang, "Late"), "right"),
        (tr(lang, "By hand"), "right"),
        (tr(lang, "Attempt"), "right"),
        (tr(lang, "Comment"), "left"),
    )
    for mark in marks:
        table.add_row(
            Rich(_plain(mark.student)),
            Rich(mark.exercise),
            format_score(mark.points, mark.max_points),
            format_points(mark.graded_points),
            f"-{format_number(mark.penalty)}" if mark.penalty else "",
            f"{mark.adjustment:+g}" if mark.adjustment else "",
            str(mark.attempt or "–"),
            Rich(_plain("; ".join(mark.comments))),
        )
    screen.print(table)


def _print_history(screen: Console, lines: list[Attempt | Adjustment], lang: Lang) -> None:
    from rich.text import Text as Rich

    from grader.cli.render import quiet_table
    from grader.gradebook import Attempt
    from grader.report import words

    table = quiet_table(
        (tr(lang, "Time"), "left"),
        (tr(lang, "Exercise"), "left"),
        (tr(lang, "What"), "left"),
        (tr(lang, "Points"), "right"),
        (tr(lang, "Details"), "left"),
    )
    for line in lines:
        if isinstance(line, Attempt):
            what = tr(lang, "attempt {number}", number=line.number)
            if line.version > 1:
                what = tr(lang, "attempt {number}, scored again", number=line.number)
            points = format_score(line.points, line.max_points)
            details = tr(lang, "handed in {time}", time=_time(line.submitted_at)) if line.submitted_at else ""
            badge = words.status_badge(line.status)
            if badge is not None:
                details = " · ".join(part for part in (badge.word.get(lang), details) if part)
            when = line.recorded_at
        else:
            what, points, when = tr(lang, "by hand"), f"{line.delta:+g}", line.time
            details = f"{_plain(line.comment)} ({_plain(line.author)})"
        table.add_row(_time(when), Rich(line.exercise), what, points, Rich(details))
    screen.print(table)
