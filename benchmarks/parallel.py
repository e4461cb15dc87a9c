"""Four trainings with one worker and with two: threads must be shared out, not multiplied."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from material import submissions, training_course
from processes import in_turn, median, ratio, run

from grader.pipeline import usable_cores

CLASS = 4
#: Long enough for the trainings, and not the start, to decide.
BUDGET = "full"


def table(arguments: argparse.Namespace) -> str:
    """The Markdown section."""
    if usable_cores() < 2:
        return "## Two workers\n\nNot measured: this machine has one core.\n"
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as place:
        folder = Path(place)
        course = training_course(folder / "course")
        submissions(folder / "class", CLASS)
        outputs = iter(range(10_000))
        command = [
            sys.executable,
            "-m",
            "grader",
            "--course",
            course,
            "batch",
            folder / "class",
        ]

        def batch(jobs: int) -> list[str | Path]:
            return [*command, "--budget", BUDGET, "--jobs", str(jobs), "--out", folder / f"out{next(outputs)}"]

        costs = in_turn({"1": lambda: run(batch(1)), "2": lambda: run(batch(2))}, arguments.parallel_rounds)
    faster = ratio(costs["1"], costs["2"], "wall")
    lines = [
        "## Two workers",
        "",
        f"`grader batch` of {CLASS} trainings of exercise 06 (budget `{BUDGET}`, images `builtin`), whole",
        f"processes, start included, medians of {arguments.parallel_rounds} rounds in turn. A worker has as many",
        "threads as there are cores for it: one worker trains with all of them already.",
        "",
        "| workers | wall s | CPU s | peak memory MiB |",
        "| --- | ---: | ---: | ---: |",
    ]
    for jobs, of_one in costs.items():
        wall, cpu, memory = (median(of_one, what) for what in ("wall", "cpu", "memory_mb"))
        lines.append(f"| {jobs} | {wall:.1f} | {cpu:.1f} | {memory:.0f} |")
    verdict = "met" if faster >= 1.6 else "**missed**"
    lines += ["", f"Two workers are **{faster:.2f}** times as fast (target ≥ 1.6: {verdict})."]
    return "\n".join(lines) + "\n"
