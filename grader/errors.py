"""Everything that can go wrong and is told to a person in a sentence: one tree, one constructor.

    GraderError
    ├── ChoiceError              a word is none of those that are possible
    ├── CourseError              the course's own files
    │   ├── ChecksError          an exercise's checks cannot be used
    │   ├── CourseFault          what a check relies on is wrong; carries staff's words alone
    │   ├── CalibrationError     no threshold can be computed
    │   └── SampleError          the sample class cannot be made
    ├── IntakeError              nothing at a path can be read as a submission
    │   └── OverLimit            a part of the work on a submission took more than it may
    ├── FileError                one file of a submission cannot be used; the rest can
    ├── DataError                a data set is not there or cannot be read
    │   └── OtherFileError       a server sends another file than the one asked for
    ├── SandboxUnavailable       the level of isolation cannot be had on this machine
    ├── NothingToGrade           a submission without any declared file; carries the result that says so
    ├── MeasurementError         a solution reached no accuracy that could be measured
    ├── NotGraded                a folder holds nothing that could be scored again
    ├── BatchError               a batch cannot begin
    ├── BatchStopped             a batch cannot go on; what is finished is stored
    ├── GradebookError           the gradebook cannot be opened, read or changed
    │   └── PolicyError          a policy file is wrong
    ├── OutputError              a file or folder of ours cannot be written
    ├── ExportError              a result does not fit the other tool's format
    ├── PlaygroundError          the page that runs a network in the browser cannot be made
    │   └── NotConverted         this model cannot run there
    ├── PictureError             no picture can be had at an address
    ├── TemplateError            an assignment's repository cannot be made
    └── WorkplaceError           a student's working folder cannot be used

Faults of a student's code are no exceptions here: they are facts, and become failed checks. What the confined side
raises stays on its side of the process boundary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.i18n import both
from grader.schema import Text

if TYPE_CHECKING:
    from grader.schema import Refusal, Result


class GraderError(Exception):
    """What happened and what to do, in both languages: a message and what fills its fields, or a finished text."""

    def __init__(self, message: str | Text, /, detail: str = "", **params: object) -> None:
        self.text = both(message, **params) if isinstance(message, str) else message
        self.detail = detail
        """For staff: a traceback, or what the system said."""
        super().__init__(self.text, detail)

    def __str__(self) -> str:
        return f"{self.text.en}\n{self.detail}".strip()


class ChoiceError(GraderError):
    """A word is not one of those that are possible; ``text`` says which are."""


class CourseError(GraderError):
    """A file of the course is wrong; ``text`` names it, and key and line where they are known."""


class ChecksError(CourseError):
    """An exercise's checks can't be used; ``detail`` is for their author."""


class CourseFault(CourseError):
    """What a check relies on is wrong in the course, or was damaged on our side: no submission can cause it.

    Whatever depends on it is ungraded. Its text is for staff, in one language.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(Text(ko=detail, en=detail))
        self.args = (detail,)


class CalibrationError(CourseError):
    """No threshold can be computed."""


class SampleError(CourseError):
    """The sample class can't be made."""


class IntakeError(GraderError):
    """Nothing at this path can be read at all."""


class OverLimit(IntakeError):
    """A part of the grader's own work on a submission went over a limit, and is left out (:mod:`grader.bounds`).

    An :class:`IntakeError`, because where reading it is that part, nothing of the submission can be read.
    """

    def __init__(self, part: str, what: str) -> None:
        self.part = part
        super().__init__(
            both(
                "One step of the grader's own work on this ({part}) exceeded its limit ({what}) and was left out.",
                part=_in_words(part),
                what=_in_words(what),
            )
        )
        self.args = (part, what)  # what it is made from again in another process


def _in_words(name: str) -> Text:
    """A part of the work, or a limit, in both languages."""
    known = (
        both("reading it"),
        both("reading what its run left"),
        both("its checks"),
        both("showing its checks"),
        both("its diagnosis"),
        both("its pictures"),
        both("its reports"),
        both("its playground page"),
        both("comparing it with others"),
        both("wall time"),
        both("CPU time"),
        both("memory"),
        both("the size of a file"),
        both("its process had to be ended"),
    )
    return next((text for text in known if text.en == name), Text(ko=name, en=name))


class FileError(GraderError):
    """One file can't be used; the rest of the submission can."""


class DataError(GraderError):
    """A data set is not there or can't be read; ``text`` says which file and why."""


class OtherFileError(DataError):
    """What the server sends is not the file that was asked for."""


class SandboxUnavailable(GraderError):
    """The level that was asked for can't be had on this machine; ``detail`` says which step the system refused."""


class NothingToGrade(GraderError):
    """The submission has no file that any exercise declares. A report says so all the same."""

    def __init__(self, text: Text, result: Result) -> None:
        super().__init__(text)
        self.args = (text, result)  # what it is made from again in another process
        self.result = result


class MeasurementError(GraderError):
    """A solution reached no accuracy."""


class NotGraded(GraderError):
    """There is nothing to score again."""


class BatchError(GraderError):
    """The batch can't begin."""


class BatchStopped(GraderError):
    """Nothing more can be graded; what was finished is kept."""


class GradebookError(GraderError):
    """The gradebook cannot be opened, read or changed."""


class PolicyError(GradebookError):
    """A policy file is wrong; ``text`` names the file and the key."""


class OutputError(GraderError):
    """A file or folder of ours can't be written; the old file, if any, is untouched."""


class ExportError(GraderError):
    """A result can't be said in another tool's format, or that tool's file can't be read."""


class PlaygroundError(GraderError):
    """The page that runs a network in the browser can't be made."""


class NotConverted(PlaygroundError):
    """A model can't run in the browser: it is refused, or ``text`` says which layer has no counterpart there."""

    def __init__(self, message: str | Text, /, refusal: Refusal | None = None, **params: object) -> None:
        super().__init__(both(message, **params) if isinstance(message, str) else message)
        self.args = (self.text, refusal)
        self.refusal = refusal
        """Why the inspector refused it; None where it was not that."""


class PictureError(GraderError):
    """There is no picture to be had at an address."""


class TemplateError(GraderError):
    """An assignment's repository can't be made."""


class WorkplaceError(GraderError):
    """A student's working folder can't be used."""
