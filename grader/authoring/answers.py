"""The answers that ship with an exercise: other right ones, and wrong ones with what they must get and why.

An answer that differs from the solution in a few places is written as those places::

    [[edit]]
    old = 'union = area_a + area_b - both'
    new = 'union = area_a + area_b'

``wrong/<name>.toml`` holds one wrong answer: its edits, what it must get, and its diagnosis. A ``.toml`` file in
``alternative`` may hold several right ones, each with its name in front: ``[[<name>.edit]]``. Where an answer is
another program, it is a ``.py`` file; a wrong one has its ``.toml`` file, without edits, beside it.

``choices.toml`` beside ``reference.json`` lists, in this form, what a task leaves open and accuracy depends on;
``what`` says it in words::

    [batch_128]
    what = "batch size 128"

    [[batch_128.edit]]
    old = 'batch_size=64'
    new = 'batch_size=128'
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, RootModel

from grader.authoring.findings import Finding
from grader.authoring.stubs import without_markers
from grader.authoring.synchronise import read_solution, read_text
from grader.errors import CourseError
from grader.i18n import both
from grader.schema import Exercise, Text
from grader.schema.base import Frozen
from grader.schema.result import Status
from grader.toml import read_model

Kind = Literal["alternative", "wrong"]
#: One string is one element.
Words = Annotated[tuple[str, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)]


class Edit(Frozen):
    """One place in which an answer differs from the solution."""

    old: str = Field(min_length=1)
    """What stands in the solution, without its markers, exactly once."""
    new: str


class Edited(Frozen):
    """An answer made from the solution."""

    edit: tuple[Edit, ...] = ()


class Declaration(Edited):
    """What a wrong answer must get; every check that it does not name must pass."""

    status: Status = "graded"
    failed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    messages: dict[str, Words] = Field(default_factory=dict)
    """Check id -> words that its message, expected or actual value, or hint must hold (English, any case)."""
    message: Words = ()
    """Words of the exercise's own message, such as the one for a timeout."""
    diagnosis: Text | None = None
    """What was done and why it is not right, to the student who did it."""
    varies: bool = False
    """What it leaves differs from run to run, so that no student's answer can be known to be this one."""


@dataclass(frozen=True)
class Answer:
    """One answer as a student would hand it in."""

    name: str
    subject: str
    """What findings call the file that it comes from."""
    source: str
    """The Python program."""
    declared: Declaration | None
    """What it must get; None: full marks."""


class _Choice(Edited):
    edit: tuple[Edit, ...] = Field(min_length=1)
    what: str


@dataclass(frozen=True)
class Choice:
    """The solution with one thing chosen that the task leaves open."""

    name: str
    what: str
    """In words, for the page on minima."""
    source: str


class _Choices(RootModel[dict[str, _Choice]]):
    """All of them, by name."""


class _Several(RootModel[dict[str, Edited]]):
    """The right answers in one file, by name."""


def read_answers(exercise: Exercise, kind: Kind) -> Iterator[Answer | Finding]:
    """Every alternative or wrong answer, by file; a finding where a file cannot be used."""
    if exercise.solution_dir is None:
        return
    for file in sorted((exercise.solution_dir / kind).glob("*")):
        name = f"solutions/{exercise.id}/{kind}/{file.name}"
        try:
            if file.suffix in (".py", ".toml"):
                yield from (_wrong if kind == "wrong" else _alternatives)(exercise, file, name)
        except CourseError as error:
            yield Finding(exercise.id, name, error.text)


def read_answer(exercise: Exercise, kind: Kind, name: str) -> Answer:
    """The answer called ``name``.

    Raises:
        CourseError: there is none that can be used.
    """
    for answer in read_answers(exercise, kind):
        if isinstance(answer, Answer) and answer.name == name:
            return answer
    raise CourseError("{file} is missing.", file=f"solutions/{exercise.id}/{kind}/{name}")


def read_choices(exercise: Exercise) -> list[Choice]:
    """What ``choices.toml`` declares; none where there is no such file.

    Raises:
        CourseError: it cannot be used.
    """
    if (
        exercise.reference_file is None
        or not (file := exercise.reference_file.with_name("choices.toml")).is_file()
    ):
        return []
    subject = f"reference/{exercise.id}/{file.name}"
    return [
        Choice(name, one.what, _edited(exercise, one.edit, f"{subject} ({name})"))
        for name, one in read_model(file, subject, _Choices).root.items()
    ]


def apply_edits(solution: str, edits: Sequence[Edit], name: str) -> str:
    """``solution`` with every edit made; each is looked for in the solution as it is.

    Raises:
        CourseError: what an edit replaces does not stand there exactly once, or two edits overlap; ``name`` is
            what messages call the file with the edits.
    """
    for number, edit in enumerate(edits, 1):
        where = {"file": name, "number": number, "old": edit.old.strip().partition("\n")[0]}
        count = solution.count(edit.old)
        if count == 0:
            text = both("{file}: edit {number}: the solution does not contain “{old}” in this form.", **where)
            raise CourseError(text)
        if count > 1:
            text = both(
                "{file}: edit {number}: “{old}” appears {count} times in the solution. Quote more of the "
                "lines around it.",
                count=count,
                **where,
            )
            raise CourseError(text)
    new = {edit.old: edit.new for edit in edits}
    made, count = re.subn("|".join(map(re.escape, new)), lambda found: new[found[0]], solution)
    if count != len(edits):
        raise CourseError("{file}: two edits overlap.", file=name)
    return made


def find_edits(solution: str, wanted: str) -> tuple[Edit, ...]:
    """The edits that make ``wanted`` from ``solution``, each as short as can be found again; none: equal texts."""
    old, new = solution.splitlines(keepends=True), wanted.splitlines(keepends=True)
    places = [
        list(place) for tag, *place in SequenceMatcher(None, old, new, False).get_opcodes() if tag != "equal"
    ]
    at = 0
    while at < len(places):
        first, last, begin, end = places[at]
        if at + 1 < len(places) and places[at + 1][0] <= last:
            _, its_last, _, its_end = places.pop(at + 1)
            places[at] = [first, max(last, its_last), begin, max(end, its_end)]
        elif first < last and solution.find(text := "".join(old[first:last])) == solution.rfind(text):
            at += 1
        elif first == 0 and last == len(old):
            break
        else:  # a line more on each side, as far as there are any
            up, down = int(first > 0), int(last < len(old))
            places[at] = [first - up, last + down, begin - up, end + down]
            at -= int(at > 0 and places[at - 1][1] >= first - up)
    return tuple(Edit(old="".join(old[a:b]), new="".join(new[c:d])) for a, b, c, d in places)


def dump_edits(edits: Sequence[Edit]) -> str:
    """``edits`` as TOML."""
    return "".join(f"[[edit]]\nold = {_quoted(e.old)}\nnew = {_quoted(e.new)}\n\n" for e in edits)


def _quoted(text: str) -> str:
    """As it stands where TOML has a way to write that."""
    if "'''" in text or text.endswith("'") or not text.replace("\n", "").isprintable():
        return json.dumps(text, ensure_ascii=False)
    return f"'''\n{text}'''"


def _alternatives(exercise: Exercise, file: Path, name: str) -> Iterator[Answer]:
    if file.suffix == ".py":
        yield Answer(file.stem, name, read_text(file, name), None)
        return
    for key, answer in read_model(file, name, _Several).root.items():
        yield Answer(key, f"{name} ({key})", _edited(exercise, answer.edit, f"{name} ({key})"), None)


def _wrong(exercise: Exercise, file: Path, name: str) -> Iterator[Answer]:
    program, table = file.with_suffix(".py"), file.with_suffix(".toml")
    if not table.is_file():
        raise CourseError("It has no .toml beside it to declare what it gets.")
    if file == program:
        return  # what is to be read is its declaration
    declared = read_model(table, name, Declaration)
    if bool(declared.edit) == program.is_file():
        raise CourseError("It must have either edits or a .py beside it.")
    source = _edited(exercise, declared.edit, name) if declared.edit else read_text(program, name)
    yield Answer(file.stem, name, source, declared)


def _edited(exercise: Exercise, edits: Sequence[Edit], name: str) -> str:
    return apply_edits(without_markers(read_solution(exercise)), edits, name)
