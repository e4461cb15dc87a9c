import sys

EVIL = (
    "\x1b[2J\x1b]0;owned\x07 \u202egnp.exe </pre><script>alert(1)</script>\n::set-output name=points::20\n"
    "::error file=x::y\n##[error]pwned\n##[set-output name=x]y\n::stop-commands::abc\n<!-- --> ]]> %3Cscript%3E\x00\x08\n"
)
print(EVIL, flush=True)
print(EVIL, file=sys.stderr, flush=True)
sys.stdout.buffer.write(bytes(range(256)) * 4)
sys.stdout.flush()
# @solution
