"""The time of a checkout's last commit, from repositories of all kinds and from what only looks like one."""

from __future__ import annotations

import os
import shutil
import subprocess
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.intake.commits import commit_time
from tests.intake.conftest import write

WHEN = datetime.fromtimestamp(1772400000, UTC)
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *args: str, stdin: str = "") -> str:
    return subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *args],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        input=stdin,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "GIT_COMMITTER_DATE": "1772400000 +0900",
            "GIT_AUTHOR_DATE": "1772400000 +0900",
        },
    ).stdout.strip()


def repository(folder: Path, commits: int = 1) -> Path:
    write(folder, {"edges.py": "x = 1\n"})
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "edges.py")
    for number in range(commits):
        message = "".join(f"a long line number {i} of the message\n" for i in range(60)) + str(number)
        git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return folder


@needs_git
@pytest.mark.parametrize("commits", [1, 30])
@pytest.mark.parametrize("how", ["loose", "packed", "detached", "tight"])
def test_where_git_keeps_commits(tmp_path: Path, how: str, commits: int) -> None:
    folder = repository(tmp_path / "a", commits)
    if how == "packed":
        git(folder, "gc", "-q")
        git(folder, "pack-refs", "--all")
    if how == "detached":
        git(folder, "checkout", "-q", "--detach")
    if how == "tight":  # commits stored as differences
        git(folder, "repack", "-a", "-d", "-f", "-q", "--depth=50", "--window=100")
        git(folder, "checkout", "-q", "--detach", f"HEAD~{commits // 2}")
    assert commit_time(folder) == WHEN


@needs_git
def test_a_shallow_clone_as_a_runner_makes_it(tmp_path: Path) -> None:
    folder = repository(tmp_path / "a", 3)
    git(tmp_path, "clone", "-q", "--depth=1", folder.as_uri(), "b")
    assert commit_time(tmp_path / "b") == WHEN


@needs_git
def test_nothing_in_the_checkout_is_run(tmp_path: Path) -> None:
    folder = repository(tmp_path / "a")
    for key in ("core.fsmonitor", "core.pager", "log.showSignature", "gpg.program", "core.sshCommand"):
        git(folder, "config", key, f"touch {tmp_path / 'ran'}")
    git(folder, "config", "core.worktree", "/")
    git(folder, "config", "include.path", str(tmp_path / "missing"))
    assert commit_time(folder) == WHEN
    assert not (tmp_path / "ran").exists()


@needs_git
@pytest.mark.parametrize("place", ["HEAD", "refs/heads/main", "objects", ".git"])
def test_links_out_of_the_repository_are_not_followed(tmp_path: Path, place: str) -> None:
    folder = repository(tmp_path / "a")
    path = folder / ".git" if place == ".git" else folder / ".git" / place
    path.rename(tmp_path / "moved")
    path.symlink_to(tmp_path / "moved")
    assert commit_time(folder) is None


@needs_git
def test_alternates_are_not_looked_at(tmp_path: Path) -> None:
    folder = repository(tmp_path / "a")
    git(tmp_path, "clone", "-q", "--shared", str(folder), "b")
    assert commit_time(tmp_path / "b") is None


SHA = "ab" + "c" * 38


@pytest.mark.parametrize(
    "files",
    [
        {},
        {".git": "gitdir: ../../elsewhere"},
        {".git/HEAD": "ref: refs/heads/main"},
        {".git/HEAD": "ref: HEAD"},
        {".git/HEAD": "ref: refs/heads/../../../outside"},
        {".git/HEAD": "ref: " + "x" * 100_000},
        {".git/HEAD": SHA, f".git/objects/ab/{'c' * 38}": "no zlib"},
        {".git/HEAD": SHA, f".git/objects/ab/{'c' * 38}": zlib.compress(b"blob 5\0hello")},
        {".git/HEAD": SHA, f".git/objects/ab/{'c' * 38}": zlib.compress(b"commit 9\0" + bytes(60_000_000))},
        {".git/HEAD": SHA, f".git/objects/ab/{'c' * 38}": zlib.compress(b"commit 0\0committer x <> 9 +0000")},
        {".git/HEAD": SHA, f".git/objects/ab/{'c' * 38}": os.urandom(1 << 20)},
        {
            ".git/HEAD": SHA,
            ".git/objects/pack/p.idx": b"\xfftOc\0\0\0\x02" + b"\xff" * 4000,
            ".git/objects/pack/p.pack": b"PACK",
        },
        {
            ".git/HEAD": "ref: refs/heads/main",
            ".git/packed-refs": f"{SHA} refs/heads/main\n\xff\n".encode("latin-1"),
        },
    ],
)
def test_what_only_looks_like_a_repository_has_no_time(tmp_path: Path, files: dict[str, str | bytes]) -> None:
    assert commit_time(write(tmp_path / "a", files)) is None
