"""What a structure-only submission costs once the zygote is warm, and whether anything is left behind."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from grader.catalog import load_course
from grader.pipeline import Grader, Options

ROOT = Path(__file__).parent.parent

#: The chapter's network, built, compiled and saved without training: enough for every structure check.
MAKE_MODEL = """
import sys, importlib.util
spec = importlib.util.spec_from_file_location("solution", sys.argv[1])
solution = importlib.util.module_from_spec(spec)
spec.loader.exec_module(solution)
model = solution.build_model()
model = solution.compile_model(model) or model
model.save(sys.argv[2])
"""


@dataclass(frozen=True)
class Cost:
    """Medians for one kind of submission."""

    name: str
    wall: float
    cpu: float
    """All processes: coordinator, zygote, supervisor, the student's and the inspector's."""
    memory_growth_mb: float
    """Of the coordinator, between the first and the last submission."""
    left: int
    """Processes that were there afterwards and not before."""


def cpu_of_tree(pid: int) -> float:
    """CPU seconds of a process, its living descendants and the children it has reaped."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0.0
    todo = [pid]
    while todo:
        current = todo.pop()
        try:
            fields = Path(f"/proc/{current}/stat").read_text().rsplit(")", 1)[1].split()
            total += sum(int(value) for value in fields[11:15]) / ticks
            for task in Path(f"/proc/{current}/task").iterdir():
                todo += [int(child) for child in (task / "children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def processes() -> int:
    """Processes on this machine now."""
    return sum(entry.name.isdigit() for entry in Path("/proc").iterdir())


def memory_mb() -> float:
    """Resident memory of this process, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def measure(name: str, submission: Path, runs: int) -> Cost:
    """Grade ``submission`` ``runs`` times on one warm grader."""
    before = processes()
    walls, cpus, memory = [], [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        Grader(load_course(), Options(budget="quick", builtin=True)) as grader,
    ):
        for run in range(runs + 1):
            wall, cpu = time.perf_counter(), cpu_of_tree(os.getpid())
            grader.grade(submission, Path(folder) / str(run))
            if run:  # the first one starts the zygote and makes the materials
                walls.append(time.perf_counter() - wall)
                cpus.append(cpu_of_tree(os.getpid()) - cpu)
                memory.append(memory_mb())
    time.sleep(0.2)
    return Cost(
        name,
        statistics.median(walls),
        statistics.median(cpus),
        memory[-1] - memory[0],
        max(0, processes() - before),
    )


def table(runs: int) -> str:
    """The Markdown section for both kinds of submission."""
    with tempfile.TemporaryDirectory() as folder:
        cnn = Path(folder) / "cnn"
        cnn.mkdir()
        solution = ROOT / "solutions" / "06_cifar10_cnn" / "cifar10_cnn.py"
        (cnn / "cifar10_cnn.py").write_bytes(solution.read_bytes())
        subprocess.run(
            [sys.executable, "-c", MAKE_MODEL, str(solution), str(cnn / "cifar10_cnn.keras")],
            check=True,
            capture_output=True,
        )
        costs = [
            measure("03, functions only", ROOT / "solutions" / "03_convolution" / "convolution.py", runs),
            measure("06, with a submitted .keras", cnn, runs),
        ]
    lines = [
        "## A structure-only submission, zygote warm",
        "",
        f"Medians of {runs} in a row, through the whole pipeline with all reports; CPU of all processes together.",
        "",
        "| submission | wall s | CPU s | memory growth MiB | processes left |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {cost.name} | {cost.wall:.2f} | {cost.cpu:.2f} | {cost.memory_growth_mb:.1f} | {cost.left} |"
        for cost in costs
    ]
    return "\n".join(lines) + "\n"
