"""Runs of untrusted code, confined: ``open_sandbox`` for a warm worker, ``probe_host`` for what this machine can do."""

from __future__ import annotations

from grader.sandbox.door import OpenSandbox, SandboxUnavailable, open_sandbox
from grader.sandbox.host import Finding, probe_host

__all__ = ["Finding", "OpenSandbox", "SandboxUnavailable", "open_sandbox", "probe_host"]
