"""What it costs to give a class back, and to open its page: ``python -m benchmarks.give_back``.

200 students of all exercises. Marks, names and mistakes are the synthetic class's (``tests/report/classes.py``);
the pages, pictures and code are those of one real submission of every solution, so that they have real sizes.
Exits with 1 when a promise does not hold: `grader return` in under 30 s, the class page in under 2 s from a file.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from pathlib import Path

from benchmarks import page
from benchmarks.batch import ROOT, Bench, run
from grader.catalog import load_course

STUDENTS = 200
POLICY = "late_percent_per_day = 10\n"
HEAD = """## Giving a class back

`python -m benchmarks.give_back`: {students} students of {exercises} exercises with marks, lateness and pages of
real size, in Moodle's layout; whole commands from start to end. The page is opened from its file in Chromium,
until it is laid out."""


def make_class(out: Path, seed: Path, count: int) -> int:
    """A graded class in ``out`` as ``grader batch`` leaves it; the number of exercises."""
    from tests.report.classes import make_class as entries

    course = load_course(ROOT)
    for number, entry in enumerate(entries(course, out, count)):
        shutil.copytree(
            seed, entry.folder, copy_function=os.link, ignore=shutil.ignore_patterns("evidence", "facts")
        )
        (entry.folder / "result.json").unlink()
        (entry.folder / "result.json").write_text(entry.result.model_dump_json(indent=1), encoding="utf-8")
        received = f"{entry.student.name}_{number}_assignsubmission_file_"
        record = f'{{"student": {entry.student.model_dump_json()}, "late": {str(number % 9 == 0).lower()}, '
        record += f'"received": ["{received}"]}}'
        (entry.folder / "student.json").write_text(record, encoding="utf-8")
    (out / "similar.json").write_text("[]", encoding="utf-8")
    return len(course.exercises)


def opened(index: Path) -> float:
    """Seconds from the address to a page that is laid out."""
    from playwright.sync_api import sync_playwright

    from tests.report.browser import BROWSER, QUIET

    with sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=BROWSER, args=list(QUIET))
        tab = chromium.new_page(viewport={"width": 1300, "height": 900})
        tab.goto(index.as_uri())
        milliseconds: float = tab.evaluate("document.body.offsetHeight && performance.now()")
        chromium.close()
    return milliseconds / 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=Path, help="graded solutions of every exercise; else they are graded")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="give-back-bench-") as folder:
        bench = Bench(Path(folder))
        out, seed = bench.base / "out", arguments.seed or bench.graded_solutions()
        exercises = make_class(out, seed, STUDENTS)
        late = bench.base / "late.toml"
        late.write_text(POLICY, encoding="utf-8")
        recorded = run("gradebook", "record", out)
        decided = run("gradebook", "policy", out, "--set", late, "--author", "bench")
        done = run("return", out, "--to", bench.base / "back", "--format", "moodle")
        codes = recorded.code, decided.code, done.code
        packed = bench.base / "back" / "moodle.zip"
        size = packed.stat().st_size / 1e6 if packed.is_file() else 0.0
        bench.say(
            "`grader return`", f"{done.seconds:.1f} s, {size:.0f} MB", "< 30 s", done.seconds < 30 and size > 0
        )
        bench.say(
            "a policy put in force, every page rewritten",
            f"{decided.seconds:.1f} s",
            "< 60 s",
            decided.seconds < 60,
        )
        seconds = opened(out / "index.html")
        kilobytes = (out / "index.html").stat().st_size / 1000
        bench.say("the class page", f"{seconds:.2f} s, {kilobytes:.0f} kB", "< 2 s", seconds < 2)
        print(f"exit codes {codes}")
    if not arguments.dry:
        head = HEAD.format(students=STUDENTS, exercises=exercises)
        page.put("giveback", "\n\n".join((head, "\n".join(bench.lines))))
    raise SystemExit(bool(bench.faults))


if __name__ == "__main__":
    main()
