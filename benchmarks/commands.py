"""How long commands take from Enter to the prompt: the small ones, a cold ``check``, and a warm one."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.material import SOLUTION, structure_course
from benchmarks.processes import ROOT, Cost, in_turn, median, ratio, run, say, verdict
from benchmarks.structure import CONTESTANTS, REFERENCE
from grader.catalog import load_course
from grader.notebook.client import Server
from grader.notebook.source import Cell, Found
from grader.workflows import Grader, Options

#: Importing it is seconds; a small command must not.
_HEAVY = ("tensorflow", "keras")
IMPORTS = ("-X", "importtime", "-m", "grader")
_EDIT = "\n# {number}\n"


def table(arguments: argparse.Namespace) -> str:
    """The Markdown section."""
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as place:
        folder = Path(place)
        course = structure_course(folder / "course")
        work = folder / "work"
        program: list[str | Path] = [sys.executable, "-m", "grader"]
        own: list[str | Path] = [*program, "--course", str(course)]
        run([*own, "start", work], watch_memory=False)
        (work / "cifar10_cnn.py").unlink(missing_ok=True)
        home = next((path.parent for path in work.rglob("cifar10_cnn.py")), work)
        (home / "cifar10_cnn.py").write_bytes(SOLUTION.read_bytes())
        run([*own, "grade", SOLUTION, "--out", folder / "graded"], watch_memory=False)
        small = {
            "grader --help": [*program, "--help"],
            "grader list": [*program, "list"],
            "grader regrade": [*own, "regrade", folder / "graded"],
        }
        light = {name: _loads_nothing_heavy(command) for name, command in small.items()}
        baseline: list[str | Path] = [sys.executable, CONTESTANTS / "baseline.py", REFERENCE, "predict", SOLUTION]
        costs = in_turn(
            {
                **{name: partial(run, command, watch_memory=False) for name, command in small.items()},
                "import keras": lambda: run([sys.executable, "-c", "import keras"], watch_memory=False),
                "baseline": lambda: run(baseline, watch_memory=False),
                "check": lambda: run([*own, "check", "06"], folder=work, watch_memory=False),
            },
            arguments.rounds,
        )
        warm = _warm(course, folder, arguments.rounds * 3)
        below = _below_a_cell(course, arguments.rounds * 7)
    lines = [
        "## From Enter to the prompt",
        "",
        f"Medians of {arguments.rounds} rounds in turn; whole processes.",
        "",
        "| command | wall s | CPU s | target |",
        "| --- | ---: | ---: | --- |",
    ]
    for name in small:
        fast = median(costs[name], "wall") < 0.5 and light[name]
        heavy = "no TensorFlow" if light[name] else "**loads TensorFlow**"
        lines.append(_row(f"`{name}`", costs[name], f"< 0.5 s, {heavy}: {verdict(fast)}"))
    share = ratio(costs["check"], costs["baseline"], "wall")
    lines += [
        _row('`python -c "import keras"`', costs["import keras"], ""),
        _row("the same, and the baseline's work on one submission", costs["baseline"], ""),
        _row(
            "`grader check` of exercise 06's structure, cold",
            costs["check"],
            f"≤ 1.15 times the line above: {share:.2f}, {verdict(share <= 1.15)}",
        ),
        f"| the same check on a warm grader, as `--watch` has one | {statistics.median(warm):.2f} | | "
        f"< 1 s: {verdict(statistics.median(warm) < 1)} |",
        f"| the same as `%check` in a notebook, once it has started | {statistics.median(below):.2f} | | "
        f"< 0.5 s: {verdict(statistics.median(below) < 0.5)} |",
    ]
    return "\n".join(lines) + "\n"


def _row(name: str, costs: Sequence[Cost], target: str) -> str:
    return f"| {name} | {median(costs, 'wall'):.2f} | {median(costs, 'cpu'):.2f} | {target} |"


def _loads_nothing_heavy(command: Sequence[str | Path]) -> bool:
    """Whether the process imports neither TensorFlow nor Keras; Python itself lists what it imports."""
    words = [command[0], *IMPORTS, *command[3:]]
    lines = run(words, watch_memory=False, folder=ROOT).output.splitlines()
    imported = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in lines if line.startswith("import time:")
    }
    if "grader" not in imported:
        raise RuntimeError("-X importtime said nothing")
    return not imported & set(_HEAVY)


def _warm(course: Path, folder: Path, times: int) -> list[float]:
    """Seconds of each check after a save, with a grader that is open already."""
    student = folder / "saved" / "cifar10_cnn.py"
    student.parent.mkdir()
    seconds = []
    with Grader(load_course(course), Options(budget="quick", builtin=True, staff=False, reruns=0)) as grader:
        for number in range(times + 1):
            student.write_bytes(SOLUTION.read_bytes() + _EDIT.format(number=number).encode())
            began = time.perf_counter()
            grader.grade(student, folder / "watched")
            if number:  # the first one starts the zygote
                seconds.append(time.perf_counter() - began)
    say(f"  warm check: {statistics.median(seconds):.2f} s")
    return seconds


def _below_a_cell(course: Path, times: int) -> list[float]:
    """Seconds of each ``%check`` of another version of a notebook, from the kernel's question to the answer."""
    source = SOLUTION.read_text(encoding="utf-8")
    request = {"name": "", "folder": str(course), "exercises": ["06"], "train": False, "lang": "en", "data": ""}
    request["course"] = str(course)
    empty: Cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    seconds = []
    with Server() as server:
        for number in range(times + 1):
            cell = Found([{**empty, "source": source + _EDIT.format(number=number)}], "cells")
            began = time.perf_counter()
            answer = server.ask({**request, "notebook": cell.as_notebook()}, lambda _: None)
            if answer["kind"] != "result":
                raise RuntimeError(str(answer))
            if number:  # the first one starts everything
                seconds.append(time.perf_counter() - began)
    say(f"  %check: {statistics.median(seconds):.2f} s")
    return seconds
