"""``grader`` in a terminal of its own, and a file saved as an editor saves it."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
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
