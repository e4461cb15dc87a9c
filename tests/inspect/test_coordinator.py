"""The coordinator's side: which models are inspected, who is to blame when that fails, and what is stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.inspect import Inspection, build_facts, inspect_models, load_facts, save_facts
from grader.inspect.models import LIMITS
from grader.sandbox import open_sandbox
from grader.schema import (
    Evidence,
    Exercise,
    ExerciseFiles,
    InspectPlan,
    Job,
    ModelFile,
    RunOutcome,
    Sandbox,
    Text,
)
from grader.wire.npy import write_array

ROOT = Path(__file__).parent.parent.parent
Run = Callable[[Job, Path], RunOutcome]


def outcome(verdict: Any = "completed", **more: Any) -> RunOutcome:
    return RunOutcome(verdict=verdict, isolation="process", **more)


@dataclass
class Scripted:
    """A sandbox that does what the test says, run by run."""

    runs: list[Run]
    jobs: list[Job] = field(default_factory=list)
    isolation: Any = "process"

    def run(self, job: Job, evidence_dir: Path) -> RunOutcome:
        self.jobs.append(job)
        return self.runs[len(self.jobs) - 1](job, evidence_dir)

    def warm(self) -> None: ...

    def close(self) -> None: ...


def finish(*names: str, begun: str | None = None, **result: Any) -> Run:
    """Facts for ``names``, work begun on ``begun``, then the outcome."""

    def run(job: Job, out: Path) -> RunOutcome:
        for name in names:
            (out / f"{name}.begun.json").write_text("{}")
            label = job.request["plans"][name]["label"]
            (out / f"{name}.model.json").write_text(json.dumps({"name": name, "file": label, "parameters": 7}))
        if begun:
            (out / f"{begun}.begun.json").write_text("{}")
        return outcome(**result)

    return run


def exercise(plans: Mapping[str, InspectPlan], folder: Path, **more: Any) -> Exercise:
    text = Text(ko="", en="")
    return Exercise(
        id="06_x", title=text, summary=text, file="x", functions=("f",), points=1, inspect=dict(plans),
        public_dir=folder, **more,
    )  # fmt: skip


def inspect(
    plans: Mapping[str, InspectPlan],
    folder: Path,
    sandbox: Sandbox,
    *,
    models: tuple[ModelFile, ...] = (),
    **more: Any,
) -> Inspection:
    names = [name for name, plan in plans.items() if plan.source == "evidence"]
    return inspect_models(
        exercise(plans, folder, given=("given.keras",)),
        Evidence(outcome=outcome(), models=tuple(more.pop("left", names))),
        folder / "evidence",
        models=models,
        inputs={"x": folder / "x.npy"},
        test_images=folder / "test.npy",
        sandbox=sandbox,
        work_dir=folder / "work",
        threads=1,
    )


PLAN = InspectPlan()
GIVEN = InspectPlan(source="given", file="given.keras")


def test_nothing_to_inspect_runs_nothing(tmp_path: Path) -> None:
    sandbox = Scripted([])
    assert inspect({"a": PLAN, "given": GIVEN}, tmp_path, sandbox, left=()) == Inspection()
    assert sandbox.jobs == []


def test_a_job_carries_files_inputs_and_test_images_but_no_label(tmp_path: Path) -> None:
    handed_in = ModelFile(name="x.keras", path=tmp_path / "theirs.keras", size=1, sha256="")
    plans = {
        "a": InspectPlan(predict=("test", "x", "unknown"), scale="none"),
        "s": InspectPlan(source="submission", file="x.keras"),
        "given": GIVEN,
    }
    sandbox = Scripted([finish("a", "s", "given")])
    inspect(plans, tmp_path, sandbox, models=(handed_in,))
    job = sandbox.jobs[0]
    assert job.entry == "inspect"
    assert job.files == {
        "a.keras": tmp_path / "evidence" / "a.keras",
        "s.keras": tmp_path / "theirs.keras",
        "given.keras": tmp_path / "given.keras",
        "x.npy": tmp_path / "x.npy",
        "test.npy": tmp_path / "test.npy",
    }
    assert job.request["plans"]["a"]["predict"] == ["test", "x"]
    assert job.request["plans"]["a"]["scale"] == "none"


@pytest.mark.parametrize("verdict", ["memory", "timeout", "cpu", "crashed", "output"])
def test_a_model_that_takes_the_inspector_down_is_refused_alone(tmp_path: Path, verdict: str) -> None:
    plans = {"a": PLAN, "bomb": PLAN, "c": InspectPlan(compare="a"), "d": InspectPlan(compare="bomb")}
    sandbox = Scripted([finish("a", begun="bomb", verdict=verdict), finish("a", "c", "d")])
    found = inspect(plans, tmp_path, sandbox)
    assert list(sandbox.jobs[1].request["plans"]) == ["a", "c", "d"]
    refused = found.models["bomb"].refused
    assert refused is not None
    assert (refused.kind, refused.detail) == ("resources", verdict)
    assert {name for name, model in found.models.items() if model.refused is None} == {"a", "c", "d"}
    assert found.harness_fault == ""


def test_several_bombs_each_cost_one_run(tmp_path: Path) -> None:
    plans = dict.fromkeys("abc", PLAN)
    runs = [finish(begun="a", verdict="memory"), finish(begun="b", verdict="crashed"), finish("c")]
    found = inspect(plans, tmp_path, Scripted(runs))
    assert [model.refused is not None for _, model in sorted(found.models.items())] == [True, True, False]
    assert found.harness_fault == ""


def test_an_inspection_again_does_not_overwrite_the_first(tmp_path: Path) -> None:
    def again(job: Job, out: Path) -> RunOutcome:
        finish("c")(job, out)
        other = {"name": "a", "file": "a.keras", "parameters": 1}
        (out / "a.model.json").write_text(json.dumps(other))
        return outcome()

    plans = {"a": PLAN, "bomb": PLAN, "c": InspectPlan(compare="a")}
    found = inspect(plans, tmp_path, Scripted([finish("a", begun="bomb", verdict="memory"), again]))
    assert found.models["a"].parameters == 7


@pytest.mark.parametrize(
    ("run", "word"),
    [
        (finish(verdict="harness", detail="no worker"), "no worker"),
        (finish(begun="a", verdict="exited", exit_code=1, stderr="KeyError"), "KeyError"),
        (finish(verdict="memory"), "memory"),
        (finish("given", begun=None, verdict="completed"), "no facts"),
        (finish(begun="given", verdict="timeout"), "timeout"),
    ],
    ids=["worker", "exception", "between", "silent", "given"],
)
def test_what_is_no_models_doing_is_a_fault_of_the_harness(tmp_path: Path, run: Run, word: str) -> None:
    sandbox = Scripted([run])
    found = inspect({"given": GIVEN, "a": PLAN}, tmp_path, sandbox)
    assert len(sandbox.jobs) == 1
    assert word in found.harness_fault
    assert "a" not in found.models


def test_our_own_failure_at_one_model_is_told(tmp_path: Path) -> None:
    def run(job: Job, out: Path) -> RunOutcome:
        (out / "a.fault.json").write_text(json.dumps({"fault": "KeyError: 'x'"}))
        return finish("b")(job, out)

    found = inspect({"a": PLAN, "b": PLAN}, tmp_path, Scripted([run]))
    assert "KeyError" in found.harness_fault
    assert list(found.models) == ["b"]


def test_a_refused_given_file_is_the_courses_fault(tmp_path: Path) -> None:
    def run(job: Job, out: Path) -> RunOutcome:
        refused = {"name": "given", "file": "given.keras", "refused": {"kind": "damaged", "detail": "zip"}}
        (out / "given.model.json").write_text(json.dumps(refused))
        return finish("a")(job, out)

    found = inspect({"given": GIVEN, "a": PLAN}, tmp_path, Scripted([run]))
    assert "given: damaged: zip" in found.harness_fault


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "b", "file": "a.keras"}',
        '{"name": "a", "file": "a.keras", "extra": 1}',
        '{"name": "a", "file": "a.keras", "scores": {"test": {"images": 1, "accuracy": 1, "loss": 0}}}',
        "[" * 100_000,
        "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
        "[]",
        "null",
    ],
    ids=["name", "extra", "scores", "deep", "bytes", "list", "null"],
)
def test_the_inspectors_word_is_checked(tmp_path: Path, text: str) -> None:
    def run(job: Job, out: Path) -> RunOutcome:
        (out / "a.model.json").write_text(text)
        return outcome()

    found = inspect({"a": PLAN}, tmp_path, Scripted([run]))
    assert found.models == {}
    assert "no facts came back" in found.harness_fault


def test_only_sound_predictions_that_were_asked_for_are_taken(tmp_path: Path) -> None:
    def run(job: Job, out: Path) -> RunOutcome:
        write_array(out / "a.predict.x.npy", np.zeros((2, 3), "float32"))
        write_array(out / "a.predict.other.npy", np.zeros((2, 3), "float32"))
        (out / "b.predict.x.npy").write_bytes(b"\x80\x04pickle")
        return finish("a", "b")(job, out)

    plan = InspectPlan(predict=("x",))
    found = inspect({"a": plan, "b": plan}, tmp_path, Scripted([run]))
    assert list(found.arrays) == ["a.predict.x"]


# Facts


def facts_of(folder: Path, inspection: Inspection) -> Any:
    return build_facts(
        exercise({"a": PLAN}, folder, graded_model=("trained", "a")),
        ExerciseFiles(exercise="06_x", source=None),
        evidence=None,
        inspection=inspection,
        budget_name="quick",
        budget=None,
        data=None,
        seed=0,
    )


def test_facts_are_stored_with_their_arrays_and_read_back(tmp_path: Path) -> None:
    write_array(tmp_path / "p.npy", np.arange(3.0))
    inspection = inspect({"a": PLAN}, tmp_path, Scripted([finish("a")]))
    inspection = Inspection(inspection.outcome, inspection.models, {"a.predict.x": tmp_path / "p.npy"})
    facts = facts_of(tmp_path, inspection)
    assert facts.graded_model == "a"
    assert not facts.present
    folder = tmp_path / "OUT" / "facts" / "06_x"
    save_facts(facts, inspection.arrays, folder)
    first = sorted((path.name, path.read_bytes()) for path in folder.iterdir())
    save_facts(load_facts(folder), inspection.arrays, folder)
    assert sorted((path.name, path.read_bytes()) for path in folder.iterdir()) == first
    assert [name for name, _ in first] == ["a.predict.x.npy", "facts.json"]
    assert load_facts(folder) == facts
    assert [path.name for path in folder.parent.iterdir()] == ["06_x"]  # no leftovers of the exchange


def test_a_failed_save_leaves_the_old_facts(tmp_path: Path) -> None:
    inspection = inspect({"a": PLAN}, tmp_path, Scripted([finish("a")]))
    folder = tmp_path / "facts"
    save_facts(facts_of(tmp_path, inspection), {}, folder)
    lost = Inspection(inspection.outcome, inspection.models, {"gone": tmp_path / "gone.npy"})
    with pytest.raises(OSError):
        save_facts(facts_of(tmp_path, lost), lost.arrays, folder)
    assert load_facts(folder).models.keys() == {"a"}
    assert not list(tmp_path.glob(".facts-*"))


def test_a_harness_fault_reaches_the_facts(tmp_path: Path) -> None:
    facts = facts_of(
        tmp_path, inspect({"a": PLAN}, tmp_path, Scripted([finish(verdict="harness", detail="lost")]))
    )
    assert "lost" in facts.harness_fault


# The real thing


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox("auto", threads=1) as opened:
        yield opened


def test_a_real_model_through_the_real_sandbox(tmp_path: Path, sandbox: Sandbox) -> None:
    given = ROOT / "exercises" / "09_save_load" / "given.keras"
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "a.keras").write_bytes(given.read_bytes())
    (tmp_path / "evidence" / "b.keras").write_bytes(given.read_bytes()[:5000])
    (tmp_path / "given.keras").write_bytes(given.read_bytes())
    write_array(tmp_path / "x.npy", np.ones((2, 8, 8, 1), "float32"))
    compared = InspectPlan(compare="given", predict=("x",))
    plans = {"given": GIVEN.model_copy(update={"predict": ("x",)}), "a": compared, "b": PLAN}
    found = inspect(plans, tmp_path, sandbox)
    assert found.harness_fault == ""
    assert found.models["a"].parameters == 527
    assert found.models["a"].compare is not None
    assert found.models["a"].compare.largest_optimizer_difference == 0
    assert found.models["a"].compare.predictions == {"x": 0}
    assert found.models["b"].refused is not None
    assert set(found.arrays) == {"a.predict.x", "given.predict.x"}


def test_all_inspections_of_an_exercise_share_one_total(tmp_path: Path) -> None:
    plans = dict.fromkeys(("a", "b", "c", "d"), PLAN)
    slow = [
        finish(begun=name, verdict="timeout", wall_seconds=seconds, cpu_seconds=seconds)
        for name, seconds in (("a", 100.0), ("b", LIMITS.wall_seconds - 101.0))
    ]
    sandbox = Scripted(slow)
    found = inspect(plans, tmp_path, sandbox)
    assert [job.limits.wall_seconds for job in sandbox.jobs] == [LIMITS.wall_seconds, LIMITS.wall_seconds - 100]
    assert sandbox.jobs[1].limits.cpu_seconds == LIMITS.cpu_seconds - 100
    kinds = {name: model.refused.kind for name, model in found.models.items() if model.refused}
    assert kinds == dict.fromkeys(plans, "resources")
    assert found.harness_fault == ""


def test_a_configuration_is_no_stand_in_for_a_model_that_predicts(tmp_path: Path) -> None:
    from grader.inspect.models import _find

    evidence = Evidence(outcome=outcome(), architectures=("a",))
    assert _find("a", InspectPlan(), evidence, tmp_path, (), {}) == tmp_path / "a.architecture.json"
    for plan in (InspectPlan(predict=("test",)), InspectPlan(compare="b"), InspectPlan(look="test")):
        assert _find("a", plan, evidence, tmp_path, (), {}) is None
