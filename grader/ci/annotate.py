"""Remarks on the student's own lines: where a failure comes from one, that one; else the function it is about."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.ci.actions import MAX_ANNOTATIONS, Annotation
from grader.errors import FileError, IntakeError
from grader.i18n import tr, trn
from grader.intake.choose import Chooser
from grader.intake.folder import Folder
from grader.intake.submission import MAX_SOURCE_BYTES
from grader.intake.tree import read
from grader.places import where
from grader.report import words
from grader.schema import CheckResult, Course, Exercise, ExerciseResult, Frame, Lang, Result

#: Notices that are ours: the points, the isolation level, what did not fit.
_OUR_NOTICES = 3


@dataclass(frozen=True)
class Source:
    """One exercise's file in the checkout."""

    path: str
    """Relative to the repository."""
    name: str
    """What the exercise, and so every frame, calls the file."""
    text: str
    """Of a script; a notebook's lines are those of JSON, and nobody looks at them."""

    @property
    def is_notebook(self) -> bool:
        return self.name.endswith(".ipynb")

    def line_of(self, function: str) -> int | None:
        """Where ``function`` is defined; None in a notebook, whose lines are those of JSON."""
        if self.is_notebook:
            return None
        found = re.search(rf"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+{re.escape(function)}\b", self.text, re.M)
        return self.text.count("\n", 0, found.start()) + 1 if found else None


def find_sources(workspace: Path, course: Course) -> dict[str, Source]:
    """The files that were graded, by exercise; chosen as the intake chooses."""
    try:
        tree = Folder(workspace)
    except (IntakeError, OSError):
        return {}
    chooser = Chooser(tree, course.exercises)
    found: dict[str, Source] = {}
    for exercise in course.exercises:
        choice = chooser.choose(exercise)
        if choice.source is None:
            continue
        text = ""
        if not choice.notebook:
            with contextlib.suppress(FileError, OSError):
                text = read(tree, choice.source, MAX_SOURCE_BYTES).decode("utf-8", errors="replace")
        name = f"{exercise.file}{'.ipynb' if choice.notebook else '.py'}"
        found[exercise.id] = Source(path=choice.source.path, name=name, text=text)
    return found


def annotate(result: Result, course: Course, workspace: Path, lang: Lang) -> list[Annotation]:
    """Remarks for ``result``, which must be what a student may see; at most ten of each level.

    Checks that fail at the same line share a remark. What does not fit is counted in a last one.
    """
    sources = find_sources(workspace, course)
    known = {exercise.id: exercise for exercise in course.exercises}
    errors: list[Annotation] = []
    notices: list[Annotation] = []
    for graded in result.exercises:
        source = sources.get(graded.id)
        errors += _exercise(graded, known.get(graded.id), source, lang)
        notices += [
            Annotation("notice", graded.title.get(lang), p.message.get(lang), p.file)
            for p in graded.problems
            if p.severity == "note"
        ]
    shown = [*errors[:MAX_ANNOTATIONS], *notices[: MAX_ANNOTATIONS - _OUR_NOTICES]]
    left = len(errors) + len(notices) - len(shown)
    if left:
        more = trn(
            lang, "{n} more remark is in the summary of this run.", "{n} more remarks are in the summary.", left
        )
        shown.append(Annotation("notice", "vision-grader", more))
    return shown


def _exercise(
    graded: ExerciseResult, exercise: Exercise | None, source: Source | None, lang: Lang
) -> Iterable[Annotation]:
    title = graded.title.get(lang)
    path = source.path if source else ""
    broken = [p for p in graded.problems if p.severity == "error"]
    for problem in broken:
        yield Annotation("error", title, problem.message.get(lang), problem.file)
    if graded.status == "ungraded" or graded.points is None:
        text = tr(lang, "Not graded: the grader failed here, not you. This is not a zero.")
        yield Annotation("warning", title, text, path)
        return
    if graded.message is not None and not (broken and graded.status == "error"):
        place = _place(graded.frames, source)
        text = _at_cell(graded.frames, source, graded.message.get(lang), lang)
        yield Annotation("error", title, text, path, place or (1 if path else None))
    if graded.status in ("missing", "error", "timeout", "memory"):
        return  # the rest follows from that
    groups: dict[tuple[str, int | None], list[CheckResult]] = {}
    for check in graded.checks:
        if check.outcome == "failed":
            line = _place(check.frames, source)
            if line is None and source and exercise and (name := _function(check, exercise)):
                line = source.line_of(name)
            key = ("", None) if check.visibility == "staff" else (path, line)
            groups.setdefault(key, []).append(check)
    for (file, line), checks in groups.items():
        yield _remark(graded, checks, source if file else None, line, lang)


def _remark(
    graded: ExerciseResult, checks: list[CheckResult], source: Source | None, line: int | None, lang: Lang
) -> Annotation:
    first, *others = checks
    ids = {check.id for check in checks}
    parts = [
        " ".join(text.get(lang) for text in (cause.lead, *cause.texts))
        for cause in words.causes(graded)
        if not ids.isdisjoint(cause.checks)
    ]
    parts += [] if first.message is None else [first.message.get(lang)]
    for label, text in ((tr(lang, "Expected:"), first.expected), (tr(lang, "Actual:"), first.actual)):
        if text is not None:
            parts.append(f"{label} {text.get(lang)}")
    if first.hint is not None:
        parts.append(f"{tr(lang, 'Hint')}: {first.hint.get(lang)}")
    if others:
        names = ", ".join(check.title.get(lang) for check in others)
        parts.append(
            tr(lang, "The same line: {names}", names=names) if line else tr(lang, "Also: {names}", names=names)
        )
    return Annotation(
        "error",
        f"{graded.title.get(lang)}: {first.title.get(lang)}",
        _at_cell(first.frames, source, "\n".join(parts), lang),
        source.path if source else "",
        line or (1 if source else None),
    )


def _place(frames: tuple[Frame, ...], source: Source | None) -> int | None:
    """The innermost line in the student's file; None where there is none that an editor would show."""
    if source is None or source.is_notebook:
        return None
    lines = [frame.line for frame in frames if frame.file == source.name and frame.line > 0]
    return lines[-1] if lines else None


def _at_cell(frames: tuple[Frame, ...], source: Source | None, text: str, lang: Lang) -> str:
    """``text``, in a notebook after its cell and line: GitHub shows a notebook's file and not its lines."""
    if source is None or not source.is_notebook or not frames or frames[-1].cell is None:
        return text
    return f"{where(frames[-1]).get(lang)}\n{text}"


def _function(check: CheckResult, exercise: Exercise) -> str | None:
    """The function that a check is about, by its id; the longest name that fits."""
    named = [name for name in exercise.functions if name.lower() in check.id.lower()]
    return max(named, key=len) if named else None
