"""The terminal: what every command prints with, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from grader.i18n import ui
from grader.schema import Result

if TYPE_CHECKING:
    from rich.console import Console

#: Exit codes. 0 is "graded", whatever the mark.
EXIT_FAILED = 1
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
