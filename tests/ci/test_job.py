"""A whole job: the workflow's own commands on a student's repository, the real command, the real reporter."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from grader.schema import Result
from tests.ci.simulate import PARTLY, Job, Machine, build_wheel, export, find_reporter, make_repository
from tests.ci.test_github_format import is_classroom50
from tests.conftest import ROOT, Command, Done

SLUG = "03_convolution"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def template(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("assignment") / "template"
    return export(folder, "--workflow", "classroom", "--exercise", "03", "--grader-source", str(wheel))


@pytest.fixture(scope="module")
def repository(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_repository(
        tmp_path_factory.mktemp("student") / "repository", {f"{SLUG}/convolution.py": PARTLY}, template=template
    )


@pytest.fixture(scope="module")
def job(template: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Job:
    place = tmp_path_factory.mktemp("machine")
    machine = Machine(place / "one", place / "store", reporter=find_reporter())
    return machine.run(template / ".github" / "workflows" / "grade.yml", repository)


@pytest.mark.slow
def test_every_step_ran(job: Job) -> None:
    for step in job.steps:
        if step.name == "Autograding Reporter":
            assert step.skipped or step.code == 1, "the reporter fails the job where not everything passed"
        else:
            assert step.code == 0, step.log
    assert job["Install the grader"].log == "", "quiet"
    assert [step.name for step in job.steps if step.skipped] in (
        ["Allow confinement"],
        ["Allow confinement", "Autograding Reporter"],
    )


@pytest.mark.slow
def test_everything_shows_the_same_points(job: Job) -> None:
    outputs = job["Grade"].outputs
    points, most = int(outputs["points"]), int(outputs["max-points"])
    assert 0 < points < most
    report = json.loads(base64.b64decode(outputs["result"], validate=True))
    assert sum(test["score"] for test in report["tests"]) == points
    assert report["max_score"] == most
    assert f"**{points} / {most}**" in job["Grade"].summary
    folder = job.folder / "artifacts" / "report"
    stored = Result.model_validate_json((folder / "result.json").read_bytes())
    assert (stored.points, stored.max_points) == (points, most)
    suites = ET.parse(folder / "junit.xml").getroot()
    shown = {one.get("name"): one.get("value") for one in suites.findall("./testsuite/properties/property")}
    assert (shown["points"], shown["max_points"]) == (str(points), str(most))
    (notice,) = [c.data for c in job["Grade"].commands if c.name == "notice" and "points" in c.data]
    assert notice == f"{points} of {most} points"
    reporter = job["Autograding Reporter"]
    if reporter.skipped:
        pytest.skip(reporter.skipped)
    assert f"Points {points}/{most}" in reporter.log
    assert f"│ {points} " in reporter.log.split("Total:")[1]


@pytest.mark.slow
def test_a_students_orders_are_not_obeyed(job: Job) -> None:
    """Its prints never reach the log; its exception's message does, as text."""
    grade = job["Grade"]
    assert {command.name for command in grade.commands} == {"error", "notice"}
    assert set(grade.outputs) == {"result", "points", "max-points", "report", "junit", "runners"}
    assert "1000" not in grade.outputs["points"]
    assert "##[" not in grade.log
    assert "add-mask" not in grade.log
    for step in job.steps:
        assert {command.name for command in step.commands} <= {"error", "notice"}


@pytest.mark.slow
def test_remarks_are_on_the_students_lines(job: Job) -> None:
    lines = PARTLY.splitlines()
    marked = {
        lines[int(command.properties["line"]) - 1]
        for command in job["Grade"].commands
        if command.properties.get("file") == f"{SLUG}/convolution.py"
    }
    assert any("raise ValueError" in line for line in marked)
    assert any(line.startswith("def conv_output_shape") for line in marked)


def ci(command: Command, place: Path, *arguments: object, **more: str) -> tuple[Done, dict[str, Path]]:
    """``grader ci`` with a runner's variables, without installing it first."""
    files = {name: place / name for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.touch()
    (place / "temp").mkdir(exist_ok=True)
    work = place / "work"
    variables = {"GITHUB_WORKSPACE": str(work), "RUNNER_TEMP": str(place / "temp"), **more}
    done = command("ci", *arguments, cwd=work, env={name: str(file) for name, file in files.items()} | variables)
    return done, files


CLASSROOM50 = {
    "CLASSROOM": "vision",
    "ASSIGNMENT": "keras",
    "SUBMISSION_TAG": "submit/2026-06-01T14-32-05Z-a1b2c3d",
    "COMMIT_URL": "https://github.com/o/r/commit/1",
    "RELEASE_URL": "https://github.com/o/r/releases/tag/x",
    "REVIEW_URL": "https://github.com/o/r/compare/0...1",
}


def test_classroom50_gets_its_file(command: Command, tmp_path: Path) -> None:
    solution = (ROOT / "solutions" / SLUG / "convolution.py").read_bytes()
    outside = tmp_path / "outside"
    outside.write_text("untouched")
    work = make_repository(tmp_path / "work", {"convolution.py": solution})
    (work / "result.json").symlink_to(outside)
    done, files = ci(command, tmp_path, "--fail-under", "100", **CLASSROOM50)
    assert done.code == 0, done.text
    assert not (work / "result.json").is_symlink()
    assert outside.read_text() == "untouched"
    content = json.loads((work / "result.json").read_text(encoding="utf-8"))
    is_classroom50(content)
    assert content["score"] == content["max-score"] == 20
    when = subprocess.run(
        ["git", "log", "-1", "--format=%cd", "--date=format-local:%Y-%m-%dT%H:%M:%SZ"],
        cwd=work,
        env={"TZ": "UTC", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert content["datetime"] == when.stdout.strip(), "the commit's, not that of grading"
    # Here the installation has hidden checks. Nothing but their points is anywhere.
    shown = done.text + "".join(file.read_text() for file in files.values()) + json.dumps(content)
    for file in (tmp_path / "temp" / "grader-report").rglob("*"):
        shown += file.read_text(encoding="utf-8")
    for staff in ("hidden_conv2d", "other images and strides", "다른 이미지"):
        assert staff not in shown
    assert "Hidden check 1" in shown
    assert not list((tmp_path / "temp" / "grader-report").rglob("facts"))


def test_nothing_to_grade_is_said_and_still_readable(command: Command, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    done, files = ci(command, tmp_path, "--reporter-rows")
    assert done.code == 2
    assert "::error" in done.out
    assert "result=" in files["GITHUB_OUTPUT"].read_text()
    assert "points=0\n" in files["GITHUB_OUTPUT"].read_text()


def test_a_missing_exercise_counts(command: Command, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    stub = (ROOT / "exercises" / SLUG / "convolution.py").read_bytes()
    (tmp_path / "work" / "convolution.py").write_bytes(stub)
    named = {"GRADER_EXERCISES": "03 09_save_load", "GRADER_COURSE": "", "GRADER_DATA": ""}
    done, files = ci(command, tmp_path, "--fail-under", "50", **named)
    assert done.code == 1, "0 of 40 is under 50 percent"
    assert "points=0\nmax-points=40\n" in files["GITHUB_OUTPUT"].read_text()


def test_an_order_that_is_wrong_is_an_annotation_too(command: Command, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    done, _ = ci(command, tmp_path, GRADER_COURSE=str(tmp_path / "nowhere"))
    assert done.code == 2
    assert done.out.startswith("::error title=vision-grader::")


def test_classroom50_never_gets_a_mark_for_what_was_not_graded(tmp_path: Path) -> None:
    from grader.ci.actions import Runner
    from grader.ci.job import grade_checkout
    from grader.schema import Course
    from tests.ci.results import check, exercise, result

    (tmp_path / "result.json").mkdir()
    variables = {**CLASSROOM50, "GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_WORKSPACE": str(tmp_path)}
    graded = result(exercise(check("a", None, 2), status="ungraded"))
    outcome = grade_checkout(
        Runner.of(variables, tmp_path),
        Course(root=ROOT, exercises=()),
        lambda submission, private: graded,
        out=tmp_path / "out",
        cwd=tmp_path,
        lang="en",
    )
    assert not (tmp_path / "result.json").exists()
    assert outcome.result.points is None
    assert "points=\n" in (tmp_path / "output").read_text()


def test_the_autograder_of_classroom50_runs_the_command(tmp_path: Path) -> None:
    """Its own file, with ``venv`` and ``pip`` played: installing is what the job above does."""
    folder = export(tmp_path / "template", "--workflow", "classroom50", "--exercise", "03")
    script = (folder / "classroom50" / "autograder.py").read_text(encoding="utf-8")
    played = (
        "import venv, subprocess, json, sys\n"
        "venv.create = lambda *a, **k: None\n"
        "calls = []\n"
        "class Done: returncode = 3\n"
        "def run(command, **more):\n"
        "    calls.append([command, (more.get('env') or {}).get('GRADER_EXERCISES')])\n"
        "    return Done\n"
        "subprocess.run = run\n"
    )
    code = played + script.replace("sys.exit(main())", "print(json.dumps([main(), calls]))")
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"RUNNER_TEMP": str(tmp_path)},
        cwd=folder,
    )
    returned, calls = json.loads(done.stdout)
    assert returned == 3, "the command's exit code is passed on"
    (wheel,) = folder.glob(".github/grader/*.whl")
    assert calls[0][0][-2:] == [wheel.relative_to(folder).as_posix(), "vision-grader[student]"]
    assert calls[-1][0][-2:] == ["grader", "ci"]
    assert calls[-1][1] == SLUG
