"""Pictures of what was graded: small data made from facts, and drawings of it for pages.

``make_pictures`` reads facts while they are at hand; what it makes is stored in the result. The ``draw_…``
functions turn a result, or numbers of a class, into inline SVG when a page is written.
"""

from grader.pictures.histogram import draw_accuracies, draw_marks
from grader.pictures.make import draw_exercise, make_pictures

__all__ = ["draw_accuracies", "draw_exercise", "draw_marks", "make_pictures"]
