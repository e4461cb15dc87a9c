"""How the coordinator and its processes talk: length-prefixed JSON frames and raw bytes on a socket.

A frame is four bytes (big-endian length) and that many bytes of JSON. A ``file`` frame announces ``size`` raw
bytes that follow it. Only trusted processes hold the socket; the coordinator still checks every size and name.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from typing import Any

MAX_FRAME = 8 << 20
CHUNK = 1 << 20


class ProtocolError(Exception):
    """The other side said something that is no frame."""


def send(sock: socket.socket, kind: str, **fields: Any) -> None:
    """Send one frame; raises OSError where the other side is gone."""
    data = json.dumps({"kind": kind, **fields}).encode()
    if len(data) > MAX_FRAME:
        raise ProtocolError(f"frame of {len(data)} bytes")
    sock.sendall(struct.pack(">I", len(data)) + data)


def receive(sock: socket.socket) -> dict[str, Any] | None:
    """One frame, or None at the end of the stream."""
    head = _exactly(sock, 4)
    if head is None:
        return None
    (size,) = struct.unpack(">I", head)
    if size > MAX_FRAME:
        raise ProtocolError(f"frame of {size} bytes")
    data = _exactly(sock, size)
    if data is None:
        return None
    try:
        frame = json.loads(data)
    except ValueError as error:
        raise ProtocolError("not JSON") from error
    if not isinstance(frame, dict) or not isinstance(frame.get("kind"), str):
        raise ProtocolError("not a frame")
    return frame


def _exactly(sock: socket.socket, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = sock.recv(min(size - len(parts), CHUNK))
        if not part:
            return None
        parts += part
    return bytes(parts)


def send_file(sock: socket.socket, name: str, descriptor: int, size: int) -> None:
    """Announce ``size`` bytes and send them; a file that got shorter is filled with zeros, never longer."""
    send(sock, "file", name=name, size=size)
    left = size
    while left:
        part = os.read(descriptor, min(left, CHUNK)) or bytes(min(left, CHUNK))
        sock.sendall(part)
        left -= len(part)
