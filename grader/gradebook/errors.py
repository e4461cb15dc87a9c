"""What can go wrong with a gradebook, as sentences for people."""

from __future__ import annotations
