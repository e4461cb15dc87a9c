"""Writes docs/minima.md: every minimum accuracy of the course, with the runs that it comes from.

    python docs/make_minima.py           write the page
    python docs/make_minima.py --check   exit 1 where the page is not what would be written now

Everything on it is read from ``reference.json`` and ``choices.toml``; nothing is trained.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from grader.authoring import read_choices
from grader.authoring.calibrate import ATTEMPTS, CONFIDENCE, false_fail_rates
from grader.catalog import load_course
from grader.samples import SOLUTION, groups, spread
from grader.schema import Exercise

PAGE = Path(__file__).with_name("minima.md")
START = f"""# Minimum accuracies

<!-- Written by docs/make_minima.py: `make minima`. Do not edit. -->

A right answer must reach a minimum accuracy on images that it has not seen. Each minimum belongs to the data,
the number of training images and the epochs. Here is where each comes from.

Whatever the task leaves open was run: `reference/<exercise>/choices.toml` has those choices as edits of the
solution, and `grader calibrate` trains the solution and each of them with several seeds, as a submission is run.
Where a run takes minutes, it is those choices that did worst where it does not. The minimum is the lowest, over
all choices, of the bound that one more run falls below with probability {1 - CONFIDENCE:.1%}: mean - t * s *
sqrt(1 + 1/n), where s is the deviation within the choices and t the quantile of Student's distribution. It is
rounded down to whole per cents.

*One run falls below* is the probability that one training of a right answer with this choice misses the minimum.
An accuracy just below it is measured again with up to two other seeds, and the best one counts: a mark is lost
only where *all three do*. Where another check proves that something was learnt, the minimum may be chance, as
long as a mark is lost less than once in a thousand.

What a task does not leave open, such as which batch sizes may be chosen, its text says.
"""


def lines(course: Sequence[Exercise]) -> Iterator[str]:
    yield START
    for exercise in course:
        if exercise.reference_file is None:
            continue
        record = json.loads(exercise.reference_file.read_text(encoding="utf-8"))
        said = {SOLUTION: "the solution as it is", **described(exercise)}
        found = list(minima(record))
        if found:
            yield f"## {exercise.id}: {exercise.title.en}\n"
        for row in found:
            yield from section(row, said)


def described(exercise: Exercise) -> dict[str, str]:
    """What each choice or alternative is, in words."""
    said = {choice.name: choice.what for choice in read_choices(exercise)}
    for file in sorted((exercise.solution_dir or Path()).glob("alternative/*.py")):
        text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        said[file.stem] = text.partition("\n")[0].rstrip(".")
    said[exercise.file] = "the solution as it is"
    return said


def minima(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Whatever has a minimum and the samples that it comes from."""
    for value in record.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and {"minimum", "samples"} <= one.keys():
                yield one
            elif isinstance(one, dict):
                yield from minima(one)


def section(row: Mapping[str, Any], said: Mapping[str, str]) -> Iterator[str]:
    samples, minimum = groups(row["samples"]), float(row["minimum"])
    where = "drawn pictures"
    if "data" in row:
        where = f"{row['data']}, {row['train']:,} images, {row['epochs']} epochs"
    images = f", {row['test']:,} test images" if "test" in row else ""
    yield f"**{where}: at least {minimum:.0%}** (guessing: {row['chance']:.0%}{images})\n"
    yield "| choice | runs | lowest | mean | one run falls below | all three do |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    rates = false_fail_rates(samples, minimum)
    for name, values in sorted(samples.items(), key=lambda one: fmean(one[1])):
        one, all_three = (f"{p:.2%}" if p >= 0.0001 else "< 0.01%" for p in (rates[name], rates[name] ** ATTEMPTS))
        what = said.get(name, name)
        yield f"| {what} | {len(values)} | {min(values):.1%} | {fmean(values):.1%} | {one} | {all_three} |"
    yield f"\nDeviation within a choice: {spread(samples.values())[0]:.1%}.\n"


def main(arguments: Sequence[str]) -> int:
    text = "\n".join(lines(load_course(PAGE.parents[1]).exercises)).rstrip() + "\n"
    if arguments != ["--check"]:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text:
        print(f"{PAGE.name} is out of date: make minima", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
