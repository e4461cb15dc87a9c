"""Single keys from the terminal, without Enter and without waiting."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, Self


class Keys:
    """``with Keys() as keys: keys.pressed()`` is the key that was pressed since, or ``""``.

    The terminal is as it was afterwards. Where there is none (a pipe, a CI log) there are no keys: ``usable`` is
    False. Ctrl-C stays what it is.
    """

    def __init__(self) -> None:
        self.usable = False
        self._saved: list[Any] | None = None

    def __enter__(self) -> Self:
        if not sys.stdin.isatty():
            return self
        if sys.platform == "win32":
            self.usable = True
            return self
        try:
            import termios
            import tty

            self._saved = termios.tcgetattr(sys.stdin.fileno())
            tty.setcbreak(sys.stdin.fileno())
        except (ImportError, OSError):
            return self
        except termios.error:
            return self
        self.usable = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._saved is not None:
            import termios

            termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._saved)
            self._saved = None

    def pressed(self) -> str:
        """The next key, in lower case; empty where none was pressed. Never waits."""
        if not self.usable:
            return ""
        if sys.platform == "win32":
            import msvcrt

            return msvcrt.getwch().lower() if msvcrt.kbhit() else ""
        import os
        import select

        if not select.select([sys.stdin], [], [], 0)[0]:
            return ""
        data = os.read(sys.stdin.fileno(), 1)
        if not data:
            self.usable = False  # the terminal is gone
        return data.decode("ascii", "ignore").lower()
