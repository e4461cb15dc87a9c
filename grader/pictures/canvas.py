"""One way to draw: inline SVG whose colours are CSS variables, so that one picture serves light and dark pages.

Text stands in it once for each language; the page's style shows one of the two. Sizes are CSS pixels: a picture is
shown at its own size, and shrinks only where the screen is narrower.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import Literal

from grader.schema import Text
from grader.text import plain

#: Variables that a page with pictures defines, for light and for dark. Ink and quiet have at least 4.5:1 against
#: the card, the others 3:1 (WCAG 1.4.3, 1.4.11).
Colour = Literal["ink", "quiet", "line", "card", "sunk", "accent", "warm", "good", "bad"]
Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

#: Widest picture that a phone of 390 pixels shows at its full size.
WIDTH = 330.0
_FONT = 12


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if math.isfinite(value) else "0"


def _path(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)


class Canvas:
    """A plane of ``width`` by ``height`` CSS pixels, the origin at the top left."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: Colour,
        *,
        opacity: float = 1,
        stroke: Colour | None = None,
        radius: float = 0,
    ) -> None:
        """A filled rectangle, with a border where ``stroke`` is given."""
        border = f";stroke:var(--{stroke});stroke-width:1.8" if stroke else ""
        extra = (f' rx="{_n(radius)}"' if radius else "") + (
            f' fill-opacity="{_n(opacity)}"' if opacity < 1 else ""
        )
        self._parts.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"{extra}'
            f' style="fill:var(--{fill}){border}"/>'
        )

    def hatch(self, x: float, y: float, width: float, height: float, stroke: Colour, *, step: float = 6) -> None:
        """Diagonal lines inside a rectangle."""
        lines = []
        for n in range(1, math.ceil((width + height) / step)):
            at = n * step  # each line is x + y = at, from the lower left to the upper right
            low, high = max(0.0, at - height), min(width, at)
            lines.append(_path([(x + low, y + at - low), (x + high, y + at - high)]))
        self._stroke("".join(lines), stroke, 1, "")

    def line(self, points: Sequence[Point], stroke: Colour, *, width: float = 2, dash: str = "") -> None:
        """A polyline; ``dash`` as in SVG, such as ``"6 3"``."""
        self._stroke(_path(points), stroke, width, dash)

    def _stroke(self, path: str, stroke: Colour, width: float, dash: str) -> None:
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<path d="{path}" fill="none" stroke-width="{_n(width)}"{dashes} style="stroke:var(--{stroke})"/>'
        )

    def dot(self, x: float, y: float, fill: Colour, *, square: bool = False) -> None:
        """A mark at one place."""
        if square:
            self.rect(x - 2.2, y - 2.2, 4.4, 4.4, fill)
        else:
            self._parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="2.6" style="fill:var(--{fill})"/>')

    def text(
        self,
        x: float,
        y: float,
        text: Text | str,
        *,
        anchor: Anchor = "middle",
        colour: Colour = "quiet",
        size: float = _FONT,
        halo: bool = False,
        turn: bool = False,
        fill: str = "",
    ) -> None:
        """One line of text that stands on ``y``, in both languages where they differ.

        Args:
            halo: with a rim of the page's colour, to be legible over lines.
            turn: read from below to above.
            fill: a fixed colour, for text over an image.
        """
        paint = f"fill:{fill or f'var(--{colour})'}"
        rim = ";stroke:var(--card);stroke-width:3px;paint-order:stroke" if halo else ""
        place = f'x="{_n(x)}" y="{_n(y)}"' + (f' transform="rotate(-90 {_n(x)} {_n(y)})"' if turn else "")
        look = f'{place} font-size="{_n(size)}" text-anchor="{anchor}" style="{paint}{rim}"'
        if isinstance(text, str) or text.ko == text.en:
            texts = {"": text if isinstance(text, str) else text.en}
        else:
            texts = {"ko": text.ko, "en": text.en}
        for lang, words in texts.items():
            shown = escape(plain(words, limit=80, one_line=True))
            which = f' class="t" lang="{lang}"' if lang else ""
            self._parts.append(f"<text{which} {look}>{shown}</text>")

    def image(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        png: bytes,
        *,
        opacity: float = 1,
        smooth: bool = False,
    ) -> None:
        """A PNG file stretched over a rectangle; its pixels stay squares unless ``smooth``."""
        data = base64.b64encode(png).decode("ascii")
        extra = (f' opacity="{_n(opacity)}"' if opacity < 1 else "") + (
            "" if smooth else ' style="image-rendering:pixelated"'
        )
        self._parts.append(
            f'<image x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
            f' preserveAspectRatio="none" href="data:image/png;base64,{data}"{extra}/>'
        )

    def svg(self) -> str:
        """The picture, for inside a page. Screen readers skip it: the page says what it shows."""
        width, height = _n(self.width), _n(self.height)
        return (
            f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" aria-hidden="true"'
            f' focusable="false">{"".join(self._parts)}</svg>'
        )
