"""One submission from what was handed in to its reports."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Literal

from grader.award import AwardRequest
from grader.errors import IntakeError, NothingToGrade
from grader.files import write_whole
from grader.inspect import load_facts
from grader.intake import read_submission
from grader.sandbox import open_sandbox
from grader.schema import (
    Course,
    Exercise,
    ExerciseFiles,
    Facts,
    Isolation,
    Lang,
    Problem,
    Result,
    Sandbox,
    Submission,
    Text,
)
from grader.workflows.exercise import gather_facts
from grader.workflows.keys import KEY_FILE, Keys, exercise_key, submission_key
from grader.workflows.materials import Workshop
from grader.workflows.options import Options, Progress, no_progress
from grader.workflows.previous import Earlier
from grader.workflows.reports import write_reports
from grader.workflows.results import award_request, make_result, nothing_found, prepare_folder, score

_LATER = ("pytest", "jinja2")


@dataclass(frozen=True)
class Graded:
    """A result, and what had to be done for it: ids of exercises."""

    result: Result
    run: tuple[str, ...] = ()
    """The student's code ran (or it was found that there is none)."""
    rescored: tuple[str, ...] = ()
    """Earlier facts, today's checks."""
    reused: tuple[str, ...] = ()
    """Earlier facts, and nothing about them or their checks has changed."""
    nothing: Text | None = None
    """Why there was nothing to grade, where there was nothing."""


class Grader:
    """A warm grader: one sandbox, materials made once, any number of submissions one after the other."""

    def __init__(
        self,
        course: Course,
        options: Options,
        *,
        isolation: Literal["auto", "namespace", "process"] = "auto",
    ) -> None:
        self.course = course
        self.options = options
        self._folder = Path(tempfile.mkdtemp(prefix="grader-"))
        self._workshop = Workshop(options, self._folder / "materials")
        self._isolation = isolation
        self._sandbox: Sandbox | None = None
        self._runs = 0

    @property
    def sandbox(self) -> Sandbox:
        """Opened when first needed: a submission without a single usable file needs none."""
        if self._sandbox is None:
            self._sandbox = open_sandbox(
                self._isolation, threads=self.options.threads, on_epoch=self.options.on_epoch
            )
            _import_ahead()
        return self._sandbox

    def __enter__(self) -> Grader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the sandbox and remove all temporary files."""
        if self._sandbox is not None:
            self._sandbox.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def grade(
        self,
        path: Path,
        out: Path,
        *,
        only: Sequence[str] = (),
        lang: Lang = "ko",
        seed: int | None = None,
        also_predict: str | None = None,
        train: bool | None = None,
        reports: bool = True,
        progress: Progress = no_progress,
    ) -> Result:
        """Grade what is at ``path`` and write its reports, evidence and facts under ``out``.

        Args:
            only: exercise ids to grade, whether or not they are there; by default every exercise whose file is.
            seed: instead of the options' seed.
            also_predict: inspection plan whose model is to predict the test images too (calibration needs the
                untrained model's accuracy, no check does).
            train: instead of the options'.
            reports: write them; without, evidence and facts alone, for a caller that is in a hurry.

        Raises:
            IntakeError: nothing at ``path`` can be read.
            NothingToGrade: no declared file was found; ``out`` has a report that says so.
            SandboxUnavailable: the isolation asked for can't be had.
            OutputError: ``out`` can't be written.
        """
        options = replace(
            self.options,
            seed=self.options.seed if seed is None else seed,
            train=self.options.train if train is None else train,
        )
        work_dir = self._new_folder()
        try:
            submission = read_submission(path, self.course, work_dir=work_dir, only=only)
            graded = self._graded(
                submission, out, None, only, lang, options, also_predict, progress, work_dir, reports
            )
        finally:
            shutil.rmtree(work_dir, ignore_errors=True)
        if graded.nothing is not None:
            raise NothingToGrade(graded.nothing, graded.result)
        return graded.result

    def update(
        self,
        path: Path,
        out: Path,
        *,
        name: str,
        student: str = "",
        notes: Sequence[Problem] = (),
        earlier: Path | None = None,
        only: Sequence[str] = (),
        lang: Lang = "ko",
        progress: Progress = no_progress,
    ) -> Graded:
        """Like :meth:`grade`, but do only what ``earlier`` (the ``out`` of an earlier call) does not answer.

        Where everything in ``earlier`` still holds, nothing is written and ``out`` is not made. Else ``out``
        becomes complete by itself: facts that still hold are linked or copied from ``earlier``. A submission that
        can't be read at all gets a report that says so.

        Args:
            name: the submission's id, whatever ``path`` is called.
            student: what people call its author.
            notes: what is to be said of the submission besides what intake finds.

        Raises:
            SandboxUnavailable, OutputError: as :meth:`grade`.
        """
        work_dir = self._new_folder()
        try:
            try:
                submission = read_submission(path, self.course, work_dir=work_dir, only=only)
            except IntakeError as error:
                submission = unreadable(path, only, error.text)
            submission = submission.model_copy(
                update={"id": name, "name": student, "problems": (*submission.problems, *notes)}
            )
            return self._graded(submission, out, earlier, only, lang, self.options, None, progress, work_dir)
        finally:
            shutil.rmtree(work_dir, ignore_errors=True)

    def _graded(
        self,
        submission: Submission,
        out: Path,
        earlier: Path | None,
        only: Sequence[str],
        lang: Lang,
        options: Options,
        also_predict: str | None,
        progress: Progress,
        work_dir: Path,
        reports: bool = True,
    ) -> Graded:
        handed_in = {files.exercise: files for files in submission.exercises}
        wanted = [e for e in self.course.exercises if e.id in (only or handed_in)]
        planned: Isolation = "process" if self._isolation == "process" else "namespace"
        before = Earlier(earlier)
        if not submission.name and before.result is not None:
            # A name that a roster once gave stays where the roster is not given again.
            submission = submission.model_copy(update={"name": before.result.submission.name})
        keys = Keys(
            submission=submission_key(submission, lang),
            exercises={
                e.id: exercise_key(
                    e,
                    handed_in.get(e.id),
                    isolation=planned,
                    data=self._workshop.data_key(e, options.seed),
                )
                for e in wanted
            },
        )
        stored = before.result
        if (
            stored is not None
            and before.keys == keys
            and all(before.holds(*item) for item in keys.exercises.items())
        ):
            present = any(before.facts(e.id).present for e in wanted)
            nothing = None if present else nothing_found(self.course, wanted)
            return Graded(stored, reused=tuple(keys.exercises), nothing=nothing)
        prepare_folder(out)
        (out / "submission.json").write_text(submission.model_dump_json(indent=1), encoding="utf-8")
        requests: list[AwardRequest] = []
        run: list[str] = []
        rescored: list[str] = []
        reused: list[str] = []
        for exercise in wanted:
            key = keys.exercises[exercise.id]
            if before.holds(exercise.id, key):
                before.carry_over(exercise.id, out)
                facts_dir = out / "facts" / exercise.id
                requests.append(
                    award_request(exercise, load_facts(facts_dir), facts_dir, staff=self.options.staff)
                )
                (reused if before.key(exercise.id) == key else rescored).append(exercise.id)
                continue
            run.append(exercise.id)
            requests.append(
                self._request(
                    with_prediction(exercise, also_predict),
                    handed_in.get(exercise.id),
                    options=options,
                    out=out,
                    work_dir=work_dir,
                    progress=progress,
                )
            )
        progress("award", None)
        result = make_result(
            submission, self.course, score(requests), _weakest(planned, [r.facts for r in requests])
        )
        if reports:
            write_reports(result, out, lang, self.course)
        # Last, and without what is ungraded: what a key vouches for is there, and worth keeping.
        graded = {e.id for e in result.exercises if e.status != "ungraded"}
        kept = {
            r.exercise.id: keys.exercises[r.exercise.id].at_level(_weakest(planned, [r.facts]))
            for r in requests
            if r.exercise.id in graded
        }
        write_whole(
            out / KEY_FILE, Keys(submission=keys.submission, exercises=kept).model_dump_json(indent=1) + "\n"
        )
        progress("done", None)
        nothing = None if any(r.facts.present for r in requests) else nothing_found(self.course, wanted)
        return Graded(result, tuple(run), tuple(rescored), tuple(reused), nothing)

    def _new_folder(self) -> Path:
        self._runs += 1
        folder = self._folder / f"run-{self._runs}"
        folder.mkdir(parents=True)
        return folder

    def _request(
        self,
        exercise: Exercise,
        files: ExerciseFiles | None,
        *,
        options: Options,
        out: Path,
        work_dir: Path,
        progress: Progress,
    ) -> AwardRequest:
        facts_dir = out / "facts" / exercise.id
        progress("prepare", exercise)
        facts = gather_facts(
            exercise,
            files,
            materials=self._workshop.materials(exercise, train=options.train),
            sandbox=lambda: self.sandbox,
            options=options,
            evidence_dir=out / "evidence" / exercise.id,
            facts_dir=facts_dir,
            work_dir=work_dir / exercise.id,
            progress=progress,
        )
        return award_request(exercise, facts, facts_dir, staff=self.options.staff)


def _import_ahead() -> None:
    """What scores and draws later, while the sandbox's own process is still busy importing TensorFlow."""
    for name in _LATER:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def with_prediction(exercise: Exercise, plan: str | None) -> Exercise:
    """``exercise`` with one more model that predicts the hidden test images."""
    if plan is None or plan not in exercise.inspect:
        return exercise
    changed = exercise.inspect[plan].model_copy(update={"predict": (*exercise.inspect[plan].predict, "test")})
    return exercise.model_copy(update={"inspect": {**exercise.inspect, plan: changed}})


def unreadable(path: Path, only: Sequence[str], reason: Text) -> Submission:
    """What stands for a submission of which nothing can be read: its author is told why."""
    digest = hashlib.sha256()
    if path.is_file():
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return Submission(
        id=path.stem,
        sha256=digest.hexdigest(),
        exercises=tuple(ExerciseFiles(exercise=name, source=None) for name in only),
        problems=(Problem(file=path.name, severity="error", message=reason),),
    )


def _weakest(planned: Isolation, facts: Iterable[Facts]) -> Isolation:
    """The weakest level at which any of ``facts`` was found out; ``planned`` where nothing had to run.

    Theirs alone, whatever the grader started for somebody else: the same submission gets the same result.
    """
    outcomes = [outcome for f in facts for outcome in (f.outcome, f.inspection) if outcome is not None]
    levels = {outcome.isolation for outcome in outcomes} or {planned}
    return "process" if "process" in levels else "namespace"
