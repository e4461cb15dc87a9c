"""The confusion matrix, with each class's recall beside it."""

from __future__ import annotations

from grader.i18n import both
from grader.pictures.canvas import Canvas, Colour
from grader.schema import Confusion, Drawing, Figure, Text
from grader.text import format_percent

#: Numbers in the cells up to this many classes.
NUMBERS = 12
_NAMES, _CELL, _RECALL, _TOP = 84.0, 24.0, 48.0, 34.0
#: Characters of a class's name beside the matrix; columns carry numbers that the rows explain.
_NAME = 10


def draw_confusion(confusion: Confusion) -> Drawing:
    """Rows are true classes, columns predicted ones; the fuller a cell, the larger its share of the row."""
    count = len(confusion.counts)
    cell = max(_CELL, min(48.0, 96.0 / count))
    canvas = Canvas(_NAMES + cell * count + _RECALL, _TOP + cell * count + 4)
    canvas.text(_NAMES, 12, both("predicted"), anchor="start")
    canvas.text(canvas.width, 12, both("recall"), anchor="end")
    for i, row in enumerate(confusion.counts):
        y = _TOP + cell * i
        middle = y + cell / 2 + 4
        canvas.text(14, middle, str(i + 1), anchor="end", size=11)
        canvas.text(19, middle, _short(confusion.names[i]), anchor="start", colour="ink", size=11)
        canvas.text(_NAMES + cell * (i + 0.5), _TOP - 6, str(i + 1), size=11)
        for j, n in enumerate(row):
            share = n / max(sum(row), 1)
            x = _NAMES + cell * j
            canvas.rect(x + 0.5, y + 0.5, cell - 1, cell - 1, "sunk")
            if n:
                canvas.rect(x + 0.5, y + 0.5, cell - 1, cell - 1, "accent", opacity=max(share, 0.04))
            if n and count <= NUMBERS:
                size = 10 if n < 1000 else 8
                # Half and more of the accent's colour is dark on a light page, and light on a dark one.
                colour: Colour = "card" if share > 0.55 else "ink"
                canvas.text(x + cell / 2, middle - 0.5, str(n), size=size, colour=colour)
        recall = format_percent(row[i] / sum(row)) if sum(row) else "–"
        canvas.text(canvas.width, middle, recall, anchor="end", colour="ink", size=11)
    figure = Figure(svg=canvas.svg(), alt=_alt(confusion))
    note = both(
        "Rows: the true class. Columns, in the same order: the class that your network predicted. "
        "Recall: the share of a class that it recognised."
    )
    return Drawing(kind="confusion", title=confusion.title, text=confusion.text, figures=(figure,), note=note)


def _short(name: Text) -> Text:
    ko, en = (text if len(text) <= _NAME else text[: _NAME - 1] + "…" for text in (name.ko, name.en))
    return Text(ko=ko, en=en)


def _alt(confusion: Confusion) -> Text:
    """What the matrix shows, for those who do not see it."""
    recalls = [
        (name, format_percent(row[i] / sum(row)))
        for i, (name, row) in enumerate(zip(confusion.names, confusion.counts, strict=True))
        if sum(row)
    ]
    listed = Text.join((Text.join((name, Text.same(share))) for name, share in recalls), ", ")
    return both(
        "Confusion matrix of {n} classes: rows are true classes, columns are predicted ones. {text} "
        "Recall: {recalls}.",
        n=len(confusion.counts),
        text=confusion.text,
        recalls=listed,
    )
