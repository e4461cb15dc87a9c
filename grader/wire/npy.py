"""Reads and writes ``.npy`` files of untrusted origin: numbers only, nothing that could be executed.

``numpy.load(allow_pickle=False)`` is safe from code, but it believes the header: a file of 100 bytes may declare a
terabyte. Here the header must be exactly what :func:`write_array` makes (the format that ``numpy.save`` writes,
version 1.0), and the declared size must be the file's size before anything is allocated.
"""

from __future__ import annotations

import io
import math
import os
import re
import stat
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

MAX_BYTES = 256 * 1024 * 1024
MAX_DIMENSIONS = 32
MAX_HEADER = 4096

#: NumPy type strings that may be read: booleans, integers and floats, little endian.
DTYPES = frozenset(("|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8"))

_MAGIC = b"\x93NUMPY\x01\x00"
_HEADER = re.compile(
    rb"\{'descr': '([|<][biuf][1248])', 'fortran_order': (True|False), "
    rb"'shape': \(((?:[0-9]{1,18}, ?)*[0-9]{0,18})\), \} *\n"
)


class BadArray(ValueError):
    """The file is not an array we read; the message says why."""


class ArrayInfo(NamedTuple):
    """What a header says, checked against the file's size."""

    dtype: str
    """NumPy type string, one of :data:`DTYPES`."""
    shape: tuple[int, ...]
    offset: int
    """Where the elements begin, in bytes."""


def array_info(path: Path, max_bytes: int = MAX_BYTES) -> ArrayInfo:
    """Type and shape of the array in ``path``, without its elements.

    Raises:
        BadArray: see :func:`read_array`.
    """
    with _open(path) as file:
        return _info(file, max_bytes)


def read_array(path: Path, max_bytes: int = MAX_BYTES) -> np.ndarray[Any, Any]:
    """The array in ``path``: writable, C order, little endian.

    Raises:
        BadArray: the file is missing or not a plain file, not ``.npy`` 1.0, in Fortran order, of a type that is
            not boolean, integer or float, larger than ``max_bytes``, or not exactly as long as its header says.
    """
    with _open(path) as file:
        info = _info(file, max_bytes)
        file.seek(info.offset)
        size = math.prod(info.shape) * np.dtype(info.dtype).itemsize
        raw = bytearray(file.read(size + 1))
    if len(raw) != size:
        raise BadArray("the file changed while it was read")
    if info.dtype == "|b1":
        # Any byte but 0 and 1 makes a boolean that is neither, and undefined behaviour in NumPy.
        flags = np.frombuffer(raw, dtype=np.uint8).reshape(info.shape)
        if flags.size and int(flags.max()) > 1:
            raise BadArray("a boolean that is neither true nor false")
        return flags.view(np.bool_)
    try:
        return np.frombuffer(raw, dtype=np.dtype(info.dtype)).reshape(info.shape)
    except ValueError as error:
        raise BadArray(str(error)) from None


def write_array(path: Path, array: np.ndarray[Any, Any]) -> None:
    """Write ``array`` as ``.npy`` 1.0 in C order; it appears under its name only when it is whole.

    Raises:
        BadArray: the type is none of :data:`DTYPES`.
    """
    array = np.asarray(array, order="C")
    if array.dtype.str not in DTYPES:
        raise BadArray(f"{array.dtype} is not a type of numbers")
    shape = "".join(
        f"{size}, " if array.ndim == 1 or i + 1 < array.ndim else str(size) for i, size in enumerate(array.shape)
    )
    shape = f"{array.shape[0]}," if array.ndim == 1 else shape
    header = f"{{'descr': '{array.dtype.str}', 'fortran_order': False, 'shape': ({shape}), }}"
    padding = -(len(_MAGIC) + 2 + len(header) + 1) % 64
    text = header.encode("ascii") + b" " * padding + b"\n"
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        file.write(_MAGIC + len(text).to_bytes(2, "little") + text)
        file.write(array.tobytes())
    partial.replace(path)


def _open(path: Path) -> io.BufferedReader:
    """Open a plain file; no link is followed and no FIFO waited for."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        raise BadArray(f"can't be opened: {error.strerror}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BadArray("not a plain file")
    return open(descriptor, "rb")


def _info(file: io.BufferedReader, max_bytes: int) -> ArrayInfo:
    start = file.read(len(_MAGIC) + 2)
    if len(start) < len(_MAGIC) + 2 or not start.startswith(_MAGIC[:6]):
        raise BadArray("not a .npy file")
    if not start.startswith(_MAGIC):
        raise BadArray(f".npy version {start[6]}.{start[7]}; only 1.0 is read")
    length = int.from_bytes(start[-2:], "little")
    if length > MAX_HEADER:
        raise BadArray(f"a header of {length} bytes")
    header = _HEADER.fullmatch(file.read(length))
    if header is None:
        raise BadArray("a header that NumPy would not write for an array of numbers")
    dtype = header[1].decode("ascii")
    if dtype not in DTYPES:
        raise BadArray(f"elements of type {dtype}")
    if header[2] == b"True":
        raise BadArray("Fortran order")
    text = header[3].decode("ascii")
    shape = tuple(int(part) for part in text.split(",") if part.strip())
    if len(shape) == 1 and "," not in text:
        raise BadArray("a header that NumPy would not write for an array of numbers")
    if len(shape) > MAX_DIMENSIONS or any(size >= 2**40 for size in shape):
        raise BadArray("too many dimensions" if len(shape) > MAX_DIMENSIONS else "a dimension that is too large")
    size = math.prod(shape) * np.dtype(dtype).itemsize
    offset = len(start) + length
    if size > max_bytes:
        raise BadArray(f"{size} bytes of elements; at most {max_bytes} are read")
    if os.fstat(file.fileno()).st_size != offset + size:
        raise BadArray("the file is not as long as its header says")
    return ArrayInfo(dtype, shape, offset)
