"""``%check`` in JupyterLab, in a real browser: what a student sees below the cell, light and dark."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.conftest import ROOT
from tests.notebook.conftest import SOLUTION, below, gone
from tests.report.browser import BROWSER, QUIET, axe_core

pytest.importorskip("jupyterlab", reason="JupyterLab is not installed (pip install -e '.[lab]')")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = pytest.mark.slow
WRONG = SOLUTION + "\n\ndef max_pool2d(feature_map, size=2):\n    return feature_map\n"
#: No question about news, and every cell on the page, whether it is in sight or not.
SETTINGS: dict[str, dict[str, Any]] = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address and folder of a server of our own, whose process ends with the tests."""
    if BROWSER is None:
        pytest.skip("no Chromium here: install it to test the page in a browser")
    base = tmp_path_factory.mktemp("lab")
    work, settings = base / "work", base / "settings"
    work.mkdir()
    cells = [nbformat.v4.new_code_cell(cell) for cell in ("%load_ext grader", WRONG, "%check 3")]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name in ("light", "dark"):
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), work / f"{name}.ipynb")
    for name, values in SETTINGS.items():
        configure(settings, name, values)
    places = {name: str(base / name) for name in ("config", "data", "runtime", "ipython")}
    environment = {
        **os.environ,
        "GRADER_LANG": "en",
        "PYTHONPATH": str(ROOT),
        "JUPYTER_CONFIG_DIR": places["config"],
        "JUPYTER_DATA_DIR": places["data"],
        "JUPYTER_RUNTIME_DIR": places["runtime"],
        "IPYTHONDIR": places["ipython"],
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
    }
    options = ["--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options, "--IdentityProvider.token=", f"--notebook-dir={work}"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    started: list[int] = []
    try:
        yield _address(base / "runtime", server), base
        started = below(server.pid)
    finally:
        server.terminate()
        server.wait(60)
    assert gone(started), "nothing outlives the server"


def configure(settings: Path, name: str, values: dict[str, Any]) -> None:
    """What a user sets in JupyterLab's own settings."""
    file = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(values), encoding="utf-8")


def _address(runtime: Path, server: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            try:
                return str(json.loads(file.read_text(encoding="utf-8"))["url"])
            except ValueError:
                continue  # it is being written
        time.sleep(0.2)
    raise AssertionError("JupyterLab did not start")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=BROWSER, args=list(QUIET))
        yield opened
        opened.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_student_checks_in_jupyterlab(lab: tuple[str, Path], browser: Any, theme: str) -> None:
    address, base = lab
    configure(base / "settings", "apputils-extension/themes", {"theme": f"JupyterLab {theme.title()}"})
    page = browser.new_page(viewport={"width": 1100, "height": 1500})
    page.goto(f"{address}lab/tree/{theme}.ipynb?reset")
    page.get_by_text("(ipykernel) | Idle").wait_for(timeout=120_000)  # only then does a run reach the kernel
    assert page.evaluate("document.body.dataset.jpThemeLight") == str(theme == "light").lower()

    run_all(page)
    cell = page.locator(".jp-OutputArea-output .vg")
    cell.wait_for(timeout=240_000)
    got, out_of = score(cell)
    assert 0 < got < out_of
    hint = cell.locator(".why details").first
    assert hint.get_attribute("open") is None, "folded until it is wanted"
    hint.locator("summary").click()
    assert hint.get_attribute("open") is not None
    assert cell.locator("svg").count() >= 1, "the report's pictures"
    assert page.evaluate("document.querySelectorAll('.vg script').length") == 0
    page.evaluate(axe_core())
    rules = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
    found = page.evaluate(f"axe.run(document.querySelector('.vg'), {rules})")
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found["violations"]] == []
    cell.scroll_into_view_if_needed()
    page.screenshot(path=str(base / f"{theme}.png"))

    page.locator(".jp-CodeCell .cm-content").nth(1).click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(SOLUTION)
    run_all(page)
    page.get_by_text("the saved notebook, plus the cells that you have run since").wait_for(timeout=120_000)
    got, out_of = score(cell)
    assert got == out_of, "what ran counts, saved or not"
    cell.scroll_into_view_if_needed()
    page.screenshot(path=str(base / f"{theme}-mended.png"))
    page.close()


def run_all(page: Any) -> None:
    """As a student does, by the menu."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells").first.click()


def score(cell: Any) -> tuple[float, float]:
    """The points in a result's first line."""
    got, out_of = cell.locator("h3 .score").first.inner_text().split(" / ")
    return float(got), float(out_of)
