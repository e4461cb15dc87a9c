"""What ``grader playground`` finds, refuses and says."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.errors import NotConverted
from grader.schema import Course
from grader.workflows import Grader
from grader.workflows.playground import make_site, of_file, page_beside
from tests.conftest import Command
from tests.hostile import build as hostile
from tests.playground.conftest import Open, Playground, noise_picture

NEEDS = {"home": "/etc/passwd", "tmp": "/etc/hosts", "tcp": 9}


def site(out: Path) -> Any:
    """What the page was told."""
    page = (out / "index.html").read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="site">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_a_working_folder_offers_what_was_trained_there(
    kinds: Path, built: None, command: Command, course: Course, tmp_path: Path
) -> None:
    exercise = next(e for e in course.exercises if e.playground and e.models)
    work = tmp_path / "work"
    assert command("start", work).code == 0
    number = exercise.id.split("_")[0]
    none = command("playground", number, "--out", tmp_path / "none", cwd=work)
    assert none.code == 2
    assert f"grader check {number}" in none.err
    evidence = work / ".grader" / "report" / "evidence" / exercise.id
    evidence.mkdir(parents=True)
    shutil.copy(kinds / "many_kinds.keras", evidence / "trained.keras")
    shutil.copy(kinds / "flat_sigmoid.keras", work / exercise.id / exercise.models[0])
    done = command("playground", number, "--out", tmp_path / "both", cwd=work)
    assert done.code == 0, done.text
    models = site(tmp_path / "both")["models"]
    assert [model["outputs"] for model in models] == [1, 3]
    assert all(exercise.title.ko in model["title"]["ko"] for model in models)
    # The course's names are for its own ten classes; these networks have others.
    assert all(model["classes"] == [] for model in models)
    assert all(model["samples"] for model in models)


def test_a_report_gets_a_page_to_link_to(
    kinds: Path, built: None, course: Course, warm_grader: Grader, tmp_path: Path
) -> None:
    exercise = next(e for e in course.exercises if e.playground and "trained" in e.playground.models)
    other = next(e for e in course.exercises if e.playground is None)
    evidence = tmp_path / "out" / "evidence" / exercise.id
    evidence.mkdir(parents=True)
    sandbox = warm_grader.sandbox
    for wanted in (exercise, other):  # nothing was trained, and nothing could be
        assert page_beside(wanted, tmp_path / "out", sandbox, tmp_path / "work", lang="ko") is None
    shutil.copy(kinds / "many_kinds.keras", evidence / "trained.keras")
    page = page_beside(exercise, tmp_path / "out", sandbox, tmp_path / "work", lang="ko")
    assert page == tmp_path / "out" / "playground" / exercise.id / "playground.html"
    assert '<html lang="ko">' in page.read_text(encoding="utf-8")


def test_nothing_to_show_is_told(built: None, command: Command, tmp_path: Path) -> None:
    done = command("playground", cwd=tmp_path, env={"KERAS_HOME": str(tmp_path), "HOME": str(tmp_path)})
    assert done.code == 2
    assert "grader fetch" in done.err


def test_an_exercise_without_a_network_is_told(command: Command, course: Course) -> None:
    exercise = next(e for e in course.exercises if e.playground is None)
    done = command("playground", exercise.id)
    assert done.code == 2
    assert exercise.title.en in done.err


@pytest.mark.parametrize("name", ["missing.keras", "folder.keras"])
def test_a_file_that_is_none_is_told(command: Command, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.keras").mkdir()
    done = command("playground", tmp_path / name)
    assert done.code == 2
    assert "is not a .keras file" in done.err


Refusal = Callable[[Path], str]


@pytest.fixture
def refusal(built: None, course: Course, warm_grader: Grader, tmp_path: Path) -> Refusal:
    """Why a model can't be put on a page."""

    def refused(model: Path) -> str:
        with pytest.raises(NotConverted) as error:
            make_site([of_file(course, model)], tmp_path / "made", sandbox=warm_grader.sandbox)
        return error.value.text.en

    return refused


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no_counterpart", "Resizing (culprit)"),
        ("two_outputs", "several outputs"),
        ("no_picture", "no picture"),
        ("segmentation", "not one value for each class"),
    ],
)
def test_what_cannot_be_converted_says_why(refusal: Refusal, kinds: Path, name: str, reason: str) -> None:
    assert reason in refusal(kinds / f"{name}.keras")


def test_the_command_says_it_too(kinds: Path, built: None, command: Command, tmp_path: Path) -> None:
    done = command("playground", kinds / "two_outputs.keras", "--out", tmp_path / "out")
    assert done.code == 2
    assert "several outputs" in " ".join(done.err.split())
    assert not (tmp_path / "out").exists()


HOSTILE = sorted(name for name in vars(hostile) if name.startswith("model_") and name != "model_other_formats")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_model_is_refused(name: str, refusal: Refusal, tmp_path: Path) -> None:
    folder = tmp_path / "handed in"
    folder.mkdir()
    made = getattr(hostile, name)(folder, NEEDS)
    files = list(made.rglob("*.keras")) if made.is_dir() else [made]
    assert files
    said = refusal(files[0])
    assert "can't run in the browser" in said or "takes too much" in said
    assert not list(Path("/tmp").glob("hostile-mark-*"))


def test_names_with_markup_are_text(kinds: Path, playground: Playground, open_page: Open, tmp_path: Path) -> None:
    evil = tmp_path / "<img src=x onerror=alert(3)>.keras"
    shutil.copy(kinds / "markup.keras", evil)
    out = playground(evil, kinds / "ten_thousand.keras")
    for name in ("index.html", "playground.html"):
        text = (out / name).read_text(encoding="utf-8")
        assert "<img src=x" not in text
        assert "<!--<script>" not in text
    page = open_page((out / "playground.html").as_uri())
    page.show(noise_picture(tmp_path, "markup", (24, 20)))
    page.open_layers()
    assert "<img src=x onerror=alert(1)>" in page.page.locator("[data-testid=layers]").inner_text()
    assert page.page.locator("img[src='x']").count() == 0
    page.choose("ten_thousand")
    assert len(page.bars()) == 5
    assert len(page.numbers()["probabilities"]) == 10_000
    page.page.wait_for_timeout(200)
    assert not page.problems


def test_a_network_of_nans_says_so(small: Any, tmp_path: Path) -> None:
    page = small("not_a_number")
    page.show(noise_picture(tmp_path, "nan", (24, 20)))
    assert len(page.bars()) == 3
    assert not page.problems


def test_the_description_of_layers(course: Course) -> None:
    from grader.playground.convert import Layer
    from grader.playground.layer_words import describe_layer

    def words(kind: str, activation: str | None = None, **config: Any) -> tuple[str, str]:
        layer = Layer(
            name="x", type=kind, parameters=0, activation=activation, config=config, within="", output_shape=(1,),
            output=None,
        )  # fmt: skip
        text = describe_layer(layer)
        return text.en, text.ko

    convolution: dict[str, Any] = {"filters": 32, "kernel_size": [3, 3], "strides": [2, 2], "padding": "valid"}
    assert words("Conv2D", **convolution) == (
        "32 3x3 filters, 2x2 striding, no border padding",
        "3x3 필터 32개, 2x2 스트라이드, 테두리 패딩 없음",
    )
    assert words("Activation", "relu") == ("relu", "relu")
    assert words("MaxPooling2D", pool_size=[2, 2], strides=[2, 2], padding="valid")[0].startswith("2x2 windows")
    assert (
        words("ZeroPadding2D", padding=[[0, 1], [0, 1]])[0] == "0, 1, 0, 1 pixels of 0 (top, bottom, left, right)"
    )
    assert words("Unheard", "linear") == ("", "")
    for kind in ("Conv2D", "Dense", "Dropout", "ZeroPadding2D", "Rescaling", "Reshape", "MaxPooling2D"):
        words(kind)  # a configuration without anything is described all the same


@pytest.mark.slow
def test_a_graded_network_is_linked_from_the_reports(
    built: None, command: Command, course: Course, tmp_path: Path
) -> None:
    exercise = next(
        e for e in course.exercises if e.playground and "trained" in e.playground.models and e.solution_dir
    )
    solution = exercise.solution_dir / f"{exercise.file}.py" if exercise.solution_dir else None
    out = tmp_path / "out"
    done = command("grade", solution, "--out", out, "--budget", "quick", "--playground")
    assert done.code == 0, done.text
    for name in ("report.html", "student.html"):
        (link,) = re.findall(r'href="(playground/[^"]+)"', (out / name).read_text(encoding="utf-8"))
        assert (out / link).is_file()
