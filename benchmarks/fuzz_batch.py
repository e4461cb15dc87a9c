"""500 mutated submissions through the whole of ``batch``: ``python -m benchmarks.fuzz_batch [COUNT] [SEED]``.

Right answers of three cheap exercises as programs, notebooks and zips, each damaged in one or two of the ways
below, every tenth one honest; then every export. Exits with 1 when a command fails, anything is ungraded, a part
of the grader's own work goes over its limit, or an honest mark is not full.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.catalog import load_course
from grader.export import FORMATS
from grader.workflows.batch import read_entries

ROOT = Path(__file__).parent.parent
SLUGS = ("03_convolution", "04_vision_tasks", "05_cifar10_data")
HONEST_EVERY = 10
SLOW = 5
"""How many of the slowest are named."""

#: What a function gives back instead of its result.
ODD_VALUES = (
    "None", "float('nan')", "float('-inf')", "True", "10 ** 400", "-1", "''", "'\\ud800'", "[]", "[[]] * 3",
    "{}", "[float('nan')] * 4", "{float('nan'): {}}", "object()", "lambda: 0", "range(10 ** 9)", "iter(int, 1)",
    "b'x' * 99", "np.array([])", "np.zeros((0, 5))", "np.zeros((1, 1, 1, 1, 1))", "np.full((4, 4), np.nan)",
    "np.array(['x'])", "np.array([object()])", "np.zeros(3, 'M8[s]')", "np.zeros(2, [('a', 'f4')])",
    "np.float16(6e4) * 4", "np.ones((900, 900))", "np.array(1j)", "np.zeros(5, bool)",
    "np.arange(9) * 10 ** 17", "(np.zeros(3), None)", "{'count': 'many', 'per_class': []}",
    "{'count': -1, 'shape': [[]], 'dtype': {}, 'per_class': {None: 1e999}}", "[('a', 1)] * 2000",
    "type('T', (), {})()",
)  # fmt: skip
#: What is added to a program: it ends early, floods, forges, or damages what the probe works with.
SNIPPETS = (
    "import os; os._exit(0)", "raise SystemExit(0)", "raise KeyboardInterrupt", "print('x' * 3_000_000)",
    "1 / 0", "def broken(:\n    pass", "import numpy; numpy.ndarray = int", "import json; json.dumps = None",
    "del __name__", "import sys; sys.modules.clear()", "import sys; sys.setrecursionlimit(10)",
    "import builtins; builtins.len = lambda *_: 7",
    "open('/box/out/values.jsonl', 'ab').write(b'{\"name\": \"a\", \"value\": ' + b'[' * 200_000)",
    "open('/box/out/steps.jsonl', 'ab').write(b'{\"step\": \"x\", \"event\": \"end\", \"ok\": true}\\n' * 60_000)",
    "open('/box/out/conv2d.grey.npy', 'wb').write(b'\\x93NUMPY\\x01\\x00' + b'(' * 5000)",
    "for i in range(3000): open(f'/box/out/n{i}.npy', 'wb').close()",
    "import warnings; warnings.warn('\\u202e\\x1b[31m<script>' * 500)", "x = '\\udcff'",
    "'''" + "é" * 100_000 + "'''", "raise ExceptionGroup('many', [ValueError('\\x00' * 50_000)] * 40)",
    "class E(Exception):\n    __str__ = None\nraise E",
    "import threading; threading.Thread(target=print).start()", "import os; os.abort()",
    "from convolution import *",
)  # fmt: skip


def main() -> int:
    """Make the class, grade it, look at what came of it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        folder = Path(place)
        how = make_class(folder / "class", count, random.Random(seed))
        began = time.monotonic()
        done = grader("batch", folder / "class", "--out", folder / "out", "--lang", "en")
        faults = (
            [] if done.returncode == 0 else [f"batch: {done.returncode}: {(done.stdout + done.stderr)[-2000:]}"]
        )
        print(f"{count} mutated submissions, seed {seed}: {time.monotonic() - began:.0f} s")
        faults += look(folder / "out", how)
        for name, format in FORMATS.items():
            to = folder / name if format.kind == "folder" else folder / f"{name}.out"
            known = [f"{key}=x" for key in ("classroom", "assignment", "submission", "commit", "release")]
            meta = [part for one in known for part in ("--meta", one)] if name == "classroom50" else []
            done = grader("export", folder / "out", "--format", name, "--to", to, *meta)
            if done.returncode:
                faults.append(f"export {name}: {done.returncode}: {(done.stdout + done.stderr)[-1000:]}")
    print(f"faults: {len(faults)}")
    for fault in faults:
        print(" -", fault)
    return 1 if faults else 0


def grader(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",
    )


def look(out: Path, how: dict[str, str]) -> list[str]:
    """What should not be, of every student."""
    faults, statuses, seconds = [], Counter[str](), []
    found = {entry.student.id: entry.result for entry in read_entries(out)}
    faults += [f"{student} ({way}): no result" for student, way in how.items() if student not in found]
    for student, result in found.items():
        way = how.get(student, "?")
        statuses.update(exercise.status for exercise in result.exercises)
        seconds.append((sum(exercise.wall_seconds for exercise in result.exercises), student, way))
        details = " ".join(exercise.staff_detail for exercise in result.exercises)
        if result.points is None:
            faults.append(f"{student} ({way}): ungraded: {details[-1500:]}")
        notes = [note for exercise in result.exercises for note in exercise.notes if note.kind == "over_limit"]
        said = [*(note.text.en for note in notes), *(problem.message.en for problem in result.problems), details]
        faults += [f"{student} ({way}): {text}" for text in said if "exceeded its limit" in text]
        if way == "honest" and result.points != result.max_points:
            faults.append(f"{student}: honest, {result.points} of {result.max_points}")
    print("status:", ", ".join(f"{name} {number}" for name, number in sorted(statuses.items())))
    for taken, student, way in sorted(seconds, reverse=True)[:SLOW]:
        print(f"slowest: {student} ({way}): {taken:.1f} s in its run")
    return faults


def make_class(folder: Path, count: int, chance: random.Random) -> dict[str, str]:
    """Student -> what was done to their work."""
    course = load_course(None)
    how = {}
    for number in range(count):
        exercise = course[SLUGS[number % len(SLUGS)]]
        solutions = ROOT / "solutions" / exercise.id
        programs = [solutions / f"{exercise.file}.py", *sorted((solutions / "alternative").glob("*.py"))]
        student = f"s{number:04}"
        if number % HONEST_EVERY == 0:
            write(folder / student / f"{exercise.file}.py", programs[0].read_bytes())
            how[student] = "honest"
            continue
        data, name = chance.choice(programs).read_bytes(), f"{exercise.file}.py"
        ways = []
        for _ in range(chance.choice((1, 1, 2))):
            way = chance.choice(PROGRAM_WAYS)
            data = way(data, chance)
            ways.append(way.__name__)
        if chance.random() < 0.25:
            data, name = (
                as_notebook(data, exercise.public_dir / f"{exercise.file}.ipynb", chance),
                f"{exercise.file}.ipynb",
            )
            ways.append("notebook")
        if chance.random() < 0.2:
            data = as_zip(name, data, chance)
            write(folder / f"{student}.zip", data)
            ways.append("zip")
        else:
            write(folder / student / name, data)
        how[student] = ", ".join(ways)
    return how


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def flipped_bytes(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 30))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def moved_lines(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    for _ in range(chance.choice((1, 5))):
        line = lines.pop(chance.randrange(len(lines)))
        for _ in range(chance.choice((0, 1, 2, 500))):
            lines.insert(chance.randrange(len(lines) + 1), line)
    return b"\n".join(lines)


def other_numbers(data: bytes, chance: random.Random) -> bytes:
    for old, new in ((b"0", b"1"), (b"1", b"-1"), (b"2", b"0"), (b" + ", b" - "), (b"min", b"max"), (b"<", b">")):
        if chance.random() < 0.4:
            data = data.replace(old, new, chance.choice((1, 2, 100)))
    return data


def odd_value(data: bytes, chance: random.Random) -> bytes:
    """Every function, or one of them, gives back something that nobody expects."""
    lines = ["", "import numpy as np", "for _name, _old in list(globals().items()):"]
    lines += [f"    if callable(_old) and hash(_name) % {chance.choice((1, 2, 3))} == 0:"]
    lines += [f"        globals()[_name] = lambda *_, **__: {chance.choice(ODD_VALUES)}", ""]
    return data + "\n".join(lines).encode()


def snippet(data: bytes, chance: random.Random) -> bytes:
    added = b"\n" + chance.choice(SNIPPETS).encode("utf-8", "surrogatepass") + b"\n"
    return added + data if chance.random() < 0.3 else data + added


def other_encoding(data: bytes, chance: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    encoded: bytes = chance.choice(
        (
            lambda: b"\xef\xbb\xbf" + data,
            lambda: text.encode("utf-16"),
            lambda: text.encode("cp949", "replace"),
            lambda: text.replace("\n", "\r").encode(),
            lambda: text.replace(" ", "\u00a0").encode(),
            lambda: b"# coding: " + chance.choice((b"latin-1", b"hex", b"nothing")) + b"\n" + data,
            lambda: data + b"\n#" + b"x" * 3_000_000,
            lambda: data + b"\nx = " + b"-" * 3000 + b"1\n",
            lambda: data + b"\nx = " + b"(" * 300 + b")" * 300,
        )
    )()
    return encoded


PROGRAM_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    flipped_bytes,
    cut,
    moved_lines,
    other_numbers,
    odd_value,
    odd_value,
    snippet,
    snippet,
    other_encoding,
)


def as_notebook(program: bytes, given: Path, chance: random.Random) -> bytes:
    """The exercise's notebook with ``program`` in one cell, its JSON damaged or its cells odd."""
    notebook: dict[str, Any] = json.loads(given.read_text(encoding="utf-8"))
    source = program.decode("utf-8", "surrogateescape")
    cell: dict[str, Any] = {
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }
    cells = [*notebook["cells"], cell]
    odd: Any = chance.choice(
        (None, 7, "x", [], {}, {"cell_type": "code"}, {"cell_type": [], "source": {}}, float("nan"))
    )
    match chance.randrange(8):
        case 0:
            cells.insert(0, odd)
        case 1:
            cell["source"] = [*source.splitlines(keepends=True), odd]
        case 2:
            cell["outputs"] = [{"output_type": "stream", "text": ["y" * 400_000]}, odd]
        case 3:
            cell["metadata"] = {"tags": odd}
        case 4:
            cell["source"] = "%%bash\n" + source
        case 5:
            cell["source"] = "!ls\n%matplotlib inline\n?x\n" + source.replace("\n", "\n%time ", 3)
        case 6:
            cells = cells * 40
    notebook["cells"] = cells
    data = json.dumps(notebook).encode()
    return (
        cut(data, chance)
        if chance.random() < 0.1
        else flipped_bytes(data, chance)
        if chance.random() < 0.2
        else data
    )


def as_zip(name: str, data: bytes, chance: random.Random) -> bytes:
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
            archive.writestr(
                chance.choice((name, f"a/b/{name}", f"../{name}", f"__MACOSX/{name}", name.upper())), data
            )
            for number in range(chance.choice((0, 1, 2000))):
                archive.writestr(f"다른/{number}.txt", b"x" * number)
        file.seek(0)
        content = file.read()
    return flipped_bytes(content, chance) if chance.random() < 0.4 else content


if __name__ == "__main__":
    sys.exit(main())
