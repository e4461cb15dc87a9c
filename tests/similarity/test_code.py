"""Code: a copy is found in any disguise, and what the task forces on everyone is held against nobody."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest

from grader.bounds import Bounds
from grader.schema import ClassEntry, Course, Exercise
from grader.similarity import find_similar
from grader.similarity.code import THRESHOLD, similar_code
from grader.similarity.passages import passages
from grader.similarity.program import Code, normalise
from tests.similarity.conftest import Entry

EXERCISE = "03_convolution"

#: Four functions in an order, with names and with comments that can all be changed.
PARTS = (
    """
def conv2d(image, kernel, stride=1, padding="valid"):
    # pad by hand
    top = 0 if padding == "valid" else (kernel.shape[0] - 1) // 2
    rows, columns = image.shape[0] + 2 * top, image.shape[1] + 2 * top
    canvas = np.zeros((rows, columns), dtype=float)
    canvas[top : top + image.shape[0], top : top + image.shape[1]] = image
    answer = []
    for y in range(0, rows - kernel.shape[0] + 1, stride):
        line = []
        for x in range(0, columns - kernel.shape[1] + 1, stride):
            window = canvas[y : y + kernel.shape[0], x : x + kernel.shape[1]]
            line.append((window * kernel).sum())
        answer.append(line)
    return np.array(answer)
""",
    """
def max_pool2d(feature_map, size=2):
    height, width = feature_map.shape[0] // size, feature_map.shape[1] // size
    pooled = np.full((height, width), -np.inf)
    for y in range(height * size):
        for x in range(width * size):
            if feature_map[y, x] > pooled[y // size, x // size]:
                pooled[y // size, x // size] = feature_map[y, x]
    return pooled
""",
    """
def conv_parameter_count(kernel_size, in_channels, filters, use_bias=True):
    total = 0
    for _ in range(filters):
        total += kernel_size[0] * kernel_size[1] * in_channels
        if use_bias:
            total += 1
    return total
""",
)
CODE = "import numpy as np\n\n" + "\n".join(PARTS)


def disguised(seed: int = 0) -> str:
    """``CODE`` with other names, other comments, other layout and the functions in another order."""
    text = "# all my own work\n\nimport numpy as np\n" + "\n\n".join(reversed(PARTS))
    for old in ("image", "kernel", "canvas", "answer", "line", "window", "pooled", "total", "rows", "top"):
        text = re.sub(rf"\b{old}\b", f"{old}_{seed}값", text)
    return text.replace("# pad by hand", "# zeros around").replace("\n    ", "\n\n        ")


def independent(seed: int) -> str:
    """Code of one's own: random expressions, as no two people write them."""
    random_ = random.Random(seed)

    def term(depth: int) -> str:
        if depth == 0:
            return random_.choice(["a", "b", str(random_.randint(2, 99)), "len(a)", "a[0]"])
        return f"({term(depth - 1)} {random_.choice('+-*/%')} {term(depth - 1)})"

    return "".join(f"def f{n}(a, b):\n    return {term(4)}\n\n\n" for n in range(6))


@pytest.fixture
def exercise(course: Course) -> Exercise:
    return course[EXERCISE]


def test_a_copy_in_disguise_is_found(exercise: Exercise) -> None:
    (pair,) = similar_code(exercise, {"a": CODE, "b": disguised(), "c": independent(1)})
    assert (pair.first, pair.second, pair.kind, pair.exercise) == ("a", "b", "code", EXERCISE)
    assert pair.score > 0.9
    assert len(pair.first_lines) == len(pair.second_lines) > 0


def test_lines_of_the_evidence_correspond(exercise: Exercise) -> None:
    other = "'''A module.'''\n\n\nclass Unrelated:\n    pass\n\n" + disguised()
    (pair,) = similar_code(exercise, {"a": CODE, "b": other})
    left, right = CODE.split("\n"), other.split("\n")
    pooling = next(n for n, line in enumerate(left, start=1) if "np.full" in line)
    position, (start, end) = next(
        (i, lines) for i, lines in enumerate(pair.first_lines) if lines[0] <= pooling <= lines[1]
    )
    assert 1 <= start <= end <= len(left)
    start, end = pair.second_lines[position]
    assert any("np.full" in line for line in right[start - 1 : end])


def test_the_same_file_says_so(exercise: Exercise) -> None:
    (pair,) = similar_code(exercise, {"a": CODE, "b": CODE})
    assert pair.score == 1
    assert "character by character" in pair.evidence.en
    assert pair.evidence.ko != pair.evidence.en


def test_words_say_what_was_found_and_accuse_nobody(exercise: Exercise) -> None:
    (pair,) = similar_code(exercise, {"a": CODE, "b": disguised()})
    assert not re.search(r"plagiar|cheat|copied|copying|stolen", pair.evidence.en, re.IGNORECASE)
    assert not re.search("표절|부정|베꼈|베낀|훔", pair.evidence.ko)


def test_stubs_are_not_held_against_anyone(course: Course) -> None:
    for exercise in course.exercises:
        stub = (exercise.public_dir / f"{exercise.file}.py").read_text(encoding="utf-8")
        assert similar_code(exercise, {"a": stub, "b": stub}) == [], exercise.id


def test_what_is_one_s_own_counts_beside_the_stub(exercise: Exercise) -> None:
    stub = (exercise.public_dir / f"{exercise.file}.py").read_text(encoding="utf-8")
    (pair,) = similar_code(exercise, {"a": stub + CODE, "b": stub + disguised(), "c": stub + independent(1)})
    assert {pair.first, pair.second} == {"a", "b"}


def test_the_course_s_own_answers_are_not_alike(course: Course) -> None:
    """Written independently; what two of them share is what the task asks for."""
    for exercise in course.exercises:
        assert exercise.solution_dir is not None
        files = [*exercise.solution_dir.glob("*.py"), *(exercise.solution_dir / "alternative").glob("*.py")]
        pairs = similar_code(exercise, {path.stem: path.read_text(encoding="utf-8") for path in files})
        assert pairs == [], exercise.id


def test_what_many_wrote_is_nobody_s(exercise: Exercise) -> None:
    everyone = {f"s{n}": CODE + independent(n).partition("\n\n")[0] for n in range(12)}
    assert similar_code(exercise, everyone) == []
    two = {name: text for name, text in everyone.items() if name in ("s0", "s1")}
    assert similar_code(exercise, two) != []  # the same two, without a class that shows what is common


def test_two_lines_are_too_little_to_tell(exercise: Exercise) -> None:
    short = "def box(a):\n    return a + 1\n"
    assert similar_code(exercise, {"a": short, "b": short}) == []


def test_repeated_code_is_not_taken_for_boilerplate(exercise: Exercise) -> None:
    """copydetect's own subtraction would drop every k-gram that occurs twice."""
    twice = CODE + CODE.replace("def ", "def again_")
    (pair,) = similar_code(exercise, {"a": twice, "b": twice.replace("canvas", "board")})
    assert pair.score > 0.99


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        "def (((",
        "'''never closed",
        "\x00\x01\x02" * 40,
        "x = '\ud800'\n" * 40,
        "a\rb\rc\r\n" * 60,
        "a" * 300_000,
        "((" * 5000,
        "이름 = 1\n" * 80,
    ],
    ids=["empty", "blank", "broken", "open", "nul", "surrogate", "returns", "long", "deep", "hangul"],
)
def test_any_text_can_be_compared(exercise: Exercise, text: str) -> None:
    for pair in similar_code(exercise, {"a": text, "b": text, "c": CODE}):
        assert {pair.first, pair.second} == {"a", "b"}
        count = len(text.splitlines()) + 1
        assert all(1 <= start <= end <= count for start, end in pair.first_lines)


def test_passages_of_classes_and_leading_comments_have_the_right_lines() -> None:
    a = normalise("\n\n# one\n# two\nclass AVeryLongClassNameIndeed:\n" + CODE)
    b = normalise("class B:\n" + CODE)
    shift = 4  # lines more at the start
    found = passages(a, b)
    assert found
    start, end = max((passage.first for passage in found), key=lambda lines: lines[1] - lines[0])
    other = next(passage.second for passage in found if passage.first == (start, end))
    assert (start - other[0], end - other[1]) == (shift, shift)


def test_folders_are_read_and_bad_ones_left_out(course: Course, entry: Entry, tmp_path: Path) -> None:
    entries = [
        entry("이하나", {EXERCISE: CODE}),
        entry("b & <c>", {EXERCISE: disguised(), "no_such_exercise": CODE}),
        entry("no files"),
        entry("damaged"),
    ]
    (tmp_path / "damaged" / "submission.json").write_text("{", encoding="utf-8")
    gone = ClassEntry(
        student=entries[0].student.model_copy(update={"id": "gone"}),
        folder=tmp_path / "nowhere",
        result=entries[0].result,
    )
    (pair,) = find_similar(iter([*entries, gone]), course)
    assert (pair.first, pair.second) == ("b & <c>", "이하나")


def test_one_that_takes_too_much_is_left_out_and_said(
    course: Course, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(text: str) -> Code:
        while "endless" in text:
            pass
        return normalise(text)

    monkeypatch.setattr("grader.similarity.code.normalise", slow)
    monkeypatch.setattr("grader.similarity.finding.Bounds", lambda: Bounds(cpu_seconds=1))
    left_out: list[str] = []
    entries = [
        entry("a", {EXERCISE: CODE}),
        entry("b", {EXERCISE: "endless = 1\n" + CODE}),
        entry("c", {EXERCISE: disguised()}),
    ]
    (pair,) = find_similar(entries, course, left_out.append)
    assert (pair.first, pair.second, left_out) == ("a", "c", ["b"])


def test_passages_of_a_program_that_repeats_itself_take_linear_time() -> None:
    def cost(lines: int) -> float:
        a, b = normalise("value = value + other\n" * lines), normalise("\n\nvalue = value + other\n" * lines)
        begun = time.process_time()
        assert passages(a, b)
        return time.process_time() - begun

    cost(100)
    assert cost(8000) < 8 * max(cost(2000), 0.02)


def test_hundreds_of_programs_take_seconds(exercise: Exercise) -> None:
    """300 students and 13 exercises must stay below a minute: one exercise of 100 below three seconds or so."""
    codes = {f"s{n:03}": CODE * (n % 20 == 0) + independent(n) for n in range(100)}
    start = time.process_time()
    pairs = similar_code(exercise, codes)
    assert time.process_time() - start < 10
    assert {name for pair in pairs for name in (pair.first, pair.second)} <= {
        f"s{n:03}" for n in range(0, 100, 20)
    }
    assert all(pair.score >= THRESHOLD for pair in pairs)
