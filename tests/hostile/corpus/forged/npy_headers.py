import os
from pathlib import Path

HEADERS = (
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627775, 1099511627775), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }",
    "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': __import__('os').system('touch /tmp/hostile-mark-npy'), 'fortran_order': False, 'shape': (), }",
    "{" * 900,
)
for number, header in enumerate(HEADERS):
    text = header.encode() + b"\n"
    data = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text
    for case in ("grey", "rectangle", "colour", "uint8", "same"):
        Path("/box/out", f"conv2d.{case}.npy" if number == 0 else f"conv2d.{case}{number}.npy").write_bytes(data)
print("written", flush=True)
os._exit(87)
