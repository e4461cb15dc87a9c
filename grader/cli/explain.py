"""``grader explain``: what several got wrong in the same way, and its cause for all of them."""

from __future__ import annotations

import time
from pathlib import Path

import typer

from grader.cli import options
from grader.cli.screen import console, fail, say
from grader.i18n import tr, ui
from grader.schema import Lang, Text
from grader.text import format_number

HELP = ui("Explain what several students got wrong in the same way; all of them get the explanation.")
#: Groups that are listed, and lines of the program that are shown.
_LISTED, _LINES = 15, 80


def run(
    context: typer.Context,
    out: Path = options.graded,
    exercise: str | None = typer.Option(None, "--exercise", help=ui("Only this exercise.")),
    group: int = typer.Option(1, "--group", min=1, help=ui("Which group of the list; the first is the largest.")),
    ko: str | None = typer.Option(None, "--ko", help=ui("The cause in Korean; without, an editor opens.")),
    en: str | None = typer.Option(None, "--en", help=ui("The cause in English.")),
    name: str | None = typer.Option(None, "--name", help=ui("Name of the new wrong answer, such as dice.")),
    show: bool = typer.Option(False, "--list", help=ui("List the groups and change nothing.")),
    lang: Lang | None = options.lang,
    db: str | None = options.db,
) -> None:
    """List the groups, show one of the chosen group without names, ask for the cause, prove it, score again."""
    from grader.cli.render import explain_check
    from grader.workflows.explain import add_answer, open_groups, specimen
    from grader.workflows.finding import find_exercises
    from grader.workflows.regrade_class import regrade_class

    course, language = options.open_course(context), options.language(lang)
    groups = open_groups(out, find_exercises(course, [exercise])[0] if exercise else None)
    if not groups:
        say(tr(language, "Everything that failed already has a known cause."))
        return
    for number, each in enumerate(groups[:_LISTED], 1):
        titles = ", ".join(check.title.get(language) for check in each.checks)
        say(f"{number:>3}  {len(each.students):>4} ×  {each.exercise}  {titles}")
    if show:
        return
    if group > len(groups):
        fail(tr(language, "There are {n} groups.", n=len(groups)))
    chosen = specimen(out, course, groups[group - 1])
    say("")
    for check in chosen.group.checks:
        explain_check(console(), check, language)
    lines = chosen.code.splitlines()
    say("\n".join(lines[:_LINES] + (["…"] if len(lines) > _LINES else [])), "dim")
    if not (ko and en and name):
        ko, en, name = _ask(chosen.exercise.id, ko or "", en or "", name or "", language)
    failed = add_answer(course, chosen, name, Text(ko=ko, en=en), lambda text: say(text, "dim"))
    file = f"solutions/{chosen.exercise.id}/wrong/{name}.toml"
    say(tr(language, "{file} was written and verified: it fails {checks}.", file=file, checks=", ".join(failed)))
    began = time.perf_counter()
    root = options.course_root(context)
    regrade_class(out, options.open_course(context), root, lang=lang, file_lang=language, db=db)
    left = {
        student for each in open_groups(out) if each.exercise == chosen.exercise.id for student in each.students
    }
    told = [student for student in chosen.group.students if student not in left]
    say(
        tr(
            language,
            "{n} of {total} in the group have the explanation now; scored again in {seconds} s.",
            n=len(told),
            total=len(chosen.group.students),
            seconds=format_number(time.perf_counter() - began, 1),
        )
    )


def _ask(exercise: str, ko: str, en: str, name: str, lang: Lang) -> tuple[str, str, str]:
    """The cause in both languages, from an editor."""
    import json
    import tomllib

    import click

    about = tr(lang, "What was done and why it is wrong, to the student, in a sentence or two.")
    given = (("name", name), ("ko", ko), ("en", en))
    fields = "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in given)
    written = click.edit(f"# {exercise}\n# {about}\n{fields}", extension=".toml")
    try:
        answer = {key: str(value).strip() for key, value in tomllib.loads(written or "").items()}
    except tomllib.TOMLDecodeError as error:
        fail(tr(lang, "That is not TOML: {reason}", reason=error))
    if not all(answer.get(key) for key in ("ko", "en", "name")):
        fail(tr(lang, "Nothing was written: name, ko and en are all needed."))
    return answer["ko"], answer["en"], answer["name"]
