"""A class of trainings with everything that is checked, beside the same trainings in one process."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.material import SLUG, SOLUTION, submissions
from benchmarks.processes import Cost, in_turn, median, ratio, run, verdict
from benchmarks.structure import CONTESTANTS
from benchmarks.training import data_of
from grader.catalog import load_course
from grader.schema import BudgetName
from grader.workflows import Options, usable_cores
from grader.workflows.materials import Workshop

BUDGET: BudgetName = "quick"
#: Of the loop's.
MOST_CPU, MOST_WALL = 1.20, 0.65

TEXT = """The loop is one process that imports TensorFlow once and then, without isolation, for each submission
reads the data, builds, compiles, saves, trains, saves, and predicts the test images. Ours is `grader
batch` with the course as it ships: the same in confined processes; for each submission a second run for
the hidden checks, with a small training of its own; an inspection, marks, reports, the class report,
the gradebook. Whole commands from start to end; memory is the most PSS of all processes together."""


def table(arguments: argparse.Namespace) -> str:
    """The Markdown section."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as place:
        folder = Path(place)
        exercise = load_course()[SLUG]
        options = Options(budget=BUDGET, data_dir=arguments.data, threads=usable_cores())
        data = data_of(options, exercise, folder / "data")
        made = Workshop(options, folder / "again").materials(exercise)
        assert made.budget is not None
        epochs = str(made.budget.epochs)
        loop: list[str | Path] = [
            sys.executable,
            CONTESTANTS / "baseline_training.py",
            SOLUTION,
            data,
            epochs,
            str(options.threads),
        ]
        batch: list[str | Path] = [sys.executable, "-m", "grader", "batch", "--budget", BUDGET, "--jobs", "2"]
        batch += ["--data", arguments.data] if arguments.data else []
        for count in sorted({12, arguments.trainings}):
            students = folder / f"class{count}"
            submissions(students, count)

            def ours(students: Path = students) -> Cost:
                return run([*batch, students, "--out", tempfile.mkdtemp(dir=folder)])

            kinds: dict[str, Callable[[], Cost]] = {"the loop": partial(run, [*loop, str(count)]), "ours": ours}
            costs = in_turn(kinds, arguments.training_rounds)
            rows += _rows(count, costs["ours"], costs["the loop"])
    return "\n".join(
        [
            "## A class of trainings",
            "",
            f"{epochs} epochs of {made.budget.train:,} images of exercise 06 (budget `{BUDGET}`, images"
            f" `{made.data}`), two workers; {arguments.training_rounds} rounds in turn, ratios within a round."
            f" {TEXT}",
            "",
            "| submissions | | wall s | CPU s | memory MiB | wall / the loop's | CPU / the loop's | target |",
            "| ---: | --- | ---: | ---: | ---: | ---: | ---: | --- |",
            *rows,
        ]
    )


def _rows(count: int, ours: list[Cost], loop: list[Cost]) -> list[str]:
    def cells(costs: list[Cost]) -> str:
        return " | ".join(f"{median(costs, what):.0f}" for what in ("wall", "cpu", "memory_mb"))

    wall, cpu = (ratio(ours, loop, what) for what in ("wall", "cpu"))
    met = verdict(wall <= MOST_WALL and cpu <= MOST_CPU)
    return [
        f"| {count} | the loop | {cells(loop)} | | | |",
        f"| {count} | ours | {cells(ours)} | {wall:.2f} | {cpu:.2f} | ≤ {MOST_WALL} and ≤ {MOST_CPU}: {met} |",
    ]
