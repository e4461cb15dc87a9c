"""What went wrong in a run, told to the student who wrote the code."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from grader.award.advice import what_to_do, why_refused
from grader.award.described import in_words
from grader.award.failures import MissingEvidence, clip, join
from grader.award.show import number
from grader.i18n import both
from grader.schema import Exercise, Facts, Frame, Refusal, RunOutcome, Status, Step, StepError, Text
from grader.wire.description import Description

#: The step in which the student's module is imported.
IMPORT_STEP = "import"
#: Shortest common beginning of a step's name and a wanted name that counts as kinship ("saved", "save_model").
_KINSHIP = 4

_STATUS: dict[str, Status] = {
    "completed": "graded",
    "exited": "error",
    "crashed": "error",
    "timeout": "timeout",
    "cpu": "timeout",
    "memory": "memory",
    "output": "error",
    "disk": "error",
    "harness": "ungraded",
}


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


def run_status(facts: Facts) -> Status:
    """The status that the run alone gives; checks may still find a fault of ours."""
    if not facts.present:
        return "missing"
    if facts.harness_fault or _verdict(facts.outcome) == "harness" or _verdict(facts.inspection) == "harness":
        return "ungraded"
    if facts.outcome is None:
        return "error" if any(p.severity == "error" for p in facts.problems) and not facts.models else "graded"
    status = _STATUS[facts.outcome.verdict]
    if status == "graded" and import_error(facts) is not None:
        return "error"
    return status


def import_error(facts: Facts) -> Step | None:
    """The step in which the student's file could not be imported, if that is so."""
    for step in facts.steps:
        if step.name == IMPORT_STEP and step.status == "failed" and step.error is not None:
            return step
    return None


def explain_status(exercise: Exercise, facts: Facts, status: Status) -> Explanation | None:
    """What a status other than ``graded`` means; None where there is nothing to say."""
    if status == "missing":
        return Explanation(_missing_file(exercise, facts))
    if status == "ungraded":
        return Explanation(
            both(
                "The grader itself failed here, so there is no mark yet. "
                "This is not your fault and not a zero: your instructor has been told."
            )
        )
    if status == "graded":
        return None
    step = import_error(facts)
    if step is not None and step.error is not None:
        return explain_error(step.error, step.name, exercise)
    if facts.outcome is None:
        return Explanation(_problems(facts) or both("Your file could not be used."))
    return Explanation(
        join(explain_outcome(facts.outcome, exercise, facts), both("What was finished by then has been graded."))
    )


def explain_missing(wanted: str, facts: Facts, exercise: Exercise) -> Explanation:
    """Why the evidence ``wanted`` is not there.

    In this order: the failed step whose name is the longest dotted beginning of ``wanted``; the failed step whose
    name looks most alike; the first failed one; how the run ended; nothing known.
    """
    step = _culprit(wanted, facts.steps)
    if step is not None and step.error is not None:
        return explain_error(step.error, step.name, exercise)
    if facts.outcome is not None and facts.outcome.verdict != "completed":
        return Explanation(explain_outcome(facts.outcome, exercise, facts))
    if step is not None:
        return Explanation(both("Your code did not get to the end of this step: {step}.", step=step.name))
    problems = _problems(facts)
    if facts.outcome is None and problems is not None:
        return Explanation(problems)
    if facts.inspection is not None and facts.inspection.verdict not in ("completed", "harness"):
        return Explanation(
            both(
                "Your model could not be examined within the limits of time and memory: {name}.", name=clip(wanted)
            )
        )
    return Explanation(both("Your code did not produce this: {name}.", name=clip(wanted)), never_made=True)


def explain_error(error: StepError, step: str, exercise: Exercise) -> Explanation:
    """One failed step. Names, messages and values in it are the student's: they are shown, never interpreted."""
    name = clip(error.name or step, 80)
    said = clip(error.message.strip())
    if error.kind == "syntax":
        return _syntax(error, said)
    if error.kind == "not_implemented":
        message = both("{name}: this function is not written yet.", name=name)
        return Explanation(message, frames=error.frames)
    if error.kind == "missing_function":
        message = both("Your file has no {name}. Define it with exactly this name.", name=name)
        if error.near not in ("", name):
            message = join(message, both("Did you mean {name}?", name=clip(error.near, 80)))
        return Explanation(message, frames=error.frames)
    if error.kind == "bad_return":
        message = both("{name} gave something other than what is asked for.", name=name)
        if error.actual == Description("constant", "None"):
            message = join(message, both("It returned nothing (None): is a return missing at its end?"))
        return Explanation(
            message,
            expected=in_words(error.expected) if error.expected else None,
            actual=in_words(error.actual) if error.actual else None,
            frames=error.frames,
        )
    if error.kind == "said_twice":
        message = both(
            "{name}: the run noted this more than once. Leave the grader's own notes to the grader.", name=name
        )
        return Explanation(message)
    if error.kind == "exit":
        return Explanation(
            both("{name}: your code ended the program. Remove sys.exit(), exit() or quit().", name=name),
            frames=error.frames,
        )
    kind = clip(error.type or "Exception", 80)
    raised: Text | str = f"{kind}: {said}" if said else kind
    if error.kind == "input":
        raised = both("input() can't be used: nobody is at the keyboard while your code is graded.")
    elif error.words is not None:
        told = in_words(error.words)
        raised = Text(ko=f"{kind}: {told.ko}", en=f"{kind}: {told.en}")
    if step == IMPORT_STEP:
        message = both("Your file could not be imported. Error: {error}", error=raised)
    else:
        message = both("{name}: an error was raised. {error}", name=name, error=raised)
    message = join(message, _place(error.frames), what_to_do(said))
    if error.kind == "missing_module":
        message = join(message, _packages(error.name, exercise))
    return Explanation(message, frames=error.frames)


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


def explain_outcome(outcome: RunOutcome, exercise: Exercise, facts: Facts) -> Text:
    """How the run ended before it was done, which limit it met, and where it was then."""
    limits, budget = exercise.limits, facts.budget
    wall = (budget.wall_seconds if budget else None) or limits.wall_seconds
    texts = {
        "timeout": lambda: both(
            "The run was stopped at its time limit ({seconds} seconds). "
            "Look for a loop that never ends or for needless work.",
            seconds=number(wall),
        ),
        "cpu": lambda: both(
            "The run was stopped because it used up its computing time ({seconds} seconds of CPU). "
            "Look for a loop that never ends or for needless work.",
            seconds=number(round(outcome.cpu_seconds, 1) or limits.cpu_seconds),
        ),
        "memory": lambda: both(
            "The run was stopped because it needed more than {size} MB of memory. "
            "Work in smaller pieces, and do not keep copies of large arrays.",
            size=limits.memory_mb,
        ),
        "exited": lambda: both(
            "Your code ended the program early (exit code {code}). "
            "Remove sys.exit(), exit(), quit() and os._exit().",
            code="?" if outcome.exit_code is None else outcome.exit_code,
        ),
        "crashed": lambda: both(
            "Python itself crashed while running your code (signal {signal}).",
            signal="?" if outcome.signal is None else outcome.signal,
        ),
        "output": lambda: both(
            "The run was stopped because it printed more than {size} KB. Print less.", size=limits.log_kb
        ),
        "disk": lambda: both(
            "The run was stopped because it wrote more than {size} MB of files, "
            "or files of a kind that is not allowed.",
            size=limits.disk_mb,
        ),
    }
    text = texts.get(outcome.verdict)
    message = text() if text else both("The run did not come to its end.")
    unfinished = next((step for step in facts.steps if step.status == "unfinished"), None)
    return join(message, both("It was in this step: {step}.", step=unfinished.name) if unfinished else None)


def explain_refusal(name: str, refusal: Refusal, facts: Facts, exercise: Exercise) -> Explanation:
    """Why the model ``name`` could not be examined, and what to do about it."""
    if refusal.kind == "missing":
        return explain_missing(name, facts, exercise)
    message = why_refused(refusal.kind, clip(refusal.detail))
    plan = exercise.inspect.get(name)
    if plan is not None and plan.source == "submission":
        # Only a file that was handed in has a name that its author knows.
        message = Text(ko=f"{plan.file}: {message.ko}", en=f"{plan.file}: {message.en}")
    return Explanation(message)


def _culprit(wanted: str, steps: tuple[Step, ...]) -> Step | None:
    broken = [step for step in steps if step.status != "ok"]
    if not broken:
        return None
    above = [step for step in broken if wanted == step.name or wanted.startswith(f"{step.name}.")]
    if above:
        return max(above, key=lambda step: len(step.name))
    if broken[0].name == IMPORT_STEP:
        return broken[0]
    alike = max(broken, key=lambda step: _kinship(wanted, step.name))
    return alike if _kinship(wanted, alike.name) >= _KINSHIP else broken[0]


def _kinship(a: str, b: str) -> int:
    pairs = zip(a.replace(".", "_"), b.replace(".", "_"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _syntax(error: StepError, said: str) -> Explanation:
    frame = error.frames[-1] if error.frames else None
    if frame is None:
        return Explanation(both("Python cannot read your file: {error}.", error=said or error.type))
    where = join(_location(frame))
    if error.column is not None:
        where = both("{place}, column {column}", place=where, column=error.column)
    return Explanation(
        both("Python cannot read your file. {place}: {error}", place=where, error=said or error.type),
        frames=error.frames,
    )


def _place(frames: tuple[Frame, ...]) -> Text | None:
    return both("({place})", place=_location(frames[-1])) if frames else None


def _location(frame: Frame) -> Text:
    file = clip(frame.file, 120)
    if frame.cell is not None:
        return both("{file}, cell {cell}, line {line}", file=file, cell=frame.cell, line=frame.line)
    return both("{file}, line {line}", file=file, line=frame.line)


def _missing_file(exercise: Exercise, facts: Facts) -> Text:
    known = _problems(facts) or next((problem.message for problem in facts.problems), None)
    return join(both("There is no {name} in the submission (as .py or .ipynb).", name=exercise.file), known)


def _problems(facts: Facts) -> Text | None:
    return next((problem.message for problem in facts.problems if problem.severity == "error"), None)


def _verdict(outcome: RunOutcome | None) -> str:
    return outcome.verdict if outcome else "completed"
