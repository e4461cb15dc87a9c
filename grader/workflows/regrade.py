"""Marks again from stored facts: of one submission, or of a whole class in batches that keep memory flat."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from grader import __version__, bounds
from grader.award import AwardRequest
from grader.bounds import Bounds
from grader.catalog import fingerprint
from grader.errors import NotGraded
from grader.i18n import both
from grader.inspect import load_facts
from grader.schema import CheckResult, Course, ExerciseResult, Lang, Result, Submission, Text
from grader.text import format_number
from grader.workflows.keys import Keys, read_keys, write_keys
from grader.workflows.reports import write_reports
from grader.workflows.score import award_request, judge, make_result

#: Submissions that are scored in one pytest run: enough that starting pytest does not count, few enough to hold.
CHUNK = 40


@dataclass(frozen=True)
class Regraded:
    """One submission's marks before and now."""

    folder: Path
    before: Result
    after: Result
    scored: tuple[str, ...]
    """Exercises whose checks ran again; of the others neither facts nor checks have changed."""


@dataclass(frozen=True)
class CheckChange:
    """A check that comes out otherwise than before; None where it was, or is, not there."""

    exercise: str
    before: CheckResult | None
    after: CheckResult | None

    @property
    def check(self) -> CheckResult:
        """As it is now, else as it was."""
        check = self.after or self.before
        assert check is not None
        return check

    @property
    def why(self) -> Text | None:
        """The reason for the points as they are now: what the check is worth, and how it comes out."""
        old, new = self.before, self.after
        if new is None:
            return both("This check no longer exists.")
        if old is None:
            reason = both("This check is new.")
        elif old.max_points != new.max_points:
            was, now = (format_number(value) for value in (old.max_points, new.max_points))
            reason = both("Worth {now} points instead of {was}.", now=now, was=was)
        elif new.outcome == "passed":
            return both("Passes now.")
        else:
            return new.message
        if new.outcome == "passed" or new.message is None:
            return reason
        return Text(ko=f"{reason.ko} {new.message.ko}", en=f"{reason.en} {new.message.en}")


def result_changes(before: Result, after: Result) -> Iterator[CheckChange]:
    """What scoring again changed, check by check."""
    old = {(e.id, c.id): c for e in before.exercises for c in e.checks}
    new = {(e.id, c.id): c for e in after.exercises for c in e.checks}
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        if was is None or now is None or _outcome(was) != _outcome(now):
            yield CheckChange(key[0], was, now)


def _outcome(check: CheckResult) -> tuple[str, float | None, float]:
    return check.outcome, check.points, check.max_points


def regrade(out: Path, course: Course, *, lang: Lang | None = None, staff: bool = True) -> tuple[Result, Result]:
    """Score the stored facts of one graded submission again; nothing is run.

    Returns:
        The result before and the result now.

    Raises:
        NotGraded: ``out`` holds no graded submission.
    """
    (done,) = regrade_all([out], course, lang=lang, staff=staff, everything=True)
    return done.before, done.after


def regrade_all(
    folders: Iterable[Path],
    course: Course,
    *,
    lang: Lang | None = None,
    staff: bool = True,
    everything: bool = False,
    damaged: Callable[[Path, NotGraded], None] | None = None,
) -> Iterator[Regraded]:
    """Score many graded submissions again, in the order given; nothing is run.

    Facts and checks decide a mark, so an exercise is scored again only where its stored key (``key.json``) names
    other checks than today's, or there is no key; what neither changes is taken over from the stored result.

    Args:
        folders: output folders of graded submissions.
        lang: language of the reports; by default that of the reports which are there.
        everything: score every exercise, whatever the keys say.
        damaged: told of a folder that holds no graded submission, which is then left as it is.

    Raises:
        NotGraded: one of ``folders`` holds no graded submission, and ``damaged`` is None.
    """
    marks = {exercise.id: fingerprint(exercise).marks for exercise in course.exercises}
    remaining = iter(folders)
    while chunk := list(islice(remaining, CHUNK)):
        jobs = []
        for folder in chunk:
            try:
                jobs.append(_Job.of(folder, course, marks, staff=staff, everything=everything))
            except NotGraded as error:
                if damaged is None:
                    raise
                damaged(folder, error)
        with bounds.submission(Bounds()):
            results = iter(judge([request for job in jobs for request in job.requests]))
        for job in jobs:
            with bounds.submission(Bounds()):
                done = job.finish(list(islice(results, len(job.requests))), marks, lang)
            yield done


@dataclass(frozen=True)
class _Job:
    """One submission on its way."""

    folder: Path
    before: Result
    course: Course
    submission: Submission
    keys: Keys | None
    order: tuple[str, ...]
    requests: Sequence[AwardRequest]

    @classmethod
    def of(cls, folder: Path, course: Course, marks: dict[str, str], *, staff: bool, everything: bool) -> _Job:
        stored = folder / "result.json"
        if not stored.is_file():
            raise NotGraded("{folder} holds no graded submission (no result.json in it).", folder=str(folder))
        try:
            before = Result.model_validate_json(stored.read_bytes())
            submission = Submission.model_validate_json((folder / "submission.json").read_bytes())
        except (OSError, ValueError) as error:
            raise NotGraded(
                "What is stored in {folder} is damaged or of another version.", folder=str(folder)
            ) from error
        keys = read_keys(folder)
        known = keys.exercises if keys is not None and before.grader_version == __version__ else {}
        there = {exercise.id: exercise for exercise in before.exercises}
        order, requests = [], []
        for exercise in course.exercises:
            facts_dir = folder / "facts" / exercise.id
            if not (facts_dir / "facts.json").is_file():
                # Nothing to score from: as it was where it was graded, such as "ungraded" after a fault of ours.
                if exercise.id in there:
                    order.append(exercise.id)
                continue
            order.append(exercise.id)
            key = known.get(exercise.id)
            if everything or key is None or key.marks != marks[exercise.id] or exercise.id not in there:
                requests.append(award_request(exercise, load_facts(facts_dir), facts_dir, staff=staff))
        return cls(folder, before, course, submission, keys, tuple(order), requests)

    def finish(self, results: Sequence[ExerciseResult], marks: dict[str, str], lang: Lang | None) -> Regraded:
        """Put old and new together; write the reports where they say something else than before."""
        scored = tuple(result.id for result in results)
        by_id = {e.id: e for e in self.before.exercises} | {result.id: result for result in results}
        after = make_result(
            self.submission,
            self.course.exercises,
            [by_id[name] for name in self.order],
            self.before.isolation,
            looked_at=by_id.keys() - scored,
        )
        if self.before.points is None and not after.exercises:
            after = self.before
        stored = _stored_lang(self.folder)
        there = all((self.folder / name).is_file() for name in ("report.html", "student.html"))
        if after != self.before or stored != (lang or stored) or not there:
            same_lang = lang is None or lang == stored
            write_reports(
                after,
                self.folder,
                lang or stored,
                self.course.exercises,
                changed=scored if same_lang else None,
            )
        if self.keys is not None and scored:
            self._write_keys(after, scored, marks)
        return Regraded(self.folder, self.before, after, scored)

    def _write_keys(self, after: Result, scored: Sequence[str], marks: dict[str, str]) -> None:
        """Last: a key vouches for marks that are there."""
        assert self.keys is not None
        graded = {e.id for e in after.exercises if e.status != "ungraded"}
        exercises = {
            name: key.model_copy(update={"marks": marks[name]}) if name in scored else key
            for name, key in self.keys.exercises.items()
            if name in graded
        }
        keys = self.keys.model_copy(update={"exercises": exercises})
        if keys != self.keys:
            write_keys(self.folder, keys)


def _stored_lang(out: Path) -> Lang:
    """The language of the report that is there."""
    report = out / "report.json"
    stored = json.loads(report.read_text(encoding="utf-8")) if report.is_file() else {}
    return "en" if stored.get("lang") == "en" else "ko"
