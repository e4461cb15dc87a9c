"""Structure checks of exercise 06, one submission after the other, by everyone who offers to do that."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.material import SLUG, structure_course, submissions
from benchmarks.notebooks import Notebooks
from benchmarks.processes import ROOT, CommandFailed, Cost, in_turn, median, ratio, run, say, verdict

CONTESTANTS = Path(__file__).parent / "contestants"
REFERENCE = ROOT / "reference" / SLUG / "reference.json"
PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts=")
BATCH, ONE, BASELINE, EAGER = "batch", "one", "baseline", "eager"

NAMES = {
    BASELINE: "(b) baseline: one process, no isolation, `predict()`",
    EAGER: "(b′) the same with plain calls, `model(x)`",
    BATCH: "(a) ours: `grader batch`, one worker",
    ONE: "(a) ours: `grader grade` of one, cold",
    "check": "(c) a fresh `python check.py` for each",
    "pytest": "(d) a fresh `pytest` for each",
    "nbgrader": "(e) `nbgrader autograde`",
    "otter": "(e) `otter run` for each",
}
TARGETS = (
    (BASELINE, 1.3),
    (EAGER, None),
    ("check", 1 / 8),
    ("pytest", None),
    ("nbgrader", 1 / 10),
    ("otter", None),
)

TEXT = """
Everybody does the same to each submission: builds and compiles the network; compares the table of layers (kinds,
output shapes, kernel and pool sizes, parameters, activations), the totals and the compile settings with
`reference.json`; saves it, loads it, and compares the predictions of eight images before and after. (b) to
(e) call
one function for that, `benchmarks/contestants/checks_06.py`, in the student's own process. Ours does it in two
confined processes for each submission, with the exercise's own probe and checks, and besides writes three reports,
facts and evidence, synced to the disk; `batch` also the class report and the gradebook. Costs are of whole
trees of
processes from start to end, imports included, divided by the number of submissions; memory is the most PSS of the
tree, looked at five times a second.
"""


def measure(arguments: argparse.Namespace) -> tuple[dict[str, list[Cost]], list[str]]:
    """Costs of one submission in every round; and who is missing, and why."""
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as place:
        folder = Path(place)
        course = structure_course(folder / "course")
        students = submissions(folder / "class", arguments.submissions)
        files = [student / "cifar10_cnn.py" for student in students]
        program: list[str | Path] = [sys.executable, "-m", "grader", "--course", course]
        outputs = iter(range(10_000))

        def ours(*words: str | Path) -> Callable[[], Cost]:
            return lambda: run([*program, *words, "--out", folder / f"out{next(outputs)}"])

        def baseline(kind: str) -> Callable[[], Cost]:
            command: list[str | Path] = [sys.executable, CONTESTANTS / "baseline.py", REFERENCE, kind, *files]
            return lambda: run(command).each(len(files))

        batch = ours("batch", folder / "class", "--jobs", "1", "--threads", "1")
        settings = {"BENCH_SUBMISSION": str(files[0]), "BENCH_REFERENCE": str(REFERENCE)}
        check: list[str | Path] = [sys.executable, CONTESTANTS / "check.py", REFERENCE, files[0]]
        test: list[str | Path] = [sys.executable, *PYTEST, CONTESTANTS / "submission_checks.py"]
        contestants: dict[str, Callable[[], Cost]] = {
            BASELINE: baseline("predict"),
            EAGER: baseline("eager"),
            BATCH: lambda: batch().each(len(files)),
            ONE: ours("grade", students[0]),
            "check": lambda: run(check),
            "pytest": lambda: run(test, environment=settings, folder=folder),
        }
        if arguments.notebooks:
            try:
                notebooks = Notebooks(folder / "notebooks", REFERENCE, arguments.notebook_submissions)
                contestants["nbgrader"], contestants["otter"] = notebooks.nbgrader, notebooks.otter
                notes.append(
                    ", ".join(f"{name} {version}" for name, version in notebooks.versions().items()) + "."
                )
            except CommandFailed as error:
                say(str(error))
                notes.append("nbgrader and otter-grader were not measured: they could not be installed here.")
        else:
            notes.append("nbgrader and otter-grader were left out (`--no-notebooks`).")
        return in_turn(contestants, arguments.rounds), notes


def table(arguments: argparse.Namespace) -> str:
    """The Markdown section."""
    costs, notes = measure(arguments)
    lines = [
        "## Structure checks of exercise 06",
        TEXT,
        f"{arguments.submissions} submissions in (a) batch and (b); nbgrader: {arguments.notebook_submissions} in "
        f"one call. Medians of {arguments.rounds} rounds in which the contestants take turns. {' '.join(notes)}",
        "",
        "| for one submission | wall s | CPU s | peak memory MiB | CPU of batch / its CPU | target |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    targets = dict(TARGETS)
    for name, of_one in costs.items():
        share = target = ""
        if name not in (BATCH, ONE):
            found = ratio(costs[BATCH], of_one, "cpu")
            share = f"{found:.2f}"
            limit = targets.get(name)
            if limit is not None:
                target = f"≤ {limit:.3g}: {verdict(found <= limit)}"
        lines.append(
            f"| {NAMES[name]} | {median(of_one, 'wall'):.2f} | {median(of_one, 'cpu'):.2f} | "
            f"{median(of_one, 'memory_mb'):.0f} | {share} | {target} |"
        )
    return "\n".join(lines) + "\n"
