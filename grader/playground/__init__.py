"""A page on which a trained network runs in the browser, by LiteRT's WebAssembly, on anybody's pictures."""

from grader.playground.build_page import BuildError, build, is_built
from grader.playground.convert import Converted, Described, convert
from grader.playground.serve import PageServer
from grader.playground.site import INDEX, MAX_SINGLE, SINGLE, Sample, Shown, Site

__all__ = [
    "INDEX",
    "MAX_SINGLE",
    "SINGLE",
    "BuildError",
    "Converted",
    "Described",
    "PageServer",
    "Sample",
    "Shown",
    "Site",
    "build",
    "convert",
    "is_built",
]
