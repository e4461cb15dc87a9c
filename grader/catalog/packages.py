"""Packages that a course's answers may import, and which of them are installed here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import metadata
from importlib.util import find_spec


def installed_versions(packages: Mapping[str, str]) -> dict[str, str | None]:
    """The version of each distribution in ``packages`` (import name -> distribution); None: not installed.

    Imports none of them. A module that another distribution provides, as several do OpenCV's, has the version "?".
    """
    return {distribution: _version(module, distribution) for module, distribution in packages.items()}


@cache
def _version(module: str, distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "?" if find_spec(module) is not None else None
