"""What an assignment's repository has besides the exercises: workflow, development container, ignored files."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from grader import __version__
from grader.choices import words_of
from grader.ci.wheel import own_wheel
from grader.errors import TemplateError
from grader.i18n import tr
from grader.schema import Course, Lang, Workflow
from grader.workflows.finding import find_exercises
from grader.workflows.workplace import STATE, Workplace

#: Folder of the repository that holds the grader.
WHEELS = ".github/grader"
WORKFLOWS: tuple[str, ...] = words_of(Workflow)


@dataclass(frozen=True)
class Template:
    """What was chosen on the command line."""

    workflow: Workflow
    exercises: Sequence[str]
    lang: Lang
    source: str
    """What pip is to install: a file of the repository, an address or ``git+https://…``."""
    sha256: str = ""
    """Of that file; it is held to it before it is installed."""
    fetch: bool = False
    """Whether the job downloads the real data sets when its cache has none."""

    def __post_init__(self) -> None:
        # It ends up between quotes in a shell command of the development container.
        if not re.fullmatch(r"[A-Za-z0-9._~:/@+=<>!,\[\]#&%?-]{1,500}", self.source):
            raise TemplateError("pip cannot install “{source}”.", source=self.source)


def template_files(template: Template) -> dict[str, str]:
    """Path in the repository -> content.

    Nothing in it is for staff only. It holds no exercise either: whoever calls this puts them there.
    """
    environment = Environment(
        loader=PackageLoader("grader.ci"),
        # GitHub's own expressions look like Jinja's usual ones.
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,  # YAML, JSON and Python: each value is quoted as JSON, which all three read alike
    )
    values = {
        "workflow": template.workflow,
        "version": __version__,
        "grader": json.dumps(template.source),
        "sha256": template.sha256,
        "exercises": json.dumps(" ".join(template.exercises)),
        "lang": json.dumps(template.lang),
        "key": _key(template.source + template.sha256),
        "fetch": template.fetch,
    }

    def render(name: str, **changed: str) -> str:
        return environment.get_template(name).render({**values, **changed})

    quoted = json.dumps(f"'{template.source}'")[1:-1]
    files = {
        ".github/workflows/grade.yml": render("grade.yml.jinja"),
        ".devcontainer/devcontainer.json": render("devcontainer.json.jinja", grader=quoted),
        ".gitignore": render("gitignore.txt"),
    }
    if template.workflow == "classroom50":
        files["classroom50/autograder.py"] = render("autograder.py.jinja")
    return files


def _key(source: str) -> str:
    """Of the caches: another grader, another cache."""
    return f"v{__version__}-{hashlib.sha256(source.encode()).hexdigest()[:12]}"


def pushed(lang: Lang) -> str:
    """The README's section on what a push does."""
    lines = (
        tr(
            lang,
            "Every push is graded. The points, and what to do next, are in the run's summary under “Actions”.",
        ),
        tr(lang, "Remarks appear beside your own lines in the commit's “Files changed”."),
    )
    return "\n".join(["", "## " + tr(lang, "Push and see"), "", *lines, ""])


def make_repository(
    course: Course,
    folder: Path,
    *,
    workflow: Workflow,
    names: Sequence[str],
    lang: Lang,
    notebooks: bool = False,
    source: str | None = None,
    fetch: bool = False,
) -> list[Path]:
    """An assignment's repository: stubs, tasks and what :func:`write_template` adds.

    Args:
        names: of the exercises, in any form; by default all.
        source: what pip is to install; by default this very grader, as a wheel in the repository.

    Returns:
        The files made.

    Raises:
        ChoiceError: there is no such exercise. TemplateError: ``folder`` is not empty, ``source`` is not usable.
        WorkplaceError, OSError: ``folder`` can't be written.
    """
    wanted = find_exercises(course, names) or course.exercises
    kept = tuple(e for e in course.exercises if e in wanted)
    if folder.is_dir() and any(path.name != ".git" for path in folder.iterdir()):
        raise TemplateError("{folder} is not empty; nothing was written.", folder=str(folder))
    name, wheel = own_wheel() if source is None else ("", b"")
    template = Template(
        workflow=workflow,
        exercises=[e.id for e in kept],
        lang=lang,
        source=source or f"{WHEELS}/{name}",
        sha256=hashlib.sha256(wheel).hexdigest() if wheel else "",
        fetch=fetch,
    )
    course = course.model_copy(update={"exercises": kept})
    made, _ = Workplace(folder).begin(course, notebooks=notebooks, lang=lang)
    shutil.rmtree(folder / STATE)  # how far one has come: each student's own
    if wheel:
        (folder / WHEELS).mkdir(parents=True, exist_ok=True)
        (folder / WHEELS / name).write_bytes(wheel)
        made.append(folder / WHEELS / name)
    return made + write_template(template, folder)


def write_template(template: Template, folder: Path) -> list[Path]:
    """Put the template's files into ``folder``; files that are there stay.

    Returns:
        The files made.

    Raises:
        OSError: ``folder`` can't be written.
    """
    made = []
    for name, content in template_files(template).items():
        path = folder / name
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")
        made.append(path)
    readme = folder / "README.md"
    if readme.is_file():
        text, section = readme.read_text(encoding="utf-8"), pushed(template.lang)
        if section not in text:
            readme.write_text(text + section, encoding="utf-8", newline="\n")
    return made
