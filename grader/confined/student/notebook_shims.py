"""What a notebook's code takes for granted and a grading run does not have, as stand-ins that do nothing.

``get_ipython``, ``display``, ``IPython.display`` and ``google.colab`` are in most notebooks that students hand in;
none of them matters for what the functions compute, so their absence must not cost anybody a mark.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, NoReturn

from grader.confined.student.errors import InputNotAvailable

#: Packages that get a stand-in where they are not installed.
STAND_INS = ("IPython", "google.colab", "ipywidgets")


class Quiet(str):
    """Does nothing wherever it is used: an empty text that is also 0, an empty iterator, a context, a base class.

    What is called with one function gives it back, so that a decorated function stays what it is. Every name has a
    class of its own, so that messages show the student's word for it.
    """

    def __new__(cls, *_: object, **__: object) -> Quiet:
        return super().__new__(cls)

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return quiet(name)

    def __call__(self, *given: object, **_: object) -> Any:
        return given[0] if len(given) == 1 and isinstance(given[0], FunctionType | type) else self

    def __mro_entries__(self, _: object) -> tuple[type]:
        return (type(self),)

    def __instancecheck__(self, _: object) -> bool:
        return False

    def __getitem__(self, _: object) -> Any:
        return self

    def __setitem__(self, _: object, __: object) -> None:
        pass

    def __next__(self) -> NoReturn:
        raise StopIteration

    def __iter__(self) -> Any:
        return self

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __int__(self) -> int:
        return 0

    def __float__(self) -> float:
        return 0.0

    __index__ = __int__

    def __add__(self, other: Any) -> Any:
        return other

    __radd__ = __sub__ = __rsub__ = __add__

    def __mul__(self, _: object) -> Any:
        return 0

    __rmul__ = __truediv__ = __floordiv__ = __mod__ = __neg__ = __mul__

    def __lt__(self, _: object) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__


def quiet(name: str) -> Quiet:
    """A stand-in that calls itself ``name``."""
    made: Quiet = type(name, (Quiet,), {"__module__": "notebook"})()
    return made


class _QuietModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return display if name == "display" else quiet(name)


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
    return quiet("get_ipython")


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
    if "keras" in sys.modules:
        settle_precision()


def settle_precision() -> None:
    """Let ``mixed_float16`` be ``mixed_bfloat16``: a CPU computes float16 some thirty times slower than either.

    Notebooks choose it for Colab's GPUs, which have no time limit of ours. Both halve the precision of the same
    layers, and float32 variables stay what they are.
    """
    import keras

    chosen = keras.config.set_dtype_policy

    def set_dtype_policy(policy: Any) -> None:
        """keras.config.set_dtype_policy"""
        half = getattr(policy, "name", policy) == "mixed_float16"
        chosen("mixed_bfloat16" if half else policy)

    for name in ("keras", "keras._tf_keras.keras"):
        for module in (f"{name}.config", f"{name}.mixed_precision"):
            with contextlib.suppress(ImportError):
                place = importlib.import_module(module)
                for function in ("set_dtype_policy", "set_global_policy"):
                    if hasattr(place, function):
                        setattr(place, function, set_dtype_policy)
