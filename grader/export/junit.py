"""JUnit XML of a class, for whatever shows test results."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from grader.export.decided import by_student, decided
from grader.export.table import Cell, number
from grader.files import write_whole
from grader.i18n import tr, trn
from grader.schema import CheckResult, ClassEntry, ExerciseResult, Lang, Mark, Result
from grader.text import clean_line, plain

#: What XML 1.0 cannot hold, not even as a reference; control characters are gone before.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(results: Iterable[Result | ClassEntry], lang: Lang, marks: Sequence[Mark] | None = None) -> str:
    """Results as JUnit XML: a suite for each student and exercise, a case for each check.

    What is for staff only is one case of each suite, which says how many hidden checks failed and nothing else.
    Points are properties of the suites: what counts and, where a gradebook's ``marks`` count otherwise,
    ``automatic_points``. ``failure`` is the student's, ``error`` is ours (ungraded).
    Valid against the two published schemas: ``junit-10.xsd`` of github.com/jenkinsci/xunit-plugin (the file) and
    ``surefire-test-report-3.0.xsd`` of github.com/apache/maven-surefire (each suite).
    """
    root = ET.Element("testsuites", name="vision-grader")
    own = by_student(marks or ())
    for item in results:
        result = item.result if isinstance(item, ClassEntry) else item
        student = item.student.id if isinstance(item, ClassEntry) else result.submission.id
        other = decided(item, own.get(student, {}))
        for exercise in result.exercises:
            root.append(_suite(_line(student), exercise, lang, other.pop(exercise.id, None)))
        root.extend(_earlier(_line(student), name, cell) for name, cell in sorted(other.items()))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{sum(float(suite.get('time', '0')) for suite in root):.3f}")
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def write_junit(
    results: Iterable[Result | ClassEntry], path: Path, lang: Lang, marks: Sequence[Mark] | None = None
) -> None:
    """Write :func:`to_junit` to ``path``.

    Raises:
        ExportError: it cannot be written.
    """
    write_whole(path, to_junit(results, lang, marks))


def _line(text: str, limit: int = 300) -> str:
    return _NOT_XML.sub("\ufffd", clean_line(text, limit))


def _text(text: str, limit: int = 4000) -> str:
    return _NOT_XML.sub("\ufffd", plain(text, limit=limit))


def _suite(student: str, exercise: ExerciseResult, lang: Lang, counts: Cell | None) -> ET.Element:
    name = f"{student}.{exercise.id}"
    seconds = exercise.wall_seconds if math.isfinite(exercise.wall_seconds) else 0.0
    suite = ET.Element("testsuite", name=name, time=f"{max(seconds, 0.0):.3f}")
    cell = counts or Cell(exercise.points, exercise.max_points)
    _properties(suite, cell, exercise.status, **({"automatic_points": number(exercise.points)} if counts else {}))
    suite.extend(_cases(name, exercise, lang))
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(sum(case.find(tag) is not None for case in cases)))
    return suite


def _earlier(student: str, name: str, cell: Cell) -> ET.Element:
    """An exercise that the work shown has not: it counts from an earlier hand-in."""
    zeros = dict.fromkeys(("tests", "failures", "errors", "skipped"), "0")
    suite = ET.Element("testsuite", {"name": f"{student}.{_line(name)}", "time": "0.000", **zeros})
    _properties(suite, cell, cell.status)
    return suite


def _properties(suite: ET.Element, cell: Cell, status: str, **more: str) -> None:
    known = {"points": number(cell.points), "max_points": number(cell.max_points), "status": status, **more}
    properties = ET.SubElement(suite, "properties")
    for key, value in known.items():
        ET.SubElement(properties, "property", name=key, value=value)


def _cases(name: str, exercise: ExerciseResult, lang: Lang) -> Iterator[ET.Element]:
    visible = [check for check in exercise.checks if check.visibility == "student"]
    hidden = [check for check in exercise.checks if check.visibility == "staff"]
    for check in visible:
        case = ET.Element("testcase", classname=name, name=_line(check.title.get(lang)), time="0")
        kind = _kind(check, exercise)
        if kind:
            message = check.message or exercise.message
            node = ET.SubElement(case, kind, message=_line(message.get(lang), 500) if message else "")
            if kind != "skipped":  # which one of the two schemas gives no type
                node.set("type", exercise.status)
            node.text = _details(check, lang)
        yield case
    if hidden:
        yield _hidden(name, hidden, exercise, lang)
    if not exercise.checks:
        yield _whole(name, exercise, lang)


def _kind(check: CheckResult, exercise: ExerciseResult) -> str | None:
    if exercise.points is None or check.points is None or check.outcome == "ungraded":
        return "error"
    return {"failed": "failure", "skipped": "skipped"}.get(check.outcome)


def _hidden(name: str, checks: list[CheckResult], exercise: ExerciseResult, lang: Lang) -> ET.Element:
    case = ET.Element("testcase", classname=name, name=tr(lang, "Hidden checks"), time="0")
    kinds = [_kind(check, exercise) for check in checks]
    for kind in ("error", "failure", "skipped"):  # the gravest tells
        count = kinds.count(kind)
        if count:
            said = {
                "error": trn(lang, "{n} hidden check is ungraded.", "{n} hidden checks are ungraded.", count),
                "failure": trn(lang, "{n} hidden check failed.", "{n} hidden checks failed.", count),
                "skipped": trn(lang, "{n} hidden check was skipped.", "{n} hidden checks were skipped.", count),
            }[kind]
            node = ET.SubElement(case, kind, message=said)
            if kind != "skipped":
                node.set("type", "hidden")
            break
    return case


def _whole(name: str, exercise: ExerciseResult, lang: Lang) -> ET.Element:
    """An exercise without a single check, such as a missing file."""
    case = ET.Element("testcase", classname=name, name=_line(exercise.title.get(lang)), time="0")
    if exercise.points is None or exercise.points < exercise.max_points:
        node = ET.SubElement(case, "error" if exercise.points is None else "failure", type=exercise.status)
        node.set("message", _line(exercise.message.get(lang), 500) if exercise.message else exercise.status)
    return case


def _details(check: CheckResult, lang: Lang) -> str:
    rows = (
        (tr(lang, "Expected:"), check.expected),
        (tr(lang, "Actual:"), check.actual),
        (tr(lang, "Hint") + ":", check.hint),
    )
    return "\n".join(f"{label} {_text(text.get(lang))}" for label, text in rows if text is not None)
