"""The command's frame: its commands, and errors as sentences for people.

Commands import what they need when they run, so that ``grader --help`` stays under half a second.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import NoReturn

import typer

from grader.choices import choose_language
from grader.cli.screen import EXIT_ERROR, EXIT_INTERRUPTED, fail
from grader.errors import GraderError
from grader.files import is_full
from grader.i18n import ui, user_lang

#: In the order of the help. Each is a module with HELP and ``run``, or with an ``app`` of subcommands.
COMMANDS = """
    list start check grade batch regrade explain export gradebook return ci export-template demo fetch
    playground doctor sync validate calibrate new-exercise
""".split()


def _version(value: bool) -> None:
    if value:
        from grader import __version__

        typer.echo(f"vision-grader {__version__}")
        raise typer.Exit


def make_app() -> typer.Typer:
    """All commands, with help in the user's language."""
    app = typer.Typer(
        name="grader",
        help=ui("Exercises and automated grading for image recognition with Keras."),
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

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

    for name in COMMANDS:
        module = import_module(f"grader.cli.{name.replace('-', '_')}{'_' if iskeyword(name) else ''}")
        if hasattr(module, "app"):
            app.add_typer(module.app)
        else:
            app.command(name, help=module.HELP, short_help=module.HELP)(module.run)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point. Known errors become one sentence; unknown ones say where their details are.

    Args:
        arguments: by default those that the program was started with.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        choose_language(words, os.environ)
        make_app()(words)
    except KeyboardInterrupt:
        fail(ui("Interrupted; nothing that was already written is lost."), EXIT_INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output went away (a pager, head); nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(EXIT_ERROR) from None
    except Exception as error:
        _explain(error)


def _explain(error: Exception) -> NoReturn:
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
    traceback.print_exception(error)
    fail(ui("This is a fault of the grader, not of the submission. Please report it with the lines above."))
