"""``signatures.json``: wrong answers are run (where something changed), and what tells each of them is kept."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from grader.authoring import Answer, Drift, Finding, read_answers
from grader.authoring.answers import Kind
from grader.authoring.stubs import without_markers
from grader.authoring.synchronise import read_solution
from grader.award import PUBLIC_FILE, STAFF_FILE, Judged, award, learn, read_signatures, sign, split
from grader.award.signing import SEEDS
from grader.award.traits import FORMAT
from grader.catalog import fingerprint
from grader.errors import CourseError, NothingToGrade
from grader.files import write_whole
from grader.i18n import both
from grader.inspect import load_facts
from grader.schema import Exercise, Json, Signature, Signatures, Text
from grader.workflows.grade import Grader
from grader.workflows.score import award_request


def signature_drift(exercise: Exercise) -> list[Drift]:
    """Whether the exercise's signatures are those of its answers as they are now; found without running any.

    Raises:
        CourseError: the solution or a signature file can't be read.
    """
    base, right, wrong = _sources(exercise)
    if not wrong:
        return []
    known = read_signatures(exercise)
    names = _stale(known, base, wrong)
    gone = known.answers.keys() - wrong.keys()
    if known.of == _hash(base, *right.values()) and not names and not gone and _same_texts(known, wrong):
        return []
    file = exercise.public_dir / PUBLIC_FILE
    some = ", ".join(sorted({*names, *gone})[:3]) or f"{exercise.file}.py"
    name = f"exercises/{exercise.id}/{PUBLIC_FILE}"
    text = both("{file} is out of date: {names}.", file=name, names=some)
    return [Drift(exercise.id, file, text)]


def write_signatures(
    exercise: Exercise, open_grader: Callable[[], Grader], progress: Callable[[Exercise, str], None] | None = None
) -> list[Drift]:
    """Run what has changed since the signatures were written, and write them anew.

    Raises:
        CourseError: an answer can't be read; SandboxUnavailable: nothing can be run here.
    """
    drift = signature_drift(exercise)
    if not drift:
        return []
    base, right, wrong = _sources(exercise)
    known = read_signatures(exercise)
    folder = Path(tempfile.mkdtemp(prefix="grader-signatures-"))

    def judge(name: str, source: str, seed: int = 0) -> Judged:
        if progress is not None:
            progress(exercise, name)
        return judge_source(exercise, source, open_grader(), folder / f"{name}-{seed}", seed)

    try:
        first, *_ = right.items()
        solution = judge(*first)
        if known.of != (of := _hash(base, *right.values())):
            rest = [judge(*first, seed=seed) for seed in SEEDS[1:]]
            known = learn([solution, *rest, *(judge(*other) for other in list(right.items())[1:])], of)
        stale = _stale(known, base, wrong)
        judged = {
            name: (judge(name, wrong[name].source), _text(wrong[name]), _of(base, wrong[name])) for name in stale
        }
        odd = {name: one for name, one in judged.items() if not _as_declared(one[0], wrong[name])}
        judged = {name: one for name, one in judged.items() if name not in odd}
        kept = {
            name: one.model_copy(update={"text": _text(wrong[name])})
            for name, one in known.answers.items()
            if name in wrong and name not in stale
        } | {name: Signature(text=text, failed=(), of=of) for name, (_, text, of) in odd.items()}
        signed = sign(known.model_copy(update={"answers": kept}), judged, solution)
        hidden = {check.id for check in solution[1].checks if check.visibility == "staff"}
        public, staff = split(signed, hidden)
        write_whole(exercise.public_dir / PUBLIC_FILE, dump(public))
        if exercise.staff_dir is not None and staff.reads:
            write_whole(exercise.staff_dir / STAFF_FILE, dump(staff))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = both(
        "{file} was written; {n} answers were run for it.",
        file=f"exercises/{exercise.id}/{PUBLIC_FILE}",
        n=len(stale),
    )
    told = [Drift(exercise.id, exercise.public_dir / PUBLIC_FILE, text)]
    for name in (name for name, one in signed.answers.items() if not one.failed):
        file = wrong[name].subject
        text = both("{file} cannot be told apart from other wrong answers, so it explains nothing.", file=file)
        if name in odd:
            text = both("{file} does not fail as declared, so it explains nothing.", file=file)
        told.append(Drift(exercise.id, exercise.public_dir / PUBLIC_FILE, text))
    return told


def _as_declared(judged: Judged, answer: Answer) -> bool:
    failed = {check.id for check in judged[1].checks if check.outcome == "failed"}
    return answer.declared is not None and failed == {*answer.declared.failed}


def dump(signed: Signatures) -> str:
    """As JSON, a trait in a line."""
    record: dict[str, Json] = signed.model_dump(mode="json")

    def lines(value: Json, depth: int) -> str:
        if not isinstance(value, dict) or not value or depth > 3:
            return json.dumps(value, ensure_ascii=False)
        pad = " " * (depth + 1)
        inner = (
            f"{pad}{json.dumps(key, ensure_ascii=False)}: {lines(item, depth + 1)}" for key, item in value.items()
        )
        return "{\n" + ",\n".join(inner) + "\n" + " " * depth + "}"

    return lines(record, 0) + "\n"


def judge_source(exercise: Exercise, source: str, grader: Grader, folder: Path, seed: int = 0) -> Judged:
    """Run one answer in ``folder``, and score it with a note of what each check looks at."""
    return judge_facts(exercise, run_source(exercise, source, grader, folder, seed))


def run_source(exercise: Exercise, source: str, grader: Grader, folder: Path, seed: int = 0) -> Path:
    """Run one answer in ``folder``; its facts are in the folder that is returned."""
    copy = folder / f"{exercise.file}.py"
    copy.parent.mkdir(parents=True)
    copy.write_text(source, encoding="utf-8")
    with contextlib.suppress(NothingToGrade):
        grader.grade(copy, folder / "out", only=[exercise.id], seed=seed, reports=False)
    return folder / "out" / "facts" / exercise.id


def judge_facts(exercise: Exercise, facts: Path) -> Judged:
    """Score what a run left, with a note of what each check looks at."""
    request = award_request(exercise, load_facts(facts), facts, staff=True, reads={}, diagnose=False)
    return request, award([request])[0]


def _sources(exercise: Exercise) -> tuple[str, Mapping[str, str], Mapping[str, Answer]]:
    """The hash of all that answers are judged by; sources of right ones, the solution first; the wrong ones."""
    files = [exercise.reference_file, exercise.public_dir / "checks.py"]
    if exercise.staff_dir is not None:
        files.append(exercise.staff_dir / "hidden_checks.py")
    texts = [file.read_text(encoding="utf-8") for file in files if file is not None and file.is_file()]
    base = _hash(f"{FORMAT} {fingerprint(exercise).evidence}", *texts)
    right = {exercise.file: without_markers(read_solution(exercise))}
    right |= {f"alternative {one.name}": one.source for one in _usable(exercise, "alternative")}
    wrong = (one for one in _usable(exercise, "wrong") if one.declared and not one.declared.varies)
    return base, right, {one.name: one for one in wrong if one.declared and one.declared.diagnosis}


def _usable(exercise: Exercise, kind: Kind) -> Sequence[Answer]:
    found = []
    for answer in read_answers(exercise, kind):
        if isinstance(answer, Finding):
            raise CourseError(answer.problem)
        found.append(answer)
    return found


def _text(answer: Answer) -> Text:
    assert answer.declared is not None
    assert answer.declared.diagnosis is not None
    return answer.declared.diagnosis


def _stale(known: Signatures, base: str, wrong: Mapping[str, Answer]) -> list[str]:
    """Wrong answers that have to be run."""
    fresh = {name for name, one in known.answers.items() if name in wrong and one.of == _of(base, wrong[name])}
    return [name for name in wrong if name not in fresh]


def _of(base: str, answer: Answer) -> str:
    assert answer.declared is not None
    return _hash(f"{base} {sorted(answer.declared.failed)}", answer.source)


def _same_texts(known: Signatures, wrong: Mapping[str, Answer]) -> bool:
    return all(known.answers[name].text == _text(answer) for name, answer in wrong.items())


def _hash(first: str, *programs: str) -> str:
    digest = hashlib.sha256()
    for part in (first, *map(meaning, programs)):
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()[:16]


def meaning(source: str) -> str:
    """A program without what decides nothing: comments, layout, docstrings, messages. Any other text as it is."""
    try:
        return _told(ast.parse(source))
    except SyntaxError:
        return source


def _told(part: object) -> str:
    """Unlike :func:`ast.dump`, the same in every version of Python."""
    if isinstance(part, list):
        return f"[{','.join(_told(one) for one in part if not _is_text(one))}]"
    if not isinstance(part, ast.AST):
        return repr(part)
    if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "T":
        return "T"
    fields = [(name, value) for name, value in ast.iter_fields(part) if value not in (None, []) and name != "kind"]
    return f"{type(part).__name__}({','.join(f'{name}={_told(value)}' for name, value in fields)})"


def _is_text(part: object) -> bool:
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
