"""One submission from what was handed in to its reports; and its marks again from stored facts."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Literal

from grader import __version__
from grader.award import AwardRequest, award
from grader.catalog import make_inputs
from grader.i18n import both
from grader.inspect import load_facts
from grader.intake import read_submission
from grader.pipeline.exercise import gather_facts
from grader.pipeline.materials import Workshop
from grader.pipeline.options import Options, Progress, no_progress
from grader.report import write_reports
from grader.sandbox import open_sandbox
from grader.schema import (
    Course,
    Exercise,
    ExerciseFiles,
    ExerciseResult,
    Facts,
    Isolation,
    Lang,
    Result,
    Sandbox,
    Submission,
    SubmissionId,
    Text,
)


class NothingToGrade(Exception):
    """The submission has no file that any exercise declares. A report says so all the same."""

    def __init__(self, text: Text, result: Result) -> None:
        super().__init__(text.en)
        self.text = text
        self.result = result


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
            self._sandbox = open_sandbox(self._isolation, threads=self.options.threads)
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
        progress: Progress = no_progress,
    ) -> Result:
        """Grade what is at ``path`` and write its reports, evidence and facts under ``out``.

        Args:
            only: exercise ids to grade, whether or not they are there; by default every exercise whose file is.
            seed: instead of the options' seed.
            also_predict: inspection plan whose model is to predict the test images too (calibration needs the
                untrained model's accuracy, no check does).

        Raises:
            IntakeError: nothing at ``path`` can be read.
            NothingToGrade: no declared file was found; ``out`` has a report that says so.
            SandboxUnavailable: the isolation asked for can't be had.
            ReportError: ``out`` can't be written.
        """
        work_dir = self._new_folder()
        try:
            submission = read_submission(path, self.course, work_dir=work_dir, only=only)
            prepare_folder(out)
            (out / "submission.json").write_text(submission.model_dump_json(indent=1), encoding="utf-8")
            handed_in = {files.exercise: files for files in submission.exercises}
            wanted = [e for e in self.course.exercises if e.id in (only or handed_in)]
            options = self.options if seed is None else replace(self.options, seed=seed)
            requests = [
                self._request(
                    with_prediction(exercise, also_predict),
                    handed_in.get(exercise.id),
                    options=options,
                    out=out,
                    work_dir=work_dir,
                    progress=progress,
                )
                for exercise in wanted
            ]
            progress("award", None)
            result = make_result(submission, award(requests), self._level())
            write_reports(result, out, lang)
            progress("done", None)
        finally:
            shutil.rmtree(work_dir, ignore_errors=True)
        if not any(request.facts.present for request in requests):
            raise NothingToGrade(_nothing_found(self.course, wanted), result)
        return result

    def _new_folder(self) -> Path:
        self._runs += 1
        folder = self._folder / f"run-{self._runs}"
        folder.mkdir(parents=True)
        return folder

    def _level(self) -> Isolation:
        """The level used; where nothing had to run, the weaker one, so that no report promises too much."""
        return self._sandbox.isolation if self._sandbox is not None else "process"

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
            materials=self._workshop.materials(exercise),
            sandbox=lambda: self.sandbox,
            options=options,
            evidence_dir=out / "evidence" / exercise.id,
            facts_dir=facts_dir,
            work_dir=work_dir / exercise.id,
            progress=progress,
        )
        return award_request(exercise, facts, facts_dir, staff=self.options.staff)


def with_prediction(exercise: Exercise, plan: str | None) -> Exercise:
    """``exercise`` with one more model that predicts the hidden test images."""
    if plan is None or plan not in exercise.inspect:
        return exercise
    changed = exercise.inspect[plan].model_copy(update={"predict": (*exercise.inspect[plan].predict, "test")})
    return exercise.model_copy(update={"inspect": {**exercise.inspect, plan: changed}})


def award_request(exercise: Exercise, facts: Facts, folder: Path, *, staff: bool) -> AwardRequest:
    """What ``award`` needs; the inputs are made only if a check asks for them."""
    return AwardRequest(
        exercise=exercise,
        facts=facts,
        folder=folder,
        staff=staff,
        inputs=lambda: make_inputs(exercise, staff=staff),
    )


def make_result(submission: Submission, exercises: Sequence[ExerciseResult], isolation: Isolation) -> Result:
    """Add up. One ungraded exercise leaves the sum open: a total without it would be a wrong mark."""
    points = [exercise.points for exercise in exercises]
    known = [value for value in points if value is not None]
    return Result(
        grader_version=__version__,
        isolation=isolation,
        submission=SubmissionId(id=submission.id, sha256=submission.sha256),
        points=round(sum(known), 2) if len(known) == len(points) else None,
        max_points=round(sum(exercise.max_points for exercise in exercises), 2),
        exercises=tuple(exercises),
        problems=submission.problems,
    )


def prepare_folder(out: Path) -> None:
    """Make ``out`` and make sure that it can be written before anything is run."""
    from grader.report import ReportError

    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise ReportError(
            both(
                "The output folder {folder} cannot be written ({reason}). Choose another one with --out.",
                folder=str(out),
                reason=error.strerror or str(error),
            )
        ) from error


def regrade(out: Path, course: Course, *, lang: Lang | None = None, staff: bool = True) -> tuple[Result, Result]:
    """Score the stored facts of one graded submission again; nothing is run.

    Returns:
        The result before and the result now.

    Raises:
        NotGraded: ``out`` holds no graded submission.
    """
    stored = out / "result.json"
    if not stored.is_file():
        raise NotGraded(both("{folder} holds no graded submission (no result.json in it).", folder=str(out)))
    before = Result.model_validate_json(stored.read_bytes())
    submission = Submission.model_validate_json((out / "submission.json").read_bytes())
    requests = []
    for exercise in course.exercises:
        folder = out / "facts" / exercise.id
        if (folder / "facts.json").is_file():
            requests.append(award_request(exercise, load_facts(folder), folder, staff=staff))
    after = make_result(submission, award(requests), before.isolation)
    write_reports(after, out, lang or _stored_lang(out))
    return before, after


def _stored_lang(out: Path) -> Lang:
    """The language of the report that is there."""
    report = out / "report.json"
    stored = json.loads(report.read_text(encoding="utf-8")) if report.is_file() else {}
    return "en" if stored.get("lang") == "en" else "ko"


class NotGraded(Exception):
    """There is nothing to score again."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def _nothing_found(course: Course, wanted: Sequence[Exercise]) -> Text:
    names = ", ".join(f"{exercise.file}.py" for exercise in (wanted or course.exercises))
    return both(
        "No file of any exercise was found. Expected (as .py or .ipynb): {names}. "
        "File names must be exactly these; the folder around them does not matter.",
        names=names,
    )
