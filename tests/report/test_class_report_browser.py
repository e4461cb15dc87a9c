"""The class report in a real browser, from ``file://``: fast, sortable, searchable, no wider than a phone."""

from __future__ import annotations

import json
import re
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from grader.report import write_class_report
from grader.schema import Course
from tests.report.browser import BROWSER, QUIET, WINDOW
from tests.report.classes import make_class, student

STUDENTS = 200

#: The frame is a file of its own, loaded as a reader would load it; the flag below lets this page look into it.
HARNESS = """<!doctype html><meta charset="utf-8"><title>harness</title>
<script>const start = performance.now(), found = {};</script>
<iframe id="desk" style="width:1300px;height:900px;border:0" src="index.html"></iframe>
<pre id="out"></pre>
<script>
const names = (doc) => [...doc.querySelectorAll("#students tbody tr")].filter((row) => !row.hidden)
  .map((row) => row.cells[0].dataset.v);
const column = (doc, n) => [...doc.querySelectorAll("#students tbody tr")].map((row) => row.cells[n].dataset.v);
addEventListener("load", () => {
  const frame = document.getElementById("desk"), doc = frame.contentDocument, view = frame.contentWindow;
  found.height = doc.body.offsetHeight;  // makes the browser lay the page out
  found.ms = performance.now() - start;
  found.url = doc.URL;
  found.wide = doc.documentElement.scrollWidth;
  found.requests = view.performance.getEntriesByType("resource").map((one) => one.name)
    .filter((url) => !url.startsWith("data:"));
  found.lang = doc.documentElement.lang;
  doc.getElementById("switch").click();
  found.switched = doc.documentElement.lang;
  found.all = names(doc).length;
  const sort = (n) => doc.querySelectorAll("#students thead th")[n].querySelector("button").click();
  const state = (n) => doc.querySelectorAll("#students thead th")[n].getAttribute("aria-sort");
  sort(1); found.down = [column(doc, 1), state(1)];
  sort(1); found.up = [column(doc, 1), state(1)];
  sort(0); found.byName = [column(doc, 0), state(0), state(1)];
  const search = doc.getElementById("search"), only = doc.getElementById("only");
  const type = (text) => {
    search.value = text; search.dispatchEvent(new view.Event("input"));
    return [names(doc), doc.getElementById("shown").textContent, doc.getElementById("none").hidden];
  };
  found.searched = type("NAME".normalize("NFD")); found.nobody = type("no such name"); type("");
  only.checked = true; only.dispatchEvent(new view.Event("change"));
  found.toLookAt = [names(doc).length, doc.querySelectorAll("tr[data-review]").length];
  only.checked = false; only.dispatchEvent(new view.Event("change"));
  const tabbed = [...doc.querySelectorAll("a[href], button, input, summary, [tabindex]")];
  found.headings = [...doc.querySelectorAll("#students thead th")]
    .every((head) => tabbed.includes(head.querySelector("button")));
  found.links = [...doc.querySelectorAll("#students tbody a")].map((a) => a.getAttribute("href"));
  for (const part of doc.querySelectorAll("details")) part.open = true;
  frame.style.width = "360px";
  found.phone = doc.documentElement.scrollWidth;
  found.table = doc.querySelector("#students").getBoundingClientRect().right;
  document.getElementById("out").textContent = JSON.stringify(found);
});
</script>"""


@pytest.fixture(scope="module")
def measured(course: Course, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if BROWSER is None:
        pytest.skip("no Chromium here: install it to test the page in a browser")
    folder: Path = tmp_path_factory.mktemp("class")
    write_class_report(folder, "ko", make_class(course, folder, STUDENTS))
    (folder / "harness.html").write_text(HARNESS.replace("NAME", student(20).name.split()[1]), encoding="utf-8")
    run = subprocess.run(
        [
            BROWSER,
            *QUIET,
            WINDOW,
            "--allow-file-access-from-files",
            f"--user-data-dir={folder / 'profile'}",
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
    print(f"{STUDENTS} students: {(folder / 'index.html').stat().st_size / 1000:.0f} kB in {found['ms']:.0f} ms")
    return found


def test_200_students_load_from_a_file_alone(measured: dict[str, Any]) -> None:
    assert measured["url"].startswith("file://")
    assert measured["requests"] == []
    assert measured["height"] > 900


def test_the_page_is_no_wider_than_the_screen(measured: dict[str, Any]) -> None:
    assert measured["wide"] <= 1300
    assert measured["phone"] <= 360
    assert measured["table"] <= 360, "a card for each student: nothing is cut, nothing has to be scrolled to"


def test_the_language_switches(measured: dict[str, Any]) -> None:
    assert (measured["lang"], measured["switched"]) == ("ko", "en")


def test_headings_sort_and_say_so(measured: dict[str, Any]) -> None:
    down, up = ([float(value) for value in measured[key][0]] for key in ("down", "up"))
    assert (measured["down"][1], measured["up"][1]) == ("descending", "ascending")
    assert down == sorted(down, reverse=True)
    assert up == sorted(up)
    assert down[0] > down[-1]
    names, state, former = measured["byName"]
    assert names == sorted(names)  # Hangul syllables are in order in Unicode
    assert (state, former) == ("ascending", None)
    assert measured["headings"]  # buttons, so the keyboard reaches them


def test_search_finds_a_name_however_it_is_composed(measured: dict[str, Any]) -> None:
    word = student(20).name.split()[1]
    wanted = sorted(student(n).name for n in range(STUDENTS) if word in student(n).name)
    assert measured["all"] == STUDENTS
    found, count, nobody_hidden = measured["searched"]
    assert sorted(found) == wanted
    assert 0 < len(wanted) == int(count) < STUDENTS
    assert nobody_hidden
    assert measured["nobody"] == [[], "0", False]


def test_a_box_leaves_only_those_who_need_a_look(measured: dict[str, Any]) -> None:
    shown, marked = measured["toLookAt"]
    assert 0 < shown == marked < STUDENTS


def test_every_student_is_linked(measured: dict[str, Any]) -> None:
    assert len(set(measured["links"])) == STUDENTS
    assert all(re.fullmatch(r"[A-Za-z0-9%._~-]+/report\.html", link) for link in measured["links"])
