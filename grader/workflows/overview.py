"""The README of a student's working folder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from jinja2 import Environment, PackageLoader, StrictUndefined

from grader.i18n import tr
from grader.schema import Course, Exercise, Lang


def overview(course: Course, lang: Lang, *, notebooks: bool) -> str:
    """The README of a working folder: the tasks in the chapter's order, how to check them, and where help is."""
    environment = Environment(
        loader=PackageLoader("grader.workflows"),
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,  # Markdown of the course's own texts
    )
    return environment.get_template("overview.md.j2").render(
        _=partial(tr, lang),
        course=course,
        lang=lang,
        notebooks=notebooks,
        suffix=".ipynb" if notebooks else ".py",
        first=course.exercises[0],
        total=sum(e.points for e in course.exercises),
        with_data=next((e for e in course.exercises if e.dataset or e.real or e.fetch), course.exercises[0]),
        number=_number,
        cell=lambda text: " ".join(text.split()).replace("|", "\\|"),
        commands=_commands,
        packages=", ".join(["tensorflow", "keras", "numpy", *course.packages]),
    )


def _number(exercise: Exercise) -> str:
    return exercise.id.split("_")[0]


def _commands(pairs: Sequence[tuple[str, str]]) -> str:
    """Commands with what they do, as a block."""
    width = max(len(command) for command, _ in pairs) + 2
    return "\n".join(["```", *(f"{command:<{width}}# {meaning}" for command, meaning in pairs), "```"])
