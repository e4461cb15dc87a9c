"""``grader playground``: a trained network in the browser, on one's own pictures."""

from __future__ import annotations

import errno
import tempfile
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.cli.app import app, fail
from grader.cli.common import chosen_lang, console, find_exercises, need_tensorflow, open_course
from grader.cli.staff import check_level, data_option, isolation_option, lang_option
from grader.cli.workplace import Workplace
from grader.i18n import tr, ui
from grader.schema import Course, Exercise, Lang

if TYPE_CHECKING:
    from grader.playground import Site
    from grader.workflows.playground import Network

#: Where the page is by default; any free port where this one is taken.
PORT = 8710


@app.command(help=ui("Try a trained network in the browser, on your own pictures."))
def playground(
    context: typer.Context,
    what: list[str] = typer.Argument(
        None,
        metavar="[EXERCISE|MODEL.keras]...",
        help=ui("Exercises, by number or name, or model files; by default all that are here, and MobileNet."),
    ),
    out: Path | None = typer.Option(
        None, "--out", help=ui("Write the page into this folder instead of serving it.")
    ),
    port: int | None = typer.Option(None, "--port", min=0, max=65535, help=ui("Port on this computer; 0: any.")),
    no_browser: bool = typer.Option(False, "--no-browser", help=ui("Serve the page and do not open it.")),
    exercise: str | None = typer.Option(
        None, "--exercise", help=ui("Whose classes and pixels a model file has, where its name does not say.")
    ),
    half: bool = typer.Option(False, "--half", help=ui("Weights as half floats: half the size, less exact.")),
    data: Path | None = data_option,
    lang: str | None = lang_option,
    isolation: str = isolation_option,
) -> None:
    """Exit code 0: the page was written, or served until Ctrl+C."""
    from grader.sandbox import open_sandbox
    from grader.workflows.playground import make_site

    check_level(isolation)
    course = open_course(context)
    place = Workplace.here()
    language = chosen_lang(lang or (place.lang if place else None))
    owner = find_exercises(course, [exercise])[0] if exercise else None
    networks = _networks(course, what or [], owner, place, data, language)
    need_tensorflow()
    screen = console(stderr=True)
    with (
        tempfile.TemporaryDirectory(prefix="grader-playground-") as folder,
        open_sandbox(isolation) as sandbox,  # type: ignore[arg-type]
        screen.status(tr(language, "starting")) as status,
    ):
        site, refused = make_site(
            networks,
            Path(folder),
            lambda: sandbox,
            data_dir=data,
            half=half,
            say=lambda text: status.update(text.get(language)),
        )
    for error in refused:
        screen.print(f"! {error.text.get(language)}", style="yellow", markup=False)
    if out is not None:
        for path in site.write(out, language):
            size = f"{path.stat().st_size / 1e6:.1f} MB"
            console().print(
                tr(language, "{file}, {size}", file=str(path), size=size), soft_wrap=True, markup=False
            )
        return
    _serve(site, language, port, open_it=not no_browser)


def _networks(
    course: Course, what: list[str], owner: Exercise | None, place: Workplace | None, data: Path | None, lang: Lang
) -> list[Network]:
    """The networks that were asked for; by default all that are here, and MobileNet."""
    from grader.errors import PlaygroundError
    from grader.workflows import playground as use

    here = Path.cwd()
    work = [place.folder, here] if place else [here]
    reports = place.reports if place else None
    found: list[Network] = []
    for name in what:
        if name.endswith(".keras"):
            found.append(use.of_file(course, Path(name), owner))
        else:
            for wanted in find_exercises(course, [name]):
                found += use.of_exercise(wanted, work=work, reports=reports)
    if what:
        return found
    for one in course.exercises:
        try:
            found += use.of_exercise(one, work=work, reports=reports)
        except PlaygroundError:
            continue  # it has no network yet
    mobilenet = use.pretrained(data)
    found += [mobilenet] if mobilenet else []
    if not found:
        fail(
            tr(
                lang,
                "There is no trained network here. Train one with `grader check`, name a model file, or get "
                "MobileNet's weights with `grader fetch`.",
            )
        )
    return found


def _serve(site: Site, lang: Lang, port: int | None, *, open_it: bool) -> None:
    """Until Ctrl+C."""
    from grader.playground import PageServer

    try:
        server = PageServer(site, lang, PORT if port is None else port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        if port is not None:
            fail(tr(lang, "Port {port} is in use: choose another with --port.", port=port))
        server = PageServer(site, lang, 0)
    with server:
        console().print(tr(lang, "Open {url}   (Ctrl+C ends)", url=server.url), soft_wrap=True)
        if open_it:
            webbrowser.open(server.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console().print(tr(lang, "Ended."))
