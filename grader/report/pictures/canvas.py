"""One way to draw: matplotlib without pyplot, as SVG that is the same everywhere, for light and dark pages."""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from grader.report.remember import recall

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Palette:
    """Colours of one scheme; ink has at least 4.5:1 against the page, the others 3:1 (WCAG 1.4.3, 1.4.11)."""

    ink: str
    quiet: str
    grid: str
    face: str
    accent: str
    warm: str
    good: str
    bad: str
    shades: str
    """Name of a sequential colour map whose low end is the page's colour."""


LIGHT = Palette("#1b1f27", "#565e6c", "#d9dde4", "#f1f3f6", "#1d5fbf", "#a34a00", "#17693f", "#a3261f", "Blues")
DARK = Palette("#e7eaf0", "#a4adbb", "#4a5363", "#2b313b", "#7fb2ff", "#f2a65a", "#7fd3a3", "#ff9d94", "Blues_r")

#: A palette, whatever colours a kind of picture has.
Colours = TypeVar("Colours")
#: Text stays text: the reader's own fonts show it, and it is sharp at any size.
_SETTINGS = {"svg.hashsalt": "vision-grader", "svg.fonttype": "none", "font.family": ["sans-serif"]}


def draw(width: float, height: float, paint: Callable[[Figure, Colours], None], palette: Colours) -> str:
    """What ``paint`` draws on a transparent figure of so many inches, as the ``data:`` address of an SVG."""
    if not isinstance(paint, partial):
        return _draw(width, height, paint, palette)
    made_of = (paint.func.__module__, paint.func.__qualname__, paint.args, paint.keywords, width, height, palette)
    return recall(made_of, lambda: _draw(width, height, paint, palette))


def _draw(width: float, height: float, paint: Callable[[Figure, Colours], None], palette: Colours) -> str:
    # Imported late: `grader --help` must not pay for it. Without pyplot there is no global state.
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_SETTINGS), warnings.catch_warnings():  # type: ignore[arg-type]
        # A name in Hangul is not in matplotlib's font; the browser has one that it is in.
        warnings.simplefilter("ignore")
        figure = Figure(figsize=(width, height))
        figure.patch.set_alpha(0)
        paint(figure, palette)
        file = io.BytesIO()
        metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
        FigureCanvasSVG(figure).print_svg(file, metadata=metadata)  # type: ignore[no-untyped-call]
    svg = _slim(file.getvalue().decode("utf-8"))
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")


def _slim(svg: str) -> str:
    """``svg`` without what no browser needs: prologue, comments, white space between elements."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", " ", re.sub(r">\s+<", "><", svg)).strip()
