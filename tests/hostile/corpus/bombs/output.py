import os

while True:
    os.write(1, b"::error::flood\n" * 4096)
    os.write(2, b"\x1b[2J\x1b[31mflood\x07" * 4096)
