"""The zygote's own jail: a root with the interpreter, its packages and system libraries, read-only, and no more.

The coordinator decides what is shown (``grader.sandbox.visible_paths``); this module only mounts it. It runs
before TensorFlow is imported and, where it starts as root, before root is given up.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
from typing import NoReturn

from grader.confined.namespace import linux
from grader.wire.task import JailPlan

CODE = "/opt/vision-grader"
_OLD = ".old-root"
#: No "zero": mapped and shared, its memory is charged to nobody.
_DEVICES = ("null", "full", "random", "urandom")
_FOLDERS = """
    proc tmp run dev/shm etc spool box/in box/out box/work box/home box/scratch
    opt/vision-grader/grader
""".split()
#: Where each run has folders of its own. What the host keeps below them is shown elsewhere, not covered.
_COVERED = ("/tmp/", "/run/", "/dev/shm/", "/box/", "/spool/")
_DEV_LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
#: The packages of ``grader`` that a confined process sees.
SHOWN = ("confined", "wire")


def enter(plan: JailPlan, watched: int) -> None:
    """Return in a new process: PID 1 of the jail, without rights, with ``sys.path`` set for the new root.

    The calling process stays outside, ends the jail when the other side of the socket ``watched`` closes, and
    exits with it. Raises OSError, in either process, with the step that the kernel refused.
    """
    uid, gid = os.getuid(), os.getgid()
    flags = linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS
    if plan.uid is None:
        linux.unshare(linux.CLONE_NEWUSER | flags)
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{uid} {uid} 1"),
            ("gid_map", f"{gid} {gid} 1"),
        ):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)
    else:
        linux.unshare(flags)
    real_executable = os.path.realpath(sys.executable)
    inner = os.fork()
    if inner:
        _stay_outside(plan, inner, watched)
    _build(plan, uid if plan.uid is None else plan.uid, gid if plan.uid is None else plan.uid)
    _give_up_rights(plan)
    linux.die_with_parent()
    # The way to it may lead through a folder that is not shown; "" is Python's word for "not known".
    interpreter = _seat(real_executable)
    sys.executable = interpreter if os.access(interpreter, os.X_OK) else ""
    standard = _seat(os.path.dirname(os.__file__))
    sys.path[:] = [CODE, standard, f"{standard}/lib-dynload", *map(_seat, plan.packages)]
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "grader" and hasattr(module, "__path__"):
            module.__path__ = [f"{CODE}/{name.replace('.', '/')}"]
    sys.path_importer_cache.clear()


def _stay_outside(plan: JailPlan, inner: int, watched: int) -> NoReturn:
    """The process outside of the jail's PID namespace: its only work is to end the jail in time."""
    code = 1
    try:
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)  # the coordinator ends us by closing its side
        with contextlib.suppress(OSError):
            _give_up_rights(plan)
        ended = os.pidfd_open(inner)
        poll = select.poll()
        poll.register(watched, 0)  # POLLHUP is always reported; what is sent is for the other process
        poll.register(ended, select.POLLIN)
        poll.poll()
        os.kill(inner, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1])
    finally:
        os._exit(code if code >= 0 else 1)


def _give_up_rights(plan: JailPlan) -> None:
    if plan.uid is not None:
        for capability in range(64):
            try:
                linux.prctl(linux.PR_CAPBSET_DROP, capability)
            except OSError:
                break
        os.setgroups([])
        os.setresgid(plan.uid, plan.uid, plan.uid)
        os.setresuid(plan.uid, plan.uid, plan.uid)
    linux.drop_capabilities()
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    # A change of uid takes this away, and a child could then not map its own uid. No stranger sees this process.
    linux.prctl(linux.PR_SET_DUMPABLE, 1)


def _build(plan: JailPlan, uid: int, gid: int) -> None:
    os.umask(0o022)
    linux.mount("none", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
    root = plan.root
    linux.mount("jail", root, "tmpfs", linux.MS_NOSUID, "size=4m,mode=0755")
    for folder in _FOLDERS:
        os.makedirs(f"{root}/{folder}", 0o755, exist_ok=True)
    for target, value in plan.links.items():
        os.makedirs(os.path.dirname(root + target), 0o755, exist_ok=True)
        os.symlink(value, root + target)
    for source in plan.binds:
        _show(source, root + _seat(source))
    for folder in plan.hide:
        linux.mount("none", root + _seat(folder), "tmpfs", linux.MS_NOSUID | linux.MS_RDONLY, "size=4k,mode=0555")
    for device in _DEVICES:
        _show(f"/dev/{device}", f"{root}/dev/{device}")
    for name, value in _DEV_LINKS.items():
        os.symlink(value, f"{root}/dev/{name}")
    _show(f"{plan.package}/__init__.py", f"{root}{CODE}/grader/__init__.py")
    for name in SHOWN:
        _show(f"{plan.package}/{name}", f"{root}{CODE}/grader/{name}")
    _show(plan.spool, f"{root}/spool")
    for name, text in (
        ("passwd", f"student:x:{uid}:{gid}:student:/box/home:/nonexistent\n"),
        ("group", f"student:x:{gid}:\n"),
        ("hosts", "127.0.0.1 localhost\n"),
    ):
        with open(f"{root}/etc/{name}", "w", encoding="ascii") as file:
            file.write(text)
    # TensorFlow's import wants a temporary folder. Each run covers this one with its own.
    linux.mount("tmp", f"{root}/tmp", "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "size=4m,mode=1777")
    # While the host's /proc is still in sight: a user namespace may mount only what it could see before.
    flags = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
    linux.mount("proc", f"{root}/proc", "proc", flags)
    os.mkdir(f"{root}/{_OLD}")
    linux.pivot_root(root, f"{root}/{_OLD}")
    os.chdir("/")
    linux.unmount(f"/{_OLD}", linux.MNT_DETACH)
    os.rmdir(f"/{_OLD}")
    linux.mount("none", "/", flags=linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | linux.MS_NOSUID)


def _seat(path: str) -> str:
    """Where the jail shows a path of the host: at the same place, unless a run's own folder will cover that."""
    return f"{CODE}/host{path}" if path.startswith(_COVERED) else path


def _show(source: str, target: str) -> None:
    """Bind ``source`` read-only at ``target``, which is made; the folders above are made by us, open to all."""
    if os.path.isdir(source):
        os.makedirs(target, 0o755, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), 0o755, exist_ok=True)
        with open(target, "x", encoding="ascii"):
            pass
    linux.bind_read_only(source, target)
