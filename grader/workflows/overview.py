"""The README of a student's working folder."""

from __future__ import annotations

from grader.i18n import tr
from grader.schema import Course, Lang


def overview(course: Course, lang: Lang, *, notebooks: bool) -> str:
    """The README of a working folder: the tasks in the chapter's order, how to check them, and where help is."""
    suffix = ".ipynb" if notebooks else ".py"
    first = course.exercises[0]
    number = first.id.split("_")[0]
    total = sum(e.points for e in course.exercises)

    def bullets(*texts: str) -> list[str]:
        return [f"* {text}" for text in texts]

    lines = [
        "# " + tr(lang, "Image recognition: exercises"),
        "",
        tr(lang, "The exercises follow the chapter. In each folder, README.md explains the task."),
        tr(
            lang,
            "Fill in the functions in the file beside it, then check your work, as often as you like.",
        ),
        "",
        "## " + tr(lang, "The exercises"),
        "",
        *_tasks(course, lang, suffix),
        "",
        tr(lang, "There are {points} points in all.", points=total),
        "",
        "## " + tr(lang, "Check your work"),
        "",
        tr(lang, "Run these commands in this folder."),
        "",
        *_commands(
            (f"grader check {number}", tr(lang, "one exercise, by its number")),
            (f"grader check {first.file}{suffix}", tr(lang, "the same, by its file")),
            ("grader check", tr(lang, "all of them")),
            ("grader check --watch", tr(lang, "again whenever you save")),
            ("grader list", tr(lang, "your points and how far you are")),
        ),
        "",
        tr(lang, "A check that fails says what was expected, what your code gave, and a hint."),
        tr(lang, "The full report is `.grader/report/report.html`; open it in a browser."),
        "",
        "## " + tr(lang, "Where help is"),
        "",
        *bullets(
            tr(
                lang,
                "Each exercise's README ends with hints. Open the next one only when the last was not enough.",
            ),
            tr(lang, "What goes in and what comes out of a function is said where it is defined."),
            *(
                [tr(lang, "Cells with the tag `scratch` are not graded: try things out there.")]
                if notebooks
                else []
            ),
            tr(lang, "`grader doctor` says whether this computer has what the checks need."),
            tr(
                lang,
                "“{word}” means that the grader failed, not you. Tell your instructor.",
                word=tr(lang, "Not graded yet"),
            ),
        ),
        "",
        "## " + tr(lang, "Real data"),
        "",
        tr(lang, "Checks work without a network, on built-in sample images."),
        tr(lang, "Real images and pre-trained weights are downloaded only when you ask for them:"),
        "",
        *_commands(
            ("grader fetch --list", tr(lang, "what there is, and how much")),
            ("grader fetch " + _with_data(course), tr(lang, "what one exercise needs")),
        ),
        "",
        "## " + tr(lang, "Hand in"),
        "",
        *bullets(
            tr(lang, "Hand in this folder, or a zip of it. Keep the file names as they are."),
            tr(lang, "Points are given per check: hand in unfinished exercises, too."),
            tr(lang, "If there is a .py and a .ipynb of one exercise, the .py counts."),
        ),
        "",
    ]
    return "\n".join(lines)


def _tasks(course: Course, lang: Lang, suffix: str) -> list[str]:
    """The table of exercises, in Markdown."""
    columns = (
        tr(lang, "No."),
        tr(lang, "Exercise"),
        tr(lang, "What you do"),
        tr(lang, "File"),
        tr(lang, "Points"),
    )
    rows = [
        (
            e.id.split("_")[0],
            f"[{e.title.get(lang)}]({e.id}/README.md)",
            " ".join(e.summary.get(lang).split()).replace("|", "\\|"),
            f"[{e.file}{suffix}]({e.id}/{e.file}{suffix})",
            str(e.points),
        )
        for e in course.exercises
    ]
    head = "| " + " | ".join(columns) + " |"
    return [head, "| --- | --- | --- | --- | ---: |", *("| " + " | ".join(row) + " |" for row in rows)]


def _commands(*pairs: tuple[str, str]) -> list[str]:
    """Commands with what they do, as a block."""
    width = max(len(command) for command, _ in pairs) + 2
    return ["```", *(f"{command:<{width}}# {meaning}" for command, meaning in pairs), "```"]


def _with_data(course: Course) -> str:
    """The number of an exercise that can use real data."""
    wanting = [e for e in course.exercises if e.dataset or e.real or e.fetch]
    return (wanting or course.exercises)[0].id.split("_")[0]
