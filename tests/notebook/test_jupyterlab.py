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

pytest.importorskip("jupyterlab", reason="JupyterLab is not installed (pip install jupyterlab)")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = pytest.mark.slow
FLIPPED = "\n\ndef conv2d(image, kernel, stride=1, padding='valid'):\n    raise ValueError('<b>bold</b>')\n"
THEMES = "@jupyterlab/apputils-extension/themes.jupyterlab-settings"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address and folder of a server of our own, whose process ends with the tests."""
    if BROWSER is None:
        pytest.skip("no Chromium here: install it to test the page in a browser")
    base = tmp_path_factory.mktemp("lab")
    work, settings = base / "work", base / "settings"
    work.mkdir()
    cells = ["%load_ext grader", SOLUTION, "%check 3", FLIPPED, "%check 3"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    for name in ("light", "dark"):
        nbformat.write(notebook, work / f"{name}.ipynb")
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
    chosen = base / "settings" / THEMES
    chosen.parent.mkdir(parents=True, exist_ok=True)
    chosen.write_text(json.dumps({"theme": f"JupyterLab {theme.title()}", "adaptive-theme": False}))
    page = browser.new_page(viewport={"width": 1100, "height": 1400})
    page.goto(f"{address}lab/tree/{theme}.ipynb?reset")
    page.get_by_role("menuitem", name="Run", exact=True).click(timeout=90_000)
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    results = page.locator(".jp-OutputArea-output .vg")
    page.wait_for_function("document.querySelectorAll('.jp-OutputArea-output .vg').length == 2", timeout=240_000)
    assert page.evaluate("document.body.dataset.jpThemeLight") == str(theme == "light").lower()
    good, bad = results.nth(0), results.nth(1)
    assert "20 / 20" in " ".join(good.inner_text().split())
    assert good.locator(".why").count() == 0
    hint = bad.locator("details", has_text="Hint").first
    assert hint.get_attribute("open") is None, "folded until it is wanted"
    hint.locator("summary").click()
    assert hint.get_attribute("open") is not None
    assert "<b>bold</b>" in bad.inner_text(), "text, not markup"
    assert bad.locator("svg").count() >= 1, "the report's pictures"
    assert page.evaluate("document.querySelectorAll('.vg script').length") == 0
    page.evaluate(axe_core())
    rules = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
    found = page.evaluate(f"axe.run(document.querySelectorAll('.vg'), {rules})")
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found["violations"]] == []
    bad.scroll_into_view_if_needed()
    page.screenshot(path=str(base / f"{theme}.png"))
    page.close()
