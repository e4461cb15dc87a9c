"""A headless Chromium for tests: what it measures on a page, what it shows, what it prints."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest

from grader.playground import build_page

BROWSER = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
WINDOW = "--window-size=1300,900"
DARK = "--blink-settings=preferredColorScheme=0"
#: A page that loads anything from the network fails on it: every name is unknown, every address is refused.
OFFLINE = ("--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://127.0.0.1:9")


def chromium(folder: Path, *arguments: str) -> str:
    """Run the browser and give back what it says on stdout; skips the test where there is none."""
    if BROWSER is None:
        pytest.skip("no Chromium here: install it to test the page in a browser")
    done = subprocess.run(
        [BROWSER, *QUIET, f"--user-data-dir={folder / 'profile'}", *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=180,
        check=False,
    )
    return done.stdout


def measure(html: str, script: str, folder: Path, *arguments: str, width: int, height: int = 900) -> Any:
    """The JSON that ``script`` (an async function's body) returns on the page ``html``, its policy taken off.

    The page is in a frame, since a window has a least width that a phone has not.

    Args:
        folder: for the page and the browser's profile.
        arguments: for the browser.
        width, height: of the frame, in CSS pixels.
    """
    return measure_on(html, script, folder, *arguments, screens=[(width, height)])[0]


def measure_on(
    html: str, script: str, folder: Path, *arguments: str, screens: Sequence[tuple[int, int]]
) -> list[Any]:
    """Like :func:`measure`, for frames of several sizes in one browser."""
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html, count=1)
    tail = (
        "<script>(async () => { let found; try { found = await (async () => {"
        + script
        + "})(); } catch (error) { found = {error: String(error)}; }"
        " parent.document.getElementById(window.name).textContent = JSON.stringify(found); })();</script></body>"
    )
    file = folder / "measured.html"
    inside = escape(page.replace("</body>", tail), quote=True)
    frames = "".join(
        f'<pre id="measured{n}" hidden></pre><iframe name="measured{n}" '
        f'style="border:0;width:{width}px;height:{height}px" srcdoc="{inside}"></iframe>'
        for n, (width, height) in enumerate(screens)
    )
    file.write_text(f'<!doctype html><meta charset="utf-8">{frames}', encoding="utf-8")
    dumped = chromium(
        folder, "--virtual-time-budget=60000", "--dump-dom", *arguments, "--window-size=1400,1000", file.as_uri()
    )
    found = [
        json.loads(unescape(text))
        for text in re.findall(r'<pre id="measured\d+" hidden="">(.+?)</pre>', dumped, re.DOTALL)
    ]
    assert len(found) == len(screens), f"the browser measured nothing: {dumped[-500:]}"
    assert not any(isinstance(one, dict) and "error" in one for one in found), found
    return found


def axe_core() -> str:
    """The source of axe-core, which npm brings with what the playground's page is built from; skips without it."""
    try:
        return (build_page.packages() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    except build_page.BuildError as error:
        pytest.skip(f"axe-core could not be fetched with npm: {str(error)[-200:]}")
