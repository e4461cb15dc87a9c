"""``grader new-exercise``: the three folders of one, with a small working example."""

from __future__ import annotations

import typer

from grader.cli import options
from grader.cli.screen import say
from grader.i18n import ui

HELP = ui("Make a new exercise: a small one that works, to change file by file.")


def run(
    context: typer.Context, slug: str = typer.Argument(help=ui("Number and name, such as 14_my_topic."))
) -> None:
    """The example passes ``grader validate`` as it is; change it step by step."""
    from grader.authoring import scaffold
    from grader.catalog import course_root

    for path in scaffold(course_root(options.course_root(context)), slug):
        say(str(path))
    say(ui("Next: edit the solution, then `grader sync` and `grader validate {slug}`.", slug=slug))
