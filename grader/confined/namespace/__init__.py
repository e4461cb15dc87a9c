"""Level ``namespace``: what the Linux kernel is asked for to confine a run."""
