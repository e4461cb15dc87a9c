"""The namespaces of one run: a :class:`~grader.confined.process.world.World` for Linux.

Starts from the zygote's jail (:mod:`grader.confined.namespace.jail`), where nothing of the host is left but
libraries, as a process without any right. A fresh user namespace gives the supervisor the rights to build the
run's own mounts; the student gets none of them, and can't make a user namespace of its own.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat

from grader.confined.namespace import linux, seccomp
from grader.confined.process import usage
from grader.confined.process.usage import Charge
from grader.wire.task import Task

IN, OUT, WORK, HOME = "/box/in", "/box/out", "/box/work", "/box/home"
SPOOL = "/spool"
_SCRATCH = "/box/scratch"
#: Folder of the scratch file system -> where the run sees it.
_WRITABLE = {"work": WORK, "home": HOME, "tmp": "/tmp", "run": "/run", "shm": "/dev/shm"}
_NAMESPACES = (
    linux.CLONE_NEWUSER
    | linux.CLONE_NEWNS
    | linux.CLONE_NEWPID
    | linux.CLONE_NEWNET
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWUTS
)
_PLAIN = linux.MS_NOSUID | linux.MS_NODEV


class NamespaceWorld:
    """One run's namespaces. Every method raises OSError with the step's name when the kernel refuses."""

    setup_seconds = 60.0
    startup_cpu = 0.0
    pid1_is_safe = True

    def __init__(self, filter_program: bytes | None) -> None:
        self._filter = filter_program
        # Before 5.14 the kernel counts a user's processes across user namespaces.
        self.count_processes = linux.kernel_at_least(5, 14)

    def prepare(self, task: Task) -> None:
        """Namespaces, then mounts: the run's own input, limited writable file systems, and no neighbour."""
        linux.die_with_parent()
        uid, gid = os.getuid(), os.getgid()
        linux.unshare(_NAMESPACES)
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{uid} {uid} 1")
        _write("/proc/self/gid_map", f"{gid} {gid} 1")
        with contextlib.suppress(OSError):
            linux.unshare(linux.CLONE_NEWCGROUP)
        half = task.limits.output_bytes
        linux.mount("out", OUT, "tmpfs", _PLAIN, f"size={half},nr_inodes=4096,mode=0755")
        linux.mount("scratch", _SCRATCH, "tmpfs", _PLAIN, f"size={half},nr_inodes=16384,mode=0755")
        for name, target in _WRITABLE.items():
            os.mkdir(f"{_SCRATCH}/{name}", 0o755)
            linux.mount(f"{_SCRATCH}/{name}", target, flags=linux.MS_BIND)
        linux.bind_read_only(f"{SPOOL}/{task.run}", IN)
        for hidden in (SPOOL, _SCRATCH):
            linux.mount("none", hidden, "tmpfs", _PLAIN | linux.MS_RDONLY, "size=4k,nr_inodes=2,mode=0555")
        socket.sethostname("grader")
        for kind in ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup"):
            with contextlib.suppress(FileNotFoundError):
                _write(f"/proc/sys/user/max_{kind}_namespaces", "0")

    def guard(self) -> None:
        """A fresh /proc, which shows this run alone; and no look into PID 1's memory."""
        linux.die_with_parent()
        linux.mount("proc", "/proc", "proc", _PLAIN | linux.MS_NOEXEC)
        linux.prctl(linux.PR_SET_DUMPABLE, 0)

    def confine(self) -> None:
        """Drop everything. The system call filter comes last, since it forbids some of the calls before it."""
        linux.prctl(linux.PR_SET_DUMPABLE, 1)
        with contextlib.suppress(OSError):
            _write("/proc/self/oom_score_adj", "1000")
        linux.drop_capabilities()
        linux.die_with_parent()
        linux.prctl(linux.PR_SET_DUMPABLE, 0)
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        if self._filter is not None:
            seccomp.install(self._filter)

    def processes(self) -> list[int]:
        """All of the PID namespace but PID 1."""
        return [pid for pid in usage.living() if pid != 1]

    def kill(self, pid1_pid: int, student_pid: int) -> None:
        """The end of PID 1 is the end of its namespace."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid1_pid, signal.SIGKILL)

    def sweep(self, student_pid: int) -> None:
        """Nothing is left: PID 1 is reaped only when its namespace is empty."""


def check(world: NamespaceWorld, task: Task) -> None:
    """Go through all stages in a child of this process and end there. Raises OSError where a stage failed.

    For the level ``auto``: a kernel may know namespaces and still forbid what is done in them.
    """
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        problem = ""
        try:
            os.close(read)
            world.prepare(task)
            inner = os.fork()
            if inner == 0:
                try:
                    world.guard()
                    world.confine()
                    if not stat.S_ISDIR(os.stat("/proc/self").st_mode):
                        raise OSError("/proc is empty")
                except BaseException as error:
                    os.write(write, str(error).encode()[:2000])
                finally:
                    os._exit(0)
            os.waitpid(inner, 0)
        except BaseException as error:
            problem = str(error)
        finally:
            os.write(write, problem.encode()[:2000])
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read().decode("utf-8", "replace")
    os.waitpid(pid, 0)
    if said:
        raise OSError(said)


def can_join(charge: Charge | None) -> bool:
    """Whether a process of ours may move itself into a control group that the coordinator made."""
    if charge is None:
        return False
    pid = os.fork()
    if pid == 0:
        try:
            charge.join()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    except OSError as error:
        raise OSError(error.errno, f"writing {path}: {error.strerror}") from error
    finally:
        os.close(descriptor)
