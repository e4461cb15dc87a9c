"""What a whole class costs, and what happens to it on the way: ``python -m benchmarks.batch``.

A class is generated from the alternatives and wrong answers of one structure-only exercise. Every figure is the
real command's. Exits with 1 when a promise does not hold: time per submission at MANY within 1.15 of that at 50;
the coordinator's memory flat; the same marks after three kill -9; two workers at least 1.7 times one; honest
marks unchanged by hostile neighbours; a class of 13 exercises scored again in 30 s.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

import psutil

from benchmarks import page
from benchmarks.material import structure_course, submissions
from benchmarks.processes import resident_mb, verdict
from grader.authoring import Answer, read_answers
from grader.catalog import load_course
from grader.workflows.batch import read_entries
from tests.hostile.case import load_cases

ROOT = Path(__file__).parent.parent
EXERCISE, FILE = "03_convolution", "convolution.py"
FEW = 50
HOSTILE = 12
PAIR = 600

PARTS = ["scaling", "kills", "workers", "hostile", "regrade"]

HEAD = """## A whole class

`python -m benchmarks.batch`: `grader batch` and `grader regrade` as they are called, whole commands from start to
end, class report and gradebook included. The class is made of exercise 03's alternatives and wrong answers, no two
of the same bytes; {jobs} workers where nothing else is said."""

Marks = dict[str, float | None]


@dataclass
class Run:
    """One command and the coordinator's memory while it ran."""

    seconds: float
    code: int
    memory: list[tuple[int, float]] = field(default_factory=list)
    """Students finished, MiB."""


def make_class(folder: Path, count: int) -> Path:
    """``count`` submissions; no two are the same bytes, so that nothing can be taken over from another."""
    exercise = load_course(ROOT)[EXERCISE]
    answers = [
        a for kind in ("alternative", "wrong") for a in read_answers(exercise, kind) if isinstance(a, Answer)
    ]
    for number, answer in enumerate(islice(cycle(answers), count)):
        place = folder / f"{number:04}-{answer.name}"
        place.mkdir(parents=True)
        (place / FILE).write_text(f"{answer.source}\n# {number}\n", encoding="utf-8")
    return folder


def add_hostile(folder: Path) -> list[str]:
    """A dozen of the hostile corpus, from as many families as there are."""
    cases = [c for c in load_cases() if c.exercise == EXERCISE and not c.build and not c.limits and not c.raises]
    by_family: dict[str, list[str]] = {}
    code = {}
    for case in cases:
        by_family.setdefault(case.family, []).append(case.id)
        code[case.id] = case.code
    chosen: list[str] = []
    while len(chosen) < HOSTILE and any(by_family.values()):
        for ids in by_family.values():
            if ids and len(chosen) < HOSTILE:
                chosen.append(ids.pop(0))
    names = []
    for number, case_id in enumerate(chosen):
        # Spread over the class, so that honest work runs before, beside and after each.
        name = f"{number * 4:04}-hostile-{case_id.replace('/', '-')}"
        (folder / name).mkdir()
        (folder / name / FILE).write_text(code[case_id], encoding="utf-8")
        names.append(name)
    return names


def run(*args: object, watch: Path | None = None, kill_at: int | None = None) -> Run:
    """The command; with ``watch`` (an output folder) its memory by students finished, or its end by kill -9."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", *map(str, args)],
        cwd=ROOT,
        env=os.environ | {"GRADER_LANG": "en"},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    result = Run(0.0, 0)

    def look() -> None:
        while process.poll() is None:
            assert watch is not None
            done = sum(1 for _ in watch.glob("[0-9]*/result.json")) if watch.is_dir() else 0
            try:
                held = resident_mb(process.pid)
            except psutil.NoSuchProcess:
                return
            # What is held while grading; the class report at the end has a life of its own.
            result.memory.append((done, held))
            if kill_at is not None and done >= kill_at:
                process.send_signal(signal.SIGKILL)
                return
            time.sleep(0.2)

    if watch is not None:
        threading.Thread(target=look, daemon=True).start()
    result.code = process.wait()
    result.seconds = time.perf_counter() - began
    return result


def slope(memory: list[tuple[int, float]], total: int) -> float:
    """KiB a student by least squares, between a tenth of the class and its last student."""
    points = [(n, m) for n, m in memory if total // 10 <= n < total]
    mean_n = sum(n for n, _ in points) / len(points)
    mean_m = sum(m for _, m in points) / len(points)
    spread = sum((n - mean_n) ** 2 for n, _ in points)
    return 1024 * sum((n - mean_n) * (m - mean_m) for n, m in points) / spread if spread else 0.0


def marks(out: Path) -> Marks:
    return {entry.student.id: entry.result.points for entry in read_entries(out)}


class Bench:
    """Measures, prints, and remembers what did not hold."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.faults = 0
        self.lines = ["| what | measured | target |", "| --- | --- | --- |"]

    def say(self, name: str, value: str, target: str, holds: bool) -> None:
        self.faults += not holds
        self.lines.append(f"| {name} | {value} | {target}: {verdict(holds)} |")
        print(self.lines[-1], flush=True)

    def graded_solutions(self) -> Path:
        """One submission of every solution, graded."""
        answers, seed = self.base / "answers", self.base / "seed"
        answers.mkdir()
        for solution in sorted((ROOT / "solutions").glob("[0-9]*/*.py")):
            shutil.copyfile(solution, answers / solution.name)
        run("grade", answers, "--out", seed)
        return seed


class ClassBench(Bench):
    """What happens to a class."""

    def __init__(self, base: Path, many: int, jobs: int) -> None:
        super().__init__(base)
        self.many, self.jobs = many, jobs
        self.folder = make_class(base / "many", many)
        self.undisturbed: Marks = {}

    def batch(
        self, folder: Path, name: str, *more: object, jobs: int | None = None, kill_at: int | None = None
    ) -> Run:
        out = self.base / name
        args = ("batch", folder, "--out", out, "--jobs", jobs or self.jobs, "--lang", "en", *more)
        return run(*args, watch=out, kill_at=kill_at)

    def scaling(self) -> None:
        few = self.batch(make_class(self.base / "few", FEW), "out-few")
        many = self.batch(self.folder, "out-many")
        self.undisturbed = marks(self.base / "out-many")
        each = few.seconds / FEW, many.seconds / self.many
        ratio = each[1] / each[0]
        self.say(
            f"seconds per submission, {FEW} and {self.many}",
            f"{each[0]:.3f} and {each[1]:.3f}: {ratio:.2f}",
            "≤ 1.15",
            ratio <= 1.15 and few.code == many.code == 0,
        )
        grown = slope(many.memory, self.many)
        peak = max(m for _, m in many.memory)
        self.say("coordinator's memory", f"{grown:+.1f} KiB a student, peak {peak:.0f} MiB", "flat", grown < 20)

    def kills(self) -> None:
        moments = sorted(random.Random(7).sample(range(1, self.many - 1), 3))
        for number, moment in enumerate(moments):
            self.batch(self.folder, "out-killed", *(("--resume",) if number else ()), kill_at=moment)
        last = self.batch(self.folder, "out-killed", "--resume")
        got = marks(self.base / "out-killed")
        same = got == self.undisturbed
        self.say(
            f"kill -9 after {moments}, resumed",
            f"{sum(got.get(name) == mark for name, mark in self.undisturbed.items())} marks as undisturbed",
            "all",
            same and not last.code,
        )

    def workers(self) -> None:
        """With networks: where runs are as short as exercise 03's, one worker's coordinator, and the kernel that
        clears away what ended, keep a quarter of the second core busy already."""
        course, folder = structure_course(self.base / "structure"), self.base / "pair"
        submissions(folder, PAIR)
        seconds = []
        for jobs in (1, 2):
            out = self.base / f"out-jobs{jobs}"
            words = ("batch", folder, "--out", out, "--jobs", jobs, "--threads", 1)
            seconds.append(run("--course", course, *words).seconds)
        gain = seconds[0] / seconds[1]
        value = f"{seconds[0]:.1f} s and {seconds[1]:.1f} s: {gain:.2f}"
        self.say(f"two workers against one, {PAIR} networks", value, "≥ 1.7", gain >= 1.7)

    def hostile(self) -> None:
        folder = make_class(self.base / "mixed", FEW)
        names = add_hostile(folder)
        self.batch(folder, "out-mixed")
        got = marks(self.base / "out-mixed")
        honest = {name: mark for name, mark in got.items() if name not in names}
        alone = marks(self.base / "out-few")
        same = honest == alone and len(got) == len(alone) + len(names)
        unchanged = sum(honest.get(name) == mark for name, mark in alone.items())
        self.say(
            f"{len(names)} hostile submissions among {FEW}", f"{unchanged} honest marks unchanged", "all", same
        )

    def regrade(self) -> None:
        """One submission of every solution, multiplied; as links, for what is stored is only read."""
        out, seed = self.base / "out-regrade", self.graded_solutions()
        for number in range(self.many):
            shutil.copytree(
                seed, out / f"{number:04}", copy_function=os.link, ignore=shutil.ignore_patterns("evidence")
            )
        (out / "similar.json").write_text("[]", encoding="utf-8")  # a class of clones: not what is measured here
        course = self.base / "course"
        for kind in ("exercises", "reference"):
            shutil.copytree(ROOT / kind, course / kind)
        checks = course / "exercises" / EXERCISE / "checks.py"
        checks.write_text(
            checks.read_text(encoding="utf-8").replace("points(2)", "points(3)", 1), encoding="utf-8"
        )
        exercises = len(json.loads((seed / "result.json").read_bytes())["exercises"])
        done = run("--course", course, "regrade", out)
        self.say(
            f"{self.many} submissions of {exercises} exercises scored again",
            f"{done.seconds:.1f} s",
            "≤ 30 s",
            done.seconds <= 30 and done.code == 0,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=1000, help="size of the large class")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this alone, and write nothing")
    arguments = parser.parse_args()
    wanted = arguments.only or PARTS
    if {"kills", "hostile"} & set(wanted) and "scaling" not in wanted:
        parser.error("kills and hostile compare with scaling's marks: add --only scaling")
    with tempfile.TemporaryDirectory(prefix="batch-bench-") as folder:
        bench = ClassBench(Path(folder), arguments.many, arguments.jobs)
        print("\n".join(bench.lines))
        for name in wanted:
            getattr(bench, name)()
    if not arguments.only:
        page.put("batch", "\n\n".join((HEAD.format(jobs=arguments.jobs), "\n".join(bench.lines))))
    raise SystemExit(bool(bench.faults))


if __name__ == "__main__":
    main()
