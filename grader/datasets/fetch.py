"""Files brought into Keras' cache: resumed, checked, and put in their place only when they are right."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from filelock import FileLock, Timeout

from grader.datasets.assets import Asset
from grader.datasets.download import Progress, disk_full, download
from grader.datasets.pretrained import count_parameters
from grader.errors import DataError, OtherFileError

State = Literal["present", "partial", "absent"]


def stored(asset: Asset, home: Path) -> tuple[State, int]:
    """Whether ``asset`` is in the cache folder ``home``, and how many bytes of it are; contents are not read."""
    final = asset.path(home)
    for path, state in ((final, "present"), (_part(final), "partial")):
        if path.is_file():
            return state, path.stat().st_size  # type: ignore[return-value]
    return "absent", 0


def fetch(
    asset: Asset,
    home: Path,
    *,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Literal["present", "fetched"]:
    """Make sure that the cache folder ``home`` has ``asset``, whole and genuine.

    What is there and right stays; what is there and wrong is replaced, as Keras would do. Until a download is
    checked it is called ``<name>.part``, and another call continues it.

    Args:
        progress: told the bytes received so far and the total.
        sleep: waits before a broken connection is made again.

    Raises:
        DataError: it could not be brought; ``text`` says why and what to do.
    """
    final = asset.path(home)
    part = _part(final)
    try:
        if final.is_file() and genuine(final, asset):
            return "present"
        final.parent.mkdir(parents=True, exist_ok=True)
        with _alone(asset, home):
            if final.is_file() and genuine(final, asset):  # another grader was faster
                part.unlink(missing_ok=True)
                return "present"
            try:
                with part.open("ab", buffering=0) as file:
                    _fill(asset, part, file, progress, sleep)
                part.replace(final)
            except OtherFileError:
                part.unlink()
                raise
            finally:
                if part.is_file() and part.stat().st_size == 0:  # nothing arrived: nothing to continue
                    part.unlink()
    except OSError as error:
        raise DataError(
            "{file} cannot be written: {reason}",
            file=str(error.filename or part),
            reason=error.strerror or str(error),
        ) from error
    return "fetched"


def genuine(path: Path, asset: Asset) -> bool:
    """Whether the file at ``path`` is ``asset``: by its checksum, else by its structure.

    Raises:
        OSError: it can't be read.
    """
    if asset.checksum is not None:
        digest = hashlib.sha256() if len(asset.checksum) == 64 else hashlib.md5(usedforsecurity=False)
        with path.open("rb") as file:
            while chunk := file.read(1024 * 1024):
                digest.update(chunk)
        return digest.hexdigest() == asset.checksum
    path.open("rb").close()  # not readable is another matter than not genuine
    try:
        return count_parameters(path) == asset.parameters
    except (OSError, RuntimeError, ValueError, KeyError):  # whatever h5py finds wrong
        return False


def _part(final: Path) -> Path:
    return final.with_name(final.name + ".part")


def _fill(
    asset: Asset, part: Path, file: IO[bytes], progress: Progress | None, sleep: Callable[[float], None]
) -> None:
    """Download what is lacking. A file that was continued and is wrong gets one more try from the start."""
    while True:
        begun = file.seek(0, 2)
        lacking = asset.size - begun
        if lacking > shutil.disk_usage(part.parent).free:
            raise disk_full(asset.name, lacking)
        try:
            # Twice: a size that is out of date is no reason to refuse what the checksum accepts.
            download(asset.url, file, limit=2 * asset.size, progress=progress, sleep=sleep)
            if genuine(part, asset):
                os.fsync(file.fileno())
                return
            if not begun:
                raise OtherFileError(
                    "What arrived for {file} is not the expected file (its checksum or content differs), so it "
                    "was deleted. Perhaps the network's sign-in page answered instead: open any web page first,"
                    " then try again.",
                    file=asset.name,
                )
        except OtherFileError:
            if not begun:
                raise
        file.seek(0)
        file.truncate()


@contextmanager
def _alone(asset: Asset, home: Path) -> Iterator[None]:
    """Refuse to write what another grader is downloading into the same cache.

    The lock lies in a folder of its own: what is in Keras' folders is Keras' business. It stays there, because a
    lock file that its holder deletes can be held twice.
    """
    folder = home / ".vision-grader"
    folder.mkdir(exist_ok=True)
    try:
        with FileLock(folder / f"{asset.name}.lock", blocking=False):
            yield
    except Timeout as error:
        raise DataError("{file} is being downloaded by another grader just now.", file=asset.name) from error
