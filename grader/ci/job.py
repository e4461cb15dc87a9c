"""A step of a job: from a checkout to everything that other tools read of it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from grader.ci.actions import Annotation, Runner, append_values, encode
from grader.ci.annotate import annotate
from grader.errors import GraderError, NothingToGrade
from grader.export.classroom50 import to_classroom50
from grader.export.github import to_github, to_github_rows
from grader.export.junit import to_junit
from grader.export.whole import in_whole_points
from grader.files import write_whole
from grader.i18n import tr
from grader.intake.commits import commit_time
from grader.report import for_student, to_markdown, words
from grader.schema import Course, Exercise, Lang, Level, Result, Text
from grader.text import format_score
from grader.workflows import Grader, Options
from grader.workflows.finding import find_exercises
from grader.workflows.reports import write_reports

#: ``(submission, folder for evidence and reports of staff) -> result``.
Grade = Callable[[Path, Path], Result]

CLASSROOM50_FILE = "result.json"


@dataclass(frozen=True)
class Outcome:
    """What was graded and written."""

    result: Result
    """In whole points, and as a student may see it."""
    annotations: tuple[Annotation, ...]
    files: tuple[Path, ...]
    nothing: Text | None = None
    """Why there was nothing to grade, where there was nothing."""


def run_step(
    open_course: Callable[[], Course],
    *,
    checkout: Path | None,
    names: Sequence[str],
    out: Path | None,
    options: Options,
    isolation: Level,
    lang: Lang,
    rows: bool = False,
) -> Outcome:
    """Grade as the runner's variables say, and print what the log shows: points, remarks, the files written.

    Args:
        open_course: what goes wrong there, too, is a remark in the log.
        checkout: by default the runner's, else the current folder.
        names: exercises that count as missing where their file is not there; by default those that are there.
        out: by default outside of the checkout.

    Raises:
        GraderError: nothing could be graded; a remark has said why.
    """
    runner = Runner.of(os.environ, Path.cwd())
    if checkout is not None:
        runner = replace(runner, workspace=checkout.resolve())
    nothing: Text | None = None
    try:
        course = open_course()
        only = [e.id for e in find_exercises(course, names)]
        with Grader(course, options, isolation=isolation) as grader:

            def grade(submission: Path, private: Path) -> Result:
                nonlocal nothing
                try:
                    return grader.grade(submission, private, only=only, lang=lang, progress=announce)
                except NothingToGrade as found:
                    nothing = found.text
                    return found.result

            def announce(stage: str, exercise: Exercise | None) -> None:
                if stage == "run" and exercise is not None:
                    print(f"{exercise.id}: {tr(lang, 'running the code')} …", flush=True)

            outcome = grade_checkout(
                runner, course, grade, out=out or runner.out, cwd=Path.cwd(), lang=lang, rows=rows
            )
    except GraderError as error:
        print(Annotation("error", "vision-grader", error.text.get(lang)).command())
        raise
    _print_points(outcome.result, lang)
    for line in (*(remark.command() for remark in outcome.annotations), *outcome.files):
        print(line)
    if nothing is not None:
        print(Annotation("error", "vision-grader", nothing.get(lang)).command())
    return replace(outcome, nothing=nothing)


def _print_points(result: Result, lang: Lang) -> None:
    """A line for each exercise; titles are the course's, words our own, so nothing here is a student's."""
    for exercise in result.exercises:
        badge = words.exercise_badge(exercise)
        score = format_score(exercise.points, exercise.max_points)
        print(f"{badge.mark} {exercise.id}  {score}  {badge.word.get(lang)}")
    print(f"{tr(lang, 'Total')}: {format_score(result.points, result.max_points)}")


def grade_checkout(
    runner: Runner, course: Course, grade: Grade, *, out: Path, cwd: Path, lang: Lang, rows: bool = False
) -> Outcome:
    """Grade the runner's checkout; write reports, JUnit XML, outputs, the summary and Classroom 50's file.

    Nothing written holds what is for staff only: evidence, facts and the full reports stay in a temporary folder,
    which is gone afterwards. All points are whole and the same everywhere.

    Args:
        out: folder for ``report.html`` and the like, ``junit.xml`` and ``github.json``.
        cwd: where Classroom 50 looks for ``result.json``.
        rows: also write one variable for each check to GITHUB_ENV, and their names as the output ``runners``.

    Raises:
        What ``grade`` raises; OutputError where ``out`` can't be written; OSError where a runner's file can't.
    """
    with tempfile.TemporaryDirectory(prefix="grader-ci-", ignore_cleanup_errors=True) as private:
        graded = grade(runner.workspace, Path(private) / "out")
    result = for_student(in_whole_points(graded))
    report = to_github(result, lang)
    write_reports(result, out, lang, course.exercises, audience="student")
    write_whole(out / "junit.xml", to_junit([result], lang))
    write_whole(out / "github.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    files = [out / name for name in ("report.html", "student.html", "junit.xml", "github.json")]
    if runner.classroom50:
        files += _classroom50(runner, result, cwd / CLASSROOM50_FILE)
    _outputs(runner, result, out, lang, rows=rows)
    if runner.summary_file is not None:
        before = runner.summary_file.stat().st_size if runner.summary_file.is_file() else 0
        with runner.summary_file.open("a", encoding="utf-8", newline="\n") as file:
            file.write(summary(result, lang, before=before))
    remarks = [*annotate(result, course, runner.workspace, lang), *_notices(result, lang)]
    return Outcome(result=result, annotations=tuple(remarks), files=tuple(files))


def _outputs(runner: Runner, result: Result, out: Path, lang: Lang, *, rows: bool) -> None:
    values = {
        "result": encode(to_github(result, lang)),
        "points": "" if result.points is None else str(int(result.points)),
        "max-points": str(int(result.max_points)),
        "report": str(out),
        "junit": str(out / "junit.xml"),
    }
    if rows and runner.env_file is not None:
        checks = to_github_rows(result, lang)
        values["runners"] = ",".join(checks)
        append_values(
            runner.env_file, {f"{name.upper()}_RESULTS": encode(check) for name, check in checks.items()}
        )
    if runner.output_file is not None:
        append_values(runner.output_file, values)


def _classroom50(runner: Runner, result: Result, file: Path) -> list[Path]:
    """Its file; none where something is ungraded, so that its runner reports an error and keeps the old mark."""
    if file.is_dir() and not file.is_symlink():  # a student may have committed anything by that name
        shutil.rmtree(file)
    else:
        file.unlink(missing_ok=True)
    if result.points is None:
        return []
    # When the graded commit was made, so that grading again later does not make it late. Read from its files: the
    # checkout's own configuration could have git run a program.
    when = commit_time(runner.workspace) or datetime.now(UTC)
    content = to_classroom50(result, runner.classroom50, when)
    write_whole(file, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    return [file]


def _notices(result: Result, lang: Lang) -> list[Annotation]:
    """The points; and where the code could not be confined, how it can be."""
    points = (
        tr(lang, "Not everything could be graded.")
        if result.points is None
        else tr(lang, "{points} of {maximum} points", points=int(result.points), maximum=int(result.max_points))
    )
    found = [Annotation("notice", "vision-grader", points)]
    if result.isolation == "process" and any(exercise.wall_seconds > 0 for exercise in result.exercises):
        text = tr(
            lang,
            "The code ran as an ordinary process of this runner (no user namespaces). That is enough for your own "
            "code on a throw-away runner. To confine it, run before grading: {command}",
            command="sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        )
        found.append(Annotation("notice", "vision-grader", text))
    return found


#: GitHub shows nothing of a step's summary over 1 MiB.
MAX_BYTES = 1024 * 1024
#: Other commands of the same step may write there, too.
_RESERVE = 24 * 1024


def summary(result: Result, lang: Lang, *, before: int = 0) -> str:
    """Markdown of what a student may see of ``result``, with the hints folded.

    Args:
        before: bytes that the step's summary has already.
    """
    return cut(to_markdown(result, lang, audience="student"), MAX_BYTES - _RESERVE - before, lang)


def cut(text: str, room: int, lang: Lang) -> str:
    """``text`` in at most ``room`` bytes of UTF-8: whole lines from its start, and a word that there is more."""
    data = text.encode("utf-8")
    if len(data) <= room:
        return text
    note = "\n> " + tr(lang, "This summary was cut here. The full report is among the run's artifacts.") + "\n"
    closing = "\n</details>\n"
    kept = data[: max(room - len(note.encode()) - len(closing), 0)].decode("utf-8", errors="ignore")
    kept = kept[: kept.rfind("\n") + 1]
    if kept.count("<pre>") > kept.count("</pre>"):  # in the middle of a block: without it
        kept = kept[: kept.rfind("<pre>")]
    if kept.count("<details>") > kept.count("</details>"):
        kept += closing
    return kept + note if len(note.encode()) <= room else ""
