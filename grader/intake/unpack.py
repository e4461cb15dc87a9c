"""Puts what is in a platform's zip, or lies under its names, where it can be graded."""

from __future__ import annotations

import os
import re
import shutil
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from grader.errors import FileError, IntakeError
from grader.files import is_full
from grader.i18n import both
from grader.intake.archive import Archive
from grader.intake.bundle import MAX_UNPACKED
from grader.intake.problems import failure
from grader.intake.roster import safe_name
from grader.intake.tree import Entry, chunks
from grader.schema import Problem, Text
from grader.text import clean_line

#: Files of one student in a platform's zip, and bytes of all of them together.
MAX_STUDENT_FILES = 20_000
MAX_STUDENT_BYTES = MAX_UNPACKED
#: A class of some hundreds with a few models each.
MAX_TOTAL = 32 * 1024**3

#: Bytes of a name, which holds the person's and the file's own: as long as file systems take.
MAX_NAME = 255

#: What platforms put behind the person in the name of each file (see :mod:`grader.intake.platforms`).
_BEHIND_PERSON = re.compile(r"_\d+_(?:assignsubmission_|\d+_)|_attempt_\d{4}-| - [^/]*\d{4} \d{3,4}\b")


def unpack(path: Path, target: Path) -> list[Problem]:
    """Unpack the zip of a class into ``target``: plain files only, below it only, each student within limits.

    Returns:
        What could not be unpacked, and why.

    Raises:
        IntakeError: it is no zip, is damaged, or is too large.
    """
    archive = Archive(path)
    try:
        problems = list(archive.problems)
        target.mkdir(parents=True, exist_ok=True)
        around = 0
        while len(front := {entry.folders[around:][:1] for entry in archive.entries}) == 1 and front != {()}:
            around += 1  # a folder around everything says nothing about whose it is
        size: dict[str, int] = defaultdict(int)
        count: dict[str, int] = defaultdict(int)
        stopped: set[str] = set()
        total = 0
        for entry in archive.entries:
            person = _person(entry, around)
            count[person] += 1
            if size[person] + entry.size > MAX_STUDENT_BYTES or count[person] > MAX_STUDENT_FILES:
                if person not in stopped:
                    problems.append(failure(entry.shown, _too_much()))
                stopped.add(person)
            if person in stopped:
                continue
            place = target.joinpath(*(safe_name(part, MAX_NAME) or "_" for part in entry.path.split("/")))
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                with place.open("xb") as file:
                    for chunk in chunks(archive, entry, MAX_STUDENT_BYTES - size[person]):
                        size[person] += len(chunk)
                        total += len(chunk)
                        file.write(chunk)
            except FileError as error:
                place.unlink(missing_ok=True)
                problems.append(failure(entry.shown, error.text))
            except (FileExistsError, IsADirectoryError, NotADirectoryError):
                problems.append(failure(entry.shown, "Two entries of the zip have the same path."))
            if total > MAX_TOTAL:
                raise IntakeError(
                    "The zip holds more than {limit} GB; please unpack it yourself.", limit=MAX_TOTAL >> 30
                )
    finally:
        archive.close()
    return problems


def _person(entry: Entry, around: int) -> str:
    """Whose the entry is, for its limits: what is in front of a platform's mark, else the folder."""
    part = entry.path.split("/")[min(around, len(entry.folders))]
    mark = _BEHIND_PERSON.search(part)
    return part[: mark.start()] if mark else part


def put_together(paths: Sequence[tuple[Path, str]], target: Path) -> list[Problem]:
    """One folder of several files: each under the name that its author gave it; a later one replaces an earlier.

    Args:
        paths: where each lies, and its name; folders go in with what they hold.
        target: the folder to make.
    """
    target.mkdir(parents=True, exist_ok=True)
    problems: list[Problem] = []
    for path, name in paths:
        if path.is_dir():
            shutil.copytree(path, target, copy_function=_link_or_copy, symlinks=True, dirs_exist_ok=True)
            continue
        try:
            _link_or_copy(str(path), str(target / (safe_name(name, MAX_NAME) or "file")))
        except OSError as error:
            if is_full(error):
                raise
            reason = error.strerror or "?"
            text = both("The file can't be opened ({reason}).", reason=reason)
            problems.append(failure(clean_line(name), text))
    return problems


def _too_much() -> Text:
    return both(
        "One student's files come to more than {limit} GB or {files} files; the rest was not unpacked.",
        limit=MAX_STUDENT_BYTES >> 30,
        files=MAX_STUDENT_FILES,
    )


def _link_or_copy(source: str, target: str) -> str:
    if Path(target).is_symlink() or Path(target).is_file():
        Path(target).unlink()
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
    return target
