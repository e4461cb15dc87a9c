"""A new exercise: a small one that works, in ten files to change and two that are generated."""

from __future__ import annotations

import json
import keyword
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Template

from grader.authoring.notebook import make_notebook
from grader.authoring.stubs import GENERATED, make_stub
from grader.errors import CourseError
from grader.i18n import both
from grader.schema import Text

#: Folder of templates -> place in the course; what is installed must not look like solutions.
PLACES = {
    "public": "exercises/{slug}",
    "answers": "solutions/{slug}",
    "alternative": "solutions/{slug}/alternative",
    "mistakes": "solutions/{slug}/wrong",
}
_SLUG = re.compile(r"\d\d_[a-z][a-z0-9_]{0,60}")
_LIBRARIES = frozenset({"grader", "h5py", "keras", "matplotlib", "numpy", "pytest", "tensorflow"})


def scaffold(root: Path, slug: str, title: Text | None = None) -> list[Path]:
    """Make ``exercises/<slug>`` and ``solutions/<slug>``; all of it or nothing.

    Args:
        root: the course.
        slug: number and name, such as ``14_my_topic``; the student's file is called after the name.
        title: the exercise's title; by default the slug's words.

    Returns:
        The files made, in order.

    Raises:
        CourseError: the slug can't be used, or one of the folders is there already.
    """
    number, name = _checked(root, slug)
    words = name.replace("_", " ").capitalize()
    title = title or Text(ko=f"{words}: 밝은 화소 세기", en=f"{words}: count bright pixels")
    values = {
        "file": name,
        "slug": slug,
        "number": number,
        "heading_ko": title.ko,
        "heading_en": title.en,
        # A JSON string is a TOML string, too.
        "title_ko": json.dumps(title.ko, ensure_ascii=False),
        "title_en": json.dumps(title.en, ensure_ascii=False),
    }
    content = {path: Template(text).substitute(values) for path, text in _templates(slug, name)}
    public = f"exercises/{slug}"
    stub = make_stub(content[f"solutions/{slug}/{name}.py"], slug)
    content[f"{public}/{name}.py"] = GENERATED + stub
    content[f"{public}/{name}.ipynb"] = make_notebook(
        stub, content[f"{public}/README.md"], content[f"{public}/README.en.md"], number.lstrip("0")
    )
    return _write(root, slug, content)


def _checked(root: Path, slug: str) -> tuple[str, str]:
    """Number and name of a slug that is free to use."""
    problem = None
    number, _, name = slug.partition("_")
    if not _SLUG.fullmatch(slug):
        problem = both(
            "“{slug}” cannot be an exercise's name: two digits, “_”, then lower-case letters, digits "
            "and “_”, such as 14_my_topic.",
            slug=slug,
        )
    elif keyword.iskeyword(name) or name in sys.stdlib_module_names or name in _LIBRARIES:
        problem = both(
            "“{name}” cannot be a file's name: Python or a library has a module called that.", name=name
        )
    for place in ("exercises", "reference", "solutions"):
        if (root / place / slug).exists():
            problem = problem or both("{folder} already exists.", folder=f"{place}/{slug}")
    for other in sorted((root / "exercises").glob(f"*_{name}")):
        if other.name.partition("_")[2] == name:
            problem = problem or both(
                "{other} already asks for the file {name}.py; choose another name.", other=other.name, name=name
            )
    if problem is not None:
        raise CourseError(problem)
    return number, name


def _templates(slug: str, name: str) -> Iterator[tuple[str, str]]:
    """Path in the course and text of every template."""
    for folder, place in PLACES.items():
        for file in files("grader.authoring").joinpath("template", folder).iterdir():
            plain = file.name.removesuffix(".tmpl")
            if plain != file.name:
                made = f"{name}.py" if plain == "answer.py" else plain
                yield f"{place.format(slug=slug)}/{made}", file.read_text(encoding="utf-8")


def _write(root: Path, slug: str, content: dict[str, str]) -> list[Path]:
    made = []
    try:
        for name in sorted(content):
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content[name].encode())
            made.append(path)
    except OSError as error:
        # None of them was there before, so what is there now is ours.
        for place in ("exercises", "reference", "solutions"):
            shutil.rmtree(root / place / slug, ignore_errors=True)
        text = both("{folder} cannot be written: {reason}.", folder=str(root), reason=error.strerror or str(error))
        raise CourseError(text) from error
    return made
