"""What failed outside of functions, and what follows from it, as a student reads it."""

from __future__ import annotations

from typing import Any

from grader.schema import Frame, Step, StepError


def error(kind: str = "exception", line: int = 3, **fields: Any) -> StepError:
    return StepError(kind=kind, frames=(Frame(file="small.py", line=line),), **fields)


def noted(bench: Any, *top_level: StepError, **fields: Any) -> list[str]:
    facts = bench.facts(top_level=top_level, **fields)
    test = "def test_it(facts): assert True"
    return [problem.message.en for problem in bench.award(bench.exercise(test), facts).problems]


def test_a_failed_line_is_a_note_with_its_line_and_what_to_do(bench: Any) -> None:
    (text,) = noted(bench, error(type="FileNotFoundError", message="No such file: 'fox.jpg'"))
    assert text.startswith("Line 3: ")
    assert "__main__" in text
    assert "are not there while your code is graded" in text
    assert "fox.jpg" in text
    (text,) = noted(bench, error("network", type="URLError", message="no"))
    assert "There is no network" in text
    cell = StepError(kind="input", frames=(Frame(file="small.ipynb", line=2, cell=5, label=3),))
    (text,) = noted(bench, cell)
    assert text.startswith("In cell [3], line 2: ")
    assert "`scratch`" in text
    assert "keyboard" in text


def test_what_follows_from_another_failure_is_not_told_twice_and_names_the_first(bench: Any) -> None:
    first = error(
        "missing_module", 1, type="ModuleNotFoundError", message="No module named 'xy'", name="xy", binds=("xy",)
    )
    second = error(line=4, type="NameError", message="name 'xy' is not defined", unknown="xy", binds=("data",))
    assert len(noted(bench, first, second)) == 1
    late = Step(name="build", status="failed", error=error(line=9, type="NameError", unknown="data"))
    check = bench.check("facts.step('build')", bench.facts(top_level=(first, second), steps=(late,)))
    assert "small.py, line 1" in check.message.en
    assert "No module named 'xy'" in check.message.en
    lost = Step(name="build", status="failed", error=StepError(kind="missing_function", name="data"))
    check = bench.check("facts.step('build')", bench.facts(top_level=(first, second), steps=(lost,)))
    assert "small.py, line 1" in check.message.en


def test_no_name_of_evidence_is_shown(bench: Any) -> None:
    step = Step(name="hidden.build.case_7", status="failed", error=error(type="ValueError", message="bad"))
    returned = step.model_copy(update={"error": error("bad_return", name="hidden.build.case_7")})
    for facts in (bench.facts(steps=(step,)), bench.facts(steps=(returned,)), bench.facts()):
        check = bench.check("facts.array('hidden.build.case_7')", facts)
        assert "case_7" not in check.message.en + check.message.ko
