"""What a course may say, and what it is told where it says something else."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from grader.catalog import course_root, installed_versions, load_course
from grader.errors import CourseError
from grader.schema import Course
from tests.catalog.conftest import TOML, MakeCourse

FILE = "exercises/01_area/exercise.toml"


def error(root: Path) -> str:
    with pytest.raises(CourseError) as caught:
        load_course(root)
    assert caught.value.text.ko
    return caught.value.text.en


def line(toml: str, beginning: str) -> int:
    return next(n for n, text in enumerate(toml.splitlines(), 1) if text.startswith(beginning))


def test_exercises_are_sorted_by_slug_and_know_their_places(make_course: MakeCourse) -> None:
    make_course(TOML.replace('"area"', '"second"'), slug="02_second")
    root = make_course(
        files={
            "reference/01_area/reference.json": "{}",
            "reference/01_area/hidden_checks.py": "",
            "solutions/01_area/area.py": "",
        }
    )
    first, second = load_course(root).exercises
    assert (first.id, second.id) == ("01_area", "02_second")
    assert first.public_dir == root / "exercises/01_area"
    assert first.reference_file == root / "reference/01_area/reference.json"
    assert first.staff_dir == root / "reference/01_area"
    assert first.solution_dir == root / "solutions/01_area"
    assert (second.reference_file, second.staff_dir, second.solution_dir) == (None, None, None)


def test_what_students_install_has_a_reference_and_no_staff_folder(make_course: MakeCourse) -> None:
    root = make_course(files={"reference/01_area/reference.json": "{}"})
    (exercise,) = load_course(root).exercises
    assert exercise.reference_file is not None
    assert exercise.staff_dir is None


def test_without_a_folder_the_course_is_the_checkout() -> None:
    assert (course_root() / "grader" / "catalog").is_dir()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda root: root / "nowhere", "does not exist"),
        (lambda root: root, "no folder “exercises”"),
    ],
)
def test_a_folder_that_is_no_course_says_so(tmp_path: Path, make: object, words: str) -> None:
    with pytest.raises(CourseError) as caught:
        course_root(make(tmp_path))  # type: ignore[operator]
    assert words in caught.value.text.en


def test_a_course_without_exercises_says_so(tmp_path: Path) -> None:
    (tmp_path / "exercises").mkdir()
    assert "no exercise" in error(tmp_path)


def test_broken_toml_names_file_and_line(make_course: MakeCourse) -> None:
    message = error(make_course(TOML + "\n[hints\n"))
    assert message.startswith(FILE)
    assert f"line {len(TOML.splitlines()) + 2}" in message


def test_text_that_is_not_utf8_is_named(make_course: MakeCourse) -> None:
    root = make_course()
    (root / FILE).write_bytes("file = '넓이'".encode("cp949"))
    assert error(root) == f"{FILE} is not UTF-8 text."


def test_an_unknown_key_names_line_and_neighbour(make_course: MakeCourse) -> None:
    message = error(make_course(TOML.replace("points", "point")))
    assert "point" in message
    toml = TOML + "\n[limits]\nwall_second = 3\n"
    message = error(make_course(toml))
    assert (
        message
        == f"{FILE}:{line(toml, 'wall_second')}: unknown key limits.wall_second. Did you mean wall_seconds?"
    )


def test_an_unknown_key_of_a_plan_is_found_inside_mappings(make_course: MakeCourse) -> None:
    toml = TOML + '\n[inspect.built]\npredicts = ["x"]\n'
    assert error(make_course(toml)) == (
        f"{FILE}:{line(toml, 'predicts')}: unknown key inspect.built.predicts. Did you mean predict?"
    )


@pytest.mark.parametrize("key", ["id", "public_dir", "staff_dir"])
def test_keys_that_the_grader_fills_are_unknown(make_course: MakeCourse, key: str) -> None:
    assert error(make_course(f'{key} = "x"\n' + TOML)) == f"{FILE}:1: unknown key {key}."


def test_missing_and_empty_texts_are_named(make_course: MakeCourse) -> None:
    toml = TOML.replace('en = "Area"\n', "")
    assert error(make_course(toml)) == f"{FILE}:{line(toml, '[title]')}: the key title.en is missing."
    toml = TOML.replace('"넓이"', '" "')
    assert error(make_course(toml)) == f"{FILE}:{line(toml, 'ko')}: title.ko is empty."
    toml = TOML + '\n[hints.area]\nko = "힌트"\nen = ""\n'
    assert error(make_course(toml)).endswith(": hints.area.en is empty.")


@pytest.mark.parametrize("name", ["probe.py", "checks.py"])
def test_a_missing_part_is_named(make_course: MakeCourse, name: str) -> None:
    root = make_course()
    (root / "exercises/01_area" / name).unlink()
    assert error(root) == f"exercises/01_area has no {name}."


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('[inspect.a]\ncompare = "b"\n[inspect.b]\n', "compares with the plan b, which comes later"),
        ('[inspect.a]\ncompare = "a"\n', "which comes later or is the plan itself"),
        ('[inspect.a]\ncompare = "c"\n', "compares with the plan c, which does not exist"),
        ('[inspect.a]\nsource = "given"\n', "reads a.keras, which “given” does not list"),
        ('[inspect.a]\nsource = "submission"\n', "reads a.keras, which “models” does not list"),
        ('[inspect.a]\npredict = ["test"]\n', "no dataset"),
        ("[budgets.quick.builtin]\ntrain = 1\ntest = 1\nepochs = 1\n", "budgets need a dataset"),
    ],
)
def test_plans_and_budgets_must_fit_together(make_course: MakeCourse, more: str, words: str) -> None:
    toml = TOML + "\n" + more
    message = error(make_course(toml))
    assert words in message
    assert message.startswith(f"{FILE}:{len(TOML.splitlines()) + 2}")


def budgets(*tables: str) -> str:
    numbers = "train = 1\ntest = 1\nepochs = 1\n"
    return 'dataset = "pictures"\n' + TOML + "".join(f"\n[budgets.{table}]\n{numbers}" for table in tables)


def test_a_data_set_needs_numbers_for_itself_and_for_builtin(make_course: MakeCourse) -> None:
    assert load_course(make_course(budgets("quick.builtin", "quick.pictures"))).exercises[0].dataset == "pictures"
    assert "budgets.quick has no numbers for pictures" in error(make_course(budgets("quick.builtin")))
    assert "budgets.quick has no numbers for builtin" in error(make_course(budgets("quick.pictures")))
    assert "a dataset needs budgets" in error(make_course(budgets()))
    other = budgets("quick.builtin", "quick.pictures", "quick.letters")
    assert "budgets.quick.letters: the data is builtin / pictures" in error(make_course(other))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('file = "area"', 'file = "area.py"', "cannot be a module's name"),
        ('file = "area"', 'file = "numpy"', "cannot be a module's name"),
        ('file = "area"', 'file = "random"', "cannot be a module's name"),
        ('["area"]', '["two words"]', "is not a Python name"),
        ("points = 5", 'points = 5\nmodels = ["../a.keras"]', "not the plain name of a .keras file"),
        ("points = 5", 'points = 5\ngiven = ["given.keras"]', "no file “given.keras”"),
        ("points = 5", 'points = 5\ngraded_model = ["built"]', "graded_model names the plan built"),
        ("points = 5", "points = 0", "points"),
        ('["area"]', "[]", "functions"),
    ],
)
def test_names_and_numbers_are_checked(make_course: MakeCourse, old: str, new: str, words: str) -> None:
    message = error(make_course(TOML.replace(old, new)))
    assert message.startswith(FILE)
    assert words in message


def test_two_exercises_cannot_ask_for_one_file(make_course: MakeCourse) -> None:
    make_course()
    root = make_course(slug="02_again")
    message = error(root)
    assert "02_again" in message
    assert "the file area is asked for by 01_area already" in message


def test_loading_reads_each_file_once_or_twice_and_needs_no_numpy(
    make_course: MakeCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(13):
        root = make_course(TOML.replace('"area"', f'"area{number}"'), slug=f"{number:02}_area")
    reads: list[Path] = []
    read = Path.read_text

    def counted(path: Path, *args: str, **options: str) -> str:
        reads.append(path)
        return read(path, *args, **options)

    monkeypatch.setattr(Path, "read_text", counted)
    load_course(root)
    assert {path.name for path in reads} == {"exercise.toml"}
    assert len(reads) <= 2 * 13, "its text is wanted again for the lines that messages name"
    code = "import sys; from grader.catalog import load_course; load_course(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "tensorflow"} & set(done.stdout.split())


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ('kind = "gallery"\narrays = "hidden.x"\nimages = ["y"]', "what students must not see"),
        ('kind = "gallery"\narrays = "x"', "needs “arrays” and “images”"),
        ('kind = "activation_maps"\narrays = "x"\nimages = ["y.*"]', "has more *"),
        ('kind = "movement"\nmodels = { nothing = { ko = "가", en = "a" } }', "not an inspect plan that compares"),
        ('kind = "painting"', "pictures"),
        ('kind = "gallery"\narray = "x"', "array"),
    ],
)
def test_a_picture_that_cannot_be_made_is_refused(make_course: MakeCourse, fields: str, words: str) -> None:
    title = '\ntitle = { ko = "가", en = "a" }\ntext = { ko = "가", en = "a" }\n'
    message = error(make_course(TOML + "\n[[pictures]]\n" + fields + title))
    assert message.startswith(FILE)
    assert words in message


def test_a_course_names_the_packages_that_answers_may_import(make_course: MakeCourse) -> None:
    assert load_course(make_course()).packages == {}
    root = make_course(files={"exercises/course.toml": '[packages]\nsklearn = "scikit-learn"\n'})
    course = load_course(root)
    assert course.packages == course.exercises[0].packages == {"sklearn": "scikit-learn"}
    assert "cannot be a module's name" in error(make_course(TOML.replace('file = "area"', 'file = "sklearn"')))
    root = make_course(files={"exercises/course.toml": '[package]\nsklearn = "scikit-learn"\n'})
    assert error(root) == "exercises/course.toml:1: unknown key package. Did you mean packages?"


def test_packages_are_found_by_distribution_or_by_module() -> None:
    wanted = {"numpy": "numpy", "json": "no-such-distribution", "no_such_module": "no-such-distribution-either"}
    found = installed_versions(wanted)
    assert found["numpy"] == version("numpy")
    assert found["no-such-distribution"] == "?"
    assert found["no-such-distribution-either"] is None


def test_setup_installs_what_answers_may_import(course: Course) -> None:
    metadata = tomllib.loads((course.root / "pyproject.toml").read_text("utf-8"))["project"]
    extra = {re.split("[<>=]", line)[0] for line in metadata["optional-dependencies"]["student"]}
    always = {re.split("[<>=]", line)[0] for line in metadata["dependencies"]}
    assert extra == set(course.packages.values()) - always
    assert ".[dev,docs,student]" in (course.root / "Makefile").read_text("utf-8")
