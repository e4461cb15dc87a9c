"""``grader fetch``: real data and pre-trained weights into Keras' own cache, only when asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer

from grader.cli.app import app, fail
from grader.cli.common import chosen_lang, console, find_exercises, open_course
from grader.cli.staff import lang_option
from grader.cli.workplace import Workplace
from grader.i18n import tr, ui
from grader.schema import Exercise, Lang

if TYPE_CHECKING:
    from rich.console import Console

    from grader.datasets.assets import Asset
    from grader.datasets.download import Progress


@app.command(help=ui("Download the real data and pre-trained weights that exercises can use."))
def fetch(
    context: typer.Context,
    exercise: list[str] = typer.Argument(None, help=ui("Number or name; by default all exercises.")),
    only_list: bool = typer.Option(
        False, "--list", help=ui("Say what would be downloaded, how much and where to; download nothing.")
    ),
    lang: str | None = lang_option,
) -> None:
    """Exit code 0: everything is there now."""
    from grader.datasets.download import human
    from grader.datasets.fetch import fetch as bring
    from grader.datasets.keras_home import keras_home
    from grader.errors import DataError

    course = open_course(context)
    place = Workplace.here()
    language = chosen_lang(lang or (place.lang if place else None))
    exercises = find_exercises(course, exercise or []) or list(course.exercises)
    users, elsewhere = _wanted(exercises)
    home = keras_home()
    screen = console()
    if only_list:
        _show(screen, users, home, language)
    elif not users:
        screen.print(tr(language, "There is nothing to download for these exercises."))
    else:
        _where(screen, users, home, language)
    for asset in () if only_list else users:
        try:
            with _bar(asset, language, screen) as progress:
                outcome = bring(asset, home, progress=progress)
        except DataError as error:
            fail(error.text.get(language))
        said = (
            tr(language, "already there")
            if outcome == "present"
            else tr(language, "downloaded and checked, {size}", size=human(asset.path(home).stat().st_size))
        )
        screen.print(f"[green]✓[/green] {asset.name}  [dim]{said}[/dim]", soft_wrap=True)
    for name in elsewhere:
        screen.print(
            tr(language, "{file} is not for download: it belongs in the data folder (--data).", file=name),
            style="dim",
            soft_wrap=True,
        )


def _wanted(exercises: Sequence[Exercise]) -> tuple[dict[Asset, list[Exercise]], list[str]]:
    """Each file with the exercises that use it, in their order; and what can't be downloaded."""
    from grader.datasets.assets import needs

    users: dict[Asset, list[Exercise]] = {}
    elsewhere: dict[str, None] = {}
    for exercise in exercises:
        found = needs(exercise)
        for asset in found.assets:
            users.setdefault(asset, []).append(exercise)
        elsewhere |= dict.fromkeys(found.elsewhere)
    return users, list(elsewhere)


def _show(screen: Console, users: dict[Asset, list[Exercise]], home: Path, lang: Lang) -> None:
    """The files as a table, and what is still to come of them."""
    from rich.text import Text as Rich

    from grader.cli.render import quiet_table
    from grader.datasets.download import human
    from grader.datasets.fetch import stored

    table = quiet_table(
        (tr(lang, "File"), "left"),
        (tr(lang, "Exercises"), "left"),
        (tr(lang, "Size"), "right"),
        (tr(lang, "Status"), "left"),
    )
    for asset, exercises in users.items():
        state, size = stored(asset, home)
        status = {
            "present": Rich("✓ " + tr(lang, "already there"), style="green"),
            "partial": Rich("△ " + tr(lang, "begun: {size}", size=human(size)), style="yellow"),
            "absent": Rich("· " + tr(lang, "not there yet"), style="dim"),
        }[state]
        table.add_row(
            Rich(f"{asset.folder}/{asset.name}"),
            Rich(", ".join(e.id.split("_")[0] for e in exercises)),
            Rich(human(size if state == "present" else asset.size)),
            status,
        )
    if users:
        screen.print(table)
        screen.print(tr(lang, "Sources:"), style="dim")
    for asset in users:
        screen.print(f"  {asset.url}", style="dim", soft_wrap=True)
    _where(screen, users, home, lang)


def _where(screen: Console, assets: Iterable[Asset], home: Path, lang: Lang) -> None:
    """The folder, and how much is still to come into it."""
    from grader.datasets.download import human
    from grader.datasets.fetch import stored

    states = [(asset, *stored(asset, home)) for asset in assets]
    lacking = sum(max(asset.size - size, 0) for asset, state, size in states if state != "present")
    screen.print(tr(lang, "Keras' cache: {folder}", folder=str(home)), soft_wrap=True)
    screen.print(tr(lang, "Still to download: {size}", size=human(lacking)), soft_wrap=True)


@contextmanager
def _bar(asset: Asset, lang: Lang, screen: Console) -> Iterator[Progress]:
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
                screen.print(line, soft_wrap=True)
            bar.update(task, completed=done, total=total or asset.size, visible=True)

        yield show
