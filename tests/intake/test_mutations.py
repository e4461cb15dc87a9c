"""Submissions with bytes changed, cut out and put in: read or refused in a sentence, never a crash."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import IntakeError
from grader.intake import read_submission
from tests.intake.conftest import COURSE, notebook, zip_bytes

PIECES = (
    *(b"\0", b"\xff", b"\n", b'"', b"\\", b"[", b"{", b"%", b"!", b"'''"),
    *(b"PK\x01\x02", b"\xed\xa0\x80", b"\\ud800"),
)
SEEDS: dict[str, Callable[[], bytes]] = {
    "edges.py": lambda: "# 값\n!pip install x\ndef solve():\n    return '''a''' % 1\n".encode(),
    "edges.ipynb": lambda: notebook("%time x = 1\n!ls", "def solve():\n    return 1", nbformat=4).encode(),
    "old.ipynb": lambda: b'{"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["x"]}]}]}',
    "hw.zip": lambda: zip_bytes(
        {"a/edges.py": "x = 1\n", "small_net.keras": b"weights", "b.zip": zip_bytes({"c": "d"})}
    ),
}


def mutated(data: bytes, random_: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random_.randrange(1, 6)):
        at = random_.randrange(len(changed) + 1)
        match random_.randrange(4):
            case 0:
                changed[at : at + 1] = bytes([random_.randrange(256)])
            case 1:
                del changed[at : at + random_.randrange(1, 30)]
            case 2:
                changed[at:at] = random_.choice(PIECES) * random_.randrange(1, 5)
            case _:
                piece = changed[at : at + random_.randrange(1, 60)]
                changed[random_.randrange(len(changed) + 1) :][:0] = piece
    return bytes(changed)


@pytest.mark.parametrize("name", SEEDS)
def test_changed_bytes_are_read_or_refused(tmp_path: Path, name: str) -> None:
    random_ = random.Random(name)
    data = SEEDS[name]()
    path = tmp_path / name.replace("old", "edges")
    work = tmp_path / "work"
    work.mkdir()
    read = 0
    for _ in range(400):
        path.write_bytes(mutated(data, random_))
        try:
            submission = read_submission(path, COURSE, work_dir=work)
        except IntakeError:
            continue
        submission.model_dump_json().encode()
        for files in submission.exercises:
            read += files.source is not None
            if files.source is not None and files.source.lines:
                assert len(files.source.lines) == files.source.code.count("\n")
    assert read > 20
