"""Where the course is: a folder that was asked for, the checkout, or what was installed."""

from __future__ import annotations

from pathlib import Path

from grader.errors import CourseError

PACKAGE = Path(__file__).resolve().parent.parent


def course_root(explicit: Path | None = None) -> Path:
    """The folder that holds ``exercises/``, as an absolute path.

    Args:
        explicit: ``--course DIR``. Without it: the working copy that this package lies in, else ``grader/course``
            inside the installed package.

    Raises:
        CourseError: there is no ``exercises`` folder there.
    """
    if explicit is not None:
        root = explicit.expanduser().resolve()
        if not root.is_dir():
            raise CourseError("The course folder {folder} does not exist.", folder=str(explicit))
        if not (root / "exercises").is_dir():
            raise CourseError("{folder} is not a course: it has no folder “exercises”.", folder=str(explicit))
        return root
    checkout = PACKAGE.parent
    # A package index installs into site-packages, which may have an unrelated folder of that name beside it.
    if (checkout / "pyproject.toml").is_file() and (checkout / "exercises").is_dir():
        return checkout
    installed = PACKAGE / "course"
    if (installed / "exercises").is_dir():
        return installed
    raise CourseError("This installation has no course; name one with --course DIR.")
