"""A mistake that several made becomes a known wrong answer: written into the course, proved, and given to all."""

from __future__ import annotations

import ast
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.authoring import read_answer
from grader.authoring.answers import Edit, dump_edits, find_edits
from grader.authoring.stubs import without_markers
from grader.authoring.synchronise import read_solution
from grader.authoring.validation import judge_wrong
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
from grader.workflows.signing import judge_source, meaning, write_signatures

NAME = re.compile(r"[a-z][a-z0-9_]{1,60}")
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


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
        raise CourseError("No program of this group can be read as Python.")
    return Specimen(group, exercise, min(found, key=lambda one: (one[0], len(one[1])))[1])


def add_answer(
    course: Course, chosen: Specimen, name: str, diagnosis: Text, told: Callable[[str], None]
) -> list[str]:
    """Write ``chosen`` into the course as the wrong answer ``name``, proved by running it.

    The solution with the student's version of what failed is tried first, so that nothing else of theirs counts.
    What is written is judged as ``grader validate`` judges.

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
        raise CourseError("{name}: choose a new name of lower-case letters, digits and _.", name=name)
    wanted = {check.id for check in chosen.group.checks}
    with Grader(course, Options(budget="quick", builtin=True)) as grader, tempfile.TemporaryDirectory() as scratch:
        best: tuple[str, Judged] | None = None
        for number, code in enumerate(_candidates(exercise, chosen)):
            told(f"{exercise.id} · {name}")
            judged = judge_source(exercise, code, grader, Path(scratch) / str(number))
            if wanted <= _failed(judged) and (best is None or len(_failed(judged)) < len(_failed(best[1]))):
                best = code, judged
                if wanted == _failed(judged):
                    break
        if best is None:
            raise CourseError("Run on its own, it does not fail as the group did; nothing was written.")
        code, judged = best
        try:
            _write(exercise, table, code, judged, diagnosis)
            write_signatures(exercise, lambda: grader, lambda _, one: told(f"{exercise.id} · {one}"))
            if not _explains(exercise, judged, name):
                raise CourseError("It cannot be told apart from other wrong answers; nothing was written.")
        except BaseException:
            for path in (table, table.with_suffix(".py")):
                path.unlink(missing_ok=True)
            write_signatures(exercise, lambda: grader)
            raise
    return sorted(_failed(judged))


def _write(exercise: Exercise, table: Path, code: str, judged: Judged, diagnosis: Text) -> None:
    """As edits where these are shorter than the program; read again, it must be what was run and declares."""
    edits = find_edits(without_markers(read_solution(exercise)), code)
    if sum(len(edit.old) + len(edit.new) for edit in edits) >= len(code):
        edits = ()
        write_whole(table.with_suffix(".py"), code)
    write_whole(table, _toml(judged, diagnosis, edits))
    answer = read_answer(exercise, "wrong", table.stem)
    assert answer.declared is not None
    problems = [] if answer.source == code else [both("It is not what was run.")]
    for problem in (*problems, *judge_wrong(judged[1], answer.declared)):
        raise CourseError(problem)


def _explains(exercise: Exercise, judged: Judged, name: str) -> bool:
    request, _ = judged
    (result,) = award([award_request(exercise, request.facts, request.folder, staff=True)])
    return name in {one.id for one in result.diagnoses}


def _failed(judged: Judged) -> set[str]:
    return {check.id for check in judged[1].checks if check.outcome == "failed"}


def _toml(judged: Judged, diagnosis: Text, edits: Sequence[Edit]) -> str:
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
        f"{dump_edits(edits)}"
        f"[messages]\n{quoted(first.id)} = {quoted(said.en.partition(chr(10))[0][:120])}\n"
    )


def _candidates(exercise: Exercise, chosen: Specimen) -> Iterator[str]:
    """The solution with what failed as the student wrote it, then with any one function; the whole program."""
    solution = without_markers(read_solution(exercise))
    words = " ".join(check.id.lower() for check in chosen.group.checks)
    about = [name for name in exercise.functions if name.lower() in words]
    parts = [about] if about else [[name] for name in exercise.functions]
    for part in parts:
        code = _grafted(solution, chosen.code, part, exercise.functions)
        if code is not None and meaning(code) != meaning(solution):
            yield code
    yield chosen.code


def _grafted(solution: str, code: str, about: Sequence[str], functions: Sequence[str]) -> str | None:
    """``solution`` with ``about`` as in ``code``, and what that needs; None where either lacks one of them."""
    lines, body, theirs = solution.splitlines(), ast.parse(solution).body, ast.parse(code).body
    there = {name: node for node in theirs for name in _defined(node)}
    mine = {name: node for node in body for name in _defined(node)}
    if not all(name in there and name in mine for name in about):
        return None
    needed, todo = dict.fromkeys(there[name] for name in about), [there[name] for name in about]
    while todo:
        used = {node.id for node in ast.walk(todo.pop()) if isinstance(node, ast.Name)}
        found = [there[name] for name in sorted(used & there.keys() - {*functions})]
        todo += [node for node in found if node not in needed]
        needed |= dict.fromkeys(found)
    known = {ast.unparse(node) for node in body}
    helpers = [ast.unparse(node) for node in theirs if node in needed and not {*about} & _defined(node)]
    helpers = [text for text in helpers if text not in known]
    for node in reversed(body):
        if parts := {*about} & _defined(node):
            new = there[parts.pop()]
            if isinstance(node, _FUNCTION) and isinstance(new, _FUNCTION) and ast.get_docstring(node):
                new.body.insert(0, node.body[0])
            first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
            lines[first - 1 : node.end_lineno] = ast.unparse(new).splitlines()
            place = first - 1
    if helpers:  # before the first that needs them
        lines[place:place] = [line for text in helpers for line in (*text.splitlines(), "", "")]
    return "\n".join(lines) + "\n"


def _defined(node: ast.stmt) -> set[str]:
    """The names that a statement gives a meaning to."""
    if isinstance(node, (*_FUNCTION, ast.ClassDef)):
        return {node.name}
    inner = list(ast.walk(node))
    names = {one.id for one in inner if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    aliases = [one for part in inner if isinstance(part, ast.Import | ast.ImportFrom) for one in part.names]
    return names | {(one.asname or one.name).partition(".")[0] for one in aliases}


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
