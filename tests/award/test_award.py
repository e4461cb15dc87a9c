"""Checks in, results out: marks, order, outcomes, points, statuses, purity."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from grader.award import award, check_points, list_checks
from grader.errors import ChecksError
from grader.schema import Facts, Frame, Limits, Problem, RunOutcome, Step, StepError, Text

TWO = """
    @pytest.mark.points(2)
    def test_first(facts):
        '''첫째 | The first'''
        expect.equal(facts.value("n"), 3)

    @pytest.mark.points(3.5)
    @pytest.mark.needs("first")
    def test_second(facts):
        '''둘째 | The second'''
        expect.equal(facts.value("m"), 4)
"""
HIDDEN = """
    @pytest.mark.points(4.5)
    @pytest.mark.needs("second")
    def test_secret(facts):
        '''비밀 | Secret'''
        assert facts.value("k") == 5
"""


def outcome(verdict: str, **fields: Any) -> RunOutcome:
    return RunOutcome(**{"verdict": verdict, "isolation": "process", **fields})


def failed(name: str, kind: str, **fields: Any) -> Step:
    return Step(name=name, status="failed", error=StepError(kind=kind, **fields))


def test_all_right_gets_all_points(bench: Any) -> None:
    result = bench.award(bench.exercise(TWO, HIDDEN), bench.facts(values={"n": 3, "m": 4, "k": 5}))
    assert (result.status, result.points, result.max_points) == ("graded", 10.0, 10.0)
    assert [(c.id, c.outcome, c.points, c.visibility) for c in result.checks] == [
        ("first", "passed", 2.0, "student"),
        ("second", "passed", 3.5, "student"),
        ("secret", "passed", 4.5, "staff"),
    ]
    assert result.checks[0].title == Text(ko="첫째", en="The first")


def test_without_staff_there_are_no_hidden_checks(bench: Any) -> None:
    result = bench.award(bench.exercise(TWO, HIDDEN), bench.facts(values={"n": 3, "m": 4}), staff=False)
    assert [check.id for check in result.checks] == ["first", "second"]
    assert (result.points, result.max_points) == (5.5, 5.5)


def test_needs_skips_what_depends_and_names_the_root(bench: Any) -> None:
    result = bench.award(bench.exercise(TWO, HIDDEN), bench.facts(values={"n": 0, "m": 4, "k": 5}))
    assert [(c.outcome, c.points) for c in result.checks] == [("failed", 0), ("skipped", 0), ("skipped", 0)]
    secret = result.checks[2].message
    assert "첫째" in secret.ko
    assert "The first" in secret.en
    assert "The second" not in secret.en  # it was itself skipped
    assert result.status == "graded"


def test_a_needed_check_may_stand_below(bench: Any) -> None:
    checks = """
        @pytest.mark.needs("late")
        def test_early(facts):
            assert facts.value("n") == 3
        def test_late(facts):
            assert facts.value("m") == 4
    """
    result = bench.award(bench.exercise(checks), bench.facts(values={"n": 3, "m": 0}))
    assert [(c.id, c.outcome) for c in result.checks] == [("early", "skipped"), ("late", "failed")]


def test_results_keep_the_order_of_the_requests(bench: Any) -> None:
    one, two = bench.exercise(TWO), bench.exercise(TWO, name="02_other")
    requests = [
        bench.request(exercise, bench.facts(exercise=exercise.id, values={"n": n, "m": 4}))
        for exercise, n in ((one, 3), (two, 3), (one, 0), (two, 3))
    ]
    results = award(requests)
    assert [(r.id, r.points) for r in results] == [
        ("01_small", 5.5),
        ("02_other", 5.5),
        ("01_small", 0),
        ("02_other", 5.5),
    ]


def test_facts_of_another_exercise_are_refused(bench: Any) -> None:
    with pytest.raises(ValueError, match="02_other"):
        award([bench.request(bench.exercise(TWO), bench.facts(exercise="02_other"))])


def test_no_requests_no_results() -> None:
    assert award([]) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("return facts.value('n') == 4", "must assert and return nothing; this one returned bool"),
        ("facts.no_such_field", "NoSuchField"),
        ("reference.nothing", "CourseFault"),
        ("import sys; sys.exit(0)", "SystemExit"),
        ("inputs['x']", "CourseFault"),
        ("facts.array('a')", "CourseFault"),
    ],
)
def test_a_fault_of_ours_is_ungraded_not_zero(bench: Any, body: str, kind: str) -> None:
    facts = bench.facts(values={"n": 3}, arrays={"a": [1]})
    (bench.folder / "a.npy").write_bytes(b"damaged")
    checks = f"""
        @pytest.mark.points(2)
        def test_broken(facts, reference, inputs):
            {body}
        @pytest.mark.points(2)
        @pytest.mark.needs("broken")
        def test_after():
            pass
        @pytest.mark.points(1)
        def test_fine():
            pass
    """
    result = bench.award(bench.exercise(checks), facts)
    assert (result.status, result.points) == ("ungraded", None)
    assert [(c.outcome, c.points) for c in result.checks] == [
        ("ungraded", None),
        ("ungraded", None),
        ("passed", 1),
    ]
    assert kind in result.checks[0].staff_detail
    assert kind in result.staff_detail
    assert str(bench.root) not in result.model_dump_json()  # no machine paths


def test_a_check_that_raises_on_evidence_fails_and_staff_hear_of_it(bench: Any) -> None:
    """Nothing that a submission can cause is "ungraded": what breaks a check does not pass it."""
    checks = """
        @pytest.mark.points(2)
        def test_counts(facts):
            assert len(facts.value("n")) == 3
        @pytest.mark.points(2)
        @pytest.mark.needs("counts")
        def test_after():
            pass
        @pytest.mark.points(1)
        def test_fine():
            pass
    """
    result = bench.award(bench.exercise(checks), bench.facts(values={"n": 3}))
    assert (result.status, result.points) == ("graded", 1)
    assert [(c.outcome, c.points) for c in result.checks] == [("failed", 0), ("skipped", 0), ("passed", 1)]
    (note,) = result.notes
    assert (note.kind, note.check) == ("check_raised", "counts")
    assert "TypeError" in note.detail
    assert "TypeError" not in result.checks[0].message.en
    assert str(bench.root) not in result.model_dump_json()


def test_a_fixture_that_raises_is_a_fault_of_the_course(bench: Any) -> None:
    def broken() -> Any:
        raise ValueError("inputs.py is broken")

    exercise = bench.exercise("@pytest.mark.points(1)\ndef test_a(inputs):\n    assert inputs\n")
    result = bench.award(exercise, inputs=broken)
    assert (result.status, result.points) == ("ungraded", None)
    assert "inputs.py is broken" in result.staff_detail


def test_async_check_is_ungraded(bench: Any) -> None:
    result = bench.award(bench.exercise("@pytest.mark.points(1)\nasync def test_a():\n    assert False\n"))
    assert (result.status, result.points) == ("ungraded", None)


def test_skip_gives_no_points(bench: Any) -> None:
    check = bench.check("pytest.skip('데이터가 없습니다 | no data')")
    assert (check.outcome, check.points) == ("skipped", 0)
    assert check.message == Text(ko="데이터가 없습니다", en="no data")


def test_pytest_fail_fails(bench: Any) -> None:
    check = bench.check("pytest.fail('틀림 | wrong')")
    assert (check.outcome, check.points, check.message) == ("failed", 0, Text(ko="틀림", en="wrong"))


@pytest.mark.parametrize(
    ("checks", "hidden", "said"),
    [
        (None, None, "no checks.py"),
        ("x = 1\n", None, "defines no test function"),
        ("def test_a(:\n", None, "SyntaxError"),
        ("1 / 0\n", None, "ZeroDivisionError"),
        ("raise SystemExit(0)\n", None, "SystemExit"),
        ("pytest.skip('all', allow_module_level=True)\n", None, "Skipped"),
        ("import no_such_module\n", None, "no_such_module"),
        ("def test_a(): pass\n", "raise RuntimeError('staff')\n", "RuntimeError: staff"),
        ("def test_a(): pass\n", "def test_a(): pass\n", "two checks are called a"),
        ("@pytest.mark.point(3)\ndef test_a(): pass\n", None, "point"),
        ("@pytest.mark.points('3')\ndef test_a(): pass\n", None, "points(n)"),
        ("@pytest.mark.points(-1)\ndef test_a(): pass\n", None, "points(n)"),
        ("@pytest.mark.needs('b')\ndef test_a(): pass\n", "def test_b(): pass\n", "a needs b"),
        ("@pytest.mark.needs('a')\ndef test_a(): pass\n", None, "need each other"),
        (
            "@pytest.mark.needs('b')\ndef test_a(): pass\n@pytest.mark.needs('a')\ndef test_b(): pass\n",
            None,
            "a, b",
        ),
    ],
)
def test_broken_checks_are_ungraded_and_never_points(bench: Any, checks: str, hidden: str, said: str) -> None:
    exercise = bench.exercise(checks, hidden)
    fine = bench.exercise(TWO, name="02_other")
    broken, other = award(
        [
            bench.request(exercise, bench.facts()),
            bench.request(fine, bench.facts(exercise="02_other", values={"n": 3, "m": 4})),
        ]
    )
    assert (broken.status, broken.points, broken.max_points) == ("ungraded", None, 10.0)
    assert broken.message is not None
    assert said in broken.staff_detail
    assert (other.status, other.points) == ("graded", 5.5)  # one broken exercise stops no other
    with pytest.raises(ChecksError) as caught:
        list_checks(exercise)
    assert said in str(caught.value)


def test_list_checks(bench: Any) -> None:
    exercise = bench.exercise(TWO, HIDDEN)
    infos = list_checks(exercise)
    assert [(i.id, i.points, i.needs, i.visibility) for i in infos] == [
        ("first", 2.0, (), "student"),
        ("second", 3.5, ("first",), "student"),
        ("secret", 4.5, ("second",), "staff"),
    ]
    assert check_points(exercise) == 10.0
    assert check_points(exercise, staff=False) == 5.5


def test_staff_mark_hides_a_visible_files_check(bench: Any) -> None:
    (info,) = list_checks(bench.exercise("@pytest.mark.staff\ndef test_a(): pass\n"))
    assert info.visibility == "staff"


def test_ordinary_pytest_works_in_checks(bench: Any) -> None:
    checks = """
        @pytest.fixture
        def doubled(facts):
            return 2 * facts.value("n")

        @pytest.mark.points(1)
        @pytest.mark.parametrize("want", [6, 7])
        def test_doubled(doubled, want):
            '''두 배 | Doubled'''
            assert doubled == want

        @pytest.mark.needs("doubled[7]")
        def test_after():
            pass

        @pytest.mark.needs("doubled")
        def test_after_all():
            pass

        class TestGroup:
            @pytest.mark.points(1)
            def test_inside(self, facts):
                assert facts.value("n") == pytest.approx(3.0)
    """
    result = bench.award(bench.exercise(checks), bench.facts(values={"n": 3}))
    assert [(c.id, c.outcome) for c in result.checks] == [
        ("doubled[6]", "passed"),
        ("doubled[7]", "failed"),
        ("after", "skipped"),
        ("after_all", "skipped"),
        ("inside", "passed"),
    ]
    assert result.checks[1].title == Text(ko="두 배 (7)", en="Doubled (7)")


def test_missing_file(bench: Any) -> None:
    result = bench.award(bench.exercise(TWO, HIDDEN), bench.facts(present=False, outcome=None))
    assert (result.status, result.points, result.max_points) == ("missing", 0, 10)
    assert {c.outcome for c in result.checks} == {"skipped"}
    assert "small" in result.message.ko


@pytest.mark.parametrize(
    "fields",
    [
        {"harness_fault": "the sandbox broke"},
        {"outcome": outcome("harness", detail="the sandbox broke")},
        {"inspection": outcome("harness", detail="the sandbox broke")},
    ],
)
def test_harness_fault_is_ungraded_whatever_the_evidence(bench: Any, fields: Any) -> None:
    result = bench.award(bench.exercise(TWO), bench.facts(values={"n": 3, "m": 4}, **fields))
    assert (result.status, result.points) == ("ungraded", None)
    assert {(c.outcome, c.points) for c in result.checks} == {("ungraded", None)}
    assert "the sandbox broke" in result.staff_detail


@pytest.mark.parametrize(
    ("verdict", "status", "said"),
    [
        ("timeout", "timeout", "7 seconds"),
        ("cpu", "timeout", "CPU"),
        ("memory", "memory", "512 MB"),
        ("exited", "error", "exit code 3"),
        ("crashed", "error", "signal 11"),
        ("output", "error", "16 KB"),
        ("disk", "error", "8 MB"),
    ],
)
def test_verdicts(bench: Any, verdict: str, status: str, said: str) -> None:
    """Evidence from before the end earns its points; the rest fails and says why."""
    limits = Limits(wall_seconds=7, cpu_seconds=9, memory_mb=512, log_kb=16, disk_mb=8)
    facts = bench.facts(
        values={"n": 3},
        steps=(Step(name="n", status="ok"), Step(name="train", status="unfinished")),
        outcome=outcome(verdict, exit_code=3, signal=11),
    )
    result = bench.award(bench.exercise(TWO, limits=limits), facts)
    assert (result.status, result.points) == (status, 2.0)
    assert said in result.message.en
    assert "train" in result.message.en
    assert said in result.checks[1].message.en


def test_syntax_error_names_file_line_and_column(bench: Any) -> None:
    step = failed(
        "import", "syntax", type="SyntaxError", message="invalid syntax", column=7,
        frames=(Frame(file="small.ipynb", line=2, cell=3, label=1, text="def x("),),
    )  # fmt: skip
    result = bench.award(bench.exercise(TWO), bench.facts(steps=(step,)))
    assert (result.status, result.points) == ("error", 0)
    assert "small.ipynb, cell [1], line 2, column 7" in result.message.en
    assert result.frames[0].cell == 3
    assert result.checks[0].frames == result.frames


def test_unreadable_file(bench: Any) -> None:
    problem = Problem(file="small.ipynb", severity="error", message=Text(ko="깨진 노트북", en="a broken notebook"))
    result = bench.award(bench.exercise(TWO), bench.facts(outcome=None, problems=(problem,)))
    assert (result.status, result.points) == ("error", 0)
    assert result.message == problem.message
    assert result.checks[0].message == problem.message


def test_stdout_and_exit_code_change_nothing(bench: Any) -> None:
    """Invariant 5: what the process printed, and with what code it ended, gives and takes no points."""
    exercise = bench.exercise(TWO)
    plain = bench.award(exercise, bench.facts(values={"n": 3}))
    loud = bench.award(
        exercise,
        bench.facts(
            values={"n": 3}, outcome=outcome("completed", exit_code=1, stdout="PASSED 100/100", stderr="FAILED")
        ),
    )
    assert loud.checks == plain.checks
    assert loud.points == plain.points


def test_repetition_is_byte_identical(bench: Any) -> None:
    checks = (
        TWO
        + """
    def test_set(facts):
        assert set(facts.value("words")) == {"a", "b", "c"}, "모음 | set"

    def test_object():
        assert object() == 3
    """
    )
    facts = bench.facts(values={"n": 3, "m": 0, "words": ["x", "y", "z"]})
    first = bench.award(bench.exercise(checks), facts).model_dump_json()
    assert [bench.award(bench.exercise(checks), facts).model_dump_json() for _ in range(2)] == [first, first]
    # Another process has another seed for the hashes of texts, and other addresses.
    script = bench.root / "again.py"
    script.write_text(
        "import pickle, sys, pathlib\nfrom grader.award import award\n"
        "sys.stdout.write(award(pickle.loads(pathlib.Path(sys.argv[1]).read_bytes()))[0].model_dump_json())\n",
        encoding="utf-8",
    )
    import pickle

    request = bench.root / "request.pickle"
    request.write_bytes(pickle.dumps([bench.request(bench.exercise(checks), facts)]))
    for seed in ("1", "2"):
        again = subprocess.run(
            [sys.executable, script, request],
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "PYTHONUTF8": "1",
            },
            capture_output=True,
            check=True,
            text=True,
            encoding="utf-8",
        )
        assert again.stdout == first


def test_an_edited_check_counts_at_once(bench: Any) -> None:
    facts = bench.facts(values={"n": 3, "m": 4})
    assert bench.award(bench.exercise(TWO), facts).points == 5.5
    assert bench.award(bench.exercise(TWO.replace("3.5", "7")), facts).points == 9


def test_surroundings_have_no_say(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Configuration, conftest, plugins and variables that would end or change any ordinary pytest run."""
    exercise = bench.exercise(TWO)
    for folder in (bench.root, exercise.public_dir):
        (folder / "conftest.py").write_text("raise SystemExit('conftest')\n", encoding="utf-8")
        (folder / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n", encoding="utf-8")
    monkeypatch.chdir(exercise.public_dir)
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only -k nothing")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    assert bench.award(exercise, bench.facts(values={"n": 3, "m": 4})).points == 5.5
    assert os.environ["PYTEST_ADDOPTS"] == "--collect-only -k nothing"
    assert "PYTEST_CURRENT_TEST" in os.environ  # the outer run's own
    assert "PYTEST_DISABLE_PLUGIN_AUTOLOAD" not in os.environ


def test_nothing_is_printed_and_nothing_stays(bench: Any, capfd: pytest.CaptureFixture[str]) -> None:
    before, hooks = set(sys.modules), list(sys.meta_path)
    check = bench.check("print('to nobody')\nassert facts.value('n') == 4", bench.facts(values={"n": 3}))
    assert check.outcome == "failed"
    assert capfd.readouterr() == ("", "")
    assert not [name for name in set(sys.modules) - before if name.endswith("checks")]
    assert sys.meta_path == hooks


def test_from_threads_and_from_within_a_check(bench: Any) -> None:
    exercise = bench.exercise(TWO)
    facts = bench.facts(values={"n": 3, "m": 4})
    points: list[float | None] = []
    threads = [
        threading.Thread(target=lambda: points.append(bench.award(exercise, facts).points)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert points == [5.5, 5.5, 5.5]

    nested = bench.exercise(
        """
        @pytest.mark.points(1)
        def test_nested(facts, inputs):
            assert inputs["award"]() == 5.5
            assert facts.value("n") == 4
        """,
        name="02_other",
    )
    request = bench.request(
        nested,
        Facts(exercise="02_other", present=True, budget_name="quick", values={"n": 3}),
        inputs=lambda: {"award": _Callable(lambda: bench.award(exercise, facts).points)},
    )
    (result,) = award([request])
    assert result.checks[0].expected == Text(ko="4", en="4")


class _Callable:
    """Stands where an array would: lets a check call back."""

    def __init__(self, function: Any) -> None:
        self.function = function
        self.flags = type("Flags", (), {"writeable": True})()

    def view(self) -> _Callable:
        return self

    def __call__(self) -> Any:
        return self.function()


def test_importing_is_light() -> None:
    heavy = "pytest", "_pytest", "tensorflow", "keras"
    code = f"import sys, grader.award; print([m for m in {heavy} if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_golden_result(bench: Any, model_fact: Any) -> None:
    """One result, whole, in both languages. After a wanted change, write ``golden.json`` anew and read it."""
    checks = """
        @pytest.mark.points(2)
        def test_builds(facts):
            '''모델을 만든다 | Builds a model'''
            facts.step("build_model")

        @pytest.mark.points(3)
        @pytest.mark.needs("builds")
        def test_layers(facts, reference):
            '''레이어별 출력 모양 | Layer output shapes'''
            assert facts.layers == reference.layers

        @pytest.mark.points(1)
        def test_conv(facts):
            '''컨벌루션 값 | Convolution values'''
            expect.close(facts.array("conv"), [1.0, 2.0], atol=0.001, hint="conv")
    """
    hidden = """
        @pytest.mark.points(4)
        @pytest.mark.needs("layers")
        def test_trained(facts):
            '''학습됨 | Trained'''
            expect.at_least(facts.score("test").accuracy, 0.5, as_percent=True)
    """
    exercise = bench.exercise(
        checks,
        hidden,
        reference={"layers": [{"type": "Flatten"}, {"type": "Dense", "output_shape": [None, 10]}]},
        graded_model=("trained",),
        hints={"conv": Text(ko="필터를 뒤집지 마세요.", en="Do not flip the kernel.")},
    )
    facts = bench.facts(
        steps=(Step(name="build_model", status="ok"), Step(name="train", status="unfinished")),
        arrays={"conv": [1.0, 2.5]},
        models={
            "trained": model_fact([("Flatten", (None, 48), 0), ("Dense", (None, 9), 441, "softmax")], "trained")
        },
        graded_model="trained",
        outcome=outcome("timeout", wall_seconds=60.5, stdout="epoch 1"),
    )
    golden = Path(__file__).with_name("golden.json")
    assert bench.award(exercise, facts).model_dump_json(indent=1) + "\n" == golden.read_text(encoding="utf-8")
