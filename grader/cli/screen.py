"""The terminal: what every command prints with, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from grader.i18n import tr, ui
from grader.schema import Exercise, Lang, Result

if TYPE_CHECKING:
    from rich.console import Console

    from grader.workflows import Progress

#: Exit codes. 0 is "graded", whatever the mark.
EXIT_ERROR = 2
EXIT_UNGRADED = 3
EXIT_INTERRUPTED = 130


def fail(message: str, code: int = EXIT_ERROR) -> NoReturn:
    """Say what is wrong on stderr, and stop."""
    from rich.text import Text

    console(stderr=True).print(Text.assemble((ui("Error: "), "bold red"), message))
    raise SystemExit(code)


def exit_if_ungraded(result: Result) -> None:
    """Nonzero where the harness could not grade: a script must not take that for a mark."""
    if any(exercise.status == "ungraded" for exercise in result.exercises):
        raise SystemExit(EXIT_UNGRADED)


def console(*, stderr: bool = False) -> Console:
    """A terminal to print on; plain where the output is a file or a pipe."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=False)


def say(message: str, style: str | None = None) -> None:
    """One paragraph, as it is: no markup, and no line breaks of ours."""
    console().print(message, style=style, markup=False, soft_wrap=True)


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
