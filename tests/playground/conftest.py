"""The page in a real browser, with networks that the real command converted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from grader.playground import SINGLE, BuildError, build
from tests.conftest import Command, Program
from tests.report.browser import BROWSER, QUIET

MAKE = Path(__file__).with_name("make_models.py")
Answers = list[dict[str, Any]]


@pytest.fixture(scope="session")
def built() -> None:
    """The page's script and WebAssembly, built where that was not done yet."""
    try:
        build()
    except BuildError as error:
        pytest.skip(f"the page can't be built here: {str(error)[-200:]}")


@pytest.fixture(scope="session")
def kinds(tmp_path_factory: pytest.TempPathFactory, program: Program) -> Path:
    """A folder with small networks of many kinds."""
    folder = tmp_path_factory.mktemp("kinds")
    program(MAKE, folder)
    return folder


Keras = Callable[..., Answers]


@pytest.fixture(scope="session")
def keras() -> Iterator[Keras]:
    """What Keras itself answers: ``keras(model, scale, *pictures)``; one process for all questions."""
    process = subprocess.Popen(
        [sys.executable, str(MAKE), "--serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    assert process.stdin is not None
    answered = process.stdout
    assert answered is not None

    def ask(model: Path, scale: str, *pictures: Path) -> Answers:
        print(json.dumps([str(model), scale, [str(path) for path in pictures]]), file=process.stdin, flush=True)
        line = answered.readline()
        assert line, "Keras answered nothing"
        found: Answers = json.loads(line)
        return found

    yield ask
    process.stdin.close()
    process.wait(60)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium under Playwright."""
    if BROWSER is None:
        pytest.skip("no Chromium here: install it to test the page in a browser")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as running:
        arguments = [word for word in QUIET if word != "--headless"]
        # A camera that shows a moving pattern.
        arguments += ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        chromium = running.chromium.launch(executable_path=BROWSER, args=arguments)
        yield chromium
        chromium.close()


@dataclass
class Page:
    """One open page, and what happened on it."""

    page: Any
    requests: list[str]
    problems: list[str]

    def wait(self, condition: str, *values: object) -> None:
        """Wait until ``condition`` is true, a JavaScript expression over the array ``v``."""
        self.page.wait_for_function(f"(v) => {condition}", arg=list(values), timeout=60_000)

    def ready(self) -> None:
        """Wait until everything that was asked for is there."""
        self.wait("[...document.querySelectorAll('.pane')].every((p) => p.getAttribute('aria-busy') === 'false')")

    def choose(self, network: str) -> None:
        """Show another of the page's networks."""
        self.page.get_by_label("Network", exact=True).first.select_option(label=network)
        self.ready()

    def show(self, picture: Path) -> None:
        """Choose a picture file."""
        self.page.set_input_files("[data-testid=file-input] >> nth=0", picture)
        self.wait("document.querySelector('.caption').textContent === v[0]", picture.name)
        self.ready()

    def numbers(self) -> dict[str, Any]:
        """What “Save the numbers” gives."""
        with self.page.expect_download() as download:
            self.page.locator("button", has_text="JSON").first.click()
        found = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
        assert isinstance(found, dict)
        return found

    def bars(self) -> list[tuple[int, float]]:
        """The five best: class and probability."""
        rows = self.page.locator("[data-testid=predictions] >> nth=0").locator("li").all()
        return [
            (int(row.get_attribute("data-class")), float(row.get_attribute("data-probability"))) for row in rows
        ]

    def open_layers(self, most: int = 40) -> None:
        """Open the first layers, and wait for what they show."""
        rows = "[...document.querySelectorAll('details.layer')].slice(0, most)"
        self.page.evaluate(f"(most) => {rows}.forEach((row) => row.open = true)", most)
        self.wait("[...document.querySelectorAll('details.layer[open] .maps')].every((m) => m.childNodes.length)")


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Any) -> Iterator[Open]:
    """Open an address; every request and every error is noted."""
    contexts = []

    def opened(url: str, *, wait: bool = True, **settings: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings})
        contexts.append(context)
        page = context.new_page()
        made = Page(page, [], [])
        page.on("request", lambda request: made.requests.append(request.url))
        page.on("pageerror", lambda error: made.problems.append(str(error)))
        page.on("dialog", lambda dialog: made.problems.append(f"dialog: {dialog.message}"))
        page.on(
            "console",
            lambda message: (
                made.problems.append(message.text)
                if message.type == "error" or "Content Security Policy" in message.text
                else None
            ),
        )
        page.goto(url)
        if wait:
            made.ready()
        return made

    yield opened
    for context in contexts:
        context.close()


Small = Callable[..., Page]


@pytest.fixture
def small(open_page: Open, many: Path) -> Small:
    """Open the page of small networks with one of them."""

    def opened(name: str, **settings: Any) -> Page:
        page = open_page(many.as_uri(), **settings)
        page.choose(name)
        return page

    return opened


Playground = Callable[..., Path]


@pytest.fixture(scope="session")
def playground(built: None, command: Command, tmp_path_factory: pytest.TempPathFactory) -> Playground:
    """Run ``grader playground … --out`` and give back the folder."""

    def run(*words: object, env: dict[str, str] | None = None) -> Path:
        out = tmp_path_factory.mktemp("page")
        done = command("playground", *words, "--out", out, env=env)
        assert done.code == 0, done.text
        return out

    return run


@pytest.fixture(scope="session")
def many(kinds: Path, playground: Playground) -> Path:
    """The page, as one file, with all of the small networks that can be converted."""
    left_out = ("large", "two_outputs", "no_picture", "segmentation", "no_counterpart")
    return playground(*(path for path in sorted(kinds.glob("*.keras")) if path.stem not in left_out)) / SINGLE


def close(found: Sequence[float], wanted: Sequence[float], tolerance: float) -> bool:
    """Whether both have the same length and differ nowhere by more than ``tolerance``."""
    return len(found) == len(wanted) and all(abs(a - b) <= tolerance for a, b in zip(found, wanted, strict=True))


def noise_picture(folder: Path, name: str, size: tuple[int, int], mode: str = "RGB") -> Path:
    """A picture that no other resembles, as PNG."""
    pixels = np.random.default_rng(len(name)).integers(0, 256, (*size, 3), dtype=np.uint8)
    path = folder / f"{name}.png"
    Image.fromarray(pixels).convert(mode).save(path)
    return path
