"""Readers of a stranger's bytes: linear in what they read, bounded in what they keep; what is left out is said.

Growth is measured, not time: an input twice as long may take some more than twice the CPU time, on any machine.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import random
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest

from grader.errors import FileError, IntakeError
from grader.intake import find_downloads
from grader.intake.archive import Archive
from grader.intake.bundle import Bundle
from grader.intake.decoding import decode
from grader.intake.folder import Folder
from grader.intake.magics import python_cell, python_file
from grader.intake.names import near_misses, stem
from grader.intake.notebook import read_notebook, read_script
from grader.intake.platforms import PLATFORMS
from grader.intake.platforms.blackboard import read_name as read_blackboard
from grader.intake.platforms.brightspace import read_name as read_brightspace
from grader.intake.platforms.canvas import read_anonymous
from grader.intake.platforms.canvas import read_name as read_canvas
from grader.intake.platforms.gradescope import METADATA
from grader.intake.platforms.moodle import read_name as read_moodle
from grader.intake.roster import MAX_TEXT, Roster, safe_name
from grader.intake.tree import plain_name
from grader.schema import Student
from tests.intake.conftest import COURSE, Read, make_zip, messages, notebook, write, zip_bytes

#: Eight times the input: 8 times the time is linear, 64 times is quadratic.
FACTOR = 8
ALLOWED = 24.0


def growth(run: Callable[[str], object], make: Callable[[int], str], size: int) -> float:
    """CPU time on an input ``FACTOR`` times as long, as a multiple; the least of some, against noise."""

    def seconds(text: str) -> float:
        times = []
        for _ in range(3):
            begin = process_time()
            with contextlib.suppress(FileError, IntakeError):
                run(text)
            times.append(process_time() - begin)
        return min(times)

    most = size * 64
    while (short := seconds(make(size))) < 0.002 and size < most:
        size *= 2  # too short to be measured
    return seconds(make(size * FACTOR)) / max(short, 0.001)


CELL = '{"cells": [{"cell_type": "code", "source": %s, "outputs": %s}], "nbformat": 4}'

NOTEBOOKS: dict[str, Callable[[int], str]] = {
    "newlines": lambda n: CELL % (json.dumps("\n" * n), "[]"),
    "lines": lambda n: CELL % (json.dumps(["x\n"] * n), "[]"),
    "output lines": lambda n: CELL % ('""', json.dumps([{"text": ["line\n"] * n}])),
    "one output": lambda n: CELL % ('""', json.dumps([{"data": {"image/png": "A" * n}}])),
    "escapes": lambda n: CELL % ('""', '["' + "\\\\" * n + '"]'),
    "open string": lambda n: CELL % ('""', '["' + "a" * n),
    "open lists": lambda n: CELL % ('""', "[" * 50 + "1" + ",1" * n),
    "half lists": lambda n: CELL % ('""', '[["",' + '"",' * n),
    "lists": lambda n: CELL % ('""', "[" + "[[]]," * n + "1]"),
    "objects": lambda n: CELL % ('""', "[" + '{"a":{}},' * n + "1]"),
    "cells": lambda n: '{"cells": [' + "{}," * n + "{}]}",
    "code cells": lambda n: '{"cells": [' + '{"cell_type": "code", "source": "%time\\n"},' * min(n, 4999) + "{}]}",
    "keys": lambda n: "{" + '"a": 1, ' * n + '"cells": []}',
    "tags": lambda n: '{"cells": [{"cell_type": "code", "metadata": {"tags": [' + '"a",' * n + '"b"]}}]}',
    "spaces": lambda n: " " * n + "{",
    "number": lambda n: '{"nbformat": ' + "9" * n + ', "cells": []}',
}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebooks_take_time_linear_in_their_bytes(name: str) -> None:
    assert growth(read_notebook, NOTEBOOKS[name], 20_000) < ALLOWED


CODE: dict[str, Callable[[int], str]] = {
    "names": lambda n: "a," * n + "a",
    "dotted": lambda n: "a." * n + " =",
    "spaces": lambda n: "?x" + " " * n + "y",
    "spaces and semicolon": lambda n: "x?" + " ;" * n,
    "question marks": lambda n: "?" * n,
    "magic": lambda n: "%time " + "-a " * n,
    "magic lines": lambda n: "%magic\n" * n,
    "shell": lambda n: "!ls \\\n" * n,
    "brackets": lambda n: "(" * n,
    "quotes": lambda n: "'" * n,
    "backslashes": lambda n: "'" + "\\" * n,
    "triple": lambda n: '"""' + '""' * n,
    "hashes": lambda n: "#" * n,
    "indents": lambda n: " \n" * n + " " * n + "x",
    "pip": lambda n: "pip" + " " * n + "instal",
    "imports": lambda n: "import " * n + "\n" + " " * n + "from",
}


@pytest.mark.parametrize("name", CODE)
@pytest.mark.parametrize("run", [python_cell, python_file, read_script, lambda text: decode(text.encode())])
def test_code_takes_time_linear_in_its_bytes(name: str, run: Callable[[str], object]) -> None:
    assert growth(run, CODE[name], 5_000) < ALLOWED


NAMES: dict[str, Callable[[int], str]] = {
    "marks": lambda n: "edges" + " (1)" * n + "x",
    "dashes": lambda n: "edges" + "-" * n + "x",
    "copies": lambda n: "_copy" * n,
    "endings": lambda n: "edges" + ".py" * n,
    "digits": lambda n: "1" * n + "_" + "2" * n,
    "underscores": lambda n: "a" + "_" * n,
    "numbers": lambda n: "a" + "_1" * n,
    "markers": lambda n: "_1_assignsubmission_" * n,
    "attempts": lambda n: "_attempt_2026-03-02-10-00-00" * n,
    "dates": lambda n: "1-1 - " + " - Sep 24, 2024 926" * n,
    "parentheses": lambda n: "(" * n + "a" + ")" * n,
    "letters": lambda n: "a" * n,
    "words": lambda n: "kim " * n,
    "hangul": lambda n: "\u1100\u1161" * n,
}
READERS: dict[str, Callable[[str], object]] = {
    "stem": stem,
    "near misses": lambda text: near_misses(["convolution", "edges"], [text, text + "a"]),
    "moodle": read_moodle,
    "canvas": read_canvas,
    "anonymous": read_anonymous,
    "blackboard": read_blackboard,
    "brightspace": read_brightspace,
    "safe name": safe_name,
    "plain name": plain_name,
    "roster": lambda text: Roster([Student(id="1", name="kim"), Student(id="2", name="a")]).find(free=text),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("reader", READERS)
def test_names_take_time_linear_in_their_length(name: str, reader: str) -> None:
    assert growth(READERS[reader], NAMES[name], 2_000) < ALLOWED


def test_the_number_of_names_is_bounded(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(3000):
            archive.writestr(f"edgess{number}.py", "")
        archive.writestr("edges.py", "x = 1\n")
    submission = read(path)
    assert submission.exercises[0].source is not None
    names = [f"edges{number:05}x.py" for number in range(40_000)]
    begin = process_time()
    near_misses(["edges00001", "small_net"], names)
    few = process_time() - begin
    begin = process_time()
    near_misses(["edges00001", "small_net"], names * 4)
    assert process_time() - begin < 12 * max(few, 0.01)


def test_a_table_of_contents_with_more_entries_than_it_says_is_not_loaded(tmp_path: Path) -> None:
    data = bytearray(zip_bytes({f"f{number}": "" for number in range(60_000)}))
    end = data.rfind(b"PK\x05\x06")
    data[end + 8 : end + 12] = b"\x01\x00\x01\x00"
    (tmp_path / "m.zip").write_bytes(data)
    with pytest.raises(IntakeError, match="more than 50000 files"):
        Archive(tmp_path / "m.zip")


def test_names_with_endless_marks_are_ignored(read: Read, tmp_path: Path) -> None:
    marks = "a" + "\u0315\u0300" * 10_000
    path = make_zip(tmp_path / "m.zip", {f"{marks}/{n}.py": "" for n in range(200)} | {"edges.py": "x = 1\n"})
    begin = process_time()
    submission = read(path)
    assert process_time() - begin < 20
    assert submission.exercises[0].source is not None
    assert len(safe_name(marks)) <= MAX_TEXT


@pytest.mark.parametrize(
    "text",
    [
        CELL % (json.dumps("\n" * 1_000_000), "[]"),
        CELL % (json.dumps(["a\n"] * 250_000), "[]"),
        CELL % ('"x = 1"', json.dumps([{"text": ["line\n"] * 200_000}])),
        CELL % ('"x = 1"', "[" + "[[]]," * 150_000 + "1]"),
        '{"cells": [' + "{}," * 300_000 + "{}]}",
        "{" + '"cells": [], ' * 50_000 + '"a": 1}',
    ],
    ids=["newlines", "lines", "output lines", "lists", "cells", "keys"],
)
def test_memory_is_a_small_multiple_of_the_notebook(text: str) -> None:
    tracemalloc.start()
    try:
        with contextlib.suppress(FileError):
            read_notebook(text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5 * len(text) + 4_000_000


def test_lines_are_places_without_an_object_for_each() -> None:
    found = read_notebook(notebook(*["x = 1\n" * 999] * 100))
    assert len(found.lines) == len(found.code.split("\n")) - 1
    assert len(found.lines.runs) <= 200
    assert (found.lines[1234].cell, found.lines[1234].line) == (2, 235)


def test_a_notebook_of_fifty_megabytes_of_outputs_is_graded(read: Read) -> None:
    picture = {
        "cell_type": "code",
        "source": "x = 1",
        "metadata": {},
        "outputs": [{"data": {"image/png": "A" * 50_000_000}}],
    }
    submission = read({"edges.ipynb": notebook(picture, "def solve():\n    return x\n")})
    source = submission.exercises[0].source
    assert source is not None
    assert "return x" in source.code
    assert messages(submission) == []
    assert len(source.notebook) < 2000


def test_more_lines_than_anybody_writes_are_an_error_of_that_file(read: Read) -> None:
    submission = read({"edges.py": "\n" * 300_000, "small_net.ipynb": notebook("\n" * 300_000)})
    assert [files.source for files in submission.exercises] == [None, None]
    assert [text for _, text in messages(submission)] == ["The code has more than 200000 lines."] * 2


def test_pictures_in_a_text_cell_stay_behind(read: Read) -> None:
    prose = {"cell_type": "markdown", "source": f"![](data:image/png;base64,{'A' * 3_000_000})", "metadata": {}}
    source = read({"edges.ipynb": notebook(prose, "x = 1")}).exercises[0].source
    assert source is not None
    assert len(source.notebook) < 2000


def test_a_zip_that_fills_the_disk_is_refused_and_said(read: Read, tmp_path: Path) -> None:
    bomb = zip_bytes({f"d/{number}.bin": bytes(1 << 20) for number in range(120)})
    submission = read(
        write(tmp_path / "student", {"edges.py": "x = 1\n", "a.zip": bomb, "b.zip": zip_bytes({"c.zip": bomb})})
    )
    assert submission.exercises[0].source is not None
    assert sum("no ordinary zip" in text for _, text in messages(submission)) == 2
    assert not list((tmp_path / "work").rglob("*.bin"))
    with pytest.raises(IntakeError, match="no ordinary zip"):
        read(make_zip(tmp_path / "m.zip", {f"{number}.bin": bytes(1 << 20) for number in range(120)}))


def test_one_students_bomb_does_not_fill_the_disk_of_the_class(tmp_path: Path) -> None:
    write(
        tmp_path / "class",
        {
            "student_7_assignsubmission_file_a.zip": zip_bytes({f"{n}.bin": bytes(1 << 20) for n in range(120)}),
            "student_7_assignsubmission_file_edges.py": "x = 1\n",
        },
    )
    (download,) = find_downloads(tmp_path / "class", COURSE).students
    assert sum(path.stat().st_size for path in download.paths) < 1_000_000
    assert not list(tmp_path.rglob("*.bin"))


def test_what_a_student_unpacks_is_counted_over_all_zips(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.intake.bundle.MAX_UNPACKED", 300_000)
    noise = random.Random(0).randbytes(200_000)
    inner = {f"{n}.zip": zip_bytes({"x.bin": noise, f"edges{n}/edges.py": "x = 1\n"}) for n in range(3)}
    submission = read(make_zip(tmp_path / "m.zip", {**inner, "small_net.keras": noise}))
    assert submission.exercises[0].source is not None
    assert any("too large" in text for _, text in messages(submission))
    assert not list((tmp_path / "work" / "zips").iterdir())


def test_zips_in_zips_end_somewhere(read: Read, tmp_path: Path) -> None:
    data = zip_bytes({"edges.py": "x = 1\n"})
    for _ in range(6):
        data = zip_bytes({"inner.zip": data})
    many = {f"{n}.zip": zip_bytes({f"{n}.txt": ""}) for n in range(100)}
    submission = read(write(tmp_path / "student", {"a.zip": data, **many}))
    assert any("this one was not" in text for _, text in messages(submission))


def test_limits_of_one_student_in_a_platforms_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.intake.unpack.MAX_STUDENT_BYTES", 500_000)
    monkeypatch.setattr("grader.intake.unpack.MAX_STUDENT_FILES", 20)
    noise = random.Random(0).randbytes(100_000)
    path = make_zip(
        tmp_path / "class.zip",
        {f"hw/Kim_1_assignsubmission_file_{n}.bin": noise for n in range(9)}
        | {f"hw/Lee_2_assignsubmission_file_/{n}.txt": "" for n in range(30)}
        | {"hw/Park_3_assignsubmission_file_edges.py": "x = 1\n"},
    )
    found = find_downloads(path, COURSE, work_dir=tmp_path / "unpacked")
    sizes = {
        d.student.id: sum(f.stat().st_size for p in d.paths for f in [p, *p.rglob("*")]) for d in found.students
    }
    assert sizes["Kim_1"] <= 500_000
    assert sum("One student's files" in problem.message.en for problem in found.problems) == 2
    assert [d.names for d in found.students if d.student.id == "Park_3"] == [("edges.py",)]


def test_a_folder_with_more_files_than_anybody_has_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.intake.folder.MAX_ENTRIES", 50)
    folder = write(tmp_path / "student", {f"empty/{n}/x/y": "" for n in range(60)} | {"edges.py": "x = 1\n"})
    tree = Folder(folder)
    assert len(tree.entries) <= 50
    assert "more than 50 files" in tree.problems[0].message.en
    Bundle(tree, tmp_path / "work").close()


def test_gradescopes_results_are_stepped_over(tmp_path: Path) -> None:
    def make(n: int) -> str:
        return (
            "submission_1:\n  :submitters:\n  - :sid: 'a'\n  :results:\n" + "    - {a: [1, {b: c}], d: 'x'}\n" * n
        )

    write(tmp_path / "class", {"submission_1/edges.py": "x = 1\n"})

    def run(text: str) -> None:
        (tmp_path / "class" / METADATA).write_text(text, encoding="utf-8")
        assert [d.student.id for d in find_downloads(tmp_path / "class", COURSE).students] == ["a"]

    assert growth(run, make, 500) < ALLOWED


def test_no_platform_reads_more_of_a_folder_than_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.intake.platforms.base.MAX_LISTED", 20)
    write(tmp_path / "class", {f"s{n}/edges.py": "" for n in range(30)})
    with pytest.raises(IntakeError, match="more than 20 files"):
        find_downloads(tmp_path / "class", COURSE)
    assert len({platform.name for platform in PLATFORMS}) == len(PLATFORMS)


def test_a_roster_of_thousands_is_read_once(tmp_path: Path) -> None:
    def make(n: int) -> str:
        text = io.StringIO()
        csv.writer(text).writerows([["id", "name"], *([f"s{i}", f"Kim {i}"] for i in range(n))])
        return text.getvalue()

    def run(text: str) -> None:
        rows = [Student(id=row[0], name=row[1]) for row in csv.reader(io.StringIO(text))]
        roster = Roster(rows)
        for row in rows[:200]:
            assert roster.find([row.name]) is not None

    assert growth(run, make, 500) < ALLOWED
