"""A mistake that several made becomes a known wrong answer: written into the course, proved, and given to all."""

from __future__ import annotations

import ast
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.authoring.stubs import without_markers
from grader.authoring.synchronise import read_solution
from grader.award import Judged, award
from grader.errors import CourseError
from grader.files import write_whole
from grader.i18n import both
from grader.report import CauseGroup, ClassCauses
from grader.schema import Course, Exercise, Result, Submission, Text
from grader.workflows.batch import ClassEntries
from grader.workflows.grade import Grader
from grader.workflows.options import Options
from grader.workflows.prove import need_solutions
from grader.workflows.score import award_request
from grader.workflows.signing import judge_source, write_signatures

NAME = re.compile(r"[a-z][a-z0-9_]{1,60}")


@dataclass(frozen=True)
class Specimen:
    """One of a group, without its author's name."""

    group: CauseGroup
    exercise: Exercise
    code: str


def open_groups(out: Path, exercise: Exercise | None = None) -> list[CauseGroup]:
    """What nobody has explained in the class at ``out``, largest group first; of one student, too."""
    causes = ClassCauses()
    for entry in ClassEntries(out):
        for result in entry.result.exercises:
            if exercise is None or result.id == exercise.id:
                causes.add(result, entry.folder.name)
    return causes.shared(least=1)


def specimen(out: Path, course: Course, group: CauseGroup) -> Specimen:
    """The group's student who got least else wrong; comments, docstrings and the author's name are left out.

    Raises:
        CourseError: no program of the group can be read, or the course has no solutions here.
    """
    exercise = course[group.exercise]
    need_solutions([exercise])
    found: list[tuple[int, str]] = []
    for student in group.students[:20]:
        folder = out / student
        result = Result.model_validate_json((folder / "result.json").read_bytes())
        submission = Submission.model_validate_json((folder / "submission.json").read_bytes())
        failed = sum(c.outcome == "failed" for e in result.exercises if e.id == exercise.id for c in e.checks)
        source = next((files.source for files in submission.exercises if files.exercise == exercise.id), None)
        if source is not None and (code := _anonymous(source.code, (student, submission.id, submission.name))):
            found.append((failed, code))
    if not found:
        raise CourseError(both("No program of this group can be read as Python."))
    return Specimen(group, exercise, min(found, key=lambda one: (one[0], len(one[1])))[1])


def add_answer(
    course: Course, chosen: Specimen, name: str, diagnosis: Text, told: Callable[[str], None]
) -> list[str]:
    """Write ``chosen`` into the course as the wrong answer ``name``, proved by running it.

    The solution with the student's version of what failed is tried first, so that nothing else of theirs counts.

    Args:
        told: told of each answer that is run.

    Returns:
        Ids of the checks that it fails.

    Raises:
        CourseError: the name is taken or none, or the answer does not fail as the group did, or can't be told from
            others; then nothing is left in the course.
    """
    exercise = chosen.exercise
    folder = exercise.solution_dir
    assert folder is not None
    table = folder / "wrong" / f"{name}.toml"
    if not NAME.fullmatch(name) or table.exists():
        raise CourseError(both("{name}: a new name of small letters, digits and _ is needed.", name=name))
    wanted = {check.id for check in chosen.group.checks}
    with Grader(course, Options(budget="quick", builtin=True)) as grader, tempfile.TemporaryDirectory() as scratch:
        best: tuple[str, Judged] | None = None
        for number, code in enumerate(_candidates(exercise, chosen)):
            told(f"{exercise.id} · {name}")
            judged = judge_source(exercise, code, grader, Path(scratch) / str(number))
            if wanted <= _failed(judged) and (best is None or len(_failed(judged)) < len(_failed(best[1]))):
                best = code, judged
        if best is None:
            raise CourseError(both("Run by itself it does not fail as the group did; nothing was written."))
        code, (_, result) = best
        written = [table, table.with_suffix(".py")]
        try:
            write_whole(table.with_suffix(".py"), code)
            write_whole(table, _toml(best[1], diagnosis))
            write_signatures(exercise, lambda: grader, lambda _, one: told(f"{exercise.id} · {one}"))
            if not _explains(exercise, best[1], name):
                raise CourseError(both("It cannot be told from other wrong answers; nothing was written."))
        except BaseException:
            for path in written:
                path.unlink(missing_ok=True)
            write_signatures(exercise, lambda: grader)
            raise
    return sorted(check.id for check in result.checks if check.outcome == "failed")


def _explains(exercise: Exercise, judged: Judged, name: str) -> bool:
    request, _ = judged
    (result,) = award([award_request(exercise, request.facts, request.folder, staff=True)])
    return name in {one.id for one in result.diagnoses}


def _failed(judged: Judged) -> set[str]:
    return {check.id for check in judged[1].checks if check.outcome == "failed"}


def _toml(judged: Judged, diagnosis: Text) -> str:
    result = judged[1]
    by_outcome = {kind: [c.id for c in result.checks if c.outcome == kind] for kind in ("failed", "skipped")}
    first = next(check for check in result.checks if check.outcome == "failed")
    said = first.actual or first.message or first.title

    def quoted(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    return (
        f"status = {quoted(result.status)}\n"
        f"failed = {quoted(by_outcome['failed'])}\nskipped = {quoted(by_outcome['skipped'])}\n\n"
        f"[diagnosis]\nko = {quoted(diagnosis.ko)}\nen = {quoted(diagnosis.en)}\n\n"
        f"[messages]\n{quoted(first.id)} = {quoted(said.en.partition(chr(10))[0][:120])}\n"
    )


def _candidates(exercise: Exercise, chosen: Specimen) -> Iterator[str]:
    """The solution with the functions that failed as the student wrote them; the student's whole program."""
    words = " ".join(check.id.lower() for check in chosen.group.checks)
    about = [name for name in exercise.functions if name.lower() in words]
    if about and len(about) < len(exercise.functions):
        yield _grafted(without_markers(read_solution(exercise)), chosen.code, about, exercise.functions)
    yield chosen.code


def _grafted(solution: str, code: str, about: Sequence[str], functions: Sequence[str]) -> str:
    def named(node: ast.stmt) -> str:
        return node.name if isinstance(node, ast.FunctionDef | ast.ClassDef) else ""

    mine = [node for node in ast.parse(solution).body if named(node) not in about]
    theirs = [node for node in ast.parse(code).body if named(node) in about or named(node) not in functions]
    late = [node for node in theirs if not isinstance(node, ast.Import | ast.ImportFrom)]
    imports = [node for node in theirs if isinstance(node, ast.Import | ast.ImportFrom)]
    head = [node for node in mine if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    rest = [node for node in mine if node not in head]
    return ast.unparse(ast.Module([*head, *imports, *rest, *late], [])) + "\n"


def _anonymous(code: str, names: Sequence[str]) -> str:
    """``code`` without comments, docstrings and ``names``; empty where it is no Python."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
            first = body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(body) > 1:
                del body[0]
    text = ast.unparse(tree) + "\n"
    for name in names:
        if len(name) > 2:
            text = text.replace(name, "…")
    return text
