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
shutil.copyfile("/proc/self/exe", "/tmp/hostile-mark-suid")
os.chmod("/tmp/hostile-mark-suid", 0o6755)
made = subprocess.Popen(["/tmp/hostile-mark-suid"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
with open(f"/proc/{made.pid}/status") as status:  # a zombie has one, too
    (uids,) = [line.split()[1:] for line in status if line.startswith("Uid:")]
if "0" in uids:
    worked.append("suid")
made.communicate()
for capability in range(41):
    if libc.prctl(47, 2, capability, 0, 0) == 0 or libc.prctl(23, capability, 0, 0, 0) == 1:
        worked.append(("capability", capability))
print("worked", worked, "uid", os.geteuid() != 0, flush=True)
# @solution
