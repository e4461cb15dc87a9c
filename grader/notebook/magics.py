"""``%check`` and ``%%check``: what a student types, and what is shown while and after the server works."""

from __future__ import annotations

import argparse
import html
import os
import secrets
import shlex
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from IPython.core.error import UsageError

from grader.choices import choose_language, pick, words_of
from grader.errors import ChoiceError
from grader.i18n import tr, user_lang
from grader.notebook.client import Server, ServerLost
from grader.notebook.source import Found, History, find_notebook
from grader.schema import Lang
from grader.text import plain


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"%check: {message}")


def _parser() -> _Parser:
    parser = _Parser(prog="%check", add_help=False)
    parser.add_argument("exercises", nargs="*")
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--lang", default="")
    parser.add_argument("--data", default="")
    parser.add_argument("--course", default="")
    return parser


class CheckMagics:
    """The magics of one kernel."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        # A cell may patch these later; what it can't reach is what was taken now.
        self._publish = shell.display_pub.publish
        self._run_cell = shell.run_cell
        self._history = History(shell)
        self._server: Server | None = None
        with suppress(ChoiceError):
            choose_language((), os.environ)
        shell.register_magic_function(self.check, "line", "check")
        shell.register_magic_function(self.check_cell, "cell", "check")

    def check(self, line: str) -> None:
        """``%check [EXERCISE …] [--train] [--lang ko|en] [--data DIR] [--course DIR]``: this notebook's code."""
        self._check(line)

    def check_cell(self, line: str, cell: str) -> None:
        """Run the cell as usual, then check: ``%%check 6``."""
        if self._run_cell(cell).success:
            self._check(line)

    def _check(self, line: str) -> None:
        options = _parser().parse_args(shlex.split(line))
        try:
            asked = options.lang and pick(options.lang, words_of(Lang), "--lang")
        except ChoiceError as error:
            raise UsageError(error.text.get(user_lang())) from None
        lang: Lang = "ko" if "ko" in (asked or user_lang()) else "en"
        display_id = secrets.token_hex(8)
        self._show(display_id, *_note(tr(lang, "Checking …")), update=False)
        found = find_notebook(self._shell, self._history)
        request = {
            "notebook": found.as_notebook(),
            "name": found.path.name if found.path is not None else "",
            "folder": str(found.path.parent if found.path is not None else Path.cwd()),
            "exercises": options.exercises,
            "train": options.train,
            "lang": asked,
            "data": options.data and str(Path(options.data).resolve()),
            "course": options.course and str(Path(options.course).resolve()),
        }
        try:
            answer = self._ask(request, display_id, lang)
        except KeyboardInterrupt:
            self._show(display_id, *_note(tr(lang, "Stopped.")))
            return
        except ServerLost as lost:
            self._server = None
            answer = {"kind": "fault", "detail": str(lost)}
        self._show(display_id, *_answer(answer, found, answer.get("lang", lang)))

    def _ask(self, request: dict[str, Any], display_id: str, lang: Lang) -> dict[str, Any]:
        if self._server is None or not self._server.alive:
            self._server = Server()
        state: dict[str, Any] = {}

        def progress(message: dict[str, Any]) -> None:
            state.update({"epoch": 0, "epochs": 0} | message if "stage" in message else message)
            self._show(display_id, *_progress(state, state.get("lang", lang)))

        return self._server.ask(request, progress)

    def _show(self, display_id: str, shown: str, text: str, *, update: bool = True) -> None:
        self._publish(
            data={"text/html": shown, "text/plain": text},
            metadata={},
            transient={"display_id": display_id},
            update=update,
        )


def _answer(answer: dict[str, Any], found: Found, lang: Lang) -> tuple[str, str]:
    if answer["kind"] == "result":
        note = _origin(found, lang)
        return answer["html"] + _note(note)[0], f"{answer['text']}\n{note}".rstrip()
    if answer["kind"] == "message":
        return _note(answer["text"])
    text = tr(lang, "This is a fault of the grader, not of the submission. Please report it with the lines above.")
    return _note(f"{answer['detail']}\n{text}")


def _origin(found: Found, lang: Lang) -> str:
    if found.origin == "file_and_cells":
        return tr(
            lang,
            "Checked: the saved notebook, plus the cells that you have run since. Save it before you hand it in.",
        )
    if found.origin == "cells":
        return tr(
            lang,
            "Checked: the cells that ran, in the order in which they ran, and no others.",
        )
    return ""


def _note(text: str) -> tuple[str, str]:
    safe = plain(text)
    return f'<p style="opacity:.75;white-space:pre-wrap">{html.escape(safe)}</p>' if safe else "", safe


def _progress(state: dict[str, Any], lang: Lang) -> tuple[str, str]:
    words = {
        "prepare": tr(lang, "preparing"),
        "run": tr(lang, "running the code"),
        "inspect": tr(lang, "examining the evidence"),
        "rerun": tr(lang, "close to the minimum: running again with another seed"),
        "award": tr(lang, "scoring"),
        "done": tr(lang, "done"),
    }
    parts = [state.get("title", ""), words.get(state.get("stage", ""), "")]
    bar = ""
    if state.get("epochs"):
        epoch, epochs = int(state["epoch"]), int(state["epochs"])
        parts.append(tr(lang, "epoch {epoch} of {epochs}", epoch=epoch, epochs=epochs))
        bar = f'<progress max="{epochs}" value="{min(epoch, epochs)}"></progress> '
    text = plain(" · ".join(part for part in parts if part), one_line=True)
    return f'<p style="opacity:.75">{bar}{html.escape(text)}</p>', text
