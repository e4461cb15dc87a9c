"""The page in a real browser: its script runs under its own policy, nothing overflows a phone, print opens all."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from grader.report import to_html
from grader.schema import Result
from tests.report.browser import BROWSER, QUIET, WINDOW

Sample = Callable[[str], Result]
#: Puts each page into frames of several widths (headless windows have a minimum one), and measures there.
HARNESS = """<!doctype html><meta charset="utf-8"><body><pre id="out"></pre><script>
const pages = PAGES;
const found = {};
const load = (html, width) => new Promise((done) => {
  const frame = document.createElement("iframe");
  frame.style.width = width + "px"; frame.style.height = "800px"; frame.style.border = "0";
  frame.srcdoc = html;
  frame.onload = () => done(frame);
  document.body.append(frame);
});
const visible = (doc, lang) =>
  [...doc.querySelectorAll('.t[lang="' + lang + '"]')].filter((node) => node.offsetParent).length;
(async () => {
  for (const [name, html] of Object.entries(pages)) {
    const entry = found[name] = {};
    for (const width of [360, 1000]) {
      const frame = await load(html, width);
      const doc = frame.contentDocument, root = doc.documentElement;
      for (const part of doc.querySelectorAll("details")) part.open = true;
      entry["wide" + width] = root.scrollWidth;
      for (const part of doc.querySelectorAll("details")) part.open = false;
      if (width === 1000) {
        const button = doc.getElementById("switch");
        entry.before = { lang: root.lang, ko: visible(doc, "ko"), en: visible(doc, "en"), title: doc.title,
          button: button.textContent, hidden: button.hidden };
        button.click();
        entry.after = { lang: root.lang, ko: visible(doc, "ko"), en: visible(doc, "en"), title: doc.title,
          button: button.textContent };
        const meant = "details:not([data-passed] details)";
        const count = doc.querySelectorAll(meant).length;
        frame.contentWindow.dispatchEvent(new Event("beforeprint"));
        entry.printed = count > 0 && count === doc.querySelectorAll("details[open]").length;
        frame.contentWindow.dispatchEvent(new Event("afterprint"));
        entry.folded = doc.querySelectorAll("details[open]").length === 0;
        entry.requests = frame.contentWindow.performance.getEntriesByType("resource")
          .map((one) => one.name).filter((url) => !url.startsWith("data:"));
        entry.alerted = frame.contentWindow.alerted === true;
      }
      frame.remove();
    }
  }
  document.getElementById("out").textContent = JSON.stringify(found);
})();
</script>"""


@pytest.fixture(scope="module")
def measured(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if BROWSER is None:
        pytest.skip("no Chromium here: install it to test the page in a browser")
    folder: Path = tmp_path_factory.mktemp("browser")
    pages = {name: to_html(sample(name), "ko") for name in ("mixed", "mismatch", "hostile", "empty")}
    script = json.dumps(pages).replace("</", "<\\/").replace("<!--", "<\\!--")
    (folder / "harness.html").write_text(HARNESS.replace("PAGES", script, 1), encoding="utf-8")
    run = subprocess.run(
        [
            BROWSER,
            *QUIET,
            WINDOW,
            f"--user-data-dir={folder / 'profile'}",
            "--virtual-time-budget=20000",
            "--dump-dom",
            (folder / "harness.html").as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    match = re.search(r'<pre id="out">(.+?)</pre>', run.stdout, re.DOTALL)
    if match is None:
        pytest.fail(f"the browser measured nothing: {run.stderr[-2000:]}")
    found = json.loads(unescape(match.group(1)))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", ["mixed", "mismatch", "hostile", "empty"])
def test_page_fits_phone_and_desk(measured: dict[str, Any], name: str) -> None:
    assert measured[name]["wide360"] <= 360
    assert measured[name]["wide1000"] <= 1000


def test_switch_turns_every_text_without_a_reload(measured: dict[str, Any]) -> None:
    before, after = measured["mixed"]["before"], measured["mixed"]["after"]
    assert not before["hidden"]  # the script ran, so the policy's hash is right
    assert (before["lang"], before["button"]) == ("ko", "English")
    assert (after["lang"], after["button"]) == ("en", "한국어")
    assert before["en"] == 0 < before["ko"]
    assert after["ko"] == 0 < after["en"]
    assert after["title"] == "Results for minjun_lee"


def test_print_opens_what_is_folded_but_passed_exercises_and_folds_it_again(measured: dict[str, Any]) -> None:
    assert measured["mixed"]["printed"]
    assert measured["mixed"]["folded"]


@pytest.mark.parametrize("name", ["mixed", "hostile"])
def test_no_request_leaves_the_page(measured: dict[str, Any], name: str) -> None:
    assert measured[name]["requests"] == []
    assert not measured[name]["alerted"]
