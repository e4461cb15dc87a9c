"""The frame of a chart: scales, tick marks, axis titles."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from grader.pictures.canvas import WIDTH, Canvas
from grader.schema import Text

_LEFT, _RIGHT, _TOP, _BOTTOM = 42.0, 10.0, 26.0, 40.0


def step_for(span: float, most: int) -> float:
    """The smallest of 1, 2, 5, 10 … (times a power of ten) that divides ``span`` into at most ``most`` parts."""
    rough = max(span, 1e-12) / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10, 20) if power * factor >= rough * (1 - 1e-9))


def ticks(low: float, high: float, most: int = 5, *, whole: bool = False) -> list[float]:
    """Round numbers from ``low`` to ``high``."""
    step = step_for(high - low, most)
    step = max(1.0, step) if whole else step
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [n * step for n in range(first, last + 1)]


@dataclass(frozen=True)
class Axes:
    """A chart's area on a canvas of its own: ``x`` and ``y`` are the values at its edges."""

    x: tuple[float, float]
    y: tuple[float, float]
    width: float = WIDTH
    height: float = 200.0
    canvas: Canvas = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "canvas", Canvas(self.width, self.height))

    @property
    def right(self) -> float:
        return self.width - _RIGHT

    @property
    def floor(self) -> float:
        return self.height - _BOTTOM

    def at_x(self, value: float) -> float:
        """The place of a value, in pixels from the left."""
        low, high = self.x
        return _LEFT + (self.right - _LEFT) * (value - low) / ((high - low) or 1)

    def at_y(self, value: float) -> float:
        """The place of a value, in pixels from the top."""
        low, high = self.y
        return self.floor - (self.floor - _TOP) * (value - low) / ((high - low) or 1)

    def frame(
        self,
        x_title: Text,
        y_title: Text,
        x_ticks: Sequence[float],
        y_ticks: Sequence[float],
        x_label: Callable[[float], str],
        y_label: Callable[[float], str],
    ) -> None:
        """Grid lines, tick labels and titles. The vertical axis has its title above it, to be read without turning
        one's head."""
        for value in y_ticks:
            y = self.at_y(value)
            self.canvas.line([(_LEFT, y), (self.right, y)], "line", width=1)
            self.canvas.text(_LEFT - 6, y + 4, y_label(value), anchor="end")
        self.canvas.line([(_LEFT, self.floor), (self.right, self.floor)], "quiet", width=1)
        for value in x_ticks:
            self.canvas.text(self.at_x(value), self.floor + 16, x_label(value))
        self.canvas.text(4, 12, y_title, anchor="start")
        self.canvas.text(self.right, self.height - 6, x_title, anchor="end")

    def limit(self, value: float, name: Text) -> None:
        """A dotted line across at ``value``, named where it ends."""
        y = self.at_y(value)
        self.canvas.line([(_LEFT, y), (self.right, y)], "ink", width=1.5, dash="2 3")
        above = y - _TOP > 16
        self.canvas.text(self.right, y - 5 if above else y + 14, name, anchor="end", colour="ink", halo=True)

    def mark(self, value: float, name: Text, *, dotted: bool = False, row: int = 0) -> None:
        """A line from top to bottom at ``value``, named at its top."""
        x = self.at_x(value)
        self.canvas.line([(x, _TOP + 2), (x, self.floor)], "warm", dash="2 3" if dotted else "")
        left = x > (_LEFT + self.right) / 2
        self.canvas.text(
            x - 5 if left else x + 5,
            _TOP + 10 + 15 * row,
            name,
            anchor="end" if left else "start",
            colour="ink",
            halo=True,
        )
