"""Where the CPU of one structure check goes: by process, and step by step in a fresh fork beside a warm loop.

What a fork of the zygote does for the first time (TensorFlow's context, the first use of each operation, copies of
pages that it writes to) the baseline's loop did once, long ago: that is the difference between the two.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.material import SOLUTION, structure_course
from benchmarks.processes import ROOT, run, tree

#: Steps of a fork; each time twice, so that the second is what a warm process pays.
CHILD = r"""
import json, os, resource, sys, tempfile
sys.path.insert(0, sys.argv[1])
from grader.confined.namespace import linux
from grader.confined.process import launch
launch.preload(tensorflow=True)
linux.collapse_memory()
code = compile(open(sys.argv[2], encoding="utf-8").read(), "student", "exec")

def steps():
    import keras, numpy as np, tensorflow as tf
    x = np.zeros((8, 32, 32, 3), "float32")
    names, model = {}, []
    place = tempfile.mkdtemp()
    exec(code, names)
    yield "TensorFlow's context and first operation", lambda: tf.constant(1.0) + 1
    yield "build_model", lambda: model.append(names["build_model"]())
    yield "compile_model", lambda: names["compile_model"](model[-1])
    yield "save", lambda: model[-1].save(f"{place}/m.keras")
    yield "model(x)", lambda: np.asarray(model[-1](x, training=False))

def child():
    import keras, tensorflow as tf
    if sys.argv[4] == "plain":
        launch.run_operations_plainly()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    found = []
    for name, step in list(steps()):
        row = [name]
        before = resource.getrusage(resource.RUSAGE_SELF)
        for _ in range(2):
            step()
            after = resource.getrusage(resource.RUSAGE_SELF)
            row.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
            row.append(after.ru_minflt - before.ru_minflt)
            before = after
        found.append(row)
    return found

for _ in range(int(sys.argv[3])):
    read, write = os.pipe()
    if os.fork() == 0:
        os.write(write, json.dumps(child()).encode())
        os._exit(0)
    os.close(write)
    print(os.read(read, 1 << 16).decode(), flush=True)
    os.wait()
"""


def table(arguments: argparse.Namespace) -> str:
    """The Markdown section."""
    shares = _by_process(arguments.profile_runs)
    forks, wrapped = _forks(arguments.profile_runs, "plain"), _forks(arguments.profile_runs, "wrapped")
    saved = 1 - _first_time(forks) / _first_time(wrapped)
    lines = [
        "## Where the CPU of a structure check goes",
        "",
        f"Medians of {arguments.profile_runs} on a warm grader: one submission of exercise 06's structure.",
        "",
        "| process | CPU ms |",
        "| --- | ---: |",
        *(f"| {name} | {1000 * seconds:.0f} |" for name, seconds in shares.items()),
        "",
        "The run and the inspection are forks of a process that has TensorFlow imported and has run nothing",
        "(after one operation a fork hangs: its threads are not copied). In such a fork everything is done for",
        "the first time; the baseline's loop pays that once for all submissions. The same steps twice in one fork",
        "that nothing isolates:",
        "",
        "| step in a fork | first time, CPU ms | page faults | second time, CPU ms | page faults |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    totals = [0.0, 0.0, 0.0, 0.0]
    for number, (name, *_) in enumerate(forks[0]):
        values = [statistics.median(fork[number][column] for fork in forks) for column in range(1, 5)]
        totals = [total + value for total, value in zip(totals, values, strict=True)]
        lines.append(f"| {name} | {_cells(values)} |")
    lines += [
        f"| **together** | {_cells(totals)} |",
        "",
        "What the first time consists of (`perf record -g` of such forks): page faults, mostly copies of pages",
        "with Python's reference counts; oneDNN compiling its matrix product for this processor; Python itself.",
        "All are the price of a process of its own for each stranger's code and file: in the two forks of a",
        f"submission, {2000 * (totals[0] - totals[2]):.0f} ms that the baseline does not have.",
        "",
        "As it comes, TensorFlow wraps each eager operation in a function when it is first used, and optimises",
        "that. Runs tell it not to (`grader/confined/process/launch.py`): together, the steps' first time takes",
        f"{saved:.0%} less.",
    ]
    return "\n".join(lines) + "\n"


def _forks(runs: int, operations: str) -> list[list[list[Any]]]:
    """The steps of ``runs`` forks: name, then CPU seconds and page faults of the first and the second time."""
    command: list[str | Path] = [sys.executable, "-c", CHILD, ROOT, SOLUTION, str(runs), operations]
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as place:  # what the forks save goes with it
        environment = {"KERAS_BACKEND": "tensorflow", "TMPDIR": place}
        answer = run(command, environment=environment, watch_memory=False).output
    return [json.loads(line) for line in answer.splitlines() if line.startswith("[[")]


def _first_time(forks: list[list[list[Any]]]) -> float:
    """Median CPU seconds of all steps together."""
    return statistics.median(sum(float(row[1]) for row in fork) for fork in forks)


def _cells(values: list[float]) -> str:
    first, faults, second, later = values
    return f"{1000 * first:.0f} | {faults:,.0f} | {1000 * second:.0f} | {later:,.0f}"


def _cpu_of_tree() -> float:
    """CPU seconds of this process, all that lives below it, and what these have waited for."""
    ticks, total = os.sysconf("SC_CLK_TCK"), 0.0
    for pid in tree(os.getpid()):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(int(value) for value in fields[11:15]) / ticks
    return total


def _by_process(runs: int) -> dict[str, float]:
    """Median CPU seconds by who used them."""
    from grader.catalog import load_course
    from grader.schema import Job, RunOutcome
    from grader.workflows import Grader, Options

    found: dict[str, list[float]] = {"run": [], "inspect": [], "self": [], "all": []}
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as place:
        folder = Path(place)
        course = load_course(structure_course(folder / "course"))
        with Grader(course, Options(budget="quick", builtin=True, threads=1)) as grader:
            grader.grade(SOLUTION, folder / "out")
            sandbox, spent = grader.sandbox, {}
            plain = sandbox.run

            def noted(job: Job, evidence_dir: Path) -> RunOutcome:
                outcome = plain(job, evidence_dir)
                spent[job.entry] = outcome.cpu_seconds
                return outcome

            sandbox.run = noted  # type: ignore[method-assign]
            for _ in range(runs):
                everything, own = _cpu_of_tree(), time.process_time()
                grader.grade(SOLUTION, folder / "out")
                found["self"].append(time.process_time() - own)
                found["all"].append(_cpu_of_tree() - everything)
                found["run"].append(spent["student"])
                found["inspect"].append(spent["inspect"])
    middle = {name: statistics.median(values) for name, values in found.items()}
    rest = middle["all"] - middle["run"] - middle["inspect"] - middle["self"]
    return {
        "the run: the student's code builds, compiles, saves, predicts": middle["run"],
        "the inspection: reads the file, rebuilds, describes, predicts": middle["inspect"],
        "coordinator: intake, facts, checks, three reports": middle["self"],
        "zygote and supervisors: forks, namespaces, evidence": max(0.0, rest),
    }
