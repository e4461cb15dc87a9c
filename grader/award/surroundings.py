"""pytest's surroundings: kept out of a run, and put back after it. Imported with :mod:`grader.award.plugin`."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from _pytest.assertion import util as assertion_util

_ENVIRONMENT = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DEBUG", "PYTEST_CURRENT_TEST", "PYTEST_VERSION")


@contextlib.contextmanager
def undisturbed(files: Sequence[Path]) -> Iterator[None]:
    """Keep pytest's surroundings out, and put back what a run changes."""
    environment = {name: os.environ.pop(name) for name in _ENVIRONMENT if name in os.environ}
    autoload = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    # An outer run's asserts must go on being explained by the outer run.
    saved = assertion_util._reprcompare, assertion_util._assertion_pass, assertion_util._config
    # Modules are imported afresh in every run: a check that was edited must not be remembered.
    paths = {str(path) for path in files}
    before = dict(sys.modules)
    for name, module in before.items():
        if getattr(module, "__file__", None) in paths:
            del sys.modules[name]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        assertion_util._reprcompare, assertion_util._assertion_pass, assertion_util._config = saved
        os.environ.pop("PYTEST_DISABLE_PLUGIN_AUTOLOAD", None)
        for name in _ENVIRONMENT:
            os.environ.pop(name, None)
        os.environ.update(environment)
        if autoload is not None:
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = autoload
        _forget_modules(before, paths)


def _forget_modules(before: Mapping[str, Any], paths: set[str]) -> None:
    """Take the checks' modules, and the empty packages pytest made above them, out of ``sys.modules``."""
    mine = [n for n, m in sys.modules.items() if getattr(m, "__file__", None) in paths]
    for name in mine:
        del sys.modules[name]
        while "." in name:
            name = name.rpartition(".")[0]
            module = sys.modules.get(name)
            if name not in before and module is not None and getattr(module, "__file__", None) is None:
                del sys.modules[name]
    sys.modules.update({n: m for n, m in before.items() if getattr(m, "__file__", None) in paths})
