"""What a notebook's code takes for granted and a grading run does not have, as stand-ins that do nothing.

``get_ipython``, ``display``, ``IPython.display`` and ``google.colab`` are in most notebooks that students hand in;
none of them matters for what the functions compute, so their absence must not cost anybody a mark.
"""

from __future__ import annotations

import builtins
import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from grader.confined.student.step_errors import InputNotAvailable

#: Packages that get a stand-in where they are not installed.
STAND_INS = ("IPython", "google.colab")


class Quiet:
    """Answers every attribute, call and index with itself; false, since that is what "no notebook" looks like."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: object, **__: object) -> Any:
        return self

    def __getitem__(self, _: object) -> Any:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __bool__(self) -> bool:
        return False

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __repr__(self) -> str:
        return "<not available while grading>"


class _QuietModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return display if name == "display" else Quiet()


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Last in ``sys.meta_path``: asked only for what nobody else has."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname == "google" or any(fullname == name or fullname.startswith(f"{name}.") for name in STAND_INS):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _QuietModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ == "IPython":
            # Libraries that find IPython loaded (matplotlib does) look at its version and ask for its shell.
            vars(module).update(get_ipython=get_ipython, version_info=(9, 0, 0), __version__="9.0.0")


def get_ipython() -> Any:
    """Stand-in for IPython's: what is left of a notebook's shell does nothing."""
    return Quiet()


def display(*values: object, **_: object) -> None:
    """Stand-in for IPython's: prints."""
    if values:
        print(*values)


def no_input(*_: object) -> NoReturn:
    """Stand-in for ``input``."""
    raise InputNotAvailable


def settle(work_dir: Path) -> None:
    """Make this process a place where a student's module can be imported: no windows, no keyboard."""
    os.environ["MPLBACKEND"] = "Agg"
    os.environ.setdefault("MPLCONFIGDIR", str(work_dir / ".matplotlib"))
    builtins.input = no_input
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())
