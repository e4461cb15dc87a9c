"""Reports of one result: for people (HTML, Markdown) and for programs (JSON)."""

from grader.report.class_causes import CauseGroup, ClassCauses
from grader.report.class_report import write_class_report
from grader.report.feedback import feedback_files
from grader.report.files import write_reports
from grader.report.html import to_html
from grader.report.json_report import to_json
from grader.report.markdown import to_markdown
from grader.report.redact import Audience, for_audience, for_student
from grader.report.stamp import stamp, with_marks

__all__ = [
    "Audience",
    "CauseGroup",
    "ClassCauses",
    "feedback_files",
    "for_audience",
    "for_student",
    "stamp",
    "to_html",
    "to_json",
    "to_markdown",
    "with_marks",
    "write_class_report",
    "write_reports",
]
