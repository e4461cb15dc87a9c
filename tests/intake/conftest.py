"""A small course of its own: intake knows exercises as data."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from grader.intake import read_submission
from grader.schema import Course, Exercise, Submission, Text


def _exercise(slug: str, *models: str) -> Exercise:
    text = Text(ko="제목", en="title")
    return Exercise(
        id=slug,
        title=text,
        summary=text,
        file=slug.partition("_")[2],
        functions=("solve",),
        points=10,
        models=models,
        public_dir=Path("exercises") / slug,
        reference_file=None,
        staff_dir=None,
        solution_dir=None,
    )


COURSE = Course(root=Path(), exercises=(_exercise("01_edges"), _exercise("02_small_net", "small_net.keras")))

Files = Mapping[str, str | bytes]
Read = Callable[..., Submission]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read files given by name -> content, as a folder, or whatever ``path`` is."""

    def run(files: Files | Path, *, only: tuple[str, ...] = ()) -> Submission:
        path = files if isinstance(files, Path) else write(tmp_path / "student-1", files)
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        return read_submission(path, COURSE, work_dir=work, only=only)

    return run


def write(folder: Path, files: Files) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def make_zip(path: Path, files: Files, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    path.write_bytes(zip_bytes(files, compression))
    return path


def zip_bytes(files: Files, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def notebook(*cells: str | Mapping[str, object], **extra: object) -> str:
    """A notebook of format 4 with these code cells."""
    made = [
        cell
        if not isinstance(cell, str)
        else {"cell_type": "code", "source": cell.splitlines(keepends=True), "metadata": {}, "outputs": []}
        for cell in cells
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made} | extra)


def messages(submission: Submission) -> list[tuple[str, str]]:
    """Severity and English message of every problem."""
    problems = [*submission.problems, *(p for files in submission.exercises for p in files.problems)]
    return [(problem.severity, problem.message.en) for problem in problems]
