"""The strict reader takes what NumPy writes for numbers, and nothing else."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.wire.npy import DTYPES, BadArray, array_info, read_array, write_array


@pytest.mark.parametrize("dtype", sorted(DTYPES))
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (1, 0, 4)])
def test_round_trip_and_numpy_agree(tmp_path: Path, dtype: str, shape: tuple[int, ...]) -> None:
    array = np.ones(shape, dtype)
    write_array(tmp_path / "ours.npy", array)
    np.save(tmp_path / "numpys.npy", array)
    assert (tmp_path / "ours.npy").read_bytes() == (tmp_path / "numpys.npy").read_bytes()
    back = read_array(tmp_path / "numpys.npy")
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert np.array_equal(back, array)
    assert back.flags.writeable
    assert array_info(tmp_path / "ours.npy").shape == shape
    assert [p.name for p in tmp_path.glob("*.partial")] == []


def header(text: str, data: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    raw = text.encode("latin-1")
    return b"\x93NUMPY" + version + len(raw).to_bytes(2, "little") + raw + data


GOOD = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x93NUMPY",
        b"PK\x03\x04" + bytes(100),
        header(GOOD),
        header(GOOD, bytes(15)),
        header(GOOD, bytes(17)),
        header(GOOD, bytes(16), version=b"\x02\x00"),
        header(GOOD.replace("<f8", "|O"), bytes(16)),
        header(GOOD.replace("<f8", ">f8"), bytes(16)),
        header(GOOD.replace("<f8", "<U2"), bytes(16)),
        header(GOOD.replace("<f8", "|V8"), bytes(16)),
        header(GOOD.replace("<f8", "<c8"), bytes(16)),
        header(GOOD.replace("'<f8'", "[('a', '<f8')]"), bytes(16)),
        header(GOOD.replace("False", "True"), bytes(16)),
        header(GOOD.replace("(2,)", "(2)"), bytes(16)),
        header(GOOD.replace("(2,)", "(-2,)"), bytes(16)),
        header(GOOD.replace("(2,)", "(999999999999999999, 999999999999999999)"), bytes(16)),
        header(GOOD.replace("(2,)", "(0, 999999999999999999)")),
        header(GOOD.replace("(2,)", "(" + "1, " * 40 + "2)"), bytes(16)),
        header(GOOD.replace("(2,)", "(__import__('os').getpid(),)"), bytes(16)),
        header("(" * 60_000, b""),
        header(GOOD.replace("<f8", "|b1"), b"\x02\x00"),
    ],
)
def test_anything_else_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.npy"
    path.write_bytes(data)
    with pytest.raises(BadArray):
        read_array(path)


def test_limits_links_and_fifos(tmp_path: Path) -> None:
    write_array(tmp_path / "a.npy", np.zeros(100))
    with pytest.raises(BadArray, match="at most"):
        read_array(tmp_path / "a.npy", max_bytes=799)
    with pytest.raises(BadArray):
        read_array(tmp_path / "missing.npy")
    with pytest.raises(BadArray):
        read_array(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "fifo.npy")
        (tmp_path / "link.npy").symlink_to(tmp_path / "a.npy")
        for name in ("fifo.npy", "link.npy"):
            with pytest.raises(BadArray):
                read_array(tmp_path / name)


def test_objects_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(BadArray):
        write_array(tmp_path / "a.npy", np.array([object()]))


@given(data=st.binary(max_size=300), keep=st.integers(0, 80))
def test_no_bytes_raise_anything_but_bad_array(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, keep: int
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "a.npy"
    path.write_bytes(header(GOOD)[:keep] + data)
    with contextlib.suppress(BadArray):
        read_array(path)


@given(
    array=hnp.arrays(
        st.sampled_from(sorted(DTYPES)), hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
    )
)
def test_every_array_comes_back(tmp_path_factory: pytest.TempPathFactory, array: np.ndarray) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "a.npy"
    write_array(path, array)
    assert np.array_equal(read_array(path), array, equal_nan=array.dtype.kind == "f")
