"""What no submission may reach: secrets that nobody else has, and listeners that count who speaks to them."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import selectors
import socket
import threading
from pathlib import Path

TOKEN_NAME = "GRADER_HOSTILE_TOKEN"
#: Not to be found in its own text, nor in that of a submission that searches for it.
PATTERN = re.compile(rb"HOSTILE-[C]ANARY-[a-z]+-[0-9a-f]{16}")


def new(name: str) -> str:
    """A secret that nobody has ever seen."""
    return f"HOSTILE-CANARY-{name}-{secrets.token_hex(8)}"


def leaks(folder: Path) -> list[str]:
    """Every secret in any file below ``folder``, with the file."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            found += [f"{path.name}: {match.decode()}" for match in PATTERN.findall(path.read_bytes())]
    return found


class Listeners:
    """TCP and UDP on the loopback (both families where there are), Unix sockets by path and by abstract name.

    ``count`` is how many connections and datagrams came. Close it when done.
    """

    def __init__(self, folder: Path) -> None:
        self.count = 0
        self.unix = str(folder / "listener.sock")
        self.abstract = f"hostile-{secrets.token_hex(8)}"
        self._selector = selectors.DefaultSelector()
        self._sockets: list[socket.socket] = []
        self.tcp = self._listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)).getsockname()[1]
        self.udp = self._listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)).getsockname()[1]
        for kind, port in ((socket.SOCK_STREAM, self.tcp), (socket.SOCK_DGRAM, self.udp)):
            with contextlib.suppress(OSError):
                self._listen(socket.AF_INET6, kind, ("::1", port))
        self._listen(socket.AF_UNIX, socket.SOCK_STREAM, self.unix)
        with contextlib.suppress(OSError):  # abstract names are Linux's own
            self._listen(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + self.abstract)
        Path(self.unix).chmod(0o777)
        self._wake, waker = socket.socketpair()
        self._selector.register(waker, selectors.EVENT_READ)
        self._sockets.append(waker)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _listen(self, family: int, kind: int, address: object) -> socket.socket:
        server = socket.socket(family, kind)
        server.bind(address)  # type: ignore[arg-type]
        if kind == socket.SOCK_STREAM:
            server.listen(16)
        self._selector.register(server, selectors.EVENT_READ)
        self._sockets.append(server)
        return server

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                server = key.fileobj
                assert isinstance(server, socket.socket)
                if server is self._sockets[-1]:
                    return
                if server.type == socket.SOCK_STREAM:
                    server.accept()[0].close()
                else:
                    server.recv(4096)
                self.count += 1

    def close(self) -> None:
        """Stop counting."""
        self._wake.send(b"x")
        self._thread.join(5)
        self._selector.close()
        for server in (*self._sockets, self._wake):
            server.close()
        with contextlib.suppress(OSError):
            os.unlink(self.unix)  # noqa: PTH108
