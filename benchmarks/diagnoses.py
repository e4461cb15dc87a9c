"""How many rewritten wrong answers get their own cause, how many another's: ``python -m benchmarks.diagnoses``.

Each wrong answer is written anew in three ways: local names changed, expressions in another style, and the
functions that are wrong put beside the right ones of an alternative. With all signatures, a variant should be
explained by its own; with its own left out it should be explained by none.
"""

from __future__ import annotations

import ast
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from grader.authoring import Answer, read_answers
from grader.authoring.stubs import without_markers
from grader.authoring.synchronise import read_solution
from grader.award import read_signatures
from grader.award.diagnose import Known
from grader.award.facts_view import FactsView
from grader.award.traits import Traits
from grader.catalog import load_course
from grader.schema import Exercise
from grader.workflows.finding import find_exercises
from grader.workflows.grade import Grader
from grader.workflows.options import Options
from grader.workflows.signing import judge_source


class _Renamed(ast.NodeTransformer):
    """Every local variable (not an argument, not a global) gets another name."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        kept = {arg.arg for arg in ast.walk(node) if isinstance(arg, ast.arg)}
        stored = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        unclear = {name for n in ast.walk(node) if isinstance(n, ast.Global | ast.Nonlocal) for name in n.names}
        for name in ast.walk(node):
            if isinstance(name, ast.Name) and name.id in stored - kept - unclear:
                name.id = f"my_{name.id}"
        return node


class _Restyled(ast.NodeTransformer):
    """A conditional expression that is returned becomes a statement; ``a > b`` becomes ``b < a``."""

    def visit_Return(self, node: ast.Return) -> ast.stmt:
        self.generic_visit(node)
        if isinstance(node.value, ast.IfExp):
            value = node.value
            return ast.If(value.test, [ast.Return(value.body)], [ast.Return(value.orelse)])
        if node.value is None or isinstance(node.value, ast.Constant):
            return node
        answer = ast.Name("the_answer", ast.Store())
        return ast.If(
            ast.Constant(True),
            [ast.Assign([answer], node.value), ast.Return(ast.Name("the_answer", ast.Load()))],
            [],
        )

    def visit_Compare(self, node: ast.Compare) -> ast.Compare:
        self.generic_visit(node)
        flipped = {ast.Gt: ast.Lt, ast.Lt: ast.Gt, ast.GtE: ast.LtE, ast.LtE: ast.GtE}
        if len(node.ops) == 1 and type(node.ops[0]) in flipped:
            return ast.Compare(node.comparators[0], [flipped[type(node.ops[0])]()], [node.left])
        return node


def variants(exercise: Exercise, answer: Answer, right: list[str]) -> Iterator[tuple[str, str]]:
    """Name and source of each way in which ``answer`` is written anew."""
    for name, transformer in (("renamed", _Renamed()), ("restyled", _Restyled())):
        tree = ast.fix_missing_locations(transformer.visit(ast.parse(answer.source)))
        yield name, ast.unparse(tree) + "\n"
    solution = _functions(without_markers(read_solution(exercise)), exercise)
    mine = _functions(answer.source, exercise)
    changed = [name for name in mine if ast.dump(mine[name]) != ast.dump(solution.get(name, ast.Pass()))]
    for number, source in enumerate(right):
        if changed and len(changed) < len(exercise.functions):
            yield f"among other right parts {number}", _joined(source, answer.source, changed, exercise)


def _functions(source: str, exercise: Exercise) -> dict[str, ast.stmt]:
    body = ast.parse(source).body
    return {
        node.name: node for node in body if isinstance(node, ast.FunctionDef) and node.name in exercise.functions
    }


def _joined(right: str, wrong: str, changed: list[str], exercise: Exercise) -> str:
    """``right`` with the ``changed`` functions of ``wrong`` in a namespace of their own, helpers and all."""
    lines = [right, "def _theirs():"]
    inner = ast.unparse(ast.parse(wrong)).replace("from __future__ import annotations", "")
    lines += [f"    {line}" for line in inner.splitlines()]
    lines += [f"    return {', '.join(changed)},", f"{', '.join(changed)}, = _theirs()"]
    return "\n".join(lines) + "\n"


def measure(exercise: Exercise, grader: Grader) -> Counter[str]:
    """What the variants of every wrong answer of ``exercise`` are explained by."""
    counts: Counter[str] = Counter()
    signatures = read_signatures(exercise)
    known = Known(signatures)
    right = [one.source for one in read_answers(exercise, "alternative") if isinstance(one, Answer)]
    with tempfile.TemporaryDirectory() as scratch:
        for answer in read_answers(exercise, "wrong"):
            if not isinstance(answer, Answer) or answer.name not in signatures.answers:
                continue
            others = {name: one for name, one in signatures.answers.items() if name != answer.name}
            without = Known(signatures.model_copy(update={"answers": others}))
            for way, source in variants(exercise, answer, right[:1]):
                folder = Path(scratch) / f"{answer.name} {way}"
                request, result = judge_source(exercise, source, grader, folder)
                if all(check.outcome != "failed" for check in result.checks):
                    counts["not wrong any more"] += 1
                    continue
                traits = Traits(FactsView(exercise, request.facts, request.folder))
                found = known.diagnose(result.checks, traits)
                named = {one.id for one in found}
                kind = "own" if answer.name in named else "none" if not named else "another"
                counts[f"{kind}"] += 1
                counts["more than one"] += len(named) > 1
                if kind != "own" or len(named) > 1:
                    print(f"  {exercise.id} {answer.name} ({way}): {sorted(named) or 'none'}")
                left = without.diagnose(result.checks, traits)
                counts["left out: another, whole"] += any(one.whole for one in left)
                counts["left out: another, part"] += any(not one.whole for one in left)
                if left:
                    told = [(one.id, one.whole, one.checks) for one in left]
                    print(f"  {exercise.id} {answer.name} ({way}), left out: {told}")
                counts["variants"] += 1
    return counts


def main() -> None:
    course = load_course(Path(__file__).parent.parent)
    total: Counter[str] = Counter()
    with Grader(course, Options(budget="quick", builtin=True)) as grader:
        for exercise in find_exercises(course, sys.argv[1:]) or course.exercises:
            counts = measure(exercise, grader)
            total += counts
            print(exercise.id, dict(counts), flush=True)
    print("all", dict(total))


if __name__ == "__main__":
    main()
