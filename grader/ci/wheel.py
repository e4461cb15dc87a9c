"""This grader as a wheel: what an assignment's repository installs, so that nothing is fetched by a name.

A name that is on no index could be registered by anybody, and would then run in every student's job.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from grader.errors import TemplateError
from grader.i18n import both

NAME = "vision-grader"
#: What an installer adds to a wheel's own files.
_INSTALLED = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})
_TIME = (2020, 1, 1, 0, 0, 0)


def own_wheel() -> tuple[str, bytes]:
    """File name and content of the wheel of this installation; the same installation gives the same bytes.

    Raises:
        TemplateError: it is not installed as a distribution, or a checkout of it can't be built.
    """
    root = Path(__file__).parents[2]
    if (root / "pyproject.toml").is_file():
        return _built(root)
    try:
        return _packed(distribution(NAME))
    except (PackageNotFoundError, OSError) as error:
        raise _unusable(str(error)) from error


def _built(root: Path) -> tuple[str, bytes]:
    """Of a checkout, by its own build system."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, str(root)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or len(wheels) != 1:
            raise _unusable(done.stderr[-1000:])
        return wheels[0].name, wheels[0].read_bytes()


def _packed(installed: Distribution) -> tuple[str, bytes]:
    """Of an installed wheel: its files and a fresh RECORD (PyPA, "Recording installed projects")."""
    names = sorted(str(file) for file in installed.files or () if _belongs(str(file)))
    info = next(name for name in names if name.endswith(".dist-info/WHEEL")).removesuffix("/WHEEL")
    record = []
    with tempfile.SpooledTemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in names:
                content = Path(str(installed.locate_file(name))).read_bytes()
                digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
                record.append(f"{name},sha256={digest},{len(content)}")
                archive.writestr(zipfile.ZipInfo(name, _TIME), content, zipfile.ZIP_DEFLATED)
            record.append(f"{info}/RECORD,,")
            archive.writestr(zipfile.ZipInfo(f"{info}/RECORD", _TIME), "\n".join(record) + "\n")
        file.seek(0)
        return f"{info.removesuffix('.dist-info')}-py3-none-any.whl", file.read()


def _belongs(name: str) -> bool:
    return not (
        name.startswith("..") or "__pycache__" in name or (".dist-info/" in name and Path(name).name in _INSTALLED)
    )


def _unusable(detail: str) -> TemplateError:
    return TemplateError(
        both(
            "The grader cannot be put into the repository, because no wheel can be built here. Use "
            "--grader-source to say what the job should install instead."
        ),
        detail,
    )
