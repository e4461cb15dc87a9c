"""From a checkout to everything that other tools read of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.ci.actions import Annotation, Runner, append_values, encode
from grader.ci.annotate import annotate
from grader.ci.summary import summary
from grader.export.classroom50 import to_classroom50
from grader.export.github import to_github, to_github_rows
from grader.export.junit import to_junit
from grader.export.whole import in_whole_points
from grader.files import write_whole
from grader.i18n import tr
from grader.report import for_student
from grader.schema import Course, Lang, Result
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


def grade_checkout(
    runner: Runner,
    course: Course,
    grade: Grade,
    *,
    out: Path,
    cwd: Path,
    lang: Lang,
    rows: bool = False,
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
    write_reports(result, out, lang, course, audience="student")
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
    content = to_classroom50(result, runner.classroom50, _committed_at(runner.workspace))
    write_whole(file, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    return [file]


def _committed_at(workspace: Path) -> datetime:
    """When the graded commit was made, so that grading again later does not make it late; else now."""
    command = ["git", "-c", f"safe.directory={workspace}", "-C", str(workspace), "log", "-1", "--format=%cI"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
        return datetime.fromisoformat(done.stdout.strip())
    except (OSError, subprocess.SubprocessError, ValueError):
        return datetime.now(UTC)


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
