"""The limits of one run."""

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
