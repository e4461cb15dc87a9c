"""A submission and its results as bytes: what travels to another machine and back."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.schema import Download
from grader.workflows.batch.tasks import Lost, Task
from grader.workflows.batch.worker import Answer


@dataclass(frozen=True)
class Parcel:
    """One student's work, packed."""

    download: Download
    """Its paths mean nothing elsewhere; ``names`` take their place."""
    names: tuple[str, ...]
    """The base names of the paths: each lies in a numbered folder of ``files``."""
    files: bytes
    earlier: bytes | None


@dataclass(frozen=True)
class Reply:
    """What came of it, and the new result folder, packed; None where the earlier one still holds."""

    answer: Answer | Lost
    out: bytes | None


def pack_task(task: Task) -> Parcel:
    """Raises OSError where something can't be read."""
    paths = task.download.paths
    return Parcel(
        download=task.download.model_copy(update={"paths": ()}),
        names=tuple(path.name for path in paths),
        files=pack((path, f"{number}/{path.name}") for number, path in enumerate(paths)),
        earlier=pack([(task.earlier, "earlier")]) if task.earlier is not None else None,
    )


def unpack_task(parcel: Parcel, folder: Path) -> Task:
    """The task on the other side, with everything below ``folder``."""
    unpack(parcel.files, folder / "handed-in")
    if parcel.earlier is not None:
        unpack(parcel.earlier, folder)
    paths = tuple(folder / "handed-in" / str(number) / name for number, name in enumerate(parcel.names))
    return Task(
        download=parcel.download.model_copy(update={"paths": paths}),
        out=folder / "out",
        earlier=folder / "earlier" if parcel.earlier is not None else None,
    )


def pack(items: Iterable[tuple[Path, str]]) -> bytes:
    """Folders and files as one tar; links stay links, as intake wants to see them, devices stay behind."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, name in items:
            # A link that the instructor made to a student's folder is that folder; links inside are the student's.
            archive.add(path.resolve() if path.is_symlink() else path, arcname=name, filter=_sent)
    return buffer.getvalue()


def _sent(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return None if member.ischr() or member.isblk() else member


def unpack(data: bytes, folder: Path) -> None:
    """Write what :func:`pack` packed below ``folder``.

    The archive is of our own making, so no entry leads through a link; what links say is not looked at here, and
    intake follows none out of a submission.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            member.mode = 0o755 if member.isdir() else 0o644
            archive.extract(member, folder, filter="fully_trusted")
