"""What is found in a course's content without grading anything."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.authoring import lint
from grader.award import list_checks
from grader.catalog import load_course, make_inputs
from tests.authoring.conftest import SLUG

PUBLIC, STAFF, ANSWERS = f"exercises/{SLUG}", f"reference/{SLUG}", f"solutions/{SLUG}"


def found(root: Path) -> list[tuple[str, str]]:
    course = load_course(root)
    findings = lint(course, list_checks=list_checks, make_inputs=lambda e: make_inputs(e, staff=True))
    assert all(finding.problem.ko for finding in findings)
    return [(finding.subject, finding.problem.en) for finding in findings]


@pytest.fixture
def edit(root: Path) -> Callable[[str, str, str], None]:
    def change(name: str, old: str, new: str) -> None:
        path = root / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change


Edit = Callable[[str, str, str], None]

#: file, old, new -> where it is found, and the words.
CHANGES = [
    (f"{PUBLIC}/exercise.toml", "points = 5", "points = 6", f"{PUBLIC}/exercise.toml", "the checks add up to 5."),
    (
        f"{PUBLIC}/exercise.toml",
        "[hints.own_threshold]",
        "[hints.own_treshold]",
        f"{PUBLIC}/exercise.toml",
        "own_threshold has no hint",
    ),
    (
        f"{PUBLIC}/exercise.toml",
        "[hints.own_threshold]",
        "[hints.own_treshold]",
        f"{PUBLIC}/exercise.toml",
        "The hint own_treshold belongs to no check.",
    ),
    (
        f"{PUBLIC}/checks.py",
        "reference.count_bright.own)",
        'reference.count_bright.own, hint="treshold")',
        f"{PUBLIC}/exercise.toml",
        "asks for the hint treshold, which does not exist",
    ),
    (
        f"{PUBLIC}/checks.py",
        "다른 임곗값 | Another threshold",
        "Another threshold",
        f"{PUBLIC}/checks.py",
        "docstring",
    ),
    (f"{STAFF}/hidden_checks.py", "다른 영상 | ", "", f"{STAFF}/hidden_checks.py", "docstring"),
    (
        f"{PUBLIC}/checks.py",
        "@pytest.mark.points(1)",
        "@pytest.mark.staff\n@pytest.mark.points(1)",
        f"{PUBLIC}/checks.py",
        "for staff only, but students have this file",
    ),
    (f"{PUBLIC}/checks.py", '"bright_pixels"', '"bright"', f"{PUBLIC}/checks.py", "needs bright"),
    (
        f"{PUBLIC}/checks.py",
        "import numpy as np",
        "import nothing_like_it",
        f"{PUBLIC}/checks.py",
        "nothing_like_it",
    ),
    (f"{PUBLIC}/README.md", "threshold", "limit", f"{PUBLIC}/my_topic.ipynb", "differs"),
    (f"{PUBLIC}/README.en.md", "count_bright", "count", f"{PUBLIC}/README.en.md", "does not mention count_bright"),
    (f"{PUBLIC}/README.en.md", "## Check it", "### Check it", f"{PUBLIC}/README.en.md", "headings do not match"),
    (
        f"{ANSWERS}/my_topic.py",
        "def count_bright",
        "def count",
        f"{ANSWERS}/my_topic.py",
        "does not define count_bright",
    ),
    # Whether a solution is right is not lint's business; whether the answers made from it can still be made is.
    (f"{ANSWERS}/my_topic.py", "### BEGIN SOLUTION\n", "### BEGIN SOLUTION\n    threshold = 3\n", "", ""),
    (
        f"{ANSWERS}/my_topic.py",
        "image >= threshold",
        "image > 3",
        f"{ANSWERS}/wrong/above_only.toml",
        "edit 1: the solution does not contain “image >= threshold” in this form.",
    ),
    (
        f"{ANSWERS}/my_topic.py",
        "return int",
        "# image >= threshold\n    return int",
        f"{ANSWERS}/wrong/above_only.toml",
        "edit 1: “image >= threshold” appears 2 times in the solution.",
    ),
    (
        f"{ANSWERS}/wrong/above_only.toml",
        "[messages]",
        "[[edit]]\nold = '(image >= threshold)'\nnew = ''\n[messages]",
        f"{ANSWERS}/wrong/above_only.toml",
        "two edits overlap.",
    ),
    (
        f"{ANSWERS}/wrong/memorised.toml",
        "[messages]",
        "[[edit]]\nold = 'image >= threshold'\nnew = '6'\n[messages]",
        f"{ANSWERS}/wrong/memorised.toml",
        "It must have either edits or a .py beside it.",
    ),
    (
        f"{ANSWERS}/wrong/above_only.toml",
        "image > threshold",
        "image >= threshold",
        f"{ANSWERS}/wrong/above_only.toml",
        "It is the solution itself.",
    ),
    (
        f"{ANSWERS}/alternative/small_changes.toml",
        "selection.edit",
        "selection.edits",
        f"{ANSWERS}/alternative/small_changes.toml",
        "unknown key selection.edits",
    ),
    (
        f"{ANSWERS}/wrong/above_only.toml",
        "[diagnosis]\nko",
        "[diagnosis]\nkr",
        f"{ANSWERS}/wrong/above_only.toml",
        "diagnosis.k",
    ),
    (
        f"{ANSWERS}/wrong/memorised.toml",
        """[diagnosis]
ko = "답을 외웠습니다."
en = "You know the answers by heart."
""",
        "",
        f"{ANSWERS}/wrong/memorised.toml",
        "It has no diagnosis.",
    ),
    (
        f"{ANSWERS}/wrong/memorised.toml",
        "답을 외웠습니다.",
        "By heart.",
        f"{ANSWERS}/wrong/memorised.toml",
        "must be Korean under ko",
    ),
    (
        f"{PUBLIC}/README.md",
        "| 2 |",
        "| 3 |",
        f"{PUBLIC}/README.md",
        f"differs from what {PUBLIC}/checks.py makes",
    ),
    (
        f"{PUBLIC}/README.md",
        "(5점)",
        "(6점)",
        f"{PUBLIC}/README.md",
        f"differs from what {PUBLIC}/checks.py makes",
    ),
    (f"{PUBLIC}/README.md", "<!-- /points -->", "", f"{PUBLIC}/README.md", "no place for the table of points"),
    (f"{ANSWERS}/my_topic.py", "### END SOLUTION", "# END SOLUTION", f"{ANSWERS}/my_topic.py", "is not a marker"),
    (f"{ANSWERS}/wrong/memorised.toml", "failed", "fails", f"{ANSWERS}/wrong/memorised.toml", "fails"),
    (
        f"{ANSWERS}/wrong/memorised.toml",
        '["hidden_images"]',
        '["hidden"]',
        f"{ANSWERS}/wrong/memorised.toml",
        "hidden: there is no such check.",
    ),
    (
        f"{ANSWERS}/wrong/memorised.toml",
        'failed = ["hidden_images"]',
        "",
        f"{ANSWERS}/wrong/memorised.toml",
        "must fail at least one check",
    ),
    (
        f"{ANSWERS}/wrong/memorised.toml",
        'hidden_images = "7"',
        "",
        f"{ANSWERS}/wrong/memorised.toml",
        "must declare words",
    ),
    (
        f"{ANSWERS}/wrong/memorised.toml",
        'hidden_images = "7"',
        'bright_pixels = "7"',
        f"{ANSWERS}/wrong/memorised.toml",
        "not declared as failed or skipped",
    ),
    (
        f"{PUBLIC}/inputs.py",
        "np.int64(100)",
        "'100'",
        f"{PUBLIC}/inputs.py",
        "has dtype",
    ),
    (
        f"{PUBLIC}/exercise.toml",
        "[limits]",
        '[inspect.built]\npredict = ["nothing"]\n[limits]',
        f"{PUBLIC}/exercise.toml",
        "uses the input nothing, which does not exist",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "subject", "words"), CHANGES)
def test_a_mistake_is_found_where_it_is(
    root: Path, edit: Edit, file: str, old: str, new: str, subject: str, words: str
) -> None:
    edit(file, old, new)
    problems = found(root)
    if subject:
        assert any(where == subject and words in text for where, text in problems), problems
    else:
        assert problems == []


@pytest.mark.parametrize(
    ("name", "subject", "words"),
    [
        (f"{PUBLIC}/README.en.md", f"{PUBLIC}/README.en.md", "missing in this language"),
        (f"{PUBLIC}/my_topic.ipynb", f"{PUBLIC}/my_topic.ipynb", "is missing"),
        (f"{ANSWERS}/my_topic.py", f"{ANSWERS}/my_topic.py", "is missing"),
        (f"{ANSWERS}/alternative/small_changes.toml", f"{ANSWERS}/alternative", "Answers here: 1."),
        (f"{ANSWERS}/wrong/memorised.py", f"{ANSWERS}/wrong/memorised.toml", "either edits or a .py beside it"),
        (f"{ANSWERS}/wrong/memorised.toml", f"{ANSWERS}/wrong/memorised.py", "no .toml beside it"),
    ],
)
def test_a_missing_file_is_found(root: Path, name: str, subject: str, words: str) -> None:
    (root / name).unlink()
    assert any(where == subject and words in text for where, text in found(root)), found(root)


def test_too_few_answers_are_a_warning(plain: Path) -> None:
    (plain / f"{ANSWERS}/wrong/above_only.toml").unlink()
    (plain / f"{ANSWERS}/alternative/small_changes.toml").unlink()
    findings = lint(load_course(plain), list_checks=list_checks)
    assert [(f.subject, f.warning) for f in findings] == [
        (f"{ANSWERS}/alternative", True),
        (f"{ANSWERS}/wrong", True),
    ]
    assert [f.problem.en for f in findings] == [
        "Answers here: 0. There should be at least 2.",
        "Answers here: 2. There should be at least 3.",
    ]


def test_what_students_must_not_get_is_found(root: Path) -> None:
    shutil.copyfile(root / STAFF / "hidden_checks.py", root / PUBLIC / "hidden_checks.py")
    shutil.copyfile(root / ANSWERS / "my_topic.py", root / PUBLIC / "old.py")
    problems = dict(found(root))
    assert "belongs under reference/" in problems[f"{PUBLIC}/hidden_checks.py"]
    assert "solution's marker" in problems[f"{PUBLIC}/old.py"]


def test_a_copy_of_the_solution_is_no_alternative(root: Path) -> None:
    shutil.copyfile(root / ANSWERS / "my_topic.py", root / ANSWERS / "alternative" / "same.py")
    assert found(root) == [(f"{ANSWERS}/alternative/same.py", "It is the solution itself.")]


def test_folders_of_no_exercise_are_found(root: Path) -> None:
    (root / "reference" / "14_my_topik").mkdir()
    (root / "solutions" / "demo").mkdir()
    assert found(root) == [("reference/14_my_topik", "There is no exercises/14_my_topik/exercise.toml.")]


def test_broken_reference_files_are_found(root: Path) -> None:
    file = root / STAFF / "reference.json"
    for text, words in (("{", "Not valid JSON"), ("[]", "must be a JSON object")):
        file.write_text(text)
        assert [where for where, problem in found(root) if words in problem] == [f"{STAFF}/reference.json"]


ROWS = [
    {"data": "pictures", "train": 100, "epochs": 2, "minimum": 0.5},
    {"data": "builtin", "train": 50, "epochs": 1, "minimum": 0.6},
]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (ROWS, None),
        (ROWS[:1], "No minimum accuracy for budget quick, data builtin (50 images, epochs: 1)."),
        ([*ROWS, ROWS[0]], "More than one minimum accuracy for pictures (100 images, epochs: 2)."),
        ([{**ROWS[0], "minimum": 50}, ROWS[1]], "not between 0 and 1"),
        ([{**ROWS[0], "epochs": 3}, ROWS[1]], "No minimum accuracy for budget quick, data pictures"),
        (
            [{**ROWS[0], "samples": {"batch_9": [0.6]}}, ROWS[1]],
            "measured with batch_9; choices.toml has solution",
        ),
        ({}, "must be a list of objects"),
        (None, "is missing"),
    ],
)
def test_every_budget_has_its_threshold(root: Path, edit: Edit, rows: object, words: str | None) -> None:
    edit(
        f"{PUBLIC}/exercise.toml",
        "[limits]",
        '[inspect.built]\npredict = ["test"]\n'
        "[budgets.quick.pictures]\ntrain = 100\ntest = 20\nepochs = 2\n"
        "[budgets.quick.builtin]\ntrain = 50\ntest = 20\nepochs = 1\n[limits]",
    )
    edit(f"{PUBLIC}/exercise.toml", "points = 5", 'points = 5\ndataset = "pictures"')
    file = root / STAFF / "reference.json"
    if rows is None:
        file.unlink()
        assert (f"{STAFF}/reference.json", "reference.json is missing.") in found(root)
        return
    file.write_text(json.dumps({**json.loads(file.read_text()), "accuracy": {"thresholds": rows}}))
    about = [text for where, text in found(root) if where == f"{STAFF}/reference.json"]
    assert about == [] if words is None else words in about[0]


def test_only_the_exercises_asked_for_are_looked_at(root: Path) -> None:
    (root / PUBLIC / "README.md").unlink()
    assert lint(load_course(root), list_checks=list_checks, ids=["99_other"]) == []
