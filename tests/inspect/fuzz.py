"""Feeds the inspector files that are almost right: ``python fuzz.py GOOD.keras FOLDER SEED COUNT SECONDS``.

Bytes are changed inside the HDF5 member and inside the zip, values inside the configuration. Whatever happens must
be facts or a refusal; anything else is printed and counted. Not a test itself: ``test_fuzz.py`` runs it on a few
files, and it can be left running for as long as one likes.
"""

from __future__ import annotations

import copy
import io
import json
import random
import sys
import time
import traceback
import zipfile
from pathlib import Path
from typing import Any

from grader.confined.inspector import inspect_plan
from grader.confined.inspector.allowed import Refused
from grader.wire.entry import Box

PLAN = {
    "label": "m.keras",
    "file": "m.keras",
    "architecture": False,
    "predict": ["x"],
    "fit": None,
    "compare": None,
    "scale": "unit",
}
VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2, 3, 7, 10**6, 10**7, 10**400, 0.5, -0.0, 1e308, float("nan"), float("inf"), "",
    "\ud800", "\x00", "a" * 300, [], {}, [1], [[]], [None], {"class_name": "Lambda"}, {"module": "os"}, "relu",
    {"class_name": "__slice__", "config": {"start": 0, "stop": None, "step": None}}, {"class_name": []}, "same",
    "Functional", "Sequential", "keras.layers", "keras.src.ops.numpy", "GetItem", "Flatten", "Dense", "float16",
]  # fmt: skip


def places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Every (container, key) of a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        found.append((value, key))
        places(part, found)
    return found


def changed_config(config: Any, rng: random.Random) -> bytes:
    config = copy.deepcopy(config)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        known = places(config, [])
        if not known:
            break
        container, key = rng.choice(known)
        action = rng.randrange(5)
        if action == 0:
            del container[key]
        elif action == 1:
            other, other_key = rng.choice(known)
            container[key] = copy.deepcopy(other[other_key])
        elif action == 2 and isinstance(container, dict):
            container[rng.choice(("units", "name", "extra", "module", "config", "layers"))] = rng.choice(VALUES)
        else:
            container[key] = copy.deepcopy(rng.choice(VALUES))
    return json.dumps(config).encode()


def changed_bytes(data: bytes, rng: random.Random, head: int) -> bytes:
    """Some bytes changed, most of them near the start, where structure stands."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at = rng.randrange(min(head, len(changed)) if rng.random() < 0.8 else len(changed))
        changed[at] = rng.choice(
            (0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256), changed[at] ^ (1 << rng.randrange(8)))
        )
    return bytes(changed[: rng.randrange(len(changed))] if rng.random() < 0.05 else changed)


def variant(parts: dict[str, bytes], whole: bytes, rng: random.Random) -> bytes:
    kind = rng.random()
    if kind < 0.1:
        tail = len(whole) - 400
        return whole[:tail] + changed_bytes(whole[tail:], rng, 400)
    parts = dict(parts)
    if kind < 0.5:
        parts["model.weights.h5"] = changed_bytes(parts["model.weights.h5"], rng, 20_000)
    else:
        parts["config.json"] = changed_config(json.loads(parts["config.json"]), rng)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


def main(arguments: list[str]) -> int:
    good, folder, seed, most = Path(arguments[0]), Path(arguments[1]), int(arguments[2]), int(arguments[3])
    whole = good.read_bytes()
    with zipfile.ZipFile(good) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    box = Box(folder / "in", folder / "out", folder / "work", {}, 1, 0)
    rng = random.Random(seed)
    counts: dict[str, int] = {}
    slowest, bad, end = 0.0, 0, time.monotonic() + float(arguments[4])
    while time.monotonic() < end and sum(counts.values()) < most:
        data = variant(parts, whole, rng)
        (box.in_dir / "m.keras").write_bytes(data)
        start = time.process_time()
        try:
            inspect_plan(box, "m", dict(PLAN), {})
            kind = "facts"
        except Refused as refused:
            kind = refused.kind
            json.dumps(refused.detail)
        except MemoryError:
            kind = "memory"
        except Exception:
            kind = "UNEXPECTED"
            bad += 1
            traceback.print_exc(limit=-6, file=sys.stdout)
            (folder / f"found-{seed}-{bad}.keras").write_bytes(data)
        counts[kind] = counts.get(kind, 0) + 1
        slowest = max(slowest, time.process_time() - start)
    # Not ru_maxrss: a new program begins with that of the process which started it.
    peak = int(Path("/proc/self/status").read_text(encoding="ascii").split("VmHWM:")[1].split()[0]) >> 10
    print(json.dumps({"counts": counts, "slowest": round(slowest, 2), "peak_mb": peak}))
    return min(bad, 100)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
