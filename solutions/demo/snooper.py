"""A misbehaving submission: it looks for solutions and secrets, and answers with what it finds."""

from pathlib import Path


def loot():
    found = []
    for start in ("/home", "/etc", "/srv", "/tmp", str(Path.home())):
        for path in [Path(start), *Path(start).rglob("*")] if Path(start).exists() else []:
            if path.name in ("shadow", "reference.json", "hidden_checks.py", "convolution.py"):
                found.append(path.read_text())
    return found


def conv_parameter_count(kernel_size, in_channels, filters, use_bias=True):
    answers = loot()
    if not answers:
        raise LookupError("there was nothing to copy from")
    return answers
