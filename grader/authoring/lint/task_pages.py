"""The two task pages: both there, each in its language, both saying the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.authoring.points import BEGIN, END
from grader.authoring.synchronise import TASKS
from grader.i18n import both
from grader.schema import Exercise, Text

KOREAN, ENGLISH = TASKS
_HANGUL = re.compile("[가-힣]")


def page_problems(exercise: Exercise) -> Iterator[tuple[str, Text]]:
    """File name and problem."""
    pages: dict[str, str] = {}
    for name in (KOREAN, ENGLISH):
        try:
            pages[name] = (exercise.public_dir / name).read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            yield name, both("The task is missing in this language.")
        except UnicodeDecodeError:
            yield name, both("{file} is not UTF-8 text.", file=name)
    for name, text in pages.items():
        if not text.lstrip().startswith("# "):
            yield name, both("It must begin with a heading: # Title")
        if BEGIN not in text or END not in text.partition(BEGIN)[2]:
            place = {"begin": BEGIN, "end": END}
            yield name, both("It has no place for the table of points: {begin} and, below it, {end}.", **place)
        for function in exercise.functions:
            if function not in text:
                yield name, both("It does not mention {name}.", name=function)
        if exercise.file not in text:
            yield name, both("It does not mention {name}.", name=exercise.file)
    if KOREAN in pages and not _HANGUL.search(pages[KOREAN]):
        yield KOREAN, both("It is not in Korean.")
    if len(pages) == 2 and _headings(pages[KOREAN]) != _headings(pages[ENGLISH]):
        yield ENGLISH, both("Its headings do not match those of {file}, one for one.", file=KOREAN)


def _headings(text: str) -> list[int]:
    """Levels of the Markdown headings, in order; lines in fenced code are none."""
    levels, fenced = [], False
    for line in text.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        heading = re.match(r"(#{1,6})\s", line)
        if heading and not fenced:
            levels.append(len(heading[1]))
    return levels
