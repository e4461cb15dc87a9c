"""A wrong answer written anew, as another student would write the same mistake."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.authoring import Answer
from grader.authoring.stubs import without_markers
from grader.authoring.synchronise import read_solution
from grader.schema import Exercise


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


def variants(exercise: Exercise, answer: Answer, right: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Name and source of three ways in which ``answer`` may be written.

    Args:
        right: other right answers, from the first of which the functions come that are not wrong. Where every
            function is, or none, all of them call helpers that do the work instead.
    """
    for name, transformer in (("renamed", _Renamed()), ("restyled", _Restyled())):
        tree = ast.fix_missing_locations(transformer.visit(ast.parse(answer.source)))
        yield name, ast.unparse(tree) + "\n"
    solution = _functions(without_markers(read_solution(exercise)), exercise)
    mine = _functions(answer.source, exercise)
    changed = [name for name in mine if ast.dump(mine[name]) != ast.dump(solution.get(name, ast.Pass()))]
    if right and changed and len(changed) < len(exercise.functions):
        yield "other right parts", _joined(right[0], answer.source, changed)
    else:
        yield "helpers", _wrapped(answer.source, exercise)


def _functions(source: str, exercise: Exercise) -> dict[str, ast.stmt]:
    body = ast.parse(source).body
    return {
        node.name: node for node in body if isinstance(node, ast.FunctionDef) and node.name in exercise.functions
    }


def _joined(right: str, wrong: str, changed: Sequence[str]) -> str:
    """``right`` with the ``changed`` functions of ``wrong`` in a namespace of their own, helpers and all."""
    lines = [right, "def _theirs():"]
    inner = ast.unparse(ast.parse(wrong)).replace("from __future__ import annotations", "")
    lines += [f"    {line}" for line in inner.splitlines()]
    lines += [f"    return {', '.join(changed)},", f"{', '.join(changed)}, = _theirs()"]
    return "\n".join(lines) + "\n"


def _wrapped(source: str, exercise: Exercise) -> str:
    """Each function of the exercise does its work in a helper, with the same arguments."""
    tree = ast.parse(source)
    wrappers: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in exercise.functions:
            names = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            call = f"_do_{node.name}({', '.join(f'{name}={name}' for name in names)})"
            body = ast.parse(f"def f(): return {call}").body[0]
            assert isinstance(body, ast.FunctionDef)
            wrappers.append(ast.FunctionDef(node.name, node.args, body.body, [], node.returns))
            node.name = f"_do_{node.name}"
    tree.body += wrappers
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"
