"""A known cause is told wherever a result is: above what was expected, in both languages, with nothing hidden."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path

from rich.console import Console

from grader.ci.annotate import annotate
from grader.cli.render import print_result
from grader.cli.verdict import print_verdict
from grader.notebook.page import result_html, result_text
from grader.report import for_student, to_html, to_json, to_markdown
from grader.report.class_report import to_class_html
from grader.schema import CheckResult, ClassEntry, Course, Diagnosis, ExerciseResult, Result, Student, Text
from tests.ci.results import check, exercise, hidden

KO, EN = "다이스 계수입니다.", "This is the Dice coefficient <b>."
DICE = Diagnosis(id="dice", text=Text(ko=KO, en=EN), checks=("iou",))


def wrong(*checks: CheckResult, diagnoses: tuple[Diagnosis, ...] = (DICE,)) -> Result:
    expected = Text(ko="0.25", en="0.25")
    iou = check("iou", 0, 2, expected=expected, actual=Text(ko="0.4", en="0.4"))
    return result_of(exercise(iou, *checks, diagnoses=diagnoses))


def result_of(one: ExerciseResult) -> Result:
    return Result.model_validate(
        {
            "grader_version": "0",
            "isolation": "namespace",
            "submission": {"id": "ha", "sha256": "0" * 64},
            "points": one.points,
            "max_points": one.max_points,
            "exercises": (one,),
        }
    )


def said(show: object, result: Result, lang: str) -> str:
    file = io.StringIO()
    show(Console(file=file, width=100), result, lang, None)  # type: ignore[operator]
    return file.getvalue()


def test_report_json_has_id_text_and_checks() -> None:
    for lang, text in (("ko", KO), ("en", EN)):
        (one,) = json.loads(to_json(wrong(), lang))["exercises"]  # type: ignore[arg-type]
        assert one["diagnoses"] == [{"id": "dice", "text": text, "checks": ["iou"], "whole": True}]
    (right,) = json.loads(to_json(wrong(diagnoses=()), "en"))["exercises"]
    assert right["diagnoses"] == []


def test_the_pages_tell_it_above_expected_and_actual_in_both_languages() -> None:
    page = to_html(wrong(), "en", audience="student")
    assert "Dice coefficient &lt;b&gt;" in page
    assert 0 < page.index(KO) < page.index("Expected</")
    text = to_markdown(wrong(), "en")
    assert 0 < text.index("Dice coefficient") < text.index("Expected")


def test_terminal_annotation_and_notebook_tell_it_first() -> None:
    for show in (print_result, print_verdict):
        text = said(show, wrong(), "en")
        assert 0 < text.index("Cause: This is the Dice") < text.index("Expected")
        assert KO in said(show, wrong(), "ko")
    html = result_html(wrong(), "en")
    assert 0 < html.index("Dice coefficient &lt;b&gt;") < html.index("iou is wrong")
    assert EN in result_text(wrong(), "en")
    with tempfile.TemporaryDirectory() as folder:
        course = Course(root=Path(folder), exercises=())
        (remark,) = annotate(wrong(), course, Path(folder), "en")
    assert remark.message.startswith("Cause: This is the Dice")


def test_a_part_names_what_it_explains_and_two_equals_are_both_named() -> None:
    part = DICE.model_copy(update={"whole": False})
    text = said(print_result, wrong(check("nms", 0, 1), diagnoses=(part,)), "en")
    assert "Cause for iou:" in text
    other = Diagnosis(id="other", text=Text(ko="다른 것", en="Another one."), checks=("iou",))
    text = said(print_result, wrong(diagnoses=(DICE, other)), "en")
    assert "The cause is one of these:" in text
    assert "Another one." in text


def test_students_are_told_nothing_of_hidden_checks() -> None:
    secret = hidden(0, 1)
    both = DICE.model_copy(update={"checks": ("iou", secret.id)})
    only = Diagnosis(id="memorised", text=Text(ko="외움", en="Known by heart."), checks=(secret.id,))
    shown = for_student(wrong(secret, diagnoses=(both, only)))
    assert [(one.id, one.checks) for one in shown.exercises[0].diagnoses] == [("dice", ("iou",))]
    assert for_student(shown) == shown


def test_the_class_page_groups_by_cause_and_by_what_is_not_explained_yet() -> None:
    unknown = wrong(diagnoses=())
    results = [wrong(), wrong(), wrong(), unknown, unknown, result_of(exercise(check("iou", 2, 2)))]
    names = ["가람", "나래", "다온", "라온", "마루", "바름"]
    entries = [
        ClassEntry(student=Student(id=f"s{n}", name=name), folder=Path(f"s{n}"), result=result)
        for n, (name, result) in enumerate(zip(names, results, strict=True))
    ]
    page = to_class_html("ko", entries)
    causes = page[page.index('id="causes"') : page.index('id="checks"')]
    explained, _, open_part = causes.partition("Not explained yet")
    assert KO in explained
    assert "3명" in explained
    assert [name for name in names if name in explained] == names[:3]
    assert [name for name in names if name in open_part] == names[3:5]
    assert 'id="causes"' not in to_class_html("ko", entries[-1:])
