import ctypes
import os

libc = ctypes.CDLL(None)
libc.prctl(4, 1, 0, 0, 0)
libc.getenv.restype = ctypes.c_char_p
text = open("/proc/self/environ", "rb").read()
pointer = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
number = 0
while pointer[number]:
    text += pointer[number] + b"\n"
    number += 1
print("names", sorted(os.environ), text, flush=True)
secret = any(word in text for word in (b"TOKEN", b"SECRET", b"CANARY-", b"GITHUB_"))
print("token", secret or libc.getenv(b"GRADER_HOSTILE_TOKEN") is not None, flush=True)
# @solution
