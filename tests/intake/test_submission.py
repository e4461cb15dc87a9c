"""Folders, zips and single files: what is found, what is passed over, what is said about it."""

from __future__ import annotations

import os
import struct
import sys
import unicodedata
import zipfile
from pathlib import Path

import pytest

from grader.errors import IntakeError
from grader.intake import find_downloads
from tests.intake.conftest import COURSE, Read, make_zip, messages, notebook, write, zip_bytes

CODE = "def solve():\n    return 1\n"


def test_a_folder_with_one_file(read: Read) -> None:
    submission = read({"edges.py": CODE, "holiday.jpg": b"\xff"})
    assert submission.id == "student-1"
    (files,) = submission.exercises
    assert files.exercise == "01_edges"
    assert files.source is not None
    assert (files.source.name, files.source.code, list(files.source.lines)) == ("edges.py", CODE, [])
    assert messages(submission) == []


def test_files_are_found_anywhere(read: Read) -> None:
    submission = read(
        {
            "hw/김 민준/02_small_net/small_net.py": CODE,
            "hw/small_net.keras": b"PK",
            "x/edges.ipynb": notebook(CODE),
        }
    )
    assert [files.exercise for files in submission.exercises] == ["01_edges", "02_small_net"]
    assert [model.name for model in submission.exercises[1].models] == ["small_net.keras"]


def test_a_model_in_a_folder_is_not_copied(read: Read, tmp_path: Path) -> None:
    submission = read({"a/small_net.keras": b"weights"})
    (model,) = submission.exercises[0].models
    assert model.path == tmp_path / "student-1/a/small_net.keras"
    assert model.size == 7
    assert submission.exercises[0].source is None


def test_the_script_wins_over_the_notebook_and_the_report_says_so(read: Read) -> None:
    submission = read({"edges.ipynb": notebook("x = 1"), "deep/down/edges.py": CODE})
    (files,) = submission.exercises
    assert files.source is not None
    assert files.source.name == "edges.py"
    ((severity, text),) = messages(submission)
    assert severity == "note"
    assert "deep/down/edges.py was graded, not edges.ipynb" in text


def test_of_several_copies_the_shallowest_then_the_one_in_the_exercises_folder(read: Read) -> None:
    submission = read({"b/01_edges/edges.py": "b", "a/old/edges.py": "a", "c/edges/x/edges.py": "c"})
    (files,) = submission.exercises
    assert files.source is not None
    assert files.source.code == "b"
    assert "b/01_edges/edges.py was used" in messages(submission)[0][1]
    assert "a/old/edges.py, c/edges/x/edges.py" in messages(submission)[0][1]


@pytest.mark.parametrize(
    "name",
    [
        "Edges.py",
        "edges (1).py",
        "edges.py.txt",
        "01_edges.py",
        "edges-1.ipynb",
        "Copy of edges.ipynb",
        "edges.ipynb의 사본",
        "edges - 복사본.py",
        "EDGES.PY",
    ],
)
def test_almost_the_right_name_is_graded_with_a_note(read: Read, name: str) -> None:
    submission = read({name: notebook(CODE) if ".ipynb" in name else CODE})
    (files,) = submission.exercises
    assert files.source is not None
    assert files.source.code.startswith(CODE)
    assert files.source.name == ("edges.ipynb" if ".ipynb" in name else "edges.py")
    ((severity, text),) = messages(submission)
    assert severity == "note"
    assert text.startswith(f"Found {name}, expected edges.")


@pytest.mark.parametrize(
    ("name", "exercise"),
    [
        ("smal_net.py", "02_small_net"),
        ("small-nett.ipynb", "02_small_net"),
        ("small net(3).py", "02_small_net"),
        ("edges .py", "01_edges"),
        ("edges.PY", "01_edges"),
        ("edges_20231234.py", "01_edges"),
        ("홍길동-edges-20231234 (2).ipynb", "01_edges"),
        ("hw3 small_net final.py", "02_small_net"),
    ],
)
def test_a_slip_of_the_hand_is_graded_with_a_note(read: Read, name: str, exercise: str) -> None:
    (files,) = read({f"hw/{name}": notebook(CODE) if ".ipynb" in name else CODE}).exercises
    assert files.exercise == exercise
    assert files.source is not None


@pytest.mark.parametrize(
    "names",
    [("edges (1).py", "edges (2).py"), ("Edges.py", "edges-2.py", "notes.txt"), ("smal_net.py", "small_nett.py")],
)
def test_two_that_could_be_meant_are_both_named_and_none_is_graded(read: Read, names: tuple[str, ...]) -> None:
    submission = read(dict.fromkeys(names, CODE))
    (files,) = submission.exercises
    assert files.source is None
    ((severity, text),) = messages(submission)
    assert severity == "note"
    assert all(name in text for name in names[:2])


def test_the_right_name_wins_over_what_is_almost_it(read: Read) -> None:
    submission = read({"edges.py": CODE, "edges (1).py": "old", "Edges.ipynb": notebook("older")})
    (files,) = submission.exercises
    assert files.source is not None
    assert files.source.code == CODE
    assert messages(submission) == []


def test_a_misspelt_name_is_that_of_the_nearest_exercise_only(read: Read) -> None:
    assert [files.exercise for files in read({"small_net_.py": CODE}).exercises] == ["02_small_net"]


def test_a_copy_of_a_model_is_graded_with_a_note(read: Read) -> None:
    submission = read({"small_net.py": CODE, "small_net (1).keras": b"weights"})
    (model,) = submission.exercises[0].models
    assert model.name == "small_net.keras"
    assert "Found small_net (1).keras" in messages(submission)[0][1]


@pytest.mark.parametrize("line", ["import helpers", "from helpers import f", "    import helpers as h"])
def test_a_helper_beside_is_named_where_it_is_imported(read: Read, line: str) -> None:
    submission = read({"edges.py": f"import os\n{line}\n{CODE}", "helpers.py": "f = 1", "other.py": ""})
    ((severity, text),) = messages(submission)
    assert severity == "note"
    assert "imports helpers" in text
    assert "only edges.py is read" in text


def test_a_file_that_is_called_like_a_package_is_no_helper(read: Read) -> None:
    assert messages(read({"edges.py": "import random\nimport numpy\n", "random.py": "", "numpy.py": ""})) == []


def test_another_declared_file_is_a_helper_like_any(read: Read) -> None:
    submission = read({"small_net.py": "from edges import solve\n", "edges.py": CODE})
    assert [text for _, text in messages(submission) if "imports edges" in text]


def test_another_exercises_file_is_no_near_miss(read: Read) -> None:
    assert messages(read({"small_net.py": CODE})) == []
    assert messages(read({"edgy_poems.txt": "o", "utils.py": "", "edges.py": CODE})) == []


def test_notes_about_an_exercise_are_no_near_miss(read: Read) -> None:
    (files,) = read({"small_net.py": CODE, "notes on edges.txt": "o"}).exercises
    assert files.exercise == "02_small_net"


def test_models_in_formats_that_carry_programs_are_refused_with_a_word(read: Read) -> None:
    submission = read({"small_net.py": CODE, "small_net.h5": b"\x89HDF"})
    ((_, text),) = messages(submission)
    assert 'model.save("small_net.keras")' in text


def test_what_systems_leave_behind_is_ignored(read: Read) -> None:
    submission = read(
        {
            "__MACOSX/edges.py": "wrong",
            "._edges.py": "wrong",
            ".git/edges.py": "wrong",
            ".ipynb_checkpoints/edges.py": "wrong",
            "deep/er/edges.py": CODE,
        }
    )
    assert submission.exercises[0].source is not None
    assert submission.exercises[0].source.code == CODE
    assert messages(submission) == []


def test_an_empty_folder_says_what_was_expected(read: Read) -> None:
    submission = read({})
    assert submission.exercises == ()
    ((severity, text),) = messages(submission)
    assert severity == "error"
    assert "edges.py, small_net.py" in text


def test_only_asks_for_exercises_whether_or_not_they_are_there(read: Read) -> None:
    submission = read({"edges.py": CODE}, only=("02_small_net",))
    (files,) = submission.exercises
    assert (files.exercise, files.source) == ("02_small_net", None)


def test_nothing_there(read: Read, tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="nothing at"):
        read(tmp_path / "nobody")


@pytest.mark.parametrize(("name", "content"), [("edges.py", CODE), ("edges.ipynb", notebook(CODE))])
def test_a_single_file(read: Read, tmp_path: Path, name: str, content: str) -> None:
    write(tmp_path / "one", {name: content, "small_net.py": "neighbour"})
    submission = read(tmp_path / "one" / name)
    assert submission.id == "edges"
    assert [files.exercise for files in submission.exercises] == ["01_edges"]


def test_a_single_model(read: Read, tmp_path: Path) -> None:
    write(tmp_path / "one", {"small_net.keras": b"PK\x03\x04"})
    (files,) = read(tmp_path / "one/small_net.keras").exercises
    assert len(files.models) == 1


def test_the_hash_is_of_declared_files_alone(read: Read, tmp_path: Path) -> None:
    one = read(write(tmp_path / "one", {"edges.py": CODE, "junk": "1"})).sha256
    two = read(write(tmp_path / "two", {"sub/edges.py": CODE, "junk": "2"})).sha256
    three = read(write(tmp_path / "three", {"edges.py": CODE + "\n"})).sha256
    zipped = read(make_zip(tmp_path / "four.zip", {"edges.py": CODE})).sha256
    assert one == two == zipped
    assert three != one


def test_a_large_stray_file_is_never_opened(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "student-1", {"edges.py": CODE})
    with (folder / "dataset.bin").open("wb") as file:
        file.truncate(200_000_000)
    opened: list[str] = []
    original = os.open
    monkeypatch.setattr(os, "open", lambda path, *a, **k: opened.append(str(path)) or original(path, *a, **k))  # type: ignore[func-returns-value]
    submission = read(folder)
    assert submission.exercises[0].source is not None
    assert not any("dataset.bin" in path for path in opened)
    assert any("edges.py" in path for path in opened)


def test_a_source_over_the_limit_is_an_error_of_that_file(read: Read, tmp_path: Path) -> None:
    folder = write(tmp_path / "student-1", {"small_net.py": CODE})
    with (folder / "edges.ipynb").open("wb") as file:
        file.truncate(200_000_000)
    submission = read(folder)
    assert submission.exercises[0].source is None
    assert submission.exercises[1].source is not None
    (severity, text), (_, advice) = messages(submission)
    assert severity == "error"
    assert "200 MB" in text
    assert "outputs" in advice


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_are_followed_within_the_submission_only(read: Read, tmp_path: Path) -> None:
    folder = write(tmp_path / "student-1", {"parts/mine.txt": CODE})
    (tmp_path / "secret.py").write_text("secret")
    (folder / "edges.py").symlink_to(folder / "parts/mine.txt")
    (folder / "small_net.py").symlink_to(tmp_path / "secret.py")
    (folder / "elsewhere").symlink_to(tmp_path)
    first, second = read(folder).exercises
    assert first.source is not None
    assert first.source.code == CODE
    assert second.source is None
    assert "outside of the submission" in second.problems[0].message.en


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_fifo_does_not_hang_the_grader(read: Read, tmp_path: Path) -> None:
    folder = write(tmp_path / "student-1", {})
    os.mkfifo(folder / "edges.py")
    (folder / "small_net.keras").symlink_to("/dev/zero")
    first, second = read(folder).exercises
    assert first.source is None
    assert "plain file" in first.problems[0].message.en
    assert second.models == ()


@pytest.mark.parametrize("wrapped", ["", "김민준/", "hw10/a b/"])
def test_a_zip(read: Read, tmp_path: Path, wrapped: str) -> None:
    path = make_zip(
        tmp_path / "student-2.zip", {f"{wrapped}edges.py": CODE, f"{wrapped}small_net.keras": b"weights"}
    )
    submission = read(path)
    assert submission.id == "student-2"
    first, second = submission.exercises
    assert first.source is not None
    assert first.source.code == CODE
    assert second.models[0].path.read_bytes() == b"weights"
    assert second.models[0].path.is_relative_to(tmp_path / "work")


def test_a_folder_that_holds_a_zip(read: Read) -> None:
    submission = read({"upload/hw.zip": zip_bytes({"edges.py": CODE})})
    assert submission.exercises[0].source is not None
    assert "holds a zip" in messages(submission)[0][1]


def test_a_zip_beside_is_named_only_where_it_was_used(read: Read) -> None:
    submission = read(
        {"edges.py": CODE, "old.zip": zip_bytes({"edges.py": "old"}), "data.zip": zip_bytes({"a.png": ""})}
    )
    ((severity, text),) = messages(submission)
    assert severity == "note"
    assert "edges.py was used, not old.zip/edges.py" in text


def test_names_in_korean_windows_zips(read: Read, tmp_path: Path) -> None:
    raw = "과제 10장/01_edges/edges.py".encode("cp949")
    data = zip_bytes({"x" * len(raw): CODE, "y": "other"}).replace(b"x" * len(raw), raw)
    (tmp_path / "carol.zip").write_bytes(data)
    submission = read(tmp_path / "carol.zip")
    assert submission.exercises[0].source is not None
    almost = "edges - 복사본.py".encode("cp949")
    (tmp_path / "dave.zip").write_bytes(zip_bytes({"x" * len(almost): CODE}).replace(b"x" * len(almost), almost))
    assert "Found edges - 복사본.py" in messages(read(tmp_path / "dave.zip"))[0][1]


def test_names_are_composed(read: Read, tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "한글 이름")
    assert read(write(tmp_path / decomposed, {"edges.py": CODE})).id == "한글 이름"


def test_unsafe_entries_are_ignored_and_nothing_is_written(read: Read, tmp_path: Path) -> None:
    path = make_zip(
        tmp_path / "mallory.zip",
        {
            "../edges.py": "x",
            "/small_net.keras": b"x",
            "C:/small_net.keras": b"x",
            "..\\small_net.py": "x",
            "ok/edges.py": CODE,
        },
    )
    submission = read(path)
    (files,) = submission.exercises
    assert files.source is not None
    assert files.source.code == CODE
    assert "4 entries of the zip point outside" in messages(submission)[0][1]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mallory.zip", "work"]


def test_links_in_zips_are_not_followed(read: Read, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
        info = zipfile.ZipInfo("edges.py")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    (files,) = read(tmp_path / "m.zip").exercises
    assert files.source is None
    assert files.problems[0].severity == "error"


def test_a_zip_bomb_is_not_unpacked(read: Read, tmp_path: Path) -> None:
    path = make_zip(tmp_path / "m.zip", {"edges.py": b"\n" * 9_000_000, "small_net.keras": b"\0" * 50_000_000})
    first, second = read(path).exercises
    assert first.source is None
    assert second.models == ()
    assert "abnormal size" in first.problems[0].message.en
    assert not (tmp_path / "work/models/02_small_net/small_net.keras").exists()


def test_a_zip_that_lies_about_sizes(read: Read, tmp_path: Path) -> None:
    data = bytearray(zip_bytes({"edges.py": b"a" * 5_000_000}, zipfile.ZIP_STORED))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<L", 10)
    (tmp_path / "m.zip").write_bytes(data)
    (files,) = read(tmp_path / "m.zip").exercises
    assert files.source is None or len(files.source.code) <= 10


def test_a_locked_zip(read: Read, tmp_path: Path) -> None:
    data = bytearray(zip_bytes({"edges.py": CODE}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + offset] |= 1
    (tmp_path / "m.zip").write_bytes(data)
    (files,) = read(tmp_path / "m.zip").exercises
    assert "password" in files.problems[0].message.en


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_in_a_zip(read: Read, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
        archive.writestr("edges.py", "first")
        archive.writestr("edges.py", "last")
    submission = read(tmp_path / "m.zip")
    assert submission.exercises[0].source is not None
    assert submission.exercises[0].source.code == "last"
    assert "more than once" in messages(submission)[0][1]


def test_a_zip_cut_short(read: Read, tmp_path: Path) -> None:
    data = zip_bytes({"edges.py": CODE * 100})
    (tmp_path / "m.zip").write_bytes(data[: len(data) // 2])
    with pytest.raises(IntakeError, match="damaged"):
        read(tmp_path / "m.zip")


def test_what_is_whole_in_a_damaged_zip_is_graded(read: Read, tmp_path: Path) -> None:
    data = bytearray(zip_bytes({"edges.py": os.urandom(3000).hex(), "small_net.py": CODE}))
    data[200:800] = bytes(600)
    (tmp_path / "m.zip").write_bytes(data)
    first, second = read(tmp_path / "m.zip").exercises
    assert first.source is None
    assert first.problems[0].severity == "error"
    assert second.source is not None


@pytest.mark.parametrize(
    ("name", "content"), [("m.zip", b"Rar!\x1a\x07"), ("m.zip", b""), ("m.rar", b""), ("m.txt", b"x")]
)
def test_what_is_no_zip(read: Read, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(IntakeError):
        read(tmp_path / name)


def test_terminal_codes_in_names_are_not_passed_on(read: Read, tmp_path: Path) -> None:
    path = make_zip(tmp_path / "m.zip", {"\x1b[31m/edges.py": "", "b\u202e/edges.py": ""})
    text = str(read(path).model_dump())
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize(
    ("data", "noted"),
    [
        (b"\xef\xbb\xbfx = '\xea\xb0\x80'\r\n", False),
        ("x = '가'\r".encode("utf-16"), True),
        ("x = '가'\n".encode("cp949"), True),
        ("# coding: euc-kr\nx = '가'\n".encode("euc-kr"), True),
    ],
)
def test_encodings(read: Read, data: bytes, noted: bool) -> None:
    submission = read({"edges.py": data})
    source = submission.exercises[0].source
    assert source is not None
    assert source.code.endswith("x = '가'\n")
    assert len(messages(submission)) == noted


@pytest.mark.parametrize("data", [b"x = 1\0", b"\x89PNG\r\n\x1a\n\xff\xfe\xfa\xff\xff", b"\xff\xfex"])
def test_what_is_no_text(read: Read, data: bytes) -> None:
    submission = read({"edges.py": data})
    assert submission.exercises[0].source is None
    assert messages(submission)[0][0] == "error"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file(read: Read, tmp_path: Path) -> None:
    folder = write(tmp_path / "student-1", {"edges.py": CODE, "small_net.py": CODE})
    (folder / "edges.py").chmod(0)
    first, second = read(folder).exercises
    assert first.problems[0].severity == "error"
    assert second.source is not None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that are no text")
def test_names_that_are_no_text_lose_no_report(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.intake.folder.MAX_ENTRIES", 3)
    names = ("edges.py", "edges\udcff.py", "x\udced\udca0\udc80/y\udcfe.py")
    submission = read(write(tmp_path / "student", dict.fromkeys(names, CODE)))
    submission.model_dump_json().encode()
    odd = write(tmp_path / "\udcffclass", {"a\udcff/edges.py": CODE, "b/\udcffedges.py": CODE, "c\udcff.txt": ""})
    found = find_downloads(odd, COURSE)
    found.model_dump_json().encode()
    assert len(found.students) == 2


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_ways_of_packing_that_unpack_piece_by_piece_are_read(read: Read, tmp_path: Path, packed: int) -> None:
    submission = read(make_zip(tmp_path / "m.zip", {"edges.py": CODE}, packed))
    assert submission.exercises[0].source is None
    assert "as a plain zip" in messages(submission)[0][1]
