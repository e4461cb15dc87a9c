"""Pictures for the report, as small data made from facts. They are no part of any mark."""

from grader.award.pictures.make import make_pictures

__all__ = ["make_pictures"]
