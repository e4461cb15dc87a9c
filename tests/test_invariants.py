"""The promises of the design, one by one, through the real pipeline and the real sandbox."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.confined.process.usage import descendants
from grader.schema import Course, ExerciseResult, Isolation, Job, Result, RunOutcome
from grader.workflows import Grader, Options
from tests.conftest import ROOT, Command, Grade, beside, read_report

CONV = "03_convolution"
CNN = "06_cifar10_cnn"


def solution(slug: str) -> str:
    file = slug.split("_", 1)[1]
    return (ROOT / "solutions" / slug / f"{file}.py").read_text(encoding="utf-8")


def only(result: Result) -> ExerciseResult:
    assert len(result.exercises) == 1
    return result.exercises[0]


def outcomes(exercise: ExerciseResult) -> dict[str, str]:
    return {check.id: check.outcome for check in exercise.checks}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_exercises_without_tensorflow_wait_for_none(course: Course, has_namespaces: bool, tmp_path: Path) -> None:
    if not has_namespaces:
        pytest.skip("no namespaces here")
    before = set(descendants(os.getpid()))
    with Grader(course, Options(reruns=0)) as own:
        for slug in (CONV, "04_vision_tasks"):
            result = own.grade(ROOT / "solutions" / slug / f"{slug[3:]}.py", tmp_path / slug)
            assert result.points == result.max_points
        started = set(descendants(os.getpid())) - before
        assert started
        for pid in started:
            assert "tensorflow" not in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")


# 1 and 5: nothing that happens in the student's process decides anything elsewhere.


def test_patching_everything_in_the_students_process_changes_no_fact(grade: Grade) -> None:
    forged = (
        solution(CNN)
        + """
import sys, json, keras, numpy as np
keras.Model.count_params = lambda self: 453786
keras.layers.Layer.output_shape = property(lambda self: (None, 30, 30, 64))
for name, module in list(sys.modules.items()):
    if name.startswith("grader"):
        for key, value in list(vars(module).items()):
            if callable(value) and not key.startswith("__") and name.endswith("inspector"):
                setattr(module, key, lambda *a, **k: {"passed": True})
dumps = json.dumps
json.dumps = lambda *a, **k: dumps({"outcome": "passed", "points": 100})

def build_model():
    model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten()])
    model.add(keras.layers.Dense(10, "softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
"""
    )
    result = only(grade({"cifar10_cnn.py": forged}))
    verdicts = outcomes(result)
    assert verdicts["layer_types"] != "passed"
    assert verdicts["parameter_count"] != "passed"


def test_output_and_exit_code_grant_and_remove_nothing(grade: Grade) -> None:
    plain = only(grade({"convolution.py": solution(CONV)}))
    noise = (
        'import sys; print("5 failed", {"points": 0, "outcome": "failed"}); print("Traceback", file=sys.stderr)'
    )
    noisy = only(grade({"convolution.py": solution(CONV) + "\n" + noise}))
    assert noisy.points == plain.points == plain.max_points
    boast = only(
        grade({"convolution.py": 'print("100 passed"); print({"points": 100})\nimport os\nos._exit(0)\n'})
    )
    assert boast.points == 0
    assert boast.status == "error"


# 2: what is expected never enters the process that runs student code.


class Spy:
    """A sandbox that remembers what it was asked to run."""

    isolation: Isolation = "namespace"

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.contents: dict[Path, bytes] = {}

    def run(self, job: Job, evidence_dir: Path) -> RunOutcome:
        self.jobs.append(job)
        self.contents |= {path: path.read_bytes() for path in job.files.values()}
        return RunOutcome(verdict="exited", isolation=self.isolation)

    def warm(self) -> None: ...

    def close(self) -> None: ...


def test_the_run_is_given_no_expectation_no_solution_and_no_test_data(course: Course, tmp_path: Path) -> None:
    submission = tmp_path / "student"
    submission.mkdir()
    for exercise in course.exercises:
        (submission / f"{exercise.file}.py").write_text(solution(exercise.id))
    spy = Spy()
    with Grader(course, Options(budget="quick", builtin=True)) as grader:
        grader._sandbox = spy
        grader.grade(submission, tmp_path / "out")
        materials = [grader._workshop.materials(exercise) for exercise in course.exercises]
        labels = [m.labels.tobytes() for m in materials if m.labels is not None]
        images = [m.test_images.read_bytes() for m in materials if m.test_images is not None]
    jobs = [job for job in spy.jobs if job.entry == "student"]
    assert len(jobs) == len(course.exercises)
    assert len(labels) == len(images) > 0
    for job in jobs:
        assert "test.npy" not in job.files
        for name, path in job.files.items():
            assert spy.contents[path] not in images, name
            assert not any(secret in spy.contents[path] for secret in labels), name
            inside = path.resolve()
            assert ROOT / "reference" not in inside.parents, name
            assert ROOT / "solutions" not in inside.parents, name
            assert inside.name not in ("reference.json", "checks.py", "hidden_checks.py")


@pytest.mark.usefixtures("namespaces")
def test_the_run_can_find_no_reference_solution_or_check_anywhere(grade: Grade) -> None:
    search = """
import os
for folder, folders, files in os.walk("/"):
    if folder.startswith(("/proc", "/sys")):
        folders.clear()
        continue
    for name in files:
        if name in ("reference.json", "checks.py", "hidden_checks.py", "hidden_inputs.py", "test.npy"):
            print("FOUND", os.path.join(folder, name))
print("SEARCHED", sum(1 for _ in os.walk("/usr/lib")))
"""
    result = only(grade({"convolution.py": search + solution(CONV)}))
    assert "SEARCHED" in result.stdout
    assert "FOUND" not in result.stdout


# 3: points need an explicit pass.


@pytest.mark.parametrize(
    "code",
    [
        "",
        "raise SystemExit(0)\n",
        "import os\nos._exit(87)\n",
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n",
        "def conv2d(*a, **k): return None\n",
        "def conv2d(*a, **k): raise KeyboardInterrupt\n",
    ],
    ids=["empty", "exit", "forged-exit-code", "killed", "returns-nothing", "interrupt"],
)
def test_without_evidence_no_points(grade: Grade, code: str) -> None:
    result = only(grade({"convolution.py": code}))
    assert result.points == 0
    assert "passed" not in outcomes(result).values()


# 4: whose fault it is.


def test_a_timeout_and_a_memory_overrun_are_the_submissions(
    course: Course, warm_grader: Grader, tmp_path: Path
) -> None:
    small = course.model_copy(
        update={
            "exercises": tuple(
                e.model_copy(update={"limits": e.limits.model_copy(update={"wall_seconds": 8, "memory_mb": 900})})
                for e in course.exercises
                if e.id == CONV
            )
        }
    )
    codes = {
        "timeout": solution(CONV) + "\ndef conv2d(*a, **k):\n    while True: pass\n",
        "memory": solution(CONV)
        + "\ndef conv2d(*a, **k):\n    hoard = []\n    while True: hoard.append(bytearray(b'x' * (32 << 20)))\n",
    }
    for status, code in codes.items():
        folder = tmp_path / status
        folder.mkdir()
        (folder / "convolution.py").write_text(code)
        result = only(beside(warm_grader, course=small).grade(folder, tmp_path / f"out-{status}"))
        assert result.status == status
        assert result.points is not None
        assert result.points < result.max_points
        assert result.message is not None


@pytest.fixture
def graded(command: Command, tmp_path: Path) -> tuple[Path, Path]:
    """A copy of one exercise as a course, and the folder into which its solution was graded."""
    root = tmp_path / "course"
    for place in ("exercises", "reference"):
        shutil.copytree(ROOT / place / CONV, root / place / CONV)
    done = command(
        "--course", root, "grade", ROOT / "solutions" / CONV / "convolution.py", "--out", tmp_path / "out"
    )
    assert done.code == 0, done.text
    return root, tmp_path / "out"


def test_other_checks_change_the_marks_without_a_run(command: Command, graded: tuple[Path, Path]) -> None:
    """A fault of the harness is ungraded and never a zero; what evidence does to a check only fails it."""
    root, out = graded
    full = read_report(out)["points"]
    checks = root / "exercises" / CONV / "checks.py"
    stricter = "\n\n@pytest.mark.points(7)\ndef test_stricter(facts):\n    '''가 | A'''\n    assert 1 == 2\n"
    checks.write_text(checks.read_text(encoding="utf-8") + stricter, encoding="utf-8")
    done = command("--course", root, "regrade", out)
    assert done.code == 0, done.text
    report = read_report(out)
    assert report["points"] == full
    assert report["max_points"] == full + 7
    assert any(check["id"] == "stricter" for check in report["exercises"][0]["checks"])

    (root / "reference" / CONV / "hidden_checks.py").unlink()
    raising = "import pytest\n@pytest.mark.points(20)\ndef test_x(facts):\n    '''가 | A'''\n    undefined_name\n"
    checks.write_text(raising, encoding="utf-8")
    done = command("--course", root, "regrade", out)
    assert done.code == 0
    (exercise,) = read_report(out)["exercises"]
    assert (exercise["status"], exercise["points"]) == ("graded", 0)
    assert exercise["checks"][0]["outcome"] == "failed"
    assert [note["kind"] for note in exercise["notes"]] == ["check_raised"]

    for broken in ("this is not python\n", "import pytest\n"):  # no Python; no checks
        checks.write_text(broken, encoding="utf-8")
        ways = [("regrade", out), ("grade", ROOT / "solutions" / CONV / "convolution.py", "--out", out)]
        for way in ways[: 1 + ("python\n" in broken)]:
            done = command("--course", root, *way)
            assert done.code == 3, done.text
            report = read_report(out)
            assert report["points"] is None
            assert report["exercises"][0]["status"] == "ungraded"
            assert report["exercises"][0]["points"] is None
            assert way[0] == "regrade" or "not a zero" in done.text


# 6: see test_architecture; here the time.


def test_help_is_quick(command: Command) -> None:
    """At most three times what its libraries need to be imported, in CPU time of the same minute."""

    def cpu_seconds(run: Callable[[], object]) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    libraries = [sys.executable, "-c", "import pydantic, rich.markdown, typer.rich_utils"]
    ours, theirs = [], []
    for _ in range(3):
        ours.append(cpu_seconds(lambda: command("--help", fresh=True)))
        theirs.append(cpu_seconds(lambda: subprocess.run(libraries, check=True)))
    done = command("--help")
    assert done.code == 0
    assert "grade" in done.out
    assert min(ours) < 3 * min(theirs), (ours, theirs)


# 7: the course is data.


def test_another_course_is_graded_from_its_folder(command: Command, tmp_path: Path) -> None:
    root = tmp_path / "other"
    (root / "exercises").mkdir(parents=True)
    assert command("--course", root, "new-exercise", "01_counting").code == 0
    listed = json.loads(command("--course", root, "list", "--json").out)
    assert [row["id"] for row in listed] == ["01_counting"]
    solved = root / "solutions" / "01_counting" / f"{listed[0]['file']}.py"
    done = command("--course", root, "grade", solved, "--out", tmp_path / "out")
    assert done.code == 0, done.text
    report = read_report(tmp_path / "out")
    assert report["points"] == report["max_points"] > 0


# Award is pure.


def test_regrade_runs_nothing_and_repeats_byte_for_byte(
    command: Command, grade: Grade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade({"convolution.py": solution(CONV), "save_load.py": "def save_model(model, path): model.save(path)\n"})
    out = tmp_path / "out"
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    done = command("regrade", out)
    assert done.code == 0, done.text
    after = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    assert after == before


def test_a_submission_with_a_model_file_is_scored_again(command: Command, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "cifar10_cnn.keras").write_bytes(b"no model")
    assert command("grade", tmp_path / "sub", "--out", tmp_path / "out").code == 0
    again = command("regrade", tmp_path / "out")
    assert again.code == 0, again.text


# 9: exit codes.


def test_grade_exits_zero_whatever_the_mark(command: Command, tmp_path: Path) -> None:
    stub = ROOT / "exercises" / CONV / "convolution.py"
    done = command("grade", stub, "--out", tmp_path / "out", "--lang", "ko")
    assert done.code == 0, done.text
    report = read_report(tmp_path / "out")
    assert report["points"] == 0
    assert report["lang"] == "ko"
    assert all(check["message"] for check in report["exercises"][0]["checks"])
