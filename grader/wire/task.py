"""What the coordinator tells the confined side: what a jail shows, and what one run is to do.

Both are sent as JSON objects of their fields (``dataclasses.asdict``) and read back by ``of``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MIB = 1 << 20


@dataclass(frozen=True)
class RunLimits:
    """The limits of one run, as in ``grader.schema.Limits``."""

    wall_seconds: float
    cpu_seconds: float
    memory_mb: int
    disk_mb: int
    log_kb: int
    processes: int
    open_files: int

    @classmethod
    def of(cls, fields: dict[str, Any]) -> RunLimits:
        """From a frame's ``limits``. Raises TypeError or KeyError on anything else."""
        return cls(**{name: fields[name] for name in cls.__dataclass_fields__})

    @property
    def output_bytes(self) -> int:
        """Size of the output folder: half of the disk; the other half is for everything else that is writable."""
        return max(self.disk_mb * MIB // 2, MIB)

    @property
    def log_bytes(self) -> int:
        """stdout and stderr together."""
        return self.log_kb << 10


@dataclass(frozen=True)
class Task:
    """One run; the paths are those the run itself sees."""

    run: str
    entry: str
    limits: RunLimits
    threads: int
    seed: int
    tensorflow: bool = True
    """Whether it is imported before the run begins."""
    in_dir: str = "/box/in"
    out_dir: str = "/box/out"
    work_dir: str = "/box/work"

    @classmethod
    def of(cls, frame: dict[str, Any]) -> Task:
        """From a ``run`` frame. Raises KeyError or TypeError on a malformed one."""
        fields = {name: frame[name] for name in cls.__dataclass_fields__ if name != "limits"}
        return cls(limits=RunLimits.of(frame["limits"]), **fields)


@dataclass(frozen=True)
class JailPlan:
    """What the jail of level ``namespace`` shows of the host."""

    root: str
    """An empty folder of the host to build on."""
    spool: str
    """The coordinator's folder of runs' inputs."""
    package: str
    """The host's ``grader`` package, of which ``__init__.py``, ``wire`` and ``confined`` are shown."""
    binds: tuple[str, ...]
    """Files and folders shown read-only, at their own paths where no run's folder covers these."""
    links: dict[str, str]
    """Symbolic links made as they are on the host."""
    hide: tuple[str, ...]
    """Folders covered by an empty one."""
    packages: tuple[str, ...]
    """Where third-party packages are, for ``sys.path``."""
    uid: int | None
    """Who to become, or None to stay who we are (not root, then)."""

    @classmethod
    def of(cls, frame: dict[str, Any]) -> JailPlan:
        """From a ``plan`` frame. Raises KeyError on a malformed one."""
        values: dict[str, Any] = {name: frame[name] for name in cls.__dataclass_fields__}
        for name in ("binds", "hide", "packages"):
            values[name] = tuple(values[name])
        return cls(**values)
