"""What can be said about a course's content without running an answer."""

from grader.authoring.lint.course import lint

__all__ = ["lint"]
