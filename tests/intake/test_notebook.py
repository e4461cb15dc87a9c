"""Notebooks: which lines run, which are left out, and where each line came from."""

from __future__ import annotations

import ast
import json

import pytest

from grader.errors import FileError
from grader.intake.magics import python_cell, python_file
from grader.intake.notebook import Notebook, read_notebook
from grader.places import where
from grader.schema import Frame, SourceLine
from tests.conftest import ROOT
from tests.intake.conftest import Read, messages, notebook


def place_of(found: Notebook, text: str) -> SourceLine:
    return found.lines[found.code.split("\n").index(text)]


def run(found: Notebook) -> dict[str, object]:
    names: dict[str, object] = {}
    exec(compile(found.code, "test", "exec"), names)
    return names


def test_cells_in_order_with_a_place_for_every_line() -> None:
    markdown = {"cell_type": "markdown", "source": "# x = 3", "metadata": {}}
    found = read_notebook(notebook("x = 1\ny = 2", markdown, "", "z = x + y\n\nw = z"))
    assert run(found)["w"] == 3
    assert len(found.lines) == len(found.code.split("\n")) - 1
    assert place_of(found, "y = 2") == SourceLine(cell=1, line=2)
    assert place_of(found, "w = z") == SourceLine(cell=4, line=3)
    assert found.labels == {}
    assert found.notes == ()


def test_cells_are_named_by_the_number_that_stands_beside_them() -> None:
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": count}
        for source, count in (("a = 1", 7), ("b = 2", None), ("c = 3", 2), ("%time d = 4", 9), ("e = 5", 2))
    ]
    found = read_notebook(notebook({"cell_type": "markdown", "source": "# Title", "metadata": {}}, *cells))
    assert found.labels == {2: 7, 5: 9}, "2 stands beside two cells"
    assert place_of(found, "a = 1").cell == 2
    frame = Frame(file="x.ipynb", line=1, cell=2, label=found.labels[2])
    assert where(frame).en == "x.ipynb, cell [7], line 1"
    assert "3 from the top" in where(frame.model_copy(update={"cell": 3, "label": None})).en
    old = {"cell_type": "code", "input": "raise", "prompt_number": 4, "metadata": {"tags": ["scratch"]}}
    worksheets = [{"cells": [old]}]
    text = json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": worksheets})
    assert "left out: [4]" in read_notebook(text).notes[-1].en


def test_magics_shell_and_help_are_left_out_and_reported_once() -> None:
    found = read_notebook(
        notebook(
            "%matplotlib inline\n!pip install tensorflow \\\n  keras\nimport math\nmath.pi?\n"
            "?math\npip install numpy",
            "if True:\n    %load_ext x\n    a = 1\nfiles = !ls\nversion = %env HOME\nb = math.pi",
        )
    )
    names = run(found)
    assert names["a"] == 1
    assert names["files"] is None
    assert names["version"] is None
    assert place_of(found, "b = math.pi") == SourceLine(cell=2, line=6)
    (note,) = found.notes
    assert note.en.startswith("9 lines")
    assert "1:1, 1:2, 1:3, 1:5, 1:6, 1:7, 2:2, 2:4, …" in note.en


@pytest.mark.parametrize(
    "code",
    [
        "x = (17\n% 5)",
        "x = 17 \\\n% 5",
        'x = """\n%matplotlib inline\n!ls\nfoo?\n"""',
        "x = '''a\\'''\n%time\n'''",
        "x = [1,  # a bracket ( in a comment\n 2\n]",
        "x = 'it\\'s'\ny = 17 % 5",
        "x = '%d' % 3\nprint('a = %d' % x)",
        "x = 1 != 2\ny = x == (not x)",
        "x = {\n'a': '''}'''\n,\n'%': 5\n}",
        "x = 'a \\\n%b'",
    ],
)
def test_python_that_only_looks_like_a_magic_stays(code: str) -> None:
    cell = python_cell(code)
    assert "\n".join(cell.lines) == code
    assert cell.dropped == []


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("%%time\nx = 1", 1),
        ("\n%%capture output\nx = 1", 1),
        ("%%timeit -n 1\nx = 1", 1),
        ("%time x = 1", 1),
        ("for i in range(3):\n    %time x = i", 2),
        ("%timeit x = 1\nx = 4", 4),
        ("  x = 1\n  %time y = 2\n  x = x + y", 3),
        ("x = 1\n%%html", 1),
        ("x = 5\nx?", 5),
        ("x = 5\n%timeit -r 1 x", 5),
        ("try:\n    %tensorflow_version 2.x\nexcept Exception:\n    pass\nx = 1", 1),
    ],
)
def test_magics_that_run_python_keep_it(cell: str, value: object) -> None:
    assert run(read_notebook(notebook(cell)))["x"] == value


@pytest.mark.parametrize("magic", ["bash", "html", "writefile edges.py", "javascript", "R"])
def test_cells_in_another_language_are_left_out_whole(magic: str) -> None:
    found = read_notebook(notebook(f"%%{magic}\nx = 1; rm -rf /", "y = 2"))
    assert "x" not in run(found)
    assert place_of(found, "y = 2") == SourceLine(cell=2, line=1)
    assert f"1 (%%{magic.split()[0]})" in found.notes[0].en


@pytest.mark.parametrize("tag", ["scratch", "skip-grading"])
def test_tagged_cells_are_skipped_and_reported(tag: str) -> None:
    cell = {"cell_type": "code", "source": "raise SystemExit", "metadata": {"tags": [tag]}, "outputs": []}
    found = read_notebook(notebook("x = 1", cell))
    assert run(found)["x"] == 1
    assert found.notes[0].en.endswith("left out: 2")


def test_a_cell_that_does_not_end_does_not_swallow_the_next() -> None:
    found = read_notebook(notebook("x = 1 + \\", "2"))
    with pytest.raises(SyntaxError) as raised:
        ast.parse(found.code)
    assert raised.value.lineno is not None
    assert found.lines[raised.value.lineno - 1].cell == 1


def test_future_imports_may_follow_magics() -> None:
    found = read_notebook(notebook("%matplotlib inline", "from __future__ import annotations\nx = 1"))
    assert run(found)["x"] == 1


def test_other_line_separators_do_not_shift_lines() -> None:
    found = read_notebook(notebook("a = '\x0c\u2028'\nb = 1"))
    assert place_of(found, "b = 1") == SourceLine(cell=1, line=2)
    assert ast.parse(found.code).body[1].lineno == found.code.split("\n").index("b = 1") + 1


def test_old_notebooks_are_upgraded_with_a_note(read: Read) -> None:
    cell = {
        "cell_type": "code",
        "language": "python",
        "input": ["x = 1\n", "y = 2"],
        "outputs": [{"bad": 1}],
        "collapsed": False,
    }
    heading = {"cell_type": "heading", "level": 1, "source": "T", "metadata": {}}
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": [heading, cell], "metadata": {}}],
    }
    submission = read({"edges.ipynb": json.dumps(old)})
    source = submission.exercises[0].source
    assert source is not None
    assert source.code.startswith("x = 1\ny = 2\n")
    assert messages(submission) == [("note", "The notebook has the old format 3; it was read anyway.")]


def test_a_corrupt_notebook_names_line_and_column(read: Read) -> None:
    text = notebook("x = 1").replace("[", "[\n", 1)[:-30]
    submission = read({"edges.ipynb": text})
    assert submission.exercises[0].source is None
    ((severity, message),) = messages(submission)
    assert severity == "error"
    assert "line 2, column" in message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"cells": 3}',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"nbformat": 3, "worksheets": 5}',
        '{"nbformat": -1e999}',
        "9" * 10_000,
        '{"cells": [], "metadata": {"kernelspec": {"language": "R"}}}',
        '{"cells": [{"cell_type": "code", "source": "\\u0000"}]}',
    ],
)
def test_what_is_no_notebook(text: str) -> None:
    with pytest.raises(FileError):
        read_notebook(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"nbformat": 4, "cells": [5, null, {"cell_type": "code", "source": 5}]}',
        '{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["x", 3], "metadata": {"tags": 5}}]}',
        '{"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code"}, 5]}]}',
    ],
)
def test_odd_cells_are_no_reason_to_stop(text: str) -> None:
    assert isinstance(read_notebook(text), Notebook)


def test_lone_surrogates_do_not_break_what_follows(read: Read) -> None:
    submission = read(
        {"edges.ipynb": '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = \'\\ud800\'"}]}'}
    )
    submission.model_dump_json()


@pytest.mark.parametrize(
    "source",
    [
        "# scratch\nraise SystemExit",
        "\n#scratch\nx = 2",
        "## Skip-grading\nx = 2",
        "# SCRATCH:\nx = 2",
        "# scratch",
    ],
)
def test_cells_that_begin_with_the_comment_scratch_are_skipped_and_reported(source: str) -> None:
    found = read_notebook(notebook("x = 1", source))
    assert run(found)["x"] == 1
    assert found.notes[0].en.endswith("left out: 2")


@pytest.mark.parametrize(
    "source", ["# from scratch\nx = 2", "# scratch built\nx = 2", "x = 2  # scratch\n", "x = 2\n# scratch"]
)
def test_only_a_line_that_says_scratch_and_no_more_skips_a_cell(source: str) -> None:
    assert run(read_notebook(notebook("x = 1", source)))["x"] == 2


COLAB = '''# -*- coding: utf-8 -*-
"""edges.ipynb

Automatically generated by Colab.
"""

# Commented out IPython magic to ensure Python compatibility.
!pip install -q numpy \\
  scipy
# %matplotlib inline
%matplotlib inline
import math
files = !ls
if True:
    !nvidia-smi
math.pi?

text = """
!not a command
%d
"""

def solve():
    return 17 \\
% 5
'''


def test_a_script_saved_from_a_notebook_is_read_as_one(read: Read) -> None:
    submission = read({"edges.py": COLAB})
    source = submission.exercises[0].source
    assert source is not None
    names: dict[str, object] = {}
    exec(compile(source.code, "edges.py", "exec"), names)
    assert names["solve"]() == 2  # type: ignore[operator]
    assert names["text"] == "\n!not a command\n%d\n"
    assert source.code.count("\n") == COLAB.count("\n")
    assert ast.parse(source.code).body[-1].lineno == COLAB[: COLAB.index("def solve")].count("\n") + 1
    ((severity, text),) = messages(submission)
    assert severity == "note"
    assert text.startswith("6 lines")
    assert "lines 8, 9, 11, 13, 15, 16" in text


@pytest.mark.parametrize(
    "code",
    [
        "x = 1\n",
        "def f(a,\n      b):\n    return a % b\n",
        "x = '''\n%time\n!ls\n'''\n",
        "s = 'it\\'s' \\\n% ()\n",
        "y = [\n! 1\n]\n",
        "",
        "\n\n",
        "    indented = 1\n",
        "x = 'unclosed\ny = 2\n",
    ],
)
def test_a_script_without_magics_comes_back_letter_by_letter(read: Read, code: str) -> None:
    submission = read({"edges.py": code})
    source = submission.exercises[0].source
    assert source is not None
    assert source.code == code
    assert messages(submission) == []


@pytest.mark.parametrize("folder", ["grader", "solutions", "exercises"])
def test_no_program_of_ours_is_taken_for_a_notebook(folder: str) -> None:
    for path in sorted((ROOT / folder).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert python_file(text).lines == text.split("\n"), path


def test_half_a_character_in_names_tags_and_texts_is_no_reason_to_stop(read: Read) -> None:
    text = json.dumps(
        {
            "nbformat": 4,
            "cells": [
                {"cell_type": "code", "source": ["x = '\udcff'\n"], "metadata": {"tags": ["\ud800"]}},
                {"cell_type": "markdown", "source": "\udfff", "metadata": {}},
            ],
            "\ud800": "\ud800",
        }
    )
    submission = read({"edges.ipynb": text, "\udcff.py": "x"})
    assert submission.exercises[0].source is not None
    submission.model_dump_json().encode()
