"""The kernel's side of the server process: started when first needed, asked one thing at a time, gone with us."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from json import dumps, loads
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired
from typing import Any, Self

#: Everything that a hostile cell could replace later is taken now.
_ENVIRONMENT = dict(os.environ)
_EXECUTABLE = sys.executable
_END_SECONDS = 15.0


class ServerLost(Exception):
    """The server ended before it answered; says how, for the one who looks into it."""


class Server:
    """One server process. Every answer is one JSON object on a line; progress comes before it."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("server.py")
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - as long as we
        self._process = Popen(
            [_EXECUTABLE, "-X", "utf8", str(script)],
            stdin=PIPE,
            stdout=PIPE,
            stderr=self._log,
            env=_ENVIRONMENT,
            start_new_session=True,  # Ctrl-C in a terminal is for the kernel alone; it tells the server itself
        )
        atexit.register(self.close)

    @property
    def alive(self) -> bool:
        """Whether its process still runs."""
        return self._process.poll() is None

    def ask(self, request: dict[str, Any], progress: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        """Send ``request`` and wait for the answer.

        Raises:
            ServerLost: the process is gone.
            KeyboardInterrupt: after the server has ended what it was doing; it can be asked again.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise ServerLost(self._last_words()) from error
        try:
            return self._answer(progress)
        except KeyboardInterrupt:
            self._process.send_signal(signal.SIGINT)
            self._answer(lambda _: None)
            raise

    def _answer(self, progress: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        assert self._process.stdout is not None
        while line := self._process.stdout.readline():
            message: dict[str, Any] = loads(line)
            if message["kind"] != "progress":
                return message
            progress(message)
        raise ServerLost(self._last_words())

    def _last_words(self) -> str:
        self._log.seek(0)
        return self._log.read()[-2000:].decode("utf-8", "replace").strip()

    def close(self) -> None:
        """End it; harmless when done twice."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        try:
            self._process.wait(_END_SECONDS)
        except TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
        atexit.unregister(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
