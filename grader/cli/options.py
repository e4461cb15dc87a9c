"""Options that several commands share, each described once; a word that is not possible is answered here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

import typer

from grader.choices import pick, words_of
from grader.errors import ChoiceError
from grader.i18n import speak, ui, user_lang
from grader.schema import BudgetName, Course, Lang, Level

if TYPE_CHECKING:
    from pathlib import Path

    from grader.workflows.workplace import Workplace


def choice(flag: str, known: Collection[str], default: Any, help: str) -> Any:
    """An option that is one of ``known`` words."""
    return typer.Option(
        default, flag, parser=lambda word: pick(word, known, flag), metavar="|".join(known), help=help
    )


def budget_choice(default: BudgetName) -> Any:
    """How much training; what is enough depends on the command."""
    return choice("--budget", words_of(BudgetName), default, ui("How much training."))


def _data_folder(name: str) -> Path:
    from grader.workflows.finding import data_folder

    return data_folder(name)


lang = choice("--lang", words_of(Lang), None, ui("Language of the reports and of messages here."))
isolation = choice("--isolation", words_of(Level), "auto", ui("How strictly the code is confined."))
budget = budget_choice("standard")
quick_budget = budget_choice("quick")
out = typer.Option(..., "--out", help=ui("Folder for the reports."))
data = typer.Option(
    None,
    "--data",
    envvar="GRADER_DATA",
    parser=_data_folder,
    metavar="DIR",
    help=ui("Folder with real data sets (cifar10.zip …)."),
)
db = typer.Option(None, "--db", help=ui("SQLAlchemy address of the gradebook; by default OUT/gradebook.db."))
seed = typer.Option(0, "--seed", help=ui("Seed of the training."))
threads = typer.Option(None, "--threads", min=1, help=ui("TensorFlow threads."))
exercise = typer.Option([], "--exercise", help=ui("Grade this exercise (repeatable)."))
notebooks = typer.Option(False, "--notebooks", help=ui("Notebooks instead of .py files."))
exercises = typer.Argument(None, help=ui("Number or name; by default all."))
graded = typer.Argument(help=ui("Folder of an earlier `grader grade --out` or `grader batch --out`."))


def course_root(context: typer.Context) -> Path | None:
    """``--course``."""
    root: Path | None = context.find_root().obj
    return root


def open_course(context: typer.Context) -> Course:
    """The course of ``--course``, else the one this grader came with."""
    from grader.catalog import load_course

    return load_course(course_root(context))


def language(lang: Lang | None, place: Workplace | None = None) -> Lang:
    """``--lang``, else the working folder's, else the user's; whatever is said from now on is in it."""
    chosen = lang or (place.lang if place is not None else None) or user_lang()
    speak(chosen)
    return chosen


def key_values(pairs: Iterable[str], flag: str) -> dict[str, str]:
    """``KEY=VALUE`` pairs."""
    values = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise ChoiceError("{flag} is KEY=VALUE, not “{value}”.", flag=flag, value=pair)
        values[key.strip()] = value.strip()
    return values
