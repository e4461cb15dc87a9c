import os

NAMES = [
    b"\x1b[31mred\x1b[0m.json",
    "\u202egnosj.json".encode(),
    b"<script>alert(1)<\x2fscript>.json".replace(b"/", b"_"),
    b"a\nb.json",
    b"::set-output name=points::20.json",
    b"##[error]x.json",
    b"\xff\xfe\x80.json",
    b"a" * 250 + b".json",
    b"-rf.json",
    b"..json",
    b".hidden.json",
    "한글.json".encode(),
    b"[a](javascript:alert(1)).json",
]
for name in NAMES:
    with open(b"/box/out/" + name, "wb") as file:
        file.write(b"{}")
print("made", len(os.listdir("/box/out")) >= len(NAMES), flush=True)
# @solution
