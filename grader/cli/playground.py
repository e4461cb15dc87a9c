"""``grader playground``: a trained network in the browser, on one's own pictures."""

from __future__ import annotations

import errno
import tempfile
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.cli import options
from grader.cli.screen import console, fail, say
from grader.i18n import tr, ui
from grader.schema import Lang, Level
from grader.text import format_size

if TYPE_CHECKING:
    from grader.workflows.playground import Site

HELP = ui("Try a trained network in the browser, on your own pictures.")

#: Where the page is by default; any free port where this one is taken.
PORT = 8710


def run(
    context: typer.Context,
    what: list[str] = typer.Argument(
        None,
        metavar="[EXERCISE|MODEL.keras]...",
        help=ui("Exercises, by number or name, or model files; by default all that are here, and MobileNet."),
    ),
    out: Path | None = typer.Option(None, "--out", help=ui("Write the page into this folder, serve nothing.")),
    port: int | None = typer.Option(None, "--port", min=0, max=65535, help=ui("Port on this computer; 0: any.")),
    no_browser: bool = typer.Option(False, "--no-browser", help=ui("Serve the page and do not open it.")),
    exercise: str | None = typer.Option(
        None,
        "--exercise",
        help=ui("The exercise whose classes and pixel range a model file uses, where its name does not say."),
    ),
    half: bool = typer.Option(False, "--half", help=ui("Weights as half floats: half the size, less exact.")),
    data: Path | None = options.data,
    lang: Lang | None = options.lang,
    isolation: Level = options.isolation,
) -> None:
    """Exit code 0: the page was written, or served until Ctrl+C."""
    from grader.workflows.finding import find_exercises
    from grader.workflows.playground import find_networks, make_site
    from grader.workflows.workplace import Workplace

    course = options.open_course(context)
    place = Workplace.here()
    language = options.language(lang, place)
    owner = find_exercises(course, [exercise])[0] if exercise else None
    networks = find_networks(course, what or [], place=place, owner=owner, data_dir=data)
    screen = console(stderr=True)
    with (
        tempfile.TemporaryDirectory(prefix="grader-playground-") as folder,
        screen.status(tr(language, "starting")) as status,
    ):
        site, refused = make_site(
            networks,
            Path(folder),
            isolation=isolation,
            data_dir=data,
            half=half,
            tell=lambda text: status.update(text.get(language)),
        )
    for error in refused:
        screen.print(f"! {error.text.get(language)}", style="yellow", markup=False)
    if out is None:
        _serve(site, language, port, open_it=not no_browser)
        return
    for path in site.write(out, language):
        say(f"{path}  {format_size(path.stat().st_size)}")


def _serve(site: Site, lang: Lang, port: int | None, *, open_it: bool) -> None:
    """Until Ctrl+C."""
    from grader.workflows.playground import PageServer

    try:
        server = PageServer(site, lang, PORT if port is None else port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        if port is not None:
            fail(tr(lang, "Port {port} is in use: choose another with --port.", port=port))
        server = PageServer(site, lang, 0)
    with server:
        say(tr(lang, "Open {url}   (Ctrl+C ends)", url=server.url))
        if open_it:
            webbrowser.open(server.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say(tr(lang, "Ended."))
