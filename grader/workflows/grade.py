"""One submission from what was handed in to its reports."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader import bounds
from grader.closing import Closing
from grader.errors import IntakeError, NothingToGrade, OverLimit
from grader.intake import read_submission
from grader.sandbox import Door, open_sandbox
from grader.schema import (
    Course,
    Exercise,
    ExerciseFiles,
    Isolation,
    Lang,
    Level,
    Problem,
    Result,
    Sandbox,
    Submission,
    Text,
)
from grader.workflows.decide import Request, decide
from grader.workflows.gather import gather, needs_tensorflow
from grader.workflows.materials import Workshop
from grader.workflows.options import Options, Progress, need_tensorflow, no_progress
from grader.workflows.previous import Previous
from grader.workflows.score import nothing_found, score
from grader.workflows.store import begin, store

_LATER = ("pytest", "jinja2")
#: Parts of the grader's own work on a submission: what stands in the way is told by these names.
READING, PLAYGROUND = "reading it", "its playground page"


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


class Grader(Closing):
    """A warm grader: one sandbox, materials made once, any number of submissions one after the other."""

    def __init__(
        self, course: Course, options: Options, *, isolation: Level = "auto", door: Door | None = None
    ) -> None:
        """``door``: of a zygote that others share. Raises SandboxUnavailable where TensorFlow is not installed."""
        need_tensorflow()
        self.course = course
        self.options = options
        self._folder = Path(tempfile.mkdtemp(prefix="grader-"))
        self._workshop = Workshop(options, self._folder / "materials")
        self._isolation = isolation
        self._door = door
        self._sandbox: Sandbox | None = None
        self._runs = 0

    @property
    def sandbox(self) -> Sandbox:
        """Opened when first needed: a submission without a single usable file needs none."""
        if self._sandbox is None:
            with bounds.paused():  # what it starts is not to have a part's limits
                opened = open_sandbox(
                    self._isolation, threads=self.options.threads, on_epoch=self.options.on_epoch, door=self._door
                )
                self._sandbox = opened
        return self._sandbox

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
        with self._at_work() as work_dir:
            with bounds.part(READING):
                submission = read_submission(path, self.course, work_dir=work_dir, only=only)
            graded = self._graded(
                Request(
                    submission=submission,
                    out=out,
                    work_dir=work_dir,
                    options=options,
                    only=tuple(only),
                    lang=lang,
                    also_predict=also_predict,
                    reports=reports,
                    progress=progress,
                )
            )
        if graded.nothing is not None:
            raise NothingToGrade(graded.nothing, graded.result)
        return graded.result

    def update(
        self,
        handed_in: Callable[[Path], tuple[Path, Sequence[Problem]]],
        out: Path,
        *,
        name: str,
        student: str = "",
        given_up: Collection[str] = (),
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
            handed_in: puts together what was handed in, in a new folder if need be: its path, and what is to be
                said of it besides what intake finds.
            name: the submission's id, whatever its path is called.
            student: what people call its author; a name that ``earlier`` knows stays where it is not given again.
            given_up: parts of the grader's own work that have ended a process (:mod:`grader.bounds`).

        Raises:
            SandboxUnavailable, OutputError: as :meth:`grade`.
        """
        with self._at_work(given_up) as work_dir:
            path = Path(name)
            notes: Sequence[Problem] = ()
            try:
                with bounds.part(READING):
                    path, notes = handed_in(work_dir / "handed-in")
                    submission = read_submission(path, self.course, work_dir=work_dir, only=only)
            except IntakeError as error:
                submission = unreadable(path, only, error.text)
            previous = Previous(earlier)
            if not student and previous.result is not None:
                student = previous.result.submission.name
            problems = (*submission.problems, *notes)
            submission = submission.model_copy(update={"id": name, "name": student, "problems": problems})
            return self._graded(
                Request(
                    submission=submission,
                    out=out,
                    work_dir=work_dir,
                    options=self.options,
                    only=tuple(only),
                    lang=lang,
                    previous=previous,
                    progress=progress,
                )
            )

    def _graded(self, request: Request) -> Graded:
        """Decide, gather, score, store: each stage is entered once, and none where everything still holds."""
        planned: Isolation = "process" if self._isolation == "process" else "namespace"
        decision = decide(request, self.course, self._workshop, planned)
        if decision.stored is not None:
            result = decision.stored
            present = any(request.previous.facts(e.id).present for e in decision.wanted)
        else:
            begin(request)
            ahead = (request.files.get(e.id) for e in decision.wanted if e.id in decision.run)
            if any(f and f.source and needs_tensorflow(self.course[f.exercise], f.source.code) for f in ahead):
                self.sandbox.warm()
            _import_ahead()
            gathered = gather(request, decision, self._workshop, lambda: self.sandbox)
            result = score(request, decision, gathered)
            if request.options.playground:
                self._write_pages(request, decision.wanted)
            store(request, decision, result, gathered)
            present = any(one.facts.present for one in gathered)
        nothing = None if present else nothing_found(self.course, decision.wanted)
        return Graded(result, decision.run, decision.rescored, decision.reused, nothing)

    def _write_pages(self, request: Request, exercises: Sequence[Exercise]) -> None:
        """The playground's pages, from the evidence that was just gathered."""
        from grader.workflows.playground import page_beside

        for exercise in exercises:
            work_dir = request.work_dir / f"playground-{exercise.id}"
            if exercise.playground is not None:
                work_dir.mkdir()
                with contextlib.suppress(OverLimit), bounds.part(PLAYGROUND):
                    page_beside(exercise, request.out, self.sandbox, work_dir, lang=request.lang)

    @contextlib.contextmanager
    def _at_work(self, given_up: Collection[str] = ()) -> Iterator[Path]:
        """The work on one submission, within its bounds and with a folder for temporary files."""
        self._runs += 1
        folder = self._folder / f"run-{self._runs}"
        folder.mkdir(parents=True)
        try:
            with bounds.submission(self.options.bounds, given_up):
                yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _import_ahead() -> None:
    """What scores and draws later, while the sandbox's own process is still busy importing TensorFlow."""
    for name in _LATER:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


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
