"""What people decide in a gradebook: points by hand, comments, students' requests and their answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.cli import options
from grader.cli.screen import EXIT_ERROR, console, fail, say
from grader.errors import BatchError
from grader.i18n import tr, trn, ui, user_lang
from grader.schema import Lang, Mark, Request
from grader.text import for_terminal, format_change, format_points, format_score, plain

if TYPE_CHECKING:
    from rich.console import Console

    from grader.gradebook import Gradebook

_out = typer.Argument(None, help=ui("Folder of `grader batch --out`, with gradebook.db in it."))
_folder = typer.Argument(help=ui("Folder of `grader batch --out`, with gradebook.db in it."))
_db = typer.Option(None, "--db", help=ui("SQLAlchemy address of the gradebook, instead of OUT."))
_author = typer.Option(..., "--author", help=ui("Who decided it."))
_extra = typer.Option(False, "--allow-extra", help=ui("Yes, more than full marks."))


def adjust(
    context: typer.Context,
    out: Path | None = _out,
    db: str | None = _db,
    student: str = typer.Option(..., "--student", help=ui("The student: id, name or e-mail.")),
    exercise: str = typer.Option(..., "--exercise", help=ui("The exercise: its name or number.")),
    points: float = typer.Option(..., "--points", help=ui("Points to add, such as +2 or -1.5.")),
    comment: str = typer.Option(..., "--comment", help=ui("Why; the student reads it.")),
    author: str = _author,
    allow_extra: bool = _extra,
    lang: Lang | None = options.lang,
) -> None:
    """Kept for good; the mark afterwards is shown."""
    from grader.workflows.gradebook import open_known

    language = options.language(lang)
    with open_known(out, db) as book:
        student, exercise = book.find(student), _exercise(context, book, exercise)
        book.adjust(student, exercise, points, comment, author, extra=allow_extra)
        mark = _show(book, student, exercise, language)
    if mark is not None and mark.points is None:
        text = tr(language, "This exercise is not graded yet. The adjustment counts as soon as it is.")
        say(text, "magenta")
    bring_up_to_date(context, out, db, language)


def comment(
    context: typer.Context,
    out: Path = _folder,
    student: str = typer.Argument(help=ui("The student: id, name or e-mail.")),
    exercise: str = typer.Argument(help=ui("The exercise: its name or number.")),
    text: str | None = typer.Argument(None, help=ui("What the student is to read.")),
    db: str | None = _db,
    use: str | None = typer.Option(
        None, "--use", help=ui("A key of the course's comments.toml, in place of TEXT.")
    ),
    check: str = typer.Option("", "--check", help=ui("Id of the check that it is about, or its end.")),
    lines: str = typer.Option(
        "", "--lines", help=ui("Lines of the student's code: 12-14; in a notebook [CELL]:LINE.")
    ),
    author: str = _author,
    lang: Lang | None = options.lang,
) -> None:
    """Kept over regrades; marked as being about an earlier hand-in once the work changes."""
    from grader.workflows import annotate
    from grader.workflows.gradebook import open_known

    language = options.language(lang)
    if (text is None) == (use is None):
        fail(ui("Give either the comment's text or --use KEY."))
    said = text if text is not None else annotate.course_comment(options.open_course(context), use or "")
    with open_known(out, db) as book:
        annotate.comment(book, out, student, _exercise(context, book, exercise), said, author, check, lines)
    say(tr(language, "The student's page shows it."))
    bring_up_to_date(context, out, db, language)


def request(
    context: typer.Context,
    out: Path = _folder,
    files: list[Path] = typer.Argument(None, help=ui("Requests that students sent: text files, mails, folders.")),
    db: str | None = _db,
    lang: Lang | None = options.lang,
) -> None:
    """Changes no mark. Exit code 1: a file was no request."""
    from grader.workflows import annotate
    from grader.workflows.gradebook import open_known

    language = options.language(lang)
    with open_known(out, db) as book:
        taken = annotate.take_in(book, out, files or [])
        asked = [one for one in book.requests() if one.decision == "open"]
    for name, reason in taken.refused:
        say(for_terminal(f"{name}: {reason.get(language)}"), "magenta")
    say(trn(language, "{n} request is open.", "{n} requests are open.", len(asked)))
    for one in asked:
        where = " · ".join(plain_line(word) for word in (one.student, one.exercise, one.check))
        say(f"{one.number}  {zoned(one.time)}  {where}")
        say(f"   {plain_line(one.text)}", "dim")
    if taken.numbers:
        bring_up_to_date(context, out, db, language)
    if taken.refused:
        raise SystemExit(1)


def accept(
    context: typer.Context,
    out: Path = _folder,
    number: int = typer.Argument(help=ui("The request's number.")),
    points: float = typer.Option(0.0, "--points", help=ui("Points to add, such as +2; 0 where none are due.")),
    alternative: str | None = typer.Option(
        None,
        "--alternative",
        help=ui("Keep the answer in the course under this name, so that the checks can be changed to accept it."),
    ),
    answer: str = typer.Option(..., "--answer", help=ui("Why; the student reads it.")),
    db: str | None = _db,
    author: str = _author,
    allow_extra: bool = _extra,
    lang: Lang | None = options.lang,
) -> None:
    """The student was right: an adjustment with a reason, the answer kept as another right one, or both."""
    from grader.files import write_whole
    from grader.workflows import annotate
    from grader.workflows.gradebook import open_known

    language = options.language(lang)
    kept = None
    if alternative is not None:
        with open_known(out, db) as book:
            kept = annotate.as_alternative(book, out, options.open_course(context), number, alternative)
    asked = _answer(context, out, db, number, answer, author, points, allow_extra, language)
    if kept is not None:
        write_whole(*kept)
    way = {"exercise": asked.exercise, "out": str(out), "file": f"solutions/{asked.exercise}/alternative/NAME.py"}
    if kept is not None:
        text = tr(
            language,
            "The answer is in {file}, without its author's name. Change the checks until "
            "`grader validate {exercise}` passes, then run `grader regrade {out}`.",
            **(way | {"file": str(kept[0])}),
        )
    else:
        text = tr(
            language,
            "If the checks should accept such an answer: save it as {file}, change them until `grader "
            "validate {exercise}` passes, then run `grader regrade {out}`.",
            **way,
        )
    say(text, "dim")


def decline(
    context: typer.Context,
    out: Path = _folder,
    number: int = typer.Argument(help=ui("The request's number.")),
    answer: str = typer.Option(..., "--answer", help=ui("Why; the student reads it.")),
    db: str | None = _db,
    author: str = _author,
    lang: Lang | None = options.lang,
) -> None:
    """The mark stays; the student gets an answer."""
    from grader.workflows.annotate import unexplained

    language = options.language(lang)
    asked = _answer(context, out, db, number, answer, author, None, False, language)
    if (group := unexplained(out, asked)) is not None:
        command = f"grader explain {out} --exercise {asked.exercise} --group {group}"
        say(tr(language, "To explain it to everybody with the same mistake: `{command}`.", command=command), "dim")


COMMANDS = (
    ("adjust", adjust, ui("Give or take points by hand, with a comment. To take it back, adjust the other way.")),
    ("comment", comment, ui("Write something about a student's work, for the student.")),
    ("request", request, ui("Take in what students ask about their marks, and list what is open.")),
    ("accept", accept, ui("Accept a request: points and an answer.")),
    ("decline", decline, ui("Decline a request, with an answer.")),
)


def _answer(
    context: typer.Context,
    out: Path,
    db: str | None,
    number: int,
    text: str,
    author: str,
    points: float | None,
    extra: bool,
    language: Lang,
) -> Request:
    from grader.workflows.gradebook import open_known

    with open_known(out, db) as book:
        book.answer(number, text, author, delta=points, extra=extra)
        asked = next(one for one in book.requests() if one.number == number)
        _show(book, asked.student, asked.exercise, language)
    bring_up_to_date(context, out, db, language)
    return asked


def _exercise(context: typer.Context, book: Gradebook, name: str) -> str:
    from grader.workflows.finding import find_exercises

    return name if name in book.exercises() else find_exercises(options.open_course(context), [name])[0].id


def _show(book: Gradebook, student: str, exercise: str, language: Lang) -> Mark | None:
    names = {known.id: known.name for known in book.students()}
    marks = [mark for mark in book.marks() if (mark.student, mark.exercise) == (student, exercise)]
    print_marks(console(), marks, names, language)
    return marks[0] if marks else None


def bring_up_to_date(context: typer.Context, out: Path | None, db: str | None, language: Lang) -> None:
    """The class's pages and tables follow what was decided."""
    from grader.workflows.batch import is_class
    from grader.workflows.publish import republish

    if out is None or not is_class(out):
        return
    try:
        republish(out, options.open_course(context), language, db)
    except BatchError as error:
        # It is decided all the same; the batch that is running brings pages up to date at its end.
        say(error.text.get(user_lang()), "magenta")
        raise SystemExit(EXIT_ERROR) from None
    say(tr(language, "{page}, grades.csv and the students' pages show it.", page=str(out / "index.html")), "dim")


def plain_line(text: str) -> str:
    """Somebody's words on one line of a terminal."""
    return for_terminal(plain(text, limit=500, one_line=True))


def zoned(when: datetime | None) -> str:
    """A time in this machine's zone, with its distance from UTC."""
    return "–" if when is None else when.astimezone().isoformat(" ", "minutes")


def print_marks(screen: Console, marks: Iterable[Mark], names: Mapping[str, str], lang: Lang) -> None:
    """A line for each mark; there is no column for what none of them has."""
    from rich.text import Text as Rich

    from grader.cli.render import quiet_table

    columns = [
        (tr(lang, "Student"), "left"),
        (tr(lang, "Exercise"), "left"),
        (tr(lang, "Points"), "right"),
        (tr(lang, "Automatic"), "right"),
        (tr(lang, "Late"), "right"),
        (tr(lang, "By hand"), "right"),
        (tr(lang, "Attempt"), "right"),
        (tr(lang, "Comment"), "left"),
    ]
    rows = []
    for mark in marks:
        name = names.get(mark.student, "")
        row = (
            mark.exercise,
            format_score(mark.points, mark.max_points),
            format_points(mark.graded_points),
            format_change(-mark.penalty) if mark.penalty else "",
            format_change(mark.adjustment) if mark.adjustment else "",
            str(mark.attempt or "–"),
            "; ".join([*mark.comments, *(said.text for said in mark.remarks)]),
        )
        who = Rich(plain_line(name or mark.student))
        if name and name != mark.student:
            who.append("\n" + plain_line(mark.student), style="dim")
        rows.append([who, *(Rich(plain_line(cell)) for cell in row)])
    shown = [place for place in range(len(columns)) if place < 4 or any(row[place].plain for row in rows)]
    table = quiet_table(*(columns[place] for place in shown))
    table.columns[1].no_wrap = True
    for cells in rows:
        table.add_row(*(cells[place] for place in shown))
    screen.print(table)
