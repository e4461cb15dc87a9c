"""What a training check costs beside its training: exercise 06, two epochs of 2,000 images."""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.material import SLUG, SOLUTION, training_course
from benchmarks.processes import run, say, verdict
from benchmarks.structure import CONTESTANTS
from grader.catalog import load_course
from grader.schema import Exercise
from grader.workflows import Grader, Options, usable_cores
from grader.workflows.materials import Workshop


def table(arguments: argparse.Namespace) -> str:
    """The Markdown section: a warm grader beside a process that does the same training in a loop."""
    threads = usable_cores()
    walls: dict[str, list[float]] = {"ours": [], "first": [], "later": []}
    inner: dict[str, list[float]] = {"ours": [], "first": [], "later": []}
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as place:
        folder = Path(place)
        course = load_course(training_course(folder / "course"))
        exercise = course.exercises[0]
        options = Options(budget="quick", builtin=True, threads=threads)
        budget = exercise.budgets["quick"]["builtin"]
        data = data_of(options, exercise, folder / "data")
        command = [CONTESTANTS / "baseline_training.py", SOLUTION, data, budget.epochs, threads, 2]
        with Grader(course, options) as grader:
            grader.grade(SOLUTION, folder / "warm")
            for number in range(arguments.rounds):
                output = run([sys.executable, *map(str, command)], watch_memory=False).output
                for name, line in zip(("first", "later"), re.findall(r"(?m)^seconds .*", output), strict=True):
                    _, whole, _, training = line.split()
                    walls[name].append(float(whole))
                    inner[name].append(float(training))
                began = time.perf_counter()
                result = grader.grade(SOLUTION, folder / str(number))
                walls["ours"].append(time.perf_counter() - began)
                if result.points is None:
                    raise RuntimeError("ungraded")
                inner["ours"].append(_training_seconds(folder / str(number)))
                say(
                    f"  round {number + 1}/{arguments.rounds}: "
                    + ", ".join(f"{k} {v[-1]:.2f} s" for k, v in walls.items())
                )
    lines = [
        "## A training check of exercise 06",
        "",
        f"{budget.epochs} epochs of {budget.train:,} images, {threads} threads, in turn, {arguments.rounds}",
        "rounds. The",
        "baseline's process has TensorFlow imported; it reads the data, builds, compiles, saves, trains, saves",
        "and predicts the",
        "test images, twice. The first time TensorFlow traces the training step, which a fork for each",
        "submission always",
        "has to; the second time it has its own first operations behind it too. Ours, with a warm grader,",
        "does the same in",
        "two confined processes, and checks and reports.",
        "",
        "| | whole check, wall s | of it `train`, wall s | ours / this, whole | ours / this, `train` |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    names = {"first": "baseline, the first time", "later": "baseline, the second time", "ours": "ours"}
    for name, words in names.items():
        cells = [f"{statistics.median(values[name]):.2f}" for values in (walls, inner)]
        cells += [f"{_share(values, name):.2f}" if name != "ours" else "" for values in (walls, inner)]
        lines.append(f"| {words} | {' | '.join(cells)} |")
    verdicts = [verdict(_share(walls, name) <= 1.08) for name in ("first", "later")]
    lines += [
        "",
        f"Target: at most 1.08 times the baseline's whole; against its first time {verdicts[0]}, its second",
        f"{verdicts[1]}.",
    ]
    return "\n".join(lines) + "\n"


def _share(values: dict[str, list[float]], name: str) -> float:
    """Median of the ratios within each round."""
    return statistics.median(a / b for a, b in zip(values["ours"], values[name], strict=True))


def data_of(options: Options, exercise: Exercise, folder: Path) -> Path:
    """The very arrays that a graded run gets, as files."""
    made = Workshop(options, folder).materials(exercise)
    assert made.test_images is not None
    return made.test_images.parent


def _training_seconds(out: Path) -> float:
    """What the run itself took for its step ``train``, as its facts say."""
    from grader.inspect import load_facts

    facts = load_facts(out / "facts" / SLUG)
    return next(step.seconds for step in facts.steps if step.name == "train")
