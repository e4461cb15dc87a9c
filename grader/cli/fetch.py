"""``grader fetch``: real data and pre-trained weights into Keras' own cache, only when asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer

from grader.cli import options
from grader.cli.screen import console, say
from grader.i18n import tr, ui
from grader.schema import Lang
from grader.text import format_size

if TYPE_CHECKING:
    from grader.workflows.fetch import Asset, Progress, Wanted


HELP = ui("Download the real data and pre-trained weights that exercises can use.")


def run(
    context: typer.Context,
    exercise: list[str] = options.exercises,
    only_list: bool = typer.Option(
        False, "--list", help=ui("Say what would be downloaded, how much and where to; download nothing.")
    ),
    lang: Lang | None = options.lang,
) -> None:
    """Exit code 0: everything is there now."""
    from grader.workflows.fetch import bring, find_wanted
    from grader.workflows.finding import find_exercises
    from grader.workflows.workplace import Workplace

    course = options.open_course(context)
    language = options.language(lang, Workplace.here())
    wanted = find_wanted(find_exercises(course, exercise or []) or course.exercises)
    if only_list:
        _show(wanted, language)
    elif not wanted.users:
        say(tr(language, "There is nothing to download for these exercises."))
    else:
        _where(wanted, language)
    for asset in () if only_list else wanted.users:
        with _bar(asset, language) as progress:
            fetched, size = bring(asset, wanted, progress)
        said = (
            tr(language, "downloaded and checked, {size}", size=format_size(size))
            if fetched
            else tr(language, "already there")
        )
        console().print(f"[green]✓[/green] {asset.name}  [dim]{said}[/dim]", soft_wrap=True)
    for name in wanted.elsewhere:
        text = tr(language, "{file} is not for download: it belongs in the data folder (--data).", file=name)
        say(text, "dim")


def _show(wanted: Wanted, lang: Lang) -> None:
    """The files as a table, and what is still to come of them."""
    from rich.text import Text as Rich

    from grader.cli.render import quiet_table

    table = quiet_table(
        (tr(lang, "File"), "left"),
        (tr(lang, "Exercises"), "left"),
        (tr(lang, "Size"), "right"),
        (tr(lang, "Status"), "left"),
    )
    for asset, exercises in wanted.users.items():
        state, size = wanted.state(asset)
        status = {
            "present": Rich("✓ " + tr(lang, "already there"), style="green"),
            "partial": Rich("△ " + tr(lang, "begun: {size}", size=format_size(size)), style="yellow"),
            "absent": Rich("· " + tr(lang, "not there yet"), style="dim"),
        }[state]
        table.add_row(
            Rich(f"{asset.folder}/{asset.name}"),
            Rich(", ".join(e.id.split("_")[0] for e in exercises)),
            Rich(format_size(size if state == "present" else asset.size)),
            status,
        )
    if wanted.users:
        console().print(table)
        say(tr(lang, "Sources:"), "dim")
    for asset in wanted.users:
        say(f"  {asset.url}", "dim")
    _where(wanted, lang)


def _where(wanted: Wanted, lang: Lang) -> None:
    """The folder, and how much is still to come into it."""

    say(tr(lang, "Keras' cache: {folder}", folder=str(wanted.home)))
    say(tr(lang, "Still to download: {size}", size=format_size(wanted.lacking())))


@contextmanager
def _bar(asset: Asset, lang: Lang) -> Iterator[Progress]:
    """A bar with bytes, speed and time left; in a log file one line that the download has begun."""
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    terminal = console(stderr=True)
    with Bar(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=terminal,
        transient=True,
        expand=True,
        disable=not terminal.is_terminal,
    ) as bar:
        task = bar.add_task(asset.name.split("_weights")[0], total=None, visible=False)
        begun = terminal.is_terminal

        def show(done: int, total: int | None) -> None:
            nonlocal begun
            if not begun:
                begun = True
                host = urlsplit(asset.url).netloc
                line = tr(lang, "Downloading {file} from {host} …", file=asset.name, host=host)
                say(line)
            bar.update(task, completed=done, total=total or asset.size, visible=True)

        yield show
