"""Stored results in the formats of other tools."""

from grader.export.canvas import CanvasGradebook, LeftOut, read_canvas, write_canvas
from grader.export.classroom50 import to_classroom50
from grader.export.csv_files import write_csv, write_moodle
from grader.export.decided import by_student, counting
from grader.export.formats import FORMATS, LAYOUTS, Format, Given, names_of
from grader.export.github import to_github
from grader.export.gradescope import to_gradescope
from grader.export.junit import to_junit, write_junit

__all__ = [
    "FORMATS",
    "LAYOUTS",
    "CanvasGradebook",
    "Format",
    "Given",
    "LeftOut",
    "by_student",
    "counting",
    "names_of",
    "read_canvas",
    "to_classroom50",
    "to_github",
    "to_gradescope",
    "to_junit",
    "write_canvas",
    "write_csv",
    "write_junit",
    "write_moodle",
]
