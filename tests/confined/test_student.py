"""What the student's process does with modules and probes of every kind."""

from __future__ import annotations

import numpy as np
import pytest

from tests.confined.conftest import Run

SOLVE = """
def probe(student, inputs, evidence):
    with evidence.step('solve'):
        evidence.array('solve', student.solve())
"""


def test_a_good_run_leaves_arrays_values_and_ended_steps(run: Run) -> None:
    ran = run(
        "import types\nimport pandas as pd\nNAMES = ('a', 'b')\nCOUNTS = types.MappingProxyType({0: 2})\n"
        "COLUMN, INDEX = pd.Series(NAMES, index=[3, 4]), pd.Index(NAMES)\n"
        "IDS, KEYS = range(2), {'a': 1, 'b': 2}.keys()\n"
        "def solve(x):\n    x += 1\n    return x",
        """
def probe(student, inputs, evidence):
    for name, x in inputs.group("solve"):
        with evidence.step(name) as step:
            evidence.array(name, student.solve(x))
        assert step.ok
    with evidence.step("again"):
        evidence.array("again", inputs["solve.2"])
        evidence.value("facts", {"names": student.NAMES, 1: inputs.seed, "all": list(inputs.arrays),
                                 "has": "solve.2" in inputs, "epochs": inputs.epochs, "nan": float("nan")})
        evidence.value("kinds", [student.COUNTS, student.COLUMN, student.INDEX, student.IDS, student.KEYS])
""",
        arrays={f"{p}solve.{n}": np.arange(3, dtype="float32") for p in ("", "hidden.") for n in (10, 2)},
        epochs=3,
    )
    assert (ran.code, ran.stderr) == (0, "")
    assert [(r["step"], r["event"]) for r in ran.records[2::2]] == [
        (name, "begin") for name in ("solve.2", "solve.10", "hidden.solve.2", "hidden.solve.10", "again")
    ]
    assert ran.array("solve.2").tolist() == [1, 2, 3]
    assert ran.array("solve.2").dtype == np.float32
    assert ran.array("again").tolist() == [0, 1, 2], "a change in place must not reach the next look"
    assert ran.values == {
        "facts": {
            "names": ["a", "b"],
            "1": 7,
            "all": ["hidden.solve.2", "hidden.solve.10", "solve.2", "solve.10"],
            "has": True,
            "epochs": 3,
            "nan": None,
        },
        "kinds": [{"0": 2}, ["a", "b"], ["a", "b"], [0, 1], ["a", "b"]],
    }


def test_the_main_block_does_not_run(run: Run) -> None:
    ran = run("def solve(): return __name__ == 'edges'\nif __name__ == '__main__':\n    raise SystemExit", SOLVE)
    assert ran.array("solve") == np.array(True)


@pytest.mark.parametrize(
    ("code", "line", "column"),
    [
        ("x = 1\ndef solve(:\n  pass", 2, 11),
        ("def solve():\n    return (1", 2, 12),
        ("x = 'a", 1, 5),
        ("\tx\n y", 1, None),
    ],
)
def test_syntax_errors_have_line_and_column(run: Run, code: str, line: int, column: int | None) -> None:
    ran = run(code, SOLVE)
    error = ran.error("import")
    assert error["kind"] == "syntax"
    assert error["frames"][0]["line"] == line
    assert error["frames"][0]["file"] == "edges.py"
    assert error["frames"][0]["text"] == code.split("\n")[line - 1].rstrip()
    if column:
        assert error["column"] == column
    assert len(ran.records) == 2, "the probe does not run"
    assert ran.code == 0


def test_an_error_while_importing_shows_the_students_line_only(run: Run) -> None:
    error = run("import json\n\njson.loads('{')", SOLVE).error("import")
    assert (error["kind"], error["type"]) == ("exception", "JSONDecodeError")
    assert [(f["line"], f["text"]) for f in error["frames"]] == [(3, "json.loads('{')")]


def test_frames_are_innermost_last_and_bounded(run: Run) -> None:
    frames = run("def f(n):\n    return f(n + 1)\ndef solve():\n    return f(0)", SOLVE).error("solve")["frames"]
    assert len(frames) == 20
    assert frames[-1]["function"] == "f"


@pytest.mark.parametrize(
    ("body", "kind", "name"),
    [
        ("raise NotImplementedError", "not_implemented", "solve"),
        ("raise SystemExit(0)", "exit", ""),
        ("quit()", "exit", ""),
        ("raise KeyboardInterrupt", "exception", ""),
        ("return 1 / 0", "exception", ""),
        ("return None", "bad_return", "solve"),
    ],
)
def test_kinds_of_errors(run: Run, body: str, kind: str, name: str) -> None:
    ran = run(f"def solve():\n    {body}", SOLVE)
    error = ran.error("solve")
    assert (error["kind"], error.get("name", "")) == (kind, name)
    assert ran.code == 0


def test_a_missing_function_names_what_was_probably_meant(run: Run) -> None:
    assert run("def Solve(): pass", SOLVE).error("solve") == {
        "kind": "missing_function",
        "name": "solve",
        "near": "Solve",
    }


def test_optional_names_can_be_asked_for(run: Run) -> None:
    ran = run(
        "A = 1", "def probe(s, i, e):\n    with e.step('x'): e.value('x', [hasattr(s, 'A'), getattr(s, 'B', 5)])"
    )
    assert ran.values == {"x": [True, 5]}


def test_the_probe_goes_on_after_a_failed_step(run: Run) -> None:
    probe = "def probe(s, i, e):\n  for n in ('bad', 'good'):\n    with e.step(n): e.value(n, getattr(s, n)())"
    ran = run("def bad(): raise ValueError('no')\ndef good(): return 1", probe)
    assert (ran.end("bad")["ok"], ran.end("good")["ok"], ran.values) == (False, True, {"good": 1})


def test_a_killed_run_leaves_what_was_done_and_an_open_step(run: Run) -> None:
    ran = run(
        "import os\ndef one(): return 1\ndef two(): os._exit(0)",
        """
def probe(s, i, e):
    with e.step('one'): e.array('one', s.one())
    with e.step('two'): e.array('two', s.two())
""",
    )
    assert ran.records[-1] == {"step": "two", "event": "begin"}
    assert ran.array("one") == 1


def test_what_notebooks_take_for_granted(run: Run) -> None:
    ran = run(
        """
from IPython.display import display as show, Image, HTML
from google.colab import drive, files
import google.colab.patches
drive.mount("/content/drive")
get_ipython().run_line_magic("matplotlib", "inline")
display(show(HTML("<b>")), 3)
import matplotlib.pyplot as plt
plt.plot([1, 2]); plt.show()
def solve(): return 1
""",
        SOLVE,
        name="edges.ipynb",
    )
    assert ran.end("import")["ok"], ran.records
    assert ran.array("solve") == 1


def test_input_fails_with_a_reason(run: Run) -> None:
    error = run("def solve(): return input('? ')", SOLVE).error("solve")
    assert error["type"] == "InputNotAvailable"
    assert "keyboard" in error["message"]
    assert error["kind"] == "input"


def test_tracebacks_and_inspect_know_the_students_text(run: Run) -> None:
    ran = run("import inspect\ndef f():\n    return 5\ndef solve(): return len(inspect.getsource(f))", SOLVE)
    assert ran.array("solve") == len("def f():\n    return 5\n")


def test_a_fault_of_the_probe_escapes_and_is_noted(run: Run) -> None:
    ran = run("def solve(): return 1", "def probe(s, i, e):\n    undefined_name")
    assert ran.code == 1
    assert "undefined_name" in ran.stderr
    assert ran.records[-1]["fault"].startswith("NameError")


@pytest.mark.parametrize("wrong", ["e.array('a/b', 1)", "e.step('')", "i.path('nothing')"])
def test_wrong_use_of_the_tools_is_a_fault_even_in_a_step(run: Run, wrong: str) -> None:
    ran = run("", f"def probe(s, i, e):\n  with e.step('x'):\n    {wrong}")
    assert ran.code == 1
    assert "fault" in ran.records[-1]


def test_student_errors_outside_of_steps_are_the_students(run: Run) -> None:
    ran = run("def solve(): return 1 / 0", "def probe(s, i, e):\n    s.solve()")
    assert ran.code == 0
    assert ran.error("probe")["type"] == "ZeroDivisionError"


def test_hostile_objects_are_bad_returns_and_nothing_worse(run: Run) -> None:
    student = """
import numpy as np
class Liar:
    __class__ = property(lambda self: np.ndarray)
    __eq__ = __bool__ = __len__ = __iter__ = __array__ = __repr__ = __str__ = None
    def __getattr__(self, name): raise SystemError(name)
class Mean(Exception):
    def __str__(self): raise KeyboardInterrupt
class Text(str):
    def __len__(self): return 10**9
class Many(list):
    def __iter__(self): raise OSError
def liar(): return Liar()
def mean(): raise Mean
def text(): return Text("a")
def objects():
    array = np.empty(1, object)
    array[0] = Liar()
    return array
def ragged(): return [[1], [1, 2]]
def words(): return np.array(["a"])
def many(): return Many([None])
def huge(): return 10 ** 100
def imaginary(): return np.zeros(3, complex)
def big(): return np.zeros(200_000_000, bool)
"""
    names = ["liar", "mean", "text", "objects", "ragged", "words", "many", "huge", "imaginary", "big"]
    ran = run(
        student, f"def probe(s, i, e):\n  for n in {names}:\n    with e.step(n): e.array(n, getattr(s, n)())"
    )
    assert ran.code == 0, ran.stderr
    kinds = {name: ran.error(name)["kind"] for name in names}
    assert kinds == dict.fromkeys(names, "bad_return") | {"mean": "exception"}
    assert ran.error("liar")["actual"] == {"kind": "object", "name": "Liar"}
    assert ran.error("ragged")["actual"] == {"kind": "ragged", "name": "list", "count": 2}
    assert ran.error("imaginary")["actual"] == {"kind": "array", "shape": [3], "dtype": "complex128"}
    assert ran.error("objects")["actual"] == {"kind": "array", "shape": [1], "dtype": "object"}


@pytest.mark.parametrize(
    ("expression", "dtype", "shape"),
    [
        ("[1, 2]", "int64", (2,)),
        ("True", "bool", ()),
        ("np.float16(1)", "float16", ()),
        ("np.arange(6).reshape(2, 3).T", "int64", (3, 2)),
        ("np.ma.array([1.0, 2.0], mask=[0, 1])", "float64", (2,)),
        ("np.arange(3, dtype='>i4')", "int32", (3,)),
        ("np.zeros((0, 4), np.longdouble)", "float64", (0, 4)),
        ("[(np.float32(1), 2)]", "float64", (1, 2)),
    ],
)
def test_numbers_in_any_form_become_arrays(run: Run, expression: str, dtype: str, shape: tuple[int, ...]) -> None:
    array = run(f"import numpy as np\ndef solve(): return {expression}", SOLVE).array("solve")
    assert (array.dtype.name, array.shape) == (dtype, shape)
    assert array.flags.c_contiguous


def test_require_and_values_fail_in_plain_words(run: Run) -> None:
    ran = run(
        "def solve(): return {'a': object()}",
        """
def probe(s, i, e):
    with e.step("require"): e.require(False, expected="a list", actual=s.solve(), name="solve")
    with e.step("value"): e.value("v", s.solve())
    loop = []; loop.append(loop)
    with e.step("loop"): e.value("loop", loop)
""",
    )
    assert ran.error("require") == {
        "kind": "bad_return",
        "name": "solve",
        "expected": {"kind": "words", "ko": "a list", "en": "a list"},
        "actual": {"kind": "dict", "count": 1},
    }
    assert ran.error("value")["actual"] == {"kind": "object", "name": "object"}
    assert ran.error("loop")["kind"] == "bad_return"


def test_files_are_keras_files_and_plain(run: Run) -> None:
    ran = run(
        "def save(p):\n    open(p, 'wb').write(b'PK')",
        """
import os
def probe(s, i, e):
    with e.step("good"):
        s.save(i.work / "m.keras")
        e.file("good", i.work / "m.keras")
    with e.step("given"): e.value("given", i.path("given.keras").read_bytes().decode())
    with e.step("none"): e.file("none", i.work / "other.keras")
    with e.step("kind"): s.save("x.h5"); e.file("kind", "x.h5")
    os.mkdir("d.keras")
    with e.step("folder"): e.file("folder", "d.keras")
    with e.step("number"): e.file("number", 5)
""",
        files={"given.keras": b"hello"},
    )
    assert (ran.out / "good.keras").read_bytes() == b"PK"
    assert ran.values == {"given": "hello"}
    actual = {name: ran.error(name)["actual"] for name in ("none", "kind", "folder", "number")}
    assert actual == {
        "none": {"kind": "no_file"},
        "kind": {"kind": "text", "name": "x.h5"},
        "folder": {"kind": "folder"},
        "number": {"kind": "number", "name": "5"},
    }
    assert [p.name for p in ran.out.glob("*.keras")] == ["good.keras"]


def test_one_keras_model(run: Run) -> None:
    ran = run(
        """
import keras
def build():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
def layer(): return keras.layers.Dense(1)
def deep():
    return keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Conv2D(1, 5)])
def tensor(): return build()(keras.ops.ones((1, 4)))
def symbolic(): return keras.Input((3,))
""",
        """
def probe(s, i, e):
    for name in ("build", "layer", "deep"):
        with e.step(name): e.model(name, getattr(s, name)())
    for name in ("tensor", "symbolic"):
        with e.step(name): e.array(name, getattr(s, name)())
""",
    )
    assert ran.code == 0, ran.stderr
    assert (ran.out / "build.keras").read_bytes()[:2] == b"PK"
    assert ran.error("layer")["actual"] == {"kind": "layer", "name": "Dense"}
    deep = ran.error("deep")
    assert deep["type"] == "ValueError"
    assert len(deep["message"]) <= 2000
    assert "\x1b" not in deep["message"]
    assert deep["frames"][-1]["function"] == "deep"
    assert ran.array("tensor").shape == (1, 2)
    assert ran.error("symbolic")["actual"] == {"kind": "symbolic_tensor", "shape": [None, 3], "dtype": "float32"}


def test_a_statement_that_fails_does_not_take_the_rest(run: Run) -> None:
    ran = run(
        """from __future__ import annotations
"text"
open("C:/fonts/malgun.ttf").read(); after = 1
import nothing_like_it as np
@np.cache
def other(): return 1
raise SystemExit("done")
def solve(x: undefined_is_fine = 1): return after
number = int(input("? "))
""",
        SOLVE,
    )
    assert ran.end("import")["ok"], ran.records
    assert ran.array("solve") == 1
    notes = [record["top_level"] for record in ran.records if "top_level" in record]
    assert [(n["kind"], n["frames"][0]["line"], n["binds"]) for n in notes] == [
        ("exception", 3, []),
        ("missing_module", 4, ["np"]),
        ("exception", 5, ["other"]),
        ("exit", 7, []),
        ("input", 9, ["number"]),
    ]
    assert notes[2]["unknown"] == "np"


def test_a_file_that_never_ends_to_fail_is_left_in_time(run: Run) -> None:
    ran = run("1 / 0\n" * 3000 + "def solve(): return 1", SOLVE)
    assert not ran.end("import")["ok"]
    assert len(ran.records) < 100


def test_given_files_lie_beside_the_students_own(run: Run) -> None:
    ran = run(
        "data = open('given.keras').read()\ndef solve(): return len(data)", SOLVE, files={"given.keras": b"12345"}
    )
    assert ran.array("solve") == 5


def test_a_function_that_a_variable_took_the_name_of(run: Run) -> None:
    error = run("def solve(): return 1\nsolve = solve()\n", SOLVE).error("solve")
    assert (error["kind"], error["name"], error["frames"][0]["line"]) == ("overwritten", "solve", 2)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("import urllib.request; urllib.request.urlopen('http://192.0.2.1:9/', timeout=0.01)", "network"),
        ("import urllib.error\n    raise Exception('x') from urllib.error.URLError('y')", "network"),
        ("import argparse; p = argparse.ArgumentParser(); p.add_argument('f'); p.parse_args()", "arguments"),
    ],
)
def test_what_a_grading_run_lacks_is_named(run: Run, body: str, kind: str) -> None:
    assert run(f"def solve():\n    {body}", SOLVE).error("solve")["kind"] == kind


def test_the_cause_of_a_graph_error_is_at_its_end(run: Run) -> None:
    message = (
        "Graph execution error:\\n\\nDetected at node sparse/equal defined at (most recent call last):\\n"
        + '  File \\"a.py\\", line 3, in f\\n\\n  File \\"b.py\\", line 4, in g\\n\\n' * 200
        + "Received a label value of 10 which is outside the valid range of [0, 10).  Label values: 3 10\\n"
        "\\t [[{{node sparse/equal}}]] [Op:__inference_step_12]"
    )
    said = run(f'def solve(): raise ValueError("{message}")', SOLVE).error("solve")["message"]
    assert said == "Received a label value of 10 which is outside the valid range of [0, 10).  Label values: 3 10"


def test_stand_ins_work_wherever_they_are_used(run: Run) -> None:
    ran = run(
        """
from ipywidgets import HBox, interact, IntSlider, Output
import google.colab as colab
class Box(HBox):
    def __init__(self, n): super().__init__(children=[n]); self.n = n
@interact(x=IntSlider(min=0, max=3))
def shown(x): return x
@colab.register
def solve():
    box = Box(3)
    text = "/content/" + colab.paths.folder + f"{box.title_text}" + "".join([colab.a.b])
    with Output() as out: number = int(out) + float(out.value) + out.size + 2
    for step in colab.steps: number += 1
    assert not isinstance(3, HBox) and shown(4) == 4 and text == "/content/"
    return number + (box.n if IntSlider() < 3 else 1)
""",
        SOLVE,
    )
    assert ran.end("solve")["ok"], ran.records
    assert ran.array("solve") == 3
    assert "top_level" not in str(ran.records)


def test_messages_show_the_word_of_the_notebook(run: Run) -> None:
    ran = run(
        "from google.colab import drive\ndef solve(): return {drive: drive.path.no_such()(), 1: drive.x}", SOLVE
    )
    assert "Quiet" not in str(ran.records)
    assert not ran.end("solve")["ok"]
