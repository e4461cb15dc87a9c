"""What diagnoses cost when stored marks are computed again: ``python -m benchmarks.regrading --facts DIR``.

``DIR`` is where :mod:`benchmarks.diagnoses` keeps what all answers of the course leave.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import page
from benchmarks.diagnoses import Answers, Store
from benchmarks.processes import ROOT, say, verdict
from grader.award import PUBLIC_FILE, STAFF_FILE
from grader.catalog import load_course
from grader.inspect import load_facts
from grader.schema import Course, Exercise, ExerciseFiles, ExerciseResult, Submission
from grader.workflows.regrade import CHUNK, regrade_all
from grader.workflows.score import award_request, judge, make_result

MOST = 1.15


class Side:
    """A class that is stored, once with the course's signatures and once without."""

    def __init__(self, root: Path, out: Path, every: Sequence[Answers]) -> None:
        self.course: Course = load_course(root)
        self.out = out
        self.seconds = 0.0
        self._scored = {
            answers.exercise.id: _scored(self.course[answers.exercise.id], answers) for answers in every
        }

    def store(self, student: int) -> Path:
        """One student's output folder, whose facts are links to one answer of each exercise."""
        folder = self.out / f"student{student:04d}"
        (folder / "facts").mkdir(parents=True)
        results = []
        for number, (name, scored) in enumerate(self._scored.items()):
            facts, result = scored[(student + number) % len(scored)]
            (folder / "facts" / name).symlink_to(facts.resolve())
            results.append(result)
        files = tuple(ExerciseFiles(exercise=name, source=None) for name in self._scored)
        submission = Submission(id=folder.name, sha256="0" * 64, exercises=files)
        made = make_result(submission, self.course.exercises, results, "namespace")
        (folder / "submission.json").write_text(submission.model_dump_json(), encoding="utf-8")
        (folder / "result.json").write_text(made.model_dump_json(), encoding="utf-8")
        for page_name in ("report.html", "student.html"):
            (folder / page_name).touch()  # what has not changed is not written again
        return folder

    def regrade(self, students: range) -> int:
        """Score them again; how many exercises have a diagnosis.

        Raises:
            ValueError: one came out otherwise than before.
        """
        folders = [self.out / f"student{student:04d}" for student in students]
        began = time.process_time()
        done = list(regrade_all(folders, self.course, everything=True))
        self.seconds += time.process_time() - began
        if any(one.after != one.before for one in done):
            raise ValueError("scored again, the same facts got another result")
        return sum(bool(exercise.diagnoses) for one in done for exercise in one.after.exercises)


def _scored(exercise: Exercise, answers: Answers) -> list[tuple[Path, ExerciseResult]]:
    sources = [*answers.right.values(), *(answer.source for answer in answers.wrong.values())]
    folders = [answers.store.facts(answers.exercise, source) for source in sources]
    requests = [award_request(exercise, load_facts(folder), folder, staff=True) for folder in folders]
    return list(zip(folders, judge(requests), strict=True))


def main() -> None:
    """Store two classes, score both again by turns, write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--facts", type=Path, required=True, help="folder in which facts are kept")
    parser.add_argument("--students", type=int, default=1000, metavar="N")
    arguments = parser.parse_args()
    course = load_course(ROOT)
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as place, Store(arguments.facts, course) as store:
        folder = Path(place)
        bare = folder / "course"
        for part in ("exercises", "reference"):
            without = shutil.ignore_patterns(PUBLIC_FILE, STAFF_FILE, "__pycache__")
            shutil.copytree(ROOT / part, bare / part, ignore=without)
        every = [Answers(exercise, store) for exercise in course.exercises]
        sides = Side(ROOT, folder / "with", every), Side(bare, folder / "without", every)
        explained = 0
        for first in range(0, arguments.students, CHUNK):
            students = range(first, min(first + CHUNK, arguments.students))
            for side in sides:
                for student in students:
                    side.store(student)
            # Whoever is second finds the facts in the page cache.
            turn = sides if first // CHUNK % 2 else sides[::-1]
            explained += sum(side.regrade(students) for side in turn)
            say(f"  {students.stop}: {sides[0].seconds:.1f} s with, {sides[1].seconds:.1f} s without")
    page.put("regrading", section(arguments.students, len(every), sides, explained))


def section(students: int, exercises: int, sides: tuple[Side, Side], explained: int) -> str:
    """The Markdown section."""
    (told, bare), count = (side.seconds for side in sides), students * exercises
    ratio = told / bare
    return f"""## Diagnoses when marks are computed again

`python -m benchmarks.regrading`: {students:,} × {exercises} stored results, made from all right and wrong
answers in turn, scored again with the course's signatures and without, by turns of {CHUNK} students in one
process; CPU seconds.
{explained:,} of {count:,} results have a diagnosis. The marks are those of before, so no report is written.

| | with diagnoses | without | ratio | target |
| --- | ---: | ---: | ---: | --- |
| all {count:,} | {told:.1f} | {bare:.1f} | {ratio:.3f} | ≤ {MOST}: {verdict(ratio <= MOST)} |
| one, ms | {1000 * told / count:.2f} | {1000 * bare / count:.2f} | | |
"""


if __name__ == "__main__":
    main()
