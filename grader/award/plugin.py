"""pytest, run in this process on trusted checks only. Imported when something is awarded, not before.

Everything here uses pytest's own protocol: fixtures, marks and plain asserts of a checks module mean what they
mean anywhere else. What is taken over is where tests come from (the given files, nothing is searched for), how
often they run (once for each request) and where their outcomes go.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import re
import threading
import traceback
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from grader import bounds
from grader.award.failures import CheckFailed, clip
from grader.award.show import plain, scrub
from grader.award.suite import Collected
from grader.award.surroundings import undisturbed
from grader.errors import CourseFault

#: pytest's own plugins that checks have no use for; they would print, capture, write caches or cost time.
_OFF = (
    "cacheprovider capture debugging doctest faulthandler junitxml legacypath logging pastebin recwarn reports "
    "setuponly setupplan stepwise subtests terminal threadexception tmpdir unittest unraisableexception warnings"
)
_COMPARISON = re.compile(r"<comparison ([0-9]+)>")
_DETAIL_LIMIT = 4000

#: The part of the grader's own work (:mod:`grader.bounds`).
CHECKS = "its checks"

#: pytest keeps its state in the process (import hooks, environment variables): one run at a time, and again
#: from within a check's own thread if need be.
_LOCK = threading.RLock()


@dataclass(frozen=True)
class Comparison:
    """The operands of the comparison that made a plain ``assert`` fail."""

    op: str
    left: object
    right: object


@dataclass(frozen=True)
class Ended:
    """How one check ended.

    ``raised``: by an exception that is no assertion. What a check works on is a submission's evidence, so nothing
    is gained by it: the check fails. ``fault``: of the course, or before the check began; no submission causes it.
    """

    kind: Literal["passed", "failed", "raised", "skipped", "fault"] = "passed"
    error: BaseException | None = None
    text: str = ""
    """The assertion's text without pytest's explanation."""
    comparison: Comparison | None = None
    trace: str = ""
    """The traceback and the condition in short, without machine paths."""


class PytestFailed(Exception):
    """pytest itself did not work."""


@dataclass
class Checker:
    """The plugin: collects ``files`` and hands control to ``body``."""

    files: Sequence[Path]
    body: Callable[[Checker], None]
    collected: dict[Path, Collected] = field(default_factory=dict)
    finished: bool = False
    fault: BaseException | None = None
    _fixtures: Mapping[str, Callable[[], object]] = field(default_factory=dict)
    _error: BaseException | None = None
    _began: bool = False
    _comparisons: list[Comparison] = field(default_factory=list)

    def run(self, item: pytest.Function, fixtures: Mapping[str, Callable[[], object]]) -> Ended:
        """Run one check; ``fixtures`` makes ``facts``, ``reference`` and ``inputs`` when they are asked for.

        Raises:
            KeyboardInterrupt: the person at the keyboard does not want to wait.
        """
        self._fixtures, self._error, self._began = fixtures, None, False
        self._comparisons.clear()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        error, self._error = self._error, None
        if error is None:
            return Ended()
        if isinstance(error, pytest.skip.Exception):
            return Ended("skipped", error, text=error.msg or "")
        if isinstance(error, pytest.fail.Exception):
            return Ended("failed", error, text=error.msg or "", trace=short_trace(error, item.path))
        if isinstance(error, CheckFailed):
            return Ended("failed", error)
        if not isinstance(error, AssertionError):
            raised = self._began and isinstance(error, Exception) and not isinstance(error, CourseFault)
            return Ended("raised" if raised else "fault", error, trace=short_trace(error, item.path))
        text, explanation, comparison = self._assertion(str(error))
        trace = short_trace(error, item.path, f"assert {explanation}" if explanation else text)
        return Ended("failed", error, text, comparison, trace)

    # pytest's hooks.

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        for path in dict.fromkeys(self.files):
            self.collected[path] = _collect(session, path)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> bool:
        self.body(self)
        self.finished = True
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        names = frozenset(inspect.signature(pyfuncitem.function).parameters)
        self._began = True
        with bounds.part(CHECKS):
            result = pyfuncitem.obj(
                **{name: value for name, value in pyfuncitem.funcargs.items() if name in names}
            )
        if inspect.isawaitable(result):
            getattr(result, "close", lambda: None)()
        if result is not None:
            # `return a == b` would pass whatever a and b are, and an async check would never run.
            kind = type(result).__name__
            raise CourseFault(f"a check must assert and return nothing; this one returned {kind}")
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        if call.excinfo is not None and self._error is None:
            self._error = call.excinfo.value
        return pytest.TestReport(
            nodeid=item.nodeid,
            location=item.location,
            keywords={},
            outcome="passed" if call.excinfo is None else "failed",
            longrepr=None,
            when=call.when,  # type: ignore[arg-type]
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> list[str]:
        # Only a place holder goes through pytest's text, so that no long value leaks; the operands are kept.
        self._comparisons.append(Comparison(op, left, right))
        return [f"<comparison {len(self._comparisons) - 1}>"]

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        self.fault = excinfo.value
        return True  # printed by nobody: the caller hears of it

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.fault = excinfo.value

    @pytest.fixture
    def facts(self) -> object:
        return self._fixtures["facts"]()

    @pytest.fixture
    def reference(self) -> object:
        return self._fixtures["reference"]()

    @pytest.fixture
    def inputs(self) -> object:
        return self._fixtures["inputs"]()

    def _assertion(self, message: str) -> tuple[str, str, Comparison | None]:
        """The author's text, pytest's explanation of the condition, and the one comparison that failed."""
        text, mark, explanation = f"\n{message}".rpartition("\nassert ")
        if not mark:
            return message, "", None
        # An author's text may quote a student's, so a number in it need not be one of ours.
        used = [int(n) for n in _COMPARISON.findall(explanation) if int(n) < len(self._comparisons)]
        # "not (a == b)" fails because the comparison holds; then its operands explain nothing.
        single = self._comparisons[used[0]] if len(used) == 1 and not explanation.startswith("not ") else None
        for n in used:
            explanation = explanation.replace(f"<comparison {n}>", _shown(self._comparisons[n]))
        return text.removeprefix("\n"), clip(scrub(explanation)), single


#: Path and content of each file -> the checker that has collected them, of the last few. A session's start and the
#: collection take longer than the checks of one submission, and its items can be run after its end as well.
_kept: OrderedDict[tuple[tuple[Path, bytes], ...], Checker] = OrderedDict()
_KEEP = 4


def run_pytest(files: Sequence[Path], body: Callable[[Checker], None]) -> None:
    """Collect ``files`` and call ``body`` with the checker, in one pytest run.

    The same files again, unchanged, are not collected again: a module is imported once for each of its contents.

    Nothing outside has a say: no ini file, conftest, plugin, ``PYTEST_*`` variable or working folder. What pytest
    changes in the process (import hooks, modules, variables) is put back. Calls wait for each other; a call from
    within a pytest run, or from within a check, is fine.

    Raises:
        PytestFailed: pytest did not get to the end of ``body``.
        KeyboardInterrupt: as it is.
    """
    contents = tuple((path, path.read_bytes()) for path in files if path.is_file())
    checker = _kept.pop(contents, None)  # while it runs, a call from within a check has one of its own
    if checker is None:
        checker = _collected(files, body)
    else:
        with _LOCK, undisturbed(files), _silent() as out:
            try:
                body(checker)
            except Exception as error:
                checker.fault = error
        _judge(checker, "an error", out)
    if not any(one.error for one in checker.collected.values()):
        checker.body, checker._fixtures = _nothing, {}  # nothing of what was judged stays in memory
        _kept[contents] = checker
        while len(_kept) > _KEEP:
            _kept.popitem(last=False)


def _nothing(_: Checker) -> None:
    """In the place of what was done."""


@contextlib.contextmanager
def _silent() -> Iterator[io.StringIO]:
    """Whatever is printed, kept apart."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(out):
        yield out


def _collected(files: Sequence[Path], body: Callable[[Checker], None]) -> Checker:
    """A run of pytest from beginning to end. Raises as :func:`run_pytest`."""
    checker = Checker(files, body)
    here = Path(__file__).parent
    arguments = [
        "--noconftest",
        "--import-mode=importlib",
        f"--config-file={here / 'checks.ini'}",
        f"--rootdir={here}",
        *(f"-pno:{name}" for name in _OFF.split()),
        str(here),  # never searched: pytest_collection above takes its place
    ]
    with _LOCK, undisturbed(files), _silent() as out:
        code = pytest.main(arguments, plugins=[checker])
    _judge(checker, repr(code), out)
    return checker


def _judge(checker: Checker, code: str, out: io.StringIO) -> None:
    """Raises as :func:`run_pytest` where ``body`` did not come to its end."""
    if isinstance(checker.fault, KeyboardInterrupt):
        raise checker.fault
    if not checker.finished or checker.fault is not None:
        why = (
            short_trace(checker.fault, Path(__file__).parent)
            if checker.fault is not None
            else clip(out.getvalue(), _DETAIL_LIMIT)
        )
        raise PytestFailed(f"pytest ended with {code}: {why}") from checker.fault


def short_trace(error: BaseException, path: Path, said: str | None = None) -> str:
    """The lines of the checks file that ``error`` went through, by file name only, and what it says."""
    lines = [
        f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}: {frame.line}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename) == path
    ]
    if not lines:
        frames = traceback.extract_tb(error.__traceback__)[-3:]
        lines = [f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in frames]
    said = "".join(traceback.format_exception_only(error)).strip() if said is None else said
    return clip("\n".join([*lines, scrub(said)]), _DETAIL_LIMIT)


def _collect(session: pytest.Session, path: Path) -> Collected:
    try:
        if not path.is_file():
            return Collected(error=f"there is no {path.name}")
        module = pytest.Module.from_parent(session, path=path)
        return Collected(items=tuple(_functions(module)))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever a module does when it is imported, SystemExit and skip included
        return Collected(error=_import_error(error, path))


def _functions(node: pytest.Item | pytest.Collector) -> Iterator[pytest.Function]:
    if isinstance(node, pytest.Function):
        yield node
    elif isinstance(node, pytest.Collector):
        for child in node.collect():
            yield from _functions(child)


def _import_error(error: BaseException, path: Path) -> str:
    """pytest wraps import errors with a long text of its own; the cause is what an author wants to read."""
    cause = error.__cause__ if isinstance(error, pytest.Collector.CollectError) and error.__cause__ else error
    return short_trace(cause, path)


def _shown(comparison: Comparison) -> str:
    return f"{clip(plain(comparison.left), 120)} {comparison.op} {clip(plain(comparison.right), 120)}"
