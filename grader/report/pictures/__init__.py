"""Pictures on the report page, drawn by matplotlib; without words, so that one picture serves both languages."""

from grader.report.pictures.look import Drawing, Group, SheetView, Shown, look_at

__all__ = ["Drawing", "Group", "SheetView", "Shown", "look_at"]
