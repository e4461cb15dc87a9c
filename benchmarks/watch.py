"""Seconds from saving a file to its verdict in ``grader check --watch``: the real command, in a real terminal.

    python -m benchmarks.watch [--saves N]

A pseudo-terminal runs the command; the file is saved as an editor does it (a new file takes the old one's place),
and the clock stops when the verdict is on the screen.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.support.terminal import Terminal, save

ROOT = Path(__file__).resolve().parent.parent
#: Exercises of the chapter's beginning and of its middle: NumPy alone, and a network that is built and examined.
EXERCISES = ("03_convolution", "06_cifar10_cnn")


def save_to_verdict(terminal: Terminal, path: Path, saves: int) -> list[float]:
    """Seconds of so many saves of ``path``, each with another comment at its end."""
    text = path.read_text(encoding="utf-8")
    taken = []
    for number in range(saves):
        time.sleep(0.4)  # a student's pause, and the report of the last check is written by then
        began = time.perf_counter()
        save(path, f"{text}\n# {number}\n")
        terminal.wait_for("Checked in")
        taken.append(time.perf_counter() - began)
    return taken


def measure(home: Path, exercises: Sequence[str], saves: int) -> dict[str, list[float]]:
    """Save-to-verdict times by exercise, in a folder that ``grader start`` makes at ``home``."""
    grader = [sys.executable, "-m", "grader"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([*grader, "start", str(home)], check=True, capture_output=True, env=environment)
    found: dict[str, list[float]] = {}
    with Terminal("check", "--watch", cwd=home) as terminal:
        terminal.wait_for("q quit")
        for slug in exercises:
            solution = next(path for path in (ROOT / "solutions" / slug).glob("*.py"))
            target = home / slug / solution.name
            save(target, solution.read_text(encoding="utf-8"))
            terminal.wait_for("Checked in")  # the first one waits for TensorFlow
            found[slug] = save_to_verdict(terminal, target, saves)
        terminal.press("q")
        terminal.process.wait(30)
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--saves", type=int, default=15)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder) / "work", EXERCISES, arguments.saves)
    print("| exercise | saves | median | slowest |")
    print("| --- | ---: | ---: | ---: |")
    for slug, taken in found.items():
        print(f"| {slug} | {len(taken)} | {statistics.median(taken):.2f} s | {max(taken):.2f} s |")


if __name__ == "__main__":
    main()
