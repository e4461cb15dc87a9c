"""JUnit XML of one submission, for whatever shows test results."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from grader.i18n import tr
from grader.report.escape import for_terminal
from grader.schema import CheckResult, Lang, Result

#: What XML 1.0 cannot hold even as a reference (control characters are gone by then).
_NOT_XML = re.compile("[\ufffe\uffff]")


def to_junit(result: Result, lang: Lang) -> str:
    """``result``, which must be what a student may see: a suite for each exercise, a case for each check.

    Points are properties of the suites and of the cases. What is ungraded is an error, which is not a failure.
    """
    root = ET.Element("testsuites", name="vision-grader")
    _points(root, result.points, result.max_points)
    for exercise in result.exercises:
        suite = ET.SubElement(root, "testsuite", name=exercise.id, time=f"{exercise.wall_seconds:.3f}")
        _points(suite, exercise.points, exercise.max_points)
        counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
        for check in exercise.checks:
            counts["tests"] += 1
            case = ET.SubElement(
                suite, "testcase", classname=exercise.id, name=_text(check.title.get(lang), 300), time="0"
            )
            _points(case, check.points, check.max_points)
            kind = _kind(check, exercise.points)
            if kind:
                counts[{"failure": "failures", "error": "errors", "skipped": "skipped"}[kind]] += 1
                said = [text.get(lang) for text in (check.message, exercise.message) if text is not None]
                node = ET.SubElement(case, kind, message=_text(said[0], 500) if said else "")
                node.text = _details(check, lang)
        for name, value in counts.items():
            suite.set(name, str(value))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root.iter("testsuite"))))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n")
    )


def _kind(check: CheckResult, exercise_points: float | None) -> str | None:
    if check.points is None or exercise_points is None or check.outcome == "ungraded":
        return "error"
    return {"failed": "failure", "skipped": "skipped"}.get(check.outcome)


def _details(check: CheckResult, lang: Lang) -> str:
    rows = (
        (tr(lang, "Expected:"), check.expected),
        (tr(lang, "Actual:"), check.actual),
        (tr(lang, "Hint") + ":", check.hint),
    )
    return "\n".join(f"{label} {_text(text.get(lang), 2000)}" for label, text in rows if text is not None)


def _points(parent: ET.Element, points: float | None, max_points: float) -> None:
    properties = ET.SubElement(parent, "properties")
    ET.SubElement(properties, "property", name="points", value="" if points is None else f"{points:g}")
    ET.SubElement(properties, "property", name="max_points", value=f"{max_points:g}")


def _text(text: str, limit: int) -> str:
    return _NOT_XML.sub("\ufffd", for_terminal(text, limit=limit))
