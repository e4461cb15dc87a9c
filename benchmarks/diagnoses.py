"""Known wrong answers explaining new ones: ``python -m benchmarks.diagnoses``, some 90 minutes of two cores.

Every right and wrong answer of the course runs once, and each wrong one again in three ways in which another
student may have written it. What they leave is kept (``--facts DIR``), so that a run that was stopped goes on and
what did not change is not run again.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from benchmarks import page
from benchmarks.processes import ROOT, say, verdict
from benchmarks.variants import variants
from grader.authoring import Answer, read_answers
from grader.authoring.stubs import without_markers
from grader.authoring.synchronise import read_solution
from grader.award import Judged, award
from grader.award.diagnose import Known
from grader.award.facts_view import FactsView
from grader.award.signing import SEEDS, learn, sign
from grader.award.traits import Traits
from grader.catalog import fingerprint, load_course
from grader.inspect import load_facts
from grader.report import ClassCauses
from grader.schema import Course, Diagnosis, Exercise, ExerciseResult, Signatures, Text
from grader.workflows import Grader, Options
from grader.workflows.finding import find_exercises
from grader.workflows.score import award_request
from grader.workflows.signing import judge_facts, meaning, run_source

#: Of exercises that train, as many wrong answers are written anew as this many CPU seconds allow by their limits.
LONG, SECONDS = 60, 600
STUDENTS = 60


class Store:
    """Facts by what they were made from, comments aside; what is not there is run."""

    def __init__(self, folder: Path, course: Course) -> None:
        self._folder, self._course = folder, course
        self._open = ExitStack()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @cached_property
    def _grader(self) -> Grader:
        options = Options(budget="quick", builtin=True, threads=1)
        return self._open.enter_context(Grader(self._course, options))

    def facts(self, exercise: Exercise, source: str, seed: int = 0) -> Path:
        """The folder with what this answer leaves."""
        made_of = f"{fingerprint(exercise).evidence}\n{seed}\n{meaning(source)}"
        kept = self._folder / exercise.id / hashlib.sha256(made_of.encode()).hexdigest()[:20]
        if not kept.is_dir():
            kept.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".") as scratch:
                run_source(exercise, source, self._grader, Path(scratch) / "run", seed).rename(kept)
        return kept

    def judge(self, exercise: Exercise, source: str, seed: int = 0) -> Judged:
        """What it leaves, scored."""
        return judge_facts(exercise, self.facts(exercise, source, seed))


@dataclass
class Answers:
    """One exercise's answers and what is known of them."""

    exercise: Exercise
    store: Store
    right: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.right["solution"] = without_markers(read_solution(self.exercise))
        self.right |= {one.name: one.source for one in self._read("alternative")}
        self.wrong = {
            one.name: one
            for one in self._read("wrong")
            if one.declared is not None and one.declared.diagnosis is not None
        }

    def _read(self, kind: str) -> Iterator[Answer]:
        found = read_answers(self.exercise, "wrong" if kind == "wrong" else "alternative")
        yield from (one for one in found if isinstance(one, Answer))

    @cached_property
    def _rights(self) -> list[Judged]:
        seeds = [self.store.judge(self.exercise, self.right["solution"], seed) for seed in SEEDS]
        others = [source for name, source in self.right.items() if name != "solution"]
        return [*seeds, *(self.store.judge(self.exercise, source) for source in others)]

    @cached_property
    def _learnt(self) -> Signatures:
        return learn(self._rights, "")

    @cached_property
    def _wrongs(self) -> dict[str, tuple[Judged, Text, str]]:
        found = {}
        for name, answer in self.wrong.items():
            assert answer.declared is not None
            assert answer.declared.diagnosis is not None
            if not answer.declared.varies:
                found[name] = self.store.judge(self.exercise, answer.source), answer.declared.diagnosis, ""
        return found

    def known(self, without: Sequence[str] = ()) -> Known:
        """Signatures made anew, as if the course did not have the answers ``without``."""
        wrong = {name: one for name, one in self._wrongs.items() if name not in without}
        return Known(sign(self._learnt, wrong, self._rights[0]))

    def sample(self) -> list[Answer]:
        """Those that are written anew: all, or some of an exercise that trains long."""
        told, limit = [self.wrong[name] for name in self._wrongs], self.exercise.limits.cpu_seconds
        most = len(told) if limit <= LONG else min(len(told), int(SECONDS // limit))
        return [told[index * len(told) // most] for index in range(most)]

    def measure(self) -> Counter[str]:
        """What the variants are explained by, with their own wrong answer and without."""
        counts: Counter[str] = Counter()
        full = self.known()
        right = [source for name, source in self.right.items() if name != "solution"]
        for answer in self.sample():
            same = _named(full, self._wrongs[answer.name][0]) - {answer.name}
            left = self.known([answer.name, *same])
            counts["answers"] += 1
            for way, source in variants(self.exercise, answer, right):
                judged = self.store.judge(self.exercise, source)
                if all(check.outcome != "failed" for check in judged[1].checks):
                    counts["right now"] += 1
                    continue
                counts["variants"] += 1
                named = _named(full, judged)
                counts["own" if answer.name in named else "none" if not named else "another"] += 1
                counts["besides"] += answer.name in named and len(named) > 1
                others = _diagnoses(left, judged)
                counts["left whole"] += any(one.whole for one in others)
                counts["left part"] += any(not one.whole for one in others)
                for label, found in (("", named - {answer.name}), ("without it: ", {one.id for one in others})):
                    if found or (not label and answer.name not in named):
                        say(f"  {self.exercise.id} {answer.name} ({way}) {label}{sorted(found) or 'none'}")
        return counts


def _diagnoses(known: Known, judged: Judged) -> tuple[Diagnosis, ...]:
    request, result = judged
    return known.diagnose(result.checks, Traits(FactsView(request.exercise, request.facts, request.folder)))


def _named(known: Known, judged: Judged) -> set[str]:
    return {one.id for one in _diagnoses(known, judged)}


def results(answers: Answers) -> dict[str, ExerciseResult]:
    """Every answer scored as in any class, by the signatures that the course has; right ones begin with ``=``."""
    sources = {f"={name}": source for name, source in answers.right.items()}
    sources |= {name: answer.source for name, answer in answers.wrong.items()}
    folders = {name: answers.store.facts(answers.exercise, source) for name, source in sources.items()}
    requests = [
        award_request(answers.exercise, load_facts(folder), folder, staff=True) for folder in folders.values()
    ]
    return dict(zip(folders, award(requests), strict=True))


def measure_class(course: Sequence[Answers]) -> Counter[str]:
    """A class in which everybody hands in a right or wrong answer to each exercise, and all of them occur."""
    counts: Counter[str] = Counter()
    causes = ClassCauses()
    for number, answers in enumerate(course):
        scored = results(answers)
        names = list(scored)
        for student in range(STUDENTS):
            name = names[(student + number) % len(names)]
            result = scored[name]
            causes.add(result, f"student{student:02d}")
            named = {one.id for one in result.diagnoses}
            if name.startswith("="):
                counts["right"] += 1
                counts["right, explained"] += bool(named)
                continue
            declared = answers.wrong[name].declared
            if declared is not None and declared.varies:
                counts["by chance"] += 1
                counts["by chance, explained"] += bool(named)
                continue
            counts["wrong"] += 1
            counts["own" if name in named else "none" if not named else "another"] += 1
            counts["besides"] += name in named and len(named) > 1
            if named != {name}:
                say(f"  {answers.exercise.id} {name}: {sorted(named) or 'none'}")
    counts["groups"], counts["open"] = len(causes.known()), len(causes.shared(least=1))
    return counts


def main() -> None:
    """Measure, write the section, say which are not explained as they should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exercise", nargs="*", help="measure these alone, and write no section")
    parser.add_argument("--facts", type=Path, help="folder in which facts are kept")
    arguments = parser.parse_args()
    course = load_course(ROOT)
    wanted = find_exercises(course, arguments.exercise) or course.exercises
    with tempfile.TemporaryDirectory() as scratch, Store(arguments.facts or Path(scratch), course) as store:
        every = [Answers(exercise, store) for exercise in wanted]
        rows: dict[str, Counter[str]] = {}
        for answers in every:
            rows[answers.exercise.id] = answers.measure()
            say(f"{answers.exercise.id} {dict(rows[answers.exercise.id])}")
        whole = measure_class(every)
        say(f"class {dict(whole)}")
        if not arguments.exercise:
            page.put("diagnoses", section(every, rows, whole))


def section(every: Sequence[Answers], rows: Mapping[str, Counter[str]], whole: Counter[str]) -> str:
    """The Markdown section."""
    lines = [
        """## Known wrong answers that explain new ones

`python -m benchmarks.diagnoses`: each wrong answer is written anew in three ways: local variables renamed; another
style (comparisons turned round, conditional expressions as statements); its wrong functions among the right ones
of another answer, or, where that can't be, every function's work moved into a helper. Of exercises that train, two
to six wrong answers are written anew, as their time limits allow. “Own” is explained by its own wrong answer,
“none” by nothing. Then that answer is left out, together with those whose evidence cannot be told from its own,
signatures are made again, and whoever still explains the variant explains it wrongly. Quick budget, built-in
images, one thread.

| exercise | wrong answers | variants | own | none | another | left out: another explains all of it | a part |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""
    ]
    total: Counter[str] = Counter()
    for name, row in rows.items():
        total += row
        lines.append(_row(name, row))
    lines.append(_row("**all**", total))
    wrong = total["another"] + total["left whole"]
    lines.append(
        f"\nExplained by a wrong one: {wrong} of {2 * total['variants']}, {verdict(wrong == 0)}. "
        f"{total['besides']} variants get a second cause beside their own, which cannot be told from it."
    )
    lines.append("\n" + _class_text(len(every), whole))
    return "\n".join(lines) + "\n"


def _class_text(exercises: int, whole: Counter[str]) -> str:
    met = verdict(whole["own"] == whole["wrong"] and not whole["right, explained"])
    return f"""A class of {STUDENTS} in all {exercises} exercises, made from all right and wrong answers and scored
with the signatures that the course has: {whole["own"]} of {whole["wrong"]} wrong answers are explained by their
own cause ({whole["besides"]} with another beside it), {whole["another"]} by another alone,
{whole["none"]} by none; of {whole["right"]} right ones {whole["right, explained"]} are: {met}.
{whole["by chance"]} wrong answers differ in every run and have no signature; {whole["by chance, explained"]} of
them got a cause. The class page shows {whole["groups"]} groups with a cause, and {whole["open"]} without."""


def _row(name: str, row: Counter[str]) -> str:
    fields = ("answers", "variants", "own", "none", "another", "left whole", "left part")
    return f"| {name} | " + " | ".join(str(row[field]) for field in fields) + " |"


if __name__ == "__main__":
    main()
