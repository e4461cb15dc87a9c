"""Downloads from a server of our own: resumed, refused, broken, unreachable. Nothing outside is ever asked."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import io
import re
import shutil
import socket
import threading
import zipfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import h5py
import httpx
import numpy as np
import pytest
from PIL import Image

from grader.catalog import load_course
from grader.datasets import choose_source, find_pretrained, load
from grader.datasets.assets import ASSETS, CIFAR10_ARCHIVE, PET_IMAGES, Asset, needs
from grader.datasets.download import download, follow
from grader.datasets.fetch import fetch, stored
from grader.datasets.pretrained import CLASS_INDEX, WEIGHTS
from grader.datasets.types import DataSource
from grader.errors import DataError
from grader.schema import Budget, Exercise, Text
from grader.text import format_size

CONTENT = np.random.default_rng(0).bytes(300_000)


@dataclass
class Server:
    """What the test server does, and what it was asked."""

    url: str = ""
    content: bytes = CONTENT
    ranges: bool = True
    status: int | None = None
    """Answer everything with this."""
    break_after: list[int] = field(default_factory=list)
    """Bytes after which each of the next connections breaks."""
    asked: list[tuple[str | None, str]] = field(default_factory=list)
    """(Range, User-Agent) of each request."""
    moved: str | None = None
    """Where the first request is sent on to."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            state.asked.append((wanted, self.headers.get("User-Agent", "")))
            if state.moved:
                there, state.moved = state.moved, None  # before the answer: the next request may come at once
                self.send_response(302)
                self.send_header("Location", there)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if state.status is not None:
                self.send_response(state.status)
                self.end_headers()
                return
            start, size = 0, len(state.content)
            if wanted and state.ranges:
                start = int(wanted.removeprefix("bytes=").removesuffix("-"))
                self.send_response(206 if start < size else 416)
                self.send_header(
                    "Content-Range", f"bytes {start}-{size - 1}/{size}" if start < size else f"bytes */{size}"
                )
            else:
                self.send_response(200)
            self.send_header("Content-Length", str(max(size - start, 0)))
            self.end_headers()
            body = state.content[start:]
            self.wfile.write(body[: state.break_after.pop(0)] if state.break_after else body)

        def log_message(self, *_: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{httpd.server_port}/file.bin"
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "keras"


def asset(server: Server, **changes: Any) -> Asset:
    checksum = hashlib.sha256(CONTENT).hexdigest()
    return replace(Asset("file.bin", "models", server.url, len(CONTENT), checksum), **changes)


def leave_part(home: Path, data: bytes) -> Path:
    part = home / "models" / "file.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(data)
    return part


def names(home: Path) -> list[str]:
    return [path.name for path in (home / "models").iterdir()]


def no_sleep(_: float) -> None:
    pass


# What should happen


def test_a_file_arrives_whole_with_its_progress(server: Server, home: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    assert stored(asset(server), home) == ("absent", 0)
    assert fetch(asset(server), home, progress=lambda done, total: seen.append((done, total))) == "fetched"
    assert (home / "models" / "file.bin").read_bytes() == CONTENT
    assert stored(asset(server), home) == ("present", len(CONTENT))
    assert names(home) == ["file.bin"], "nothing else is left in Keras' cache"
    assert seen[0] == (0, len(CONTENT))
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert server.asked[0][1].startswith("vision-grader")


def test_what_is_there_is_not_asked_for_again(server: Server, home: Path) -> None:
    fetch(asset(server), home)
    assert fetch(asset(server), home) == "present"
    assert len(server.asked) == 1


def test_md5_as_keras_states_it_for_weights(server: Server, home: Path) -> None:
    checksum = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    assert fetch(asset(server, checksum=checksum), home) == "fetched"


def test_a_damaged_file_is_replaced(server: Server, home: Path) -> None:
    final = home / "models" / "file.bin"
    final.parent.mkdir(parents=True)
    final.write_bytes(CONTENT[:-1])
    assert fetch(asset(server), home) == "fetched"
    assert final.read_bytes() == CONTENT


def test_a_stopped_download_is_continued(server: Server, home: Path) -> None:
    leave_part(home, CONTENT[:123_456])
    assert stored(asset(server), home) == ("partial", 123_456)
    seen: list[tuple[int, int | None]] = []
    fetch(asset(server), home, progress=lambda done, total: seen.append((done, total)))
    assert (home / "models" / "file.bin").read_bytes() == CONTENT
    assert [wanted for wanted, _ in server.asked] == ["bytes=123456-"]
    assert seen[0] == (123_456, len(CONTENT)), "the bar goes on where it stopped"


def test_a_part_that_was_complete_is_only_checked(server: Server, home: Path) -> None:
    leave_part(home, CONTENT)
    assert fetch(asset(server), home) == "fetched"
    assert [wanted for wanted, _ in server.asked] == [f"bytes={len(CONTENT)}-"]


def test_a_broken_transfer_goes_on_by_itself(server: Server, home: Path) -> None:
    server.break_after = [100_000, 50_000]
    waits: list[float] = []
    assert fetch(asset(server), home, sleep=waits.append) == "fetched"
    assert [wanted for wanted, _ in server.asked] == [None, "bytes=100000-", "bytes=150000-"]
    assert len(waits) == 2


def test_a_server_without_ranges_begins_anew(server: Server, home: Path) -> None:
    server.ranges = False
    leave_part(home, b"x" * 1000)
    fetch(asset(server), home)
    assert (home / "models" / "file.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("left", [b"x" * 1000, b"x" * (len(CONTENT) + 5)])
def test_a_part_of_another_file_is_thrown_away(server: Server, home: Path, left: bytes) -> None:
    leave_part(home, left)
    assert fetch(asset(server), home, sleep=no_sleep) == "fetched"
    assert (home / "models" / "file.bin").read_bytes() == CONTENT
    assert server.asked[-1][0] is None


# What can go wrong


def test_a_wrong_checksum_never_gets_the_name(server: Server, home: Path) -> None:
    server.content = b"<html>sign in</html>"
    with pytest.raises(DataError, match=r"not the expected file"):
        fetch(asset(server), home)
    assert names(home) == []


def test_more_than_the_file_has_is_refused_at_once(server: Server, home: Path) -> None:
    with pytest.raises(DataError, match="another file"):
        fetch(asset(server, size=1000), home)
    assert names(home) == []


def test_without_a_network_one_sentence_and_nothing_lost(home: Path, server: Server) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}/file.bin"
    part = leave_part(home, CONTENT[:1000])
    with pytest.raises(DataError, match=r"No connection to 127\.0\.0\.1:\d+ \(.*[Rr]efused.*\)") as caught:
        fetch(asset(server, url=closed), home)
    assert part.read_bytes() == CONTENT[:1000]
    assert "127.0.0.1" in caught.value.text.ko
    part.unlink()
    with pytest.raises(DataError):
        fetch(asset(server, url=closed), home)
    assert not part.exists(), "an empty part would look like a download that has begun"


def test_a_connection_that_never_holds_is_given_up_and_kept(server: Server, home: Path) -> None:
    server.break_after = [10] * 20
    with pytest.raises(DataError, match="kept breaking"):
        fetch(asset(server), home, sleep=no_sleep)
    assert (home / "models" / "file.bin.part").read_bytes() == CONTENT[:50]
    server.break_after = []
    assert fetch(asset(server), home) == "fetched"


@pytest.mark.parametrize("status", [403, 404, 503])
def test_a_refusal_names_the_status(server: Server, home: Path, status: int) -> None:
    server.status = status
    part = leave_part(home, CONTENT[:1000])
    with pytest.raises(DataError, match=str(status)):
        fetch(asset(server), home)
    assert part.read_bytes() == CONTENT[:1000]


def test_a_full_disk_keeps_what_arrived(server: Server, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = leave_part(home, CONTENT[:1000])
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**6, 10**6 - 500, 500))
        with pytest.raises(DataError, match=r"too full for file\.bin: 299 kB more"):
            fetch(asset(server), home)
    assert server.asked == [], "known before anything is downloaded"
    assert part.read_bytes() == CONTENT[:1000]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_that_fills_meanwhile(server: Server) -> None:
    with (
        Path("/dev/full").open("ab", buffering=0) as file,
        pytest.raises(DataError, match="The disk is full") as caught,
    ):
        download(server.url, file, limit=10**6)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.ENOSPC


def test_two_graders_do_not_write_into_one_file(server: Server, home: Path) -> None:
    part = leave_part(home, CONTENT[:1000])
    running = threading.Event(), threading.Event()

    def slowly(_done: int, _total: int | None) -> None:
        running[0].set()
        assert running[1].wait(30)

    first = threading.Thread(target=fetch, args=(asset(server), home), kwargs={"progress": slowly})
    first.start()
    assert running[0].wait(30)
    with pytest.raises(DataError, match=r"file\.bin is being downloaded by another grader"):
        fetch(asset(server), home)
    assert len(server.asked) == 1
    assert part.read_bytes() == CONTENT[:1000]
    running[1].set()
    first.join(30)
    assert (home / "models" / "file.bin").read_bytes() == CONTENT


def test_a_cache_that_is_a_file(server: Server, tmp_path: Path) -> None:
    (tmp_path / "keras").write_text("")
    with pytest.raises(DataError, match="cannot be written"):
        fetch(asset(server), tmp_path / "keras")


def test_a_redirection_is_followed(server: Server, home: Path) -> None:
    server.moved = server.url.replace("file.bin", "elsewhere.bin")
    assert fetch(asset(server), home) == "fetched"
    assert len(server.asked) == 2


@pytest.mark.parametrize("target", ["http://b.example/x", "file:///etc/hostname"])
def test_a_redirection_away_from_https_is_refused(target: str) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"Location": target})

    with (
        httpx.Client(transport=httpx.MockTransport(answer)) as client,
        pytest.raises(httpx.UnsupportedProtocol, match=r"HTTPS -> (http|file)"),
    ):
        follow(client, client.build_request("GET", "https://a.example/x"))
    assert asked == ["https://a.example/x"]


def test_a_circle_of_redirections_ends(server: Server, home: Path) -> None:
    circle = httpx.MockTransport(lambda request: httpx.Response(302, headers={"Location": str(request.url)}))
    with httpx.Client(transport=circle) as client, pytest.raises(httpx.TooManyRedirects):
        follow(client, client.build_request("GET", "https://a.example/x"))


# Where nobody publishes a checksum


def weights(path: Path, count: int) -> bytes:
    with h5py.File(path, "w") as file:
        file.create_group("dense").create_dataset("kernel", data=np.zeros(count, np.float32))
    return path.read_bytes()


def test_weights_without_a_checksum_are_known_by_their_number(server: Server, home: Path, tmp_path: Path) -> None:
    server.content = weights(tmp_path / "right.h5", 218_544)
    name = "mobilenet_2_5_224_tf_no_top.h5"
    wanted = asset(server, name=name, checksum=None, size=2_000_000, parameters=WEIGHTS[name])
    assert fetch(wanted, home) == "fetched"
    assert find_pretrained([name]).files == {name: home / "models" / name}


@pytest.mark.parametrize("content", ["other", "half", "html"])
def test_what_is_not_those_weights_is_refused(server: Server, home: Path, tmp_path: Path, content: str) -> None:
    right = weights(tmp_path / "right.h5", 218_544)
    other = weights(tmp_path / "other.h5", 218_543)
    server.content = {"other": other, "half": right[: len(right) // 2], "html": b"<html>"}[content]
    with pytest.raises(DataError, match="not the expected file"):
        fetch(asset(server, checksum=None, size=2_000_000, parameters=218_544), home)
    assert names(home) == []


# The table


def test_names_addresses_and_checksums_are_those_of_keras() -> None:
    """Read from the installed Keras' source, without importing it."""
    spec = importlib.util.find_spec("keras")
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).parent / "src"
    applications = "".join(
        (source / "applications" / f"{name}.py").read_text(encoding="utf-8")
        for name in ("resnet", "inception_v3", "mobilenet", "imagenet_utils")
    )
    applications = re.sub(r'"\s*"', "", applications)  # strings over several lines
    cifar = (source / "datasets" / "cifar10.py").read_text(encoding="utf-8")
    assert CIFAR10_ARCHIVE == "cifar-10-batches-py-target" + "_archive"
    assert 'dirname = "cifar-10-batches-py-target"' in cifar
    assert 'f"{fname}_archive"' in (source / "utils" / "file_utils.py").read_text(encoding="utf-8")
    for item in ASSETS.values():
        if item.name == PET_IMAGES:
            continue
        text = cifar if item.folder == "datasets" else applications
        folder = item.url.rsplit("/", 1)[0]
        assert folder in text, item.name
        assert item.url.startswith("https://"), item.name
        if item.checksum is not None:
            assert item.checksum in text, item.name
        else:
            assert item.parameters, item.name


def exercise(**changes: Any) -> Exercise:
    text = Text(ko="가", en="a")
    values: dict[str, Any] = {"id": "01_x", "title": text, "summary": text, "file": "x", "functions": ("f",)}
    return Exercise(**(values | {"points": 1, "public_dir": Path()} | changes))


def test_what_an_exercise_needs() -> None:
    resnet = "resnet50_weights_tf_dim_ordering_tf_kernels.h5"
    found = needs(exercise(dataset="cifar10", real=(CLASS_INDEX, "imagenet_samples"), fetch=(resnet, CLASS_INDEX)))
    assert [item.name for item in found.assets] == [CIFAR10_ARCHIVE, CLASS_INDEX, resnet]
    assert found.elsewhere == ("imagenet_samples",)
    assert needs(exercise()).assets == ()
    with pytest.raises(DataError, match="resnet5"):
        needs(exercise(fetch=("resnet5",)))


def test_every_exercise_of_the_course_names_known_files() -> None:
    for item in load_course().exercises:
        needs(item)


def test_sizes_read_well() -> None:
    assert [format_size(n) for n in (35_363, 170_498_071, 2_824_887_076)] == ["35 kB", "170.5 MB", "2,824.9 MB"]


# Afterwards the data sets are found


def test_a_fetched_archive_is_what_the_grader_takes(server: Server, home: Path) -> None:
    assert choose_source("cifar10").kind == "builtin"
    fetch(asset(server, name=CIFAR10_ARCHIVE, folder="datasets"), home)
    assert choose_source("cifar10") == DataSource(
        "cifar10", "cifar10", "keras_archive", home / "datasets" / CIFAR10_ARCHIVE
    )


def jpeg(colour: tuple[int, int, int], size: tuple[int, int] = (60, 40)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "JPEG")
    return stream.getvalue()


def test_fetched_cats_and_dogs_are_read_without_the_damaged_ones(server: Server, home: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, colour in (("Cat", (250, 0, 0)), ("Dog", (0, 0, 250))):
            for number in range(20):
                archive.writestr(f"PetImages/{name}/{number}.jpg", jpeg(colour, (60 + number, 40)))
            archive.writestr(f"PetImages/{name}/Thumbs.db", b"x")
        archive.writestr("PetImages/Cat/666.jpg", b"")
        archive.writestr("PetImages/Dog/20.jpg", jpeg((0, 0, 250))[:200])
        archive.writestr("readme[1].txt", "x")
    server.content = stream.getvalue()
    fetch(
        asset(
            server,
            name=PET_IMAGES,
            folder="datasets",
            size=len(server.content),
            checksum=hashlib.sha256(server.content).hexdigest(),
        ),
        home,
    )
    source = choose_source("cats_vs_dogs")
    assert (source.data, source.kind) == ("cats_vs_dogs", "pet_images")
    split = load("cats_vs_dogs", source, Budget(train=24, validation=8, test=8, epochs=1))
    assert split.x_train.shape == (24, 128, 128, 3)
    assert np.bincount(split.y_train).tolist() == [12, 12]
    assert np.bincount(split.y_test).tolist() == [4, 4]
    reddish = split.x_train.mean(axis=(1, 2))[:, 0] > 200
    assert (reddish == (split.y_train == 0)).all(), "cats are class 0"
    assert len(split.train_files.lengths) == 24


def test_a_cats_and_dogs_archive_without_dogs_or_half_is_refused(home: Path) -> None:
    folder = home / "datasets"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / PET_IMAGES, "w") as archive:
        for number in range(10):
            archive.writestr(f"PetImages/Cat/{number}.jpg", jpeg((1, 2, 3)))
    with pytest.raises(DataError, match="PetImages/Dog"):
        load("cats_vs_dogs", choose_source("cats_vs_dogs"), Budget(train=2, test=2, epochs=1))
    whole = (folder / PET_IMAGES).read_bytes()
    (folder / PET_IMAGES).write_bytes(whole[:-50])
    with pytest.raises(DataError, match="Delete it"):
        load("cats_vs_dogs", choose_source("cats_vs_dogs"), Budget(train=2, test=2, epochs=1))


# The command


def run_command(*arguments: str) -> SimpleNamespace:
    """The command in this process, where its addresses can be replaced."""
    from grader.cli import main

    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
        patch.setenv("COLUMNS", "120")
        patch.setenv("GRADER_LANG", "en")
        patch.setattr("grader.i18n._spoken", None)
        with pytest.raises(SystemExit) as ended:
            main(["fetch", "06", *arguments])
    return SimpleNamespace(exit_code=ended.value.code or 0, output=said.getvalue())


def test_the_command_fetches_says_so_and_then_finds_it(
    server: Server, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = asset(server, name=CIFAR10_ARCHIVE, folder="datasets")
    monkeypatch.setattr("grader.datasets.assets.ASSETS", {CIFAR10_ARCHIVE: mine})
    done = run_command()
    assert done.exit_code == 0, done.output
    assert f"Downloading {CIFAR10_ARCHIVE} from 127.0.0.1" in done.output
    assert "downloaded and checked, 300 kB" in done.output
    assert (home / "datasets" / CIFAR10_ARCHIVE).read_bytes() == CONTENT
    done = run_command("--list")
    assert "✓ already there" in done.output
    assert "Still to download: 0 kB" in done.output
    assert "✓" in run_command().output
    assert len(server.asked) == 1


def test_the_command_ends_with_one_sentence_in_the_chosen_language(
    server: Server, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.status = 503
    mine = asset(server, name=CIFAR10_ARCHIVE, folder="datasets")
    monkeypatch.setattr("grader.datasets.assets.ASSETS", {CIFAR10_ARCHIVE: mine})
    done = run_command("--lang", "ko")
    assert done.exit_code == 2
    assert "주지 않습니다(HTTP 503)" in " ".join(done.output.split())
