"""Confined runs of untrusted code: ``open_sandbox`` gives a warm worker, ``probe_host`` what a machine can do."""

from __future__ import annotations

from grader.sandbox.door import OpenSandbox, open_sandbox
from grader.sandbox.host import Finding, probe_host

__all__ = ["Finding", "OpenSandbox", "open_sandbox", "probe_host"]
