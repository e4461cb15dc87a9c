"""From a solution to a stub and a notebook."""

from __future__ import annotations

import ast
import json
from textwrap import dedent

import nbformat
import pytest

from grader.authoring import make_notebook, make_stub
from grader.authoring.notebook import split
from grader.authoring.stubs import without_markers
from grader.errors import CourseError

SOLUTION = dedent(
    '''
    """Areas."""

    import numpy as np

    ### BEGIN SOLUTION
    from math import prod

    SECRET = 4
    ### END SOLUTION

    ### BEGIN SOLUTION: NAMES = []
    NAMES = ["a", "b"]
    ### END SOLUTION


    def area(width, height):
        """Width times height."""
        width = float(width)
        ### BEGIN SOLUTION
        return prod([width, height])
        ### END SOLUTION


    class Shape:
        ### BEGIN SOLUTION: sides = None
        sides = 4
        ### END SOLUTION

        def perimeter(self):
            def inner():
                ### BEGIN SOLUTION
                return 4
                ### END SOLUTION

            return inner()
    '''
).lstrip()


def error(code: str) -> str:
    with pytest.raises(CourseError) as caught:
        make_stub(dedent(code), "area.py")
    return caught.value.text.en


def test_the_stub_keeps_everything_but_the_blocks() -> None:
    assert (
        make_stub(SOLUTION, "area.py")
        == dedent(
            '''
    """Areas."""

    import numpy as np

    NAMES = []


    def area(width, height):
        """Width times height."""
        width = float(width)
        raise NotImplementedError("area: 여기에 코드를 작성하세요 | write your code here")


    class Shape:
        sides = None

        def perimeter(self):
            def inner():
                raise NotImplementedError("inner: 여기에 코드를 작성하세요 | write your code here")

            return inner()
    '''
        ).lstrip()
    )


def test_no_word_of_the_solution_is_left() -> None:
    stub = make_stub(SOLUTION, "area.py")
    for word in ("SOLUTION", "SECRET", "prod", '"b"', "4"):
        assert word not in stub


def test_without_markers_it_is_the_solution() -> None:
    code = without_markers(SOLUTION)
    assert "###" not in code
    assert ast.dump(ast.parse(code)) == ast.dump(ast.parse(SOLUTION))


def test_markers_in_strings_are_text() -> None:
    text = 'TEXT = """\n### BEGIN SOLUTION\n"""\n\n\n'
    code = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n"
    assert make_stub(text + code, "f.py").startswith(text)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("x = 1\n", "its stub would be the solution itself"),
        (
            "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION\n",
            "area.py:2: BEGIN SOLUTION inside the block",
        ),
        ("x = 1\n### END SOLUTION\n", "area.py:2: END SOLUTION without BEGIN SOLUTION"),
        ("x = 1\n### BEGIN SOLUTION\ny = 2\n", "area.py:2: BEGIN SOLUTION without END SOLUTION"),
        ("### begin solution\nx = 1\n### END SOLUTION\n", "area.py:1: “### begin solution” is not a marker"),
        ("## BEGIN SOLUTION\nx = 1\n### END SOLUTION\n", "area.py:1: “## BEGIN SOLUTION” is not a marker"),
        ("### BEGIN SOLUTION\nx = 1\n### END SOLUTIONS\n", "area.py:3: “### END SOLUTIONS” is not a marker"),
        ("x = 1  ### BEGIN SOLUTION\n### END SOLUTION\n", "area.py:1: “### BEGIN SOLUTION” is not a marker"),
        (
            "def f():\n    ### BEGIN SOLUTION\n    return 1\n### END SOLUTION\n",
            "area.py:4: END SOLUTION is not indented like",
        ),
        ("class A:\n    ### BEGIN SOLUTION\n    x = 1\n    ### END SOLUTION\n", "area.py:2: outside a function"),
        (
            "x = [\n### BEGIN SOLUTION\n1,\n### END SOLUTION: 2\n]\n",
            "is not a marker",
        ),
        ("### BEGIN SOLUTION: x = (\nx = 1\n### END SOLUTION\n", "The stub of area.py is not valid Python"),
        ("def f(:\n    pass\n", "area.py:1 is not valid Python"),
    ],
)
def test_wrong_markers_are_named_with_their_line(code: str, message: str) -> None:
    assert message in error(code)


def cells(source: str) -> list[tuple[str, str]]:
    return list(split(source))


def test_every_definition_gets_a_cell_with_its_comments_and_decorators() -> None:
    source = dedent(
        """
        import math

        SIZE = 3


        # About f.
        # More about f.
        @math.cache
        def f():
            return 1
            # the end of f


        x = f()


        class C:
            pass


        def f():
            return 2
        """
    )
    assert [(name, code.splitlines()[0]) for name, code in cells(source)] == [
        ("setup", "import math"),
        ("f", "# About f."),
        ("setup", "x = f()"),
        ("C", "class C:"),
        ("f", "def f():"),
    ]
    assert cells(source)[1][1].endswith("# the end of f")
    joined = "\n".join(code for _, code in cells(source))
    assert ast.dump(ast.parse(joined)) == ast.dump(ast.parse(source))


def test_the_notebook_is_valid_and_as_jupyter_saves_it() -> None:
    text = make_notebook(make_stub(SOLUTION, "area.py"), "# 넓이\n\n설명\n", "# Area\n\nText\n")
    notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert nbformat.writes(notebook) + "\n" == text
    first, english, *code, scratch = notebook.cells
    assert first.source == "# 넓이\n\n설명"
    assert "# Area\n\nText" in english.source
    assert [cell.id for cell in code] == ["setup", "area", "Shape"]
    assert scratch.metadata.tags == ["scratch"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert ast.dump(ast.parse("\n".join(cell.source for cell in code))) == ast.dump(
        ast.parse(make_stub(SOLUTION, "area.py"))
    )


def test_cell_ids_are_unique_and_short() -> None:
    long = "a" * 100
    source = f"def {long}(): ...\ndef {long}b(): ...\ndef 넓이(): ...\ndef task(): ...\ndef scratch(): ...\n"
    notebook = json.loads(make_notebook(source, "#", "#"))
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(len(name) <= 64 for name in ids)
    nbformat.validate(nbformat.from_dict(notebook))


def test_the_same_source_makes_the_same_bytes() -> None:
    stub = make_stub(SOLUTION, "area.py")
    assert make_notebook(stub, "a", "b") == make_notebook(stub, "a", "b")
