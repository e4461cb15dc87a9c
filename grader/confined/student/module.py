"""The student's file as a module: what fails outside of functions is noted, and what comes after it still runs."""

from __future__ import annotations
import __future__

import ast
import linecache
import shutil
import sys
from collections.abc import Iterator
from types import CodeType, ModuleType, TracebackType
from typing import Any

from grader.confined.student import notebook_shims
from grader.confined.student.errors import NotPython, error_record, syntax_record
from grader.confined.student.inputs import Student
from grader.confined.student.recorder import Recorder
from grader.wire.entry import Box

IMPORT_STEP = "import"
#: Statements that may fail before the rest of the file is given up.
MOST_FAILURES = 50
MOST_NAMES = 50
#: Flags of ``from __future__ import annotations`` and its like, which hold for the whole file.
_FUTURE = sum({getattr(__future__, name).compiler_flag for name in __future__.all_feature_names})


def import_student(box: Box, name: str, recorder: Recorder) -> Student | None:
    """The student's names, or None: then the step ``import`` says why.

    A statement outside of functions that raises does not take the others: it is noted, and the next one runs. The
    import fails only where none of the functions asked for came into being.
    """
    text = (box.in_dir / box.request["code_file"]).read_text(encoding="utf-8", errors="surrogatepass")
    # No modification time: linecache then never looks for the file, and tracebacks show the student's lines.
    linecache.cache[name] = (len(text), None, [f"{line}\n" for line in text.split("\n")], name)
    module = ModuleType(str(box.request["module"]))
    with recorder.step(IMPORT_STEP) as step:
        code, tree = compiled(text, name)
        module.__file__ = str(box.work_dir / name)
        vars(module).update(get_ipython=notebook_shims.get_ipython, display=notebook_shims.display)
        sys.modules[module.__name__] = module
        sys.argv = [name]
        for given in box.request["files"]:  # as it lies beside the student's own file
            if given.endswith(".keras"):
                shutil.copyfile(box.in_dir / given, box.work_dir / given)
        first = None
        for statement, error in run_statements(code, tree, vars(module)):
            first = first or error
            record = error_record(error, name)
            recorder.top_level(record | {"binds": sorted(bound_names(statement))[:MOST_NAMES]})
        if first is not None and not any(function in vars(module) for function in box.request["functions"]):
            raise first
    return Student(module, overwritten(tree, vars(module), name)) if step.ok else None


def compiled(text: str, name: str) -> tuple[CodeType, ast.Module]:
    """The student's code object and its tree.

    Raises:
        NotPython: the text does not compile.
    """
    try:
        code = compile(text, name, "exec", dont_inherit=True)
        return code, ast.parse(text, name)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise NotPython(syntax_record(error, name)) from error


def run_statements(
    code: CodeType, tree: ast.Module, names: dict[str, Any]
) -> Iterator[tuple[ast.stmt, BaseException]]:
    """Run ``code`` and yield each top-level statement that raised, with what it raised; the rest runs on.

    One that succeeds costs nothing more: only after a failure is the rest compiled once again.
    """
    flags = code.co_flags & _FUTURE
    rest = tree.body
    for _ in range(MOST_FAILURES):
        try:
            exec(code, names)
            return
        except BaseException as error:
            place = _failed_statement(error.__traceback__, code, rest)
            if place is None:
                raise
            statement, rest = rest[place], rest[place + 1 :]
            yield statement, error
        # A text that is now the first is no docstring.
        rest = rest[next((i for i, s in enumerate(rest) if not _is_text(s)), len(rest)) :]
        code = compile(ast.Module(rest, []), code.co_filename, "exec", flags=flags, dont_inherit=True)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _failed_statement(traceback: TracebackType | None, code: CodeType, body: list[ast.stmt]) -> int | None:
    """Index in ``body`` of the statement that was running."""
    while traceback is not None and traceback.tb_frame.f_code is not code:
        traceback = traceback.tb_next
    if traceback is None:
        return None
    positions = list(code.co_positions())[traceback.tb_lasti // 2]
    line, column = positions[0] or traceback.tb_lineno, positions[2]
    here = (line, sys.maxsize if column is None else column)
    begun = [index for index, statement in enumerate(body) if _start(statement) <= here]
    return begun[-1] if begun else None


def _start(statement: ast.stmt) -> tuple[int, int]:
    """Line and column; of a function or class those of its first decorator, whose column is after the ``@``."""
    decorators = getattr(statement, "decorator_list", ())
    return (decorators[0].lineno, 0) if decorators else (statement.lineno, statement.col_offset)


def bound_names(statement: ast.stmt) -> set[str]:
    """The names that ``statement`` would have given a value; ``*`` for ``from … import *``."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    found = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
    return {name[:100] for name in found}


def overwritten(tree: ast.Module, names: dict[str, Any], source: str) -> dict[str, dict[str, Any]]:
    """Functions whose name now stands for what can't be called, with the record of the line that did it."""
    lost = {
        statement.name
        for statement in tree.body
        if isinstance(statement, ast.FunctionDef) and not callable(names.get(statement.name, len))
    }
    found = {}
    for statement in tree.body if lost else ():
        for name in bound_names(statement) & lost if not isinstance(statement, ast.FunctionDef) else ():
            text = linecache.getline(source, statement.lineno).strip()[:200]
            frame = {"file": source, "line": statement.lineno, "function": "", "text": text}
            found[name] = {"kind": "overwritten", "name": name, "frames": [frame]}
    return found
