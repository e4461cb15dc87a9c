"""Four trainings with one worker and with two: threads must be shared out, not multiplied."""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.material import SOLUTION, submissions, training_course
from benchmarks.processes import Cost, in_turn, median, ratio, run, verdict
from benchmarks.structure import CONTESTANTS
from benchmarks.training import data_of
from grader.catalog import load_course
from grader.schema import BudgetName
from grader.workflows import Options, usable_cores

CLASS = 4
#: Long enough for the trainings, and not the start, to decide.
BUDGET: BudgetName = "full"
#: Runs the rest of its command line on one core.
ONE_CORE = """import os, sys
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def table(arguments: argparse.Namespace) -> str:
    """The Markdown section."""
    if usable_cores() < 2:
        return "## Two workers\n\nNot measured: this machine has one core.\n"
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as place:
        folder = Path(place)
        course = training_course(folder / "course")
        submissions(folder / "class", CLASS)
        alone = _baseline(course, folder, arguments.parallel_rounds)
        outputs = iter(range(10_000))
        command: list[str | Path] = [sys.executable, "-m", "grader", "--course", course, "batch", folder / "class"]

        def batch(jobs: int, *more: str) -> Callable[[], Cost]:
            words = ("--budget", BUDGET, "--jobs", str(jobs), *more)
            return lambda: run([*command, *words, "--out", folder / f"out{next(outputs)}"])

        kinds = {
            "one worker, all cores' threads": batch(1),
            "one worker, one thread": batch(1, "--threads", "1"),
            "two workers, their share of threads": batch(2),
        }
        costs = in_turn(kinds, arguments.parallel_rounds)
    all_threads, one_thread, two = costs.values()
    faster = ratio(all_threads, two, "wall")
    return (
        "\n".join(
            [
                "## Two workers",
                "",
                f"`grader batch` of {CLASS} trainings of exercise 06 (budget `{BUDGET}`, images `builtin`), whole"
                f" processes, start included, medians of {arguments.parallel_rounds} rounds in turn.",
                "",
                "| | wall s | CPU s | peak memory MiB |",
                "| --- | ---: | ---: | ---: |",
                *(
                    f"| {name} | {median(of_one, 'wall'):.1f} | {median(of_one, 'cpu'):.1f} | "
                    f"{median(of_one, 'memory_mb'):.0f} |"
                    for name, of_one in costs.items()
                ),
                "",
                f"Two workers are **{faster:.2f}** times as fast as one (target ≥ 1.6: {verdict(faster >= 1.6)}),"
                f" and {ratio(one_thread, two, 'wall'):.2f} times as fast as one whose runs have one thread.",
                "",
                "Why no more: one worker has the cores already. The same training in the baseline's process,"
                f" nothing else running: {alone['core']:.1f} s on one core, {alone['thread']:.1f} s with one"
                " thread of TensorFlow's on all cores (Python's own thread works beside it),"
                f" {alone['all']:.1f} s with a thread for each core. That is {alone['core'] / alone['all']:.2f}"
                " times as fast as one core, and all that the cores have. What the target guards against, threads"
                " of several runs in each other's way, would be two workers slower than one.",
            ]
        )
        + "\n"
    )


def _baseline(course: Path, folder: Path, rounds: int) -> dict[str, float]:
    """Median seconds of one training alone: on one core, with one thread, with a thread for each core."""
    exercise = load_course(course).exercises[0]
    options = Options(budget=BUDGET, builtin=True, threads=1)
    data = data_of(options, exercise, folder / "data")
    epochs = exercise.budgets[BUDGET]["builtin"].epochs
    found: dict[str, list[float]] = {"core": [], "thread": [], "all": []}
    for _ in range(rounds):
        for kind, threads in (("core", 1), ("thread", 1), ("all", usable_cores())):
            words = (CONTESTANTS / "baseline_training.py", SOLUTION, data, epochs, threads, 1)
            start = ["-c", ONE_CORE] if kind == "core" else []
            output = run([sys.executable, *start, *map(str, words)], watch_memory=False).output
            found[kind] += [float(seconds) for seconds in re.findall(r"(?m)^seconds .* training (\S+)", output)]
    return {kind: statistics.median(seconds) for kind, seconds in found.items()}
