"""Reports are whole or not there, and a folder that cannot take them is explained."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import pictures
from grader.errors import OutputError
from grader.report import to_html, to_json, to_markdown, write_reports
from grader.schema import Drawing, ExerciseResult, Lang, Result

Sample = Callable[[str], Result]


def test_writes_reports_for_staff_and_for_the_student(sample: Sample, tmp_path: Path) -> None:
    out = tmp_path / "new" / "한글 폴더"
    result = sample("mixed")
    write_reports(result, out, "ko")
    assert sorted(path.name for path in out.iterdir()) == [
        "report.html",
        "report.json",
        "report.md",
        "result.json",
        "student.html",
    ]
    assert (out / "report.json").read_text(encoding="utf-8") == to_json(result, "ko")
    assert (out / "report.html").read_text(encoding="utf-8") == to_html(result, "ko")
    assert (out / "student.html").read_text(encoding="utf-8") == to_html(result, "ko", audience="student")
    assert (out / "report.md").read_text(encoding="utf-8") == to_markdown(result, "ko")
    assert Result.model_validate_json((out / "result.json").read_bytes()) == result


def test_what_has_not_changed_is_not_drawn_again(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the page is the one that would be made anew."""
    drawn: list[str] = []

    def draw(exercise: ExerciseResult) -> tuple[Drawing, ...]:
        drawn.append(exercise.id)
        return ()

    monkeypatch.setattr(pictures, "draw_exercise", draw)
    result = sample("mixed")
    first, *others = result.exercises
    write_reports(result, tmp_path / "kept", "ko", painter=pictures)
    changed = first.model_copy(update={"max_points": first.max_points + 1})
    result = result.model_copy(update={"exercises": (changed, *others)})
    cases: dict[Lang, list[str]] = {"ko": [first.id], "en": [exercise.id for exercise in result.exercises]}
    for lang, ids in cases.items():
        drawn.clear()
        for page in ("report.html", "student.html"):  # as it is where a person has decided something
            path = tmp_path / "kept" / page
            path.write_text(path.read_text("utf-8").replace("<!--/mark-->", "decided<!--/mark-->"), "utf-8")
        write_reports(result, tmp_path / "kept", lang, painter=pictures)
        assert drawn == ids
        write_reports(result, tmp_path / lang, lang, painter=pictures)
        for page in ("report.html", "student.html"):
            assert (tmp_path / "kept" / page).read_bytes() == (tmp_path / lang / page).read_bytes()


def test_students_copy_holds_no_secret_in_any_file(sample: Sample, tmp_path: Path) -> None:
    write_reports(sample("hidden"), tmp_path, "ko", audience="student")
    for path in tmp_path.iterdir():
        assert b"SECRET" not in path.read_bytes(), path.name


@pytest.mark.parametrize(
    ("code", "said"),
    [(errno.ENOSPC, "disk is full"), (errno.EROFS, "read-only"), (errno.EACCES, "read-only"), (errno.EIO, "rror")],
)
def test_failed_write_is_explained_and_leaves_the_old_report(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, said: str
) -> None:
    write_reports(sample("all_pass"), tmp_path, "ko")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("grader.files.os.fsync", fail)
    with pytest.raises(OutputError) as caught:
        write_reports(sample("mixed"), tmp_path, "ko")
    assert said in caught.value.text.en
    assert str(tmp_path) in caught.value.text.ko
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_file_in_the_folders_place(sample: Sample, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match="a file where its folder should be"):
        write_reports(sample("all_pass"), tmp_path / "out", "en")
    with pytest.raises(OutputError, match="a file where its folder should be"):
        write_reports(sample("all_pass"), tmp_path / "out" / "deeper", "en")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write to a read-only folder")
def test_read_only_folder(sample: Sample, tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(OutputError, match="read-only"):
            write_reports(sample("all_pass"), tmp_path, "en")
    finally:
        tmp_path.chmod(0o755)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no symbolic links here")
def test_link_is_replaced_not_followed(sample: Sample, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.json").symlink_to(victim)
    write_reports(sample("all_pass"), out, "en")
    assert victim.read_text() == "mine"
    assert not (out / "report.json").is_symlink()
