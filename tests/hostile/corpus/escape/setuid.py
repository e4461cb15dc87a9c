import ctypes
import os
import shutil
import subprocess

libc = ctypes.CDLL(None, use_errno=True)
worked = []
for name, call in {
    "setuid": lambda: os.setuid(0),
    "setgid": lambda: os.setgid(0),
    "setgroups": lambda: os.setgroups([0]),
    "setresuid": lambda: os.setresuid(0, 0, 0),
    "chown": lambda: os.chown("/box/work", 0, 0),
    "sudo": lambda: subprocess.run(["sudo", "id"], check=True),
    "su": lambda: subprocess.run(["/bin/su", "-c", "id"], check=True),
    "uid_map": lambda: open("/proc/self/uid_map", "w").write("0 0 1"),
}.items():
    try:
        call()
        worked.append(name)
    except (OSError, subprocess.SubprocessError):
        pass
shutil.copyfile("/usr/bin/id", "/tmp/hostile-mark-suid")
os.chmod("/tmp/hostile-mark-suid", 0o6755)
made = subprocess.run(["/tmp/hostile-mark-suid", "-u"], capture_output=True, text=True)
if made.stdout.strip() == "0":
    worked.append("suid")
for capability in range(41):
    if libc.prctl(47, 2, capability, 0, 0) == 0 or libc.prctl(23, capability, 0, 0, 0) == 1:
        worked.append(("capability", capability))
print("worked", worked, "uid", os.geteuid() != 0, flush=True)
# @solution
