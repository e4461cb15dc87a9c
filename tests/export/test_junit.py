"""JUnit XML against its two published schemas, written down as rules."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from grader.export import to_junit
from grader.schema import ClassEntry, Lang, Result
from tests.report.conftest import convolution, result

Sample = Callable[[str], Result]

SUREFIRE_TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]{0,3})?")


@dataclass(frozen=True)
class Rule:
    """What an element may have: required and optional attributes, children in order, text."""

    required: frozenset[str]
    optional: frozenset[str]
    children: tuple[str, ...] = ()
    text: bool = False


def rule(required: str, optional: str = "", children: str = "", *, text: bool = False) -> Rule:
    return Rule(frozenset(required.split()), frozenset(optional.split()), tuple(children.split()), text)


#: src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd of jenkinsci/xunit-plugin
JENKINS = {
    "testsuites": rule("", "name time tests failures errors", "testsuite"),
    "testsuite": rule(
        "name tests failures errors",
        "group time skipped timestamp hostname id package file log url",
        "testsuite properties testcase system-out system-err",
    ),
    "properties": rule("", "", "property"),
    "property": rule("name value"),
    "testcase": rule("name", "time classname group", "skipped error failure system-out system-err"),
    "failure": rule("", "type message", text=True),
    "error": rule("", "type message", text=True),
    "skipped": rule("", "type message", text=True),
}
#: surefire-test-report-3.0.xsd of apache/maven-surefire: a sequence, where the other has a choice
SUREFIRE = {
    "testsuite": rule("name tests errors skipped failures", "version time group", "properties testcase"),
    "properties": rule("", "", "property"),
    "property": rule("name value"),
    "testcase": rule("name time", "classname group", "failure skipped error system-out system-err"),
    "failure": rule("type", "message", text=True),
    "error": rule("type", "message", text=True),
    "skipped": rule("", "message", text=True),
}


def violations(element: ET.Element, rules: dict[str, Rule], *, ordered: bool) -> list[str]:
    if element.tag not in rules:
        return [f"no element {element.tag}"]
    allowed = rules[element.tag]
    keys = set(element.keys())
    found = [f"{element.tag} lacks {name}" for name in sorted(allowed.required - keys)]
    extra = keys - allowed.required - allowed.optional
    found += [f"{element.tag} may not have {name}" for name in sorted(extra)]
    if "time" in keys and not SUREFIRE_TIME.fullmatch(element.get("time", "")):
        found.append(f"{element.tag} has time {element.get('time')}")
    if not allowed.text and (element.text or "").strip():
        found.append(f"{element.tag} has text")
    places = [allowed.children.index(child.tag) if child.tag in allowed.children else -1 for child in element]
    found += [f"{child.tag} in {element.tag}" for child, place in zip(element, places, strict=True) if place < 0]
    if ordered and places != sorted(places):
        found.append(f"children of {element.tag} out of order")
    return found + [line for child in element for line in violations(child, rules, ordered=ordered)]


def test_the_rules_can_fail() -> None:
    wrong = ET.fromstring(
        '<testsuites skipped="1"><testsuite name="a" tests="1"><testcase time="1s"><failure/><properties/>'
        "</testcase></testsuite></testsuites>"
    )
    assert violations(wrong, JENKINS, ordered=False) == [
        "testsuites may not have skipped",
        "testsuite lacks errors",
        "testsuite lacks failures",
        "testcase lacks name",
        "testcase has time 1s",
        "properties in testcase",
    ]
    assert "failure lacks type" in violations(wrong[0], SUREFIRE, ordered=True)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_it_is_valid(entries: list[ClassEntry], lang: Lang) -> None:
    root = ET.fromstring(to_junit(entries, lang))
    assert violations(root, JENKINS, ordered=False) == []
    for suite in root:
        assert violations(suite, SUREFIRE, ordered=True) == []


def test_the_counts_are_right(entries: list[ClassEntry]) -> None:
    root = ET.fromstring(to_junit(entries, "en"))
    for parent in (root, *root):
        cases = list(parent.iter("testcase"))
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            if name == "skipped" and parent is root:
                continue
            assert parent.get(name) == str(sum(case.find(tag) is not None for case in cases))
        assert parent.get("tests") == str(len(cases))
    assert root.get("errors") == "1", "the one ungraded check, and no other"


def test_what_became_of_each_check(sample: Sample) -> None:
    root = ET.fromstring(to_junit([sample("mixed")], "en"))
    outcome = {
        (suite.get("name"), case.get("name")): next((child.tag for child in case), "passed")
        for suite in root
        for case in suite.iter("testcase")
    }
    assert outcome["minjun_lee.03_convolution", "Max pooling"] == "passed"
    assert outcome["minjun_lee.06_cifar10_cnn", "Layer output shapes"] == "failure"
    assert outcome["minjun_lee.05_cifar10_data", "Preprocessing"] == "skipped"
    assert outcome["minjun_lee.13_mobilenet_features", "Feature extraction"] == "error"
    failure = root.find(".//testcase[@name='Layer output shapes']/failure")
    assert failure is not None
    assert "another output shape" in failure.get("message", "")
    assert "(None, 30, 30, 64)" in (failure.text or "")


def test_ungraded_points_are_empty_and_never_zero(sample: Sample) -> None:
    root = ET.fromstring(to_junit([sample("ungraded")], "en"))
    points = {p.get("value") for s in root if "mobilenet" in s.get("name", "") for p in s.iter("property")}
    assert "" in points
    assert "0" not in points


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_hidden_checks_say_nothing_but_how_many(sample: Sample, lang: Lang) -> None:
    text = to_junit([sample("hidden"), sample("all_pass")], lang)
    for secret in ("SECRET", "비밀", "touching", "맞닿은", "Boxes that touch", "짝수", "even size", "odd_kernels"):
        assert secret not in text
    cases = [case for case in ET.fromstring(text).iter("testcase") if len(case)]
    assert len(cases) == 1
    assert "1" in cases[0][0].get("message", "")


def test_hostile_text_is_text(sample: Sample) -> None:
    evil = "\ufffe\uffff\x00\ud800"
    bad = sample("hostile").model_copy(
        update={"submission": sample("hostile").submission.model_copy(update={"id": evil + "<x>&"})}
    )
    root = ET.fromstring(to_junit([bad], "en").encode())
    assert "<x>&" in (root[0].get("name") or "")
    assert all(element.tag in JENKINS for element in root.iter())


def test_an_exercise_without_checks(sample: Sample) -> None:
    missing = convolution().model_copy(update={"checks": (), "points": 0.0, "status": "missing"})
    root = ET.fromstring(to_junit([result(missing)], "en"))
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.get("type") == "missing"
    assert violations(root, JENKINS, ordered=False) == []
