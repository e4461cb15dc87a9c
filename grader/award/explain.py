"""What went wrong in a run, told to the student who wrote the code."""

from __future__ import annotations

from itertools import takewhile

from grader.award.advice import why_refused
from grader.award.failures import clip
from grader.award.student_error import IMPORT_STEP, Explanation, explain_error, shown_name
from grader.i18n import both
from grader.schema import Exercise, Facts, Refusal, RunOutcome, Status, Step, Text
from grader.text import format_number

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
    "evidence": "error",
    "harness": "ungraded",
}


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
        return explain_error(step.error, step.name, exercise, facts.top_level)
    if facts.outcome is None:
        return Explanation(_problems(facts) or both("Your file could not be used."))
    return Explanation(
        Text.join(
            (explain_outcome(facts.outcome, exercise, facts), both("What was finished by then has been graded."))
        )
    )


def explain_missing(wanted: str, facts: Facts, exercise: Exercise) -> Explanation:
    """Why the evidence ``wanted`` is not there.

    In this order: the failed step whose name is the longest dotted beginning of ``wanted``; the failed step whose
    name looks most alike; the first failed one; how the run ended; nothing known.
    """
    step = _culprit(wanted, facts.steps)
    if step is not None and step.error is not None:
        return explain_error(step.error, step.name, exercise, facts.top_level)
    if facts.outcome is not None and facts.outcome.verdict != "completed":
        return Explanation(explain_outcome(facts.outcome, exercise, facts))
    if step is not None:
        return Explanation(both("Your code did not finish {name}.", name=shown_name(step.name, exercise)))
    problems = _problems(facts)
    if facts.outcome is None and problems is not None:
        return Explanation(problems)
    if facts.inspection is not None and facts.inspection.verdict not in ("completed", "harness"):
        return Explanation(
            both(
                "Your model could not be examined within the limits of time and memory: {name}.",
                name=shown_name(wanted, exercise),
            )
        )
    name = shown_name(wanted, exercise)
    return Explanation(both("{name} produced nothing, so there is nothing to check.", name=name), never_made=True)


def explain_outcome(outcome: RunOutcome, exercise: Exercise, facts: Facts) -> Text:
    """How the run ended before it was done, which limit it met, and where it was then."""
    limits, budget = exercise.limits, facts.budget
    wall = (budget.wall_seconds if budget else None) or limits.wall_seconds
    texts = {
        "timeout": lambda: both(
            "The run was stopped at its time limit ({seconds} seconds). "
            "Look for a loop that never ends or for needless work.",
            seconds=format_number(wall, 1),
        ),
        "cpu": lambda: both(
            "The run was stopped because it used up its computing time ({seconds} seconds of CPU). "
            "Look for a loop that never ends or for needless work.",
            seconds=format_number(outcome.cpu_seconds or limits.cpu_seconds, 1),
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
        "evidence": lambda: both("What your code returned takes too much time or memory to read: return less."),
    }
    text = texts.get(outcome.verdict)
    message = text() if text else both("The run did not come to its end.")
    unfinished = next((step for step in facts.steps if step.status == "unfinished"), None)
    return Text.join((message, _was_in(unfinished, exercise) if unfinished else None))


def _was_in(step: Step, exercise: Exercise) -> Text:
    if step.name == IMPORT_STEP:
        return both("It was still in the lines outside your functions.")
    return both("It was in {name}.", name=shown_name(step.name, exercise))


def explain_refusal(name: str, refusal: Refusal, facts: Facts, exercise: Exercise) -> Explanation:
    """Why the model ``name`` could not be examined, and what to do about it."""
    if refusal.kind == "missing":
        return explain_missing(name, facts, exercise)
    message = why_refused(refusal.kind, clip(refusal.detail))
    plan = exercise.inspect.get(name)
    if refusal.kind == "older_keras":
        message = both(
            "It was saved by Keras {version}, not by Keras 3. Save it again with Keras 3.",
            version=clip(refusal.detail, 20),
        )
    if plan is not None and plan.source == "submission":
        # Only a file that was handed in has a name that its author knows.
        message = Text(ko=f"{plan.file}: {message.ko}", en=f"{plan.file}: {message.en}")
    return Explanation(message)


def refused_file(name: str, refusal: Refusal, facts: Facts, exercise: Exercise) -> Text:
    """What is said of a model file that was handed in beside code and can't be used."""
    why = explain_refusal(name, refusal, facts, exercise).message
    return Text.join(
        (why, both("It was left out: what your code produces by itself is graded, and no points are lost."))
    )


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


def _missing_file(exercise: Exercise, facts: Facts) -> Text:
    known = _problems(facts) or next((problem.message for problem in facts.problems), None)
    return Text.join((both("There is no {name} in the submission (as .py or .ipynb).", name=exercise.file), known))


def _problems(facts: Facts) -> Text | None:
    return next((problem.message for problem in facts.problems if problem.severity == "error"), None)


def _verdict(outcome: RunOutcome | None) -> str:
    return outcome.verdict if outcome else "completed"
