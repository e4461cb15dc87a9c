"""The course as data: where it is, what its files say, and what their content hashes to."""

from grader.catalog.fingerprint import Fingerprint, fingerprint
from grader.catalog.inputs import HIDDEN, make_inputs
from grader.catalog.load import course_root, installed_versions, load_course, probe_file

__all__ = [
    "HIDDEN",
    "Fingerprint",
    "course_root",
    "fingerprint",
    "installed_versions",
    "load_course",
    "make_inputs",
    "probe_file",
]
