"""What must hold of every answer that ships with an exercise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.authoring import Declaration, validate
from grader.authoring.validation import judge_right, judge_stub, judge_wrong
from grader.errors import GraderError
from grader.i18n import both
from grader.schema import Course, Diagnosis, Exercise, ExerciseResult, Text
from grader.schema.course import InspectPlan
from tests.authoring.conftest import SLUG, check, result

Judge = Callable[[ExerciseResult], ExerciseResult]


def english(texts: object) -> list[str]:
    return [text.en for text in texts]  # type: ignore[attr-defined]


# One result at a time.


def test_a_stub_that_gets_nothing_and_says_why_is_right() -> None:
    assert not list(judge_stub(result([check("a", "failed"), check("b", "skipped")])))
    assert not list(judge_stub(result([check("a", "failed")], status="error")))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (result([check("a", "passed"), check("b", "failed")]), "a: passed, although nothing is written yet."),
        (result([check("a", "passed")]), "The stub gets 1 points"),
        (result([check("a", "failed", message="")]), "a: failed without a message"),
        (result([check("a", "failed")], status="timeout"), "The status is timeout, not graded."),
        (
            result([check("a", "ungraded")], status="ungraded", staff_detail="broken"),
            "ungraded, not graded. broken",
        ),
        (result([]), "No check was made."),
    ],
)
def test_a_stub_that_does_not(made: ExerciseResult, words: str) -> None:
    assert any(words in text for text in english(judge_stub(made)))


DICE = Diagnosis(id="dice", text=Text(ko="다이스", en="Dice"), checks=("a",), whole=True)


def test_a_right_answer_passes_everything_for_all_points() -> None:
    assert not list(judge_right(result([check("a", "passed", 2), check("b", "passed", 3)]), 5))


@pytest.mark.parametrize(
    ("made", "points", "words"),
    [
        (result([check("a", "passed", 2)]), 5, "It gets 2 of 2 points; exercise.toml says 5."),
        (result([check("a", "failed", 5)]), 5, "a: failed, not passed. what is wrong"),
        (result([check("a", "failed", 0)]), 0, "a: failed, not passed."),
        (
            result([check("a", "passed", 5)]).model_copy(update={"diagnoses": (DICE,)}),
            5,
            "explained by the wrong answer dice",
        ),
        (result([check("a", "passed", 5)], status="error"), 5, "The status is error, not graded."),
        (result([check("a", "ungraded", 5)], status="ungraded"), 5, "a: ungraded, not passed."),
    ],
)
def test_a_right_answer_that_does_not(made: ExerciseResult, points: int, words: str) -> None:
    assert any(words in text for text in english(judge_right(made, points)))


WRONG = result([check("a", "failed", message="Too Dark by 3"), check("b", "skipped"), check("c", "passed")])


def test_a_wrong_answer_gets_exactly_what_is_declared() -> None:
    declared = Declaration(failed=("a",), skipped=("b",), messages={"a": ("too dark", "3")})
    assert not list(judge_wrong(WRONG, declared))


@pytest.mark.parametrize(
    ("declared", "problems"),
    [
        (Declaration(failed=("a",)), ["b: skipped, not passed. "]),
        (Declaration(failed=("a", "c"), skipped=("b",)), ["c: passed, not failed. "]),
        (Declaration(skipped=("a", "b")), ["a: failed, not skipped. Too Dark by 3"]),
        (Declaration(failed=("a", "z"), skipped=("b",)), ["z: there is no such check."]),
        (
            Declaration(failed=("a",), skipped=("b",), messages={"a": "too bright"}),
            ["a: “too bright” is not in what it says: Too Dark by 3"],
        ),
        (
            Declaration(status="timeout", failed=("a",), skipped=("b",), message="too long"),
            ["The status is graded, not timeout. ", "“too long” is not in the exercise's message: "],
        ),
    ],
)
def test_a_wrong_answer_that_does_not(declared: Declaration, problems: list[str]) -> None:
    assert english(judge_wrong(WRONG, declared)) == problems


def test_words_may_stand_in_expected_actual_and_hint() -> None:
    one = check("a", "failed").model_copy(
        update={name: Text(ko="", en=f"the {name}") for name in ("expected", "actual", "hint")}
    )
    declared = Declaration(failed=("a",), messages={"a": ("the expected", "the actual", "the hint")})
    assert not list(judge_wrong(result([one]), declared))


# The whole exercise, with a grader that knows its answers by their text.


class Grader:
    """Gives right answers full marks, and lets one of them be judged differently."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.instead: dict[str, ExerciseResult] = {}

    def __call__(self, exercise: Exercise, path: Path) -> ExerciseResult:
        text = path.read_text(encoding="utf-8")
        self.seen.append((path.name, text))
        assert [p.name for p in path.parent.iterdir()] == [path.name], "neighbours could be found, too"
        for words, made in self.instead.items():
            if words in text:
                return made
        if "NotImplementedError" in text:
            return self.made("failed", "skipped", "skipped")
        if "return 6 if" in text:
            return self.made("passed", "passed", "failed", "7")
        if "image >= 128" in text:
            return self.made("passed", "failed", "skipped", "the argument threshold")
        if any(w in text for w in ("image > threshold", ".sum())", "image[0]", "print(")) and "###" not in text:
            return self.made(
                "failed",
                "skipped",
                "skipped",
                "equal to the threshold counts too 1020 count in all rows count_bright",
            )
        return self.made("passed", "passed", "passed")

    @staticmethod
    def made(first: str, second: str, third: str, message: str = "what is wrong") -> ExerciseResult:
        return result(
            [
                check("bright_pixels", first, 2, message),
                check("own_threshold", second, 1, message),
                check("hidden_images", third, 2, message),
            ]
        )


@pytest.fixture
def grader() -> Grader:
    return Grader()


def problems(course: Course, grader: Grader) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in validate(course, grader):
        assert finding.exercise == SLUG
        found.setdefault(finding.subject, []).append(finding.problem.en)
    return found


def test_everything_is_graded_once_under_the_declared_name(course: Course, grader: Grader) -> None:
    assert problems(course, grader) == {}
    names = [name for name, _ in grader.seen]
    assert names.count("my_topic.ipynb") == 2
    assert names.count("my_topic.py") == 2 + 3 + 4
    assert not any("BEGIN SOLUTION" in text for _, text in grader.seen)


def test_a_stub_that_passes_is_found_in_both_forms(course: Course, grader: Grader) -> None:
    grader.instead["NotImplementedError"] = grader.made("passed", "passed", "passed")
    found = problems(course, grader)
    assert set(found) == {f"exercises/{SLUG}/my_topic.py", f"exercises/{SLUG}/my_topic.ipynb"}


def test_a_missing_stub_is_found(course: Course, root: Path, grader: Grader) -> None:
    (root / f"exercises/{SLUG}/my_topic.ipynb").unlink()
    assert problems(course, grader) == {
        f"exercises/{SLUG}/my_topic.ipynb": [f"exercises/{SLUG}/my_topic.ipynb is missing."]
    }


def test_a_notebook_with_other_marks_than_the_file_is_found(course: Course, grader: Grader) -> None:
    def grade(exercise: Exercise, path: Path) -> ExerciseResult:
        made = grader(exercise, path)
        solved = path.suffix == ".ipynb" and made.points
        return grader.made("passed", "failed", "passed") if solved else made

    (subject,) = {finding.subject for finding in validate(course, grade)}
    assert subject == f"solutions/{SLUG}/my_topic.py (.ipynb)"
    texts = [finding.problem.en for finding in validate(course, grade)]
    assert "own_threshold: the notebook gets other marks than the file." in texts


def test_a_network_is_trained_as_a_file_and_not_again_as_a_notebook(course: Course, grader: Grader) -> None:
    """Without training nothing of it fails either, and the notebook gets what the file does."""
    seen: list[str] = []

    def untrained(exercise: Exercise, path: Path) -> ExerciseResult:
        seen.append(path.name)
        return grader.made("passed", "skipped", "skipped" if path.suffix == ".py" else "failed")

    (exercise,) = course.exercises
    with_network = exercise.model_copy(update={"inspect": {"trained": InspectPlan()}})
    found = validate(course.model_copy(update={"exercises": (with_network,)}), grader, untrained=untrained)
    assert [finding.problem.en.partition(":")[0] for finding in found] == ["hidden_images"] * 2
    assert seen == ["my_topic.py", "my_topic.ipynb"]
    brief = validate(course, grader, brief=True, untrained=untrained)
    assert (brief, len(seen)) == ([], 2), "there is no network to train"


def test_an_alternative_that_fails_is_found(course: Course, grader: Grader) -> None:
    grader.instead["for row in image"] = grader.made("failed", "skipped", "skipped")
    assert list(problems(course, grader)) == [f"solutions/{SLUG}/alternative/loops.py"]


def test_a_wrong_answer_that_passes_is_found(course: Course, grader: Grader) -> None:
    grader.instead["return 6 if"] = grader.made("passed", "passed", "passed")
    assert problems(course, grader) == {
        f"solutions/{SLUG}/wrong/memorised.toml": [
            "hidden_images: passed, not failed. ",
            "hidden_images: “7” is not in what it says: ",
        ]
    }


def test_a_wrong_answer_without_a_declaration_is_found(course: Course, root: Path, grader: Grader) -> None:
    (root / f"solutions/{SLUG}/wrong/memorised.toml").unlink()
    assert list(problems(course, grader)) == [f"solutions/{SLUG}/wrong/memorised.py"]


def test_a_known_error_of_the_grader_is_a_finding_and_an_unknown_one_is_not_hidden(course: Course) -> None:
    def refuse(exercise: Exercise, path: Path) -> ExerciseResult:
        raise GraderError(both("The file is too large."))

    assert len(validate(course, refuse)) == 2 + 2 + 3 + 4
    assert "cannot be graded: The file is too large." in validate(course, refuse)[0].problem.en

    def crash(exercise: Exercise, path: Path) -> ExerciseResult:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError):
        validate(course, crash)


def test_only_the_exercises_asked_for_are_graded(course: Course, grader: Grader) -> None:
    assert validate(course, grader, ids=["99_other"]) == []
    assert grader.seen == []
