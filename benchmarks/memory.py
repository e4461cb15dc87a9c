"""Memory: what one worker has for itself beside the shared zygote, and whether the coordinator grows."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.material import SOLUTION, structure_course, submissions
from benchmarks.processes import ROOT, Peak, memory_of, resident_mb, run, say, tree, verdict
from grader.catalog import load_course
from grader.workflows import Grader, Options

LIMIT_MB = 200
#: Growth over all submissions that still is called flat.
FLAT_MB = 10
_LOOK = 0.004
#: Numbers of workers, how many submissions they share, and what the last may hold beside the first.
WORKERS, CLASS, MOST = (1, 2, 4, 8), 32, 2.5


def _most_of_one(known: set[int]) -> float:
    """MiB that the largest of the processes below this one but ``known`` has for itself."""
    return max((memory_of(pid).private for pid in set(tree(os.getpid())) - known), default=0.0)


def table(arguments: argparse.Namespace) -> str:
    """The Markdown section. The coordinator is measured in a process of its own."""
    import subprocess

    command = [sys.executable, __file__, str(arguments.coordinator)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    zygote, worker, warm, end = (float(word) for word in answer)
    grown = end - warm
    workers = _by_workers()
    most = workers[-1] / workers[0]
    flat = verdict(grown < FLAT_MB)
    return f"""## Memory

A worker's private memory is the most `Private_Clean + Private_Dirty` of one process of a confined run, seen in
`smaps_rollup` every few milliseconds over ten runs and inspections of exercise 06's structure. The coordinator
grades exercise 03 {arguments.coordinator:,} times with all reports (`--coordinator N` sets how many);
growth counts
from the tenth submission on.

| | MiB | target |
| --- | ---: | --- |
| the warm zygote (PSS) | {zygote:.0f} | |
| one worker beyond it, private | {worker:.0f} | < {LIMIT_MB}: {verdict(worker < LIMIT_MB)} |
| the coordinator after 10 submissions | {warm:.0f} | |
| growth by submission {arguments.coordinator:,} | {grown:+.1f} | flat: {flat} |

`grader batch` of {CLASS} structure checks with more and more workers, which share the zygote: the most PSS of all
processes together.

| workers | {" | ".join(map(str, WORKERS))} | target |
| --- |{" ---: |" * len(WORKERS)} --- |
| MiB | {" | ".join(f"{mb:.0f}" for mb in workers)} | ≤ {MOST} times one: {most:.2f}, {verdict(most <= MOST)} |
"""


def _by_workers() -> list[float]:
    """MiB of whole batches, for each number of workers."""
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as place:
        folder = Path(place)
        course = structure_course(folder / "course")
        submissions(folder / "class", CLASS)
        command: list[str | Path] = [sys.executable, "-m", "grader", "--course", course, "batch", folder / "class"]
        return [
            run([*command, "--threads", "1", "--jobs", str(jobs), "--out", folder / f"out{jobs}"]).memory_mb
            for jobs in WORKERS
        ]


def _measure(count: int) -> tuple[float, float, float, float]:
    options = Options(budget="quick", builtin=True)
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as place:
        folder = Path(place)
        with Grader(load_course(structure_course(folder / "course")), options) as grader:
            grader.grade(SOLUTION, folder / "out")
            known = set(tree(os.getpid()))
            zygote = max(memory_of(pid).pss for pid in known - {os.getpid()})
            workers = Peak(lambda: _most_of_one(known), _LOOK)
            for _ in range(10):
                grader.grade(SOLUTION, folder / "out")
            worker = workers.stop()
        seen = []
        with Grader(load_course(ROOT), options) as grader:
            for number in range(1, max(count, 20) + 1):
                grader.grade(ROOT / "solutions" / "03_convolution" / "convolution.py", folder / "three")
                seen.append(resident_mb())
                if number % 100 == 0:
                    say(f"  coordinator after {number}: {seen[-1]:.0f} MiB")
    return zygote, worker, seen[9], statistics.median(seen[-5:])


if __name__ == "__main__":
    print(*_measure(int(sys.argv[1])))
