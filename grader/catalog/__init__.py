"""The course as data: where it is, what its files say, and what their content hashes to."""

from grader.catalog.fingerprint import Fingerprint, fingerprint
from grader.catalog.inputs import make_inputs
from grader.catalog.load import load_course
from grader.catalog.place import course_root
from grader.schema import CourseError

__all__ = ["CourseError", "Fingerprint", "course_root", "fingerprint", "load_course", "make_inputs"]
