"""Answers that ship with an exercise: alternatives, and wrong ones with what they must get."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, ValidationError

from grader.i18n import both
from grader.schema import Exercise, Text
from grader.schema.base import Frozen
from grader.schema.result import Status


class Declaration(Frozen):
    """What a wrong answer must get; every check that it does not name must pass."""

    status: Status = "graded"
    failed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    messages: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    """Check id -> words that its message, expected or actual value, or hint must hold (English, any case)."""
    message: str | tuple[str, ...] = ()
    """Words of the exercise's own message, such as the one for a timeout."""

    def words(self, check_id: str) -> tuple[str, ...]:
        """The words that this check's message must hold."""
        return as_tuple(self.messages.get(check_id, ()))


@dataclass(frozen=True)
class Finding:
    """Something in the course that does not hold."""

    exercise: str
    """Exercise id; empty for the course as a whole."""
    subject: str
    """The file it is about, relative to the course where it can be."""
    problem: Text


@dataclass(frozen=True)
class WrongAnswer:
    """``wrong/<name>.py`` and what ``wrong/<name>.toml`` says about it."""

    file: Path
    subject: str
    declared: Declaration


def as_tuple(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """One string is one element."""
    return (value,) if isinstance(value, str) else value


def python_files(exercise: Exercise, folder: str) -> list[Path]:
    """The answers in ``alternative`` or ``wrong``, by name."""
    if exercise.solution_dir is None:
        return []
    return sorted((exercise.solution_dir / folder).glob("*.py"))


def subject(exercise: Exercise, file: Path) -> str:
    """What findings call a file under ``solutions``."""
    return f"solutions/{exercise.id}/{file.parent.name}/{file.name}"


def read_declarations(exercise: Exercise) -> Iterator[WrongAnswer | Finding]:
    """Every wrong answer with its declaration; a finding where the two do not make a pair."""
    files = python_files(exercise, "wrong")
    for file in files:
        declaration = file.with_suffix(".toml")
        name = subject(exercise, declaration)
        if not declaration.is_file():
            yield Finding(
                exercise.id, subject(exercise, file), both("It has no .toml beside it to declare what it gets.")
            )
            continue
        try:
            declared = Declaration.model_validate(tomllib.loads(declaration.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            yield Finding(exercise.id, name, both("Not valid TOML: {reason}.", reason=str(error)))
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            yield Finding(exercise.id, name, both("{key}: {reason}.", key=key, reason=first["msg"]))
        else:
            yield WrongAnswer(file, subject(exercise, file), declared)
    if exercise.solution_dir is not None:
        for toml in sorted((exercise.solution_dir / "wrong").glob("*.toml")):
            if not toml.with_suffix(".py").is_file():
                yield Finding(exercise.id, subject(exercise, toml), both("It has no .py beside it."))
