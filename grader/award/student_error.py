"""One error of the student's code, told to the student who wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.award.advice import what_to_do
from grader.award.described import in_words
from grader.award.failures import MissingEvidence, clip
from grader.i18n import both
from grader.places import cell_name, where
from grader.schema import Exercise, Facts, Frame, Problem, StepError, Text
from grader.wire.description import Description

#: The step in which the student's module is imported.
IMPORT_STEP = "import"
_MOST_NOTES = 5


@dataclass(frozen=True)
class Explanation:
    """A failure of the student's code and the student's lines that it comes from."""

    message: Text
    expected: Text | None = None
    actual: Text | None = None
    frames: tuple[Frame, ...] = ()
    never_made: bool = False
    """Nothing is known to have stood in the way."""

    def as_missing(self) -> MissingEvidence:
        """To be raised in a check."""
        missing = MissingEvidence(self.message, expected=self.expected, actual=self.actual, frames=self.frames)
        missing.never_made = self.never_made
        return missing


def shown_name(name: str, exercise: Exercise, frames: Sequence[Frame] = ()) -> str:
    """What a student knows of the step or evidence ``name``: the function that it is about, else the file."""
    plain = name.removeprefix("hidden.").replace(".", "_")
    begins = [function for function in exercise.functions if plain.startswith(function)]
    called = [frame.function for frame in frames if frame.function in exercise.functions]
    return max(begins, key=len, default="") or next(iter(called), exercise.file)


def explain_error(
    error: StepError, step: str, exercise: Exercise, top_level: Sequence[StepError] = ()
) -> Explanation:
    """One failed step. Names, messages and values in it are the student's: they are shown, never interpreted."""
    evidence = error.kind == "bad_return" and "." in error.name  # named by the probe, for itself
    known = shown_name(error.name if evidence else step, exercise, error.frames)
    name = clip(known if evidence or not error.name else error.name, 80)
    said = clip(error.message.strip())
    if error.kind == "syntax":
        return _syntax(error, said)
    if error.kind == "not_implemented":
        message = both("{name}: this function is not written yet.", name=name)
        return Explanation(message, frames=error.frames)
    if error.kind == "missing_function":
        message = both("Your file has no {name}. Define it with exactly this name.", name=name)
        cause = first_cause(error, top_level)
        if cause is not None:
            return Explanation(Text.join((message, _follows(cause))), frames=cause.frames)
        if error.near not in ("", name):
            message = Text.join((message, both("Did you mean {name}?", name=clip(error.near, 80))))
        return Explanation(message, frames=error.frames)
    if error.kind == "bad_return":
        message = both("{name} returned something other than what is asked for.", name=name)
        if error.actual == Description("constant", "None"):
            message = Text.join((message, both("It returned nothing (None): is a return missing at its end?")))
        return Explanation(
            message,
            expected=in_words(error.expected) if error.expected else None,
            actual=in_words(error.actual) if error.actual else None,
            frames=error.frames,
        )
    if error.kind == "said_twice":
        message = both(
            "{name}: this was recorded more than once during the run. Leave the grader's own records alone.",
            name=name,
        )
        return Explanation(message)
    if error.kind == "overwritten":
        message = both(
            "{name}: a variable of yours has this function's name, so the function is gone. Give the "
            "variable another name.",
            name=name,
        )
        return Explanation(Text.join((message, _place(error.frames))), frames=error.frames)
    if error.kind == "exit":
        return Explanation(
            both("{name}: your code ended the program. Remove sys.exit(), exit() or quit().", name=name),
            frames=error.frames,
        )
    raised = _raised(error, said)
    if step == IMPORT_STEP:
        message = both("Your file could not be imported. Error: {error}", error=raised)
    else:
        message = both("{name}: an error was raised. {error}", name=name, error=raised)
    message = Text.join((message, _place(error.frames), _what_to_do(error, exercise)))
    cause = first_cause(error, top_level)
    if cause is not None:
        message = Text.join((message, _follows(cause)))
    return Explanation(message, frames=error.frames)


def notes(facts: Facts, exercise: Exercise) -> tuple[Problem, ...]:
    """Notes on statements outside of functions that failed, but for those that follow from another."""
    if any(step.name == IMPORT_STEP and step.status != "ok" for step in facts.steps):
        return ()  # the whole file failed, which says it all
    causes = [e for i, e in enumerate(facts.top_level) if first_cause(e, facts.top_level[:i]) is None]
    return tuple(_note(error, exercise) for error in causes[:_MOST_NOTES])


def first_cause(error: StepError, top_level: Sequence[StepError]) -> StepError | None:
    """The failed statement outside of functions because of which a name is not there; None where there is none."""
    wanted = error.name if error.kind == "missing_function" else error.unknown
    for index, statement in reversed(list(enumerate(top_level))) if wanted else ():
        if wanted in statement.binds or "*" in statement.binds:
            return first_cause(statement, top_level[:index]) or statement
    return None


def _follows(cause: StepError) -> Text:
    place = where(cause.frames[-1]) if cause.frames else both("a line outside your functions")
    error = _raised(cause, clip(cause.message.strip()))
    return both("It comes from an error before it, in {place}: {error}", place=place, error=error)


def _note(error: StepError, exercise: Exercise) -> Problem:
    frame = error.frames[0] if error.frames else None
    left_out = both("This line outside your functions failed and was left out; everything else is graded.")
    message = Text.join((_line(frame), left_out)) if frame else left_out
    if frame is not None and frame.cell is not None:
        moved = both("If the cell only tries things out, tag it `scratch`: such cells are not graded.")
    else:
        moved = both('If it only tries things out, put it below `if __name__ == "__main__":`.')
    said = both("Error: {error}", error=_raised(error, clip(error.message.strip())))
    message = Text.join((message, _what_to_do(error, exercise), moved, said))
    return Problem(file=frame.file if frame else exercise.file, severity="note", message=message)


def _line(frame: Frame) -> Text:
    if frame.cell is not None:
        return both("In {cell}, line {line}:", cell=cell_name(frame.cell, frame.label), line=frame.line)
    return both("Line {line}:", line=frame.line)


def _raised(error: StepError, said: str) -> Text | str:
    """What was raised, in a student's words where we have some."""
    kind = clip(error.type or "Exception", 80)
    if error.words is not None:
        told = in_words(error.words)
        return Text(ko=f"{kind}: {told.ko}", en=f"{kind}: {told.en}")
    if error.kind == "input":
        return both("input() can't be used: nobody is at the keyboard while your code is graded.")
    if error.kind == "exit":
        return both("your code ended the program. Remove sys.exit(), exit() or quit().")
    if error.kind == "arguments":
        return both(
            "argparse found no command line: there is none while your code is graded, nor in a notebook. "
            "Give every argument a default and call parse_args([])."
        )
    return f"{kind}: {said}" if said else kind


def _what_to_do(error: StepError, exercise: Exercise) -> Text | None:
    if error.kind == "missing_module":
        return _packages(error.name, exercise)
    if error.kind == "network":
        return both("There is no network while your code is graded: nothing can be downloaded.")
    if error.type in ("FileNotFoundError", "NotADirectoryError"):
        return both("Files of your own computer or drive are not there while your code is graded.")
    return what_to_do(error.message)


def _packages(module: str, exercise: Exercise) -> Text:
    """What to do where ``module`` could not be imported: which packages there are."""
    wanted = module.partition(".")[0]
    if wanted in exercise.packages:
        return both(
            "This course allows {package}, but it is not installed where this was graded: tell your instructor.",
            package=exercise.packages[wanted],
        )
    return both(
        "Besides Python's own modules, these packages can be imported here: {packages}. Only the file that the "
        "task names is used: move code from other files of yours into it.",
        packages=", ".join(["tensorflow", "keras", "numpy", *exercise.packages]),
    )


def _syntax(error: StepError, said: str) -> Explanation:
    frame = error.frames[-1] if error.frames else None
    if frame is None:
        return Explanation(both("Python cannot read your file: {error}.", error=said or error.type))
    place = where(frame)
    if error.column is not None:
        place = both("{place}, column {column}", place=place, column=error.column)
    return Explanation(
        both("Python cannot read your file. {place}: {error}", place=place, error=said or error.type),
        frames=error.frames,
    )


def _place(frames: tuple[Frame, ...]) -> Text | None:
    return both("({place})", place=where(frames[-1])) if frames else None
