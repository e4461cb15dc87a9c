"""The process that checks for one kernel: ``python server.py``, requests on stdin, answers on stdout, a line each.

A request is ``{"notebook", "name", "folder", "exercises", "train", "lang", "course", "data"}``; before its answer
(``result``, ``message`` or ``fault``) come lines of ``progress``. SIGINT ends the check and not the process; the
end of stdin, which is the kernel's end too, ends everything.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import sys
import tempfile
import threading
import traceback
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

if __name__ == "__main__":  # the folder that this package is in need not be on the path of the kernel
    sys.path[0] = os.path.abspath(f"{os.path.dirname(__file__)}/../..")  # noqa: PTH100, PTH120

from grader.choices import choose_language
from grader.errors import ChoiceError, GraderError, NothingToGrade
from grader.i18n import tr, user_lang
from grader.notebook.source import defined
from grader.schema import Course, Exercise, Lang
from grader.workflows import Grader, Options
from grader.workflows.finding import find_exercises
from grader.workflows.workplace import Workplace

#: What starts a check and is never graded itself.
NAME = "notebook"


class Service:
    """Warm graders by course, data and so on: nearly always one."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output
        self._folder = Path(tempfile.mkdtemp(prefix="grader-notebook-"))
        self._graders: dict[tuple[str, str], Grader] = {}

    def say(self, kind: str, **fields: object) -> None:
        """One line to the kernel."""
        self._output.write(json.dumps({"kind": kind, **fields}).encode() + b"\n")
        self._output.flush()

    def check(self, request: dict[str, Any]) -> None:
        """Check one notebook and say how it went."""
        from grader.notebook.page import result_html, result_text

        lang = self._lang(request)
        try:
            grader = self._grader(request)
            wanted = self._wanted(grader.course, request, lang)
            place = self._lay_out(wanted, request)
            result = grader.grade(
                place,
                self._folder / "out",
                only=[exercise.id for exercise in wanted],
                lang=lang,
                train=bool(request["train"]),
                reports=False,
                progress=lambda stage, exercise: self._progress(lang, stage, exercise),
            )
        except NothingToGrade as nothing:
            self.say("message", lang=lang, text=nothing.text.get(lang))
        except GraderError as error:
            self.say("message", lang=lang, text=error.text.get(lang))
        else:
            waiting = not request["train"] and any(exercise.budgets for exercise in wanted)
            html = result_html(result, lang, train_later=waiting)
            self.say("result", lang=lang, html=html, text=result_text(result, lang, train_later=waiting))

    def _lang(self, request: dict[str, Any]) -> Lang:
        """As asked for, else the working folder's, else the user's."""
        if request["lang"]:
            return "ko" if request["lang"] == "ko" else "en"
        place = Workplace.here(Path(request["folder"]))
        return (place.lang if place is not None else None) or user_lang()

    def _grader(self, request: dict[str, Any]) -> Grader:
        from grader.catalog import load_course

        key = (str(request.get("course") or ""), str(request.get("data") or ""))
        if key not in self._graders:
            course = load_course(Path(key[0]) if key[0] else None)
            options = Options(budget="quick", staff=False, data_dir=Path(key[1]) if key[1] else None)
            told = replace(options, on_epoch=lambda epoch, of: self.say("progress", epoch=epoch, epochs=of))
            self._graders[key] = Grader(course, told)
        return self._graders[key]

    def _progress(self, lang: Lang, stage: str, exercise: Exercise | None) -> None:
        self.say("progress", lang=lang, stage=stage, title=exercise.title.get(lang) if exercise else "")

    def _wanted(self, course: Course, request: dict[str, Any], lang: Lang) -> list[Exercise]:
        """The exercises that were named, else those of which the notebook defines something."""
        named: list[str] = request["exercises"]
        if named:
            return find_exercises(course, named)
        here = Path(request.get("name") or "").stem
        own = [exercise for exercise in course.exercises if exercise.file == here]
        names: set[str] = set().union(
            *(defined(cell["source"]) for cell in json.loads(request["notebook"])["cells"])
        )
        found = own or [e for e in course.exercises if names & set(e.functions)]
        if not found:
            raise GraderError(
                "This notebook defines no function of an exercise yet. Run its cells first, or name the "
                "exercise: %check {number}",
                number=course.exercises[0].id.split("_")[0].lstrip("0"),
            )
        return found

    def _lay_out(self, wanted: list[Exercise], request: dict[str, Any]) -> Path:
        """The notebook under each exercise's name, with the model files that lie beside it."""
        place = self._folder / NAME
        shutil.rmtree(place, ignore_errors=True)
        shutil.rmtree(self._folder / "out", ignore_errors=True)
        place.mkdir()
        beside = Path(request["folder"])
        for exercise in wanted:
            (place / f"{exercise.file}.ipynb").write_text(request["notebook"], encoding="utf-8")
            for model in exercise.models:
                if (beside / model).is_file():
                    shutil.copyfile(beside / model, place / model)
        return place

    def close(self) -> None:
        """End the sandboxes and remove every file."""
        for grader in self._graders.values():
            grader.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def main() -> None:
    """Serve one kernel until it is gone."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a library prints gets between the answers
    requests: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, requests), daemon=True).start()
    signal.signal(signal.SIGTERM, _leave)
    with suppress(ChoiceError):
        choose_language((), os.environ)
    service = Service(output)
    try:
        while True:
            line = _next(requests)
            if not line:
                return
            try:
                service.check(json.loads(line))
            except KeyboardInterrupt:
                service.say("message", text=tr("en", "Stopped."))
            except Exception:
                service.say("fault", detail=traceback.format_exc())
    except (SystemExit, BrokenPipeError):
        pass
    finally:
        service.close()


def _next(requests: queue.Queue[bytes]) -> bytes:
    while True:
        try:
            return requests.get()
        except KeyboardInterrupt:
            continue  # the check was over already


def _listen(stream: BinaryIO, requests: queue.Queue[bytes]) -> None:
    """Requests as they come; at the end of the stream whatever is being done ends."""
    for line in stream:
        requests.put(line)
    requests.put(b"")
    os.kill(os.getpid(), signal.SIGTERM)


def _leave(*_: object) -> None:
    raise SystemExit


if __name__ == "__main__":
    main()
    os._exit(0)
