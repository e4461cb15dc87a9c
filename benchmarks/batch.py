"""A whole class through ``grader batch``: does a submission of a large class cost what one of a small class does?

``python -m benchmarks.batch [--students 1000] [--kill 200]`` writes docs/batch-performance.md. The class is
made of right and wrong answers of a structure-only exercise, each with a line of its own: no two are alike.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
ANSWERS = ROOT / "solutions" / "03_convolution"
FILE = "convolution.py"
PAGE = ROOT / "docs" / "batch-performance.md"


@dataclass
class Run:
    """One batch."""

    students: int
    seconds: float
    memory: list[tuple[int, float]] = field(default_factory=list)
    """Students finished, and the coordinator's resident memory in MiB, from time to time."""

    @property
    def each(self) -> float:
        """Wall seconds for one submission."""
        return self.seconds / self.students

    @property
    def slope(self) -> float:
        """KiB that the coordinator grows with a submission: least squares over the second half."""
        points = self.memory[len(self.memory) // 2 :]
        mean_x = sum(x for x, _ in points) / len(points)
        mean_y = sum(y for _, y in points) / len(points)
        spread = sum((x - mean_x) ** 2 for x, _ in points)
        return 1024 * sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def make_class(folder: Path, students: int) -> Path:
    """A folder for each student."""
    answers = sorted([*ANSWERS.glob("alternative/*.py"), *ANSWERS.glob("wrong/*.py")])
    for number, answer in zip(range(students), itertools.cycle(answers), strict=False):
        place = folder / f"student-{number:04}"
        place.mkdir(parents=True)
        text = answer.read_text(encoding="utf-8")
        (place / FILE).write_text(f"{text}\n# {number}\n", encoding="utf-8")
    return folder


def start(submissions: Path, out: Path, jobs: int, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "grader", "batch", submissions, "--out", out, "--jobs", str(jobs), *options]
    return subprocess.Popen([str(part) for part in command], cwd=ROOT, stdout=subprocess.DEVNULL)


def finished(out: Path) -> int:
    return sum((folder / "result.json").is_file() for folder in out.glob("student-*"))


def memory_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def grade(submissions: Path, out: Path, jobs: int, students: int) -> Run:
    began = time.perf_counter()
    process = start(submissions, out, jobs)
    memory = []
    while process.poll() is None:
        if (size := memory_mb(process.pid)) and (done := finished(out)):
            memory.append((done, size))
        time.sleep(1)
    seconds = time.perf_counter() - began
    if process.returncode:
        sys.exit(f"the batch failed with {process.returncode}")
    return Run(students, seconds, memory)


def marks(out: Path) -> dict[str, float | None]:
    found = {}
    for path in sorted(out.glob("student-*/result.json")):
        found[path.parent.name] = json.loads(path.read_text(encoding="utf-8"))["points"]
    return found


def killed(submissions: Path, out: Path, expected: dict[str, float | None], seconds: float) -> list[str]:
    """kill -9 at three random moments, each time resumed; what differs from an undisturbed batch."""
    moments = random.Random(7)
    for number in range(3):
        process = start(submissions, out, 2, *(["--resume"] if number else []))
        time.sleep(moments.uniform(0.3, 0.6) * seconds)
        process.kill()
        process.wait()
        print(f"killed with {finished(out)} finished", flush=True)
    if start(submissions, out, 2, "--resume").wait():
        return ["the resumed batch failed"]
    got = marks(out)
    return [name for name in expected.keys() | got.keys() if expected.get(name, -1) != got.get(name, -2)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--small", type=int, default=50)
    parser.add_argument("--kill", type=int, default=200, help="students of the batch that is killed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as name:
        folder = Path(name)
        runs = {}
        for students in (arguments.small, arguments.kill, arguments.students):
            submissions = make_class(folder / f"class-{students}", students)
            runs[students] = grade(submissions, folder / f"out-{students}", 2, students)
            print(students, f"{runs[students].seconds:.1f} s", flush=True)
        alone = grade(folder / f"class-{arguments.kill}", folder / "alone", 1, arguments.kill)
        print("one worker", f"{alone.seconds:.1f} s", flush=True)
        expected = marks(folder / f"out-{arguments.kill}")
        different = killed(
            folder / f"class-{arguments.kill}", folder / "killed", expected, runs[arguments.kill].seconds
        )
    small, middle, large = (runs[n] for n in (arguments.small, arguments.kill, arguments.students))
    PAGE.write_text(
        f"""# A whole class

Generated by `python -m benchmarks.batch`; do not edit. Two workers unless said otherwise; submissions of a
structure-only exercise, no two alike. Start and class report included.

| | |
| --- | ---: |
| wall seconds for a submission, class of {small.students} | {small.each:.3f} |
| wall seconds for a submission, class of {large.students} | {large.each:.3f} |
| **large : small** (at most 1.15) | {large.each / small.each:.2f} |
| coordinator's memory at the end, class of {large.students} | {large.memory[-1][1]:.0f} MiB |
| coordinator's growth for a submission, second half | {large.slope:.1f} KiB |
| class of {middle.students}, one worker | {alone.seconds:.1f} s |
| class of {middle.students}, two workers | {middle.seconds:.1f} s |
| **two workers are faster by** (at least 1.7 on two idle cores) | {alone.seconds / middle.seconds:.2f} |
| marks that differ after kill -9 at three random moments and `--resume` | {len(different)} of {middle.students} |
""",
        encoding="utf-8",
    )
    print(PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
