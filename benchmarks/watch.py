"""Seconds from saving a file to its verdict in ``grader check --watch``: the real command, in a real terminal.

    python benchmarks/watch.py [--saves N]

A pseudo-terminal runs the command; the file is saved as an editor does it (a new file takes the old one's place),
and the clock stops when the verdict is on the screen.
"""

from __future__ import annotations

import argparse
import os
import re
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent
#: Exercises of the chapter's beginning and of its middle: NumPy alone, and a network that is built and examined.
EXERCISES = ("03_convolution", "06_cifar10_cnn")
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-_]|\r")


class Terminal:
    """``grader`` with a terminal of its own: 110 columns, English, no TensorFlow warnings."""

    def __init__(self, *arguments: str, cwd: Path, **environment: str) -> None:
        import fcntl
        import pty
        import struct
        import termios

        self._main, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 110, 0, 0))
        kept = {k: v for k, v in os.environ.items() if k not in ("GRADER_DATA", "GRADER_COURSE", "COLUMNS")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "grader", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=cwd,
            env={**kept, "GRADER_LANG": "en", "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **environment},
            start_new_session=True,
        )
        os.close(theirs)
        self.text = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        os.close(self._main)

    def press(self, key: str) -> None:
        """Press one key."""
        os.write(self._main, key.encode())

    def wait_for(self, words: str, seconds: float = 120) -> str:
        """What appeared since the last call, up to and with ``words``.

        Raises:
            TimeoutError: they did not appear in time; the message has what did.
        """
        deadline = time.monotonic() + seconds
        while words not in self.text:
            left = deadline - time.monotonic()
            if left <= 0 or (self.process.poll() is not None and not self._read(0.2)):
                raise TimeoutError(f"no {words!r} (exit code {self.process.poll()}) in:\n{self.text[-3000:]}")
            self._read(min(left, 0.5))
        before, _, self.text = self.text.partition(words)
        return before + words

    def _read(self, seconds: float) -> bool:
        if not select.select([self._main], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._main, 1 << 16)
        except OSError:  # the other end is closed
            return False
        self.text += _ANSI.sub("", data.decode("utf-8", "replace"))
        return bool(data)


def save(path: Path, text: str) -> None:
    """As an editor does: the new text takes the file's place at once."""
    fresh = path.with_name(f".{path.name}.swp")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


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
