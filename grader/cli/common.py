"""What commands share: the course, exercises by any of their names, progress on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.cli.app import fail
from grader.i18n import tr, ui, user_lang
from grader.schema import Course, Exercise, Lang

if TYPE_CHECKING:
    from rich.console import Console

    from grader.workflows import Progress


def open_course(context: typer.Context) -> Course:
    """The course of ``--course``, else the one this grader came with."""
    from grader.catalog import load_course

    return load_course(context.find_root().obj)


def find_exercises(course: Course, names: Sequence[str]) -> list[Exercise]:
    """Exercises by slug (``06_cifar10_cnn``), number (``06``, ``6``) or file name (``cifar10_cnn.py``)."""
    found = []
    for name in names:
        wanted = Path(name).name.removesuffix(".py").removesuffix(".ipynb")
        matches = [
            e
            for e in course.exercises
            if wanted in (e.id, e.file, e.id.split("_")[0], e.id.split("_")[0].lstrip("0"))
        ]
        if not matches:
            known = ", ".join(e.id for e in course.exercises)
            fail(ui("There is no exercise “{name}”. There are: {known}", name=name, known=known))
        found.extend(matches)
    return found


def chosen_lang(lang: str | None) -> Lang:
    """``--lang``, else the terminal's."""
    if lang is None:
        return user_lang()
    if lang not in ("ko", "en"):
        fail(ui("--lang is ko or en, not “{lang}”.", lang=lang))
    return "ko" if lang == "ko" else "en"


def console(*, stderr: bool = False) -> Console:
    """A terminal to print on; plain where the output is a file or a pipe."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=False)


def need_tensorflow() -> None:
    """Stop with a sentence where TensorFlow is not installed: everything that runs a student's code needs it.

    Looks for the package without importing it.
    """
    from importlib.util import find_spec

    for name in ("tensorflow", "keras"):
        try:
            found = find_spec(name) is not None
        except (ImportError, ValueError):
            found = False
        if not found:
            fail(
                ui(
                    "{package} is not installed in this Python: run {command} and try again.",
                    package="TensorFlow" if name == "tensorflow" else "Keras",
                    command=f"`python -m pip install {name}`",
                )
            )


def stage_name(stage: str, lang: Lang) -> str:
    """What happens now, in words."""
    names = {
        "prepare": tr(lang, "preparing"),
        "run": tr(lang, "running the code"),
        "inspect": tr(lang, "examining the evidence"),
        "rerun": tr(lang, "close to the minimum: running again with another seed"),
        "award": tr(lang, "scoring"),
        "done": tr(lang, "done"),
    }
    return names[stage]


@contextmanager
def live_progress(lang: Lang, who: str = "") -> Iterator[Progress]:
    """A line on stderr that says what is being done, and for how long; nothing where stderr is not a terminal."""
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    screen = console(stderr=True)
    with Bar(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=screen,
        transient=True,
        disable=not screen.is_terminal,
    ) as bar:
        task = bar.add_task(who or "…", total=None)

        def show(stage: str, exercise: Exercise | None) -> None:
            parts = [who, exercise.title.get(lang) if exercise else "", stage_name(stage, lang)]
            bar.update(task, description=" · ".join(part for part in parts if part))

        yield show
