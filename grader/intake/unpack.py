"""Puts what is in a zip, or lies under a learning platform's names, where it can be graded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from grader.errors import FileError, IntakeError
from grader.i18n import both
from grader.intake.archive import Archive
from grader.intake.problems import failure
from grader.intake.roster import safe_name
from grader.intake.tree import chunks
from grader.schema import Problem

#: Largest file in a zip of submissions, and of all of them together.
MAX_FILE = 2 * 1024**3
MAX_TOTAL = 32 * 1024**3


def unpack(path: Path, target: Path) -> list[Problem]:
    """Unpack a zip into ``target``: plain files only, below it only, each within its limits.

    Returns:
        What could not be unpacked, and why.

    Raises:
        IntakeError: it is no zip, or is damaged.
    """
    problems: list[Problem] = []
    archive = Archive(path)
    try:
        target.mkdir(parents=True, exist_ok=True)
        problems += archive.problems
        total = 0
        for entry in archive.entries:
            place = target.joinpath(*(safe_name(part) or "_" for part in entry.path.split("/")))
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                with place.open("wb") as file:
                    for chunk in chunks(archive, entry, MAX_FILE):
                        total += len(chunk)
                        file.write(chunk)
            except FileError as error:
                place.unlink(missing_ok=True)
                problems.append(failure(entry.shown, error.text))
            except (FileExistsError, IsADirectoryError, NotADirectoryError):
                problems.append(failure(entry.shown, both("Two entries of the zip have the same place.")))
            if total > MAX_TOTAL:
                raise IntakeError(
                    both("The zip holds more than {limit} GB; please unpack it yourself.", limit=MAX_TOTAL >> 30)
                )
    finally:
        archive.close()
    return problems


def put_together(paths: Sequence[tuple[Path, str]], target: Path) -> list[Problem]:
    """One folder of several files: each under the name that its author gave it; a later one replaces an earlier.

    Args:
        paths: where each lies, and its name; zips among them are unpacked, folders go in with what they hold.
        target: the folder to make.
    """
    target.mkdir(parents=True, exist_ok=True)
    problems: list[Problem] = []
    for path, name in paths:
        if path.is_dir():
            shutil.copytree(path, target, copy_function=_link_or_copy, symlinks=True, dirs_exist_ok=True)
        elif path.suffix.casefold() == ".zip" and len(paths) > 1:
            try:
                problems += unpack(path, target)
            except IntakeError as error:
                problems.append(failure(name, error.text))
        else:
            try:
                _link_or_copy(str(path), str(target / (safe_name(name) or "file")))
            except PermissionError as error:
                reason = error.strerror or "?"
                problems.append(failure(name, both("The file can't be opened ({reason}).", reason=reason)))
    return problems


def _link_or_copy(source: str, target: str) -> str:
    if Path(target).is_symlink() or Path(target).is_file():
        Path(target).unlink()
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
    return target
