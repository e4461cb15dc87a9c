"""Where Keras keeps what it downloads, known without importing Keras."""

from __future__ import annotations

import os
from pathlib import Path

from grader.errors import DataError


def find_keras_home() -> Path | None:
    """Keras' cache folder: ``KERAS_HOME``, else ``~/.keras``; None where there is no home folder."""
    try:
        return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras").expanduser()
    except RuntimeError:
        return None


def keras_home() -> Path:
    """Keras' cache folder, which need not exist yet.

    Raises:
        DataError: there is no home folder.
    """
    home = find_keras_home()
    if home is None:
        raise DataError("There is no home folder for Keras' cache. Set KERAS_HOME to a folder of your own.")
    return home
