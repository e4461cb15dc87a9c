"""Reading a stranger's lines takes time in proportion to their size, whatever is in them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.inspect import read_evidence
from grader.inspect.claims import MAX_BYTES, MAX_LINES, parse, read_lines
from grader.schema import RunOutcome, SourceFile

OUTCOME = RunOutcome(verdict="completed", isolation="process")
#: Size -> what an attacker writes into ``steps.jsonl``; all of them are far below the limits.
HOSTILE: dict[str, Callable[[int], bytes]] = {
    "open_text": lambda n: b'"' + b'\\"' * (n // 2),
    "open_texts": lambda n: b'"a\\' * (n // 3),
    "brackets": lambda n: b"[" * n,
    "objects": lambda n: b'{"a":' * (n // 5),
    "empty_lines": lambda n: b"\n" * n,
    "short_lines": lambda n: b"{}\n" * (n // 3),
    "digits": lambda n: b'{"step":' + b"9" * n + b"}",
    "escapes": lambda n: b'{"step":"' + b"\\ud800" * (n // 6) + b'"}',
    "steps": lambda n: b"".join(
        b'{"step":"s%d","event":"end","error":{"frames":[{"file":"a.py","line":1}]}}\n' % i for i in range(n // 70)
    ),
}


def cpu_seconds(folder: Path, data: bytes, source: SourceFile) -> float:
    (folder / "steps.jsonl").write_bytes(data)
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        read_evidence(folder, OUTCOME, source)
        best = min(best, time.process_time() - began)
    return best


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_four_times_the_bytes_take_about_four_times_as_long(name: str, tmp_path: Path) -> None:
    small, large = 20_000, 80_000
    source = SourceFile(name="a.py", code="x" * 100_000, sha256="0")
    first = cpu_seconds(tmp_path, HOSTILE[name](small), source)
    second = cpu_seconds(tmp_path, HOSTILE[name](large), source)
    assert second < 10 * first + 0.05, (first, second)


def test_lines_and_bytes_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "steps.jsonl"
    path.write_bytes(b"{}\n" * (MAX_LINES + 10))
    assert sum(1 for _ in read_lines(path)) == MAX_LINES
    path.write_bytes(b'{"a": "' + b"x" * (MAX_BYTES + 10) + b'"}')
    assert list(read_lines(path)) == []


def test_numbers_that_json_does_not_know_are_null_unless_wanted() -> None:
    assert parse(b'[NaN, 1e999, "\\ud800"]') == [None, None, "\ufffd"]
    value = parse(b"[NaN]", nan=True)
    assert isinstance(value, list)
    assert value[0] != value[0]
