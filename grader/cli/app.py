"""The command's frame: options, help, and errors as sentences for people.

Commands import what they need when they run, so that ``grader --help`` stays under half a second.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import NoReturn

import typer

from grader.errors import GraderError
from grader.files import is_full
from grader.i18n import ui, user_lang

#: Exit codes. 0 is "graded", whatever the mark.
EXIT_ERROR = 2
EXIT_UNGRADED = 3
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="grader",
    help=ui("Exercises and automated grading for image recognition with Keras."),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def fail(message: str, code: int = EXIT_ERROR) -> NoReturn:
    """Say what is wrong on stderr, and stop."""
    from rich.console import Console
    from rich.text import Text

    Console(stderr=True, highlight=False).print(Text.assemble((ui("Error: "), "bold red"), message))
    raise SystemExit(code)


def _version(value: bool) -> None:
    if value:
        from grader import __version__

        typer.echo(f"vision-grader {__version__}")
        raise typer.Exit


@app.callback()
def frame(
    context: typer.Context,
    course: Path | None = typer.Option(
        None, "--course", envvar="GRADER_COURSE", help=ui("Folder of another course to grade.")
    ),
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help=ui("Show the version and exit.")
    ),
) -> None:
    """Options that every command shares."""
    context.obj = course


def main() -> None:
    """Entry point. Known errors become one sentence; unknown ones say where their details are."""
    from grader.cli import author, batch, check, ci, fetch, host, marks, staff  # noqa: F401  (registers the commands)

    try:
        app()
    except KeyboardInterrupt:
        fail(ui("Interrupted; nothing that was already written is lost."), EXIT_INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output went away (a pager, head); nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(EXIT_ERROR) from None
    except Exception as error:
        if isinstance(error, GraderError):
            fail(error.text.get(user_lang()))
        if isinstance(error, OSError) and is_full(error):
            where = error.filename2 or error.filename or tempfile.gettempdir()
            fail(
                ui(
                    "The disk is full: {file} could not be written. Make room and run the same command again; "
                    "nothing that was already written is lost.",
                    file=str(where),
                )
            )
        if isinstance(error, OSError) and error.filename:
            fail(f"{error.filename}: {error.strerror}")
        traceback.print_exc()
        fail(ui("This is a fault of the grader, not of the submission. Please report it with the lines above."))
