"""``grader regrade`` on a whole class: stored facts, today's checks, no TensorFlow, and what changed and why."""

from __future__ import annotations

import csv
import multiprocessing
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rich.text import Text as Rich

from grader.cli.common import console
from grader.cli.render import quiet_table, result_changes, say, short
from grader.i18n import both, tr
from grader.schema import Lang, Text
from grader.text import for_terminal, format_number, format_points, plain

if TYPE_CHECKING:
    from grader.schema import CheckResult, Course

#: Submissions that a process scores before it answers.
PART = 40
#: Fewer are scored right here: a process takes a second to start.
FEW = 60
MAX_ROWS = 30
CHANGES_FILE = "changes.csv"

#: In a process of a pool alone.
_course: Course | None = None


@dataclass(frozen=True)
class Change:
    """One check of one student that comes out otherwise than before."""

    student: str
    exercise: str
    check: str
    title: Text
    before: float | None
    after: float | None
    outcomes: str
    """Such as ``passed → failed``."""
    why: Text | None


@dataclass
class Scored:
    """What scoring again came to: counts, and a few changes to show. All of them are in the file."""

    students: int = 0
    exercises: int = 0
    moved: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    """Student -> points before and now, where these differ."""
    shown: list[Change] = field(default_factory=list)
    changes: int = 0
    ungraded: bool = False
    damaged: list[Text] = field(default_factory=list)
    """Why some could not be scored; they are left as they are."""


@dataclass(frozen=True)
class _Part:
    """What a process answers for some students."""

    students: int
    exercises: int
    changes: list[Change]
    moved: dict[str, tuple[float | None, float | None]]
    ungraded: bool
    damaged: list[Text]


def score_part(folders: Sequence[Path], root: Path | None, lang: Lang | None) -> _Part:
    """Score some students again; runs in a process of its own."""
    from grader.catalog import load_course
    from grader.workflows import regrade_all

    course = _course if _course is not None else load_course(root)
    students = exercises = 0
    changes: list[Change] = []
    moved = {}
    ungraded = False
    damaged: list[Text] = []
    for done in regrade_all(folders, course, lang=lang, damaged=lambda _, error: damaged.append(error.text)):
        students += 1
        exercises += len(done.scored)
        ungraded |= done.after.points is None
        if done.after != done.before:
            name = done.folder.name
            if done.before.points != done.after.points:
                moved[name] = (done.before.points, done.after.points)
            changes += [_change(name, *item) for item in result_changes(done.before, done.after)]
    return _Part(students, exercises, changes, moved, ungraded, damaged)


def _change(student: str, exercise: str, old: CheckResult | None, new: CheckResult | None) -> Change:
    current = new or old
    assert current is not None
    return Change(
        student=student,
        exercise=exercise,
        check=current.id,
        title=current.title,
        before=old.points if old else None,
        after=new.points if new else None,
        outcomes=f"{old.outcome if old else '–'} → {new.outcome if new else '–'}",
        why=_why(old, new),
    )


def _why(old: CheckResult | None, new: CheckResult | None) -> Text | None:
    """The reason for the points as they are now: what the check is worth, and how it comes out."""
    if new is None:
        return both("This check is no more.")
    if old is None:
        reason = both("This check is new.")
    elif old.max_points != new.max_points:
        was, now = (format_number(value) for value in (old.max_points, new.max_points))
        reason = both("Worth {now} points instead of {was}.", now=now, was=was)
    elif new.outcome == "passed":
        return both("Passes now.")
    else:
        return new.message
    if new.outcome == "passed" or new.message is None:
        return reason
    return Text(ko=f"{reason.ko} {new.message.ko}", en=f"{reason.en} {new.message.en}")


def regrade_class(
    out: Path, course: Course, root: Path | None, lang: Lang | None, language: Lang, db: str | None
) -> bool:
    """Score everybody in ``out`` again, print what changed, bring the class report and the gradebook up to date.

    Args:
        root: as given with ``--course``.
        lang: language of the reports; None keeps each as it is.
        language: of the terminal.
        db: address of the gradebook; None: ``OUT/gradebook.db``.

    Returns:
        Whether something is ungraded.
    """
    from grader.workflows.batch import Store, read_batch, student_folders
    from grader.workflows.publish import publish

    screen = console()
    began = time.perf_counter()
    scored = Scored()
    with Store(out, resume=True):
        folders = list(student_folders(out))
        fresh = out / f".{CHANGES_FILE}"
        with fresh.open("w", encoding="utf-8-sig", newline="") as file:
            _score(folders, root, lang, language, file, scored)
        fresh.replace(out / CHANGES_FILE)
        seconds = time.perf_counter() - began
        known = read_batch(out)
        report = publish(
            out,
            course,
            lang or (known.lang if known is not None else language),
            known.downloads if known is not None else None,
            db,
            rescored=True,
        )
    _show(scored, language)
    for text in scored.damaged:
        screen.print(say(text, language, "magenta"), soft_wrap=True)
    screen.print(
        tr(
            language,
            "{students} submissions: {exercises} exercises scored again in {seconds:.1f} s, nothing was run.",
            students=scored.students,
            exercises=scored.exercises,
            seconds=seconds,
        ),
        soft_wrap=True,
    )
    screen.print(Rich(tr(language, "Every change and its reason:") + f" {out / CHANGES_FILE}"), soft_wrap=True)
    screen.print(Rich(tr(language, "Class report:") + f" {report}"), soft_wrap=True)
    return scored.ungraded


def _score(
    folders: Sequence[Path], root: Path | None, lang: Lang | None, language: Lang, file: TextIO, scored: Scored
) -> None:
    table = csv.writer(file)
    table.writerow(["student", "exercise", "check", "title", "before", "now", "outcome", "why"])
    for part in _parts(folders, root, lang):
        scored.students += part.students
        scored.exercises += part.exercises
        scored.changes += len(part.changes)
        scored.moved |= part.moved
        scored.ungraded |= part.ungraded or bool(part.damaged)
        scored.damaged += part.damaged
        scored.shown += part.changes[: MAX_ROWS - len(scored.shown)]
        for change in part.changes:
            why = plain(change.why.get(language), limit=1000, one_line=True) if change.why else ""
            row = [change.student, change.exercise, change.check, change.title.get(language)]
            row += ["" if value is None else f"{value:g}" for value in (change.before, change.after)]
            table.writerow([_cell(value) for value in (*row, change.outcomes, why)])
    file.flush()


def _cell(value: str) -> str:
    """A spreadsheet takes what begins like a formula for one."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) and not _is_number(value) else value


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _parts(folders: Sequence[Path], root: Path | None, lang: Lang | None) -> Iterator[_Part]:
    """Scores in as many processes as there are cores; few at a time are on their way, so memory stays flat."""
    from grader.workflows import usable_cores

    parts = [folders[at : at + PART] for at in range(0, len(folders), PART)]
    if len(folders) <= FEW or usable_cores() == 1:
        for part in parts:
            yield score_part(part, root, lang)
        return
    jobs = min(usable_cores(), len(parts))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(root,)) as pool:
        waiting: list[Future[_Part]] = []
        try:
            for part in parts:
                waiting.append(pool.submit(score_part, part, root, lang))
                if len(waiting) >= 2 * jobs:
                    yield waiting.pop(0).result()
            while waiting:
                yield waiting.pop(0).result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _begin(root: Path | None) -> None:
    """The course is read once in a process; Ctrl-C is for the coordinator, and what has begun is finished."""
    global _course
    from grader.catalog import load_course

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _course = load_course(root)


def _show(scored: Scored, lang: Lang) -> None:
    screen = console()
    if not scored.changes and not scored.moved:
        screen.print(tr(lang, "Nothing changed."), style="dim")
        return
    table = quiet_table(
        (tr(lang, "Submission"), "left"),
        (tr(lang, "Exercise"), "left"),
        (tr(lang, "Check"), "left"),
        (tr(lang, "Before"), "right"),
        (tr(lang, "Now"), "right"),
        (tr(lang, "Why"), "left"),
    )
    for change in scored.shown:
        table.add_row(
            Rich(for_terminal(plain(change.student, limit=60, one_line=True))),
            Rich(short(change.exercise), style="dim"),
            say(change.title, lang),
            Rich(format_points(change.before), style="dim"),
            Rich(format_points(change.after), style="bold"),
            Rich("") if change.why is None else say(change.why, lang),
        )
    screen.print(table)
    if scored.changes > len(scored.shown):
        n = scored.changes - len(scored.shown)
        screen.print(tr(lang, "… and {n} more changes in the file below.", n=n), style="dim")
    screen.print(
        tr(
            lang,
            "Marks that changed: {n} of {total} (up {up}, down {down}).",
            n=len(scored.moved),
            total=scored.students,
            up=sum((now or 0) > (was or 0) for was, now in scored.moved.values()),
            down=sum((now or 0) < (was or 0) for was, now in scored.moved.values()),
        ),
        soft_wrap=True,
    )
